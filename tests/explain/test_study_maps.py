"""Our own networks explained from photo to logit, and from a study on disk to the maps of one of them."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from likeness import paths
from likeness.explain.attributions import grad_cam, integrated_gradients
from likeness.explain.map_tests import randomised
from likeness.explain.sides import SIDES, OneSide, Pairs, fixed_arguments
from likeness.explain.study_maps import SiamesePair, explain_best, study_scorecard
from likeness.features.backbones import NoMap, load_backbone, save_weights
from likeness.models.pose.siamese import SiameseConfig, load_siamese, make_siamese
from likeness.people.joints import to_table
from likeness.studies.pose import Study

SIZE = 64


@pytest.fixture
def study(tmp_path):
    """Three photos of noise, nobody in them but in the masks, and an untrained network."""
    rng = np.random.default_rng(0)
    for name in "abc":
        Image.fromarray(rng.integers(0, 255, (SIZE, SIZE, 3), dtype=np.uint8)).save(tmp_path / f"{name}.png")
    data = tmp_path / "data"
    photos = pd.DataFrame({"photo_id": list("abc"), "path": [f"{name}.png" for name in "abc"], "mask": "annotated"})
    paths.write_parquet(photos.assign(width=SIZE, height=SIZE), data / "photos.parquet")
    paths.write_parquet(to_table("none", np.empty((0, 18, 3))), data / "keypoints.parquet")
    masks = np.zeros((3, 16, 16), dtype=bool)
    masks[0, :8], masks[1, :4] = True, True  # a half, a quarter, nobody
    paths.write_npy(masks, data / "masks.npy")
    backbone = load_backbone("shufflenet_v2_x0_5", "none", seed=5)
    net = make_siamese(SiameseConfig("photo", "full", "bce", feature_dim=backbone.dim), backbone, seed=5)
    meta = {"stream": "photo", "image_size": SIZE, "pose_size": 32, "pose_frame": "person"}
    save_weights(net, tmp_path / "models" / "full-photo" / "honest.pt", meta)
    return Study(data, tmp_path / "models")


def test_the_maps_are_those_of_the_named_network(study, tmp_path):
    explained = pd.DataFrame({"left": ["a", "c"], "right": ["b", "a"], "cluster": ["x", "y"]})
    card = study_scorecard(study, "full-photo", explained, root=tmp_path, steps=3, seeds=1, n_boot=50, seed=0)
    assert list(card.maps) == ["Integrated Gradients", "Grad-CAM"]
    assert list(card.table["method"].unique()) == list(card.maps)

    photos = {name: torch.tensor(np.asarray(Image.open(tmp_path / f"{name}.png")).copy()) for name in "abc"}
    left, right = (torch.stack([photos[name] for name in side]).permute(0, 3, 1, 2) / 255 for side in ("ac", "ba"))
    pairs, model = Pairs(left, right), SiamesePair(load_siamese(study.weights("full-photo"))[0])
    expected = integrated_gradients(model, pairs, "right", steps=3)
    torch.testing.assert_close(card.maps["Integrated Gradients"]["right"], expected, atol=1e-5, rtol=1e-3)
    expected = grad_cam(model, pairs, "left", layer=model.grad_cam_layer(SIZE))
    torch.testing.assert_close(card.maps["Grad-CAM"]["left"], expected, atol=1e-5, rtol=1e-3)

    # photos a, b, a have a person (half, a quarter, half of the photo); c, on the left, shows nobody
    pointing = card.table[card.table["test"] == "pointing"]
    assert pointing["n"].tolist() == [3, 3]
    np.testing.assert_allclose(pointing["chance"], (0.5 + 0.25 + 0.5) / 3)


def test_the_best_network_tuned_as_a_whole_is_explained(study, tmp_path):
    study = Study(study.data, study.models, ["full-photo", "last-photo"])
    table = pd.read_parquet(study.data / "photos.parquet").assign(
        arrangement=["x", "x", "y"], duplicate_group=list("abc"), site="s", group="s", split="test"
    )
    paths.write_parquet(table, study.data / "photos.parquet")
    rows = pd.DataFrame({"left": ["a", "a"], "right": ["b", "c"], "same": [True, False], "score": [1.0, -1.0]})
    said = [rows.assign(model=name, run=0, probability=[0.9, 0.2]) for name in study.variants]
    scores = pd.DataFrame(
        [("honest", "val", "full-photo", "auc", 0.6), ("honest", "val", "last-photo", "auc", 0.9),
         ("honest", "val", "full-photo", "threshold", 0.0)],
        columns=["scheme", "split", "model", "metric", "value"],
    )  # fmt: skip
    effort = {"root": tmp_path, "pairs": 2, "steps": 2, "seeds": 1, "n_boot": 20, "seed": 0}
    found = explain_best(study, pd.concat(said), scores, **effort)
    assert found.pairs["model"].unique().tolist() == ["full-photo"]
    assert found.pairs["outcome"].tolist() == ["same, found", "different, told apart"]
    assert {name: [side.shape for side in sides] for name, sides in found.maps.items()} == {
        "Integrated Gradients": [(2, SIZE, SIZE)] * 2,
        "Grad-CAM": [(2, SIZE, SIZE)] * 2,
    }
    assert set(found.table["method"]) == set(found.maps)
    assert explain_best(Study(study.data, study.models, ["last-photo"]), rows, scores, **effort) is None


def test_the_pointing_game_says_where_its_people_were_estimated(study, tmp_path):
    effort = {"root": tmp_path, "steps": 2, "seeds": 1, "n_boot": 20, "seed": 0}
    explained = pd.DataFrame({"left": ["a"], "right": ["c"], "cluster": ["x"]})
    for sources, expected in (
        (["annotated", "keypoints", "nobody"], "pointing"),  # b is not among the explained, c has no mask to point at
        (["keypoints", "annotated", "nobody"], "pointing, estimated people"),
    ):
        photos = pd.read_parquet(study.data / "photos.parquet").assign(mask=sources)
        paths.write_parquet(photos, study.data / "photos.parquet")
        card = study_scorecard(Study(study.data, study.models), "full-photo", explained, **effort)
        names = set(card.table["test"])
        assert {name for name in names if name.startswith("pointing")} == {expected}
        assert {name for name in names if name.startswith("mass")} == {expected.replace("pointing", "mass inside")}


def test_without_a_map_grad_cam_is_left_out_with_a_word(study, tmp_path, monkeypatch):
    def no_map(*_):
        raise NoMap("swin_t keeps no map of the photo")

    monkeypatch.setattr(SiamesePair, "grad_cam_layer", no_map)
    explained = pd.DataFrame({"left": ["a", "c"], "right": ["b", "a"], "cluster": ["x", "y"]})
    card = study_scorecard(study, "full-photo", explained, root=tmp_path, steps=3, seeds=1, n_boot=50, seed=0)
    assert list(card.maps) == ["Integrated Gradients"]
    assert "Grad-CAM is left out: swin_t keeps no map of the photo. Attention is left out: " in card.warning


@pytest.fixture
def model():
    backbone = load_backbone("shufflenet_v2_x0_5", "none")
    config = SiameseConfig("photo+heatmaps", "full", "bce", feature_dim=backbone.dim, pose_size=16)
    return SiamesePair(make_siamese(config, backbone).eval())


@pytest.fixture
def pairs():
    generator = torch.Generator().manual_seed(0)
    photos = [torch.rand(2, 3, SIZE, SIZE, generator=generator) for _ in range(2)]
    return Pairs(*photos, *[torch.rand(2, 18, 16, 16, generator=generator) for _ in range(2)])


def test_the_logit_is_that_of_the_network(model, pairs):
    sides = (model.net.embed(pairs.photo(side), pairs.pose(side)) for side in ("left", "right"))
    expected = model.net.compare(*sides)
    for side in ("left", "right"):
        pose, _, *other = fixed_arguments(model, pairs, side)
        found = OneSide(model, side)(pairs.photo(side), pose, torch.ones(2), *other)
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_both_photos_get_maps(model, pairs):
    for method in (partial(integrated_gradients, steps=2), partial(grad_cam, layer=model.grad_cam_layer(SIZE))):
        for side in SIDES:
            maps = method(model, pairs, side)
            assert maps.shape == (2, SIZE, SIZE)
            assert torch.isfinite(maps).all()
    assert integrated_gradients(model, pairs, "left", steps=2).abs().max() > 0


def test_random_copies_find_their_own_layer(model, pairs):
    layer = model.grad_cam_layer(SIZE)
    trained = integrated_gradients(model, pairs, "left", steps=2)
    other = randomised(model, 1)
    assert grad_cam(other, pairs, "left", layer=layer).shape == (2, SIZE, SIZE)
    assert not torch.equal(integrated_gradients(other, pairs, "left", steps=2), trained)
