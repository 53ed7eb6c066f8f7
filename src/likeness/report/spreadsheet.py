"""Tables that are safe to open in a spreadsheet."""

from typing import Any

import pandas as pd

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before text that a spreadsheet would take for a formula."""
    text = {name: table[name].map(_safe) for name in table if not pd.api.types.is_numeric_dtype(table[name])}
    return table.assign(**text)


def _safe(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
