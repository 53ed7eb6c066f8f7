import hashlib
import os
import shutil
from collections import Counter

import pandas as pd
import pytest
from photo_samples import scene
from PIL import ExifTags, Image

from likeness.photos import manifest
from likeness.photos.manifest import LostPhotos, build_manifest
from likeness.photos.readers import read_flat, read_sites


@pytest.fixture
def mixed(tmp_path):
    """Four good photos, two exact copies and four bad files in the site layout."""
    wave, alone = tmp_path / "raw/Rome/wave", tmp_path / "raw/Rome/_zz"
    wave.mkdir(parents=True)
    alone.mkdir()
    scene(1).save(wave / "b.jpg")
    scene(2).save(wave / "c.png")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2015:06:01 12:30:05"
    scene(3).save(wave / "d.jpg", exif=exif)
    scene(4).save(alone / "z.jpg")
    shutil.copy(wave / "b.jpg", wave / "e.jpg")
    shutil.copy(wave / "b.jpg", alone / "a.jpg")
    (wave / "empty.jpg").touch()
    (wave / "empty2.jpg").touch()
    (wave / "page.jpg").write_text("<html></html>")
    (wave / "gone.jpg").symlink_to("nowhere")
    return tmp_path


def test_accepted_and_quarantined_make_up_what_was_found(mixed):
    found = read_sites(mixed / "raw")
    photos, quarantine = build_manifest(found, mixed)
    assert (len(found), len(photos), len(quarantine)) == (10, 4, 6)
    assert {*photos["path"], *quarantine["path"]} == {f"raw/{p}" for p in found["path"].str.split("/raw/").str[1]}
    reasons = {"exact-duplicate": 2, "empty": 2, "disguised": 1, "unreadable": 1}
    assert Counter(quarantine["reason"]) == reasons
    assert not quarantine.isna().any().any()
    assert quarantine["path"].is_monotonic_increasing


def test_first_path_of_equal_files_is_kept(mixed):
    photos, quarantine = build_manifest(read_sites(mixed / "raw"), mixed)
    copies = quarantine[quarantine["reason"] == "exact-duplicate"]
    assert copies["path"].tolist() == ["raw/Rome/wave/b.jpg", "raw/Rome/wave/e.jpg"]
    assert copies["detail"].tolist() == ["raw/Rome/_zz/a.jpg"] * 2
    assert "raw/Rome/_zz/a.jpg" in photos["path"].tolist()


def test_rows_hold_what_was_promised(mixed):
    photos, _ = build_manifest(read_sites(mixed / "raw"), mixed)
    row = photos.set_index("path").loc["raw/Rome/wave/d.jpg"]
    sha256 = hashlib.sha256((mixed / "raw/Rome/wave/d.jpg").read_bytes()).hexdigest()
    assert (row["sha256"], row["photo_id"]) == (sha256, sha256[:16])
    assert (row["width"], row["height"]) == (120, 160)  # stored 160 x 120, turned upright
    assert row["taken_at"] == pd.Timestamp("2015-06-01 12:30:05")
    assert (row["site"], row["pose"], row["arrangement"]) == ("Rome", "wave", "Rome/wave")
    alone = photos.set_index("path").loc["raw/Rome/_zz/z.jpg"]
    assert alone["site"] == "Rome"
    assert alone[["pose", "arrangement", "taken_at"]].isna().all()
    assert photos["taken_at"].dtype == "datetime64[us]"
    assert not photos["site"].map(lambda value: value == "nan").any()


def test_order_and_workers_do_not_matter(mixed):
    found = read_sites(mixed / "raw")
    one = build_manifest(found, mixed)
    other = build_manifest(found.sample(frac=1, random_state=1), mixed)
    for a, b in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(a, b)


def test_limits_are_passed_on(mixed):
    _, quarantine = build_manifest(read_sites(mixed / "raw"), mixed, max_pixels=160 * 120 - 1, min_side=32)
    assert Counter(quarantine["reason"])["too-many-pixels"] == 6
    _, quarantine = build_manifest(read_sites(mixed / "raw"), mixed, min_side=121)
    assert Counter(quarantine["reason"])["too-small"] == 6


