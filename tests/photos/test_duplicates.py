import time
from itertools import combinations

import imagehash
import numpy as np
import pandas as pd
import pytest
from photo_samples import scene
from PIL import Image, ImageDraw, ImageEnhance

from likeness import paths
from likeness.cache import Cache
from likeness.photos import duplicates
from likeness.photos.duplicates import close_pairs, cropped_hashes, hash_bits, join, near_duplicates, perceptual_hash


def save(folder, **images: Image.Image) -> pd.DataFrame:
    for name, image in images.items():
        image.save(folder / f"{name}.jpg", quality=90)
    return pd.DataFrame({"photo_id": list(images), "path": [f"{name}.jpg" for name in images]})


def crop(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    width, height = image.size
    return image.crop(tuple(round(x) for x in (left * width, top * height, (1 - right) * width, (1 - bottom) * height)))


def posing(shade: int, arm: tuple[int, int], x: int = 160) -> Image.Image:
    """A drawn site with one person; `arm`: where the hands are, as in demo corpora and on tripods."""
    image = scene(7, (320, 240))
    pen = ImageDraw.Draw(image)
    pen.ellipse((x - 14, 70, x + 14, 98), fill=(230, 190, 160))
    pen.rectangle((x - 18, 98, x + 18, 170), fill=(shade, 40, 90))
    pen.rectangle((x - 16, 170, x + 16, 235), fill=(40, 40, shade))
    for hand, shoulder in ((arm[0], x - 18), (arm[1], x + 18)):
        pen.line((shoulder, 104, hand, 60 if hand % 2 else 150), fill=(shade, 40, 90), width=12)
    return image


def test_copies_are_found_and_other_photos_are_not(tmp_path):
    original = scene(1, (640, 480))
    photos = save(
        tmp_path,
        original=original,
        other=scene(2, (640, 480)),
        half=original.resize((320, 240)),
        brighter=ImageEnhance.Brightness(original).enhance(1.2),
        darker=ImageEnhance.Brightness(original).enhance(0.7),
        grey=original.convert("L"),
        cropped=crop(original, 0.02, 0.02, 0.02, 0.02),
        one_side=crop(original, 0.04, 0, 0, 0.03),
        another=scene(3, (640, 480)),
    )
    original.save(tmp_path / "reencoded.jpg", quality=30)
    photos.loc[len(photos)] = ["reencoded", "reencoded.jpg"]
    groups = near_duplicates(tmp_path, photos)
    copies = photos["photo_id"].isin(["other", "another"])
    assert groups[~copies].unique().tolist() == [min(photos["photo_id"][~copies])]
    assert groups[copies].tolist() == ["other", "another"]


def test_different_photos_of_one_site_stay_apart(tmp_path):
    """One background to the pixel, as from a tripod; people in other clothes, poses and places."""
    images = {
        "one": posing(200, (100, 220)),
        "two": posing(60, (91, 231)),
        "three": posing(240, (111, 260), x=100),
        "four": posing(120, (180, 280), x=220),
        "alone": scene(7, (320, 240)),
    }
    assert near_duplicates(tmp_path, save(tmp_path, **images)).tolist() == list(images)


def test_hashes_of_the_manifest_are_used(tmp_path):
    photos = pd.DataFrame({"photo_id": ["a", "b", "c"], "path": ["gone"] * 3})
    photos["phash"] = [perceptual_hash(scene(k)) for k in (1, 1, 2)]
    groups = near_duplicates(tmp_path, photos)
    assert groups.tolist() == ["a", "a", "c"]
    assert groups.name == "duplicate_group"


def test_copies_of_copies_join_and_the_index_is_kept(tmp_path):
    """Distances 4 and 4 join a chain whose ends are 8 apart, at max_distance 4."""
    bits = np.random.default_rng(0).random(256) < 0.5
    chain = [bits.copy(), bits.copy(), bits.copy()]
    chain[1][:4] ^= True
    chain[2][:8] ^= True
    text = [str(imagehash.ImageHash(row.reshape(16, 16))) for row in chain]
    photos = pd.DataFrame({"photo_id": ["b", "a", "c"], "path": "x", "phash": text}, index=[7, 3, 5])
    groups = near_duplicates(tmp_path, photos, max_distance=4)
    assert groups.to_dict() == {7: "a", 3: "a", 5: "a"}  # the smallest id, whichever stands first


def test_close_pairs_equal_the_slow_count():
    hashes = [perceptual_hash(scene(k)) for k in range(30)]
    bits = hash_bits(hashes)
    slow = {(i, j): int((bits[i] != bits[j]).sum()) for i, j in combinations(range(30), 2)}
    left, right, distance = close_pairs(bits, 110)
    fast = dict(zip(zip(left.tolist(), right.tolist(), strict=True), distance.tolist(), strict=True))
    assert fast == {pair: d for pair, d in slow.items() if d <= 110}
    assert 0 < len(fast) < len(slow)


@pytest.mark.parametrize("reach", [0, 20, 80, 128])
@pytest.mark.parametrize("number", [0, 1, 2, 77])
def test_close_pairs_are_those_of_the_whole_table_of_distances(number, reach, monkeypatch):
    monkeypatch.setattr("likeness.photos.duplicates.BLOCK", 10)
    rng = np.random.default_rng(number + reach)
    bits = rng.random((number, 256)) < 0.5
    bits[number // 2 :] = bits[: (number + 1) // 2] ^ (rng.random(((number + 1) // 2, 256)) < rng.random() / 3)
    distance = (bits[:, None] != bits).sum(axis=2)
    left, right = np.nonzero(np.triu(distance <= reach, k=1))
    expected = left, right, distance[left, right]
    for found, wanted in zip(close_pairs(bits, reach), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_close_pairs_are_found_across_blocks(monkeypatch):
    monkeypatch.setattr("likeness.photos.duplicates.BLOCK", 4)
    bits = np.random.default_rng(0).random((10, 256)) < 0.5
    bits[9], bits[7] = bits[2], bits[5]
    left, right, distance = close_pairs(bits, 0)
    assert (left.tolist(), right.tolist(), distance.tolist()) == ([2, 5], [9, 7], [0, 0])


def test_join():
    assert join(np.array([0, 3]), np.array([2, 4]), 5).tolist() == [0, 1, 0, 2, 2]
    assert join(np.array([], int), np.array([], int), 0).tolist() == []


@pytest.mark.parametrize("size", [(90, 9), (9001, 9000)])
def test_a_photo_that_the_manifest_accepted_is_not_refused(tmp_path, size):
    Image.new("L", size, 77).save(tmp_path / "a.jpg")
    photos = pd.DataFrame({"photo_id": ["a"], "path": ["a.jpg"]})
    assert near_duplicates(tmp_path, photos).tolist() == ["a"]
    assert cropped_hashes(tmp_path / "a.jpg").shape[1] == 256


def test_what_is_kept_of_photos_changes_no_group_and_is_not_measured_again(tmp_path, monkeypatch):
    one, cache = scene(1, (640, 480)), Cache(tmp_path / "cache")
    bright, cropped = ImageEnhance.Brightness(one).enhance(1.2), crop(one, 0.04, 0, 0, 0.03)
    photos = save(tmp_path, one=one, bright=bright, cropped=cropped, other=scene(2, (640, 480)))
    photos["phash"] = duplicates.hash_photos(tmp_path, photos["path"])
    hashed = photos.assign(sha256=[paths.file_sha256(tmp_path / path) for path in photos["path"]])
    groups = near_duplicates(tmp_path, photos)
    assert groups.nunique() == 2
    pd.testing.assert_series_equal(near_duplicates(tmp_path, hashed, cache=cache), groups)
    monkeypatch.setattr(duplicates, "decode", None)  # whatever decodes now fails
    pd.testing.assert_series_equal(near_duplicates(tmp_path, hashed, cache=cache), groups)
    with pytest.raises(TypeError):
        near_duplicates(tmp_path, photos)


def test_no_photos_and_one_photo(tmp_path):
    none = pd.DataFrame({"photo_id": [], "path": [], "phash": []}, dtype="str")
    assert near_duplicates(tmp_path, none).tolist() == []
    assert near_duplicates(tmp_path, save(tmp_path, a=scene(1))).tolist() == ["a"]


@pytest.mark.parametrize("value", [-1, 256])
def test_max_distance_out_of_range(tmp_path, value):
    with pytest.raises(ValueError, match=f"max_distance {value}"):
        near_duplicates(tmp_path, pd.DataFrame(), max_distance=value)


SHADES = {
    "red": (200, 40, 40),
    "blue": (40, 60, 200),
    "green": (40, 160, 60),
    "white": (250, 250, 250),
    "grey": (128, 128, 128),
}


def test_plain_and_lettered_tiles_of_other_colours_are_no_copies(tmp_path):
    images = {}
    for name, colour in SHADES.items():
        tile = Image.new("RGB", (300, 300), colour)
        images[f"{name}-plain"] = tile
        images[f"{name}-small"] = tile.resize((150, 150))
        lettered = tile.copy()
        ImageDraw.Draw(lettered).text((60, 130), "carpe diem", fill="black", font_size=36)
        images[f"{name}-text"] = lettered
        images[f"{name}-text-small"] = lettered.resize((200, 200))
    groups = near_duplicates(tmp_path, save(tmp_path, **images))
    sizes = groups.value_counts()
    assert (len(sizes), set(sizes)) == (2 * len(SHADES), {2})


def test_the_same_shapes_in_another_colour_are_no_copies_but_a_grey_copy_is_one(tmp_path):
    one = scene(1, (320, 240))
    light, blue, red = one.convert("YCbCr").split()
    other = Image.merge("YCbCr", (light, red, blue)).convert("RGB")
    toned = ImageEnhance.Color(one).enhance(0.8)
    groups = near_duplicates(tmp_path, save(tmp_path, one=one, other=other, toned=toned, grey=one.convert("L")))
    assert groups.tolist()[:1] + groups.tolist()[2:] == ["grey"] * 3


def test_time_of_many_plain_tiles(tmp_path):
    """Hundreds of tiles with one hash: each is decoded once, and pairs are compared as arrays."""
    rng = np.random.default_rng(0)
    photos = save(
        tmp_path, **{f"t{k}": Image.new("RGB", (64, 64), tuple(rng.integers(0, 256, 3).tolist())) for k in range(300)}
    )
    begun = time.monotonic()
    assert near_duplicates(tmp_path, photos).nunique() > 200
    assert time.monotonic() - begun < 20
