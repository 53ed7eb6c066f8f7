"""Where each variant starts, how it is trained, and what it leaves on disk."""

import json

import pandas as pd
import pytest
from post_samples import SETTINGS, sample_arrays, sample_posts, sample_source

from likeness.models.likability.post_fit import fit_post_schemes
from likeness.models.likability.post_net import NETWORKS, load_post_net
from likeness.models.likability.post_variants import predict_schemes, recipe_of, source_of, why_skipped, write_variant

ALEXNET = {"weights": "DEFAULT", "lr": 1e-3, "lr_step": 5000, "iterations": 120}


@pytest.mark.parametrize(
    ("network", "own", "trunk"),
    [
        ("alexnet", ALEXNET, ("alexnet", "DEFAULT")),
        ("backbone", {"backbone": "resnet18", "weights": "DEFAULT"}, ("resnet18", "DEFAULT")),
        *((network, {}, ("", "none")) for network in NETWORKS[2:]),
    ],
)
def test_a_variant_starts_from_its_own_trunk_and_size(network, own, trunk):
    arrays = sample_arrays(sample_posts(), 16, metadata=network == "fusion")
    source = source_of(network, arrays, own, loss="cosine", dropout=0.2)
    assert (source.config.network, source.config.image_size) == (network, 16)
    assert (source.config.loss, source.config.dropout) == ("cosine", 0.2)
    assert source.config.metadata == (3 if network == "fusion" else 0)
    assert (source.backbone, source.weights) == trunk


def test_alexnet_is_trained_as_the_original_and_all_others_by_adamw():
    alexnet = recipe_of("alexnet", ALEXNET, lr=2e-3, weight_decay=0.1)
    assert {name: alexnet[name] for name in ("optimizer", "lr", "lr_step", "iterations")} == {
        "optimizer": "sgd", "lr": 1e-3, "lr_step": 5000, "iterations": 120,
    }  # fmt: skip
    for network in NETWORKS[1:]:
        own = recipe_of(network, {}, lr=2e-3, weight_decay=0.1)
        assert own == {"optimizer": "adamw", "lr": 2e-3, "weight_decay": 0.1}


def test_posts_without_pictures_say_why_there_is_no_network():
    assert why_skipped(pd.DataFrame({"photo_id": ["", ""]})) == "the posts have no pictures"
    assert why_skipped(pd.DataFrame({"photo_id": ["", "a"]})) == ""


def test_a_trained_variant_leaves_predictions_histories_and_weights(tmp_path):
    posts = sample_posts()
    arrays = sample_arrays(posts, 16, metadata=True)
    fits = fit_post_schemes(sample_source("fusion", 16), arrays, posts, **SETTINGS)
    table = predict_schemes(fits, arrays, posts, "fusion")
    counts = table.groupby(["scheme", "split"]).size().to_dict()
    assert counts == {(scheme, part): 8 for scheme in ("honest", "naive") for part in ("test", "val")}
    data, models = tmp_path / "data", tmp_path / "models"
    write_variant(fits, table, data, models, "fusion", "", ["a", "b", "c"])
    pd.testing.assert_frame_equal(pd.read_parquet(data / "predictions.parquet"), table, check_dtype=False)
    assert pd.read_parquet(data / "history.parquet").groupby("scheme")["best"].sum().to_dict() == {
        "honest": 1,
        "naive": 1,
    }
    assert json.loads((data / "skipped.json").read_text()) == {}
    for scheme, fit in fits.items():
        net, meta = load_post_net(models / f"{scheme}.pt")
        assert meta == {"scheme": scheme, "best_epoch": fit.best_epoch, "told": ["a", "b", "c"]}
        assert all(value.equal(net.state_dict()[name]) for name, value in fit.net.state_dict().items())


def test_a_skipped_variant_leaves_its_reason(tmp_path):
    write_variant({}, None, tmp_path / "data", tmp_path / "models", "alexnet", "the posts have no pictures", [])
    assert json.loads((tmp_path / "data/skipped.json").read_text()) == {"alexnet": "the posts have no pictures"}
    assert (tmp_path / "models/none.txt").read_text() == "the posts have no pictures\n"
