"""Two machines side by side: bytes, numbers within intervals, verdicts; what is not comparable is said to be so."""

import json
from copy import deepcopy
from dataclasses import replace

import pytest

from likeness.verify import compare
from likeness.verify.records import Record, Stage, VerifyError, read_export, stages_of, write_export
from likeness.verify.run import told_lines

LOCK = """
schema: '2.0'
stages:
  pose-prepare:
    cmd: likeness run pose-prepare
    deps:
    - {path: data/raw/demo-pose, md5: aaa.dir, size: 1}
    - {path: src/likeness/photos, md5: bbb.dir, size: 1}
    params:
      params.yaml:
        pose.prepare: {people: 2, seed: 7}
    outs:
    - {path: data/pose/photos.parquet, md5: ccc, size: 1}
"""


def leaf(value, low=None, high=None):
    return {"value": value, "low": low, "high": high, "n": 9}


@pytest.fixture
def there() -> Record:
    """A study of two variants and a report, as another machine left it."""
    stages = {
        "pose-finetune@small": Stage({"data/pose/photos.parquet": "p"}, {"pose.finetune.lr": 0.1}, {"small.pt": "1"}),
        "pose-finetune@large": Stage({"data/pose/photos.parquet": "p"}, {"pose.finetune.lr": 0.1}, {"large.pt": "2"}),
        "pose-report": Stage(
            {"small.pt": "1", "large.pt": "2", "src/x.py": "x"}, {}, {"reports/pose/report.html": "3"}
        ),
    }
    scores = {"pose": {"test": {"small": {"auc": leaf(0.6, 0.5, 0.7)}, "large": {"auc": leaf(0.8, 0.7, 0.9)}}}}
    verdicts = {"pose": {"networks": {"auc, large, small": "A better"}, "best": {"": "large"}}}
    return Record(
        {"cpu": "X", "cores": 2, "packages": {"torch": "2.0"}}, stages, scores, verdicts, {"sum": "1", "root": "2"}
    )


def elsewhere(there: Record, *changed: str, **values: float) -> Record:
    """Return the record of a machine where these outputs have other bytes, and these models another AUC."""
    stages = {
        name: replace(stage, outputs={path: f"{told}*" if path in changed else told for path, told in stage.outputs.items()},
                      inputs={path: f"{told}*" if path in changed else told for path, told in stage.inputs.items()})
        for name, stage in there.stages.items()
    }  # fmt: skip
    scores = deepcopy(there.scores)
    for model, value in values.items():
        scores["pose"]["test"][model]["auc"]["value"] = value
    return replace(there, stages=stages, scores=scores)


def results(here: Record, there: Record, stale=()) -> list[str]:
    return [each.result for each in compare.judge_stages(here, there, stale)]


def test_the_same_run_is_the_same(there):
    assert results(there, there) == ["same bytes"] * 3
    assert compare.changed_verdicts(there, there) == {"pose": []}


def test_a_variant_is_judged_by_its_own_numbers(there):
    here = elsewhere(there, "small.pt", "reports/pose/report.html", small=0.65)
    assert results(here, there) == ["within interval", "same bytes", "within interval"]
    here = elsewhere(there, "small.pt", "large.pt", "reports/pose/report.html", small=0.65, large=0.95)
    assert results(here, there) == ["within interval", "differs", "differs"]
    assert "test > large > auc is 0.950, was 0.800 (0.700 to 0.900)" in compare.judge_stages(here, there)[1].detail


def test_a_number_that_is_missing_or_moves_without_an_interval_differs(there):
    bare = elsewhere(there)
    bare.scores["pose"]["test"]["small"]["auc"] = leaf(0.6)
    assert results(elsewhere(bare, "small.pt", small=0.60005), bare)[0] == "within interval"
    assert results(elsewhere(bare, "small.pt", small=0.61), bare)[0] == "differs"
    gone = elsewhere(there, "small.pt")
    del gone.scores["pose"]["test"]["small"]
    assert results(gone, there)[0] == "differs"


