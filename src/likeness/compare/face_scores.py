"""Which view finds the same person, and which the same artist? Numbers with intervals, and paired tests."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.compare.face_queries import Answers, answers_by_artist, answers_by_identity, candidates
from likeness.compare.face_values import MEASURES, RANDOM, Look, random_values, view_values
from likeness.compare.face_views import SHOWN as SEEN
from likeness.compare.face_views import VIEWS, FaceVectors
from likeness.compare.sight import SightLadder, random_model
from likeness.stats.comparisons import holm_table, mean_rows, model_pairs, paired_rows
from likeness.stats.paired import check_resolution
from likeness.stats.scores import SCORE_COLUMNS

LABELS = ("identity", "artist")
SHOWN = MEASURES[:4]
SCORES = [*SCORE_COLUMNS, "label", "measure", "network", "view"]
TESTED = ["scheme", "split", "metric", "a", "b", "difference", "low", "high", "p_value", "p_adjusted", "verdict", "n"]
COMPARISONS = [*TESTED, "label", "measure", "network"]


class FaceScores(NamedTuple):
    """scores: a row per label, scheme, model and measure (SCORES). comparisons, seen: paired tests (COMPARISONS).

    comparisons: of one network's views. seen: of a view between networks, against its random twin.
    """

    scores: pd.DataFrame
    comparisons: pd.DataFrame
    seen: pd.DataFrame


class Judged(NamedTuple):
    """One label, over the queries that can be answered.

    measured: {model: (q, 5)}, columns MEASURES. clusters: (q,) who or by whom. undefined: {model: how many see
    nothing}.
    """

    measured: dict[str, NDArray[np.float64]]
    clusters: NDArray[np.object_]
    undefined: dict[str, int]


def model_name(network: str, view: str) -> str:
    """Return what a network's view is called in tables and figures."""
    return f"{network}, {view}"


def views_of(vectors: FaceVectors) -> list[str]:
    """Return the views that can be computed: all, or all but faces."""
    return [view for view in VIEWS if view != "faces" or vectors.together is not None]


def weight_of(face_weight: float | Mapping[str, float], network: str) -> float:
    """Return a network's share of the face in the combined view; raises ValueError if it has none."""
    if not isinstance(face_weight, Mapping):
        return float(face_weight)
    if network not in face_weight:
        raise ValueError(f"face_weight has no entry for {network!r}, only for {', '.join(sorted(face_weight))}")
    return float(face_weight[network])


def looks_of(network: str, vectors: FaceVectors, face_weight: float | Mapping[str, float]) -> dict[str, Look]:
    """Return {model: the view that it stands for} of one network's views; `weight_of` says what may be given."""
    weight = weight_of(face_weight, network)
    return {model_name(network, view): Look(view, weight) for view in views_of(vectors)}


def split_of(queries: pd.DataFrame) -> str:
    """Return the split of the queries, "all" where they are of several."""
    splits = set(queries["split"])
    return str(splits.pop()) if len(splits) == 1 else "all"


def relevance(
    queries: pd.DataFrame, photos: pd.DataFrame, shown: pd.DataFrame, exclude: pd.Series | None
) -> dict[str, Answers]:
    """Return {label: Answers}, only labels by which some query has a right picture."""
    found = {
        "identity": answers_by_identity(queries, shown, photos, exclude),
        "artist": answers_by_artist(queries, photos, exclude),
    }
    return {label: answers for label, answers in found.items() if answers.right.any()}


def judge(
    vectors: Mapping[str, FaceVectors],
    queries: pd.DataFrame,
    looks: Mapping[str, Mapping[str, Look]],
    answers: Mapping[str, Answers],
    exclude: pd.Series | None,
) -> dict[str, Judged]:
    """Return {label: values of all models and of a random ranking}. looks: {network: {model: Look}}."""
    found = {network: view_values(own, queries, looks[network], answers, exclude) for network, own in vectors.items()}
    judged = {}
    for label, (right, is_judged) in answers.items():
        known = right.any(axis=1)
        allowed = candidates(queries[known], right.shape[1], exclude) & is_judged[known]
        values, undefined = {RANDOM: random_values(right[known], allowed)}, {RANDOM: 0}
        for own in found.values():
            values |= {model: value[known] for model, value in own.measures[label].items()}
            undefined |= {model: int(missing[known].sum()) for model, missing in own.undefined.items()}
        judged[label] = Judged(values, queries.loc[known, label].to_numpy(dtype=object), undefined)
    return judged


