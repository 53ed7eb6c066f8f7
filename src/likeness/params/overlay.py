"""Set several keys of params.yaml at once, from a small YAML file."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from likeness import paths
from likeness.params import STAGES, ParamsError, load_machine, load_section, read_params


def apply_overlay(root: Path, overlay: Path) -> list[tuple[str, Any, Any]]:
    """Set the overlay's keys in params.yaml.

    The result is validated before a byte is written; comments and the order of keys stay.
    Returns (key, old value, new value) of every key that changed. Raises ParamsError for unknown
    keys and impossible values.
    """
    read_params(root / "params.yaml")  # says in one line what is wrong with it
    yaml = YAML()  # the round-trip parser keeps comments
    yaml.width = 120
    yaml.preserve_quotes = True  # of the keys that stay as they are
    tree = yaml.load((root / "params.yaml").read_text(encoding="utf-8"))
    changes = list(_merge(tree, read_params(overlay), str(overlay)))
    load_machine(tree, source=str(overlay))
    for stage in STAGES.values():
        load_section(tree, stage, source=str(overlay))
    text = io.StringIO()
    yaml.dump(tree, text)
    paths.write_text(text.getvalue(), root / "params.yaml")
    return changes


def _merge(tree: Any, new: Mapping[str, Any], source: str, prefix: str = "") -> Any:
    for key, value in new.items():
        name = f"{prefix}{key}"
        if key not in tree:
            raise ParamsError(f"{source}: {name}: unknown key; known keys are {', '.join(tree)}")
        if isinstance(value, Mapping) != isinstance(tree[key], Mapping):
            wanted = "a section with keys" if isinstance(tree[key], Mapping) else "a single value"
            raise ParamsError(f"{source}: {name}: is {value!r}, but must be {wanted}")
        if isinstance(value, Mapping):
            yield from _merge(tree[key], value, source, f"{name}.")
        elif tree[key] != value:
            yield name, tree[key], value
            tree[key] = value
