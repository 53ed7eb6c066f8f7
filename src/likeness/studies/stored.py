"""Tables that stages left in a study's folder, as attributes of its record."""

from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Return <folder>/<name>.parquet. Raises FileNotFoundError, which says what makes it."""
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing; `dvc repro` makes it")
    return pd.read_parquet(path)


def stored(name: str) -> Any:
    """Return the attribute that is the table `name` of the record's folder `data`, read when it is first used."""
    return cached_property(lambda study: read_table(study.data, name))
