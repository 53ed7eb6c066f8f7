"""What the data set itself says: tables of two or three photos, distances known beforehand."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.errors import LayoutError
from likeness.people.joints import INDEX, to_table
from likeness.people.truth import Truth, annotated_poses, is_unmarked, person_masks, true_poses, truth_of

# Hips at (10, 20) and (14, 20), shoulders at (10, 10) and (14, 10): the torso is 10 px long.
BODY = {"right_hip": (10, 20), "left_hip": (14, 20), "right_shoulder": (10, 10), "left_shoulder": (14, 10)}


def joints_csv(folder, marked: dict[str, dict[str, tuple[float, float]]]):
    rows = [(image, joint, *place, 1) for image, joints in marked.items() for joint, place in joints.items()]
    path = folder / "joints.csv"
    pd.DataFrame(rows, columns=["image", "joint", "x", "y", "visible"]).to_csv(path, index=False)
    return path


def flat(*names: str) -> pd.DataFrame:
    ids = [f"id-{name}" for name in names]
    paths = [f"data/raw/{name}.jpg" for name in names]
    return pd.DataFrame({"photo_id": ids, "path": paths, "arrangement": None, "width": 160, "height": 120})


def distances(photos, *given) -> np.ndarray:
    rows = np.arange(len(photos))
    return truth_of(photos, true_poses(photos, *given)).distance(rows[:, None], rows)


def test_in_a_folder_of_sites_the_arrangement_decides(tmp_path):
    photos = pd.DataFrame({"arrangement": ["louvre/jump", "louvre/lean", None, "louvre/jump", None]})
    distance = distances(photos, tmp_path, tmp_path, "sites")
    nan = np.nan
    expected = [
        [0, 1, nan, 0, nan],
        [1, 0, nan, 1, nan],
        [nan] * 5,
        [0, 1, nan, 0, nan],
        [nan] * 5,
    ]
    np.testing.assert_array_equal(distance, np.array(expected, dtype=np.float32))
    assert distance.dtype == np.float32


def test_in_a_flat_folder_the_marked_joints_decide(tmp_path):
    """b is a moved and doubled, c has its left hip 5 px further right, d has no hip, e is not marked."""
    marked = {
        "a.jpg": BODY,
        "b.jpg": {joint: (100 + 2 * x, 50 + 2 * y) for joint, (x, y) in BODY.items()},
        "d.jpg": {joint: place for joint, place in BODY.items() if joint != "left_hip"},
        "c.jpg": BODY | {"nose": (12, 0)},
        "f.jpg": BODY | {"nose": (12, 5)},
    }
    photos = flat("a", "b", "c", "d", "e", "f")
    distance = distances(photos, tmp_path, joints_csv(tmp_path, marked).parent, "flat")
    known = distance[np.ix_([0, 1, 2, 5], [0, 1, 2, 5])]
    # a, b have no nose: only what both show is compared; the noses of c and f are half a torso apart, one of 6 joints
    expected = np.zeros((4, 4))
    expected[2, 3] = expected[3, 2] = 0.5 / 6  # the neck is derived from the shoulders
    np.testing.assert_allclose(known, expected, atol=1e-6)
    assert np.isnan(distance[[3, 4]]).all()
    assert np.isnan(distance[:, [3, 4]]).all()
    assert distance.dtype == np.float32


def test_any_two_photos_are_compared_as_the_block_says():
    """Pairs by pairs and blocks of any shape give the bits of the whole; who is comparable has a known distance."""
    rng = np.random.default_rng(0)
    poses = rng.normal(size=(40, 18, 2))
    poses[rng.random((40, 18)) < 0.6] = np.nan
    poses[:5] = np.nan
    poses[5, 1:], poses[6:, 0] = np.nan, np.nan  # the only one that shows this joint
    poses[5, 0] = 1
    rows, codes = np.arange(40), rng.integers(-1, 6, 40)
    for truth in (Truth(None, poses), Truth(codes, poses)):
        whole = truth.distance(rows[:, None], rows)
        a, b = rng.integers(0, 40, (2, 99))
        np.testing.assert_array_equal(truth.distance(a, b), whole[a, b])
        np.testing.assert_array_equal(truth.distance(a[:9, None], b), whole[np.ix_(a[:9], b)])
        np.fill_diagonal(whole, np.nan)
        np.testing.assert_array_equal(truth.comparable(), np.isfinite(whole).any(axis=1))
    assert not Truth(None, poses).comparable()[5]
    i, j = 10, 20
    shared = [
        np.linalg.norm(poses[i, k] - poses[j, k]) for k in range(18) if np.isfinite([poses[i, k], poses[j, k]]).all()
    ]
    assert Truth(None, poses).distance(np.array([i]), np.array([j]))[0] == pytest.approx(np.mean(shared), rel=1e-6)


def test_another_layout_is_refused(tmp_path):
    with pytest.raises(ValueError, match="unknown layout 'nested'; choose 'sites' or 'flat'"):
        true_poses(flat("a"), tmp_path, tmp_path, "nested")


def test_the_first_person_of_each_photo_counts(tmp_path):
    def person(x):
        return [x, 1, 2, x, 3, 2]

    content = {
        "images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}],
        "categories": [{"id": 1, "keypoints": ["nose", "left_eye"]}],
        "annotations": [
            {"image_id": 1, "category_id": 1, "keypoints": [9, 9, 2, 0, 0, 0]},  # less complete: second
            {"image_id": 1, "category_id": 1, "keypoints": person(5)},
        ],
    }
    (tmp_path / "keypoints.json").write_text(json.dumps(content))
    poses = annotated_poses(flat("a", "b", "c"), tmp_path, tmp_path)
    assert poses.shape == (3, 18, 3)
    np.testing.assert_array_equal(poses[0, INDEX["nose"]], [5, 1, 1])
    np.testing.assert_array_equal(poses[0, INDEX["left_eye"]], [5, 3, 1])
    assert np.isfinite(poses[0, :, 0]).sum() == 2
    assert np.isnan(poses[1:, :, :2]).all()  # b is listed with nobody in it, c is not listed
    assert (poses[1:, :, 2] == 0).all()


def test_annotations_of_other_photos_are_refused(tmp_path):
    table = joints_csv(tmp_path, {"x.jpg": BODY})
    with pytest.raises(LayoutError, match=r"it has 'x\.jpg', a photo is 'data/raw/a\.jpg'"):
        annotated_poses(flat("a", "b"), tmp_path, table)


def test_annotations_that_fit_two_photos_are_no_truth_of_either(tmp_path):
    table = joints_csv(tmp_path, {"1.jpg": BODY})
    with pytest.raises(LayoutError, match=r"'1\.jpg' fits several photos"):
        annotated_poses(flat("a/1", "b/1"), tmp_path, table)


@pytest.fixture
def sites():
    return pd.DataFrame(
        {
            "photo_id": ["one", "two", "three"],
            "path": [f"data/raw/louvre/jump/{name}.jpg" for name in ("1", "2", "3")],
            "width": 40,
            "height": 20,
        },
        index=[5, 6, 7],
    )


def test_a_drawn_mask_goes_before_joints_and_nobody_is_an_empty_mask(tmp_path, sites):
    (tmp_path / "masks").mkdir()
    drawn = np.zeros((20, 40), np.uint8)
    drawn[:10, 20:] = 255  # the upper right quarter
    drawn[10:, :20] = 127  # below half: not the person
    Image.fromarray(drawn).save(tmp_path / "masks" / "louvre__jump__1.png")
    people = np.full((1, 18, 3), np.nan)
    people[0, INDEX["right_hip"]], people[0, INDEX["left_hip"]] = (8, 16, 1), (12, 16, 1)
    people[0, INDEX["right_shoulder"]], people[0, INDEX["left_shoulder"]] = (8, 6, 1), (12, 6, 1)
    keypoints = pd.concat([to_table("one", people), to_table("two", people)])
    masks, sources = person_masks(sites, keypoints, tmp_path, np.array([True] * 3), size=8)
    assert masks.shape == (3, 8, 8)
    assert masks.dtype == bool
    expected = np.zeros((8, 8), dtype=bool)
    expected[:4, 4:] = True
    np.testing.assert_array_equal(masks[0], expected)
    # the body stands around (10, 11) of 40 x 20 px: column 2, row 4 of the square; the right half is free
    assert masks[1][4, 2]
    assert not masks[1][:, 4:].any()
    assert not masks[2].any()
    assert sources.to_dict() == {5: "annotated", 6: "keypoints", 7: "nobody"}
    again, sources = person_masks(sites, keypoints, tmp_path, np.array([False, True, False]), size=8)
    np.testing.assert_array_equal(again, masks)  # a mask without marked joints is a mask
    assert sources.to_dict() == {5: "unknown", 6: "keypoints", 7: "unknown"}


def test_every_person_is_masked_not_only_the_first(tmp_path, sites):
    people = np.full((2, 18, 3), np.nan)
    for person, left in ((0, 6), (1, 30)):
        for side, x in (("right", left), ("left", left + 4)):
            people[person, INDEX[f"{side}_hip"]] = (x, 16, 1)
            people[person, INDEX[f"{side}_shoulder"]] = (x, 6, 1)
    masks, _ = person_masks(sites.iloc[:1], to_table("one", people), tmp_path, np.array([True]), size=8)
    assert masks[0][4, 1]
    assert masks[0][4, 6]
    assert not masks[0][4, 4]


def test_without_any_keypoints_everybody_is_nobody(tmp_path, sites):
    empty = to_table("none", np.empty((0, 18, 3)))
    known = np.array([True, False, True])
    masks, sources = person_masks(sites, empty, tmp_path / "keypoints.json", known, size=4)
    assert not masks.any()
    assert list(sources) == ["nobody", "unknown", "nobody"]
    assert is_unmarked(sites.assign(mask=sources)).tolist() == [False, True, False]
    assert not is_unmarked(sites).any()
