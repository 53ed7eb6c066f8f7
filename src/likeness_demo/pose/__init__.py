"""The demo corpus of the pose study."""
