"""`dvc repro` on a tiny corpus: complete, bit-identical, and no more work than a change asks for."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from clones import TINY, Clone
from ruamel.yaml import YAML

pytestmark = pytest.mark.timeout(1800)

VARIANTS = {
    f"pose-finetune@{tune}-{stream}"
    for tune in ("last", "full")
    for stream in ("photo", "photo+skeleton", "photo+heatmaps")
}
NETWORKS = {f"likability-finetune@{name}" for name in ("alexnet", "backbone", "smallcnn", "fusion", "ranker")}

WATCH = Path(__file__).parent / "watch"
# What may be read unnamed: settings, which DVC compares by key; code, which test_dependencies.py looks at; the cache,
# with and without which the same bytes come out; files of the run itself; and what dvclive asks git and DVC for.
UNNAMED = ("params.yaml", "dvc.yaml", "pyproject.toml", "src/", "data/cache/", ".likeness/", ".git", ".dvc")
ON_SPARK = {"pose-features", "likability-features", "likability-classify", "faces-features"}


def stages_run(output: str) -> set[str]:
    """Return the stages that `dvc repro` says it ran, but for those that are always run, to look at the code."""
    return {name for name in re.findall(r"Running stage '([^']+)'", output) if not name.startswith("code@")}


def stale(clone) -> set[str]:
    """Return the stages of which something changed, by `dvc status`."""
    return {name for name in json.loads(clone.run("dvc", "status", "--json")) if not name.startswith("code@")}


FOREIGN_RC = "figure.figsize: 3, 2\nfont.size: 30\nlines.linewidth: 9\nsvg.fonttype: path\naxes.grid: True\n"
FOREIGN_START = (
    "print('hello from my profile')\nimport numpy; numpy.random.seed(1); numpy.set_printoptions(precision=2)\n"
)


@pytest.fixture(scope="module")
def foreign_home(tmp_path_factory) -> Path:
    """Somebody's home: a matplotlibrc, an IPython profile, and a font that calls itself DejaVu Sans and is wider."""
    import matplotlib
    from fontTools.ttLib import TTFont

    home = tmp_path_factory.mktemp("home")
    font = TTFont(Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSerif-Bold.ttf"))
    for record in font["name"].names:
        record.string = str(record).replace("Serif", "Sans").replace(" Bold", "").replace("-Bold", "")
    files = {".config/matplotlib/matplotlibrc": FOREIGN_RC, ".ipython/profile_default/startup/00.py": FOREIGN_START}
    for name, text in files.items():
        (home / name).parent.mkdir(parents=True)
        (home / name).write_text(text)
    (home / ".fonts").mkdir()
    font.save(home / ".fonts/DejaVuSans.ttf")
    return home


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, foreign_home) -> Iterator[tuple[Clone, subprocess.Popen]]:
    """Another clone in another environment, which runs beside the first one: nothing is kept that they share.

    The folder has a blank and an umlaut; language, time zone, umask, home, hash seed, number of cores and the order in
    which the file system lists a folder are others too.
    """
    other = Clone(tmp_path_factory.mktemp("ein Ordner für Läufe") / "likeness")
    other.set(TINY)
    variables = {"LC_ALL": "C", "TZ": "CHT-12:45", "HOME": str(foreign_home), "PYTHONHASHSEED": "12345"}
    sources = os.pathsep.join([str(other.folder / "src"), str(WATCH)])
    one_core = "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); os.umask(0o077); "
    command = (sys.executable, "-c", one_core + "os.execvp(sys.argv[1], sys.argv[1:])", "dvc", "repro")
    process = other.start(*command, **variables, PYTHONPATH=sources, LIKENESS_REVERSED="1")
    yield other, process
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)  # its kernels too


