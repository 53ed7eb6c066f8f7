import shutil
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from sample_data import SETTINGS, digest, prepare, sample_arrays, sample_pairs

from likeness import fingerprint as code
from likeness.models.pose.pair_data import embed_photos
from likeness.models.pose.pair_module import PairModule
from likeness.models.pose.schemes import _calibrate, fit_pairs, predict_pairs
from likeness.models.pose.siamese import SiameseConfig, make_siamese


@pytest.mark.parametrize("loss", ["bce", "contrastive", "triplet", "multi_similarity"])
def test_each_loss_learns_the_planted_answer(loss):
    net, *rest = prepare(loss=loss)
    arrays = rest[0]
    result = fit_pairs(net, *rest, **{**SETTINGS, "epochs": 12}, margin=0.3)
    assert list(result.history) == ["epoch", "train_loss", "val_loss", "val_accuracy"]
    assert result.history["val_loss"].idxmin() == result.best_epoch
    found = predict_pairs(net, arrays, sample_pairs(arrays, seed=2))
    assert ((found["probability"] > 0.5) == found["same"]).mean() > 0.9


def test_the_backbone_moves_only_in_full_tuning():
    net, *rest = prepare("full", "photo")
    before = {name: value.clone() for name, value in net.backbone.named_parameters()}
    fit_pairs(net, *rest, **{**SETTINGS, "epochs": 1})
    assert any(not torch.equal(value, before[name]) for name, value in net.backbone.named_parameters())
    assert not net.training
    assert net.backbone.trunk.conv1[1].num_batches_tracked == 6  # 72 pairs: the first epoch, too, is in train mode


def test_the_same_run_gives_the_same_bits_whatever_the_global_generator():
    results = []
    for global_seed in (0, 1):
        torch.manual_seed(global_seed)
        np.random.seed(global_seed)  # noqa: NPY002
        results.append(fit_pairs(*prepare("full"), **{**SETTINGS, "epochs": 2}))
    assert digest(results[0].net) == digest(results[1].net)
    assert results[0].history.equals(results[1].history)
    other = fit_pairs(*prepare("full"), **{**SETTINGS, "epochs": 1, "seed": 2})
    assert not other.history.equals(results[0].history[:1])


def test_training_leaves_generator_and_switches_as_they_were():
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    fit_pairs(*prepare(), **{**SETTINGS, "epochs": 1})
    assert torch.rand(1) == expected
    assert not torch.are_deterministic_algorithms_enabled()


def test_early_stopping_returns_the_best_epoch():
    settings = {**SETTINGS, "lr": 0.3, "epochs": 60, "patience": 3}  # too fast: the loss soon rises
    net, *rest = prepare("last", "photo")
    result = fit_pairs(net, *rest, **settings)
    assert len(result.history) == result.best_epoch + 4 < 60
    found = predict_pairs(net, rest[0], rest[2])
    same = torch.tensor(found["same"].to_numpy(float, copy=True))
    loss = torch.nn.functional.binary_cross_entropy_with_logits(torch.tensor(found["score"].to_numpy(copy=True)), same)
    assert loss.item() == pytest.approx(result.history["val_loss"].min(), abs=1e-5)


SCRIPT = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import torch
torch.set_num_threads(1)
from sample_data import prepare
from likeness.models.pose.pair_module import PairModule
from likeness.models.pose.schemes import fit_pairs
step = PairModule.training_step
PairModule.training_step = lambda *a: (time.sleep(0.05), step(*a))[1]
fit_pairs(*prepare("full"), **eval(sys.argv[3]), checkpoints=Path(sys.argv[2]) / "checkpoints",
          tracker="dvclive", tracker_folder=Path(sys.argv[2]) / "resumed")
