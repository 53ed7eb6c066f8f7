"""What in a user's folder stops DVC, and with it all studies: found before DVC is asked."""

import os
import re
from pathlib import Path
from typing import Any

from likeness.errors import UserError
from likeness.params import STUDIES, read_params
from likeness.params.matrix import read_pipeline


def obstacles(root: Path) -> dict[str, str]:
    """Return {study: what in a folder that one of its stages depends on stops DVC, in one line, or ""}.

    DVC gives up, for all studies, at a link to nowhere and at a name that is not UTF-8.
    """
    try:
        stages, values = read_pipeline(root), read_params(root / "params.yaml")
    except (OSError, UserError):
        return {}  # DVC says what is wrong with them
    found: dict[str, str] = {}
    known: dict[str, str] = {}
    for name, stage in stages.items():
        study = name.removeprefix("demo-").partition("-")[0]
        if study not in STUDIES:
            continue
        found.setdefault(study, "")
        for dependency in (stage or {}).get("deps") or ():
            folder = re.sub(r"\$\{([\w.]+)\}", lambda key: str(_value(values, key[1])), str(dependency))
            if folder not in known:
                known[folder] = _obstacle(root / folder)
            found[study] = found[study] or known[folder]
    return found


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
