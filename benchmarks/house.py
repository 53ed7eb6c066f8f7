"""How big the house is: files and lines by package, and how many files each notebook makes a reader follow.

    python benchmarks/house.py

A notebook's files are those of its import closure in `likeness`, packages' empty __init__ files left out: what an
engineer opens who follows every call of the page.
"""

import ast
from pathlib import Path

from likeness.fingerprint import file_of, notebook_code, reached, read_code

ROOT = Path(__file__).resolve().parents[1]


def followed(code: bytes) -> set[Path]:
    """Return the files with statements that code leads to."""
    names = read_code(code).imports
    found = {name for each in reached(names).values() for name in each.imports} | {*names}
    files = {file for name in found if (file := file_of(name))}
    return {file for file in files if len(ast.parse(file.read_text()).body) > 1}


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
