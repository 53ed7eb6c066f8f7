"""A stage of dvc.yaml depends on the code that its notebook reaches, and is named like it."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from likeness import paths
from likeness.fingerprint import stage_fingerprints
from likeness.params import STAGES
from likeness.photos.manifest import PHOTO_TYPES

ROOT = paths.root()
PIPELINE = YAML(typ="safe", pure=True).load((ROOT / "dvc.yaml").read_text())["stages"]
NOTEBOOKS = [stage for stage in STAGES.values() if stage.notebook]


@pytest.mark.parametrize("stage", STAGES.values(), ids=lambda stage: stage.title)
def test_the_stage_depends_on_the_code_that_it_reaches(stage):
    entry = PIPELINE[stage.title]
    (listed,) = (item for item in entry["params"] if isinstance(item, dict))
    ((file, names),) = listed.items()
    assert set(names) < set(stage_fingerprints(ROOT, Path(file).stem))
    assert not any(dep.startswith("src/") for dep in entry.get("deps", []))


@pytest.mark.parametrize("stage", NOTEBOOKS, ids=lambda stage: stage.title)
def test_one_name_everywhere(stage):
    entry = PIPELINE[stage.title]
    suffix = "".join(f"-${{item.{key}}}" for key in entry.get("matrix", {})).replace("-$", "-$")
    assert f"notebooks/{stage.study}/{stage.name}.ipynb" in entry["deps"]
    assert f"reports/{stage.study}/{stage.name}{suffix}.html" in entry["outs"]
    assert entry["cmd"].startswith(f"likeness run {stage.title}")


@pytest.mark.parametrize("title", PIPELINE)
def test_every_stage_says_what_it_does_in_the_same_order(title):
    order = ["desc", "matrix", "cmd", "always_changed", "deps", "params", "outs", "metrics", "plots"]
    keys = list(PIPELINE[title])
    assert keys == [key for key in order if key in keys]
    assert keys[0] == "desc"


def test_a_photo_folder_is_looked_through_once():
    folders = {f"${{{study}.prepare.folder}}" for study in ("pose", "likability", "faces")}
    readers = [title for title, entry in PIPELINE.items() if folders & set(entry.get("deps", []))]
    assert readers == ["pose-prepare", "likability-prepare", "faces-prepare"]
    assert "sha256" in PHOTO_TYPES, "the stages after them know a photo's bytes by this column"
    later = [stage.title for stage in NOTEBOOKS if stage.name in ("features", "classify", "finetune", "report")]
    assert later
    assert all(f"data/{title.split('-')[0]}/photos.parquet" in PIPELINE[title]["deps"] for title in later)
