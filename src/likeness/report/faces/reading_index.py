"""Moved to `likeness.report.faces.figures_index`; this path stays until the notebooks say so."""

from likeness.report.faces.figures_index import of_growth, of_recall, of_speed, recall_table, speed_table

__all__ = ["of_growth", "of_recall", "of_speed", "recall_table", "speed_table"]
