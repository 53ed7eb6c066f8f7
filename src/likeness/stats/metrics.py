"""scores.json: split > model > metric, each leaf {value, low, high, n}, and runs where it is a mean over several.

metrics.json: a few of them under names of their own, {name: {value, low, high}}, which DVC shows and compares.
"""

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from likeness.paths import write_json
from likeness.stats.bootstrap import Estimate

Place = tuple[str, str, str]  # split, model, metric

DIGITS = 6  # finer digits differ between machines and say nothing


def _number(value: float | None) -> float | None:
    """Round a number for JSON; a missing bound (None or NaN) becomes None."""
    return None if value is None or math.isnan(value) else round(float(value), DIGITS)


def split_key(scheme: str, split: str) -> str:
    """Name a split in scores.json: honest splits by their own name, others as "naive-val"."""
    return split if scheme == "honest" else f"{scheme}-{split}"


class MetricsBook:
    """Collects estimates and writes them sorted, so that the same numbers give the same bytes."""

    def __init__(self) -> None:
        self._leaves: dict[Place, dict[str, float | int | None]] = {}

    def add(self, split: str, model: str, metric: str, estimate: Estimate) -> None:
        """Add one leaf; raises ValueError if it is there already or its value is not a finite number."""
        key = (split, model, metric)
        if key in self._leaves:
            raise ValueError(f"{' > '.join(key)} was added before")
        if not math.isfinite(estimate.value):
            raise ValueError(f"{' > '.join(key)} is {estimate.value}: scores.json holds finite numbers only")
        leaf = estimate.to_dict()
        self._leaves[key] = (
            leaf | {name: _number(leaf[name]) for name in ("value", "low", "high")} | {"n": int(estimate.n)}
        )

    def add_scores(self, scores: pd.DataFrame) -> None:
        """Add each row of a table as `score_models` returns it."""
        for row in scores.itertuples():
            estimate = Estimate(row.value, _number(row.low), _number(row.high), int(row.n), getattr(row, "runs", 1))
            self.add(split_key(row.scheme, row.split), row.model, row.metric, estimate)

    def add_ladder(self, split: str, ladder: pd.DataFrame) -> None:
        """Add each row of a table as `ladder_hits` returns it, as hit@k."""
        for row in ladder.itertuples():
            estimate = Estimate(row.value, _number(row.low), _number(row.high), int(row.n), getattr(row, "runs", 1))
            self.add(split, row.model, f"hit@{row.k}", estimate)

    def to_dict(self) -> dict:
        """Return the nested dictionary, keys sorted."""
        nested: dict = {}
        for (split, model, metric), leaf in sorted(self._leaves.items()):
            nested.setdefault(split, {}).setdefault(model, {})[metric] = leaf
        return nested

    def headlines(self, chosen: Mapping[str, Place]) -> dict[str, dict[str, float | int]]:
        """Return {name: {value, low, high}} of those places that were added; bounds only where there are some."""
        found = {name: self._leaves[place] for name, place in chosen.items() if place in self._leaves}
        return {
            name: {key: leaf[key] for key in ("value", "low", "high") if leaf[key] is not None}
            for name, leaf in found.items()
        }

    def write(self, folder: Path, chosen: Mapping[str, Place]) -> None:
        """Write scores.json, and metrics.json with the headlines {name: place} that are `chosen`, into `folder`."""
        write_json(self.to_dict(), folder / "scores.json")
        write_json(self.headlines(chosen), folder / "metrics.json")
