"""The one table of all benchmarks."""

import json
import re
from pathlib import Path

import pytest
from table import EXPECTED, BadResult, read_results
from table_pages import as_html, as_markdown, count_outcomes, machines_of

from likeness import machine, paths

MACHINE = {"cpu": "A processor", "cores": 2, "memory_gb": 8.0, "python": "3.11.7", "packages": {"torch": "2.15.0"}}
LINE = {
    "what": "a step",
    "ours": "9 ms",
    "beside": "a loop",
    "figure": "1.1 times",
    "goal": "1 times",
    "met": True,
    "growth": "",
}


def line(**changes: object) -> dict:
    return {**LINE, **changes}


def write(folder: Path, name: str, **result: object) -> None:
    (folder / f"{name}.json").write_text(json.dumps({"machine": MACHINE, **result}), encoding="utf-8")


def pages(folder: Path) -> tuple[str, str]:
    results = read_results(folder)
    lines = [each for result in results.values() for each in result["table"]]
    return as_markdown(lines, results), as_html(lines, results)


def test_absent_results_are_said_not_to_be_measured(tmp_path: Path) -> None:
    write(tmp_path, "index", table=[line()])
    results = read_results(tmp_path)
    assert list(results) == list(EXPECTED)
    assert results["index"]["table"] == [LINE]
    assert [results[name]["table"][0]["figure"] for name in EXPECTED if name != "index"] == ["not measured"] * 6


def test_results_nobody_expects_come_last_and_only_with_a_table(tmp_path: Path) -> None:
    write(tmp_path, "another", table=[line(what="another")])
    write(tmp_path, "notes", ours=[])
    assert list(read_results(tmp_path)) == [*EXPECTED, "another"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (
            {key: value for key, value in LINE.items() if key != "growth"},
            "has the keys what, ours, beside, figure, goal, met, but must have",
        ),
        ({**LINE, "unit": "s"}, "has the keys"),
        (line(met="yes"), "met is 'yes'"),
        (line(met=1), "met is 1"),
        (line(ours=9.5), "ours is 9.5"),
    ],
)
def test_a_line_that_is_not_as_agreed_is_named(tmp_path: Path, bad: dict, said: str) -> None:
    write(tmp_path, "svm", table=[LINE, bad])
    with pytest.raises(BadResult, match=re.escape(f"svm.json, line 2 of its table: {said}")):
        read_results(tmp_path)


def test_outcomes_are_counted_where_there_is_a_goal() -> None:
    lines = [line(), line(met=False), line(met=None), line(goal="", met=True), line(goal="", met=None)]
    assert count_outcomes(lines) == "1 of 3 goals met, 1 missed, 1 not measured."
    assert count_outcomes([line(), line()]) == "2 of 2 goals met."


def test_markdown_shows_an_outcome_only_beside_a_goal_and_keeps_its_columns(tmp_path: Path) -> None:
    write(tmp_path, "index", table=[line(what="one | two"), line(met=False), line(goal="", met=None)])
    markdown, _ = pages(tmp_path)
    assert "| one \\| two | 9 ms | a loop | 1.1 times | 1 times | met |  |\n" in markdown
    assert "| a step | 9 ms | a loop | 1.1 times | 1 times | missed |  |\n" in markdown
    assert "| a step | 9 ms | a loop | 1.1 times |  |  |  |\n" in markdown
    assert "Details: [index](index.md)." in markdown


def test_html_escapes_what_it_is_given_and_marks_what_was_missed(tmp_path: Path) -> None:
    write(tmp_path, "index", table=[line(what="<b>bold</b>"), line(met=False), line(goal="", met=False)])
    _, html = pages(tmp_path)
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert "<b>bold" not in html
    assert html.count('<tr class="lk-bad">') == 1
    assert html.count('<tr class="lk-good">') == 1
    assert "<li>A processor, 2 cores, 8.0 GB; Python 3.11.7: index</li>" in html
    assert "&lt;table" not in html


def test_machines_are_told_apart() -> None:
    other = {**MACHINE, "cores": 16, "packages": {}}
    results = {
        "features": {"machine": MACHINE},
        "faces": {"machine": other},
        "svm": {"machine": {**MACHINE, "packages": {}}},
        "repro": {},
    }
    assert machines_of(results) == [
        "A processor, 2 cores, 8.0 GB; Python 3.11.7: features, svm",
        "A processor, 16 cores, 8.0 GB; Python 3.11.7: faces",
    ]


def test_the_recorded_results_are_as_agreed() -> None:
    read_results(paths.root() / "benchmarks/results")


def test_a_processor_is_named_with_its_instructions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tmp_path / "cpuinfo"
    monkeypatch.setattr(machine, "CPUINFO", told)
    told.write_text("model name\t: A processor\nflags\t\t: fpu avx2 avx512f\n", encoding="utf-8")
    assert machine._cpu() == "A processor (avx2, avx512f)"
    told.write_text("model name\t: An old one\nflags\t\t: fpu\n", encoding="utf-8")
    assert machine._cpu() == "An old one"
