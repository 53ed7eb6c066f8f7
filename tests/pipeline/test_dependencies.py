"""A stage of dvc.yaml depends on the floors that its notebook uses, no fewer and no more."""

import ast
import json
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from likeness import paths
from likeness.params import STAGES
from likeness.photos.manifest import PHOTO_TYPES

ROOT = paths.root()
SOURCE = ROOT / "src" / "likeness"
PIPELINE = YAML(typ="safe", pure=True).load((ROOT / "dvc.yaml").read_text())["stages"]
# Where files lie, how weights are kept, how a bar is drawn, how values are read and faults are told don't change a result.
PLUMBING = {"errors", "paths", "weight_files", "parallel", "progress", "params", "machine"}
NOTEBOOKS = [stage for stage in STAGES.values() if stage.notebook]


def modules_of(tree: ast.AST) -> set[str]:
    """Return the likeness modules that a syntax tree imports, at any depth of nesting."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return {name for name in names if name.startswith("likeness.")}


def file_of(module: str) -> Path | None:
    path = SOURCE.joinpath(*module.split(".")[1:])
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def closure(modules: set[str]) -> set[str]:
    """Return the modules and everything they import."""
    seen: set[str] = set()
    waiting = set(modules)
    while waiting:
        module = waiting.pop()
        file = file_of(module)
        if module not in seen and file:
            seen.add(module)
            waiting |= modules_of(ast.parse(file.read_text()))
    return seen


def notebook_modules(stage) -> set[str]:
    cells = json.loads((ROOT / "notebooks" / stage.study / f"{stage.name}.ipynb").read_text())["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return modules_of(ast.parse(code))


@pytest.mark.parametrize("stage", NOTEBOOKS, ids=lambda stage: stage.title)
def test_the_stage_depends_on_what_its_notebook_imports(stage):
    # The runner exports through the report floor, so the page depends on it too.
    used = closure(notebook_modules(stage) | {"likeness.report.page.html"})
    floors = {module.split(".")[1] for module in used} - PLUMBING
    listed = {Path(dep).stem for dep in PIPELINE[stage.title]["deps"] if dep.startswith("src/likeness/")}
    assert listed == floors | {"run", "repeatable"}


@pytest.mark.parametrize("stage", NOTEBOOKS, ids=lambda stage: stage.title)
def test_one_name_everywhere(stage):
    entry = PIPELINE[stage.title]
    suffix = "".join(f"-${{item.{key}}}" for key in entry.get("matrix", {})).replace("-$", "-$")
    assert f"notebooks/{stage.study}/{stage.name}.ipynb" in entry["deps"]
    assert f"reports/{stage.study}/{stage.name}{suffix}.html" in entry["outs"]
    assert entry["cmd"].startswith(f"likeness run {stage.title}")


@pytest.mark.parametrize("title", PIPELINE)
def test_every_stage_says_what_it_does_in_the_same_order(title):
    order = ["desc", "matrix", "cmd", "deps", "params", "outs", "metrics", "plots"]
    keys = list(PIPELINE[title])
    assert keys == [key for key in order if key in keys]
    assert keys[0] == "desc"


def test_a_photo_folder_is_looked_through_once():
    folders = {f"${{{study}.prepare.folder}}" for study in ("pose", "likability", "faces")}
    readers = [title for title, entry in PIPELINE.items() if folders & set(entry["deps"])]
    assert readers == ["pose-prepare", "likability-prepare", "faces-prepare"]
    assert "sha256" in PHOTO_TYPES, "the stages after them know a photo's bytes by this column"
    later = [stage.title for stage in NOTEBOOKS if stage.name in ("features", "classify", "finetune", "report")]
    assert later
    assert all(f"data/{title.split('-')[0]}/photos.parquet" in PIPELINE[title]["deps"] for title in later)
