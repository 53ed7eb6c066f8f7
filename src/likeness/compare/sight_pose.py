"""The ladder of sight of the pose study: what frozen features of the whole photo say about the pairs.

Each network answers twice: by the cosine of two photos' features, and by a logistic regression of the pairs, which is
told what is the same and weighs the features by it. Nothing of a network is tuned.
"""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from likeness.compare.rungs import held_out
from likeness.compare.sight import SightLadder, compare_sights
from likeness.features.vectors import l2_normalise
from likeness.models.pose.schemes import SCHEMES
from likeness.stats.scores import score_models
from likeness.studies.pose import Study

PROBE, COSINE = "logistic regression", "cosine"
STRENGTH = 1e-3  # C of the regression: hundreds of pairs against twice as many numbers as a network gives


def sight_ladder(study: Study, *, n_boot: int, seed: int) -> SightLadder:
    """Return what the photo features of every network say about the held-out pairs of both splits."""
    tables = []
    for name, features in study.sights.items():
        tables += [cosine_answers(name, features, study), probe_answers(name, features, study)]
    predictions = pd.concat(tables, ignore_index=True)
    scores = score_models(predictions, study.clusters, n_boot=n_boot, seed=seed)
    probes = predictions[predictions["model"].str.endswith(PROBE)]
    return SightLadder(scores, compare_sights(probes, study.clusters, seed))


def cosine_answers(name: str, features: NDArray, study: Study) -> pd.DataFrame:
    """Return predictions by the cosine of a network's features (n, dim): nothing is fitted, there is no probability."""
    unit, tables = l2_normalise(features), []
    for scheme in SCHEMES:
        table = held_out(study.pairs, scheme)
        left, right = (unit[study.rows(table[side])] for side in ("left", "right"))
        score = (left * right).sum(axis=1)
        tables.append(table.assign(model=f"{name}, {COSINE}", run=0, probability=np.nan, score=score))
    return pd.concat(tables, ignore_index=True)


def probe_answers(name: str, features: NDArray, study: Study) -> pd.DataFrame:
    """Return predictions of a logistic regression on what two photos' features differ in and share.

    It is fitted on each scheme's training pairs, and sees |a - b| and a * b of the features, of length 1.
    """
    unit, tables = l2_normalise(features), []
    for scheme, column in SCHEMES.items():
        train, table = study.pairs[study.pairs[column] == "train"], held_out(study.pairs, scheme)
        known, asked = (_pair_features(unit, study, pairs) for pairs in (train, table))
        model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000))
        probability = model.fit(known, train["same"]).predict_proba(asked)[:, 1]
        tables.append(table.assign(model=f"{name}, {PROBE}", run=0, probability=probability, score=probability))
    return pd.concat(tables, ignore_index=True)


def _pair_features(unit: NDArray, study: Study, pairs: pd.DataFrame) -> NDArray[np.float64]:
    left, right = (unit[study.rows(pairs[side])] for side in ("left", "right"))
    return np.concatenate([np.abs(left - right), left * right], axis=1)
