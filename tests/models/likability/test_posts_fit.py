"""Networks of posts: what a run learns, that it repeats to the bit, and what becomes of a killed one."""

import numpy as np
import pytest
import torch
from posts_samples import NUMBERS, PAIRS, SETTINGS, sample_arrays, sample_posts, sample_source
from sample_data import digest

from likeness.models.likability.posts_fit import (
    examples_of,
    fit_post_schemes,
    fit_posts,
    parameters_of,
    predict_posts,
    ranked_pairs,
)
from likeness.models.likability.posts_module import PostModule, post_logits
from likeness.models.likability.posts_net import make_post_net

COLUMNS = ["left", "right", "same", "kind", "scheme", "split", "model", "run", "probability", "score"]
SMALL = 16  # px, for the networks without a backbone


def fit(network="smallcnn", column="split", posts=None, source=None, **changes):
    posts = sample_posts() if posts is None else posts
    side = 64 if network in ("alexnet", "backbone") else SMALL
    source = source or sample_source(network, side)
    arrays = sample_arrays(posts, side, metadata=network == "fusion")
    result = fit_posts(source, arrays, posts, column=column, pairs=PAIRS, **{**SETTINGS, **changes})
    return result, arrays, posts


@pytest.mark.parametrize("network", ["smallcnn", "fusion", "ranker"])
def test_each_network_learns_the_planted_answer(network):
    result, arrays, posts = fit(network, epochs=12)
    assert list(result.history) == ["epoch", "train_loss", "val_loss", "val_accuracy"]
    assert result.history["val_loss"].idxmin() == result.best_epoch
    found = predict_posts(result.net, arrays, posts, scheme="honest", model=network, run=0)
    test = found[found["split"] == "test"]
    assert (test["score"][test["same"]].min() > test["score"][~test["same"]].max()).item()


def test_the_cosine_loss_learns_it_too():
    result, arrays, posts = fit(source=sample_source("smallcnn", SMALL, loss="cosine"), epochs=12)
    assert result.history["val_loss"].between(-1, 0).all()
    found = predict_posts(result.net, arrays, posts, scheme="honest", model="smallcnn", run=0)
    assert ((found["score"] > 0) == found["same"]).mean() > 0.9


def test_a_backbone_is_tuned_whole():
    source = sample_source("backbone")
    start = make_post_net(source.config, backbone=source.backbone, weights="none", seed=SETTINGS["seed"])
    recipe = {"epochs": 1, "optimizer": "sgd", "lr": 1e-3, "lr_step": 2, "batch_size": 12}
    net = fit("backbone", source=source, **recipe)[0].net
    before, after = dict(start.named_parameters()), dict(net.named_parameters())
    moved = [name for name in before if not before[name].equal(after[name])]
    assert {next(iter(before)), list(before)[-1]} <= set(moved)
    assert not net.training


def test_every_layer_of_alexnet_learns():
    source = sample_source("alexnet")
    net = make_post_net(source.config, backbone="", weights="none", seed=0)
    net(torch.rand(2, 3, 64, 64)).sum().backward()
    assert all(weights.requires_grad and weights.grad.abs().max() > 0 for weights in net.parameters())


def test_the_same_run_gives_the_same_bits():
    one, two = (fit("fusion")[0] for _ in range(2))
    assert digest(one.net) == digest(two.net)
    assert one.history.equals(two.history)
    assert digest(fit("fusion", seed=2)[0].net) != digest(one.net)


