"""`parameters("pose.finetune")`: what a notebook is told, read from params.yaml when it runs."""

import json
import shutil
from typing import get_args

import pytest

from likeness import paths
from likeness.params import STAGES, ParamsError, load_machine, parameters, read_params
from likeness.params.section import MASTER, TRAIN

VARIANT = {"tune": "last", "stream": "photo"}


@pytest.fixture
def clone(tmp_path, monkeypatch):
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(paths.root() / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def replace(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_an_edit_of_the_file_is_all(clone):
    assert parameters("pose.report").bootstraps == 1000
    replace(clone / "params.yaml", "bootstraps: 1000", "bootstraps: 500")
    assert parameters("pose.report").bootstraps == 500


def test_a_section_is_attributes_and_keywords(clone):
    p = parameters("pose.finetune", **VARIANT)
    assert p.model.dropout == p["model"]["dropout"] == dict(**p.model)["dropout"] == 0.3
    assert list({**p.machine}) == [*TRAIN]
    with pytest.raises(ValueError, match="frozen"):
        p.seed = 8


def test_a_variant_is_told_its_own_section_alone(clone):
    last, full = (parameters("pose.finetune", **VARIANT | {"tune": tune}) for tune in ("last", "full"))
    assert last.own == last.last
    assert full.own == full.full
    assert {"last", "full"} & {*last.keys()} == {"last"}
    assert full.own.image_size == 64
    with pytest.raises(ParamsError, match=r"^pose\.finetune\.full: unknown key"):
        parameters("pose.finetune", **VARIANT, full={"epochs": 2})


def test_overrides_are_nested_as_the_file_is(clone):
    p = parameters("pose.finetune", **VARIANT, model={"dropout": 0.5}, seed=8)
    assert (p.model.dropout, p.model.loss, p.seed) == (0.5, "bce", 8)


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"model": {"los": "bce"}}, "pose.finetune.model.los: unknown key; known keys are loss, head"),
        ({"model": {"dropout": 1.0}}, "pose.finetune.model.dropout: is 1.0, but input should be less than 1"),
        ({"recipe": 3}, "pose.finetune.recipe: is 3, but input should be a valid dictionary"),
        ({"machine": {"device": "cpu"}}, "pose.finetune.machine.device: unknown key; known keys are devices"),
        ({"tune": "first"}, "pose.finetune.tune: is 'first'"),
    ],
)
def test_a_wrong_override_is_one_line(clone, overrides, message):
    with pytest.raises(ParamsError) as caught:
        parameters("pose.finetune", **VARIANT | overrides)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_a_wrong_value_of_the_file_is_named_whatever_takes_its_place(clone):
    replace(clone / "params.yaml", "bootstraps: 1000", "bootstraps: 1")
    with pytest.raises(ParamsError, match=r"^params\.yaml: pose\.report\.bootstraps: is 1"):
        parameters("pose.report", bootstraps=200)


@pytest.mark.parametrize("stage", [stage for stage in STAGES.values() if stage.notebook], ids=lambda stage: stage.title)
def test_a_notebook_is_injected_its_variant_and_reads_the_rest(stage):
    """The tagged cell holds the keys of the matrix and `overrides`; the next one reads the section."""
    cells = json.loads(stage.path(paths.root()).read_text())["cells"]
    place = next(i for i, cell in enumerate(cells) if "parameters" in cell["metadata"].get("tags", []))
    told: dict[str, object] = {}
    exec("".join(cells[place]["source"]), told)
    assert told["overrides"] == {}
    assert list(told)[1:] == [*stage.variant.model_fields, "overrides"]
    assert all(told[key] in get_args(field.annotation) for key, field in stage.variant.model_fields.items())
    exec("".join(cells[place + 1]["source"]), told)
    assert type(told["p"]).__name__ == stage.knobs.__name__


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"engine": "sparc"}, "params.yaml: machine.engine: is 'sparc', but input should be 'local' or 'spark'"),
        ({"spark_master": 7077}, "params.yaml: machine.spark_master: is 7077, but input should be a valid string"),
        ({"spark_master": "sprak://h:1"}, "params.yaml: machine.spark_master: is 'sprak://h:1', but must be local[*],"),
        ({"cores": 2}, "params.yaml: machine.cores: unknown key; known keys are engine"),
    ],
)
def test_a_wrong_key_of_the_machine_is_one_line(change, message):
    values = read_params(paths.root() / "params.yaml")
    values["machine"] |= change
    with pytest.raises(ParamsError) as caught:
        load_machine(values)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_without_the_machine_the_section_is_named():
    with pytest.raises(ParamsError, match="section machine is missing"):
        load_machine({"pose": {}})


MASTERS = ["local", "local[*]", "local[2]", "local[4,2]", "spark://host:7077", "yarn", "k8s://https://host:6443"]
NO_MASTERS = ["", "local[]", "local[2", "spark://", "k8s://", "yarn-client", "http://host", "spark://a host"]


def test_masters_are_those_that_a_session_takes():
    assert all(MASTER.fullmatch(master) for master in MASTERS)
    assert not any(MASTER.fullmatch(master) for master in NO_MASTERS)


def test_the_marks_of_numbers_are_two(clone):
    p = parameters("likability.prepare", thousands=".", columns="likes=hearts")
    assert p.source == {"columns": "likes=hearts", "collected_at": "", "decimal": "", "thousands": "."}
    with pytest.raises(ParamsError, match=r"decimal and thousands are both '\.'"):
        parameters("likability.prepare", thousands=".", decimal=".")


def test_the_faces_networks_have_one_word_for_their_weights_or_one_each(clone):
    assert parameters("faces.features", weights="DEFAULT, none").weights == "DEFAULT, none"
    with pytest.raises(ParamsError, match="3 for 2 networks; give one for all, or one each"):
        parameters("faces.features", weights="none, none, none")
