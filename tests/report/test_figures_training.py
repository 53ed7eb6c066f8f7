import pandas as pd
import pytest

from likeness.report.figures_training import loss_curves, probability_figure
from likeness.report.html_text import PAIRS, POSTS
from likeness.report.style import alt_text, figure_svg

HISTORY = pd.DataFrame({"epoch": [0, 1, 2, 3], "train_loss": [0.7, 0.6, 0.5, 0.4], "val_loss": [0.7, 0.5, 0.6, 0.65]})


def titles(fig) -> list[str]:
    return [ax.get_title("left") for ax in fig.axes if ax.get_visible()]


def test_the_best_epoch_is_where_validation_loss_is_least():
    fig = loss_curves({"honest": HISTORY})
    lines = fig.axes[0].lines
    assert lines[0].get_ydata().tolist() == HISTORY["train_loss"].tolist()
    assert lines[1].get_ydata().tolist() == HISTORY["val_loss"].tolist()
    assert lines[2].get_xydata().tolist() == [[2, 0.5]]
    texts = [text.get_text() for text in fig.axes[0].texts]
    assert {"best: epoch 2, 0.500", "training", "validation"} <= set(texts)
    assert "best validation loss 0.500 at epoch 2, ran to epoch 4" in alt_text(fig)
    assert titles(fig) == ["honest"]


def test_other_seeds_are_pale_behind_the_first():
    both = pd.concat([HISTORY.assign(run=0), HISTORY.assign(run=1, val_loss=0.1)])
    fig = loss_curves({"honest": both})
    lines = fig.axes[0].lines
    assert [line.get_alpha() for line in lines[:4]] == [0.3, 0.3, None, None]
    assert lines[1].get_ydata().tolist() == [0.1] * 4
    assert "best validation loss 0.500 at epoch 2, ran to epoch 4, with 1 other seed behind it" in alt_text(fig)


def test_several_models_share_axes():
    fig = loss_curves({"photo": HISTORY, "skeleton": HISTORY.head(2), "heatmaps": HISTORY})
    assert titles(fig) == ["photo", "skeleton", "heatmaps"]
    assert len({ax.get_ylim() for ax in fig.axes if ax.get_visible()}) == 1
    assert "skeleton: best validation loss 0.500 at epoch 2" in alt_text(fig)
    assert figure_svg(fig).count(">epoch</text>") == 2  # below each column


def test_one_epoch_draws_and_none_is_refused():
    fig = loss_curves({"honest": HISTORY.head(1)})
    assert "epoch 1" in alt_text(fig)
    assert {tick for tick in fig.axes[0].get_xticks() if 0.75 <= tick <= 1.25} == {1}
    with pytest.raises(ValueError, match="no history"):
        loss_curves({})


PREDICTIONS = pd.DataFrame({"same": [True, True, False, False], "probability": [0.96, 0.11, 0.11, 0.26]})


@pytest.mark.parametrize(
    ("wording", "words"),
    [(PAIRS, "of same and 0\u00a0% of different pairs"), (POSTS, "of liked and 0\u00a0% of not-liked posts")],
)
def test_same_pairs_point_up_and_different_ones_down(wording, words):
    fig = probability_figure(PREDICTIONS, wording)
    up, down = ([bar.get_height() for bar in side] for side in fig.axes[0].containers)
    assert {n: height for n, height in enumerate(up) if height} == {2: 1, 19: 1}  # bins of 0.05
    assert {n: height for n, height in enumerate(down) if height} == {2: -1, 5: -1}
    assert f"50\u00a0% {words} at or above 0.50" in alt_text(fig)
    assert [text.get_text() for text in fig.legends[0].get_texts()] == [f"{wording.up} (up)", f"{wording.down} (down)"]


def test_a_panel_per_model():
    other = PREDICTIONS.assign(model="skeleton", probability=[0.9, 0.8, 0.7, 0.1])
    fig = probability_figure(pd.concat([PREDICTIONS.assign(model="photo"), other]))
    assert titles(fig) == ["photo", "skeleton"]
    assert "skeleton: 100\u00a0% of same and 50\u00a0% of different pairs" in alt_text(fig)
