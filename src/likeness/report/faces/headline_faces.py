"""Moved to `reading_faces` and `reading_views`; this path stays until the notebooks say so."""

from likeness.report.faces.reading_faces import of_features, of_prepare
from likeness.report.faces.reading_views import network_to_show, of_report

__all__ = ["network_to_show", "of_features", "of_prepare", "of_report"]
