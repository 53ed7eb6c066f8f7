"""Every account judged once by cross-fitting, beside the few of the single split."""

from typing import NamedTuple

import pandas as pd

from likeness.stats.bootstrap import Estimate, estimate_pairs
from likeness.stats.comparisons import compare_models
from likeness.stats.runs import first_run
from likeness.stats.scores import SCORE_COLUMNS
from likeness.stats.weighted import auc_of, mean_of

LINE = 0.5  # probability from which a post is called liked; fixed beforehand, so no posts are needed to choose it


class EveryAccount(NamedTuple):
    """scores: as `score_models` gives, of cross-fitted classifiers over all posts. tests: as `compare_models` gives.

    single: the rows of the same classifiers on the test posts of the single split, AUC. accounts: of both, (all, test).
    """

    scores: pd.DataFrame
    tests: pd.DataFrame
    single: pd.DataFrame
    accounts: tuple[int, int]


def every_account(
    crossed: pd.DataFrame,
    predictions: pd.DataFrame,
    scores: pd.DataFrame,
    clusters: pd.Series,
    *,
    baseline: str,
    n_boot: int,
    seed: int,
) -> EveryAccount:
    """Return what cross-fitted classifiers reach over all accounts, beside the single split.

    crossed: as `cross_fit.cross_fit` gives. predictions, scores: of the single split, as `score_models` takes and
    gives. clusters: the account of each post. baseline: the model that all are tested against.
    """
    rows = []
    for model, part in crossed.groupby("model", sort=True):
        called = (part["probability"] >= LINE) == part["same"]
        for metric, statistic in (("auc", auc_of(part["same"], part["score"])), ("accuracy", mean_of(called))):
            found: Estimate = estimate_pairs(statistic, part, clusters, n_boot)
            names = {"scheme": part["scheme"].iloc[0], "split": part["split"].iloc[0], "model": model}
            rows.append(names | {"metric": metric, **found.to_dict(), "runs": 1, "undefined": 0})
    tests = compare_models(crossed, clusters, baseline=baseline, seed=seed)
    test = (scores["scheme"] == "honest") & (scores["split"] == "test") & (scores["metric"] == "auc")
    judged = predictions[(predictions["scheme"] == "honest") & (predictions["split"] == "test")]
    accounts = [clusters.loc[first_run(table)["left"].unique()].nunique() for table in (crossed, judged)]
    single = scores[test & scores["model"].isin(crossed["model"].unique())]
    return EveryAccount(pd.DataFrame(rows, columns=SCORE_COLUMNS), tests, single, tuple(accounts))
