"""verdicts.json: what a report concludes, by topic, so that two machines can tell whether they conclude the same."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from likeness.paths import write_json

TESTED = ("metric", "a", "b")  # what names a row in a table of paired tests
ASKED = ("k", "a", "b")  # and in one of hits among the first k
NONE = "no verdict"


class Verdicts:
    """Collects conclusions, writes them sorted: topic > what was judged > verdict. tested: {topic: paired tests}."""

    def __init__(self, tested: Mapping[str, pd.DataFrame] | None = None) -> None:
        self._found: dict[str, dict[str, str]] = {}
        for topic, table in (tested or {}).items():
            self.add(topic, table)

    def add(self, topic: str, table: pd.DataFrame, by: Sequence[str] | None = None, verdict: str = "verdict") -> None:
        """Add a row's verdict for each row of a table.

        by: the columns that together name a row; default: those of a table of paired tests. verdict: the column that
        holds words, or True, False and None. Where the table has `runs` and `held`, a verdict over several runs says
        in how many of them it held.
        Raises ValueError where two rows bear one name.

        >>> book = Verdicts()
        >>> book.add("networks", pd.DataFrame({"metric": ["auc"], "a": ["x"], "b": ["y"], "verdict": ["A better"]}))
        >>> book.to_dict()
        {'networks': {'auc, x, y': 'A better'}}
        """
        by = by or (ASKED if "k" in table else TESTED)
        rows = self._found.setdefault(topic, {})
        for row in table.to_dict("records"):
            name = ", ".join(str(row[column]) for column in by)
            if name in rows:
                raise ValueError(f"{topic}: {name} was judged before")
            rows[name] = _words(row[verdict]) + held_words(row)

    def note(self, topic: str, verdict: str) -> None:
        """Add a conclusion that stands alone, such as which network is shown."""
        self._found[topic] = {"": verdict}

    def to_dict(self) -> dict[str, dict[str, str]]:
        """Return the nested dictionary, keys sorted."""
        return {topic: dict(sorted(rows.items())) for topic, rows in sorted(self._found.items())}

    def write(self, path: Path) -> Path:
        """Write verdicts.json atomically and return its path."""
        return write_json(self.to_dict(), path)


def held_words(row: Mapping[str, Any]) -> str:
    """Return over how many runs a row's verdict held, "" of one run.

    >>> held_words({"runs": 5, "held": 4}), held_words({"runs": 1, "held": 1})
    (' (4 of 5 seeds)', '')
    """
    return f" ({row['held']} of {row['runs']} seeds)" if row.get("runs", 1) > 1 else ""


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    return NONE if pd.isna(value) else "yes" if value else "no"
