import numpy as np
import pandas as pd
import pytest

from likeness.report.figures_compare import hit_at_k_figure
from likeness.report.figures_features import similarity_figure, space_figure
from likeness.report.style import MANY_DOTS, alt_text, figure_svg


def test_space_shows_every_photo_and_names_every_site():
    features = np.array([[0, 0, 0], [1, 0, 0], [10, 0, 0], [11, 0, 0], [5, 3, 0]], float)
    labels = pd.Series(["Louvre", "Louvre", "Sphinx", "Sphinx", None], name="site")
    fig = space_figure(features, labels)
    assert sorted(text.get_text() for text in fig.axes[0].texts) == ["Louvre", "Sphinx"]
    assert sum(len(dots.get_offsets()) for dots in fig.axes[0].collections) == 5
    assert "100\u00a0% of the variance), coloured by site: Louvre, Sphinx" in alt_text(fig)
    assert figure_svg(fig) == figure_svg(space_figure(features, labels))


def test_a_dot_says_its_name_under_the_pointer(hostile):
    drawn = figure_svg(space_figure(np.eye(4), pd.Series(["a & b", "a & b", hostile, None], name="site")))
    assert drawn.count("<title>") == 2
    assert "<title>a &amp; b</title>" in drawn
    assert "<script" not in drawn


def test_space_without_a_label_is_all_grey_and_refuses_labels_that_do_not_fit():
    assert not space_figure(np.eye(3), pd.Series([None] * 3, name="site")).axes[0].texts
    with pytest.raises(ValueError, match="2 feature rows but 1 labels"):
        space_figure(np.zeros((2, 3)), pd.Series(["a"]))


def test_similarity_shares_and_medians():
    fig = similarity_figure([0.8, 0.9, 0.7, 0.1, np.nan], [True, True, True, False, False])
    assert "same: median 0.80; different: median 0.10" in alt_text(fig)
    assert "undefined for 1" in fig.axes[0].get_xlabel()
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["same (3 pairs)", "different (1 pair)"]
    assert [patch.get_data()[0].sum() for patch in fig.axes[0].patches] == pytest.approx([1, 1, 1, 1])
    with pytest.raises(ValueError, match="one per pair"):
        similarity_figure([1, 2], [True])


RUNGS = pd.DataFrame(
    [
        ("features, cosine", 1, 0.2, 0.1, 0.3),
        ("features, cosine", 5, 0.5, 0.4, 0.6),
        ("oracle", 1, 1.0, None, None),
        ("oracle", 5, 1.0, None, None),
        ("photo", 1, 0.4, 0.3, 0.5),
        ("photo", 5, 0.8, 0.7, 0.9),
    ],
    columns=["model", "k", "value", "low", "high"],
).astype({"low": float, "high": float})


def test_hit_at_k_names_lines_at_their_ends_best_first():
    fig = hit_at_k_figure(RUNGS)
    assert [text.get_text() for text in fig.axes[0].texts] == ["oracle", "photo", "features, cosine"]
    assert len(fig.axes[0].collections) == 2  # bands only where there is an interval
    assert "At k = 5: oracle 1.00, photo 0.80, features, cosine 0.50." in alt_text(fig)
    curves = {tuple(line.get_ydata()) for line in fig.axes[0].lines}
    assert {(0.2, 0.5), (1.0, 1.0), (0.4, 0.8)} <= curves


def test_very_many_dots_are_pixels():
    """However many photos there are, the picture grows no more."""
    rng, drawn = np.random.default_rng(0), []
    for number in (MANY_DOTS, MANY_DOTS + 1, 4 * MANY_DOTS):
        labels = pd.Series(np.resize(list("abc"), number), name="site")
        drawn.append(figure_svg(space_figure(rng.normal(size=(number, 4)), labels)))
    assert ["<image" in svg for svg in drawn] == [False, True, True]
    assert len(drawn[2]) < 1.5 * len(drawn[1])
