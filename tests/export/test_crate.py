"""The crate says what the profile Workflow Run Crate 0.5 requires, and holds neither photos nor weights."""

import json
import shutil
import sys
import zipfile

import pytest

from likeness import paths
from likeness.errors import UserError
from likeness.export.crate import MISSING, PROFILES, write_crate

LOCK = """
stages:
  pose-prepare:
    deps:
    - {path: data/raw/demo-pose, md5: aaa.dir}
    - {path: data/raw/mine, md5: bbb.dir}
    - {path: data/pose/photos.parquet, md5: ccc}
"""


@pytest.fixture
def root(tmp_path):
    """Return a repository with a notebook, an index and a lock."""
    made = tmp_path / "root"
    for folder in ("reports", "notebooks/pose"):
        (made / folder).mkdir(parents=True)
    for name in ("params.yaml", "dvc.yaml", "requirements.lock", "notebooks/pose/report.ipynb"):
        shutil.copy(paths.root() / name, made / name)
    (made / "reports/index.html").write_text("<h1>1</h1>")
    (made / "dvc.lock").write_text(LOCK)
    return made


def test_the_crate_says_what_ran_on_what_and_what_came_out(root, tmp_path):
    pytest.importorskip("rocrate", reason="the extra crate is not installed")
    write_crate(root, tmp_path / "run.zip")
    archive = zipfile.ZipFile(tmp_path / "run.zip")
    told = {each["@id"]: each for each in json.loads(archive.read("ro-crate-metadata.json"))["@graph"]}
    whole, run, workflow = told["./"], told["#run"], told["dvc.yaml"]
    assert {each["@id"] for each in whole["conformsTo"]} == set(PROFILES)
    assert whole["license"] == {"@id": "https://spdx.org/licenses/MIT"}
    assert (whole["mainEntity"], whole["mentions"]) == ({"@id": "dvc.yaml"}, {"@id": "#run"})
    assert workflow["@type"] == ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    assert told[workflow["programmingLanguage"]["@id"]]["@type"] == "ComputerLanguage"
    assert (run["@type"], run["instrument"], run["result"]) == (
        "CreateAction",
        {"@id": "dvc.yaml"},
        [{"@id": "reports/index.html"}],
    )
    given = {each["@id"] for each in run["object"]}
    assert {"params.yaml", "#data/raw/demo-pose", "#data/raw/mine", "#weights/mtcnn@inside"} <= given
    assert "#data/pose/photos.parquet" not in given
    assert (told["#data/raw/demo-pose"]["identifier"], "license" in told["#data/raw/mine"]) == ("md5:aaa.dir", False)
    assert told["#weights/mtcnn@inside"]["license"] == "MIT"
    assert {name.partition("/")[0] for name in archive.namelist()} == {
        "dvc.lock", "dvc.yaml", "notebooks", "params.yaml", "reports", "requirements.lock", "ro-crate-metadata.json",
    }  # fmt: skip
    with pytest.raises(UserError, match="is there already"):
        write_crate(root, tmp_path / "run.zip")


def test_without_the_library_one_line_says_what_to_install(root, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "rocrate.rocrate", None)
    with pytest.raises(UserError) as told:
        write_crate(root, tmp_path / "out")
    assert str(told.value) == MISSING


def test_without_a_run_there_is_no_crate(root, tmp_path):
    (root / "dvc.lock").unlink()
    with pytest.raises(UserError, match=r"dvc\.lock is missing"):
        write_crate(root, tmp_path / "out")
