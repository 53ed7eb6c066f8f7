"""The detector's training: that it learns, repeats to the bit, survives a kill, and stops by the right score."""

import numpy as np
import pytest
import torch
from detector_samples import sample_cartoons
from sample_data import digest

from likeness.models.faces.detector_data import detector_arrays
from likeness.models.faces.detector_fit import DetectorModule, DetectorPlan, fit_detector
from likeness.models.training.run_module import RunModule
from likeness.people.fasterrcnn import build_detector

NETWORK = "fasterrcnn_mobilenet_v3_large_320_fpn"
SETTINGS = {
    "learning_rate": 1e-3, "weight_decay": 0.01, "epochs": 2, "patience": 9, "batch_size": 2, "seed": 1, "device": "cpu",
}  # fmt: skip


def untrained():
    return build_detector(NETWORK, "none", image_size=64, seed=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("cartoons")


@pytest.fixture(scope="module")
def tables(folder):
    return sample_cartoons(folder)


@pytest.fixture(scope="module")
def whole(tables, folder):
    return fit_detector(untrained(), *tables, root=folder, **SETTINGS)


@pytest.fixture
def module(tables, folder, tmp_path):
    arrays = detector_arrays(*tables, folder, 64)
    return DetectorModule(untrained(), arrays, np.arange(4), np.arange(4, 8), DetectorPlan(seed=1), tmp_path / "last")


def test_a_run_gives_a_history_and_a_network_to_be_asked(whole, tables):
    assert list(whole.history) == ["epoch", "train_loss", "val_loss", "val_ap50", "val_ap"]
    assert whole.history["epoch"].tolist() == [0, 1]
    assert whole.history["train_loss"].iloc[1] < whole.history["train_loss"].iloc[0]
    assert whole.history[["val_ap50", "val_ap"]].stack().between(0, 1).all()
    assert not whole.net.training
    before, after = dict(untrained().named_parameters()), dict(whole.net.named_parameters())
    still = [name for name in before if before[name].equal(after[name])]
    assert still == []  # all layers learn, the first ones too


def test_a_killed_run_goes_on_and_ends_with_the_same_bits(whole, tables, folder, tmp_path, monkeypatch):
    loss = DetectorModule.batch_loss

    def killed(module, batch):
        if module.history and module.net.training and torch.is_grad_enabled():
            raise RuntimeError("killed")
        return loss(module, batch)

    monkeypatch.setattr(DetectorModule, "batch_loss", killed)
    torch.manual_seed(99)
    with pytest.raises(RuntimeError, match="killed"):
        fit_detector(untrained(), *tables, root=folder, checkpoints=tmp_path, **SETTINGS)
    monkeypatch.undo()
    assert len(list(tmp_path.glob("*/*/last.ckpt"))) == 1
    resumed = fit_detector(untrained(), *tables, root=folder, checkpoints=tmp_path, **SETTINGS)
    assert digest(resumed.net) == digest(whole.net)
    assert resumed.history.equals(whole.history)


def test_validation_learns_nothing_and_uses_up_no_draw(module):
    module.net.train()
    before = digest(module.net)
    torch.manual_seed(5)
    one = module.validate()
    drawn = torch.rand(1)
    torch.manual_seed(5)
    assert drawn.equal(torch.rand(1))
    torch.manual_seed(6)
    assert module.validate() == one
    assert digest(module.net) == before
    assert all(part.training for part in module.net.modules())


def test_ap50_decides_and_then_the_loss(module):
    rows = [
        {"val_loss": 1.0, "val_ap50": 0.5},
        {"val_loss": 3.0, "val_ap50": 0.7},
        {"val_loss": 2.0, "val_ap50": 0.7},
        {"val_loss": 0.1, "val_ap50": 0.6},
    ]
    assert min(rows, key=module.cost) == rows[2]
    assert min(rows, key=lambda row: RunModule.cost(module, row)) == rows[3]  # what other studies go by


def test_too_little_to_learn_from_is_refused_in_one_line(tables, folder):
    photos, boxes = tables
    for change, message in (
        ({"split": "train"}, "0 pictures of 'val' with 0 faces: mark more or change the split"),
        ({"split": ["train"] * 6 + ["test"] + ["val"]}, "1 pictures of 'val' with 1 faces"),
    ):
        with pytest.raises(ValueError, match=message):
            fit_detector(untrained(), photos.assign(**change), boxes, root=folder, **SETTINGS)
    with pytest.raises(ValueError, match="4 pictures of 'train' with 0 faces"):
        fit_detector(
            untrained(), photos, boxes[boxes["photo_id"].isin(photos["photo_id"][4:])], root=folder, **SETTINGS
        )
    with pytest.raises(ValueError, match="precision '8' is unknown"):
        fit_detector(untrained(), photos, boxes, root=folder, **SETTINGS, precision="8")
