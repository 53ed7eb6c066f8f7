"""The notebooks' kernel: whoever starts it, the settings hold, and the user's own are kept."""

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from likeness import kernel
from likeness.repeatable import AVX2, DETERMINISTIC, ONE_THREAD, X86

ASK = "import json, os; print(json.dumps(dict(os.environ)))"


def environment_in_a_notebook(tmp_path: Path, **variables: str) -> dict[str, str]:
    """Return what a notebook that names our kernel finds, executed by plain Jupyter."""
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": ASK, "outputs": [], "execution_count": None}
    spec = {"kernelspec": {"name": kernel.NAME, "display_name": kernel.NAME, "language": "python"}}
    notebook = tmp_path / "ask.ipynb"
    notebook.write_text(json.dumps({"cells": [cell], "metadata": spec, "nbformat": 4, "nbformat_minor": 5}))
    own = {name: value for name, value in os.environ.items() if name not in {**AVX2, **ONE_THREAD, **DETERMINISTIC}}
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "notebook", "--execute", "--stdout", str(notebook)]
    path = f"{Path(sys.executable).parent}{os.pathsep}{own['PATH']}"
    done = subprocess.run(command, env=own | {"PATH": path} | variables, capture_output=True, text=True, check=True)
    return json.loads(json.loads(done.stdout)["cells"][0]["outputs"][0]["text"][0])


@pytest.mark.skipif(platform.machine() not in X86, reason="AVX2 is pinned on x86-64 only")
def test_plain_jupyter_computes_with_the_settings_of_a_run(tmp_path):
    found = environment_in_a_notebook(tmp_path, OPENBLAS_CORETYPE="Zen", PYTHONHASHSEED="5")
    assert found.items() >= (AVX2 | ONE_THREAD | DETERMINISTIC | {"OPENBLAS_CORETYPE": "Zen"}).items()


def test_all_instructions_on_demand(tmp_path):
    assert not set(AVX2) & set(environment_in_a_notebook(tmp_path, LIKENESS_PROCESSOR="native"))


def test_every_notebook_names_the_kernel_that_is_installed():
    spec = Path(sys.prefix, "share/jupyter/kernels", kernel.NAME, "kernel.json")
    assert json.loads(spec.read_text())["argv"][1:3] == ["-m", "likeness.kernel"]