def test_flat_folder_has_no_place(tmp_path):
    scene(1).save(tmp_path / "a.jpg")
    photos, quarantine = build_manifest(read_flat(tmp_path), tmp_path)
    assert photos["path"].tolist() == ["a.jpg"]
    assert photos[["site", "pose", "arrangement"]].isna().all().all()
    assert len(quarantine) == 0


def test_tables_survive_parquet_and_csv(mixed):
    photos, quarantine = build_manifest(read_sites(mixed / "raw"), mixed)
    photos.to_parquet(mixed / "photos.parquet", index=False)
    quarantine.to_csv(mixed / "quarantine.csv", index=False)
    pd.testing.assert_frame_equal(pd.read_parquet(mixed / "photos.parquet"), photos)
    pd.testing.assert_frame_equal(pd.read_csv(mixed / "quarantine.csv", dtype="str"), quarantine)


def test_all_refused_gives_an_empty_table_of_the_same_types(tmp_path):
    (tmp_path / "a.jpg").touch()
    photos, quarantine = build_manifest(read_flat(tmp_path), tmp_path)
    assert photos.dtypes.astype(str).to_dict() == manifest.PHOTO_TYPES
    assert len(quarantine) == 1


def test_a_lost_photo_raises(mixed, monkeypatch):
    real = manifest.sort_out
    monkeypatch.setattr(manifest, "sort_out", lambda rows: (real(rows)[0][1:], real(rows)[1]))
    with pytest.raises(LostPhotos, match="10 files found, but 3 accepted \\+ 6 quarantined"):
        build_manifest(read_sites(mixed / "raw"), mixed)


def test_path_outside_the_repository_is_refused(tmp_path):
    (tmp_path / "root").mkdir()
    scene(1).save(tmp_path / "a.jpg")
    with pytest.raises(ValueError, match="lies outside"):
        build_manifest(read_flat(tmp_path), tmp_path / "root")


def test_linked_dataset_keeps_its_path_inside_the_repository(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    scene(1).save(tmp_path / "elsewhere/a.jpg")
    (tmp_path / "root/data").mkdir(parents=True)
    (tmp_path / "root/data/raw").symlink_to(tmp_path / "elsewhere")
    photos, _ = build_manifest(read_flat(tmp_path / "root/data/raw"), tmp_path / "root")
    assert photos["path"].tolist() == ["data/raw/a.jpg"]


def test_a_file_listed_twice_is_refused(tmp_path):
    scene(1).save(tmp_path / "a.jpg")
    with pytest.raises(ValueError, match=r"a\.jpg: listed twice"):
        build_manifest(pd.DataFrame({"path": ["a.jpg", "./a.jpg"]}), tmp_path)


def test_a_name_that_is_not_utf8_costs_a_line_of_the_quarantine(tmp_path):
    scene(1).save(tmp_path / "a.jpg")
    os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9")  # noqa: PTH102 (Path takes no bytes)
    shutil.copy(tmp_path / "a.jpg", os.fsencode(tmp_path) + b"/\xff.jpg")
    shutil.copy(tmp_path / "a.jpg", os.fsencode(tmp_path) + b"/caf\xe9/b.jpg")
    photos, quarantine = build_manifest(read_flat(tmp_path), tmp_path)
    assert photos["path"].tolist() == ["a.jpg"]
    assert quarantine["path"].tolist() == [r"\xff.jpg", r"caf\xe9"]
    assert quarantine["detail"].tolist() == [
        "the name is not UTF-8; rename it",
        "the name is not UTF-8; a folder that was not read; rename it",
    ]
    quarantine.to_csv(tmp_path / "quarantine.csv")  # which is UTF-8


def test_links_to_nowhere_and_to_themselves_name_what_they_lead_to(tmp_path):
    scene(1).save(tmp_path / "a.jpg")
    (tmp_path / "gone.jpg").symlink_to("nowhere")
    (tmp_path / "self.jpg").symlink_to("self.jpg")
    photos, quarantine = build_manifest(read_flat(tmp_path), tmp_path)
    assert len(photos) == 1
    assert quarantine["reason"].tolist() == ["unreadable", "unreadable"]
    assert "a link to nowhere, which leads nowhere" in quarantine["detail"].iloc[0]
