"""Moved to `likeness.report.faces.figures_faces`; this path stays until the notebooks say so."""

from likeness.report.faces.figures_faces import known_pairs, pair_similarity_figure, variance_figure

__all__ = ["known_pairs", "pair_similarity_figure", "variance_figure"]
