import pandas as pd

from likeness.people.faces import Search
from likeness.search import query as module
from likeness.search.query import query_faces

SETTINGS = {"detector": "mtcnn", "face_size": 300, "min_face": 24, "thresholds": "0.5 0.6 0.8", "face_confidence": 0.9,
            "normalise": "both", "margin": 0.1}  # fmt: skip
QUERY = pd.DataFrame({"photo_id": ["q"], "path": ["q.jpg"], "sha256": ["q"], "width": [100], "height": [80]})


def look(monkeypatch, tmp_path, settings):
    """Return what is found, and how the detector was asked."""
    asked = {}

    def detect(photos, root, detector, search, **how):
        asked.update(how, detector=detector, root=root, search=search)
        boxes = [("q-0", 0.5, 0, 0, 9, 9), ("q-1", 0.92, 50, 20, 70, 40), ("q-2", 0.99, 10, 20, 30, 60)]
        return pd.DataFrame(boxes, columns=["face_id", "score", "x0", "y0", "x1", "y1"]).assign(photo_id="q")

    monkeypatch.setattr(module, "detect", detect)
    return *query_faces(QUERY, tmp_path, settings, tmp_path / "detector.pt", "cpu"), asked


def test_sure_faces_come_with_their_margin_the_surest_first(monkeypatch, tmp_path):
    faces, detector, asked = look(monkeypatch, tmp_path, SETTINGS)
    assert detector == "mtcnn"
    assert faces["crop_id"].tolist() == ["q-2", "q-1"]
    assert faces["score"].tolist() == [0.99, 0.92]
    assert faces[["x0", "y0", "x1", "y1"]].to_numpy().tolist() == [[8, 16, 32, 64], [48, 18, 72, 42]]
    assert asked["search"] == Search(300, 24, (0.5, 0.6, 0.8), "both")
    assert (asked["weights"], asked["device"]) == (tmp_path / "detector.pt", "cpu")


def test_marks_by_hand_are_not_to_be_had_of_a_new_picture(monkeypatch, tmp_path):
    _, detector, asked = look(monkeypatch, tmp_path, {**SETTINGS, "detector": "annotations"})
    assert detector == asked["detector"] == "mtcnn"
    assert look(monkeypatch, tmp_path, {**SETTINGS, "detector": "fasterrcnn"})[1] == "fasterrcnn"


def test_no_sure_face_is_no_row(monkeypatch, tmp_path):
    faces, _, _ = look(monkeypatch, tmp_path, {**SETTINGS, "face_confidence": 0.999})
    assert faces.empty
    assert {"crop_id", "x0", "y0", "x1", "y1", "score"} <= set(faces)