@pytest.fixture(scope="module")
def read(clone, elsewhere, tmp_path_factory) -> dict[str, set[str]]:
    """Run the pipeline; return the files of the repository that each stage read, relative to its root."""
    folder = tmp_path_factory.mktemp("read")
    sources = os.pathsep.join([str(clone.folder / "src"), str(WATCH)])
    clone.run("dvc", "repro", LIKENESS_WATCH=str(folder), PYTHONPATH=sources)
    files: dict[str, set[str]] = {}
    for log in folder.iterdir():
        stage = files.setdefault(log.name.rpartition(".")[0], set())
        stage |= {os.path.relpath(path, clone.folder) for path in log.read_text().splitlines()}
    return files


@pytest.fixture(scope="module")
def repro(clone, read):
    return clone


def test_a_second_run_does_nothing(repro):
    assert stages_run(repro.run("dvc", "repro")) == set()
    assert "Data and pipelines are up to date" in repro.run("likeness", "repro")


def test_a_docstring_runs_nothing_and_a_colour_trains_nothing(repro):
    """What was fitted is recalled: its state is not written again."""

    def kept():
        return {path.stat().st_ino for path in (repro.folder / "data/cache/checkpoints").rglob("last.ckpt")}

    before = kept()
    assert before
    palette = repro.folder / "src/likeness/report/palette.py"
    text = palette.read_text()
    palette.write_text(text.replace('"""', '"""All ', 1))
    assert stages_run(repro.run("dvc", "repro")) == set()
    palette.write_text(text.replace("#0072b2", "#123456"))
    try:
        ran = stages_run(repro.run("dvc", "repro", "pose-finetune@last-photo", "likability-finetune@smallcnn"))
    finally:
        palette.write_text(text)
    assert ran >= {"pose-prepare", "pose-finetune@last-photo", "likability-finetune@smallcnn"}
    assert kept() == before
    assert "123456" in (repro.folder / "reports/pose/finetune-last-photo.html").read_text()
    repro.run("dvc", "repro")


def test_a_stage_reads_nothing_that_it_does_not_name(repro, read):
    """Else a changed file would leave its page as it was."""
    lock = YAML(typ="safe", pure=True).load((repro.folder / "dvc.lock").read_text())["stages"]
    assert set(read) == set(lock)
    unnamed = []
    for stage, files in ((stage, files) for stage, files in read.items() if not stage.startswith("code@")):
        deps, outs = ([each["path"] for each in lock[stage].get(kind, [])] for kind in ("deps", "outs"))
        # The table of the photos, which names the SHA-256 of each, stands for their folder.
        photos = ["data/raw"] if any(path.endswith("/photos.parquet") for path in deps) else []
        named = tuple(f"{path}/" for path in (*deps, *outs, *photos))
        kept = [file for file in sorted(files) if (repro.folder / file).is_file()]  # not what it wrote for a moment
        unnamed += [f"{stage}: {file}" for file in kept if not f"{file}/".startswith((*named, *UNNAMED))]
    assert not unnamed, "\n".join(unnamed)


def test_no_output_says_where_the_clone_lies(repro):
    """Else another clone would write other bytes."""
    place = str(repro.folder).encode()
    written = [path for top in ("data", "models", "reports") for path in (repro.folder / top).rglob("*")]
    files = [path for path in written if path.is_file()]
    assert len(files) > 300
    assert [path for path in files if place in path.read_bytes()] == []


def test_nothing_is_lost(repro):
    accepted = pd.read_parquet(repro.folder / "data/pose/photos.parquet")
    refused = pd.read_csv(repro.folder / "data/pose/quarantine.csv")
    files = {
        str(path.relative_to(repro.folder))
        for path in (repro.folder / "data/raw/demo-pose").rglob("*")
        if path.is_file()
    }
    assert set(accepted["path"]) | set(refused["path"]) == files
    assert len(accepted) + len(refused) == len(files)


