"""Write the README's tables of results from the committed scores.json of each study: `python benchmarks/readme.py`.

A table stands between `<!-- results: NAME -->` and `<!-- end -->`; what stands there now is replaced. A test holds the
README against what this would write, so that no number there can be older than the results.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
REGION = re.compile(r"(<!-- results: (\w+) -->\n).*?(<!-- end -->)", re.S)
TRAINED, RANDOM = "tf_efficientnet_lite0@bundled", "tf_efficientnet_lite0@none"


class Cell(NamedTuple):
    """Where a number stands in scores.json."""

    split: str
    model: str
    metric: str


class Table(NamedTuple):
    """rows: {what a row is called: a cell a column}. columns: their headings, that of the row's name first."""

    study: str
    columns: tuple[str, ...]
    rows: Mapping[str, tuple[Cell, ...]]


def _both(model: str, metric: str, naive: str) -> tuple[Cell, Cell]:
    return Cell(naive, model, metric), Cell("test", model, metric)


def _pose(model: str) -> tuple[Cell, Cell]:
    return _both(model, "accuracy", "naive-val")


def _posts(model: str) -> tuple[Cell, Cell]:
    return _both(model, "auc", "naive-test")


def _faces(model: str) -> tuple[Cell, Cell]:
    return Cell("test", model, "identity mAP"), Cell("test", model, "artist mAP")


TABLES = {
    "pose": Table(
        "pose",
        ("accuracy", "pairs at random", "unseen sites"),
        {
            "siamese, last layers, photo": _pose("last-photo"),
            "siamese, last layers, photo + skeleton": _pose("last-photo+skeleton"),
            "siamese, all layers, photo": _pose("full-photo"),
            "siamese, all layers, photo + skeleton": _pose("full-photo+skeleton"),
            "place x pose: joint distance and background": _pose("place x pose"),
        },
    ),
    "likability": Table(
        "likability",
        ("AUC", "posts at random", "unseen accounts"),
        {
            "metadata, boosting": _posts("metadata, boosting"),
            "metadata, larger trees": _posts("metadata, large boosting"),
            "photo, linear SVM": _posts("pool, SVM"),
            "photo, colour and metadata": _posts("pool + colour + metadata, boosting"),
            "fusion network": _posts("fusion"),
        },
    ),
    "faces": Table(
        "faces",
        ("mean average precision", "the same person", "the same painter"),
        {
            f"{view}, {seen}": _faces(f"{network}, {name}")
            for view, name in (("whole picture", "general"), ("face", "face"), ("both in one vector", "combined"))
            for seen, network in (("trained", TRAINED), ("random", RANDOM))
        },
    ),
}


def show(leaf: Mapping[str, float | None]) -> str:
    """Return a value with its interval, as in `0.80 (0.70–0.90)`.

    >>> show({"value": 0.8, "low": 0.7, "high": 0.9, "n": 40})
    '0.80 (0.70–0.90)'
    """
    if leaf["low"] is None:
        return f"{leaf['value']:.2f}"
    return f"{leaf['value']:.2f} ({leaf['low']:.2f}–{leaf['high']:.2f})"


def markdown(table: Table, scores: Mapping[str, Mapping[str, Mapping[str, Mapping[str, float | None]]]]) -> str:
    """Return a table in Markdown. scores: split > model > metric > leaf. Raises KeyError for one that isn't there."""
    lines = [f"| {' | '.join(table.columns)} |", f"|{' --- |' * len(table.columns)}"]
    for name, cells in table.rows.items():
        values = [show(scores[cell.split][cell.model][cell.metric]) for cell in cells]
        lines.append(f"| {' | '.join([name, *values])} |")
    return "\n".join(lines) + "\n"


def renew(text: str, root: Path) -> str:
    """Return the README's text with every table written anew from reports/<study>/scores.json below `root`."""

    def write(match: re.Match[str]) -> str:
        table = TABLES[match[2]]
        scores = json.loads((root / "reports" / table.study / "scores.json").read_text(encoding="utf-8"))
        return f"{match[1]}{markdown(table, scores)}{match[3]}"

    return REGION.sub(write, text)


if __name__ == "__main__":
    readme = ROOT / "README.md"
    readme.write_text(renew(readme.read_text(encoding="utf-8"), ROOT), encoding="utf-8")
