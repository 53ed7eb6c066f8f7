"""Drift between params.yaml and dvc.yaml is found and named."""

import pytest

from likeness import paths
from likeness.check import find_drift


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_repository_agrees_with_itself():
    assert find_drift(paths.root()) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("params.yaml", "people: 2", "persons: 2", "pose.prepare.persons: unknown key"),
        ("params.yaml", "engine: local", "engine: sparc", "machine.engine: is 'sparc', but input should be 'local' or"),
        ("params.yaml", "machine:", "machines:", "section machine is missing"),
        (
            "dvc.yaml",
            "- pose.features",
            "- pose.prepare",
            "stage pose-features lists params ['pose.prepare', 'machine.",
        ),
        ("dvc.yaml", "- pose.report\n", "- pose.report\n      - machine.engine\n", "it reads exactly [pose.report, {"),
        ("dvc.yaml", "- pose.finetune.${item.tune}", "- pose.finetune", "it reads exactly [pose.finetune.${item.tune}"),
        ("dvc.yaml", "tune: [last, full]", "tune: [last, half]", "tune: is 'half'"),
        ("dvc.yaml", "tune: [last, full]", "depth: [last, full]", "its variants are ['tune', 'stream']"),
        ("dvc.yaml", "  pose-report:", "  pose-reports:", "stage pose-report is missing"),
    ],
)
def test_a_planted_drift_is_named_once(clone, file, old, new, message):
    replace(clone / file, old, new)
    assert sum(message in problem for problem in find_drift(clone)) == 1


def test_an_edit_to_a_valid_value_is_no_drift(clone):
    replace(clone / "params.yaml", "margin: 1.0", "margin: 1")  # YAML's 1 is valid for a float
    replace(clone / "params.yaml", "people: 2", "people: 1")
    assert find_drift(clone) == []


def test_an_unknown_section_is_named(clone):
    with (clone / "params.yaml").open("a") as stream:
        stream.write("\nposes:\n  prepare: {}\n")
    assert any("poses.prepare: unknown section" in problem for problem in find_drift(clone))


@pytest.mark.parametrize(("line", "value"), [("foo: 3", "3"), ("bar:", "None"), ("baz: [1]", "[1]")])
def test_a_value_in_place_of_a_study_is_named(clone, line, value):
    with (clone / "params.yaml").open("a") as stream:
        stream.write(f"\n{line}\n")
    assert find_drift(clone) == [
        f"params.yaml: {line[:3]}: is {value}, but must be a study with a section per stage; correct or remove it"
    ]
