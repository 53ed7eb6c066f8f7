"""The stage that is always run: fingerprints, and what an experiment in a copy of its own lacks."""

import json

import pytest

from likeness.code_stage import run

PIPELINE = """stages:
  demo-pose:
    cmd: draw
    outs: [data/raw/demo-pose]
  pose-prepare:
    cmd: prepare
    deps: ["${pose.prepare.folder}", "${pose.prepare.annotations}"]
    outs: [data/pose/photos.parquet]
  pose-report:
    cmd: report
    deps: [data/pose/photos.parquet]
"""
PARAMS = "pose:\n  prepare:\n    folder: data/raw/{}\n    annotations: data/raw/{}\n"


@pytest.fixture
def copy(tmp_path):
    """A copy as `dvc exp run --temp` makes it: without what git and DVC do not know."""
    root = tmp_path / ".dvc/tmp/exps/tmp1"
    (root / "data/raw").mkdir(parents=True)
    (root / "notebooks/pose").mkdir(parents=True)
    (root / "dvc.yaml").write_text(PIPELINE)
    return root


def test_an_experiment_in_a_copy_names_the_folder_to_add(copy):
    (copy / "params.yaml").write_text(PARAMS.format("mine", "mine"))
    line = run(copy, "pose")
    assert "\n" not in line
    assert line.count("`dvc add data/raw/mine`") == 1
    assert "pose" not in line.replace("data/raw/mine", "")
    assert json.loads((copy / "data/code/pose.json").read_text())  # the fingerprints are there in any case
    assert run(copy, "faces") == ""  # no stage of its own lacks it


@pytest.mark.parametrize("known", ["drawn", "added", "there"])
def test_what_is_drawn_added_or_there_is_no_obstacle(copy, known):
    folder = "demo-pose" if known == "drawn" else "mine"
    (copy / "params.yaml").write_text(PARAMS.format(folder, folder))
    if known == "added":
        (copy / "data/raw/mine.dvc").touch()
    if known == "there":
        (copy / "data/raw/mine").mkdir()
    assert run(copy, "pose") == ""


def test_in_the_repository_itself_dvc_says_what_is_missing(tmp_path):
    (tmp_path / "notebooks/pose").mkdir(parents=True)
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    (tmp_path / "params.yaml").write_text(PARAMS.format("mine", "mine"))
    assert run(tmp_path, "pose") == ""
