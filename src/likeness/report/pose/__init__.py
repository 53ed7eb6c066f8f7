"""Grids of the pose study."""
