"""The README's numbers are those of the committed results."""

import json
import re
from pathlib import Path

import pytest
import readme

ROOT = Path(__file__).resolve().parents[2]


def test_the_readme_is_as_new_as_the_results():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"<!-- results: (\w+) -->", text)) == set(readme.TABLES)
    assert readme.renew(text, ROOT) == text, "run `python benchmarks/readme.py`"


def test_a_table_is_written_from_the_metrics(tmp_path):
    leaf = {"value": 0.5, "low": 0.25, "high": 0.75, "n": 8}
    metrics = {"naive-val": {"a": {"accuracy": leaf | {"low": None}}}, "test": {"a": {"accuracy": leaf}}}
    cells = (readme.Cell("naive-val", "a", "accuracy"), readme.Cell("test", "a", "accuracy"))
    table = readme.Table("pose", ("accuracy", "at random", "apart"), {"model a": cells})
    assert readme.markdown(table, metrics).splitlines()[-1] == "| model a | 0.50 | 0.50 (0.25–0.75) |"
    with pytest.raises(KeyError):
        readme.markdown(table, {"test": metrics["test"]})
    (tmp_path / "reports/pose").mkdir(parents=True)
    (tmp_path / "reports/pose/scores.json").write_text(json.dumps(metrics))
