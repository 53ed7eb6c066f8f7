"""Does a model weigh what was planted as it was planted?"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import spearmanr

from likeness.stats.bootstrap import cluster_draws, interval
from likeness.stats.clusters import photo_clusters
from likeness.stats.weighted import Statistic

EFFECT_COLUMNS = ["effect", "planted", "recovered", "low", "high"]


class Agreement(NamedTuple):
    """signs: share of the effects with the planted sign; ranks: Spearman's correlation, NaN below three effects."""

    signs: float
    ranks: float
    n: int


def recovered_effects(
    factors: pd.DataFrame,
    planted: Mapping[str, float],
    logit: pd.Series,
    clusters: pd.Series,
    *,
    n_boot: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Return a row per planted effect: effect, planted, recovered, low, high (95 %, users resampled), largest first.

    factors: index post_id, a column per effect. planted: {effect: its weight in the recipe of the likes}, per unit of
    the factor. logit: by post_id, a model's log-odds of liked (any score on an additive scale).
    Recovered is the ordinary least squares regression of the logit on all factors at once. Both are given per standard
    deviation of the factor over these posts, so that rare and frequent ones can be compared. A logit has a scale of
    its own: all recovered effects share one factor, which gives them the same root mean square as the planted ones.
    Signs, order and proportions are the model's; only the common size is not.
    An effect whose factor is constant over these posts cannot be recovered (NaN).
    Raises ValueError if an effect has no factor, or a post no logit.
    """
    if missing := [effect for effect in planted if effect not in factors]:
        raise ValueError(f"effect {missing[0]!r} is not among the factors {sorted(factors)}")
    values = logit.reindex(factors.index).to_numpy(float)
    if np.isnan(values).any():
        raise ValueError(
            f"post {factors.index[np.isnan(values)][0]} has no logit ({np.isnan(values).sum()} such posts)"
        )
    design = factors[list(planted)].to_numpy(float)
    spread = design.std(axis=0)
    varies = spread > 1e-12
    weights = np.array(list(planted.values()), float) * spread
    fitted = _scaled_regression(design[:, varies] / spread[varies], values, weights[varies])
    users = photo_clusters(factors.index.to_series(), clusters)
    table = pd.DataFrame({"effect": list(planted), "planted": weights}).reindex(columns=EFFECT_COLUMNS)
    table.loc[varies, "recovered"] = fitted(np.ones((1, len(values))))[0]
    bounds = [interval(draws) for draws in cluster_draws(fitted, users, n_boot, seed).T]
    table.loc[varies, ["low", "high"]] = np.array(bounds, dtype=float).reshape(-1, 2)
    numbers = dict.fromkeys(EFFECT_COLUMNS[1:], float)
    return table.astype(numbers).sort_values(["planted", "effect"], ascending=[False, True], ignore_index=True)


def _scaled_regression(design: NDArray, values: NDArray, planted: NDArray) -> Statistic:
    """Return a function from weights (b, n) to scaled coefficients (b, m), NaN where a resample cannot tell them."""
    rows = np.column_stack([np.ones(len(design)), design])
    width = rows.shape[1]
    squares = (rows[:, :, None] * rows[:, None, :]).reshape(len(rows), -1)
    level = values.std() if values.std() > 0 else 1.0  # of a constant logit rounding errors would be scaled up
    products = rows * (values / level)[:, None]
    size = np.sqrt((planted**2).sum())

    def coefficients(weights: NDArray) -> NDArray:
        gram = (weights @ squares).reshape(-1, width, width)
        known = np.linalg.matrix_rank(gram, hermitian=True) == width
        found = np.full((len(weights), width - 1), np.nan)
        found[known] = np.linalg.solve(gram[known], (weights @ products)[known][..., None])[:, 1:, 0]
        length = np.sqrt((found**2).sum(axis=1, keepdims=True))
        return found * np.divide(size, length, out=np.full_like(length, np.nan), where=length > 1e-9)

    return coefficients


def agreement(effects: pd.DataFrame) -> Agreement:
    """Return how far recovered effects agree with the planted ones, over those that could be recovered.

    effects: as `recovered_effects` gives. An effect of exactly 0 on either side agrees with nothing but 0.
    """
    known = effects.dropna(subset=["recovered"])
    if known.empty:
        return Agreement(np.nan, np.nan, 0)
    signs = float((np.sign(known["planted"]) == np.sign(known["recovered"])).mean())
    enough = len(known) > 2 and (known[["planted", "recovered"]].std() > 0).all()
    ranks = float(spearmanr(known["planted"], known["recovered"]).statistic) if enough else np.nan
    return Agreement(signs, ranks, len(known))
