import os
import time
from pathlib import Path

import pytest

from likeness.errors import LayoutError
from likeness.photos.walk import AGAIN, DEVICES, HIDDEN, PAIRED, SIDECAR, SPECIAL, passed_over, say_passed, walk


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def files(folder: Path) -> list[str]:
    return [path.relative_to(folder).as_posix() for path in walk(folder).files]


@pytest.mark.timeout(30)
def test_links_that_form_a_loop_give_each_photo_once(tmp_path):
    """Two loops in one folder: followed blindly, there are 2^40 ways to each photo."""
    put(tmp_path, "album/a.jpg", "album/day 1/b.jpg", "album/day 2/c.jpg", "other/d.jpg")
    album = tmp_path / "album"
    (album / "day 1/up").symlink_to("..")
    (album / "day 2/up").symlink_to(album)
    (album / "day 2/beside").symlink_to("../day 1")
    (album / "far up").symlink_to(tmp_path)  # holds the album, and what is none of it
    begun = time.monotonic()
    assert files(album) == ["a.jpg", "day 1/b.jpg", "day 2/c.jpg"]
    assert time.monotonic() - begun < 5
    assert passed_over(album)[AGAIN]["linked folder"] == 4


def test_a_photo_keeps_the_path_without_a_link(tmp_path):
    put(tmp_path, "z/a.jpg", "elsewhere/b.jpg")
    (tmp_path / "z2").symlink_to("z")
    (tmp_path / "a link").symlink_to("z")
    assert files(tmp_path) == ["elsewhere/b.jpg", "z/a.jpg"]
    (tmp_path / "album").mkdir()
    (tmp_path / "album/one").symlink_to("../elsewhere")
    (tmp_path / "album/two").symlink_to("../elsewhere")
    assert files(tmp_path / "album") == ["one/b.jpg"]


LEFT = ["@eaDir/1.jpg/SYNOPHOTO_THUMB_XL.jpg", "__MACOSX/1.jpg", ".@__thumb/s1.jpg", "#recycle/1.jpg", "$RECYCLE.BIN/1.jpg",
        "System Volume Information/1.jpg", "lost+found/1.jpg", "@Recycle/1.jpg", "@Recently-Snapshot/1.jpg", "@tmp/1.jpg",
        ".thumbnails/1.jpg", ".picasaoriginals/1.jpg", ".dtrash/1.jpg", "My.lrdata/1.jpg", "FOUND.000/1.jpg",
        "My.photoslibrary/resources/derivatives/1.jpg", "My.aplibrary/Thumbnails/1.jpg", "#snapshot/1.jpg"]  # fmt: skip


@pytest.mark.parametrize("left", LEFT)
@pytest.mark.parametrize("below", ["", "day 1/"])
def test_what_devices_and_programs_leave_is_passed_over_and_counted(tmp_path, left, below):
    put(tmp_path, "1.jpg", "day 1/2.jpg", below + left)
    assert files(tmp_path) == ["1.jpg", "day 1/2.jpg"]
    said = passed_over(tmp_path)
    assert sum(sum(said.get(why, {}).values()) for why in (DEVICES, HIDDEN)) == 1


@pytest.mark.parametrize("name", ["._1.jpg", "Thumbs.db", "thumbs.db", "ehthumbs.db", "desktop.ini", "Picasa.ini", ".DS_Store",
                                  "Icon\r", "ZbThumbnail.info"])  # fmt: skip
def test_files_of_devices(tmp_path, name):
    put(tmp_path, "1.jpg", name)
    assert files(tmp_path) == ["1.jpg"]
    assert sum(sum(sorts.values()) for sorts in passed_over(tmp_path).values()) == 1


def test_originals_are_found_in_a_photo_library(tmp_path):
    put(
        tmp_path,
        "My.photoslibrary/originals/A/1.heic",
        "Old.photolibrary/Masters/2.jpg",
        "Originals/3.jpg",
        "Thumbnails/4.jpg",
    )
    assert len(files(tmp_path)) == 4


def test_sidecars_raws_and_live_photos(tmp_path):
    put(tmp_path, "IMG_1.HEIC", "IMG_1.MOV", "IMG_1.AAE", "IMG_2.jpg", "img_2.xmp", "IMG_2.jpg.json", "IMG_2.NEF", "IMG_3.CR3",
        "IMG_4.mov", "PXL.MP.jpg", "PXL.MP", "IMG_2.txt", "notes.txt", "IMG_5.JPG", "IMG_5.JPG.supplemental-metadata.json",
        "IMG_6.jpg", "IMG_6_HEVC.MOV", "joints.json", "x.pp3", "x.dop", "C1.THM", "C1.LRV")  # fmt: skip
    assert files(tmp_path) == ["IMG_1.HEIC", "IMG_2.jpg", "IMG_3.CR3", "IMG_4.mov", "IMG_5.JPG", "IMG_6.jpg", "PXL.MP.jpg",
                               "notes.txt"]  # fmt: skip
    said = passed_over(tmp_path)
    assert dict(said[PAIRED]) == {".mov": 2, ".nef": 1, ".mp": 1}
    assert sum(said[SIDECAR].values()) == 9
    assert "4 raws or films of a photo beside them (2 .mov, 1 .mp, 1 .nef)" in say_passed(said)


def test_a_raw_in_another_folder_is_no_companion(tmp_path):
    put(tmp_path, "jpg/1.jpg", "raw/1.nef")
    assert files(tmp_path) == ["jpg/1.jpg", "raw/1.nef"]


def test_a_pipe_is_not_opened(tmp_path):
    put(tmp_path, "1.jpg")
    os.mkfifo(tmp_path / "2.jpg")
    assert files(tmp_path) == ["1.jpg"]
    assert passed_over(tmp_path)[SPECIAL][".jpg"] == 1


def test_names_that_are_not_utf8_and_folders_that_cannot_be_read_are_listed(tmp_path, monkeypatch):
    put(tmp_path, "1.jpg", "shut/2.jpg")
    os.mkdir(os.fsencode(tmp_path) + b"/caf\xe9")  # noqa: PTH102 (Path takes no bytes)
    for name in (b"/\xff.jpg", b"/caf\xe9/3.jpg"):
        with open(os.fsencode(tmp_path) + name, "wb"):  # noqa: PTH123
            pass
    real = os.scandir

    def scandir(path):
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert files(tmp_path) == ["1.jpg", r"\xff.jpg", r"caf\xe9", "shut"]


def test_a_folder_that_is_no_folder(tmp_path):
    put(tmp_path, "a")
    for path, fault in ((tmp_path / "a", "is a file"), (tmp_path / "b", "no such folder")):
        with pytest.raises(LayoutError, match=fault):
            walk(path)
    assert passed_over(tmp_path / "b") == {}


def test_time_grows_with_the_number_of_files_only(tmp_path):
    put(tmp_path, *(f"d{k % 10}/{k}.{suffix}" for k in range(1500) for suffix in ("jpg", "nef")))
    begun = time.monotonic()
    assert len(files(tmp_path)) == 1500
    assert time.monotonic() - begun < 5
