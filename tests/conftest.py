"""Fixtures shared by all floors."""
