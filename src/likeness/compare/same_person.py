"""Do two faces show the same person? Error rates of that decision, and the probability that a similarity stands for.

Pairs are of faces in different pictures, and of no near-duplicates. There are as many as the square of the faces, so no
more than `MOST` pairs of each kind are judged, drawn at random. Intervals resample the people of both faces.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.compare.face_views import FaceVectors
from likeness.paths import write_json
from likeness.stats.bootstrap import pair_bootstrap
from likeness.stats.calibration import platt_scale
from likeness.stats.clusters import FEW, cluster_codes
from likeness.stats.scores import SCORE_COLUMNS
from likeness.stats.weighted import equal_error_rate_of, true_positive_rate_of

MOST = 20_000  # pairs of each kind
RATES = {"TAR at FAR 1 %": 0.01, "TAR at FAR 0.1 %": 0.001}  # metric: share of other people's pairs called the same
EER = "equal error rate"
DRAWS = 200  # resamples of a calibration
REGULARISATION, STEPS = 100.0, 50  # C of the logistic regression; steps that Newton's method takes at most
FILE = "same_person.json"  # in data/faces: {network: the numbers of a SamePerson}


class SamePerson(NamedTuple):
    """From the similarity of two faces to the probability that they show one person.

    logits: (1 + draws, 2) slope and intercept of the logit: first that of all pairs, then those of resampled people.
    people, pairs: how many it was fitted on.
    """

    logits: NDArray[np.float64]
    people: int
    pairs: int

    def probability(self, similarity: ArrayLike) -> NDArray[np.float64]:
        """Return (n, 3): the probability and its 95 % interval (low, high), NaN where the similarity (n,) is."""
        logit = np.multiply.outer(np.asarray(similarity, float), self.logits[:, 0]) + self.logits[:, 1]
        chance = 1 / (1 + np.exp(-logit))
        low, high = np.quantile(chance[:, 1:], [0.025, 0.975], axis=1)
        return np.column_stack([chance[:, 0], low, high])


def face_pairs(queries: pd.DataFrame, photos: pd.DataFrame, seed: int = 0, most: int = MOST) -> pd.DataFrame:
    """Return pairs of faces of known people: left, right (rows of `queries`), left_person, right_person, same.

    queries: identity, picture, face. photos: duplicate_group. At most `most` of each kind, drawn at random from `seed`;
    fewer than that are all there are.
    """
    known = np.flatnonzero(queries["identity"].to_numpy() != "")
    person = pd.factorize(queries["identity"].to_numpy()[known], sort=True)[0]
    group = pd.factorize(photos["duplicate_group"])[0][queries["picture"].to_numpy()[known]]
    rng, found = np.random.default_rng(seed), []
    for same, pairs in ((True, _within(person, rng, most)), (False, _between(person, rng, most))):
        apart = group[pairs[:, 0]] != group[pairs[:, 1]]  # two faces of one picture are of one group, too
        left, right = known[pairs[apart]].T
        found.append(pd.DataFrame({"left": left, "right": right, "same": same}))
    table = pd.concat(found, ignore_index=True)
    names = queries["identity"].to_numpy()
    return table.assign(left_person=names[table["left"]], right_person=names[table["right"]])


def _within(person: NDArray[np.intp], rng: np.random.Generator, most: int) -> NDArray[np.intp]:
    """Return (n, 2) pairs of faces of one person: all, or `most` drawn from people in proportion to their pairs."""
    rows = [np.flatnonzero(person == each) for each in np.unique(person)]
    counts = np.array([len(own) * (len(own) - 1) // 2 for own in rows], int)
    if counts.sum() <= most:
        pairs = [own[np.column_stack(np.triu_indices(len(own), 1))] for own in rows]
        return np.concatenate([np.zeros((0, 2), np.intp), *pairs])
    whose = rng.choice(len(rows), most, p=counts / counts.sum())
    drawn = np.array([rng.choice(rows[each], 2, replace=False) for each in whose])
    return np.unique(np.sort(drawn, axis=1), axis=0)


def _between(person: NDArray[np.intp], rng: np.random.Generator, most: int) -> NDArray[np.intp]:
    """Return (n, 2) pairs of faces of two people: all where that is few to look through, else about `most` drawn."""
    if len(person) * (len(person) - 1) // 2 <= 4 * most:
        pairs = np.column_stack(np.triu_indices(len(person), 1))
    else:
        pairs = np.unique(np.sort(rng.integers(0, len(person), (most, 2)), axis=1), axis=0)
    pairs = pairs[person[pairs[:, 0]] != person[pairs[:, 1]]]
    return pairs[np.sort(rng.permutation(len(pairs))[:most])]


def with_scores(pairs: pd.DataFrame, queries: pd.DataFrame, vectors: Mapping[str, FaceVectors]) -> pd.DataFrame:
    """Return the pairs once a network, with model (the network) and score: the cosine of the two faces."""
    left, right = (queries["face"].to_numpy()[pairs[side]] for side in ("left", "right"))
    cosines = {name: np.einsum("nd,nd->n", own.face[left], own.face[right]) for name, own in vectors.items()}
    return pd.concat([pairs.assign(model=name, score=score) for name, score in cosines.items()], ignore_index=True)


def verification_scores(scored: pd.DataFrame, split: str, n_boot: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Return EER and TAR at FAR of each network with 95 % intervals: SCORE_COLUMNS.

    scored: as `with_scores` gives. A rate that less than one pair of different people would make up is left out. Empty
    where pairs of one kind are missing.
    """
    rows = []
    for model, own in scored.groupby("model", sort=False):
        same, score = own["same"].to_numpy(), own["score"].to_numpy()
        if same.all() or not same.any():
            continue
        statistics = {EER: equal_error_rate_of(same, score)}
        statistics |= {name: true_positive_rate_of(same, score, rate) for name, rate in RATES.items()
                       if rate * (~same).sum() >= 1}  # fmt: skip
        for metric, statistic in statistics.items():
            found = pair_bootstrap(statistic, own["left_person"], own["right_person"], n_boot, seed)
            rows.append({"scheme": "honest", "split": split, "model": model, "metric": metric, "undefined": 0}
                        | found.to_dict())  # fmt: skip
    return pd.DataFrame(rows, columns=SCORE_COLUMNS).astype({"low": float, "high": float})


