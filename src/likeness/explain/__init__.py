"""Captum attributions, and the tests that a saliency map must pass."""