@pytest.mark.parametrize("network", ["smallcnn", "fusion", "ranker"])
def test_a_killed_run_goes_on_and_ends_with_the_same_bits(network, tmp_path, monkeypatch):
    recipe = {"epochs": 4, "lr_step": 4, "checkpoints": tmp_path}  # the rate falls before and after the kill
    whole = fit(network, epochs=4, lr_step=4)[0]
    loss = PostModule.batch_loss

    def killed(module, batch):
        if len(module.history) == 2:
            raise RuntimeError("killed")
        return loss(module, batch)

    monkeypatch.setattr(PostModule, "batch_loss", killed)
    with pytest.raises(RuntimeError, match="killed"):
        fit(network, **recipe)
    monkeypatch.undo()
    assert len(list(tmp_path.glob("*/4/last.ckpt"))) == 1
    steps = []
    monkeypatch.setattr(PostModule, "batch_loss", lambda module, batch: (steps.append(1), loss(module, batch))[1])
    resumed = fit(network, **recipe)[0]
    examples = examples_of(resumed.net.config, sample_posts(), "split", "train", PAIRS, SETTINGS["seed"])
    assert len(steps) == 2 * (len(examples) // SETTINGS["batch_size"])  # epochs 2 and 3 alone
    assert digest(resumed.net) == digest(whole.net)
    assert resumed.history.equals(whole.history)


def test_metadata_are_standardised_by_training_posts_alone():
    posts = sample_posts()
    arrays = sample_arrays(posts, SMALL, metadata=True)
    train = (posts["split"] == "train").to_numpy()
    arrays.metadata[~train] += 1000
    source = sample_source("fusion", SMALL)
    net = fit_posts(source, arrays, posts, column="split", **{**SETTINGS, "epochs": 1}).net
    np.testing.assert_allclose(net.mean.numpy(), arrays.metadata[train].mean(0), rtol=1e-5)
    np.testing.assert_allclose(net.scale.numpy(), arrays.metadata[train].std(0), rtol=1e-4)
    assert net.mean.shape == (NUMBERS,)


def test_iterations_bound_the_epochs():
    assert len(fit(epochs=9, iterations=7)[0].history) == 2  # three batches an epoch
    assert len(fit(epochs=9, iterations=1)[0].history) == 1
    assert len(fit(epochs=1, iterations=7)[0].history) == 2  # whatever epochs says


def test_pairs_stay_within_their_part_of_a_split():
    posts = sample_posts()
    config = sample_source("ranker").config
    for column in ("split", "naive_split"):
        for part in ("train", "val"):
            rows = examples_of(config, posts, column, part, PAIRS, 0)
            assert set(posts[column].iloc[rows.ravel()]) == {part}
            assert (posts["likes"].to_numpy()[rows[:, 0]] >= 2 * posts["likes"].to_numpy()[rows[:, 1]]).all()
            assert (posts["user_id"].to_numpy()[rows[:, 0]] == posts["user_id"].to_numpy()[rows[:, 1]]).all()


def test_both_schemes_are_trained_on_their_own_split(tmp_path):
    posts = sample_posts()
    arrays = sample_arrays(posts, SMALL)
    given = {**SETTINGS, "tracker": "dvclive", "tracker_folder": tmp_path / "live", "checkpoints": tmp_path / "state"}
    fits = fit_post_schemes(sample_source("smallcnn", SMALL), arrays, posts, seeds=2, **given)
    assert list(fits) == ["honest", "naive"]
    for scheme, column in (("honest", "split"), ("naive", "naive_split")):
        assert digest(fits[scheme][0].net) == digest(fit(column=column)[0].net)
        assert (tmp_path / "live" / scheme / "metrics.json").is_file()
    assert [len(runs) for runs in fits.values()] == [2, 1]  # the naive split is trained once
    assert digest(fits["honest"][1].net) == digest(fit(seed=SETTINGS["seed"] + 1)[0].net)
    assert (tmp_path / "live" / "honest-run-1" / "metrics.json").is_file()
    assert digest(fits["honest"][0].net) != digest(fits["naive"][0].net)


@pytest.mark.parametrize("network", ["fusion", "ranker"])
def test_held_out_posts_are_predicted_as_pairs_of_themselves(network):
    result, arrays, posts = fit(network)
    found = predict_posts(result.net, arrays, posts, scheme="naive", model=network, run=2)
    held_out = posts[posts["naive_split"] != "train"]
    assert list(found) == COLUMNS
    assert found["left"].tolist() == found["right"].tolist() == held_out["post_id"].tolist()
    assert found["same"].tolist() == held_out["liked"].tolist()
    assert found["split"].tolist() == held_out["naive_split"].tolist()
    own = [set(found[column]) for column in ("scheme", "kind", "model", "run")]
    assert own == [{"naive"}, {"post"}, {network}, {2}]
    expected = post_logits(result.net, arrays, held_out.index.to_numpy()).numpy()
    np.testing.assert_allclose(found["score"], expected, rtol=1e-6)
    assert found["probability"].between(0, 1).all()
    order = np.argsort(found["score"].to_numpy())
    assert (np.diff(found["probability"].to_numpy()[order]) >= 0).all()


def test_test_pairs_are_right_where_the_winner_scores_higher(monkeypatch):
    posts = sample_posts()
    arrays = sample_arrays(posts, SMALL)
    brightness = torch.tensor(arrays.photos.mean((1, 2, 3)))
    monkeypatch.setattr(
        "likeness.models.likability.posts_fit.post_logits", lambda net, arrays, rows: net * brightness[rows.copy()]
    )
    found = ranked_pairs([1, -1], arrays, posts, **PAIRS, seed=0)
    assert list(found) == ["winner", "loser", "user_id", "right 0", "right 1"]
    assert found["user_id"].tolist() == ["u8"] * 4 + ["u9"] * 4  # the two test users
    assert found["right 0"].all()
    assert not found["right 1"].any()
    posts["likes"] = np.where(posts["liked"], 10, 50)  # the dark ones won
    assert not ranked_pairs([1], arrays, posts, **PAIRS, seed=0)["right 0"].any()
    assert ranked_pairs([1], arrays, posts, **PAIRS | {"factor": 99.0}, seed=0).empty


def test_too_little_to_learn_from_is_refused_in_one_line():
    posts = sample_posts()
    posts["liked"] |= posts["split"] == "val"
    with pytest.raises(ValueError, match="split: the 8 posts of 'val' are not of both kinds; check the split"):
        fit(posts=posts)
    with pytest.raises(ValueError, match="split: 0 pairs of posts of one user in 'train'; raise pairs"):
        fit("ranker", posts=sample_posts().assign(likes=7))
    with pytest.raises(ValueError, match="optimizer 'lion' is unknown"):
        fit(optimizer="lion")


def test_all_weights_are_counted():
    small = 3 * 24 * 9 + 24 * 48 * 9 + 48 * 64 * 9 + 3 * (24 + 48 + 64)  # convolutions, their biases and normalisation
    dense = 128 * 64 + 64 + 64 + 1
    assert parameters_of(sample_source("smallcnn"), 0) == small + dense