"""


def test_a_killed_run_goes_on_and_ends_with_the_same_bits(tmp_path):
    settings = {**SETTINGS, "epochs": 4}
    script = [sys.executable, "-c", SCRIPT, str(Path(__file__).parents[1]), str(tmp_path), repr(settings)]
    killed = subprocess.Popen(script, cwd=tmp_path)

    def run(name):
        state = {"checkpoints": tmp_path / "checkpoints", "tracker": "dvclive", "tracker_folder": tmp_path / name}
        return fit_pairs(*prepare("full"), **settings, **state)

    deadline = time.monotonic() + 120
    while not (last := list(tmp_path.glob("checkpoints/*/4/last.ckpt"))) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.15)  # into the next epoch
    killed.kill()
    assert killed.wait() == -signal.SIGKILL
    assert 1 <= len(torch.load(last[0], weights_only=True)["fit"]["history"]) < 4
    resumed = run("resumed")
    shutil.rmtree(tmp_path / "checkpoints")
    whole = run("whole")
    assert digest(resumed.net) == digest(whole.net)
    assert resumed.history.equals(whole.history)
    tracked = [
        {path.relative_to(tmp_path / run): path.read_bytes() for path in (tmp_path / run).rglob("*") if path.is_file()}
        for run in ("whole", "resumed")
    ]
    assert tracked[0] == tracked[1]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoints", "resumed", "whole"]  # no other folders


@pytest.mark.parametrize("done", [2, 3])
def test_a_run_killed_after_its_last_epoch_does_not_train_on(tmp_path, monkeypatch, done):
    """Killed when patience was over (2 of 3 epochs), or all epochs were done."""

    def run(folder):
        net, arrays, train, validation = prepare("last", "photo")
        if done == 2:
            validation["same"] = ~validation["same"]  # the more is learned, the worse
        return fit_pairs(net, arrays, train, validation, **{**SETTINGS, "patience": 1}, checkpoints=folder)

    expected = run(None)
    results = [run(tmp_path)]
    monkeypatch.setattr("lightning.Trainer", None)
    results.append(run(tmp_path))
    assert len(expected.history) == done
    for result in results:
        assert digest(result.net) == digest(expected.net)
        assert result.history.equals(expected.history)


def test_a_finished_run_is_not_trained_again(tmp_path, monkeypatch):
    given = {**SETTINGS, "tracker": "dvclive", "checkpoints": tmp_path / "state"}
    first = fit_pairs(*prepare(loss="triplet"), **given, tracker_folder=tmp_path / "one")
    monkeypatch.setattr("lightning.Trainer", None)
    second = fit_pairs(*prepare(loss="triplet"), **given, tracker_folder=tmp_path / "two")
    assert digest(first.net) == digest(second.net)
    assert first.history.equals(second.history)
    assert (tmp_path / "one/metrics.json").read_bytes() == (tmp_path / "two/metrics.json").read_bytes()


def test_more_epochs_go_on_from_the_last_one_and_fewer_begin_anew(tmp_path, monkeypatch):
    epochs, end = [], PairModule.on_train_epoch_end
    monkeypatch.setattr(
        PairModule, "on_train_epoch_end", lambda module: (epochs.append(module.current_epoch), end(module))
    )

    def run(count, folder=None):
        epochs.clear()
        fit = fit_pairs(*prepare("full"), **{**SETTINGS, "epochs": count, "patience": 9}, checkpoints=folder)
        return digest(fit.net), fit.history.to_json(), fit.best_epoch

    whole = run(4)
    run(2, tmp_path)
    assert run(4, tmp_path) == whole
    assert epochs == [2, 3]
    run(3, tmp_path)
    assert epochs == [2]
    assert run(4, tmp_path) == whole
    assert epochs == []


def test_another_loss_is_another_run(tmp_path, monkeypatch):
    """The code that computes is part of a run's name: a changed loss never recalls an old curve."""
    epochs, end = [], PairModule.on_train_epoch_end
    monkeypatch.setattr(PairModule, "on_train_epoch_end", lambda module: (epochs.append(1), end(module)))
    given = {**SETTINGS, "epochs": 1, "checkpoints": tmp_path}
    for _ in range(2):
        fit_pairs(*prepare(), **given)
    assert len(epochs) == 1
    loss = "likeness.models.pose.losses"
    changed = code.read_code(code.file_of(loss).read_bytes() + b"X = 1\n")
    really = code.reached
    monkeypatch.setattr(code, "reached", lambda *names: really(*names) | {loss: changed})
    code._fingerprint.cache_clear()
    fit_pairs(*prepare(), **given)
    code._fingerprint.cache_clear()
    assert len(epochs) == 2


def test_another_run_does_not_take_over_a_checkpoint(tmp_path):
    for seed in (1, 2):
        fit_pairs(*prepare(), **{**SETTINGS, "epochs": 1, "seed": seed}, checkpoints=tmp_path)
    net, arrays, train, validation = prepare()
    fit_pairs(net, arrays, train[1:], validation, **{**SETTINGS, "epochs": 1}, checkpoints=tmp_path)
    assert len(list(tmp_path.iterdir())) == 3


def test_training_is_quiet_and_leaves_no_files(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit_pairs(*prepare(), **{**SETTINGS, "epochs": 1})
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"optimizer": "lion"}, "optimizer 'lion' is unknown; choose one of sgd, adamw"),
        ({"precision": "8"}, "precision '8' is unknown"),
        ({"strategy": "fsdp"}, "strategy 'fsdp' is unknown; choose one of auto, ddp"),
        ({"batch_size": 1}, "batch_size 1 2 or more"),
        ({"devices": 13}, "devices 13 must be 1 to 12, the batch_size"),
        ({"lr": 1e30, "optimizer": "sgd"}, r"loss is not finite after epoch 0; lower lr 1e\+30"),
    ],
)
def test_impossible_runs_are_refused_in_one_line(changes, message):
    with pytest.raises(ValueError, match=message):
        fit_pairs(*prepare(), **{**SETTINGS, **changes})


def test_pairs_of_one_kind_are_refused():
    net, arrays, train, validation = prepare()
    with pytest.raises(ValueError, match="validation pairs are not of both kinds"):
        fit_pairs(net, arrays, train, validation[validation["same"]], **SETTINGS)


def test_distances_against_the_pairs_say_nothing():
    arrays = sample_arrays("last", "photo")
    net = make_siamese(SiameseConfig("photo", "last", "triplet", feature_dim=8))
    left, right = np.arange(0, 18), np.arange(18, 36)
    distance = net.distance(*(embed_photos(net, arrays, rows) for rows in (left, right))).numpy()
    far = distance > np.median(distance)
    _calibrate(net, arrays, (left, right, far))  # the farthest are said to be the same
    assert net.platt.tolist() == [0, pytest.approx(0, abs=1e-6)]  # half of the pairs
    _calibrate(net, arrays, (left, right, ~far))
    assert net.platt[0] < 0
