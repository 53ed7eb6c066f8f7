"""A toy notebook of three cells, run as a stage: typed values in, a page out, and no page without all its cells."""

import json
import os
import platform
import re
import tempfile
from ast import literal_eval
from pathlib import Path

import pytest
from click.testing import CliRunner

from likeness import paths, run, warm
from likeness.cli import main
from likeness.errors import UserError
from likeness.params import ParamsError
from likeness.repeatable import AVX2, PINNED, SWITCH, X86
from likeness.run import NotebookFailed, run_stage

PARAMS = (paths.root() / "params.yaml").read_text()
PIPELINE = "stages:\n  pose-finetune:\n    matrix:\n      tune: [last, full]\n      stream: [photo]\n"
LAST, FULL = ({"tune": tune, "stream": "photo"} for tune in ("last", "full"))
READ = (
    "from likeness.params import parameters\np = parameters('pose.finetune', tune=tune, stream=stream, **overrides)\n"
)
SEEN = (
    "print([(type(value).__name__, value) for value in (p.own.lr, p.own.epochs, p.model.loss, p.tune)])\n"
    "import os; print(os.environ['OMP_NUM_THREADS'])\n"
)


def code(number: int, source: str, **metadata: object) -> dict:
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "id": f"cell-{number:02d}", "metadata": metadata, "source": lines, "outputs": [],
            "execution_count": None}  # fmt: skip


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with one notebook, whose own variant is another one than the run's."""
    (tmp_path / "params.yaml").write_text(PARAMS)
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    own = 'tune = "full"\nstream = "photo"\noverrides = {}'
    title = {"cell_type": "markdown", "id": "cell-00", "metadata": {}, "source": ["# What is half of one?"]}
    cells = [title, code(1, own, tags=["parameters"]), code(2, READ + SEEN + "1 / p.seed")]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = tmp_path / "notebooks" / "pose" / "finetune.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    monkeypatch.chdir(tmp_path)
    for name in (*PINNED, SWITCH, "IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, "")  # so that it is put back afterwards
        monkeypatch.delenv(name)
    return tmp_path


def pages(repository) -> list[str]:
    return sorted(path.name for path in (repository / "reports" / "pose").iterdir())


def test_two_runs_with_typed_values_give_the_same_page(repository):
    partial = repository / "reports" / "pose" / "finetune-last-photo.failed.html"
    partial.parent.mkdir(parents=True)
    partial.write_text("from an earlier run")
    page = run_stage("pose-finetune", LAST)
    assert page == repository / "reports" / "pose" / "finetune-last-photo.html"
    assert pages(repository) == ["finetune-last-photo.html"]  # the page of the earlier failure is gone
    first = page.read_bytes()
    assert "<h1" in first.decode()
    assert "What is half of one?" in first.decode()

    executed = json.loads((repository / ".likeness" / "executed" / "pose-finetune-last-photo.ipynb").read_text())
    shown, value = executed["cells"][-1]["outputs"]
    typed = [("float", 1e-3), ("int", 4), ("str", "bce"), ("str", "last")]
    assert "".join(shown["text"]) == f"{typed}\n1\n"
    assert "".join(value["data"]["text/plain"]) == str(1 / 7)

    run_stage("pose-finetune", LAST)
    assert page.read_bytes() == first
    assert str(repository).encode() not in first


@pytest.mark.skipif(platform.machine() not in X86, reason="AVX2 is pinned on x86-64 only")
@pytest.mark.parametrize(("precision", "pinned"), [("32", "avx2"), ("bf16", None)])
def test_bfloat16_is_computed_with_all_instructions_whoever_started_the_run(repository, monkeypatch, precision, pinned):
    """In a terminal of `likeness lab` the variables are there already; what the user set stays."""
    for name, value in (AVX2 | {"OPENBLAS_CORETYPE": "Zen"}).items():
        monkeypatch.setenv(name, value)
    params = repository / "params.yaml"
    params.write_text(params.read_text().replace("precision: auto", f'precision: "{precision}"'))
    asked = "import os\n[os.environ.get(name) for name in ('ATEN_CPU_CAPABILITY', 'MKL_CBWR', 'OPENBLAS_CORETYPE')]"
    notebook = repository / "notebooks/pose/finetune.ipynb"
    content = json.loads(notebook.read_text())
    content["cells"].append(code(3, asked))
    notebook.write_text(json.dumps(content))
    run_stage("pose-finetune", LAST)
    executed = json.loads(
        (repository / ".likeness/executed/pose-finetune-last-photo.ipynb").read_text()
    )  # and keeps its name
    told = "".join(executed["cells"][-1]["outputs"][0]["data"]["text/plain"])
    assert literal_eval(told) == [pinned, pinned and "COMPATIBLE", "Zen"]


WHERE = (
    "import os; from ipykernel.kernelapp import IPKernelApp; app = IPKernelApp.instance()\n"
    "folder = os.path.dirname(app.ip)\nprint(app.transport, folder, oct(os.stat(folder).st_mode & 0o777))\n"
)


def test_each_run_has_sockets_of_its_own_that_nobody_else_can_open(repository):
    """Two runs that started at once would take the same free name or port, and talk to each other's kernel."""
    notebook = repository / "notebooks" / "pose" / "finetune.ipynb"
    cells = json.loads(notebook.read_text())
    cells["cells"][-1]["source"] = WHERE
    notebook.write_text(json.dumps(cells))
    before = {path.name for path in repository.iterdir()} | {"reports", ".likeness"}
    folders = []
    for _ in range(2):
        run_stage("pose-finetune", LAST)
        executed = json.loads((repository / ".likeness" / "executed" / "pose-finetune-last-photo.ipynb").read_text())
        transport, folder, mode = "".join(executed["cells"][-1]["outputs"][0]["text"]).split()
        assert (transport, mode) == ("ipc", "0o700")
        assert not Path(folder).exists()  # gone with the run
        folders.append(folder)
    assert folders[0] != folders[1]
    assert {path.name for path in repository.iterdir()} == before


def test_a_failing_cell_is_named_and_the_old_page_stays(repository):
    page = repository / "reports" / "pose" / "finetune-full-photo.html"
    page.parent.mkdir(parents=True)
    page.write_text("the old page")
    (repository / "params.yaml").write_text(PARAMS.replace("    seed: 7", "    seed: 0"))
    with pytest.raises(NotebookFailed) as caught:
        run_stage("pose-finetune", FULL)
    assert str(caught.value) == (
        "notebooks/pose/finetune.ipynb: cell 3 raised ZeroDivisionError: division by zero; "
        "read reports/pose/finetune-full-photo.failed.html"
    )
    assert page.read_text() == "the old page"
    assert pages(repository) == ["finetune-full-photo.failed.html", "finetune-full-photo.html"]
    partial = (repository / "reports" / "pose" / "finetune-full-photo.failed.html").read_text()
    assert "ZeroDivisionError" in partial
    assert 'id="cell-3"' in partial  # the number in the message is the one on the page
    assert "float&#39;, 0.001" in partial  # what was printed before
    assert str(repository) not in partial


@pytest.mark.parametrize(
    ("params", "choices", "message"),
    [
        (PARAMS.replace("dropout: 0.3", "dropout: many"), LAST, r"pose\.finetune\.model\.dropout: is 'many'"),
        (PARAMS, LAST | {"tune": "half"}, r"tune: is 'half'"),
        (PARAMS, {}, r"tune: missing"),
    ],
)
def test_nothing_runs_with_a_bad_value(repository, params, choices, message):
    (repository / "params.yaml").write_text(params)
    with pytest.raises(ParamsError, match=message):
        run_stage("pose-finetune", choices)
    assert not (repository / "reports").exists()
    assert not (repository / ".likeness").exists()


def rewrite(repository, *sources: str) -> None:
    """Put other cells behind the parameters of the toy notebook."""
    notebook = repository / "notebooks" / "pose" / "finetune.ipynb"
    content = json.loads(notebook.read_text())
    content["cells"][2:] = [code(number, source) for number, source in enumerate(sources, 2)]
    notebook.write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("raise MemoryError()", "MemoryError: there is not enough memory"),
        ("raise EOFError", "EOFError: it says no more"),
        ("import string\nstring.Formatter().get_value('', (), {})", r"KeyError: it says no more, in \S+/string\.py, line \d+"),
        ("raise ValueError('\\n\\n  two rows:\\n  1 and 2')", "ValueError: two rows:"),
        ("from likeness.errors import LayoutError\nraise LayoutError('dates.csv: is empty; write it again')",
         "LayoutError: dates.csv: is empty; write it again"),
    ],
)  # fmt: skip
def test_the_last_line_says_what_is_wrong_also_where_the_error_says_nothing(repository, source, told):
    rewrite(repository, source)
    ended = CliRunner().invoke(main, ["run", "pose-finetune", "--variant", "tune=last", "--variant", "stream=photo"])
    page = "reports/pose/finetune-last-photo.failed.html"
    assert re.fullmatch(rf"likeness: notebooks/pose/finetune\.ipynb: cell 3 raised {told}; read {page}\n", ended.stderr)
    assert (ended.exit_code, ended.stdout) == (1, "")


