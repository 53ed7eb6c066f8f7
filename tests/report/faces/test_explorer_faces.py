"""The explorer of pictures: three of them, whose vectors are directions in the plane; the last shows no face."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness import paths
from likeness.compare.face_views import face_vectors
from likeness.report.faces.explorer import explore_faces

PHOTOS = pd.DataFrame(
    {"photo_id": ["a", "b", "c"], "path": ["a.png", "b.png", "c.png"], "artist": ["X", "", "X"], "title": "A <b>"}
).assign(width=40, height=40, split="test", duplicate_group=["a", "b", "c"])
CROPS = pd.DataFrame({"photo_id": ["a", "b"], "kind": "each"})
PEOPLE = pd.DataFrame({"photo_id": ["a", "b", "c"], "identity": ["ann", "ann", "eve"]})


def test_every_view_of_a_network_is_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "reports", lambda study: tmp_path / study)
    for name in PHOTOS["path"]:
        Image.new("RGB", (40, 40)).save(tmp_path / name)
    general, face = np.array([[1.0, 0], [0, 1], [1, 0.1]]), np.array([[1.0, 0], [1, 1]])
    vectors = {"net": face_vectors(PHOTOS, CROPS, general, face)}
    explore_faces(vectors, PHOTOS, PEOPLE, {"net": 0.5}, tmp_path, seed=1)
    page = (tmp_path / "faces/explore.html").read_text(encoding="utf-8")
    told = json.loads(re.search(r'id="content">(.*?)</script>', page)[1])
    near = {model["name"]: model["near"] for model in told["models"]}
    assert near["general, net"] == [[2, 1], [2, 0], [0, 1]]
    assert near["face, net"] == [[1], [0], []]  # nobody is seen in the last
    assert near["combined, net"] == [[2, 1], [0, 2], [0, 1]]  # of b: 0.5 * 0.71 is more than 0.5 * 0.10
    assert told["judged"] == {"general, net": "000", "face, net": "11-", "combined, net": "010"}
    assert told["fields"]["person"] == [["ann"], ["ann"], ["eve"]]
    assert told["fields"]["artist"] == [["X"], [], ["X"]]
    assert "A &lt;b&gt;" in page