def face_scores(
    vectors: Mapping[str, FaceVectors],
    queries: pd.DataFrame,
    photos: pd.DataFrame,
    shown: pd.DataFrame,
    *,
    face_weight: float | Mapping[str, float],
    n_boot: int = 1000,
    n_boot_tests: int = 10_000,
    seed: int = 0,
) -> FaceScores:
    """Return recall@1, recall@5 (hit at k), mAP and nDCG@10 of every network and view, by identity and by artist.

    vectors: {network: FaceVectors}. queries: as `face_queries` gives, of the wanted split. photos: photo_id, artist,
    duplicate_group. shown: as `identities_shown` gives. face_weight: of the combined view, for all networks or each.
    scores: scheme "honest" (near-duplicates of the query's picture are out of the gallery) and "naive" (left in); the
    model "random ranking" is the exact expectation. Intervals resample whole identities or artists: with few artists
    they are rough. A picture of which nobody knows whether it is right is in no gallery (`face_queries.Answers`).
    n: queries with a relevant picture; undefined: those of them without any similarity (each a miss).
    comparisons: views of one network against each other, honest, Holm over all tests of a metric; seen: likewise, each
    view of a network against that of `random_model`. Empty tables where no query has a label. Raises ValueError
    if n_boot_tests is too small for so many comparisons.
    """
    looks = {network: looks_of(network, own, face_weight) for network, own in vectors.items()}
    wanted = {network: model_pairs(list(own), None) for network, own in looks.items()}
    across = {"": sight_pairs(looks)}
    check_resolution(n_boot_tests, sum(map(len, wanted.values())))
    rows, tests, seen = [], [], []
    for scheme, exclude in (("honest", photos["duplicate_group"]), ("naive", None)):
        judged = judge(vectors, queries, looks, relevance(queries, photos, shown, exclude), exclude)
        for label, own in judged.items():
            place = {"scheme": scheme, "split": split_of(queries), "label": label}
            rows += _score_rows(own, looks, place, n_boot, seed)
            if scheme == "honest":
                tests += _tests(own, wanted, place, n_boot_tests, seed)
                seen += _tests(own, across, place, n_boot_tests, seed)
    scores = pd.DataFrame(rows, columns=SCORES).astype({"low": float, "high": float})
    return FaceScores(scores, *(_stacked(tables) for tables in (tests, seen)))


def sight_ladder(found: FaceScores) -> SightLadder:
    """Return what each network's views find of the first label that is known, by mAP: the face, or else the hand."""
    known = [label for label in LABELS if label in set(found.scores["label"])]
    metric = f"{known[0]} mAP" if known else ""
    rows = found.scores[(found.scores["metric"] == metric) & found.scores["view"].isin(SEEN)]
    return SightLadder(rows.reset_index(drop=True), found.seen[found.seen["metric"] == metric])


def sight_pairs(looks: Mapping[str, Mapping[str, Look]]) -> list[tuple[str, str]]:
    """Return (A, B): each view of every network, and the same view of the random one; [] where none is.

    looks: {network: {model: view}}.

    >>> look = lambda network: {f"{network}, face": Look("face", 0.5)}
    >>> sight_pairs({name: look(name) for name in ("x@bundled", "x@none")})
    [('x@bundled, face', 'x@none, face')]
    """
    random = random_model(list(looks))
    if random is None:
        return []
    blind = {look.view: model for model, look in looks[random].items()}
    others = [own for network, own in looks.items() if network != random]
    return [(model, blind[look.view]) for own in others for model, look in own.items() if look.view in blind]


def _stacked(tables: list[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COMPARISONS)


def _score_rows(
    judged: Judged, looks: Mapping[str, Mapping[str, Look]], place: dict[str, str], n_boot: int, seed: int
) -> list[dict]:
    """Return the rows of one label and scheme, measure by measure."""
    origin = {model: (network, look.view) for network, own in looks.items() for model, look in own.items()}
    rows = []
    for column, measure in enumerate(SHOWN):
        values = {model: value[:, column] for model, value in judged.measured.items()}
        for row in mean_rows(values, judged.clusters, n_boot, seed):
            network, view = origin.get(row["model"], ("", ""))
            row |= {"metric": f"{place['label']} {measure}", "undefined": judged.undefined[row["model"]]}
            rows.append(place | row | {"measure": measure, "network": network, "view": view})
    return rows


def _tests(
    judged: Judged, wanted: Mapping[str, Sequence[tuple[str, str]]], place: dict[str, str], n_boot: int, seed: int
) -> list[pd.DataFrame]:
    """Return a table per measure: the wanted pairs of all networks, corrected together."""
    network_of = {pair: network for network, pairs in wanted.items() for pair in pairs}
    tables = []
    for column, measure in enumerate(SHOWN):
        values = {model: value[:, column] for model, value in judged.measured.items() if model != RANDOM}
        rows = paired_rows(values, list(network_of), judged.clusters, n_boot, seed)
        if rows:
            table = holm_table(rows).assign(**place, metric=f"{place['label']} {measure}", measure=measure)
            table["network"] = [network_of[pair] for pair in zip(table["a"], table["b"], strict=True)]
            tables.append(table[COMPARISONS])
    return tables
