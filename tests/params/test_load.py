"""A wrong key, type or value of params.yaml ends in one line that names it."""

import pytest

from likeness import paths
from likeness.params import STAGES, ParamsError, find_stage, load_machine, load_section, load_variant, read_params

PREPARE = STAGES["pose-prepare"]


@pytest.fixture
def values() -> dict:
    return read_params(paths.root() / "params.yaml")


def test_the_repositorys_params_are_valid(values):
    load_machine(values)
    for stage in STAGES.values():
        load_section(values, stage)


def test_yaml_1_2_keeps_types(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("a: {rate: 1e-5, word: no, flag: true, hash: 'a # b'}\n")
    assert read_params(path)["a"] == {"rate": 1e-5, "word": "no", "flag": True, "hash": "a # b"}


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("estimater", "mediapipe", "pose.prepare.estimater: unknown key; known keys are folder,"),
        (
            "estimator",
            "openpose",
            "pose.prepare.estimator: is 'openpose', but input should be 'annotations', 'mediapipe'",
        ),
        ("people", "2", "pose.prepare.people: is '2', but input should be a valid integer"),
        ("people", 0, "pose.prepare.people: is 0, but input should be greater than or equal to 1"),
        ("min_score", True, "pose.prepare.min_score: is True, but input should be a valid number"),
        ("test_share", 0.9, "pose.prepare: validation_share + test_share = 1.1 leaves nothing to train on"),
    ],
)
def test_a_bad_value_is_one_line(values, key, value, message):
    values["pose"]["prepare"][key] = value
    with pytest.raises(ParamsError) as caught:
        load_section(values, PREPARE)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_key_is_named(values):
    del values["pose"]["prepare"]["seed"]
    with pytest.raises(ParamsError, match=r"pose\.prepare\.seed: missing"):
        load_section(values, PREPARE)


def test_a_missing_section_is_named(values):
    del values["pose"]["prepare"]
    with pytest.raises(ParamsError, match=r"section pose\.prepare is missing"):
        load_section(values, PREPARE)


def test_broken_yaml_is_one_line(tmp_path):
    path = tmp_path / "params.yaml"
    path.write_text("a: [1,\nb: 2\n")
    with pytest.raises(ParamsError, match="not valid YAML") as caught:
        read_params(path)
    assert "\n" not in str(caught.value)


def test_variants_are_validated():
    finetune = find_stage("pose-finetune")
    assert load_variant(finetune, {"tune": "last", "stream": "photo"}).model_dump() == {
        "tune": "last",
        "stream": "photo",
    }
    with pytest.raises(ParamsError, match="tune: is 'first'"):
        load_variant(finetune, {"tune": "first", "stream": "photo"})
    with pytest.raises(ParamsError, match="stream: missing"):
        load_variant(finetune, {"tune": "last"})
    with pytest.raises(ParamsError, match="has no variants"):
        load_variant(PREPARE, {"tune": "last"})


def test_an_unknown_stage_lists_the_known_ones():
    with pytest.raises(ParamsError, match="unknown stage 'pose-train'; choose one of demo-pose, pose-prepare"):
        find_stage("pose-train")
