"""The floor on real photos: nothing refused, no two different photos merged, made copies found."""

import pandas as pd
import pytest
from PIL import Image, ImageEnhance

from likeness.photos.audit import assert_no_leak, leak_audit
from likeness.photos.decode import decode
from likeness.photos.duplicates import near_duplicates
from likeness.photos.manifest import build_manifest
from likeness.photos.pairs import naive_split, site_pairs
from likeness.photos.readers import read_flat
from likeness.photos.splits import group_photos, split_by_group

FRACTIONS = {"train": 0.7, "val": 0.15, "test": 0.15}


def test_sport_photos_are_all_accepted_and_none_is_merged(shared):
    found = read_flat(shared / "lsp")
    photos, quarantine = build_manifest(found, shared)
    assert (len(photos), len(quarantine)) == (1200, 0)
    with Image.open(shared / photos["path"].iloc[0]) as image:
        assert (photos["width"].iloc[0], photos["height"].iloc[0]) == image.size
    assert near_duplicates(shared, photos).nunique() == 1200


def test_copies_of_sport_photos_are_found(shared, tmp_path):
    paths = read_flat(shared / "lsp")["path"][:30]
    for k, path in enumerate(paths):
        photo = decode(path)
        width, height = photo.size
        x, y = round(0.03 * width), round(0.03 * height)
        photo.save(tmp_path / f"{k:02}-original.jpg", quality=95)
        photo.save(tmp_path / f"{k:02}-quality.jpg", quality=30)
        photo.resize((width // 2, height // 2)).save(tmp_path / f"{k:02}-half.png")
        ImageEnhance.Brightness(photo).enhance(1.2).save(tmp_path / f"{k:02}-bright.jpg")
        photo.crop((x, y, width - x, height - y)).save(tmp_path / f"{k:02}-crop.jpg")
    photos, _ = build_manifest(read_flat(tmp_path), tmp_path)
    groups = near_duplicates(tmp_path, photos)
    truth = photos["path"].str[:2]
    assert truth.groupby(groups).nunique().max() == 1
    assert groups.nunique() <= 31  # at most one of 120 copies is missed


def test_pgm_faces_decode(shared):
    photos, quarantine = build_manifest(read_flat(shared / "faces"), shared)
    assert (len(photos), len(quarantine)) == (200, 0)
    assert set(zip(photos["width"], photos["height"], strict=True)) == {(92, 112)}
    groups = near_duplicates(shared, photos)
    person = photos["path"].str.split("/").str[1]
    assert person.groupby(groups).nunique().max() == 1
    assert groups.nunique() >= 190


@pytest.fixture
def posed(shared) -> pd.DataFrame:
    """The sport photos dealt to 12 made-up sites of 2 poses each: real files, known structure."""
    photos, _ = build_manifest(read_flat(shared / "lsp").iloc[:240], shared)
    k = pd.Series(range(len(photos)))
    photos["site"], photos["pose"] = "site" + (k % 12).astype("str"), (k // 12 % 2).map({0: "wave", 1: "jump"})
    photos["arrangement"] = photos["site"] + "/" + photos["pose"]
    return photos.assign(duplicate_group=near_duplicates(shared, photos))


def test_from_photos_to_an_honest_split(posed):
    posed["group"] = group_photos(posed, "sites")
    posed["split"] = split_by_group(posed["group"], FRACTIONS, seed=0)
    pairs = site_pairs(posed, seed=0)
    pairs["naive_split"] = naive_split(pairs, 0.1, seed=0)
    assert_no_leak(leak_audit(pairs, posed, "honest"))
    naive = leak_audit(pairs, posed, "naive").set_index("shared")
    assert naive.loc["photos", "share"] > 0.9  # what the seed studies' split does
    assert pairs["same"].mean() == pytest.approx(0.5)
