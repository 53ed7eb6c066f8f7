"""What the detector is trained on: arrays, batches that repeat, and boxes that move with their pictures."""

import numpy as np
import pandas as pd
import pytest
import torch
from detector_samples import SIDE, sample_cartoons

from likeness.models.faces.detector_data import (
    DetectorBatches,
    altered,
    batch_of,
    detector_arrays,
    mirrored,
    pick_window,
    through_window,
)


@pytest.fixture
def tables(tmp_path):
    return sample_cartoons(tmp_path)


@pytest.fixture
def arrays(tables, tmp_path):
    return detector_arrays(*tables, tmp_path, 48)


def spot(height=40, width=60, box=(10, 20, 14, 26)):
    """A dark picture with a bright rectangle, and its box."""
    picture = torch.zeros(3, height, width)
    x0, y0, x1, y1 = box
    picture[:, y0:y1, x0:x1] = 1
    return picture, torch.tensor([box], dtype=torch.float32)


def bright_box(picture):
    """The box around what is brighter than one half."""
    rows, columns = np.nonzero(picture[0].numpy() > 0.5)
    return [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


def test_pictures_and_boxes_are_halved_together(tables, arrays):
    boxes = tables[1]
    assert arrays.pictures.shape == (8, 3, 48, 48)
    assert arrays.sizes.tolist() == [[36, 48], [48, 48]] * 4  # 96 x 72 and 96 x 96
    np.testing.assert_allclose(arrays.boxes, boxes[["x0", "y0", "x1", "y1"]].to_numpy() * 48 / SIDE, rtol=1e-6)
    assert np.bincount(arrays.owners, minlength=8).tolist() == [1, 2, 1, 0, 1, 2, 1, 1]
    picture, own = arrays.example(0)
    assert picture.shape == (3, 36, 48)
    assert 0 <= picture.min() < picture.max() <= 1
    assert own.shape == (1, 4)
    assert (arrays.pictures[0, :, 36:] == 0).all()
    assert arrays.example(3)[1].shape == (0, 4)


def test_small_pictures_are_enlarged_and_odd_boxes_refused(tables, tmp_path):
    photos, boxes = tables
    arrays = detector_arrays(photos, boxes, tmp_path, 2 * SIDE)
    assert arrays.sizes.max() == 2 * SIDE
    stranger = boxes.assign(photo_id=["nobody", *boxes["photo_id"][1:]])  # a picture that is in quarantine
    assert len(detector_arrays(photos, stranger, tmp_path, 48).boxes) == len(boxes) - 1
    with pytest.raises(ValueError, match=r"0\.png: the box .* has no width or no height; mark it again"):
        detector_arrays(photos, boxes.assign(x1=boxes["x0"]), tmp_path, 48)


def test_pictures_are_altered_anew_each_epoch(arrays):
    one, same, other = (
        DetectorBatches(arrays, np.arange(5), batch_size=2, seed=1, epoch=epoch)[0] for epoch in (0, 0, 1)
    )
    assert all(a.equal(b) for a, b in zip(one.pictures, same.pictures, strict=True))
    assert all(a["boxes"].equal(b["boxes"]) for a, b in zip(one.targets, same.targets, strict=True))
    assert any(a.shape != b.shape or not a.equal(b) for a, b in zip(one.pictures, other.pictures, strict=True))


def test_without_augmentation_pictures_come_in_order_as_they_are(arrays):
    batch = DetectorBatches(arrays, np.array([4, 3]), batch_size=4, seed=0, epoch=0, augment=False)[0]
    assert batch.pictures[0].equal(arrays.example(4)[0])
    assert [target["labels"].tolist() for target in batch.targets] == [[1], []]
    moved = batch.to(torch.device("cpu"))
    assert moved.pictures[1].equal(batch.pictures[1])
    assert moved.targets[0]["boxes"].equal(batch.targets[0]["boxes"])


def test_mirrored_boxes_stay_on_what_they_mark():
    picture, boxes = mirrored(*spot())
    assert boxes.tolist() == [[46, 20, 50, 26]]
    assert bright_box(picture) == [46, 20, 50, 26]


@pytest.mark.parametrize(("share", "corner"), [(0.5, (4, 12)), (2.0, (-30, -10)), (1.0, (0, 0))])
def test_a_window_shows_the_spot_where_its_box_says(share, corner):
    picture, boxes = through_window(*spot(), share, corner)
    by_hand = [(10 - corner[0]) / share, (20 - corner[1]) / share, (14 - corner[0]) / share, (26 - corner[1]) / share]
    assert boxes[0].tolist() == pytest.approx(by_hand)
    assert picture.shape == (3, 40, 60)
    assert bright_box(picture) == pytest.approx(by_hand, abs=1)


@pytest.mark.parametrize("boxes", [[[10, 20, 14, 26]], [[0, 0, 60, 40]], [[0, 0, 5, 5], [50, 30, 60, 40]], []])
def test_every_window_holds_every_face(boxes):
    boxes, rng = torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4), np.random.default_rng(0)
    for _ in range(200):
        share, (x, y) = pick_window(boxes, (40, 60), rng)
        assert 0.75 <= share <= 1.25
        if share >= 1:  # the whole picture is in it
            assert x <= 1e-9
            assert y <= 1e-9
            assert x + 60 * share >= 60 - 1e-9
        for x0, y0, x1, y1 in boxes.tolist():
            assert x <= x0 + 1e-6
            assert y <= y0 + 1e-6
            assert x1 <= x + 60 * share + 1e-6
            assert y1 <= y + 40 * share + 1e-6


def test_an_altered_picture_keeps_its_faces_in_sight():
    for seed in range(20):
        picture, boxes = altered(*spot(), np.random.default_rng(seed))
        assert picture.shape == (3, 40, 60)
        assert picture.min() >= 0
        assert picture.max() <= 1
        assert bright_box(picture) == pytest.approx(boxes[0].tolist(), abs=1.5)


def test_a_picture_without_a_face_is_an_example_too():
    batch = batch_of([altered(torch.rand(3, 20, 30), torch.zeros(0, 4), np.random.default_rng(1))])
    assert batch.targets[0]["boxes"].shape == (0, 4)
    assert pd.Series(batch.targets[0]["labels"]).empty
