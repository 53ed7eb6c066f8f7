"""Where each variant starts, how it is trained, and what it leaves on disk."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from posts_samples import SETTINGS, sample_arrays, sample_posts

from likeness import paths
from likeness.models.likability.posts_net import NETWORKS, load_post_net
from likeness.models.likability.posts_variants import (
    fit_variant,
    predict_schemes,
    recipe_of,
    source_of,
    start_variant,
    write_variant,
)

ALEXNET = {"weights": "DEFAULT", "image_size": 64, "lr": 1e-3, "lr_step": 5000, "iterations": 120}
OWN = {"alexnet": ALEXNET, "backbone": {"backbone": "resnet18", "weights": "DEFAULT", "image_size": 32}}
ADAMW = {"lr": 2e-3, "weight_decay": 0.1}
MODEL = {"loss": "cross_entropy", "dropout": 0.2}


@pytest.fixture
def study(tmp_path) -> SimpleNamespace:
    """Return forty posts of one photo each, grey as bright as they are liked, and what is known without the photo."""
    posts = sample_posts()
    posts["photo_id"] = posts["post_id"]
    for name, liked in zip(posts["post_id"], posts["liked"], strict=True):
        Image.fromarray(np.full((20, 20, 3), 200 if liked else 50, np.uint8)).save(tmp_path / f"{name}.png")
    photos = pd.DataFrame({"photo_id": posts["post_id"], "path": posts["post_id"] + ".png"})
    tables = {"metadata": pd.DataFrame({"hour": posts["likes"] % 24.0, "caption": 1.0 * posts["likes"]})}
    looks = np.full((len(posts), 2), 0.5, np.float32)
    return SimpleNamespace(
        posts=posts, photos=photos, has_pictures=True, features={"colour": None}, tables=tables,
        names=lambda name: ["red", "blue"], spread_to_posts=lambda name: looks, data=tmp_path / "data", models=tmp_path / "models",
    )  # fmt: skip


@pytest.mark.parametrize("network", NETWORKS)
def test_a_variant_starts_from_its_own_trunk_and_size(network):
    arrays = sample_arrays(sample_posts(), 16, metadata=network == "fusion")
    source = source_of(network, arrays, OWN.get(network, {"image_size": 16}), loss="cosine", dropout=0.2)
    assert (source.config.network, source.config.image_size) == (network, 16)
    assert (source.config.loss, source.config.dropout) == ("cosine", 0.2)
    assert source.config.metadata == (3 if network == "fusion" else 0)
    trunks = {"alexnet": ("alexnet", "DEFAULT"), "backbone": ("resnet18", "DEFAULT")}
    assert (source.backbone, source.weights) == trunks.get(network, ("", "none"))


def test_alexnet_is_trained_as_the_original_and_all_others_by_adamw():
    alexnet = recipe_of("alexnet", ALEXNET, **ADAMW)
    assert {name: alexnet[name] for name in ("optimizer", "lr", "lr_step", "iterations")} == {
        "optimizer": "sgd", "lr": 1e-3, "lr_step": 5000, "iterations": 120,
    }  # fmt: skip
    for network in NETWORKS[1:]:
        assert recipe_of(network, OWN.get(network, {}), **ADAMW) == {"optimizer": "adamw", **ADAMW}


def test_fusion_alone_is_told_what_is_known_without_the_photo(study, tmp_path):
    fusion = start_variant("fusion", study, tmp_path, {"image_size": 16}, **MODEL)
    assert fusion.told == ("hour", "caption", "red", "blue")
    assert fusion.arrays.metadata.shape == (40, 4)
    small = start_variant("smallcnn", study, tmp_path, {"image_size": 16}, **MODEL)
    assert (small.told, small.arrays.metadata) == ((), None)
    assert small.arrays.photos.shape == (40, 3, 16, 16)
    assert (small.source.config.loss, small.source.config.dropout) == ("cross_entropy", 0.2)


def test_a_trained_variant_leaves_predictions_histories_and_weights(study, tmp_path, monkeypatch):
    variant = start_variant("fusion", study, tmp_path, {"image_size": 16}, **MODEL)
    monkeypatch.setattr(paths, "root", lambda: tmp_path)
    fits = fit_variant(variant, study, tracker="dvclive", seeds=2, **SETTINGS)
    assert (tmp_path / "data/finetune/fusion/live/honest/metrics.json").is_file()
    assert len(list((tmp_path / "data/cache/checkpoints").iterdir())) == 3  # finished, and kept
    table = predict_schemes(fits, variant, study)
    counts = table.groupby(["scheme", "run", "split"]).size().to_dict()
    assert counts == {
        (*run, part): 8 for run in (("honest", 0), ("honest", 1), ("naive", 0)) for part in ("test", "val")
    }
    write_variant(variant, study, fits, table)
    data, models = tmp_path / "data/finetune/fusion", tmp_path / "models/fusion"
    pd.testing.assert_frame_equal(pd.read_parquet(data / "predictions.parquet"), table, check_dtype=False)
    assert pd.read_parquet(data / "history.parquet").groupby("scheme")["best"].sum().to_dict() == {
        "honest": 2,
        "naive": 1,
    }
    assert json.loads((data / "skipped.json").read_text()) == {}
    for scheme, (fit, *_) in fits.items():
        net, meta = load_post_net(models / f"{scheme}.pt")
        assert meta == {"scheme": scheme, "best_epoch": fit.best_epoch, "told": ["hour", "caption", "red", "blue"]}
        assert all(value.equal(net.state_dict()[name]) for name, value in fit.net.state_dict().items())


def test_without_pictures_a_variant_is_skipped_and_leaves_its_reason(study, tmp_path):
    study.has_pictures = False
    variant = start_variant("alexnet", study, tmp_path, ALEXNET, **MODEL)
    assert variant.skipped == "the posts have no pictures"
    fits = fit_variant(variant, study, tracker="none")
    assert (fits, predict_schemes(fits, variant, study)) == ({}, None)
    write_variant(variant, study, fits, None)
    reason = json.loads((tmp_path / "data/finetune/alexnet/skipped.json").read_text())
    assert reason == {"alexnet": "the posts have no pictures"}
    assert (tmp_path / "models/alexnet/none.txt").read_text() == "the posts have no pictures\n"
