"""Plain pictures of one grey each: both measures follow from the greys."""

import numpy as np
import pandas as pd
import pytest
from face_toys import CROPS, GENERAL, PHOTOS, directions, vectors
from PIL import Image

from likeness.compare.face_views import face_vectors
from likeness.compare.picture_likeness import (
    ORIGINAL,
    RANDOM_PICTURES,
    SIZE,
    picture_likeness,
    pixel_likeness,
    query_set,
    random_neighbours,
    small_pictures,
)
from likeness.stats.metrics import MetricsBook

GREYS = {"a": 0, "b": 51, "c": 102, "d": 153, "e": 204, "f": 255}
EFFORT = {"n_boot": 50, "n_boot_tests": 1000, "face_weight": 0.5}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for name, grey in GREYS.items():
        Image.new("RGB", (40, 60), (grey,) * 3).save(folder / f"{name}.png")
    return folder


def of_greys(one: str, other: str) -> tuple[float, float]:
    """SSIM of two flat pictures is its brightness term; RMSE the difference."""
    x, y = GREYS[one] / 255, GREYS[other] / 255
    return (2 * x * y + 1e-4) / (x * x + y * y + 1e-4), abs(x - y)


def test_measures_of_flat_pictures(root):
    pictures = small_pictures(PHOTOS, root)
    assert pictures.shape == (6, SIZE, SIZE, 3)
    assert pixel_likeness(pictures[1], pictures[3]) == pytest.approx(of_greys("b", "d"))
    assert pixel_likeness(pictures[2], pictures[2]) == pytest.approx((1, 0))
    assert small_pictures(PHOTOS.head(0), root).shape == (0, SIZE, SIZE, 3)


def test_channels_are_averaged():
    one, other = np.zeros((2, 9, 9, 3), np.uint8)
    other[..., 0] = 255  # red only: two channels stay alike
    assert pixel_likeness(one, other) == pytest.approx(((1e-4 / (1 + 1e-4) + 2) / 3, np.sqrt(1 / 3)))


def test_the_query_set_has_faces_and_is_seeded():
    many = pd.DataFrame({"faces": [0, 1] * 50})
    asked = query_set(many, 0.2, 99, 3)
    assert len(asked) == 20
    assert len(query_set(many, 0.9, 99, 3)) == 50  # there are no more with a face
    assert (asked % 2 == 1).all()
    assert (np.diff(asked) > 0).all()
    np.testing.assert_array_equal(asked, query_set(many, 0.2, 99, 3))
    assert asked.tolist() != query_set(many, 0.2, 99, 4).tolist()
    assert len(query_set(many, 0.2, 7, 3)) == 7
    assert len(query_set(many, 0.001, 99, 0)) == 1
    assert len(query_set(pd.DataFrame({"faces": [0, 0]}), 1.0, 99, 0)) == 2
    with pytest.raises(ValueError, match="share 0 of the pictures"):
        query_set(many, 0, 99, 0)


def test_neighbours_of_each_view(root):
    # a is asked; f is its copy and no neighbour. Whole picture: e (10 degrees), d (20); faces: b (10), d (45)
    found = picture_likeness({"net": vectors()}, PHOTOS, np.array([0]), 2, root=root, **EFFORT)
    scores = found.scores.set_index(["model", "metric"])["value"]
    for view, others in (("general", "ed"), ("face", "bd"), ("faces", "db")):
        expected = np.mean([of_greys("a", other) for other in others], axis=0)
        assert scores[f"net, {view}", "SSIM"] == pytest.approx(expected[0])
        assert scores[f"net, {view}", "RMSE"] == pytest.approx(expected[1])
    assert set(found.scores["model"]) == {
        RANDOM_PICTURES,
        *(f"net, {v}" for v in ("general", "face", "faces", "combined")),
    }
    assert found.scores["low"].isna().all()  # one query: nothing to resample


def test_random_pictures_are_no_copies():
    asked = np.array([0, 5, 2])
    drawn = random_neighbours(asked, PHOTOS, 9, 0)
    assert [sorted(row[row >= 0].tolist()) for row in drawn] == [[1, 2, 3, 4], [1, 2, 3, 4], [0, 1, 3, 4, 5]]
    assert (random_neighbours(asked, PHOTOS, 2, 0) >= 0).all()


def test_pictures_without_neighbours_are_counted(root):
    only = CROPS[(CROPS["photo_id"] == "d")]  # a single picture with a face
    seen = face_vectors(PHOTOS, only, directions(GENERAL.values()), directions([45]), directions([45]))
    found = picture_likeness({"net": seen}, PHOTOS, np.array([1, 3]), 2, root=root, **EFFORT)
    counts = found.scores.groupby("model")[["n", "undefined"]].first()
    assert counts.loc["net, general"].tolist() == [2, 0]
    assert "net, face" not in counts.index  # d has no other face to be like, b has none
    assert found.comparisons.empty  # no query that all views answer


def test_paired_tests_and_metrics(root):
    asked = query_set(PHOTOS, 1.0, 99, 0)
    found = picture_likeness({"net": vectors(), "web": vectors(False)}, PHOTOS, asked, 2, root=root, **EFFORT)
    tests = found.comparisons
    assert tests.groupby("metric").size().to_dict() == {"RMSE": 7 + 6 + 3, "SSIM": 7 + 6 + 3}
    assert (tests["b"] == RANDOM_PICTURES).sum() == 14
    assert set(tests["n"]) == {5}
    book = MetricsBook()
    book.add_scores(found.scores)
    assert set(book.to_dict()["query set"]["net, face"]) == {"SSIM", "RMSE"}


def test_the_range_of_the_original():
    spans = {metric: (min(rows.values()), max(rows.values())) for metric, rows in ORIGINAL.items()}
    assert spans == {"SSIM": (0.170, 0.174), "RMSE": (0.260, 0.278)}
