"""Keys above the studies reach the stages that share them, and a wrong one is one line that names it."""

import pytest

from likeness import paths
from likeness.params.load import ParamsError, load_parameters, read_params
from likeness.params.shared import MASTER, Engine, Nothing, flat_keys, flat_values
from likeness.params.stages import STAGES
from likeness.spark import session

FEATURES = STAGES["pose-features"]
SHARING = {"pose-features", "likability-features", "likability-classify", "faces-features"}


@pytest.fixture
def values() -> dict:
    return read_params(paths.root() / "params.yaml")


def test_four_stages_read_the_engine_beside_their_section(values):
    assert {title for title, stage in STAGES.items() if stage.shared is Engine} == SHARING
    assert FEATURES.reads == ["pose.features", "engine", "spark.master"]
    assert STAGES["pose-report"].reads == ["pose.report"]
    values |= {"engine": "spark", "spark": {"master": "yarn"}}
    told = load_parameters(values, FEATURES)
    assert list(told)[-2:] == ["engine", "spark_master"]
    assert (told["engine"], told["spark_master"], told["backbone"]) == ("spark", "yarn", "resnet18")
    assert "engine" not in load_parameters(values, STAGES["pose-report"])


def test_no_parameter_has_the_name_of_a_shared_one():
    for stage in STAGES.values():
        own = {*stage.knobs.model_fields, *stage.variant.model_fields}
        assert not own & set(flat_keys(stage.shared))


def test_keys_and_values_are_flat_for_a_notebook():
    assert flat_keys(Engine) == {"engine": "engine", "spark_master": "spark.master"}
    assert flat_keys(Nothing) == flat_values(Nothing()) == {}
    shared = Engine.model_validate({"engine": "spark", "spark": {"master": "local"}})
    assert flat_values(shared) == {"engine": "spark", "spark_master": "local"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"engine": "sparc"}, "params.yaml: engine: is 'sparc', but input should be 'local' or 'spark'"),
        ({"engine": {"name": "spark"}}, "params.yaml: engine: is {'name': 'spark'}, but input should be 'local' or"),
        ({"engine": None}, "params.yaml: engine: is None, but input should be 'local' or 'spark'"),
        ({"spark": {"master": 7077}}, "params.yaml: spark.master: is 7077, but input should be a valid string"),
        (
            {"spark": {"master": "sprak://host:7077"}},
            "params.yaml: spark.master: is 'sprak://host:7077', but must be local[*], local[<cores>], spark://<host>:<port>,",
        ),
        ({"spark": {}}, "params.yaml: spark.master: missing; it must be set"),
        ({"spark": {"master": "yarn", "cores": 2}}, "params.yaml: spark.cores: unknown key; known keys are master"),
        ({"spark": "local"}, "params.yaml: spark: is 'local', but input should be a valid dictionary"),
    ],
)
def test_a_bad_shared_key_is_one_line(values, change, message):
    with pytest.raises(ParamsError) as caught:
        load_parameters(values | change, FEATURES)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)
    load_parameters(values | change, STAGES["pose-report"])  # which does not read it


@pytest.mark.parametrize("key", ["engine", "spark"])
def test_a_missing_shared_key_is_named(values, key):
    del values[key]
    with pytest.raises(ParamsError, match=rf"^params\.yaml: {key}: missing; it must be set$"):
        load_parameters(values, FEATURES)


MASTERS = ["local", "local[*]", "local[2]", "local[4,2]", "spark://host:7077", "yarn", "k8s://https://host:6443"]
NO_MASTERS = ["", "local[]", "local[2", "spark://", "k8s://", "yarn-client", "http://host", "spark://a host"]


def test_masters_are_those_that_a_session_takes():
    assert MASTER.pattern == session.MASTER.pattern
    assert all(MASTER.fullmatch(master) for master in MASTERS)
    assert not any(MASTER.fullmatch(master) for master in NO_MASTERS)
