import numpy as np
import pandas as pd
import pytest

from likeness.people.crops import face_crops
from likeness.people.faces import to_table

PHOTOS = pd.DataFrame({"photo_id": ["a", "none", "b"], "width": [100, 50, 30], "height": [80, 50, 40]})
FACES = to_table(
    ["a", "b"], [np.array([[10, 20, 30, 40, 0.99], [60.2, 10.5, 70.7, 30.5, 0.9]]), np.array([[0, 30, 30, 40, 0.8]])]
)
BOX = ["x0", "y0", "x1", "y1"]


def test_each_and_all_by_hand():
    crops = face_crops(PHOTOS, FACES, 0.1)
    assert crops.columns.tolist() == ["crop_id", "photo_id", "kind", "face_id", *BOX]
    assert crops["crop_id"].tolist() == ["a-0", "a-1", "b-0", "a-all", "b-all"]
    assert crops["photo_id"].tolist() == ["a", "a", "b", "a", "b"]
    assert crops["kind"].tolist() == ["each", "each", "each", "all", "all"]
    assert crops["face_id"].tolist() == ["a-0", "a-1", "b-0", "", ""]
    assert crops[BOX].to_numpy().tolist() == [
        [8, 18, 32, 42],
        [59, 8, 72, 33],  # 60.2 - 1.05, 10.5 - 2, 70.7 + 1.05, 30.5 + 2, outward
        [0, 29, 30, 40],
        [3, 7, 77, 43],  # around 10, 10.5, 70.7, 40: 6.07 and 2.95 more
        [0, 29, 30, 40],
    ]
    assert {str(crops[name].dtype) for name in BOX} == {"int64"}


def test_without_a_margin_whole_boxes_stay_and_a_large_one_is_the_picture():
    assert face_crops(PHOTOS, FACES, 0)[BOX].iloc[0].tolist() == [10, 20, 30, 40]
    wide = face_crops(PHOTOS, FACES, 1000)
    assert wide[BOX].to_numpy().tolist() == [[0, 0, 100, 80]] * 2 + [[0, 0, 30, 40]] + [[0, 0, 100, 80], [0, 0, 30, 40]]


def test_a_sliver_keeps_a_pixel():
    faces = to_table(["a"], [np.array([[99.5, 79.99, 100, 80, 0.9]])])
    assert face_crops(PHOTOS, faces, 0)[BOX].to_numpy().tolist() == [[99, 79, 100, 80]] * 2


def test_no_face_no_crop():
    crops = face_crops(PHOTOS, FACES[:0], 0.2)
    assert (len(crops), crops.dtypes.tolist()) == (0, face_crops(PHOTOS, FACES, 0.2).dtypes.tolist())


def test_order_of_pictures_decides_over_order_of_faces():
    crops = face_crops(PHOTOS, FACES[::-1], 0)
    assert crops["crop_id"].tolist() == ["b-0", "a-1", "a-0", "a-all", "b-all"]


@pytest.mark.parametrize(
    ("faces", "margin", "says"),
    [
        (FACES, -0.1, "margin -0.1 must be at least 0"),
        (FACES, float("nan"), "margin nan"),
        (FACES.assign(photo_id="x"), 0, "face a-0 lies in picture x, which is not among the pictures"),
        (FACES.assign(x0=100.0, x1=120.0), 0, "crop a-0: nothing of its box lies in the picture"),
    ],
)
def test_impossible_input_is_named(faces, margin, says):
    with pytest.raises(ValueError, match=says):
        face_crops(PHOTOS, faces, margin)
