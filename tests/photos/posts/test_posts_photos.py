"""Posts get their photos back after the files were judged."""

import pandas as pd
import pytest

from likeness.errors import LayoutError
from likeness.photos.posts.image_files import (
    link_photos,
    photo_rows,
    picture_files,
    require_found,
    rows_of_photos,
    with_faces,
)

POSTS = pd.DataFrame(
    {
        "post_id": list("abcde"),
        "image": ["x/1.jpg", "x/2.jpg", "", "x/3.jpg", "x/1.jpg"],
        "group": ["u", "v", "u", "u", "w"],
        "split": ["train", "test", "train", "train", "val"],
    }
)
PHOTOS = pd.DataFrame({"path": ["x/1.jpg"], "photo_id": ["p1"], "width": [9]})
QUARANTINE = pd.DataFrame(
    {
        "path": ["x/2.jpg", "x/3.jpg"],
        "reason": ["exact-duplicate", "truncated"],
        "detail": ["x/1.jpg", "the file ends before the photo does"],
    }
)


def test_each_picture_is_a_file_once():
    assert picture_files(POSTS)["path"].tolist() == ["x/1.jpg", "x/2.jpg", "x/3.jpg"]


def test_a_byte_copy_shows_the_photo_that_was_kept_and_a_refused_picture_none():
    assert link_photos(POSTS, PHOTOS, QUARANTINE).tolist() == ["p1", "p1", "", "", "p1"]


def test_posts_that_name_other_pictures_than_the_folders_stop(tmp_path):
    folder = tmp_path / "raw"
    (folder / "img").mkdir(parents=True)
    (folder / "img/1.jpg").touch()
    named = pd.DataFrame({"path": ["raw/images/1.png", "raw/images/2.png", "raw/img/1.jpg"]})
    with pytest.raises(
        LayoutError, match=r"3 pictures, 1 of them .*images/1\.png is not, img/1\.jpg is there"
    ) as caught:
        require_found(named, tmp_path, folder)
    assert "\n" not in str(caught.value)
    require_found(named[1:], tmp_path, folder)  # half of them
    require_found(named[:0], tmp_path, folder)
    (folder / "posts.csv").touch()
    with pytest.raises(LayoutError, match="img/1"):
        require_found(named[:2], tmp_path, folder / "posts.csv")


def test_photos_take_group_and_split_of_their_first_post():
    linked = POSTS.assign(photo_id=link_photos(POSTS, PHOTOS, QUARANTINE))
    assert photo_rows(linked, PHOTOS).to_dict("records") == [
        {"path": "x/1.jpg", "photo_id": "p1", "width": 9, "group": "u", "split": "train"}
    ]
    assert photo_rows(linked.iloc[2:3], PHOTOS).empty


def test_rows_point_into_the_photos_table():
    linked = POSTS.assign(photo_id=link_photos(POSTS, PHOTOS, QUARANTINE))
    assert rows_of_photos(linked, PHOTOS).tolist() == [0, 0, -1, -1, 0]


def test_faces_of_photos_that_nobody_looked_at_are_unknown():
    linked = POSTS.assign(photo_id=link_photos(POSTS, PHOTOS, QUARANTINE))
    summary = pd.DataFrame({"photo_id": ["p1"], "faces": [2], "face_score": [0.99], "face_share": [0.25]})
    found = with_faces(linked, summary)
    assert found["faces"].tolist() == [2, 2, -1, -1, 2]
    assert found["face_share"].tolist() == [0.25, 0.25, 0, 0, 0.25]
    assert found["face_score"].isna().tolist() == [False, False, True, True, False]
