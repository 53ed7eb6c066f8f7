"""Moved to `reading_likes`; this path stays until the notebooks say so."""

from likeness.report.likability.reading_likes import of_settings

__all__ = ["of_settings"]
