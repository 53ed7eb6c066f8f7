"""The cell tagged `parameters` of a notebook: the values of params.yaml again, so that it runs as it stands."""

import ast
import io
import json
import tokenize
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from likeness import paths
from likeness.params.load import ParamsError, load_parameters
from likeness.params.stages import STAGES, Stage


def notebook_path(root: Path, stage: Stage) -> Path:
    """Return notebooks/<study>/<stage>.ipynb."""
    return root / "notebooks" / stage.study / f"{stage.name}.ipynb"


def read_parameters(notebook: Path) -> dict[str, Any]:
    """Return the names and literal values of the notebook's cell tagged `parameters`.

    Raises ParamsError where the file is no notebook, or the cell holds anything but `name = literal` lines.
    """
    source = "".join(_tagged_cell(_content(notebook), notebook)["source"])
    try:
        return dict(_assigned(statement) for statement in ast.parse(source).body)
    except (SyntaxError, ValueError) as error:
        raise ParamsError(
            f"{notebook}: the parameters cell may hold lines `name = literal value` only: {error}"
        ) from None


def sync_parameters(root: Path, values: Mapping[str, Any]) -> None:
    """Copy the values of the parsed params.yaml into the notebooks' parameters cells; names must agree already."""
    for stage in STAGES.values():
        if stage.notebook:
            section = load_parameters(values, stage)
            path = notebook_path(root, stage)
            current = read_parameters(path)
            if any((type(current.get(key)), current.get(key)) != (type(new), new) for key, new in section.items()):
                _write_parameters(path, section)


def _content(notebook: Path) -> dict[str, Any]:
    try:
        return json.loads(notebook.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ParamsError(f"{notebook}: not a notebook (JSON): {error}") from None


def _assigned(statement: ast.stmt) -> tuple[str, Any]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name, ast.literal_eval(value)
    raise ValueError(f"line {statement.lineno} is `{ast.unparse(statement)}`")


def _tagged_cell(content: Mapping[str, Any], notebook: Path) -> dict[str, Any]:
    tagged = [cell for cell in content["cells"] if "parameters" in cell["metadata"].get("tags", [])]
    if len(tagged) != 1:
        raise ParamsError(f"{notebook}: has {len(tagged)} cells tagged `parameters`; there must be exactly one")
    return tagged[0]


def _write_parameters(notebook: Path, section: Mapping[str, Any]) -> None:
    content = _content(notebook)
    cell = _tagged_cell(content, notebook)
    lines = "".join(cell["source"]).splitlines(keepends=True)
    cell["source"] = [_assign(line, section) for line in lines]
    paths.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", notebook)


def _assign(line: str, section: Mapping[str, Any]) -> str:
    """Return `key = value  # comment` with the section's value, everything else as it was."""
    key = line.partition("=")[0].strip()
    if key not in section:
        return line
    tokens = tokenize.generate_tokens(io.StringIO(line).readline)  # a value may hold a # of its own
    comment = "".join(f"  {token.string}" for token in tokens if token.type == tokenize.COMMENT)
    value = json.dumps(section[key], ensure_ascii=False) if isinstance(section[key], str) else repr(section[key])
    return f"{key} = {value}{comment}" + ("\n" if line.endswith("\n") else "")
