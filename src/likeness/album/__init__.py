"""One person's album: which photos to keep, and why."""
