"""What a report concludes, as a file that two machines can compare."""

import json

import pandas as pd
import pytest

from likeness.compare.verdicts import Verdicts


def test_words_and_yes_or_no_are_kept_by_topic(tmp_path):
    tests = pd.DataFrame(
        {"k": [5, 1], "a": ["x", "x"], "b": ["y", "y"], "verdict": ["A better", "not distinguishable"]}
    )
    book = Verdicts({"hits": tests})
    maps = pd.DataFrame({"method": ["m", "m", "m"], "test": ["t", "u", "v"], "passed": [True, False, None]})
    book.add("saliency", maps, ["method", "test"], "passed")
    book.note("best", "x")
    assert json.loads(book.write(tmp_path / "verdicts.json").read_text()) == {
        "best": {"": "x"},
        "hits": {"1, x, y": "not distinguishable", "5, x, y": "A better"},
        "saliency": {"m, t": "yes", "m, u": "no", "m, v": "no verdict"},
    }


def test_one_thing_is_judged_once():
    book, rows = Verdicts(), pd.DataFrame({"metric": ["auc"] * 2, "a": ["x"] * 2, "b": ["y"] * 2, "verdict": ["-"] * 2})
    with pytest.raises(ValueError, match="networks: auc, x, y was judged before"):
        book.add("networks", rows)
