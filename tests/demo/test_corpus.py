from datetime import datetime
from itertools import combinations
from pathlib import Path

import imagehash
import numpy as np
import pytest
from corpora import PHOTOS, SEED, SITES, contents
from PIL import Image, ImageOps

from likeness.people.joints import JOINTS
from likeness_demo.drawing.files import mask_name
from likeness_demo.pose.plan import plan_shots
from likeness_demo.pose.scene import draw_photo


def upright(path):
    with Image.open(path) as image:
        return ImageOps.exif_transpose(image).convert("RGB")


@pytest.fixture
def corpus(corpora):
    return corpora("pose")


def test_layout_is_site_pose_photo_with_the_site_alone_in_zz(corpus):
    drawn = corpus.table("poses")
    assert len(drawn) == PHOTOS
    assert drawn["site"].nunique() == SITES
    for row in drawn.itertuples():
        assert Path(row.path).parts[:2] == (row.site, row.pose or "_zz")
        assert (corpus.photos / row.path).is_file()
    assert set(drawn.loc[drawn["pose"] == "", "site"]) == set(drawn["site"])
    shared = drawn[drawn["pose"] != ""].groupby("pose")["site"].nunique()
    assert (shared > 1).any()  # negatives of the kind same pose, other site need it


def test_every_file_is_drawn_or_planted(corpus):
    planted, readable = corpus.table("planted"), set(corpus.people())
    damaged = set(planted.loc[planted["plant"].isin(["truncated", "empty", "disguised", "bomb"]), "path"])
    copies = set(planted.loc[planted["plant"].str.endswith("duplicate"), "path"])
    drawn = set(corpus.table("poses")["path"])
    assert set(contents(corpus.photos)) == drawn | copies | damaged
    assert readable == drawn | copies
    assert planted["plant"].value_counts().to_dict() == {
        "orientation": 8,
        "near-duplicate": 6,
        "exact-duplicate": 3,
        "truncated": 2,
        "empty": 1,
        "disguised": 1,
        "bomb": 1,
    }


def test_joints_have_openpose_names_and_lie_on_drawn_people(corpus):
    assert corpus.coco()["categories"][0]["keypoints"] == list(JOINTS)
    seen = 0
    for path, people in corpus.people().items():
        with Image.open(corpus.truth / "masks" / mask_name(path)) as image:
            mask = np.asarray(image) > 127
        scale = 1 if "_small" not in path else 0  # a resized mask is only exact to a px
        for x, y, _ in people[people[..., 2] == 2]:
            assert mask[int(y), int(x)] or not scale, path
            seen += 1
        assert mask.any() == bool(len(people))
    assert seen > 15 * 20


def test_sizes_are_those_of_the_upright_photo(corpus):
    for image in corpus.coco()["images"]:
        size = (image["width"], image["height"])
        assert upright(corpus.photos / image["file_name"]).size == size
        with Image.open(corpus.truth / "masks" / mask_name(image["file_name"])) as mask:
            assert mask.size == size


def test_every_orientation_is_stored_so_that_upright_is_right(corpus):
    planted = corpus.table("planted")
    shots = {shot.path: shot for shot in plan_shots(PHOTOS, SITES, SEED)}
    turned = planted[planted["plant"] == "orientation"]
    assert sorted(turned["detail"].astype(int)) == list(range(1, 9))
    for path, value in zip(turned["path"], turned["detail"].astype(int), strict=True):
        shot = shots[path]
        with Image.open(corpus.photos / path) as stored:
            assert stored.getexif()[0x0112] == value
        drawn = draw_photo(shot.site, shot.pose, list(shot.seed)).image.astype(float)
        assert np.abs(np.asarray(upright(corpus.photos / path), float) - drawn).mean() < 6


def test_damaged_files_fail_as_planned(corpus):
    planted = corpus.table("planted").set_index("path")["plant"]
    raised = {"truncated": OSError, "disguised": OSError, "empty": OSError, "bomb": Image.DecompressionBombError}
    for path, kind in planted[planted.isin(list(raised))].items():
        with pytest.raises(raised[kind]), Image.open(corpus.photos / path) as image:
            image.load()
    bomb = corpus.photos / planted.index[planted == "bomb"][0]
    assert bomb.stat().st_size < 1000


def test_copies_are_copies_and_other_photos_of_a_site_are_not(corpus):
    planted = corpus.table("planted")
    copies = planted[planted["plant"].str.endswith("duplicate")]
    hashes = {path: imagehash.phash(upright(corpus.photos / path), 16) for path in corpus.people()}
    for row in copies.itertuples():
        same = (corpus.photos / row.path).read_bytes() == (corpus.photos / row.of).read_bytes()
        assert same == (row.plant == "exact-duplicate")
        assert hashes[row.path] - hashes[row.of] <= 20
        assert Path(row.path).parent == Path(row.of).parent
    drawn = corpus.table("poses").groupby("site")["path"]
    for _, paths in drawn:
        assert min(hashes[a] - hashes[b] for a, b in combinations(paths, 2)) > 30


def test_every_photo_is_dated_and_role_models_come_long_before_their_copies(corpus):
    drawn, models = corpus.table("poses"), corpus.table("role_models")
    for row in drawn.itertuples():
        with Image.open(corpus.photos / row.path) as image:
            text = image.getexif().get_ifd(0x8769)[0x9003]
        assert datetime.strptime(text, "%Y:%m:%d %H:%M:%S") == datetime.fromisoformat(row.taken_at)
    gaps = {}
    for (site, pose), photos in drawn[drawn["pose"] != ""].sort_values("taken_at").groupby(["site", "pose"]):
        dates = [datetime.fromisoformat(text) for text in photos["taken_at"]]
        gaps[f"{site}/{pose}"] = (photos["path"].iloc[0], len(dates) - 1, (dates[1] - dates[0]).days)
    planted = {row.arrangement: (row.path, row.copies, row.days) for row in models.itertuples()}
    assert planted == {name: gap for name, gap in gaps.items() if gap[2] >= 500}
    assert planted
    assert max(gap[2] for name, gap in gaps.items() if name not in planted) < 60


@pytest.mark.parametrize(
    ("photos", "sites", "fault"),
    [
        (355, 15, "sites 15"),
        (355, 0, "sites 0"),
        (10, 4, "photos 10: give at least 24"),
        (40, 7, "photos 40: give at least 42"),
    ],
)
def test_impossible_sizes_are_refused(photos, sites, fault):
    with pytest.raises(ValueError, match=fault):
        plan_shots(photos, sites, 1)


def test_the_full_plan_is_the_original_studys_size():
    shots = plan_shots(355, 14, 7)
    assert len(shots) == len({shot.path for shot in shots}) == 355
    counts = {}
    for shot in shots:
        counts[shot.site, shot.pose] = counts.get((shot.site, shot.pose), 0) + 1
    assert len({site for site, _ in counts}) == 14
    assert {3, 4} >= {count for (_, pose), count in counts.items() if pose is None}
    assert {4, 5, 6} >= {count for (_, pose), count in counts.items() if pose}
    for pose in {pose for _, pose in counts if pose}:
        assert sum(name == pose for _, name in counts) >= 3
