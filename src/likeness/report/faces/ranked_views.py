"""Moved to `likeness.report.faces.grids_views`; this path stays until the notebooks say so."""

from likeness.report.faces.grids_views import queries_to_show, ranked_views

__all__ = ["queries_to_show", "ranked_views"]
