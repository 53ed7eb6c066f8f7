"""Kind 6, walking a folder, over the readers of what lies beside photos: marks, posts, profiles, tables' pictures.

`test_photos.py` asks the same of what lists photos.
"""

import json
import os
import shutil
import sys
import time
from pathlib import Path

import pytest

from likeness.errors import LayoutError
from likeness.people.marks.openpose import read_openpose
from likeness.photos.posts.files import picture_paths
from likeness.photos.posts.json_posts import read_instaloader, read_profiles
from likeness_collect.instaloader_folder import aliases

sys.path.insert(0, str(Path(__file__).parent))
from test_kinds_posts import write as write_posts


def marks(folder: Path) -> None:
    (folder / "p1_keypoints.json").write_text(json.dumps({"people": [{"pose_keypoints_2d": [9, 9, 0.5] * 18}]}))


def accounts(folder: Path) -> None:
    node = {"username": "ada", "id": "7"}
    (folder / "p1.json").write_text(json.dumps({"node": node, "instaloader": {"node_type": "Profile"}}))


def pictures(folder: Path) -> list[str]:
    """Where a table at the folder's top finds a picture that it names without the folder: nowhere if twice."""
    (place,), _ = picture_paths(["p1.jpg"], folder / "posts.csv")
    return [Path(place).stem] * os.path.lexists(place)


READERS = {
    "openpose": (marks, lambda folder: [Path(name).name for name in read_openpose(folder).names]),
    "instaloader": (
        lambda folder: write_posts(folder, "instaloader", {}),
        lambda folder: [row["post_id"] for row in read_instaloader(folder)[0]],
    ),
    "profiles": (
        lambda folder: write_posts(folder, "profiles", {}),
        lambda folder: [Path(row["path"].split(",")[0]).stem for row in read_profiles(folder)[0]],
    ),
    "accounts": (accounts, lambda folder: ["p1" for _ in aliases(folder)]),
    "pictures of a table": (lambda folder: (folder / "p1.jpg").touch(), pictures),
}
LEFT = ("@eaDir", "@Recycle", "@tmp", "__MACOSX", ".@__thumb", "#recycle", "$RECYCLE.BIN", "System Volume Information",
        "lost+found", "FOUND.000", ".thumbnails", ".git")  # fmt: skip


@pytest.fixture(params=READERS)
def reader(request, tmp_path):
    """(folder with one thing to find in a subfolder, that subfolder, a function that lists what is found)."""
    put, read = READERS[request.param]
    place = tmp_path / "mine/below"
    place.mkdir(parents=True)
    put(place)
    return tmp_path / "mine", place, lambda: read(tmp_path / "mine")


@pytest.mark.parametrize("left", LEFT)
def test_kind_6_what_devices_and_tools_leave_is_passed_over(reader, left):
    _, place, names = reader
    shutil.copytree(place, place / left)
    assert names() == ["p1"]


def test_kind_6_hidden_files_and_appledouble_are_passed_over(reader):
    _, place, names = reader
    for file in list(place.iterdir()):
        (file.parent / f"._{file.name}").write_bytes(b"\0\5\x16\7")
        shutil.copy(file, file.parent / f".{file.name}")
    assert names() == ["p1"]


@pytest.mark.timeout(60)
def test_kind_6_each_file_is_found_once_whatever_links_there_are(reader):
    folder, place, names = reader
    for name in "abcdefgh":
        (folder / name).mkdir()
        (folder / name / "up").symlink_to(folder)
        (place / name).symlink_to("..")
    begun = time.monotonic()
    assert names() == ["p1"]
    assert time.monotonic() - begun < 10


def test_kind_6_a_name_that_is_not_utf8_is_refused_not_read(reader, request):
    _, place, names = reader
    shutil.copytree(place, place.parent / os.fsdecode(b"caf\xe9"))
    if request.node.callspec.params["reader"] != "openpose":
        assert names() == ["p1"]
        return
    with pytest.raises(LayoutError, match=r"caf\\xe9: the name is not UTF-8"):  # nobody would miss the marks
        names()
