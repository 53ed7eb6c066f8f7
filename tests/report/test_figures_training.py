import pandas as pd
import pytest

from likeness.report.figures import loss_curves, probability_figure
from likeness.report.style import alt_text, figure_svg

HISTORY = pd.DataFrame({"epoch": [1, 2, 3, 4], "train_loss": [0.7, 0.6, 0.5, 0.4], "val_loss": [0.7, 0.5, 0.6, 0.65]})


def texts(fig) -> list[str]:
    return [text.get_text() for ax in fig.axes for text in ax.texts]


def test_best_epoch_is_where_validation_loss_is_least():
    fig = loss_curves(HISTORY, max_epochs=100)
    assert "best: epoch 2, 0.500" in texts(fig)
    assert "training" in texts(fig)
    assert "validation" in texts(fig)
    assert fig.axes[0].get_title("left") == "loss by epoch, stopped early"
    assert "best validation loss 0.500 at epoch 2, stopped early after epoch 4" in alt_text(fig)


def test_curves_hold_the_numbers_and_the_mark_sits_on_them():
    lines = loss_curves(HISTORY).axes[0].lines
    assert lines[0].get_ydata().tolist() == HISTORY["train_loss"].tolist()
    assert lines[1].get_ydata().tolist() == HISTORY["val_loss"].tolist()
    assert lines[2].get_xydata().tolist() == [[2, 0.5]]


def test_a_given_best_epoch_is_believed_and_a_full_run_is_not_early():
    fig = loss_curves(HISTORY, best_epoch=3, max_epochs=4)
    assert "best: epoch 3, 0.600" in texts(fig)
    assert "ran to epoch 4" in alt_text(fig)
    assert "stopped early" not in alt_text(fig)


def test_several_models_share_axes():
    fig = loss_curves({"photo": HISTORY, "skeleton": HISTORY.head(2), "heatmaps": HISTORY})
    assert [ax.get_title("left") for ax in fig.axes if ax.get_visible()] == ["photo", "skeleton", "heatmaps"]
    assert len({ax.get_ylim() for ax in fig.axes if ax.get_visible()}) == 1
    assert "skeleton: best validation loss 0.500 at epoch 2" in alt_text(fig)
    assert figure_svg(fig).count(">epoch</text>") == 2  # below each column


def test_one_epoch_draws_and_none_is_refused():
    assert "epoch 1" in alt_text(loss_curves(HISTORY.head(1)))
    with pytest.raises(ValueError, match="no history"):
        loss_curves({})


PREDICTIONS = pd.DataFrame({"same": [True, True, False, False], "probability": [0.95, 0.15, 0.15, 0.25]})


def test_same_pairs_point_up_and_different_ones_down():
    fig = probability_figure(PREDICTIONS, bins=10)
    up, down = fig.axes[0].containers
    assert [bar.get_height() for bar in up] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 1]
    assert [bar.get_height() for bar in down] == [0, -1, -1, 0, 0, 0, 0, 0, 0, 0]
    assert "50\u00a0% of same and 0\u00a0% of different pairs at or above 0.50" in alt_text(fig)


def test_a_panel_per_model_with_its_threshold():
    both = pd.concat([PREDICTIONS.assign(model="photo"), PREDICTIONS.assign(model="skeleton")])
    fig = probability_figure(both, threshold={"photo": 0.2, "skeleton": 0.1})
    assert [ax.get_title("left") for ax in fig.axes] == ["photo", "skeleton"]
    assert "photo: 50\u00a0% of same and 50\u00a0% of different pairs at or above 0.20" in alt_text(fig)
    assert "skeleton: 100\u00a0% of same and 100\u00a0% of different pairs at or above 0.10" in alt_text(fig)
