"""Set several keys of params.yaml at once, from a small YAML file."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from likeness import paths
from likeness.params.load import ParamsError, load_section, read_params
from likeness.params.stages import STAGES


def apply_overlay(root: Path, overlay: Path) -> list[tuple[str, Any, Any]]:
    """Set the overlay's keys in params.yaml and in the notebooks' parameters cells.

    The result is validated before a byte is written; comments and the order of keys stay.
    Returns (key, old value, new value) of every key that changed. Raises ParamsError for unknown
    keys and impossible values.
    """
    yaml = YAML()  # the round-trip parser keeps comments
    yaml.width = 120
    tree = yaml.load((root / "params.yaml").read_text(encoding="utf-8"))
    changes = list(_merge(tree, read_params(overlay), str(overlay)))
    for stage in STAGES.values():
        load_section(tree, stage, source=str(overlay))
    text = io.StringIO()
    yaml.dump(tree, text)
    paths.write_text(text.getvalue(), root / "params.yaml")
    for stage in (stage for stage in STAGES.values() if stage.notebook):
        _write_parameters(root / "notebooks" / stage.study / f"{stage.name}.ipynb", stage.section, changes)
    return changes


def _merge(tree: Any, new: Mapping[str, Any], source: str, prefix: str = "") -> Any:
    for key, value in new.items():
        name = f"{prefix}{key}"
        if key not in tree:
            raise ParamsError(f"{source}: {name}: unknown key; known keys are {', '.join(tree)}")
        if isinstance(value, Mapping):
            yield from _merge(tree[key], value, source, f"{name}.")
        elif tree[key] != value:
            yield name, tree[key], value
            tree[key] = value


def _write_parameters(notebook: Path, section: str, changes: list[tuple[str, Any, Any]]) -> None:
    """Repeat the changed values in the cell tagged `parameters`, so that the notebook runs as it stands."""
    new = {name.removeprefix(f"{section}."): value for name, _, value in changes if name.startswith(f"{section}.")}
    if not new:
        return
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cell = next(cell for cell in content["cells"] if "parameters" in cell["metadata"].get("tags", []))
    cell["source"] = [_assign(line, new) for line in cell["source"]]
    paths.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", notebook)


def _assign(line: str, new: Mapping[str, Any]) -> str:
    key = line.partition("=")[0].strip()
    if key not in new:
        return line
    _, hash_sign, comment = line.partition("  # ")
    value = json.dumps(new[key]) if isinstance(new[key], str) else repr(new[key])
    end = "\n" if line.endswith("\n") else ""
    return f"{key} = {value}" + (f"{hash_sign}{comment}" if hash_sign else end)
