"""The benchmark of scale: which stages it runs, what it says of their growth, and that the studies can read its photos."""

import json
from contextlib import nullcontext

import numpy as np
import pandas as pd
import pytest
from scale import CHEAP, MARKS, STUDIES, as_markdown, growth, main, stages_of, tree_memory
from scale_photos import draw_photos

from likeness import paths
from likeness.params import STAGES
from likeness.people.truth import annotated_poses
from likeness.photos.manifest import build_manifest
from likeness.photos.readers import read_photos


def test_growth_is_a_power_of_the_photos():
    rows = [{"study": "pose", "stage": "report", "photos": n, "cpu": n**1.1 / 50, "peak_mb": 7.0 * n} for n in (10, 80)]
    rows.append({"study": "faces", "stage": "index", "photos": 10, "cpu": 1.0, "peak_mb": 1.0})
    several, one = growth(rows)
    assert several["cpu_exponent"] == pytest.approx(1.1)
    assert several["peak_mb_exponent"] == pytest.approx(1)
    assert one["cpu_exponent"] is None
    machine = {"cpu": "x", "cores": 2, "memory_gb": 4, "python": "3", "packages": {}}
    page = as_markdown({"machine": machine, "commit": "abc", "growth": [several, one]})
    assert "| pose | report | 10, 80 |" in page


def test_stages_before_one_that_fails_are_kept_beside_other_studies(tmp_path, monkeypatch):
    def measured(clone, study, size):
        yield {"stage": "prepare", "seconds": 2.0, "cpu": 3.0, "peak_mb": 5.0}
        raise SystemExit("scale: likeness run pose-features failed:")

    faces = {"study": "faces", "photos": 10, "stage": "index", "seconds": 1.0, "cpu": 1.0, "peak_mb": 1.0}
    paths.write_json({"rows": [faces, faces | {"study": "pose"}]}, tmp_path / "scale.json")
    monkeypatch.setattr("scale.RESULTS", tmp_path)
    monkeypatch.setattr("scale.clone_of", nullcontext)
    monkeypatch.setattr("scale.git", lambda *words: "abc")
    monkeypatch.setattr("scale.measure", measured)
    monkeypatch.setattr("sys.argv", ["scale.py", "--studies", "pose", "--sizes", "4"])
    with pytest.raises(SystemExit, match="pose-features failed"):
        main()
    rows = json.loads((tmp_path / "scale.json").read_text(encoding="utf-8"))["rows"]
    assert [(row["study"], row["stage"], row["photos"]) for row in rows] == [
        ("faces", "index", 10),
        ("pose", "prepare", 4),
    ]
    assert "| pose | prepare | 4 | 3 |" in (tmp_path / "scale.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("study", STUDIES)
def test_every_notebook_of_a_study_is_measured(study):
    found = list(stages_of(paths.root(), study))
    titles = {stage.title for stage in STAGES.values() if stage.study == study and stage.notebook}
    assert {title for title, _ in found} == titles
    assert len({str(each) for each in found}) == len(found)
    assert set(CHEAP[study]) <= {title.partition("-")[2] for title in titles}


def test_the_memory_of_a_process_that_is_gone_is_none():
    assert tree_memory(2**22 + 1) == 0


def test_the_drawn_photos_are_photos_with_marks(tmp_path):
    draw_photos("pose", tmp_path / "pose", 5)
    photos, refused = build_manifest(read_photos(tmp_path / "pose", "flat"), tmp_path)
    assert (len(photos), len(refused)) == (5, 0)
    assert np.isfinite(annotated_poses(photos, tmp_path, tmp_path / "pose")).all()
    draw_photos("likability", tmp_path / "posts", 60 * 6)
    assert len(pd.read_csv(tmp_path / "posts" / "posts.csv")) == 360
    draw_photos("faces", tmp_path / "faces", 8)
    faces = pd.read_csv(tmp_path / "faces" / "faces.csv")
    assert faces["identity"].nunique() == 2
    assert MARKS["faces"] == "truth"
