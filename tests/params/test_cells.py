"""The parameters cell is read as values and rewritten without touching anything else."""

import ast
import json
import shutil

import pytest

from likeness import paths
from likeness.params.cells import notebook_path, read_parameters, sync_parameters
from likeness.params.load import ParamsError, read_params
from likeness.params.stages import STAGES


def cell(source: str, *tags: str) -> dict:
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "id": "c", "metadata": {"tags": list(tags)}, "source": lines, "outputs": []}


def write(path, *cells: dict):
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_literals_keep_their_types(tmp_path):
    source = 'a = 1  # photos\nb = 1.0\nc = True\nd = "x # y"\ne = 1e-05\nf = None\ng = -2'
    notebook = write(tmp_path / "a.ipynb", cell("z = 3"), cell(source, "parameters"))
    values = read_parameters(notebook)
    assert values == {"a": 1, "b": 1.0, "c": True, "d": "x # y", "e": 1e-5, "f": None, "g": -2}
    assert [type(values[key]) for key in "abc"] == [int, float, bool]


@pytest.mark.parametrize(("tagged", "number"), [([], 0), ([("a = 1",), ("b = 1",)], 2)])
def test_there_must_be_exactly_one_cell(tmp_path, tagged, number):
    notebook = write(tmp_path / "a.ipynb", cell("z = 3"), *[cell(*source, "parameters") for source in tagged])
    with pytest.raises(ParamsError, match=f"a.ipynb: has {number} cells tagged `parameters`"):
        read_parameters(notebook)


@pytest.mark.parametrize("source", ["a = 1 + b", "a = f(1)", "a, b = 1, 2", "import os", "a = ", "a: int = 1"])
def test_anything_but_a_literal_is_one_line_that_names_the_notebook(tmp_path, source):
    notebook = write(tmp_path / "a.ipynb", cell(source, "parameters"))
    with pytest.raises(ParamsError, match=r"a\.ipynb: the parameters cell may hold lines `name = literal value` only"):
        read_parameters(notebook)


def test_a_file_with_a_merge_conflict_is_named(tmp_path):
    (tmp_path / "a.ipynb").write_text("<<<<<<< HEAD\n{}\n")
    with pytest.raises(ParamsError, match=r"a\.ipynb: not a notebook"):
        read_parameters(tmp_path / "a.ipynb")


@pytest.fixture
def clone(tmp_path):
    shutil.copytree(paths.root() / "notebooks", tmp_path / "notebooks")
    shutil.copy(paths.root() / "params.yaml", tmp_path / "params.yaml")
    return tmp_path


def test_notebooks_that_agree_are_not_written(clone):
    before = {path: path.stat().st_mtime_ns for path in clone.rglob("*.ipynb")}
    sync_parameters(clone, read_params(clone / "params.yaml"))
    assert {path: path.stat().st_mtime_ns for path in clone.rglob("*.ipynb")} == before


def test_only_the_changed_lines_of_one_cell_change(clone):
    values = read_params(clone / "params.yaml")
    values["pose"]["finetune"] |= {"lr_last": 1e-5, "backbone": 'a "b"  # c', "patience": 9}
    path = notebook_path(clone, STAGES["pose-finetune"])
    before = json.loads(path.read_text())
    sync_parameters(clone, values)
    after = json.loads(path.read_text())
    changed = {
        (old["id"], line.partition(" = ")[0])
        for old, new in zip(before["cells"], after["cells"], strict=True)
        for line, other in zip(old["source"], new["source"], strict=True)
        if line != other
    }
    assert {key for _, key in changed} == {"lr_last", "backbone", "patience"}
    assert len({number for number, _ in changed}) == 1
    found = read_parameters(path)
    assert (found["lr_last"], found["backbone"], found["patience"]) == (1e-5, 'a "b"  # c', 9)
    assert path.read_text().endswith("}\n")
    assert {key: value for key, value in after.items() if key != "cells"} == {
        key: value for key, value in before.items() if key != "cells"
    }


def test_a_shared_key_changes_in_every_notebook_that_reads_it(clone):
    before = {path: path.read_bytes() for path in clone.rglob("*.ipynb")}
    values = read_params(clone / "params.yaml")
    sync_parameters(clone, values | {"engine": "spark", "spark": {"master": "spark://a:1"}})
    changed = {path for path in before if path.read_bytes() != before[path]}
    assert changed == {notebook_path(clone, stage) for stage in STAGES.values() if "engine" in stage.reads}
    for path in changed:
        found = read_parameters(path)
        assert (found["engine"], found["spark_master"]) == ("spark", "spark://a:1")
    sync_parameters(clone, values)
    assert {path: path.read_bytes() for path in before} == before


def test_comments_stay_when_values_change_and_change_back(clone):
    path = notebook_path(clone, STAGES["pose-finetune"])
    before = path.read_bytes()
    values = read_params(clone / "params.yaml")
    sync_parameters(
        clone,
        values
        | {"pose": values["pose"] | {"finetune": values["pose"]["finetune"] | {"backbone": "a  # b", "patience": 9}}},
    )
    source = "".join(next(c for c in json.loads(path.read_text())["cells"] if c["metadata"].get("tags"))["source"])
    line = next(line for line in source.splitlines() if line.startswith("patience"))
    assert line == "patience = 9  # epochs without a better validation loss"
    assert ast.parse(source)
    sync_parameters(clone, values)
    assert path.read_bytes() == before