def test_no_post_is_lost(repro):
    """Every row of the table is kept, refused or counted by a filter, and every picture is a photo or refused."""
    data = repro.folder / "data/likability"
    rows = len(pd.read_csv(repro.folder / "data/raw/demo-likability/posts.csv", dtype="str"))
    funnel, kept = pd.read_csv(data / "funnel.csv"), pd.read_parquet(data / "posts.parquet")
    assert funnel["posts"].iloc[0] + len(pd.read_csv(data / "refused_posts.csv")) == rows
    assert funnel["posts"].iloc[-1] == len(kept)
    assert funnel["posts"].is_monotonic_decreasing


def test_no_picture_is_lost(repro):
    """Every picture of the collection is accepted, refused as a file, or left out with a reason."""
    data = repro.folder / "data/faces"
    accepted, refused = pd.read_parquet(data / "photos.parquet"), pd.read_csv(data / "quarantine.csv")
    left_out = pd.read_csv(data / "left_out.csv")["path"].map(lambda path: path.rpartition("/")[2])
    sorted_out = [path.rpartition("/")[2] for path in [*accepted["path"], *refused["path"]]]
    files = {path.name for path in (repro.folder / "data/raw/demo-faces/paintings/images").iterdir()}
    assert files <= {*sorted_out, *left_out}
    assert len(sorted_out) == len(set(sorted_out))
    assert not set(sorted_out) & set(left_out)


@pytest.mark.parametrize("study", ["pose", "likability", "faces"])
def test_every_metric_carries_an_interval(repro, study):
    scores, metrics = (
        json.loads((repro.folder / f"reports/{study}/{name}.json").read_text()) for name in ("scores", "metrics")
    )
    leaves = [leaf for models in scores.values() for values in models.values() for leaf in values.values()]
    assert len(metrics) >= 8  # of the about ten that a study has
    assert leaves
    assert all({"value", "low", "high", "n"} <= set(leaf) <= {"value", "low", "high", "n", "runs"} for leaf in leaves)
    assert all(leaf["low"] <= leaf["value"] <= leaf["high"] for leaf in leaves if leaf["low"] is not None)


def test_the_index_links_every_report(repro):
    index = (repro.folder / "reports/index.html").read_text()
    for study, count in {"pose": 4 + len(VARIANTS), "likability": 6 + len(NETWORKS), "faces": 6}.items():
        reports = {path.name for path in (repro.folder / "reports" / study).glob("*.html")}
        assert len(reports) == count
        assert all(f"{study}/{name}" in index for name in reports)


FULL = {variant for variant in VARIANTS if "@full-" in variant}


@pytest.mark.parametrize(
    ("key", "stages"),
    [
        ({"pose": {"report": {"neighbours": 4}}}, {"pose-report"}),
        ({"pose": {"finetune": {"model": {"dropout": 0.4}}}}, VARIANTS),
        ({"pose": {"finetune": {"full": {"lr": 0.5}}}}, FULL),
        ({"pose": {"finetune": {"last": {"lr": 0.5}}}}, VARIANTS - FULL),
        ({"pose": {"features": {"batch_size": 16}}}, {"pose-features"}),
        ({"likability": {"finetune": {"model": {"dropout": 0.4}}}}, NETWORKS),
        ({"likability": {"finetune": {"ranker": {"image_size": 48}}}}, {"likability-finetune@ranker"}),
        ({"likability": {"curate": {"keep": 4}}}, {"likability-curate"}),
        ({"faces": {"report": {"top": 4}}}, {"faces-report"}),  # the index weighs the face as it chose
        ({"faces": {"detector": {"confidence": 0.6}}}, {"faces-detector"}),
        ({"machine": {"spark_master": "local[2]"}}, ON_SPARK),
        ({"machine": {"tracker": "none"}}, {*VARIANTS, *NETWORKS, "faces-detector"}),
    ],
    ids=lambda value: "" if isinstance(value, set) else str(value),  # sets are told in another order each time
)
def test_a_key_re_runs_only_the_stages_that_read_it(repro, key, stages):
    params = repro.folder / "params.yaml"
    before = params.read_bytes()
    repro.set(key)
    try:
        changed = stale(repro)
    finally:
        params.write_bytes(before)
    assert changed == stages


