"""Layers of photos and mirror images, and looks with faces."""

from functools import partial

import numpy as np
import pandas as pd
from PIL import Image

from likeness.features.extract import extract
from likeness.features.layers import layers_of
from likeness.features.posts_features import (
    FACES,
    face_features,
    layer_features,
    liked_photos,
    look_features,
    object_groups,
)
from likeness.features.sight import Sight

POSTS = pd.DataFrame(
    {"photo_id": ["p2", "p1", "p2"], "faces": [1, 0, 1], "face_share": [0.25, 0.0, 0.25], "liked": [True, False, False]}
)
PHOTOS = pd.DataFrame({"photo_id": ["p1", "p2"]})


def test_hidden_layers_where_a_network_has_them():
    assert layers_of("alexnet") == layers_of("vgg16") == ("fc6", "fc7")
    assert layers_of("resnet18") == ("pool",)


def test_layers_of_a_photo_and_of_its_mirror_image(tmp_path):
    half = np.zeros((64, 64, 3), np.uint8)
    half[:, :32] = 255
    for name, pixels in {"one": half, "two": half[:, ::-1]}.items():
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    photos = pd.DataFrame({"photo_id": ["1", "2"], "path": ["one.png", "two.png"], "sha256": ["1" * 64, "2" * 64]})
    here = partial(extract, root=tmp_path, cache=None)
    found, made = layer_features(photos, here, [Sight("squeezenet1_1", "none")], 64, batch_size=2, seed=0)
    assert list(made.items()) == [("backbone", "squeezenet1_1"), ("weights", "none"), ("identity", "none-seed0"),
                                  ("sights", ["squeezenet1_1@none"]), ("beside", ""), ("image_size", 64), ("batch_size", 2)]  # fmt: skip
    assert set(found) == {"pool", "pool-mirror"}
    np.testing.assert_allclose(found["pool"][0], found["pool-mirror"][1], rtol=1e-6)
    assert layer_features(photos.iloc[:0], here, [Sight("alexnet", "none")], 64, batch_size=2, seed=0)[0] == {}


def test_another_engine_computes_the_layers():
    asked = []

    def extract(photos, network, *, rendering, image_size, batch_size):
        asked.append((len(photos), network.layer, rendering.name, image_size, batch_size))
        return np.full((len(photos), 1), len(asked), np.float32), None

    found, _ = layer_features(PHOTOS, extract, [Sight("alexnet", "none")], 64, batch_size=3, seed=0)
    assert asked == [(2, layer, view, 64, 3) for layer in ("fc6", "fc7") for view in ("photo", "mirror")]
    assert {name: array.tolist() for name, array in found.items()} == {
        name: [[number], [number]] for number, name in enumerate(("fc6", "fc6-mirror", "fc7", "fc7-mirror"), 1)
    }


def test_networks_beside_the_studys_own_are_told_apart_by_name():
    def extract(photos, network, **_):
        return np.full((len(photos), 1), int(network.weights[-1]), np.float32), None

    sights = [Sight("squeezenet1_1", "none"), Sight("alexnet", "none")]
    found, made = layer_features(PHOTOS, extract, sights, 64, batch_size=3, seed=5)
    assert list(found) == ["pool", "pool-mirror", "fc6 of alexnet@none", "fc6 of alexnet@none-mirror",
                           "fc7 of alexnet@none", "fc7 of alexnet@none-mirror"]  # fmt: skip
    assert (made["sights"], made["beside"]) == (["squeezenet1_1@none", "alexnet@none"], "alexnet@none")


def test_faces_in_the_order_of_the_photos():
    assert face_features(POSTS, PHOTOS).tolist() == [[0, 0], [1, 0.25]]
    assert face_features(POSTS.assign(faces=-1), PHOTOS) is None


def test_a_photo_is_liked_as_its_first_post_was():
    assert liked_photos(POSTS, PHOTOS).tolist() == [False, True]


def test_objects_are_left_out_with_the_reason(tmp_path, monkeypatch):
    assert object_groups(PHOTOS, tmp_path, "none", cache=None) == (None, "no classifier is named (objects: none)")
    assert object_groups(PHOTOS.iloc[:0], tmp_path, "squeezenet1_0", cache=None)[1] == "the posts have no pictures"
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    found, why = object_groups(PHOTOS, tmp_path, "squeezenet1_0", cache=None)
    assert found is None
    assert "squeezenet1_0 with IMAGENET1K_V1: put squeezenet1_0" in why


def test_without_photos_there_are_no_faces():
    assert face_features(POSTS, PHOTOS.iloc[:0]) is None


def test_looks_are_colours_and_faces_side_by_side(tmp_path):
    for name, grey in {"one": 0, "two": 255}.items():
        Image.fromarray(np.full((32, 64, 3), grey, np.uint8)).save(tmp_path / f"{name}.png")
    photos = PHOTOS.assign(path=["one.png", "two.png"], sha256=["1" * 64, "2" * 64], width=64, height=32)
    looks = look_features(POSTS, photos, tmp_path, "none", cache=None, batch_size=2, device="cpu")
    assert looks.table["brightness"].tolist() == [0, 1]
    assert looks.table["face_share"].tolist() == [0, 0.25]
    assert {name: array.shape for name, array in looks.arrays.items()} == {"colour": (2, 10), "faces": (2, 2)}
    assert looks.names["faces"] == list(FACES)
    assert "objects: none" in looks.no_objects
    none = look_features(POSTS, photos[:0], tmp_path, "none", cache=None)
    assert none.arrays == {}
    assert (len(none.table), list(none.table)) == (0, none.names["colour"])
