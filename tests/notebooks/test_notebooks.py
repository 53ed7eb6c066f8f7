"""Every notebook reads like a page: short cells, as much prose as code, a question first and its limits last."""

import ast
import json

import pytest

from likeness import kernel, paths

FOLDER = paths.root() / "notebooks"
NOTEBOOKS = {path.relative_to(FOLDER).as_posix(): path for path in sorted(FOLDER.rglob("*.ipynb"))}
LONGEST_CELL, LONGEST_IMPORTS, WIDEST_LINE = 8, 15, 100
LOOPS_AND_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.While)


def complaints(notebook: dict) -> list[str]:
    """Return one line per rule that the notebook breaks."""
    cells = notebook["cells"]
    prose = [cell for cell in cells if cell["cell_type"] == "markdown"]
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
    story = len(cells) - 2 * len(tagged)  # without the parameters, and the cell that reads params.yaml
    found = []
    if not 10 <= story <= 25:
        found.append(f"{story} cells")
    if not 0.4 <= len(prose) / story <= 0.6:
        found.append(f"{len(prose)} of {story} cells are prose")
    if len(tagged) != 1:
        found.append(f"{len(tagged)} parameters cells")
    if [cell["id"] for cell in cells] != [f"cell-{number:02d}" for number in range(len(cells))]:
        found.append("ids are not numbered")
    if notebook["metadata"]["kernelspec"]["name"] != kernel.NAME:
        found.append("kernelspec is not likeness")
    if not (first_line(cells[0]).startswith("# ") and first_line(cells[0]).endswith("?")):
        found.append("does not open with a question")
    if first_line(cells[-1]) != "## Limits":
        found.append("does not end with its limits")
    return found + [f"{cell['id']}: {fault}" for cell in cells for fault in faults(cell, cell in tagged)]


def first_line(cell: dict) -> str:
    return "".join(cell["source"]).partition("\n")[0]


def faults(cell: dict, parameters: bool) -> list[str]:
    """Return what is wrong with one cell; the parameters cell may be as long and wide as its section."""
    if cell["cell_type"] == "markdown":
        return []
    lines = "".join(cell["source"]).split("\n")
    found = ["outputs are kept"] if cell["outputs"] or cell["execution_count"] is not None else []
    if any(line.lstrip().startswith(("!", "%")) for line in lines):
        return [*found, "holds a magic"]
    nodes = list(ast.walk(ast.parse("\n".join(lines))))
    found += [f"holds a {type(node).__name__}" for node in nodes if isinstance(node, LOOPS_AND_DEFINITIONS)]
    if not parameters and len(lines) > (LONGEST_IMPORTS if imports(nodes[0]) else LONGEST_CELL):
        found.append(f"{len(lines)} lines")
    if not parameters:
        found += [f"a line of {len(line)} characters" for line in lines if len(line) > WIDEST_LINE]
    return found


def imports(cell: ast.Module) -> bool:
    """Say whether a cell does nothing but import, set the style and name where things lie."""
    kinds = [type(node) for node in cell.body]
    calls = [ast.unparse(node) for node in cell.body if isinstance(node, ast.Expr)]
    is_plain = {*kinds} <= {ast.Import, ast.ImportFrom, ast.Assign, ast.Expr}
    return kinds[0] in (ast.Import, ast.ImportFrom) and is_plain and all(c.endswith("use_style()") for c in calls)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_keeps_every_rule(name):
    assert complaints(json.loads(NOTEBOOKS[name].read_text(encoding="utf-8"))) == []


def test_there_are_notebooks_to_hold_to_the_rules():
    stages = {(study, name) for study in ("pose", "likability", "faces") for name in ("prepare", "features", "report")}
    assert {f"{study}/{name}.ipynb" for study, name in stages} <= set(NOTEBOOKS)


def source(number: int, text: str) -> dict:
    return {"cell_type": "code", "id": f"cell-{number:02d}", "metadata": {}, "source": text.splitlines(keepends=True),
            "outputs": [], "execution_count": None}  # fmt: skip


@pytest.fixture
def notebook() -> dict:
    """Fourteen cells, half of them prose, that keep every rule."""
    cells = [source(number, "x = 1") for number in range(14)]
    for cell in [cells[0], *cells[4::2]]:
        cell.update(cell_type="markdown", source=["Some prose."])
    cells[0]["source"], cells[1]["metadata"] = ["# Why?\n", "\n", "So."], {"tags": ["parameters"]}
    cells[13].update(cell_type="markdown", source=["## Limits\n", "None."])
    return {"cells": cells, "metadata": {"kernelspec": {"name": kernel.NAME}}}


def test_the_sample_keeps_every_rule(notebook):
    assert complaints(notebook) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("def f():\n    pass", "holds a FunctionDef"),
        ("class A:\n    pass", "holds a ClassDef"),
        ("f = lambda: 1", "holds a Lambda"),
        ("while False:\n    pass", "holds a While"),
        ("!ls", "holds a magic"),
        ("  %time x = 1", "holds a magic"),
        ("x = 1\n" * 8 + "x = 2", "9 lines"),
        ("import x\n" * 15 + "style.use_style()", "16 lines"),
        ("import x\n" * 8 + "x.draw()", "9 lines"),
        (f"x = '{'a' * 95}'", "a line of 101 characters"),
    ],
)
def test_a_planted_fault_is_named(notebook, text, fault):
    notebook["cells"][3] = source(3, text)
    assert complaints(notebook) == [f"cell-03: {fault}"]


@pytest.mark.parametrize("text", ["\n".join([f"x = '{'a' * 94}'"] * 8), "import x\n" * 13 + "use_style()\nx = 1"])
def test_eight_lines_of_100_characters_and_fifteen_of_imports_are_still_fine(notebook, text):
    notebook["cells"][3] = source(3, text)
    assert complaints(notebook) == []


def test_faults_of_the_whole_notebook_are_named(notebook):
    cells = notebook["cells"]
    cells[0]["source"], cells[13]["source"], cells[1]["metadata"] = ["# Because."], ["Limits"], {}
    cells[2]["id"], notebook["metadata"]["kernelspec"]["name"] = "a1b2", "python3"
    cells[3]["outputs"] = [{"output_type": "stream"}]
    assert complaints(notebook) == [
        "0 parameters cells",
        "ids are not numbered",
        "kernelspec is not likeness",
        "does not open with a question",
        "does not end with its limits",
        "cell-03: outputs are kept",
    ]
    del cells[4:9], cells[3]["outputs"][0]
    assert "9 cells" in complaints(notebook)
    for cell in cells:
        cell["cell_type"] = "markdown"
    assert "9 of 9 cells are prose" in complaints(notebook)
