"""From the table of predictions to a table of numbers with intervals.

predictions has one row per model, training run and pair: left, right (photo ids), same, scheme ("honest" or "naive"),
split, model, run (from 0, see runs.py), probability (NaN where the model gives none), score (larger = more alike, NaN
where undefined).
clusters is a Series indexed by photo id: the arrangement a photo belongs to; a photo without one (the site
alone) is its own cluster.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.stats.bootstrap import Estimate, pair_bootstrap
from likeness.stats.clusters import pair_clusters
from likeness.stats.runs import each_run, first_run, split_runs
from likeness.stats.verification import auc, best_threshold, decide
from likeness.stats.weighted import Statistic, auc_of, calibration_error_of, equal_error_rate_of, mean_of

MAJORITY = "majority class"
BINS = 10
VALIDATION = "val"  # the split that thresholds are chosen on
SCORE_COLUMNS = ["scheme", "split", "model", "metric", "value", "low", "high", "n", "runs", "undefined"]


def validation_thresholds(predictions: pd.DataFrame) -> dict[tuple[str, str, int], float]:
    """Return {(scheme, model, run): threshold} with the best accuracy on the validation pairs of each."""
    thresholds = {}
    for (scheme, model, run), rows in predictions.groupby(["scheme", "model", "run"], sort=True):
        rows = rows[rows["split"] == VALIDATION]
        if rows.empty:
            raise ValueError(f"{scheme} {model}: no {VALIDATION} pairs to choose the threshold on")
        thresholds[scheme, model, run] = best_threshold(rows["same"], rows["score"])
    return thresholds


def with_threshold(predictions: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the honest predictions of one network's first run with `threshold`: what validation chose, a probability.

    scores: as `score_models` gives. The chosen score becomes the probability halfway between those that it parts: a
    network's probability rises with its score, so both decide every pair alike, but for pairs whose scores differ
    and whose probabilities do not. A pair without a score is called different, as everywhere.

    >>> found = pd.DataFrame({"model": "m", "run": 0, "score": [-1.0, 2.0], "probability": [0.25, 0.75]})
    >>> chosen = pd.DataFrame({"model": ["m"], "scheme": ["honest"], "metric": ["threshold"], "value": [0.3]})
    >>> with_threshold(found, chosen)["threshold"].tolist()
    [0.5, 0.5]
    """
    predictions = first_run(predictions)
    of_model = (scores["model"] == predictions["model"].iloc[0]) & (scores["scheme"] == "honest")
    chosen = scores.loc[of_model & (scores["metric"] == "threshold"), "value"].iloc[0]
    called = predictions["score"] >= chosen
    below, above = predictions.loc[~called, "probability"].max(), predictions.loc[called, "probability"].min()
    below = 0.0 if np.isnan(below) else below
    above = np.nextafter(1.0, 2.0) if np.isnan(above) else above  # even a probability of 1 would be called different
    halfway = (below + above) / 2
    return predictions.assign(threshold=halfway if halfway > below else above)


def best_in_validation(scores: pd.DataFrame, models: Sequence[str]) -> str | None:
    """Return which of `models` has the highest AUC on the honest validation pairs, ties by name; None of none.

    scores: as `score_models` gives. Chosen on validation pairs, so that the winner's test number is not too good.
    """
    own = scores[(scores["scheme"] == "honest") & (scores["split"] == VALIDATION) & (scores["metric"] == "auc")]
    own = own[own["model"].isin(models)].sort_values(["value", "model"], ascending=[False, True])
    return None if own.empty else str(own["model"].iloc[0])


def decision_thresholds(rows: pd.DataFrame, chosen: float, seed: int) -> NDArray[np.float64]:
    """Return (n,) the threshold at which each pair of one run of a model and one split is decided.

    Test pairs are decided at `chosen`. Validation pairs, which chose it, may not choose their own: they are dealt
    to two halves, alike in `same`, and each half is decided at the best threshold of the other.
    """
    thresholds = np.full(len(rows), chosen)
    if (rows["split"] == VALIDATION).all():
        half = two_halves(rows, seed)
        for side in (0, 1):
            other = rows[half != side]
            if len(other):
                thresholds[half == side] = best_threshold(other["same"], other["score"])
    return thresholds


