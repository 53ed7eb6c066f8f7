"""The face benchmark without OpenCV 4's cascade, and its lines in the table."""

import faces
import numpy as np

GROWTH = {"photos": [31, 125, 500], "seconds": [1.5, 6.0, 25.0], "exponent": 1.0}


def row(method: str, recall: float) -> dict:
    return {"method": method, "photos_per_minute": 1200, "recall": recall, "false_alarms": 0.0}


def lines(*rows: dict) -> list[dict]:
    return faces.table(list(rows), np.array([4.0, 5.0]), 0.995, GROWTH)


def test_a_cascade_that_is_not_there_is_skipped(monkeypatch, tmp_path):
    monkeypatch.setattr(faces, "cascade_file", lambda: tmp_path / "none.xml")
    assert list(faces.finders()) == ["ours", "facenet-pytorch"]
    last = lines(row("ours", 0.99), row("facenet-pytorch", 0.99))[-1]
    assert last["met"] is None
    assert last["figure"].startswith("skipped: OpenCV 4")


def test_the_cascade_is_beaten_only_by_a_higher_recall(monkeypatch, tmp_path):
    file = tmp_path / "there.xml"
    file.touch()
    monkeypatch.setattr(faces, "cascade_file", lambda: file)
    assert "Haar cascade" in faces.finders()
    both = row("ours", 0.9), row("facenet-pytorch", 0.9)
    assert lines(*both, row("Haar cascade", 0.8))[-1]["met"] is True
    assert lines(*both, row("Haar cascade", 0.9))[-1]["met"] is False
    assert lines(*both, row("Haar cascade", 0.8))[0]["growth"] == "exponent 1.00, 31 to 500 photos"
