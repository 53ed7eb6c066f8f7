"""Two schemes, one network: what is the same for both, and which pairs each may see."""

import shutil
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from sample_data import digest, sample_arrays, sample_pairs

from likeness.models.pose import schemes
from likeness.models.pose.pair_module import PairModule, Plan
from likeness.models.pose.schemes import fit_schemes, histories, predict_pairs, predict_schemes, save_fits
from likeness.models.pose.siamese import SiameseConfig, load_siamese, make_siamese, start_siamese
from likeness.models.training.fit import FitResult

CONFIG = SiameseConfig("photo", "last", "bce", feature_dim=8)
START = partial(start_siamese, CONFIG)


@pytest.fixture
def arrays():
    return sample_arrays("last", "photo")


@pytest.fixture
def pairs(arrays):
    """Thirty pairs; rows 0 to 5 are the naive validation pairs, which the honest split spreads over all its parts."""
    table = sample_pairs(arrays, number=30).sample(30, random_state=1).reset_index(drop=True).assign(kind="some")
    table["split"] = ["train", "val", "test"] * 10
    table["naive_split"] = ["val"] * 6 + ["train"] * 24
    return table


def plan(epochs=2, patience=2) -> Plan:
    return Plan(seed=3, lr=1e-2, epochs=epochs, patience=patience, batch_size=6)


def recorded(monkeypatch) -> list[SimpleNamespace]:
    """Replace the training loop by one that writes down what it is given, and trains nothing."""
    calls = []

    def fit_pairs(net, arrays, train, validation, **given):
        weights = {name: value.clone() for name, value in net.state_dict().items()}
        calls.append(SimpleNamespace(net=net, weights=weights, train=train, validation=validation, given=given))
        with torch.no_grad():
            for value in net.parameters():
                value.zero_()  # a scheme that trained the other one's weights would start from these
        return FitResult(net, pd.DataFrame({"epoch": [0]}), 0)

    monkeypatch.setattr(schemes, "fit_pairs", fit_pairs)
    return calls


def test_each_scheme_trains_on_its_own_split(arrays, pairs, monkeypatch, tmp_path):
    calls = recorded(monkeypatch)
    fits = fit_schemes(START, arrays, pairs, plan(), tracker_folder=tmp_path, device="cpu")
    assert list(fits) == ["honest", "naive"]
    honest, naive = calls
    assert honest.train.index.tolist() == list(range(0, 30, 3))
    assert honest.validation.index.tolist() == list(range(1, 30, 3))  # the test pairs are in neither
    assert naive.train.index.tolist() == list(range(6, 30))
    assert naive.validation.index.tolist() == list(range(6))
    assert [call.given.pop("tracker_folder") for call in calls] == [tmp_path / "honest", tmp_path / "naive"]
    rest = {name: value for name, value in vars(plan()).items() if name != "tracker_folder"}
    assert honest.given == naive.given == {**rest, "device": "cpu"}


@pytest.mark.parametrize("tune", ["last", "full"])
def test_both_schemes_start_from_the_same_weights_of_their_own(arrays, pairs, monkeypatch, tune):
    calls = recorded(monkeypatch)
    config = SiameseConfig("photo", tune, "bce", feature_dim=512 if tune == "full" else 8)
    start = partial(start_siamese, config, backbone="squeezenet1_1" if tune == "full" else "")
    fits = fit_schemes(start, arrays, pairs, plan(), seeds=2)
    assert fits["honest"][0].net is not fits["naive"][0].net
    honest, other, naive = (call.weights for call in calls)
    assert all(torch.equal(honest[name], naive[name]) for name in honest)
    assert any(value.abs().sum() > 0 for value in naive.values())
    assert calls[0].given["tracker_folder"] is None
    assert [call.given["seed"] for call in calls] == [3, 4, 3]  # the naive split is trained once
    for trained in [name for name, _ in start(3).named_parameters() if name.endswith("weight")]:
        same = torch.equal(honest[trained], other[trained])
        assert same == bool((honest[trained] == honest[trained].flatten()[0]).all())  # norms start at 1 in every run


def test_histories_mark_the_best_epoch_of_each_scheme():
    def fit(best, losses):
        history = pd.DataFrame({"epoch": range(len(losses)), "val_loss": losses})
        return FitResult(None, history, best)

    table = histories({"honest": [fit(1, [0.7, 0.5, 0.6])], "naive": [fit(0, [0.4]), fit(0, [0.9])]})
    assert table["scheme"].tolist() == ["honest"] * 3 + ["naive"] * 2
    assert table["run"].tolist() == [0, 0, 0, 0, 1]
    assert table["best"].tolist() == [False, True, False, True, True]
    assert table["epoch"].tolist() == [0, 1, 2, 0, 0]
    assert table.index.tolist() == [0, 1, 2, 3, 4]