def two_halves(rows: pd.DataFrame, seed: int) -> NDArray[np.intp]:
    """Return (n,) 0 or 1: which half each pair is in; the same for every model, halves alike in `same`."""
    order = rows.reset_index(drop=True).sort_values(["left", "right"], kind="stable").index.to_numpy()
    order = np.random.default_rng(seed).permutation(order)
    order = order[np.argsort(rows["same"].to_numpy(dtype=bool)[order], kind="stable")]
    half = np.empty(len(rows), dtype=np.intp)
    half[order] = np.arange(len(rows)) % 2
    return half


def _statistics(rows: pd.DataFrame, threshold: NDArray[np.float64]) -> Iterator[tuple[str, Statistic, int]]:
    """Yield (metric, statistic, undefined pairs); ranking measures need pairs of both kinds."""
    same, score = rows["same"].to_numpy(dtype=bool), rows["score"].to_numpy(dtype=float)
    undefined = int(np.isnan(score).sum())
    yield "accuracy", mean_of(decide(score, threshold) == same), undefined
    if same.any() and not same.all():
        yield "auc", auc_of(same, score), undefined
        yield "eer", equal_error_rate_of(same, score), undefined
    probability = rows["probability"].to_numpy(dtype=float)
    unknown = np.isnan(probability)
    if not unknown.all():
        probability = np.where(unknown, 0.5, probability)  # knows nothing about this pair
        yield "brier", mean_of((probability - same) ** 2), int(unknown.sum())
        yield "ece", calibration_error_of(same, probability, BINS), int(unknown.sum())


def run_areas(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return model, run, value: the AUC of each training run on the honest test pairs."""
    test = predictions[(predictions["scheme"] == "honest") & (predictions["split"] == "test")]
    rows = [(*key, auc(part["same"], part["score"])) for key, part in test.groupby(["model", "run"], sort=True)]
    return pd.DataFrame(rows, columns=["model", "run", "value"])


def _row(scheme: str, split: str, model: str, metric: str, estimate: Estimate, undefined: int = 0) -> dict:
    names = {"scheme": scheme, "split": split, "model": model, "metric": metric}
    return names | estimate.to_dict() | {"runs": estimate.runs, "undefined": undefined}


def score_models(predictions: pd.DataFrame, clusters: pd.Series, *, n_boot: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Return one row per scheme, split, model and metric: value, low, high (95 %), n, runs, undefined.

    Metrics: accuracy at the threshold that was best on the validation pairs (which are decided at the threshold of
    their other half, see `decision_thresholds`), auc, eer, and, for models that give
    probabilities, brier and ece (10 bins). Each is the mean over the training runs, every run with a threshold of its
    own; the intervals resample clusters and runs. `threshold`, the first run's, has a row of its own without an
    interval. The model "majority class" is the better of both constant answers on these very pairs: no validation pairs
    choose it, so that the trivial baseline is never too low.
    undefined: pairs whose score (for brier and ece: probability) was NaN. They are decided as different, rank
    last, and count as a probability of 0.5. auc and eer are left out where all pairs are of one kind.
    """
    thresholds = validation_thresholds(predictions)
    predictions = predictions.reset_index(drop=True)
    left_of, right_of = pair_clusters(predictions, clusters)
    table = []
    for (scheme, split, model), rows in predictions.groupby(["scheme", "split", "model"], sort=True):
        runs, found = split_runs(rows), []
        for number, part in enumerate(runs):
            applied = decision_thresholds(part, thresholds[scheme, model, number], seed)
            found.append(list(_statistics(part, applied)))
        places = runs[0].index
        for measured in zip(*found, strict=True):  # one metric, each run
            metric, statistic = measured[0][0], each_run([of_run for _, of_run, _ in measured])
            estimate = pair_bootstrap(
                statistic, left_of[places], right_of[places], n_boot, seed, centred=metric == "ece"
            )
            table.append(_row(scheme, split, model, metric, estimate, max(undefined for *_, undefined in measured)))
        if split == VALIDATION:
            chosen = Estimate(thresholds[scheme, model, 0], None, None, len(places))
            table.append(_row(scheme, split, model, "threshold", chosen, int(runs[0]["score"].isna().sum())))
    distinct = predictions.drop_duplicates(["scheme", "split", "left", "right"])
    for (scheme, split), rows in distinct.groupby(["scheme", "split"], sort=True):
        same = rows["same"].to_numpy(dtype=bool)
        answers = mean_of(same == (same.mean() > 0.5))
        estimate = pair_bootstrap(answers, left_of[rows.index], right_of[rows.index], n_boot, seed)
        table.append(_row(scheme, split, MAJORITY, "accuracy", estimate))
    return pd.DataFrame(table, columns=SCORE_COLUMNS).astype({"low": float, "high": float})
