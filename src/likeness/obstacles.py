"""What in a user's folder stops DVC, and with it all studies: found before DVC is asked."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from likeness.errors import UserError
from likeness.params import STUDIES, read_params
from likeness.params.matrix import read_pipeline


def obstacles(root: Path) -> dict[str, str]:
    """Return {study: what in a folder that one of its stages depends on stops DVC, in one line, or ""}.

    DVC gives up, for all studies, at a link to nowhere and at a name that is not UTF-8.
    """
    known: dict[str, str] = {}
    found: dict[str, str] = {}
    for study, needs, _ in _stages(root):
        found.setdefault(study, "")
        for folder in needs:
            if folder not in known:
                known[folder] = _obstacle(root / folder)
            found[study] = found[study] or known[folder]
    return found


def unknown_to_dvc(root: Path, study: str) -> list[str]:
    """Return the folders that stages of a study depend on, are not there, and that no stage and no `dvc add` makes."""
    stages = [(needs, makes) for each, needs, makes in _stages(root) if each == study]
    made = [Path(path) for _, makes in stages for path in makes]
    missing = []
    for folder in dict.fromkeys(folder for needs, _ in stages for folder in needs):
        place = Path(folder)
        is_made = any(place.is_relative_to(path) or path.is_relative_to(place) for path in made)
        is_added = any(Path(f"{root / part}.dvc").is_file() for part in (place, *place.parents))
        if not ((root / folder).exists() or is_made or is_added):
            missing.append(folder)
    return missing


def _stages(root: Path) -> Iterator[tuple[str, list[str], list[str]]]:
    """Yield (study, what it depends on, what it makes) of each stage of a study; parameters in paths filled in."""
    try:
        stages, values = read_pipeline(root), read_params(root / "params.yaml")
    except (OSError, UserError):
        return  # DVC says what is wrong with them
    for name, stage in stages.items():
        study = name.removeprefix("demo-").partition("-")[0]
        if study in STUDIES:
            needs, makes = ((stage or {}).get(key) or () for key in ("deps", "outs"))
            outs = [next(iter(each)) if isinstance(each, dict) else each for each in makes]
            yield study, [_filled(path, values) for path in needs], [_filled(path, values) for path in outs]


def _filled(path: Any, values: Any) -> str:
    return re.sub(r"\$\{([\w.]+)\}", lambda key: str(_value(values, key[1])), str(path))


def _value(values: Any, key: str) -> Any:
    for part in key.split("."):
        values = values.get(part) if isinstance(values, dict) else None
    return values


def _obstacle(folder: Path) -> str:
    """Name the first file below a folder that DVC cannot read, and say what to do; "" if there is none."""
    for parent, folders, names in os.walk(folder):
        for name in sorted((*folders, *names)):
            written = os.fsencode(name).decode("utf-8", "backslashreplace")
            path = Path(parent) / name
            if written != name:
                return f"{Path(parent) / written}: the name is not UTF-8; rename it"
            if path.is_symlink() and not os.path.exists(path):  # noqa: PTH110 (Path.exists raises for a loop)
                return f"{path}: a link to {path.readlink()}, which leads nowhere; mend or remove it"
    return ""
