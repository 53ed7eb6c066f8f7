"""Every figure of the reports by name: data in, a matplotlib Figure with alt text out."""

from likeness.report.figures_compare import ladder_figure, role_model_figure, slope_figure
from likeness.report.figures_features import hit_at_k_figure, similarity_figure, space_figure
from likeness.report.figures_photos import date_figure, pairs_figure, quarantine_figure, size_figure, split_figure
from likeness.report.figures_training import loss_curves, probability_figure
from likeness.report.figures_verification import det_figure, reliability_figure, roc_figure
from likeness.report.likability.figures_likes import (
    c_curve_figure,
    importance_figure,
    null_figure,
    planted_figure,
    slices_figure,
)
from likeness.report.likability.figures_posts import (
    followers_figure,
    funnel_figure,
    hours_figure,
    measures_figure,
    ratio_figure,
    sweep_figure,
)
from likeness.report.style import describe, use_style

__all__ = [
    "c_curve_figure",
    "date_figure",
    "describe",
    "det_figure",
    "followers_figure",
    "funnel_figure",
    "hit_at_k_figure",
    "hours_figure",
    "importance_figure",
    "ladder_figure",
    "loss_curves",
    "measures_figure",
    "null_figure",
    "pairs_figure",
    "planted_figure",
    "probability_figure",
    "quarantine_figure",
    "ratio_figure",
    "reliability_figure",
    "roc_figure",
    "role_model_figure",
    "similarity_figure",
    "size_figure",
    "slices_figure",
    "slope_figure",
    "space_figure",
    "split_figure",
    "sweep_figure",
    "use_style",
]
