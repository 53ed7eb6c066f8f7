"""Joints that somebody marked, or another program found: read, named as ours, and put on the photos."""
