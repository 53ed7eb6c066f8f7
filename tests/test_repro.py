"""`likeness repro`: the studies side by side, on a small pipeline of stages that say when they ran."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from likeness import progress
from likeness.cli import main
from likeness.repro import stale_stages, studies_of

PROJECT = Path(__file__).parents[1]
STAGE = """  {name}:
    cmd: {python} work.py {name} {out}
    deps: [work.py{deps}]
    outs: [{out}]
"""
# Each stage notes when it began and ended, and fails where a file says so.
WORK = """import pathlib, sys, time
name, out = sys.argv[1:]
begun = time.time()
if pathlib.Path(name + ".fails").exists():
    sys.exit(3)
while name.startswith("demo") and time.time() < begun + 60 and len(list(pathlib.Path(".").glob("*.began"))) < {meet}:
    pathlib.Path(name + ".began").touch()
    time.sleep(0.05)
pathlib.Path(out).parent.mkdir(exist_ok=True)
pathlib.Path(out).write_text(name)
with open("ran.log", "a") as log:
    log.write(f"{{name}} {{begun}} {{time.time()}}\\n")
"""


def write_work(folder, meet):
    (folder / "work.py").write_text(WORK.format(meet=meet))


@pytest.fixture
def pipeline(tmp_path, monkeypatch):
    """A repository with two studies of two stages, and an index of both. The first two stages wait for each other."""
    stages = {"demo-pose": "raw/p", "pose-report": "done/p", "demo-faces": "raw/f", "faces-report": "done/f"}
    lines = [
        STAGE.format(
            name=name, python=sys.executable, out=out, deps="" if name.startswith("demo") else f", raw/{out[-1]}"
        )
        for name, out in stages.items()
    ]
    lines.append(STAGE.format(name="index", python=sys.executable, out="index.html", deps=", done/p, done/f"))
    (tmp_path / "dvc.yaml").write_text("stages:\n" + "".join(lines))
    (tmp_path / "params.yaml").write_text("{}")
    write_work(tmp_path, meet=2)
    subprocess.run([sys.executable, "-m", "dvc", "init", "--no-scm", "-q"], cwd=tmp_path, check=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(progress.ROW, "0")
    return tmp_path


def ran(pipeline):
    """Return {stage: (begun, ended)} of what ran since the last time."""
    log = pipeline / "ran.log"
    lines = [line.split() for line in log.read_text().splitlines()] if log.exists() else []
    log.unlink(missing_ok=True)
    return {name: (float(begun), float(ended)) for name, begun, ended in lines}


def repro(*studies):
    return CliRunner().invoke(main, ["repro", *studies])


def test_studies_run_side_by_side_and_a_second_run_does_nothing(pipeline):
    assert repro().exit_code == 0
    times = ran(pipeline)
    assert set(times) == {"demo-pose", "pose-report", "demo-faces", "faces-report", "index"}
    assert max(times["demo-pose"][0], times["demo-faces"][0]) < min(times["demo-pose"][1], times["demo-faces"][1])
    assert times["index"][0] >= max(times["pose-report"][1], times["faces-report"][1])
    assert stale_stages(pipeline) == []
    again = repro()
    assert (again.exit_code, again.output) == (0, "Data and pipelines are up to date.\n")
    assert ran(pipeline) == {}


def test_a_change_early_in_two_studies_reaches_their_last_stages(pipeline):
    repro()
    ran(pipeline)
    write_work(pipeline, meet=0)
    for name in ("raw/p", "raw/f"):
        (pipeline / name).unlink()
    assert repro().exit_code == 0
    assert set(ran(pipeline)) == {"demo-pose", "pose-report", "demo-faces", "faces-report", "index"}
    assert stale_stages(pipeline) == []


def test_a_study_that_fails_leaves_the_other_its_results(pipeline):
    write_work(pipeline, meet=0)
    (pipeline / "demo-pose.fails").touch()
    ended = repro()
    assert ended.exit_code == 1
    assert ended.stderr.splitlines()[-1].startswith("likeness: pose: a stage failed, its message is above")
    assert set(ran(pipeline)) == {"demo-faces", "faces-report"}
    (pipeline / "demo-pose.fails").unlink()
    assert repro().exit_code == 0
    assert set(ran(pipeline)) == {"demo-pose", "pose-report", "index"}  # one study: as `dvc repro`


def test_one_study_is_run_alone(pipeline):
    write_work(pipeline, meet=0)
    assert repro("pose").exit_code == 0
    assert set(ran(pipeline)) == {"demo-pose", "pose-report"}
    assert repro("pose").exit_code == 0
    assert ran(pipeline) == {}


def test_a_pipeline_that_cannot_be_read_is_one_line(pipeline):
    (pipeline / "dvc.yaml").write_text("stages: [")
    ended = repro()
    assert ended.exit_code == 1
    assert ended.stderr.splitlines()[-1] == "likeness: `dvc status` failed; its message is above"


@pytest.mark.parametrize("kind", ["nowhere", "itself", "not UTF-8"])
def test_a_link_to_nowhere_stops_its_own_study_only_and_is_named_in_one_line(pipeline, kind):
    """DVC itself gives up at such a file, for all studies."""
    write_work(pipeline, meet=0)
    photos = pipeline / "photos/day 1"
    photos.mkdir(parents=True)
    if kind == "not UTF-8":
        with open(os.fsencode(photos) + b"/caf\xe9.jpg", "wb"):  # noqa: PTH123 (Path takes no bytes)
            pass
    else:
        (photos / "caf.jpg").symlink_to("elsewhere.jpg" if kind == "nowhere" else "caf.jpg")
    text = (pipeline / "dvc.yaml").read_text()
    (pipeline / "dvc.yaml").write_text(text.replace(", raw/p]", ", raw/p, '${pose.folder}']"))
    (pipeline / "params.yaml").write_text("pose: {folder: photos}")
    ended = repro()
    assert ended.exit_code == 1
    line = ended.stderr.splitlines()[-1]
    assert "photos/day 1/caf" in line
    assert {"nowhere": "elsewhere.jpg", "itself": "leads nowhere", "not UTF-8": r"caf\xe9.jpg"}[kind] in line
    assert "pose was left out" in line
    assert {"demo-faces", "faces-report"} == set(ran(pipeline))
    assert repro("faces").exit_code == 0
    for path in photos.iterdir():
        path.unlink()
    assert repro().exit_code == 0
    assert set(ran(pipeline)) == {"demo-pose", "pose-report", "index"}


def test_a_copy_without_git_runs_and_dvc_alone_does_too(pipeline):
    write_work(pipeline, meet=0)
    shutil.copy(PROJECT / ".dvc" / "config", pipeline / ".dvc" / "config")  # as in a clone, not --no-scm
    assert not any((folder / ".git").exists() for folder in pipeline.parents)
    assert repro().exit_code == 0
    assert set(ran(pipeline)) == {"demo-pose", "pose-report", "demo-faces", "faces-report", "index"}
    alone = subprocess.run([sys.executable, "-m", "dvc", "status"], cwd=pipeline, capture_output=True, text=True)
    assert "up to date" in alone.stdout


def test_an_archive_runs_by_dvc_alone(pipeline, tmp_path_factory):
    """The settings that `git archive` writes tell DVC that there is no git; those of a clone don't."""
    clone, archive = pipeline, tmp_path_factory.mktemp("archive")  # beside no .git
    write_work(clone, meet=0)
    for name in (".gitattributes", ".dvc/config"):
        shutil.copy(PROJECT / name, clone / name)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *command], cwd=clone, check=True, stdout=subprocess.DEVNULL)
    packed = subprocess.run(["git", "archive", "HEAD"], cwd=clone, check=True, capture_output=True).stdout
    subprocess.run(["tar", "x"], cwd=archive, input=packed, check=True)
    told = {folder: (folder / ".dvc" / "config").read_text() for folder in (clone, archive)}
    assert [("\n    no_scm = true\n" in text) for text in told.values()] == [False, True]
    done = subprocess.run([sys.executable, "-m", "dvc", "repro"], cwd=archive, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_clone_keeps_its_history(pipeline):
    write_work(pipeline, meet=0)
    shutil.copy(PROJECT / ".dvc" / "config", pipeline / ".dvc" / "config")
    subprocess.run(["git", "init", "-q"], cwd=pipeline, check=True)
    assert repro().exit_code == 0
    assert not (pipeline / ".dvc" / "config.local").exists()


def test_a_copy_without_its_hidden_files_is_one_line(pipeline):
    shutil.rmtree(pipeline / ".dvc")
    ended = repro()
    assert (ended.exit_code, ended.stderr.count("\n")) == (1, 1)
    assert ".dvc is missing; copy the project with its hidden files" in ended.stderr


def test_stages_and_their_studies():
    stages = ["demo-likability", "pose-finetune@full-photo+heatmaps", "pose-report", "likability-curate", "index"]
    assert studies_of(stages) == ["likability", "pose"]
    assert studies_of(["faces-index", *stages, "pose-features"]) == ["pose", "likability", "faces"]
    assert studies_of(["index"]) == []
