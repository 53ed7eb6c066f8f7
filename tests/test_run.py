"""A toy notebook of three cells, run as a stage: typed values in, a page out, and no page without all its cells."""

import json
import platform
from ast import literal_eval
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import Field

from likeness import run
from likeness.params.load import ParamsError
from likeness.params.section import Section
from likeness.params.shared import Engine
from likeness.params.stages import STAGES, Stage
from likeness.repeatable import AVX2, PINNED, SWITCH, X86
from likeness.run import NotebookFailed, run_stage

PARAMS = "engine: spark\nspark:\n  master: local[2]\ntoy:\n  cells:\n    flag: true\n    rate: 1e-5\n    count: 3\n    word: no\n    divisor: 2\n"
PIPELINE = "stages:\n  toy-cells:\n    matrix:\n      tune: [last, full]\n"
SEEN = (
    "print([(type(value).__name__, value) for value in (flag, rate, count, word, tune, engine, spark_master)])\n"
    "import os; print(os.environ['OMP_NUM_THREADS'])\n"
)


class Knobs(Section):
    flag: bool
    rate: float
    count: int
    word: str
    divisor: Annotated[int, Field(ge=0)]


class Variant(Section):
    tune: Literal["last", "full"]


def code(number: int, source: str, **metadata: object) -> dict:
    lines = source.splitlines(keepends=True)
    return {"cell_type": "code", "id": f"cell-{number:02d}", "metadata": metadata, "source": lines, "outputs": [],
            "execution_count": None}  # fmt: skip


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with one notebook, whose own parameters differ from those of params.yaml."""
    (tmp_path / "params.yaml").write_text(PARAMS)
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    own = 'tune = "full"\nflag = False\nrate = 0.5\ncount = 0\nword = "yes"\ndivisor = 1\nengine = "local"\nspark_master = "local"'
    title = {"cell_type": "markdown", "id": "cell-00", "metadata": {}, "source": ["# What is half of one?"]}
    cells = [title, code(1, own, tags=["parameters"]), code(2, SEEN + "1 / divisor")]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = tmp_path / "notebooks" / "toy" / "cells.ipynb"
    notebook.parent.mkdir(parents=True)
    notebook.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(STAGES, "toy-cells", Stage("toy", "cells", Knobs, Variant, shared=Engine))
    for name in (*PINNED, SWITCH, "IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, "")  # so that it is put back afterwards
        monkeypatch.delenv(name)
    return tmp_path


def pages(repository) -> list[str]:
    return sorted(path.name for path in (repository / "reports" / "toy").iterdir())


def test_two_runs_with_typed_values_give_the_same_page(repository):
    partial = repository / "reports" / "toy" / "cells-last.failed.html"
    partial.parent.mkdir(parents=True)
    partial.write_text("from an earlier run")
    page = run_stage("toy-cells", {"tune": "last"})
    assert page == repository / "reports" / "toy" / "cells-last.html"
    assert pages(repository) == ["cells-last.html"]  # the page of the earlier failure is gone
    first = page.read_bytes()
    assert "<h1" in first.decode()
    assert "What is half of one?" in first.decode()

    executed = json.loads((repository / ".likeness" / "executed" / "toy-cells-last.ipynb").read_text())
    shown, value = executed["cells"][-1]["outputs"]
    typed = [
        ("bool", True),
        ("float", 1e-5),
        ("int", 3),
        ("str", "no"),
        ("str", "last"),
        ("str", "spark"),
        ("str", "local[2]"),
    ]
    assert "".join(shown["text"]) == f"{typed}\n1\n"
    assert "".join(value["data"]["text/plain"]) == "0.5"

    run_stage("toy-cells", {"tune": "last"})
    assert page.read_bytes() == first
    assert str(repository).encode() not in first


@pytest.mark.skipif(platform.machine() not in X86, reason="AVX2 is pinned on x86-64 only")
@pytest.mark.parametrize(("precision", "pinned"), [("32", "avx2"), ("bf16", None)])
def test_bfloat16_is_computed_with_all_instructions_whoever_started_the_run(repository, monkeypatch, precision, pinned):
    """In a terminal of `likeness lab` the variables are there already; what the user set stays."""
    for name, value in (AVX2 | {"OPENBLAS_CORETYPE": "Zen"}).items():
        monkeypatch.setenv(name, value)
    given = run.load_parameters
    monkeypatch.setattr(run, "load_parameters", lambda *read: given(*read) | {"precision": precision})
    asked = "import os\n[os.environ.get(name) for name in ('ATEN_CPU_CAPABILITY', 'MKL_CBWR', 'OPENBLAS_CORETYPE')]"
    notebook = repository / "notebooks/toy/cells.ipynb"
    content = json.loads(notebook.read_text())
    content["cells"].append(code(3, asked))
    notebook.write_text(json.dumps(content))
    run_stage("toy-cells", {"tune": "last"})
    executed = json.loads((repository / ".likeness/executed/toy-cells-last.ipynb").read_text())  # and keeps its name
    told = "".join(executed["cells"][-1]["outputs"][0]["data"]["text/plain"])
    assert literal_eval(told) == [pinned, pinned and "COMPATIBLE", "Zen"]


WHERE = (
    "import os; from ipykernel.kernelapp import IPKernelApp; app = IPKernelApp.instance()\n"
    "folder = os.path.dirname(app.ip)\nprint(app.transport, folder, oct(os.stat(folder).st_mode & 0o777))\n"
)


def test_each_run_has_sockets_of_its_own_that_nobody_else_can_open(repository):
    """Two runs that started at once would take the same free name or port, and talk to each other's kernel."""
    notebook = repository / "notebooks" / "toy" / "cells.ipynb"
    cells = json.loads(notebook.read_text())
    cells["cells"][-1]["source"] = WHERE
    notebook.write_text(json.dumps(cells))
    before = {path.name for path in repository.iterdir()} | {"reports", ".likeness"}
    folders = []
    for _ in range(2):
        run_stage("toy-cells", {"tune": "last"})
        executed = json.loads((repository / ".likeness" / "executed" / "toy-cells-last.ipynb").read_text())
        transport, folder, mode = "".join(executed["cells"][-1]["outputs"][0]["text"]).split()
        assert (transport, mode) == ("ipc", "0o700")
        assert not Path(folder).exists()  # gone with the run
        folders.append(folder)
    assert folders[0] != folders[1]
    assert {path.name for path in repository.iterdir()} == before