def test_other_parameters_and_other_code_are_not_another_machine(there):
    here = elsewhere(there, "small.pt")
    here.stages["pose-finetune@small"] = replace(
        here.stages["pose-finetune@small"], parameters={"pose.finetune.lr": 0.2}
    )
    told = compare.judge_stages(here, there)[0]
    assert (told.result, told.detail) == ("other inputs", "pose.finetune.lr")
    told = compare.judge_stages(elsewhere(there, "src/x.py", "reports/pose/report.html"), there)[2]
    assert (told.result, told.detail) == ("other inputs", "src/x.py")


def test_a_folder_of_what_other_stages_made_is_no_input_of_its_own(there):
    there.stages["index"] = Stage({"reports/pose": "4"}, {}, {"reports/index.html": "5"})
    here = elsewhere(there, "small.pt", "reports/pose", "reports/index.html", small=0.65)
    assert results(here, there)[3] == "within interval"


def test_what_has_not_run_here_is_not_called_the_same(there):
    """In a fresh clone the committed lock is there, the outputs are not."""
    assert results(there, there, stale=["pose-report"]) == ["same bytes", "same bytes", "not run"]
    here = replace(there, stages={name: there.stages[name] for name in list(there.stages)[:2]})
    assert results(here, there)[2] == "not run"


def test_a_verdict_that_changed_or_is_missing_is_named(there):
    here = deepcopy(there)
    here.verdicts["pose"]["networks"]["auc, large, small"] = "not distinguishable"
    del here.verdicts["pose"]["best"]
    assert compare.changed_verdicts(here, there)["pose"] == [
        "best: missing, was large",
        "networks: auc, large, small: not distinguishable, was A better",
    ]


def test_the_number_of_seeds_is_no_difference(there):
    here, other = deepcopy(there), deepcopy(there)
    here.verdicts["pose"]["networks"]["auc, large, small"] = "A better (4 of 5 seeds)"
    other.verdicts["pose"]["networks"]["auc, large, small"] = "A better (5 of 5 seeds)"
    assert compare.changed_verdicts(here, other) == {"pose": []}
    other.verdicts["pose"]["networks"]["auc, large, small"] = "not distinguishable (4 of 5 seeds)"
    assert len(compare.changed_verdicts(here, other)["pose"]) == 1


def test_operations_and_versions_that_differ_are_named(there):
    assert compare.changed_operations({"sum": "1", "root": "3", "new": "4"}, there.operations) == ["root"]
    here = replace(there, machine=there.machine | {"packages": {"torch": "2.1"}})
    assert compare.changed_versions(here, there) == ["torch 2.1 (was 2.0)"]


def test_what_is_printed_says_who_is_compared_and_counts_everything(there):
    here = elsewhere(there, "small.pt", small=0.65)
    judged, verdicts = compare.judge_stages(here, there), compare.changed_verdicts(here, there)
    told = list(told_lines(here, there, judged, verdicts, ["root"], []))
    assert told[:2] == ["here          X, 2 cores; torch 2.0", "held against  X, 2 cores; torch 2.0"]
    assert "operations    1 of 2 give the same bits" in told
    assert told[-1] == "verdicts      2 of 2 are the same"
    *_, last = told_lines(here, there, judged, None, None, [])
    assert last == "verdicts      not compared: run `make repro` first"


def test_an_export_comes_back_as_it_was(there, tmp_path):
    assert read_export(write_export(there, tmp_path / "mine.json")) == there


@pytest.mark.parametrize("text", ["", "[]", '{"stages": {}}', json.dumps({"stages": {"a": {"inputs": {}}}})])
def test_another_file_is_refused_in_one_line(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(VerifyError, match=r"other\.json: not a file that `likeness verify --export` wrote"):
        read_export(path)


def test_a_lock_is_read_with_flat_parameters():
    stage = stages_of(LOCK)["pose-prepare"]
    assert stage.parameters == {"pose.prepare.people": 2, "pose.prepare.seed": 7}
    assert stage.inputs == {"data/raw/demo-pose": "aaa.dir", "src/likeness/photos": "bbb.dir"}
    assert stage.outputs == {"data/pose/photos.parquet": "ccc"}
