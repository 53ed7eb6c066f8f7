"""Every figure that several studies draw, by name: data in, a matplotlib Figure with alt text out."""
# ruff: noqa: F401 - names are imported here for the notebooks, which say `figures.roc_figure`

from likeness.report.figures_compare import (
    det_figure,
    hit_at_k_figure,
    ladder_figure,
    reliability_figure,
    roc_figure,
    slope_figure,
)
from likeness.report.figures_features import similarity_figure, space_figure
from likeness.report.figures_photos import pairs_figure, quarantine_figure, role_model_figure, size_figure, split_figure
from likeness.report.figures_training import loss_curves, probability_figure
from likeness.report.style import use_style
