"""Siamese networks of the pose study."""
