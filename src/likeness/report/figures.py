"""Every figure of the reports by name: data in, a matplotlib Figure with alt text out."""

from likeness.report.figures_compare import ladder_figure, role_model_figure, slope_figure
from likeness.report.figures_features import hit_at_k_figure, similarity_figure, space_figure
from likeness.report.figures_photos import date_figure, pairs_figure, quarantine_figure, size_figure, split_figure
from likeness.report.figures_training import loss_curves, probability_figure
from likeness.report.figures_verification import det_figure, reliability_figure, roc_figure
from likeness.report.style import describe, use_style

__all__ = [
    "date_figure",
    "describe",
    "det_figure",
    "hit_at_k_figure",
    "ladder_figure",
    "loss_curves",
    "pairs_figure",
    "probability_figure",
    "quarantine_figure",
    "reliability_figure",
    "roc_figure",
    "role_model_figure",
    "similarity_figure",
    "size_figure",
    "slope_figure",
    "space_figure",
    "split_figure",
    "use_style",
]