@pytest.mark.parametrize("content", ["", "<<<<<<< HEAD\n{}", "[]", '{"cells": [{"cell_type": "odd"}], "nbformat": 4}'])
def test_a_file_that_is_no_notebook_is_one_line(repository, content):
    (repository / "notebooks" / "pose" / "finetune.ipynb").write_text(content)
    with pytest.raises(UserError, match=r"^notebooks/pose/finetune\.ipynb: is no notebook; restore it") as caught:
        run_stage("pose-finetune", LAST)
    assert "\n" not in str(caught.value)


def test_a_folder_of_temporary_files_with_a_long_name_holds_no_sockets(repository, monkeypatch, tmp_path_factory):
    """A socket's path may have 107 bytes; clusters set a TMPDIR of any length."""
    long = tmp_path_factory.mktemp("tmp") / ("x" * 60) / ("é" * 30)
    long.mkdir(parents=True)
    monkeypatch.setenv("TMPDIR", str(long))
    monkeypatch.setattr(tempfile, "tempdir", None)
    rewrite(repository, WHERE + "import tempfile; print(tempfile.gettempdir())")
    run_stage("pose-finetune", LAST)
    executed = json.loads((repository / ".likeness" / "executed" / "pose-finetune-last-photo.ipynb").read_text())
    transport, folder, mode, temporary = "".join(executed["cells"][-1]["outputs"][0]["text"]).split()
    assert (transport, mode) == ("ipc", "0o700")
    assert len(os.fsencode(folder)) < 90
    assert not Path(folder).exists()
    assert temporary == str(long)  # what the stages write there still goes there


def test_without_a_short_folder_the_sockets_have_none(monkeypatch):
    monkeypatch.setattr(warm.os, "access", lambda *_: False)
    with pytest.raises(UserError, match=r"set TMPDIR to a folder of at most 76 bytes"):
        warm.short_folder()


def test_a_kernel_that_is_not_installed_is_one_line(repository, monkeypatch):
    monkeypatch.setattr(run.kernel, "NAME", "gone")
    with pytest.raises(NotebookFailed, match=r"its kernel 'gone' is not installed here; `pip install --no-deps -e \.`"):
        run_stage("pose-finetune", LAST)
