"""The demo corpus of the faces study."""
