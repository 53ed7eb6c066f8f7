import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from sklearn.metrics.pairwise import cosine_similarity

from likeness.cache import Cache
from likeness.features.extract import extract, load_image
from likeness.features.extractors import load_extractor
from likeness.features.face_features import (
    aligned_rendering,
    crop_draft,
    crop_rendering,
    crop_rows,
    face_rendering,
    picture_features,
    template_of,
    write_face_features,
)
from likeness.features.sight import Sight, split_sights
from likeness.features.vectors import combine, l2_normalise, read_face_weight, write_face_weights
from likeness.people.alignment import LANDMARKS, template_points
from photo_rows import photo_rows

torch.set_num_threads(1)
SETTINGS = {"seed": 1, "image_size": 32, "batch_size": 4, "device": "cpu"}


def photo(folder, name, pixels, **options):
    Image.fromarray(pixels).save(folder / name, **options)
    return photo_rows(folder, [name]).iloc[0].to_dict()


@pytest.fixture
def pictures(tmp_path):
    """Three pictures: one with a face, one with two, one with none."""
    rng = np.random.default_rng(0)
    rows = [photo(tmp_path, f"{k}.png", rng.integers(0, 255, (60, 80, 3), dtype=np.uint8)) for k in range(3)]
    photos = pd.DataFrame(rows).assign(split="train")
    one, two, _ = photos["photo_id"]
    crops = pd.DataFrame(
        [("c0", one, "each", 10, 10, 50, 50), ("c1", two, "each", 0, 0, 30, 40), ("c2", two, "each", 40, 5, 80, 60),
         ("c3", one, "all", 10, 10, 50, 50), ("c4", two, "all", 0, 0, 80, 60)],
        columns=["crop_id", "photo_id", "kind", "x0", "y0", "x1", "y1"],
    )  # fmt: skip
    return photos, crops


def test_rows_of_a_crop_tell_where_its_photo_is(pictures):
    photos, crops = pictures
    rows = crop_rows(crops, photos)
    assert rows["crop_id"].tolist() == crops["crop_id"].tolist()
    assert rows["path"].tolist() == ["0.png", "1.png", "1.png", "0.png", "1.png"]
    with pytest.raises(ValueError, match="photo 'gone' of a crop is not in the photos"):
        crop_rows(crops.assign(photo_id="gone"), photos)
    for box in ({"x1": 81}, {"x0": 50}, {"y0": -1}):
        with pytest.raises(ValueError, match=r"^[01]\.png: crop \[.*\] is empty or reaches out of 80 x 60 px"):
            crop_rows(crops.assign(**box), photos)


def test_features_of_a_crop_are_those_of_the_picture_cut_out_by_hand(tmp_path, pictures):
    photos, crops = pictures
    row = crop_rows(crops, photos).iloc[2]
    pixels = np.asarray(Image.open(tmp_path / "1.png"))[5:60, 40:80]
    expected = np.asarray(Image.fromarray(pixels).resize((32, 32), Image.Resampling.BILINEAR))
    np.testing.assert_array_equal(load_image(row, tmp_path, crop_rendering(), 32), expected)
    cut = pd.DataFrame([photo(tmp_path, "cut.png", pixels)])
    network = load_extractor("squeezenet1_0", "none", seed=1)
    alone, _ = extract(cut, network, root=tmp_path, cache=None, image_size=32, batch_size=4)
    arrays, _ = picture_features(photos, crops, [Sight("squeezenet1_0", "none")], root=tmp_path, cache=None, **SETTINGS)
    np.testing.assert_allclose(arrays["squeezenet1_0@none-face"][2], alone[0], atol=1e-6)


def test_half_precision_is_passed_on_and_noted(tmp_path, pictures):
    photos, crops = pictures
    place = {"root": tmp_path, "cache": None, **SETTINGS}
    exact, _ = picture_features(photos, crops, [Sight("resnet18", "none")], precision="32", **place)
    rough, recipes = picture_features(photos, crops, [Sight("resnet18", "none")], precision="bf16", **place)
    assert recipes["resnet18@none"]["precision"] == "bf16"
    for name, array in exact.items():
        off = np.linalg.norm(rough[name] - array, axis=1) / np.linalg.norm(array, axis=1)
        assert 0 < off.min() <= off.max() < 0.02, name


