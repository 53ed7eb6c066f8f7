"""The one training loop, and what surrounds it."""
