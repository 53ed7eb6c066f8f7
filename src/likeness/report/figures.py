"""Every figure that a notebook draws, by name: data in, a matplotlib Figure with alt text out."""
# ruff: noqa: F401 - names are imported here for the notebooks, which say `figures.roc_figure`

from likeness.report.figures_compare import det_figure, ladder_figure, reliability_figure, roc_figure, slope_figure
from likeness.report.figures_features import hit_at_k_figure, similarity_figure, space_figure
from likeness.report.figures_photos import pairs_figure, quarantine_figure, role_model_figure, size_figure, split_figure
from likeness.report.figures_training import loss_curves, probability_figure
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
