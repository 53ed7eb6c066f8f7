"""Training runs: a network trained from another seed gives other numbers on the same photos.

A table of predictions numbers the runs of a model from 0 in the column `run`; a model that is not trained, or whose
training leaves nothing to chance, has run 0 alone. The number that is reported is the mean over runs. Its interval
resamples both what it is judged on and the runs (Bouthillier et al., 2021, "Accounting for variance in machine learning
benchmarks"): each resample of clusters is joined by a resample of runs, and its value is the mean over these runs.

Of R runs R - 1 are drawn, with replacement: with R the variance of the mean would come out too small by (R - 1) / R, a
third for three runs (McCarthy and Snowden, 1985; Rao and Wu, 1988). Runs of two models are drawn independently: one
seed in two networks is a name in common, and no more.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.stats.weighted import Statistic

KEYS = ["left", "right"]


def split_runs(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return a table a run, in the order of the runs, each sorted by left and right; their index is kept.

    rows: of one model and split: left, right, same, run. Raises ValueError where runs were judged on different pairs.
    """
    parts = [part.sort_values(KEYS, kind="stable") for _, part in rows.groupby("run", sort=True)]
    first = parts[0][[*KEYS, "same"]].reset_index(drop=True)
    for number, part in enumerate(parts):
        if not first.equals(part[[*KEYS, "same"]].reset_index(drop=True)):
            raise ValueError(f"run {number} ({len(part)} pairs) was not scored on the pairs of run 0 ({len(first)})")
    return parts


def first_run(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of each model's first run: what is shown pair by pair, and whose weights are saved."""
    return table[table["run"] == 0]


def each_run(statistics: Sequence[Statistic]) -> Statistic:
    """Return the statistic from weights (b, n) to the values (b, runs) of each of the runs' statistics."""
    return lambda weights: np.stack([statistic(weights) for statistic in statistics], axis=1)


def draw_runs(draws: NDArray[np.float64], *seed: int) -> NDArray[np.float64]:
    """Return (n_boot,) means over resampled runs of draws (n_boot, runs), whose rows are resamples of clusters.

    seed: one or several numbers, another one for each model of a comparison.

    >>> draw_runs(np.array([[1.0], [2.0]]), 7).tolist()
    [1.0, 2.0]
    """
    runs = draws.shape[1]
    if runs == 1:
        return draws[:, 0]
    drawn = np.random.default_rng([*seed]).multinomial(runs - 1, np.full(runs, 1 / runs), size=len(draws))
    return (draws * drawn).sum(axis=1) / (runs - 1)
