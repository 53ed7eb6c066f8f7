"""What a command or a notebook imports before it works: each heavy library costs every run seconds."""

import ast
import json
import subprocess
import sys

import pytest

from likeness import paths

HEAVY = {"torch", "torchvision", "lightning", "sklearn", "scipy", "pandas", "matplotlib", "nbconvert", "rfc3987_syntax"}
NO_NETWORK = ["pose/prepare", "likability/prepare", "likability/classify", "faces/prepare", "faces/index"]


def imported(code):
    """Return which modules a new interpreter has imported after `code`."""
    shown = f"{code}\nimport sys, json\nprint(json.dumps([name for name, module in sys.modules.items() if module]))"
    done = subprocess.run([sys.executable, "-c", shown], capture_output=True, text=True, check=True, cwd=paths.root())
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_a_command_starts_without_heavy_libraries():
    assert HEAVY & imported("from likeness.cli import main") == set()


def test_a_command_that_fails_in_one_line_imports_no_more():
    code = "import sys\nfrom likeness.cli import main\ntry: main(['run', 'pose-prepar'])\nexcept SystemExit as end: assert end.code == 1"
    assert HEAVY & imported(code) == set()
    assert "rfc3987_syntax" not in imported(f"{code}\nimport nbformat")  # as the command does that runs a notebook


@pytest.mark.parametrize("name", NO_NETWORK)
def test_a_notebook_without_a_network_imports_no_torch(name):
    cells = json.loads((paths.root() / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]
    trees = [ast.parse("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
    statements = [each for tree in trees for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    code = "\n".join(map(ast.unparse, statements))
    assert "likeness" in code
    assert {"torch", "torchvision"} & imported(code) == set()