def test_every_network_and_view_has_its_rows_and_its_recipe(tmp_path, pictures):
    photos, crops = pictures
    cache = Cache(tmp_path / "cache")
    sights = split_sights("squeezenet1_0@none, resnet18@none")
    arrays, recipes = picture_features(photos, crops, sights, root=tmp_path, cache=cache, **SETTINGS)
    assert {name: array.shape for name, array in arrays.items()} == {
        f"{name}-{view}": (rows, 512) for name in recipes for view, rows in (("general", 3), ("face", 3), ("faces", 2))
    }
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in arrays.values())
    assert recipes["resnet18@none"] == {
        "backbone": "resnet18", "weights": "none", "identity": "none-seed1", "layer": "pool", "image_size": 32,
        "batch_size": 4, "precision": "auto", "seed": 1, "align": "landmarks",
    }  # fmt: skip
    # the only face of a picture is all of its faces: computed once
    np.testing.assert_array_equal(arrays["resnet18@none-face"][0], arrays["resnet18@none-faces"][0])
    stored = sum(path.is_file() for path in (tmp_path / "cache").rglob("*"))
    assert stored == 2 * (3 + 3 + 1)
    # a crop of the whole picture shows what the picture shows
    np.testing.assert_allclose(arrays["resnet18@none-faces"][1], arrays["resnet18@none-general"][1], atol=1e-5)
    again, _ = picture_features(photos, crops, sights, root=tmp_path / "gone", cache=cache, **SETTINGS)
    for name, array in arrays.items():  # nothing was opened
        np.testing.assert_array_equal(again[name], array)


def test_one_network_stands_beside_itself_with_other_weights(tmp_path, pictures):
    sights = split_sights("timm:tf_efficientnet_lite0@bundled, timm:tf_efficientnet_lite0@none")
    arrays, recipes = picture_features(*pictures, sights, root=tmp_path, cache=None, **SETTINGS)
    trained, random = recipes
    assert [recipe["weights"] for recipe in recipes.values()] == ["bundled", "none"]
    assert recipes[trained]["identity"].startswith("bundled-")
    assert arrays[f"{trained}-face"].shape == arrays[f"{random}-face"].shape == (3, 1280)
    assert not np.allclose(arrays[f"{trained}-face"], arrays[f"{random}-face"])


def test_another_engine_computes_every_view(tmp_path, pictures):
    asked = []

    def extract(rows, network, *, rendering, **settings):
        asked.append((list(rows["path"]), network.name, rendering.name, settings))
        return np.full((len(rows), 1), len(asked), np.float32), None

    photos, crops = pictures
    arrays, _ = picture_features(
        photos, crops, [Sight("squeezenet1_0", "none")], extract=extract, root=tmp_path, **SETTINGS
    )
    settings = {"image_size": 32, "batch_size": 4, "device": "cpu", "root": tmp_path, "precision": "auto"}
    of_view = [
        ("photo", ["0.png", "1.png", "2.png"]),
        ("face", ["0.png", "1.png", "1.png"]),
        ("crop", ["0.png", "1.png"]),
    ]
    assert asked == [(rows, "squeezenet1_0", view, settings) for view, rows in of_view]
    assert {name: array[0, 0] for name, array in arrays.items()} == {
        "squeezenet1_0@none-general": 1, "squeezenet1_0@none-face": 2, "squeezenet1_0@none-faces": 3
    }  # fmt: skip


def test_another_box_is_not_taken_from_the_cache(tmp_path, pictures):
    photos, crops = pictures
    look = crop_rendering()
    rows = crop_rows(crops, photos)
    keys = [look.key(row) for _, row in rows.iterrows()]
    assert keys == ["crop-10-10-50-50", "crop-0-0-30-40", "crop-40-5-80-60", "crop-10-10-50-50", "crop-0-0-80-60"]


