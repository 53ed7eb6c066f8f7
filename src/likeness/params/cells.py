"""The cell tagged `parameters` of a notebook: the values of params.yaml again, so that it runs as it stands."""

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from likeness import paths
from likeness.params.load import ParamsError, load_section
from likeness.params.stages import STAGES, Stage


def notebook_path(root: Path, stage: Stage) -> Path:
    """Return notebooks/<study>/<stage>.ipynb."""
    return root / "notebooks" / stage.study / f"{stage.name}.ipynb"


def read_parameters(notebook: Path) -> dict[str, Any]:
    """Return the names and literal values of the notebook's cell tagged `parameters`."""
    cell = _tagged_cell(json.loads(notebook.read_text(encoding="utf-8")), notebook)
    tree = ast.parse("".join(cell["source"]))
    return {node.targets[0].id: ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign)}


def sync_parameters(root: Path, values: Mapping[str, Any]) -> None:
    """Copy the values of the parsed params.yaml into the notebooks' parameters cells; names must agree already."""
    for stage in STAGES.values():
        if stage.notebook:
            section = load_section(values, stage).model_dump()
            path = notebook_path(root, stage)
            current = read_parameters(path)
            if any((type(current.get(key)), current.get(key)) != (type(new), new) for key, new in section.items()):
                _write_parameters(path, section)


def _tagged_cell(content: Mapping[str, Any], notebook: Path) -> dict[str, Any]:
    tagged = [cell for cell in content["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise ParamsError(f"{notebook}: has {len(tagged)} cells tagged `parameters`; there must be exactly one")
    return tagged[0]


def _write_parameters(notebook: Path, section: Mapping[str, Any]) -> None:
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cell = _tagged_cell(content, notebook)
    lines = "".join(cell["source"]).splitlines(keepends=True)
    cell["source"] = [_assign(line, section) for line in lines]
    paths.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", notebook)


def _assign(line: str, section: Mapping[str, Any]) -> str:
    """Return `key = value  # comment` with the section's value, everything else as it was."""
    key = line.partition("=")[0].strip()
    if key not in section:
        return line
    _, sign, comment = line.rstrip("\n").partition("  # ")
    value = json.dumps(section[key], ensure_ascii=False) if isinstance(section[key], str) else repr(section[key])
    return f"{key} = {value}{sign}{comment}" + ("\n" if line.endswith("\n") else "")
