"""`likeness use` sets keys in params.yaml, and nothing when one of them is wrong."""

import pytest

from likeness import paths
from likeness.check import find_drift
from likeness.params import ParamsError, read_params
from likeness.params.overlay import apply_overlay


def overlay(folder, text):
    path = folder / "overlay.yaml"
    path.write_text(text)
    return path


def test_keys_are_set_everywhere_and_comments_stay(clone):
    before = (clone / "params.yaml").read_text()
    changes = apply_overlay(clone, overlay(clone, "pose: {prepare: {estimator: mediapipe, people: 1}}\n"))
    assert changes == [("pose.prepare.estimator", "annotations", "mediapipe"), ("pose.prepare.people", 2, 1)]
    after = (clone / "params.yaml").read_text()
    assert after.count("#") == before.count("#")
    assert read_params(clone / "params.yaml")["pose"]["prepare"]["estimator"] == "mediapipe"
    assert find_drift(clone) == []


def test_keys_of_the_machine_are_set_like_others(clone):
    changes = apply_overlay(clone, overlay(clone, "machine: {engine: spark, spark_master: 'local[2]'}\n"))
    assert changes == [("machine.engine", "local", "spark"), ("machine.spark_master", "local[*]", "local[2]")]
    assert "  spark_master: local[2] # local[*] | spark://host:7077" in (clone / "params.yaml").read_text()
    assert find_drift(clone) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("pose: {prepare: {estimater: mediapipe}}\n", "pose.prepare.estimater: unknown key"),
        ("pose: {prepare: {people: 0}}\n", "pose.prepare.people: is 0"),
        ("pose: {prepare: {people: 3}}\n", "pose.prepare.people: is 3"),
        ("pose: {prepare: {people: {most: 2}}}\n", "pose.prepare.people: is {'most': 2}, but must be a single value"),
        ("pose: {prepare: 3}\n", "pose.prepare: is 3, but must be a section with keys"),
        ("machine: {engine: sparc}\n", "machine.engine: is 'sparc', but input should be 'local' or 'spark'"),
        ("machine: {engine: {name: spark}}\n", "machine.engine: is {'name': 'spark'}, but must be a single value"),
        ("machine: spark\n", "machine: is 'spark', but must be a section with keys"),
        ("machine: {cores: 2}\n", "machine.cores: unknown key; known keys are engine"),
        ("machine: {spark_master: mesos}\n", r"machine.spark_master: is 'mesos', but must be local\[\*\], "),
        ("pose:\n", "pose: is None, but must be a section with keys"),
    ],
)
def test_a_wrong_overlay_changes_nothing(clone, text, message):
    before = (clone / "params.yaml").read_bytes()
    with pytest.raises(ParamsError, match=message):
        apply_overlay(clone, overlay(clone, text))
    assert (clone / "params.yaml").read_bytes() == before


def test_bytes_that_are_no_text_are_one_line(clone):
    path = clone / "latin.yaml"
    path.write_bytes("pose: {prepare: {folder: caf\u00e9}}\n".encode("latin-1"))
    with pytest.raises(ParamsError, match=r"latin\.yaml: byte 28 is not UTF-8"):
        apply_overlay(clone, path)
    (clone / "params.yaml").write_bytes(path.read_bytes())
    for use in (lambda: read_params(clone / "params.yaml"), lambda: apply_overlay(clone, clone / "params.yaml")):
        with pytest.raises(ParamsError, match=r"params\.yaml: byte 28 is not UTF-8"):
            use()


def test_every_example_is_valid(clone):
    examples = sorted((paths.root() / "examples").glob("*.yaml"))
    assert examples
    for example in examples:
        apply_overlay(clone, example)
        assert find_drift(clone) == []


def test_quotes_of_other_keys_stay(clone):
    path = clone / "params.yaml"
    text = path.read_text().replace("estimator: annotations", "estimator: 'annotations'")
    path.write_text(text.replace("seed: 7", 'seed: 7 # "seven"', 1))
    before = path.read_text()
    overlay = clone / "overlay.yaml"
    overlay.write_text("pose: {report: {neighbours: 4}}")
    apply_overlay(clone, overlay)
    changed = [(a, b) for a, b in zip(before.splitlines(), path.read_text().splitlines(), strict=True) if a != b]
    assert [b.split("#")[0].strip() for _, b in changed] == ["neighbours: 4"]
