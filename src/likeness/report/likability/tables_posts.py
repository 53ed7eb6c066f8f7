"""Moved to `reading_posts`; this path stays until the notebooks say so."""

from likeness.report.likability.reading_posts import describe_table, refused_table

__all__ = ["describe_table", "refused_table"]
