"""Each file once, each picture to its post, and what else lies there counted."""

import os
import unicodedata
from pathlib import Path

import pytest

from likeness.photos.posts.files import (
    count_others,
    is_sidecar,
    picture_of,
    picture_paths,
    picture_stems,
    strangers,
)
from likeness.photos.walk import walk

NFC = "M\u00fcller.jpg"
NFD = unicodedata.normalize("NFD", NFC)


def files_of(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    return walk(folder, suffixes).files


def files(folder: Path, *names: str) -> list[Path]:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return files_of(folder, ("",))


@pytest.mark.timeout(20)
def test_links_that_lead_in_circles_end(tmp_path):
    for name in "abcdefghij":
        files(tmp_path, f"{name}/{name}.json")
    for name in "abcdefghij":
        for other in "abcdefghij":
            (tmp_path / name / f"to_{other}").symlink_to(tmp_path / other)
    assert len(files_of(tmp_path, (".json",))) == 10


def test_what_tools_leave_behind_is_passed_over(tmp_path):
    found = files(
        tmp_path, "a.json", "@eaDir/a.json/x.jpg", "__MACOSX/b.json", ".@__thumb/c.json", "._d.json", "E.JSON"
    )
    assert [file.name for file in found] == ["E.JSON", "a.json"]
    assert [file.name for file in files_of(tmp_path, (".json",))] == ["E.JSON", "a.json"]


def test_a_picture_is_found_whatever_its_kind(tmp_path):
    found = files(tmp_path, "1.json.xz", "1.heic", "2.json", "2.png", "2.jpg", "3.json", "3_2.webp", "3_1.mp4", "4.json",
                  "4.tiff", "5.json", "5.mp4", "6_1.JPG", "6.json")  # fmt: skip
    pictures = picture_stems(found)
    got = {file.name[0]: Path(picture_of(file, pictures)).name for file in found if ".json" in file.name}
    assert got == {"1": "1.heic", "2": "2.jpg", "3": "3_2.webp", "4": "4.tiff", "5": "", "6": "6_1.JPG"}


def test_pictures_of_no_post(tmp_path):
    pictures = picture_stems(files(tmp_path, "1.jpg", "2_3.jpg", "x.jpg", "2017_UTC_profile_pic.jpg"))
    stems = [str(tmp_path / "1"), str(tmp_path / "2")]
    assert [file.name for file in strangers(pictures, stems)] == ["x.jpg"]


def test_notes_of_other_programs_are_told_by_name():
    assert all(map(is_sidecar, ("1.jpg.json", "IMG_1.HEIC.supplemental-metadata.json", "v.mp4.json")))
    assert not any(map(is_sidecar, ("1.json", "thisisamans.world.json", "2017-01-01_UTC.json.xz", "jpg.json")))


def test_other_files_are_counted_by_kind(tmp_path):
    found = files(tmp_path, "a.json", "a.jpg", "a.txt", "a.mp4", "a.xmp", "b.XMP", "a.aae", "id")
    assert count_others(found) == "1 .aae, 2 .xmp, 1 no suffix"
    assert count_others(found[:0]) == ""


def test_a_table_finds_its_pictures_by_other_spellings(tmp_path):
    files(tmp_path, f"images/{NFD}", "images/0001.jpg", "images/a/x.jpg", "images/b/x.jpg", "posts.csv")
    table = tmp_path / "posts.csv"
    places, said = picture_paths([f"images/{NFC}", NFC, "0001", "images\\0001.jpg", "x.jpg", "none.jpg", ""], table)
    assert [os.path.relpath(place, tmp_path) if place else "" for place in places] == [
        f"images/{NFD}", f"images/{NFD}", *["images/0001.jpg"] * 2, "x.jpg", "none.jpg", ""
    ]  # fmt: skip
    assert said.startswith("4 pictures")
    assert picture_paths(["images/0001.jpg"], table) == ([str(tmp_path / "images/0001.jpg")], "")
    paths, _ = picture_paths([r"C:\me\images\0001.jpg", rf"C:\me\images\{NFC}"], table)
    assert [Path(path).name for path in paths] == ["0001.jpg", NFD]
