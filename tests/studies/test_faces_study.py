"""What the faces study left on disk, read back: vectors of every view, and the weight that the report chose."""

import numpy as np
import pandas as pd
import pytest

from likeness.compare.face_views import StudyVectors
from likeness.errors import UserError
from likeness.features.extractors import load_extractor, recipe_of
from likeness.features.face_features import write_face_features
from likeness.features.vectors import write_face_weights
from likeness.paths import write_tables
from likeness.studies.faces import FaceStudy

FACE, GENERAL, AROUND = np.array([[3.0, 4]]), np.array([[0.0, 2], [5, 0]]), np.array([[1.0, 0]])


@pytest.fixture
def study(tmp_path) -> FaceStudy:
    """Pictures p, with a face, and q, without one, as a network of two numbers sees them."""
    photos = pd.DataFrame({"photo_id": ["p", "q"]})
    crops = pd.DataFrame({"crop_id": ["p-0", "p-all"], "photo_id": "p", "kind": ["each", "all"]})
    counts = pd.DataFrame({"detector": ["mtcnn"], "photo_id": ["p"]})
    write_tables(tmp_path, photos=photos, crops=crops)
    write_tables(tmp_path / "detector", counts=counts, comparison=counts.assign(verdict="A better"))
    arrays = {"net-general": GENERAL, "net-face": FACE, "net-faces": AROUND}
    network = load_extractor("squeezenet1_0", "none", seed=3)
    recipe = recipe_of(network, weights="none", image_size=48, batch_size=8, seed=3)
    write_face_features(tmp_path / "features", photos, crops, arrays, {"networks": {"net": recipe}})
    return FaceStudy(tmp_path, tmp_path)


def test_a_view_comes_with_the_ids_of_its_rows(study):
    assert study.view("net", "general")[1] == ["p", "q"]
    assert study.view("net", "face")[1] == ["p-0"]
    assert study.view("net", "faces")[1] == ["p-all"]
    vectors, ids = study.view("net", "combined", 0.36)
    assert ids == ["p-0", "q"]  # a picture without a face follows
    np.testing.assert_allclose(vectors, [[0.36, 0.48, 0, 0.8], [0, 0, 0.8, 0]], atol=1e-7)
    assert study.view("net", "combined", 1.0)[1] == ["p-0"]  # nothing is left to compare a picture without a face by
    with pytest.raises(ValueError, match="view 'whole': choose one of general"):
        study.view("net", "whole")


def test_vectors_of_every_network_have_length_one(study):
    (vectors,) = StudyVectors(study).values()
    np.testing.assert_allclose(vectors.general, [[0, 1], [1, 0]])
    np.testing.assert_allclose(vectors.face, [[0.6, 0.8]])
    np.testing.assert_allclose(vectors.together, [[1, 0], [np.nan, np.nan]])


def test_the_weight_is_the_one_that_the_report_chose(study):
    with pytest.raises(UserError, match=r"^faces\.index\.network: the report chose no weight of the face for net"):
        study.face_weight("net")
    write_face_weights({"net": 0.3}, study.data)
    assert study.face_weight("net") == 0.3


def test_what_the_stage_before_found_and_the_network_that_saw(study, tmp_path):
    assert study.detector_counts["detector"].tolist() == ["mtcnn"]
    assert study.detector_tests["verdict"].tolist() == ["A better"]
    network, size = study.network("net")
    assert (network.weights, size) == ("none-seed3", 48)
    with pytest.raises(FileNotFoundError, match=r"truth\.parquet is missing; `dvc repro` makes it"):
        _ = study.truth
    with pytest.raises(FileNotFoundError, match=r"name other in faces\.features\.networks"):
        study.general("other")