def test_a_failing_cell_leaves_its_traceback(repro):
    """The run names the cell, keeps the page that was there, and shows the traceback beside it."""
    (repro.folder / "data/pose/photos.parquet").rename(repro.folder / "photos.parquet")
    page = repro.folder / "reports/pose/features.html"
    before = page.read_bytes()
    try:
        failed = repro.call("likeness", "run", "pose-features")
    finally:
        (repro.folder / "photos.parquet").rename(repro.folder / "data/pose/photos.parquet")
    assert failed.returncode == 1
    assert re.search(r"notebooks/pose/features\.ipynb: cell \d+ raised FileNotFoundError", failed.stderr)
    assert failed.stderr.count("\n") == 1
    assert "FileNotFoundError" in page.with_suffix(".failed.html").read_text()
    assert page.read_bytes() == before
    page.with_suffix(".failed.html").unlink()


def test_a_notebook_runs_as_it_stands_in_jupyter(repro, tmp_path):
    """Without the runner, by plain Jupyter, it reads the same values and makes the same outputs."""
    convert = ("jupyter", "nbconvert", "--to", "notebook", "--execute", "--output-dir", str(tmp_path))
    repro.run(*convert, "notebooks/pose/features.ipynb")
    assert stale(repro) == set()


def test_a_variant_runs_by_plain_papermill(repro, tmp_path):
    """The variant is all that is injected; the words of a shell are text, as the variant's keys are."""
    repro.run("papermill", "notebooks/pose/finetune.ipynb", str(tmp_path / "out.ipynb"), "-p", "tune", "last", "-p",
              "stream", "photo+skeleton")  # fmt: skip
    assert stale(repro) == set()


def test_a_bad_parameter_stops_before_anything_is_run(repro):
    path = repro.folder / "params.yaml"
    before = path.read_text()
    path.write_text(before.replace("estimator: annotations", "estimator: openpose"))
    failed = repro.call("likeness", "run", "pose-prepare")
    path.write_text(before)
    assert failed.returncode == 1
    assert failed.stderr.startswith("likeness: params.yaml: pose.prepare.estimator: is 'openpose', but input should be")
    assert failed.stderr.count("\n") == 1


def test_a_finished_run_is_held_against_the_committed_one(repro):
    """In the same clone all is the same; a verdict that is another one there is named, and is the exit status."""
    identity = ("-c", "user.name=likeness", "-c", "user.email=likeness@example.org")
    assert repro.call("likeness", "verify").returncode == 1  # nothing of a run is committed yet
    repro.run("git", "add", "-A")
    repro.run("git", *identity, "commit", "-q", "-m", "a run")
    told = repro.run("likeness", "verify", "--export", "mine.json")
    assert "same bytes" in told
    assert re.search(r"verdicts      (\d+) of \1 are the same", told)
    record = json.loads((repro.folder / "mine.json").read_text())
    assert set(record["verdicts"]) == {"pose", "likability", "faces"}
    topic, rows = next((topic, rows) for topic, rows in record["verdicts"]["pose"].items() if "networks" in topic)
    rows[next(iter(rows))] = "another verdict"
    (repro.folder / "theirs.json").write_text(json.dumps(record))
    found = repro.call("likeness", "verify", "--against", "theirs.json")
    assert (found.returncode, found.stderr) == (1, "")
    assert f"pose: {topic}: " in found.stdout


def test_another_clone_in_another_environment_gives_the_same_bytes(repro, elsewhere):
    """From nothing kept: every output is a function of its inputs alone."""
    other, process = elsewhere
    assert process.wait(timeout=1500) == 0, other.log.read_text()[-4000:]
    assert (other.folder / "dvc.lock").read_text() == (repro.folder / "dvc.lock").read_text()
