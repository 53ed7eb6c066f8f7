"""What benchmarks/incremental.py changes and writes, without running a pipeline."""

import ast

import incremental
import pytest
from ruamel.yaml import YAML

from likeness import fingerprint, paths

ROW = {"what": "one colour", "seconds": 60.0, "stages": ["a", "b"], "fits": 0, "goal": 90, "most_fits": 0}


@pytest.mark.parametrize("change", incremental.CHANGES, ids=lambda change: change.what)
def test_each_change_is_one_and_what_its_words_say(change):
    before = (paths.root() / change.file).read_text(encoding="utf-8")
    after = change.edit(before)
    assert after != before
    if change.file.endswith(".py"):
        ast.parse(after)
        same = fingerprint.read_code(after.encode()) == fingerprint.read_code(before.encode())
        assert same == ("docstring" in change.what or "comment" in change.what)
    if change.file == "params.yaml":
        old, new = (YAML(typ="safe").load(text)["pose"] for text in (before, after))
        changed = {name for name in old if old[name] != new[name]}
        assert changed == ({"report"} if "report" in change.what else {"finetune"})


def test_an_edit_is_taken_back(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("x = 1\n")
    with incremental.edited(file, lambda text: text.replace("1", "2")):
        assert file.read_text() == "x = 2\n"
    assert file.read_text() == "x = 1\n"
    with pytest.raises(SystemExit, match="found nothing to change"), incremental.edited(file, lambda text: text):
        pass


def test_goals_are_kept_or_not():
    assert incremental.table_line(ROW)["met"] is True
    assert incremental.table_line(ROW)["goal"] == "at most 90 s, 0 trainings"
    assert incremental.met(ROW | {"fits": 1}) is False
    assert incremental.met(ROW | {"seconds": 91}) is False
    assert incremental.met(ROW | {"goal": None, "most_fits": None}) is None
    assert incremental.table_line(ROW | {"goal": None, "most_fits": None})["goal"] == ""