def test_no_faces_give_no_rows(tmp_path, pictures):
    photos, crops = pictures
    arrays, _ = picture_features(
        photos, crops[:0], [Sight("squeezenet1_0", "none")], root=tmp_path, cache=None, **SETTINGS
    )
    assert arrays["squeezenet1_0@none-face"].shape == arrays["squeezenet1_0@none-faces"].shape == (0, 512)


def test_zero_is_each_networks_own_size(tmp_path, pictures):
    photos, crops = pictures
    settings = {**SETTINGS, "image_size": 0, "batch_size": 1}
    _, recipes = picture_features(
        photos[:1], crops[:0], split_sights("facenet@none, squeezenet1_0@none"), root=tmp_path, cache=None, **settings
    )
    assert [recipe["image_size"] for recipe in recipes.values()] == [160, 224]


@pytest.mark.parametrize("side", [31, 64, 100, 250, 999])
def test_a_small_crop_of_a_large_photo_is_decoded_large_enough(tmp_path, side):
    """A JPEG may be decoded at 1/8: a crop would then be enlarged from a few pixels."""
    rng = np.random.default_rng(1)
    coarse = Image.fromarray(rng.integers(0, 255, (50, 60, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize((1200, 1000), Image.Resampling.BICUBIC))
    row = pd.Series(
        photo(tmp_path, "large.jpg", pixels, quality=95) | {"x0": 100, "y0": 1, "x1": 100 + side, "y1": 1 + side}
    )
    seen, look = [], crop_rendering()

    def spied(image, row):
        seen.append(look.apply(image, row).size)
        return look.apply(image, row)

    spy = replace(look, apply=spied)
    found = load_image(row, tmp_path, spy, 32)
    assert min(seen[0]) >= min(32, side)
    assert crop_draft(row, 32) == -(-32 * 1000 // side)
    full = (
        Image.open(tmp_path / "large.jpg")
        .crop((100, 1, 100 + side, 1 + side))
        .resize((32, 32), Image.Resampling.BILINEAR)
    )
    assert np.abs(found.astype(float) - np.asarray(full, float)).mean() < 8
    if side == 999:
        assert seen[0][0] < 200  # and no larger than need be


def test_a_crop_of_a_photo_that_lies_on_its_side(tmp_path):
    """Boxes are in px of the upright photo, and so is what the view is given."""
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:10, :20] = (255, 0, 0)
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise: its top left comes to the top right
    box = {"x0": 30, "y0": 0, "x1": 40, "y1": 20}
    row = photo(tmp_path, "side.png", pixels, exif=exif) | {"width": 40, "height": 60} | box
    assert (load_image(pd.Series(row), tmp_path, crop_rendering(), 8) == (255, 0, 0)).all()


def test_rows_of_length_one():
    np.testing.assert_allclose(l2_normalise([[3, 4], [0, 0], [0, -2]]), [[0.6, 0.8], [0, 0], [0, -1]])


def test_the_combined_vector_worked_out_by_hand():
    found = combine([[3, 4], [np.nan, np.nan]], [[0, 2, 0], [5, 0, 0]], 0.36)
    np.testing.assert_allclose(found, [[0.36, 0.48, 0, 0.8, 0], [0, 0, 0.8, 0, 0]], atol=1e-7)
    assert found.dtype == np.float32
    np.testing.assert_allclose(combine([[3, 4]], [[0, 2]], 1), [[0.6, 0.8, 0, 0]], atol=1e-7)
    np.testing.assert_allclose(combine([[3, 4]], [[0, 2]], 0), [[0, 0, 0, 1]], atol=1e-7)


def test_a_product_of_combined_vectors_is_the_weighted_mean_of_the_cosines():
    rng = np.random.default_rng(0)
    face, general = rng.normal(size=(5, 7)), rng.normal(size=(5, 4))
    vectors = combine(face, general, 0.3).astype(float)
    expected = 0.3 * cosine_similarity(face) + 0.7 * cosine_similarity(general)
    np.testing.assert_allclose(vectors @ vectors.T, expected, atol=1e-6)


@pytest.mark.parametrize("weight", [-0.1, 1.1, np.nan])
def test_an_impossible_weight_is_refused(weight):
    with pytest.raises(ValueError, match="must be between 0 and 1"):
        combine([[1.0]], [[1.0]], weight)
    with pytest.raises(ValueError, match=r"faces \(2, 1\) and whole pictures \(1, 1\)"):
        combine([[1.0], [2.0]], [[1.0]], 0.5)


def test_what_is_written_lies_beside_the_ids_of_its_rows(tmp_path, pictures):
    photos, crops = pictures
    arrays = {"net-general": np.ones((3, 2)), "net-face": np.ones((3, 2)), "net-faces": np.ones((2, 2))}
    write_face_features(tmp_path, photos, crops, arrays, {"networks": {"net": {}}, "whiten": 0})
    assert pd.read_parquet(tmp_path / "net-general.parquet")["photo_id"].tolist() == photos["photo_id"].tolist()
    assert pd.read_parquet(tmp_path / "net-face.parquet")["crop_id"].tolist() == ["c0", "c1", "c2"]
    assert pd.read_parquet(tmp_path / "net-faces.parquet")["crop_id"].tolist() == ["c3", "c4"]
    assert json.loads((tmp_path / "recipe.json").read_text())["whiten"] == 0
    with pytest.raises(ValueError, match="net-faces: 3 rows of features for 2 ids"):
        write_face_features(tmp_path, photos, crops, {"net-faces": np.ones((3, 2))}, {})


def test_the_weights_that_a_study_chose_are_handed_on(tmp_path):
    assert read_face_weight(tmp_path, "resnet50") is None
    path = write_face_weights({"vgg16": 0.7, "resnet50": 0.6}, tmp_path)
    assert list(json.loads(path.read_text())) == ["resnet50", "vgg16"]
    assert [read_face_weight(tmp_path, name) for name in ("resnet50", "vgg16", "facenet")] == [0.6, 0.7, None]
    with pytest.raises(ValueError, match=r"weight 1\.5 .* vgg16"):
        write_face_weights({"vgg16": 1.5}, tmp_path)


def test_a_face_with_landmarks_is_shown_upright_and_one_without_along_its_box(tmp_path):
    """Landmarks that stand on the template already, in a quarter-turned picture: turning it back gives the picture."""
    rng = np.random.default_rng(4)
    upright = np.kron(rng.integers(0, 255, (10, 10, 3), dtype=np.uint8), np.ones((8, 8, 1), np.uint8))
    row = photo(tmp_path, "turned.png", np.ascontiguousarray(np.rot90(upright)))
    x, y = 80 * template_points("dlib").T
    places = dict(zip(LANDMARKS, np.column_stack([y, 80 - x]).ravel(), strict=True))
    box = {"x0": 0, "y0": 0, "x1": 80, "y1": 80}
    shown = aligned_rendering("dlib")
    seen = load_image(row | box | places, tmp_path, shown, 80)
    np.testing.assert_allclose(seen.astype(int), upright, atol=1)
    without = row | box | dict.fromkeys(LANDMARKS, np.nan)
    assert (load_image(without, tmp_path, shown, 80) == load_image(row | box, tmp_path, crop_rendering(), 80)).all()
    assert shown.key(without) == crop_rendering().key(row | box) != shown.key(row | box | places)
    moved = row | box | places | {"nose_x": 1.0}
    assert shown.key(moved) != shown.key(row | box | places) != aligned_rendering("arcface").key(row | box | places)


def test_each_network_is_shown_faces_as_it_learned_them():
    network = load_extractor("resnet18", "none")
    names = [face_rendering("landmarks", network).name, face_rendering("box", network).name]
    assert names == ["face", "crop"]
    assert [template_of(name) for name in ("dlib", "onnx", "resnet18")] == ["dlib", "arcface", "portrait"]
    with pytest.raises(ValueError, match="align 'nose': choose one of landmarks, box"):
        face_rendering("nose", network)


def test_two_files_of_one_name_are_not_mixed_up(tmp_path, pictures):
    photos, crops = pictures
    with pytest.raises(ValueError, match="two are called resnet18@none"):
        picture_features(photos, crops, [Sight("resnet18", "none")] * 2, root=tmp_path, cache=None, **SETTINGS)
