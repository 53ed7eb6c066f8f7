"""The `likeness` command: what a user can get wrong ends in one line and exit status 1, or in the usage."""

import os
import shutil

import numpy as np
import pytest
from click.testing import CliRunner

from likeness import paths
from likeness.cache import Cache
from likeness.cli import main
from likeness.errors import UserError
from likeness.params import STAGES


@pytest.fixture
def clone(tmp_path, monkeypatch):
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(paths.root() / name, tmp_path / name)
    shutil.copytree(paths.root() / "notebooks", tmp_path / "notebooks")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*arguments: str) -> tuple[int, str, str]:
    """Return exit status, what was printed, and what went to stderr; a traceback fails the test."""
    result = CliRunner().invoke(main, arguments)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def set_people(clone, people: int) -> None:
    text = (clone / "params.yaml").read_text()
    assert text.count("people: 2") == 1
    (clone / "params.yaml").write_text(text.replace("people: 2", f"people: {people}"))


def test_an_unknown_stage_is_one_line(clone):
    known = ", ".join(STAGES)
    assert call("run", "pose-train") == (1, "", f"likeness: unknown stage 'pose-train'; choose one of {known}\n")


def test_jupyterlab_opens_the_notebooks(clone, monkeypatch):
    started = []
    monkeypatch.setattr(os, "execvp", lambda *command: started.append(command))
    assert call("lab", "--", "--no-browser")[0] == 0
    assert started == [("jupyter", ["jupyter", "lab", "--no-browser", str(clone / "notebooks")])]


def test_outside_a_repository_is_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = call("run", "pose-prepare")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "run this inside a clone of likeness" in err


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "there is not enough memory"),
        (FileNotFoundError(), "FileNotFoundError, which says no more"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (PermissionError(13, "Permission denied", "/a/b"), "/a/b: Permission denied"),
        (UserError("a.csv: row 3: is\nempty"), "a.csv: row 3: is empty"),
    ],
)
def test_an_error_is_one_line_that_says_something(clone, monkeypatch, error, told):
    def fail(*_):
        raise error

    monkeypatch.setattr("likeness.check.find_drift", fail)
    assert call("check") == (1, "", f"likeness: {told}\n")


@pytest.mark.parametrize("content", ["", "- 1\n", "stages: [", "a: 1\n", "\udcff"])
def test_a_pipeline_that_cannot_be_read_is_one_line(clone, content):
    (clone / "dvc.yaml").write_text(content, errors="surrogateescape")
    status, out, err = call("check")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith(f"likeness: {clone / 'dvc.yaml'}: ")
    assert "restore it from the repository" in err


def test_a_missing_file_is_one_line(clone):
    (clone / "notebooks" / "pose" / "report.ipynb").unlink()
    path = clone / "notebooks" / "pose" / "report.ipynb"
    assert call("run", "pose-report") == (1, "", f"likeness: {path}: No such file or directory\n")


@pytest.mark.parametrize(
    ("variants", "status", "message"),
    [
        (["tune"], 2, "--variant tune: write it as KEY=VALUE"),
        (["tune=last", "tune=full"], 2, "--variant: give each key once"),
        (["tune=half", "stream=photo"], 1, "likeness: --variant of pose-finetune.tune: is 'half', but input should be"),
        (["depth=3", "tune=last", "stream=photo"], 1, "--variant of pose-finetune.depth: unknown key"),
        (["tune=last"], 1, "--variant of pose-finetune.stream: missing; it must be set"),
    ],
)
def test_a_bad_variant_runs_nothing(clone, variants, status, message):
    options = [part for variant in variants for part in ("--variant", variant)]
    found, out, err = call("run", "pose-finetune", *options)
    assert (found, out) == (status, "")
    assert message in err
    assert not (clone / ".likeness").exists()


def test_check_agrees_with_the_repository(clone):
    assert call("check") == (0, f"params.yaml and dvc.yaml agree on {len(STAGES)} stages\n", "")


def test_an_edit_to_a_valid_value_is_all_that_it_takes(clone):
    set_people(clone, 1)
    assert call("check")[0] == 0


def test_check_names_an_impossible_value(clone):
    set_people(clone, 0)
    status, out, err = call("check")
    assert (status, out) == (1, "")
    assert err.startswith("likeness: params.yaml: pose.prepare.people: is 0, but input should be")
    assert err.count("\n") == 1


def test_use_says_what_changed(clone):
    (clone / "mine.yaml").write_text("pose: {prepare: {people: 1}}\n")
    assert call("use", "mine.yaml") == (0, "pose.prepare.people: 2 -> 1\n", "")
    assert call("check")[0] == 0
    assert call("use", "mine.yaml") == (0, "", "")


def test_a_missing_overlay_and_an_unknown_study_show_the_usage(clone):
    for arguments, message in ((("use", "none.yaml"), "'none.yaml' does not exist"), (("demo", "art"), "'art' is not")):
        status, _, err = call(*arguments)
        assert status == 2
        assert message in err


def test_demo_faces_is_handed_its_knobs(clone, monkeypatch):
    from likeness_demo.faces import corpus

    calls = []
    monkeypatch.setattr(corpus, "make_faces_demo", lambda *folders, **knobs: calls.append((folders, knobs)))
    assert call("demo", "faces") == (0, "wrote data/raw/demo-faces and its truth\n", "")
    (folders, knobs) = calls[0]
    assert folders == (clone / "data/raw/demo-faces", clone / "data/raw/demo-faces-truth")
    assert {"identities", "styles", "groups", "landscapes", "characters", "seed"} == set(knobs)


def test_a_search_without_a_picture_or_of_an_unknown_study_shows_the_usage(clone):
    for arguments, message in ((("search",), "nothing asks: give --image FILE"),
                               (("search", "--image", "a.jpg", "--study", "art"), "'art' is not one of"),
                               (("search", "--image", "a.jpg", "--view", "faces"), "'faces' is not one of")):  # fmt: skip
        status, _, err = call(*arguments)
        assert status == 2
        assert message in err


def test_a_search_in_a_study_that_was_not_run_is_one_line(clone, tmp_path):
    from PIL import Image

    Image.new("RGB", (64, 64)).save(tmp_path / "a.png")
    for study in ("faces", "pose", "likability"):
        status, out, err = call("search", "--image", str(tmp_path / "a.png"), "--study", study)
        assert (status, out) == (1, "")
        assert err == (
            f"likeness: {clone}/data/{study}/photos.parquet is missing: study {study} has not been run as far; "
            f"`dvc repro {study}-features`\n"
        )


def test_the_cache_is_shown_and_pruned(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "cache", lambda: tmp_path)
    Cache(tmp_path).put("faces/aabb", np.zeros(1000))
    assert CliRunner().invoke(main, ["cache"]).output.split() == ["faces", "1", "entries", "0.00", "GB"]
    assert CliRunner().invoke(main, ["cache", "--prune", "1d"]).output.startswith("removed 0 entries")
    assert CliRunner().invoke(main, ["cache", "--prune", "0GB"]).output == "removed 1 entries, 0.00 GB\n"
    for wrong in ("5", "5MB", "d", "1.2.3d"):
        assert "such as 30d" in CliRunner().invoke(main, ["cache", "--prune", wrong]).stderr