def test_a_failing_cell_is_named_and_the_old_page_stays(repository):
    page = repository / "reports" / "toy" / "cells-full.html"
    page.parent.mkdir(parents=True)
    page.write_text("the old page")
    (repository / "params.yaml").write_text(PARAMS.replace("divisor: 2", "divisor: 0"))
    with pytest.raises(NotebookFailed) as caught:
        run_stage("toy-cells", {"tune": "full"})
    assert str(caught.value) == (
        "notebooks/toy/cells.ipynb: cell 3 raised ZeroDivisionError: division by zero; "
        "read reports/toy/cells-full.failed.html"
    )
    assert page.read_text() == "the old page"
    assert pages(repository) == ["cells-full.failed.html", "cells-full.html"]
    partial = (repository / "reports" / "toy" / "cells-full.failed.html").read_text()
    assert "ZeroDivisionError" in partial
    assert 'id="cell-3"' in partial  # the number in the message is the one on the page
    assert "float&#39;, 1e-05" in partial  # what was printed before
    assert str(repository) not in partial


@pytest.mark.parametrize(
    ("params", "choices", "message"),
    [
        (PARAMS.replace("count: 3", "count: many"), {"tune": "last"}, r"toy\.cells\.count: is 'many'"),
        (PARAMS, {"tune": "half"}, r"tune: is 'half'"),
        (PARAMS, {}, r"tune: missing"),
    ],
)
def test_nothing_runs_with_a_bad_value(repository, params, choices, message):
    (repository / "params.yaml").write_text(params)
    with pytest.raises(ParamsError, match=message):
        run_stage("toy-cells", choices)
    assert not (repository / "reports").exists()
    assert not (repository / ".likeness").exists()
