"""What benchmarks/repro.py reads and writes, without running a pipeline."""

import subprocess
from pathlib import Path

import pytest
import repro
from repro_words import as_markdown, table_lines
from ruamel.yaml import YAML

from likeness import paths

OUTPUT = """
Stage 'demo-pose' didn't change, skipping
Running stage 'pose-features':
> likeness run pose-features
wrote reports/pose/features.html
Updating lock file 'dvc.lock'

Running stage 'pose-finetune@last-photo+skeleton':
> likeness run pose-finetune --variant tune=last --variant stream=photo+skeleton
Stage 'pose-report' is cached - skipping run, checking out outputs
"""
EVERYTHING = {"what": "everything", "seconds": 800.0, "stages": ["a", "b@x", "b@y"]}
NOTHING = {"what": "nothing changed", "seconds": 2.0, "every": [1.9, 2.0, 2.5], "stages": []}
LATE = {"what": "a late parameter changed, x.y", "seconds": 20.0, "stages": ["a"]}


def test_stages_that_dvc_skips_or_restores_did_not_run() -> None:
    assert repro.stages_in(OUTPUT) == ["pose-features", "pose-finetune@last-photo+skeleton"]
    assert repro.stages_in("Data and pipelines are up to date.\n") == []


def test_overlay_sets_one_key() -> None:
    assert YAML(typ="safe").load(repro.overlay_of("a.b.c", 8)) == {"a": {"b": {"c": 8}}}


def test_changes_are_changes() -> None:
    values = YAML(typ="safe").load((paths.root() / "params.yaml").read_text(encoding="utf-8"))
    for _, key, value in repro.CHANGES:
        study, stage, name = key.split(".")
        assert type(values[study][stage][name]) is type(value)
        assert values[study][stage][name] != value


def test_costs_stand_beside_the_whole_run() -> None:
    whole, none, late = table_lines([EVERYTHING, NOTHING, LATE])
    assert (whole["ours"], whole["beside"], whole["goal"], whole["met"]) == ("800.0 s, 3 stages run", "", "", None)
    assert (none["figure"], none["goal"], none["met"]) == ("0.2% of it", "under 3 s", True)
    assert (late["ours"], late["figure"], late["met"]) == ("20.0 s, 1 stage run", "2.5% of it", None)


def test_without_the_whole_run_nothing_is_compared() -> None:
    none, _ = table_lines([{**NOTHING, "seconds": 3.0}, LATE])
    assert (none["beside"], none["figure"], none["met"]) == ("", "", False)


def test_page_names_stages_and_counts_variants() -> None:
    machine = {"cpu": "x", "cores": 2, "memory_gb": 8.0, "python": "3.11.7", "packages": {"dvc": "3"}}
    page = as_markdown({"machine": machine, "commit": "abc1234", "rows": [EVERYTHING, NOTHING]})
    assert "| everything | 800.0 | 3 | a, b (2) |" in page
    assert "the median of 3 runs, 1.90 to 2.50 s" in page


def test_unfinished_clone_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(repro, "make", lambda clone, target: OUTPUT)
    with pytest.raises(SystemExit, match="2 stages had still to run, pose-features first"):
        repro.nothing_changed(tmp_path)


def test_median_of_the_runs_after_the_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seconds = iter([90.0, 3.0, 1.0, 2.0, 9.0, 8.0])
    monkeypatch.setattr(repro, "repro", lambda clone: {"seconds": next(seconds), "stages": []})
    row = repro.nothing_changed(tmp_path)
    assert (row["seconds"], row["every"]) == (3.0, [3.0, 1.0, 2.0, 9.0, 8.0])


def test_failed_run_puts_the_parameters_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    params, seen = tmp_path / "params.yaml", []
    params.write_bytes(b"a: 1 # as it was\n")

    def run(folder: Path, command: list[str]) -> str:
        seen.append([Path(command[0]).name, command[1]])
        if command[1] == "use":
            params.write_bytes(b"a: 2\n")
        if seen.count(["make", "repro"]) == 1 and command[1] == "repro":
            raise SystemExit("make repro ended with exit code 2")
        return ""

    monkeypatch.setattr(repro, "run", run)
    with pytest.raises(SystemExit, match="exit code 2"):
        repro.changed(tmp_path, "a", 2)
    assert params.read_bytes() == b"a: 1 # as it was\n"
    assert seen == [["likeness", "use"], ["make", "repro"], ["make", "repro"]]


def test_failure_is_told_with_its_last_lines(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"(?s)exit code 3 in .*\nout\nwhy$"):
        repro.run(tmp_path, ["sh", "-c", "echo out; echo why >&2; exit 3"])


def test_nothing_of_a_surrounding_make_or_python_is_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "MAKEFLAGS", "MFLAGS", "VIRTUAL_ENV"):
        monkeypatch.setenv(name, "x")
    names = {line.partition("=")[0] for line in repro.run(tmp_path, ["env"]).splitlines()}
    assert not names & {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "MAKEFLAGS", "MFLAGS", "VIRTUAL_ENV"}
    assert "PATH" in names


def test_clone_is_of_the_commit_and_goes_away(tmp_path: Path) -> None:
    def git(*words: str) -> None:
        who = ("-c", "user.name=likeness", "-c", "user.email=likeness@example.org")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "file").write_text("committed\n", encoding="utf-8")
    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "one")
    (tmp_path / "file").write_text("edited\n", encoding="utf-8")
    with repro.clone_of(tmp_path) as clone:
        assert (clone / "file").read_text(encoding="utf-8") == "committed\n"
    assert not clone.exists()
