"""Moved to `likeness.report.faces.tables_faces`; this path stays until the notebooks say so."""

from likeness.report.faces.tables_faces import counted_rows, detector_rows, detectors_table

__all__ = ["counted_rows", "detector_rows", "detectors_table"]
