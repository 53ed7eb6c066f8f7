"""Drift between params.yaml, dvc.yaml and the notebooks is found and named."""

import json

import pytest

from likeness import paths
from likeness.check import compare_parameters, find_drift


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_repository_agrees_with_itself():
    assert find_drift(paths.root()) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "params.yaml",
            "people: 2",
            "people: 1",
            "pose.prepare.people is 2 (int) in the parameters cell, 1 (int) in params.yaml",
        ),
        ("params.yaml", "people: 2", "persons: 2", "pose.prepare.persons: unknown key"),
        ("params.yaml", "margin: 1.0", "margin: 1", "pose.finetune.margin"),
        (
            "dvc.yaml",
            "- pose.features",
            "- pose.prepare",
            "stage pose-features lists params ['pose.prepare', 'engine', 'spark.master']",
        ),
        (
            "dvc.yaml",
            "      - engine\n",
            "",
            "stage pose-features lists params ['pose.features', 'spark.master']; it reads exactly "
            "[pose.features, engine, spark.master]",
        ),
        (
            "dvc.yaml",
            "- pose.report\n",
            "- pose.report\n      - engine\n",
            "stage pose-report lists params ['pose.report', 'engine']; it reads exactly [pose.report]",
        ),
        (
            "params.yaml",
            "master: local[*]",
            "master: local[2]",
            "notebooks/faces/features.ipynb: spark.master is 'local[*]' (str) in the parameters cell, 'local[2]' (str)",
        ),
        ("dvc.yaml", "tune: [last, full]", "tune: [last, half]", "tune: is 'half'"),
        ("dvc.yaml", "tune: [last, full]", "depth: [last, full]", "its variants are ['tune', 'stream']"),
        ("dvc.yaml", "  pose-report:", "  pose-reports:", "stage pose-report is missing"),
    ],
)
def test_a_planted_drift_is_named(clone, file, old, new, message):
    replace(clone / file, old, new)
    problems = find_drift(clone)
    if message == "pose.finetune.margin":  # YAML's 1 is valid for a float: the section's type wins
        assert problems == []
    else:
        assert any(message in problem for problem in problems), problems


def test_an_unknown_section_is_named(clone):
    with (clone / "params.yaml").open("a") as stream:
        stream.write("\nposes:\n  prepare: {}\n")
    assert any("poses.prepare: unknown section" in problem for problem in find_drift(clone))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("engine: local", "engine: sparc", "engine: is 'sparc', but input should be 'local' or 'spark'"),
        ("  master: local[*]", "  cores: 2\n  master: local[*]", "spark.cores: unknown key; known keys are master"),
        ("engine: local", "engines: local", "engine: missing; it must be set"),
    ],
)
def test_a_shared_key_that_is_wrong_is_named_once(clone, old, new, problem):
    replace(clone / "params.yaml", old, new)
    problems = find_drift(clone)
    assert problems.count(f"params.yaml: {problem}") == 1
    others = [each for each in problems if each != f"params.yaml: {problem}"]
    assert all(each.startswith("params.yaml: engines: is 'local', but must be a study") for each in others)


@pytest.mark.parametrize(("line", "value"), [("foo: 3", "3"), ("bar:", "None"), ("baz: [1]", "[1]")])
def test_a_value_in_place_of_a_study_is_named(clone, line, value):
    with (clone / "params.yaml").open("a") as stream:
        stream.write(f"\n{line}\n")
    assert find_drift(clone) == [
        f"params.yaml: {line[:3]}: is {value}, but must be a study with a section per stage; correct or remove it"
    ]


def test_a_changed_cell_is_named(clone):
    path = clone / "notebooks/pose/prepare.ipynb"
    content = json.loads(path.read_text())
    cell = next(cell for cell in content["cells"] if "parameters" in cell["metadata"].get("tags", []))
    cell["source"] = [*cell["source"][:-1], cell["source"][-1] + "\n", "surplus = 1"]
    path.write_text(json.dumps(content))
    assert find_drift(clone) == [
        "notebooks/pose/prepare.ipynb: pose.prepare.surplus is not in params.yaml; remove it from the parameters cell"
    ]


def test_types_count():
    assert compare_parameters({"a": 1}, {"a": 1}, "n", "s") == []
    assert compare_parameters({"a": True}, {"a": 1}, "n", "s") != []
    assert compare_parameters({"a": "1e-5"}, {"a": 1e-5}, "n", "s") == [
        "n: s.a is '1e-5' (str) in the parameters cell, 1e-05 (float) in params.yaml"
    ]