def fit_same_person(scored: pd.DataFrame, seed: int = 0) -> dict[str, SamePerson]:
    """Return {network: its calibration}, fitted on pairs of people whom no test query shows; empty with too few people.

    scored: as `with_scores` gives. The probability is that of a pair like these: as often of one person. Fewer than six
    people say nothing about others, and no probability is given. Resampled people give the interval.
    """
    fitted = {}
    for model, own in scored.groupby("model", sort=False):
        (left, right), people = cluster_codes(own["left_person"], own["right_person"])
        same, score = own["same"].to_numpy(), own["score"].to_numpy()
        if people < FEW or same.all() or not same.any():
            continue
        rng, logits = np.random.default_rng(seed), [platt_scale(score, same)]
        for _ in range(DRAWS):
            counts = np.bincount(rng.integers(0, people, people), minlength=people)
            weight = np.where(left == right, counts[left], counts[left] * counts[right])
            drawn = _logit(score, same, weight)
            logits += [] if drawn is None else [drawn]
        fitted[str(model)] = SamePerson(np.array(logits), people, len(own))
    return fitted


def _logit(score: NDArray, same: NDArray, weight: NDArray) -> tuple[float, float] | None:
    """Return slope and intercept of weighted pairs as `platt_scale` fits them; None where those are all of one kind.

    Newton's method on two numbers: a resample takes a millisecond, and a general solver takes a hundred times as long.
    """
    there = weight > 0
    if len(np.unique(same[there])) < 2:
        return None
    inputs, same, weight = np.column_stack([score, np.ones(len(score))])[there], same[there], weight[there]
    penalty, found = np.diag([1 / REGULARISATION, 0.0]), np.zeros(2)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-inputs @ found))
        slope = inputs.T @ (weight * (chance - same)) + penalty @ found
        step = np.linalg.solve((inputs.T * (weight * chance * (1 - chance))) @ inputs + penalty, slope)
        found = found - step
        if np.abs(step).max() < 1e-8:
            break
    return float(found[0]), float(found[1])


def write_same_person(fitted: Mapping[str, SamePerson], data: Path) -> Path:
    """Write the calibrations into the folder data/faces, for `likeness search`."""
    held = {name: {"logits": own.logits.round(6).tolist(), "people": own.people, "pairs": own.pairs}
            for name, own in sorted(fitted.items())}  # fmt: skip
    return write_json(held, data / FILE)


def read_same_person(data: Path, network: str) -> SamePerson | None:
    """Return a network's calibration, None where the report fitted none."""
    path = data / FILE
    own = json.loads(path.read_text(encoding="utf-8")).get(network) if path.is_file() else None
    return None if own is None else SamePerson(np.array(own["logits"]), own["people"], own["pairs"])


class Verified(NamedTuple):
    """pairs: of test faces, as `with_scores` gives. rates: as `verification_scores` gives. fitted: by network."""

    pairs: pd.DataFrame
    rates: pd.DataFrame
    fitted: dict[str, SamePerson]


def verify_faces(
    vectors: Mapping[str, FaceVectors], queries: pd.DataFrame, photos: pd.DataFrame, n_boot: int = 1000, seed: int = 0
) -> Verified:
    """Judge pairs of test faces, and fit what a similarity is worth on pairs of the other parts' people.

    queries: of all parts, as `face_queries` gives.
    """
    parts = {"test": queries["split"] == "test", "other": queries["split"].isin(["train", "val"])}
    asked = {name: queries[rows].reset_index(drop=True) for name, rows in parts.items()}
    pairs = {name: with_scores(face_pairs(own, photos, seed), own, vectors) for name, own in asked.items()}
    rates = verification_scores(pairs["test"], "test", n_boot, seed)
    return Verified(pairs["test"], rates, fit_same_person(pairs["other"], seed))
