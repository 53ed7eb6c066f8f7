"""Which pairs are explained, and that the pictures handed on are those of the right photos."""

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from likeness.explain.study_maps import choose_pairs, masks_of, pairs_to_explain
from likeness.people.joints import INDEX, to_table

CLUSTERS = pd.Series({photo: f"cluster {photo}" for photo in "abcdefgh"})


def predictions(rows: list[tuple[str, str, bool, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["left", "right", "same", "probability"]).assign(threshold=0.5)


TABLE = predictions(
    [
        ("a", "b", True, 0.7),  # found, clearly
        ("a", "c", True, 0.95),  # found, surely
        ("a", "d", True, 0.5),  # on the threshold: called the same
        ("b", "c", True, 0.4),  # missed
        ("b", "d", False, 0.05),  # told apart
        ("b", "e", False, 0.49),  # told apart, barely
        ("c", "d", False, 0.8),  # confused
        ("c", "e", False, 0.495),  # told apart, by a hair
    ]
)


def test_outcomes_take_turns_and_the_surest_go_first():
    chosen = choose_pairs(TABLE, CLUSTERS, most=7)
    assert chosen[["left", "right", "outcome"]].to_numpy().tolist() == [
        ["a", "c", "same, found"],
        ["b", "c", "same, missed"],
        ["b", "d", "different, told apart"],
        ["c", "d", "different, confused"],
        ["a", "b", "same, found"],
        ["b", "e", "different, told apart"],
        ["a", "d", "same, found"],
    ]
    assert chosen["cluster"].tolist() == [f"cluster {photo}" for photo in chosen["left"]]
    assert list(chosen) == [*TABLE, "outcome", "cluster"]
    assert chosen.index.tolist() == list(range(7))


def test_no_more_than_asked_for_and_no_more_than_there_are():
    assert choose_pairs(TABLE, CLUSTERS, most=3)["outcome"].tolist() == [
        "same, found",
        "same, missed",
        "different, told apart",
    ]
    everything = choose_pairs(TABLE, CLUSTERS, most=99)
    assert len(everything) == 8
    assert everything.iloc[-1][["left", "right", "outcome"]].tolist() == ["c", "e", "different, told apart"]


def test_the_order_of_the_rows_does_not_matter():
    ties = predictions([("c", "d", True, 0.8), ("a", "f", True, 0.8), ("a", "e", True, 0.8)])
    forwards, backwards = (choose_pairs(table, CLUSTERS, most=2) for table in (ties, ties[::-1]))
    pd.testing.assert_frame_equal(forwards, backwards)
    assert forwards["right"].tolist() == ["e", "f"]


PHOTOS = pd.DataFrame({"photo_id": ["a", "b", "c"], "path": ["a.png", "b.png", "c.png"], "width": 64, "height": 64})
CHOSEN = pd.DataFrame({"left": ["c", "a"], "right": ["a", "c"], "cluster": ["x", "y"]})


def meta(stream: str) -> dict:
    return {"stream": stream, "image_size": 32, "pose_size": 16, "pose_frame": "photo", "scheme": "honest"}


@pytest.fixture
def root(tmp_path):
    """Photos a and c, of one colour each; b is not among the pairs, and its file is not there to be read."""
    for name, colour in (("a", (255, 0, 0)), ("c", (0, 0, 51))):
        Image.new("RGB", (64, 64), colour).save(tmp_path / f"{name}.png")
    return tmp_path


def keypoints() -> pd.DataFrame:
    person = np.full((1, 18, 3), np.nan)
    person[0, INDEX["nose"]] = (48, 16, 1)
    return to_table("c", person)


def test_a_network_sees_the_chosen_photos_on_their_sides(root):
    pairs = pairs_to_explain(CHOSEN, PHOTOS, keypoints(), root=root, meta=meta("photo"))
    assert pairs.left.shape == pairs.right.shape == (2, 3, 32, 32)
    red, blue = torch.tensor([1.0, 0, 0]), torch.tensor([0, 0, 0.2])
    for side, colours in (("left", (blue, red)), ("right", (red, blue))):
        for photo, colour in zip(pairs.photo(side), colours, strict=True):
            torch.testing.assert_close(photo, colour[:, None, None].expand(3, 32, 32), atol=1e-6, rtol=0)
    assert pairs.pose_left is None
    assert pairs.pose_right is None


def test_pose_pictures_come_along_on_the_same_sides(root):
    pairs = pairs_to_explain(CHOSEN, PHOTOS, keypoints(), root=root, meta=meta("photo+heatmaps"))
    assert pairs.pose_left.shape == pairs.pose_right.shape == (2, 18, 16, 16)
    shown = pairs.pose_left[0, INDEX["nose"]]  # of c; a shows nobody
    row, column = divmod(int(shown.argmax()), 16)
    assert row in (3, 4)  # (48, 16) of 64 x 64 px lies on the edge of two cells of 16 x 16
    assert column in (11, 12)
    torch.testing.assert_close(pairs.pose_right[1], pairs.pose_left[0])
    assert not pairs.pose_left[1].any()
    assert not pairs.pose_right[0].any()


def test_masks_follow_their_photos_and_half_a_cell_is_enough():
    masks = np.zeros((3, 4, 4), dtype=bool)
    masks[0, :2, :2] = True  # a: the whole upper left cell of 2 x 2
    masks[2, 2, 2:] = True  # c: half of the lower right one
    masks[2, 0, 0] = True  # and a quarter of the upper left one
    found = masks_of(CHOSEN, PHOTOS["photo_id"], masks, size=2)
    a, c = [[True, False], [False, False]], [[False, False], [False, True]]
    np.testing.assert_array_equal(found["left"], [c, a])
    np.testing.assert_array_equal(found["right"], [a, c])
    same = masks_of(CHOSEN, PHOTOS["photo_id"], masks, size=4)
    np.testing.assert_array_equal(same["left"], masks[[2, 0]])
    assert same["left"].dtype == bool
