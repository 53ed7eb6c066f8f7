"""Generated corpora with planted truth."""
