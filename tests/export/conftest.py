"""A study of three pictures, all of whose numbers can be worked out by hand, and the programs that open its exports."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.export.tables import StudyTables, Vectors, neighbours_of
from likeness.features.vectors import cosines

IDS = pd.Series(list("abc"), name="photo_id")
ROWS = np.array([[1, 0, 0], [0.8, 0.6, 0], [0, 0, 1]], np.float32)


@pytest.fixture
def study(tmp_path) -> StudyTables:
    """Return posts, pairs, faces and joints of pictures of 100 x 50 px below the folder `root`."""
    for name in IDS:
        (tmp_path / "root").mkdir(exist_ok=True)
        Image.new("RGB", (100, 50), "grey").save(tmp_path / f"root/{name}.png")
    photos = pd.DataFrame({"photo_id": IDS, "path": IDS + ".png", "width": 100, "height": 50, "split": "test"})
    said = {"scheme": "honest", "split": "test", "model": "net.v1", "run": 0, "score": 0.0, "liked": True}
    tables = {
        "photos": photos,
        "posts": pd.DataFrame({"post_id": ["p1", "p2"], "photo_id": ["a", "b"], "image": ["a.png", "b.png"],
                               "path": "posts.csv", "group": "g", "duplicate_group": ["a", "b"], "split": ["val", "test"],
                               "liked": [True, False]}),
        "predictions": pd.DataFrame([said | {"post_id": "p1", "probability": 0.25}]),
        "boxes": pd.DataFrame({"face_id": ["a-0", "a-1"], "photo_id": "a", "x0": [0.0, 50.0], "y0": 0.0, "x1": [10.0, 75.0],
                               "y1": 25.0, "score": [0.5, 0.9], "identity": ["", "Ann"]}),
        "keypoints": pd.DataFrame({"photo_id": "b", "person": 0, "joint": ["nose", "neck"], "x": [50.0, np.nan],
                                   "y": [25.0, np.nan], "score": [1.0, 0.0]}),
        "neighbours": neighbours_of({"net.v1": cosines(ROWS)}, IDS),
    }  # fmt: skip
    return StudyTables(tables, {"net.v1": Vectors(IDS, ROWS)})


@pytest.fixture
def opened() -> Callable[..., str]:
    """Return a function that runs a script with a Python that has `module`, and returns what it printed."""

    def run(module: str, script: str, *arguments: Path) -> str:
        python = os.environ.get("LIKENESS_TOOLS", sys.executable)
        has = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
        if subprocess.run([python, "-c", has], check=False).returncode:
            pytest.skip(f"{module} is not installed; LIKENESS_TOOLS=<a Python that has it> runs this")
        done = subprocess.run([python, "-c", script, *map(str, arguments)], capture_output=True, text=True, check=False)
        if "MongoDB could not be" in done.stderr or "ServiceListenTimeout" in done.stderr:
            pytest.skip("FiftyOne's database does not start on this machine")
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
