"""The kinds of what users' folders really hold, over all that lists and decodes photos."""

import os
import sys
import time
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from likeness.errors import LayoutError
from likeness.photos.collections import read_collection
from likeness.photos.decode import PhotoError, decode
from likeness.photos.manifest import build_manifest
from likeness.photos.readers import known_dates, read_dates, read_flat, read_sites, unfit_dates
from likeness.photos.voc.reader import read_voc
from likeness.photos.walk import passed_over

sys.path.insert(0, str(Path(__file__).parents[1] / "photos"))
from photo_samples import icc_profile, in_srgb, scene

READERS = {
    "flat": ("", read_flat),
    "sites": ("Rome/wave/", read_sites),
    "identities": ("ann/", lambda folder: read_collection(folder, "identities").found),
    "pictures": ("", lambda folder: read_collection(folder, "pictures").found),
    "voc": ("", lambda folder: read_voc(folder)[0]),
}


@pytest.fixture(params=READERS)
def reader(request, tmp_path):
    """(folder with one photo, the place of photos in it, a function that lists the photos' names)."""
    below, read = READERS[request.param]
    folder = tmp_path / "photos"
    (folder / below).mkdir(parents=True)
    scene(1).save(folder / below / "a.jpg")
    if request.param == "voc":  # which wants one annotation
        (folder / "a.xml").write_text("<annotation><filename>a.jpg</filename></annotation>")
    return folder, folder / below, lambda: [Path(path).name for path in read(folder)["path"]]


def test_kind_1_dates_that_name_no_photo_are_an_error(tmp_path):
    scene(1).save(tmp_path / "a.jpg")
    photos, _ = build_manifest(read_flat(tmp_path), tmp_path)
    (tmp_path / "dates.csv").write_text("path,date\nb.jpg,2015-06-01\n")
    with pytest.raises(LayoutError, match=r"none of its 1 names fits a photo, such as 'b\.jpg'; here is .*a\.jpg"):
        known_dates(photos, tmp_path)


@pytest.mark.parametrize("text", ["", "0000:00:00 00:00:00", "2019:13:01 10:11:12"])
def test_kind_2_an_unknown_date_is_no_date(tmp_path, text):
    exif = Image.Exif()
    exif.get_ifd(34665)[36867] = text
    scene(1).save(tmp_path / "a.jpg", exif=exif)
    photos, _ = build_manifest(read_flat(tmp_path), tmp_path)
    assert photos["taken_at"].isna().all()


@pytest.mark.parametrize("row", ["b.jpg", "b.jpg,2015-06-02,x", '"b.jpg,2015-06-02'])
def test_kind_3_a_row_of_dates_is_read_or_named(tmp_path, row):
    (tmp_path / "dates.csv").write_text(f"path,date\na.jpg,2015-06-01\n{row}\nc.jpg,2015-06-03\n")
    with pytest.raises(LayoutError, match=r"dates\.csv, (line|row) 3: "):
        read_dates(tmp_path / "dates.csv")


@pytest.mark.parametrize("space", ["Display P3", "Adobe RGB", "ProPhoto"])
def test_kind_4_colours_have_their_frame(tmp_path, space):
    Image.new("RGB", (64, 64), (60, 180, 90)).save(tmp_path / "a.png", icc_profile=icc_profile(space))
    expected = in_srgb(space, pd.Series([60, 180, 90]).to_numpy())
    assert abs(expected - decode(tmp_path / "a.png").getpixel((5, 5))).max() <= 2


@pytest.mark.parametrize(("on_disk", "in_table"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_kind_5_names_fit_after_nfc_and_what_fits_nothing_is_listed(tmp_path, on_disk, in_table):
    scene(1).save(tmp_path / unicodedata.normalize(on_disk, "Müller.jpg"))
    found = read_flat(tmp_path)
    photos, _ = build_manifest(found, tmp_path)
    name = unicodedata.normalize(in_table, "Müller.jpg")
    (tmp_path / "dates.csv").write_text(f"path,date\n{name},2015-06-01\ngone.jpg,2015-06-02\n", encoding="utf-8")
    assert known_dates(photos, tmp_path).tolist() == [pd.Timestamp("2015-06-01")]
    assert unfit_dates(found, tmp_path) == ["gone.jpg"]


@pytest.mark.timeout(60)
def test_kind_6_walking_ends_and_passes_over_what_devices_leave(reader):
    folder, place, names = reader
    (folder / "loop").symlink_to(folder)
    (place / "up").symlink_to("..")
    for left in ("@eaDir", "__MACOSX", ".@__thumb", "#recycle", "lost+found", ".thumbnails"):
        (place / left).mkdir()
        scene(2).save(place / left / "a.jpg")
    (place / "._a.jpg").write_bytes(b"\0\5\x16\7")
    with open(os.fsencode(place) + b"/caf\xe9.jpg", "wb"):  # noqa: PTH123 (Path takes no bytes)
        pass
    begun = time.monotonic()
    assert names() == ["a.jpg", r"caf\xe9.jpg"]
    assert time.monotonic() - begun < 10
    assert sum(sum(sorts.values()) for sorts in passed_over(folder).values()) == 9


def test_kind_6_a_bad_name_costs_one_line_of_the_quarantine(reader):
    folder, place, names = reader
    with open(os.fsencode(place) + b"/caf\xe9.jpg", "wb"):  # noqa: PTH123
        pass
    found = pd.DataFrame({"path": [str(place / name) for name in names()]})
    photos, quarantine = build_manifest(found, folder)
    assert (len(photos), len(quarantine)) == (1, 1)
    assert "not UTF-8" in quarantine["detail"].iloc[0]


def test_kind_7_raw_and_jpeg_and_live_photos_are_one_photo(reader):
    _, place, names = reader
    for name in ("a.NEF", "a.MOV", "a.DNG", "a.xmp", "a.aae", "a.jpg.json"):
        (place / name).touch()
    assert names() == ["a.jpg"]


@pytest.mark.parametrize("suffix", [".nef", ".cr2", ".dng", ".arw", ".orf", ".rw2", ".pef", ".srw", ".3fr", ".iiq"])
def test_kind_7_a_raw_alone_is_named(tmp_path, suffix):
    scene(1).save(tmp_path / f"a{suffix}", format="TIFF")
    _, quarantine = build_manifest(read_flat(tmp_path), tmp_path)
    assert quarantine["reason"].tolist() == ["unsupported"]
    assert suffix[1:].upper() in quarantine["detail"].iloc[0]


TABLES = {
    "dates": (read_dates, "dates.csv"),
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2\3" * 40, b"path,date\n\xe9.jpg,2015\n", b"a,b\n1,2\n", b'path,date\n"a\n']
)
def test_kind_8_a_bad_table_is_one_line(tmp_path, name, content):
    read, file = TABLES[name]
    (tmp_path / file).write_bytes(content)
    with pytest.raises(LayoutError) as caught:
        read(tmp_path / file)
    assert str(tmp_path / file) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "\0" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 50, b"II*\0", b"II*\0\xff\xff\xff\xff", b"\0\0\0\x18ftypheic", b"8BPS", b"\xff\xd8"]
)
def test_kind_8_a_bad_photo_is_one_line(tmp_path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(PhotoError) as caught:
        decode(tmp_path / "a.jpg")
    assert "\n" not in str(caught.value)
