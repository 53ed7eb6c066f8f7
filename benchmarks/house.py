"""How big the house is: files and lines by package, and how many files each notebook makes a reader follow.

    python benchmarks/house.py

A notebook's files are those of its import closure in `likeness`, packages' empty __init__ files left out: what an
engineer opens who follows every call of the page.
"""

import ast
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src"


def imported(code: str) -> set[str]:
    """Return the modules that code imports, at any depth of nesting; names of packages may be among them."""
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def file_of(module: str) -> Path | None:
    """Return the file of a module of ours, None of others."""
    path = SOURCE.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def followed(code: str) -> set[Path]:
    """Return the files with statements that code leads to."""
    seen: set[Path] = set()
    waiting = imported(code)
    while waiting:
        file = file_of(waiting.pop())
        if file and file not in seen:
            seen.add(file)
            waiting |= imported(file.read_text())
    return {file for file in seen if len(ast.parse(file.read_text()).body) > 1}


def notebook_code(path: Path) -> str:
    """Return the code of a notebook's cells."""
    cells = json.loads(path.read_text())["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def main() -> None:
    """Print the two tables."""
    for top in ("src", "tests"):
        files = sorted((ROOT / top).rglob("*.py"))
        print(f"{top}: {len(files)} files, {sum(len(file.read_text().splitlines()) for file in files):,} lines")
        folders = {file.parent for file in files}
        largest = max(folders, key=lambda folder: len(list(folder.glob("*.py"))))
        print(f"  largest folder: {largest.relative_to(ROOT)}, {len(list(largest.glob('*.py')))} files")
    for path in sorted((ROOT / "notebooks").rglob("*.ipynb")):
        print(f"{path.relative_to(ROOT / 'notebooks')}: {len(followed(notebook_code(path)))} files to follow")


if __name__ == "__main__":
    main()