def test_held_out_pairs_are_predicted_by_the_network_that_did_not_train_on_them(arrays, pairs):
    nets = {name: make_siamese(CONFIG, seed=seed).eval() for seed, name in enumerate(("honest", "naive"))}
    fits = {name: [FitResult(net, pd.DataFrame(), 0)] * 2 for name, net in nets.items()}
    table = predict_schemes(fits, arrays, pairs, "last-photo")
    assert list(table) == ["left", "right", "same", "kind", "scheme", "split", "model", "run", "probability", "score"]
    assert table["model"].unique().tolist() == ["last-photo"]
    assert table["run"].unique().tolist() == [0, 1]
    table = table[table["run"] == 1]
    counts = table.groupby(["scheme", "split"]).size().to_dict()
    assert counts == {("honest", "val"): 10, ("honest", "test"): 10, ("naive", "val"): 6}
    for scheme, column in (("honest", "split"), ("naive", "naive_split")):
        own = table[table["scheme"] == scheme]
        expected = predict_pairs(nets[scheme], arrays, pairs[pairs[column] != "train"])
        assert own["left"].tolist() == expected["left"].tolist()
        assert own["split"].tolist() == expected[column].tolist()
        np.testing.assert_allclose(own["probability"], expected["probability"], atol=1e-6)
    assert table["score"].nunique() > 10


def test_a_real_fit_of_both_schemes(arrays, pairs, tmp_path):
    fits = fit_schemes(START, arrays, pairs, plan(), device="cpu")
    table = histories(fits)
    assert table.groupby("scheme")["best"].sum().to_dict() == {"honest": 1, "naive": 1}
    weights = [fits[scheme][0].net.photo_project.weight for scheme in ("honest", "naive")]
    assert not torch.equal(*weights)
    save_fits(fits, tmp_path, image_size=0, pose_size=32, pose_frame="person")
    net, meta = load_siamese(tmp_path / "naive.pt")
    assert torch.equal(net.photo_project.weight, weights[1])
    assert meta == {
        "stream": "photo",
        "scheme": "naive",
        "best_epoch": fits["naive"][0].best_epoch,
        "image_size": 0,
        "pose_size": 32,
        "pose_frame": "person",
    }


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_each_seed_is_a_fit_of_its_own_and_is_recalled(arrays, pairs, tmp_path, monkeypatch):
    trained, end = [], PairModule.on_train_epoch_end
    monkeypatch.setattr(PairModule, "on_train_epoch_end", lambda module: (end(module), trained.append(1)))

    def run(seeds):
        fits = fit_schemes(START, arrays, pairs, plan(), seeds=seeds, device="cpu", checkpoints=tmp_path)
        return {scheme: [digest(fit.net) for fit in runs] for scheme, runs in fits.items()}

    three = run(3)
    assert len(trained) == (3 + 1) * 2  # runs, epochs
    assert [len(set(runs)) for runs in three.values()] == [3, 1]
    assert run(3) == three
    assert len(trained) == 8
    more = run(4)  # the first three are the same fits
    assert {scheme: runs[:3] for scheme, runs in more.items()} == three
    assert len(trained) == 10


def test_a_kill_in_the_second_scheme_does_not_cost_the_first(arrays, tmp_path, monkeypatch):
    pairs = sample_pairs(arrays, number=60).sample(60, random_state=1).reset_index(drop=True).assign(kind="some")
    pairs["split"] = ["train", "val", "test"] * 20
    pairs["naive_split"] = ["val"] * 12 + ["train"] * 48
    trained, killing, end = [], [], PairModule.on_train_epoch_end

    def noted(module):
        if killing and len(module.history) == 1 and len(module.examples[0]) == 48:
            raise RuntimeError("killed")
        end(module)
        trained.append(len(module.examples[0]))  # of the scheme whose epoch it was

    def run(name):
        trained.clear()
        more = {"checkpoints": tmp_path / "checkpoints", "tracker": "dvclive", "tracker_folder": tmp_path / name}
        fits = fit_schemes(START, arrays, pairs, plan(epochs=3, patience=3), device="cpu", **more)
        return {scheme: [digest(fit.net) for fit in runs] for scheme, runs in fits.items()}, histories(fits).to_json()

    monkeypatch.setattr(PairModule, "on_train_epoch_end", noted)
    whole = run("whole")
    assert trained == [20] * 3 + [48] * 3
    assert run("again") == whole  # as with `dvc repro -f`: recalled
    assert trained == []
    shutil.rmtree(tmp_path / "checkpoints")
    killing.append(True)
    with pytest.raises(RuntimeError, match="killed"):
        run("killed")
    killing.clear()
    assert run("resumed") == whole  # its tracker's folder is empty: DVC removes it
    assert trained == [48] * 2
    assert contents(tmp_path / "resumed") == contents(tmp_path / "whole") == contents(tmp_path / "again")
