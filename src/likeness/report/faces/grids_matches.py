"""Moved to `likeness.report.faces.grids_views`; this path stays until the notebooks say so."""

from likeness.report.faces.grids_views import matches_grid

__all__ = ["matches_grid"]
