"""The likability study's own questions to its models: which to compare, in which slices, against which truth."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.compare.effects import recovered_effects
from likeness.compare.every_account import every_account
from likeness.compare.likes import (
    BEST,
    best_possible,
    face_slices,
    liked_neighbours,
    ratio_to_best,
    slice_scores,
    third_slices,
)
from likeness.compare.sight import SightLadder, compare_sights
from likeness.features.layers import layer_of
from likeness.models.likability.recipes import layers_beside, layers_in
from likeness.stats import headlines
from likeness.stats.bootstrap import Estimate
from likeness.stats.comparisons import compare_models
from likeness.stats.metrics import MetricsBook
from likeness.stats.runs import first_run
from likeness.stats.scores import best_in_validation
from likeness.studies.likability import LikabilityStudy

USER_ONLY, METADATA = "user only, boosting", "metadata, boosting"
AGAINST = "every other model against metadata alone"
BOTH = " + metadata"  # in the names of classifiers that see photo and metadata
COMBINED = ("fusion",)
TRUTH_FILES = ("truth.csv", "factors.csv", "effects.json")


@dataclass(frozen=True)
class Truth:
    """What the demo planted. expected: by post_id. factors: index post_id, a column per effect. effects: its weight."""

    expected: pd.Series
    factors: pd.DataFrame
    effects: dict[str, float]


def read_truth(folder: Path, posts: Collection[str]) -> Truth | None:
    """Return what was planted in posts, or None: real posts have none, and `folder` may be another corpus's."""
    if not all((folder / name).is_file() for name in TRUTH_FILES):
        return None
    factors = pd.read_csv(folder / "factors.csv", index_col="post_id")
    planted = json.loads((folder / "effects.json").read_text(encoding="utf-8"))
    expected = pd.read_csv(folder / "truth.csv", index_col="post_id")["expected"]
    if not expected.index.isin(list(posts)).any():
        return None
    return Truth(expected, factors, {name: planted[name] for name in factors})


def is_combined(model: str) -> bool:
    """Say whether a model sees both the photo and what is known without it.

    >>> is_combined("fc7 + metadata, boosting"), is_combined("fc7, SVM")
    (True, False)
    """
    return model in COMBINED or BOTH in model


def sees_photo(model: str) -> bool:
    """Say whether a model sees the photo at all.

    >>> sees_photo("fc7, SVM"), sees_photo("metadata, SVM"), sees_photo("user only, boosting")
    (True, False, False)
    """
    return is_combined(model) or not model.startswith(("metadata, ", "user only, "))


def ladder_of(study: LikabilityStudy, scores: pd.DataFrame) -> list[str]:
    """Return the models that stand for user only, metadata, image and both, those that there are, in this order.

    scores: as compare.scores gives; of several image (combined) models the one that did best in validation stands.
    """
    models = sorted(set(study.predictions["model"]) - {USER_ONLY, METADATA})
    images = best_in_validation(scores, [model for model in models if sees_photo(model) and not is_combined(model)])
    both = best_in_validation(scores, [model for model in models if is_combined(model)])
    return [USER_ONLY, METADATA, *(model for model in (images, both) if model is not None)]


def against_metadata(
    predictions: pd.DataFrame, tested: Collection[str], clusters: pd.Series, seed: int
) -> pd.DataFrame:
    """Return the paired tests, as `compare_models` gives, of metadata alone and every model that is not in `tested`.

    tested: models that another table tests against metadata: one comparison has one adjusted p.
    """
    others = predictions[~predictions["model"].isin({*tested} - {METADATA})]
    return compare_models(others, clusters, baseline=METADATA, seed=seed)


def slice_accuracy(
    study: LikabilityStudy, predictions: pd.DataFrame, scores: pd.DataFrame, *, n_boot: int, seed: int
) -> pd.DataFrame:
    """Return one model's accuracy in each slice of the posts, as `slice_scores` gives.

    predictions: the model's honest test posts, at least one; its first run is judged. scores: as `score_models` gives,
    with its threshold.
    """
    line = honest_value(scores, predictions["model"].iloc[0], "threshold", "val")
    slices = slices_of(study)
    return slice_scores(first_run(predictions), slices, study.clusters, threshold=line, n_boot=n_boot, seed=seed)


def slices_of(study: LikabilityStudy) -> pd.DataFrame:
    """Return slices of the posts by what can be measured: post_id, slice. Faces and brightness, and followers."""
    followers = study.posts.set_index("post_id")["followers"].astype(float)
    parts = [third_slices(followers, ("fewest followers", "middling followers", "most followers"))]
    if study.has_pictures:
        parts.insert(0, face_slices(study.posts))
        bright = study.names("colour").index("brightness")
        value = pd.Series(study.spread_to_posts("colour")[:, bright], index=study.posts["post_id"])
        parts.insert(1, third_slices(value, ("dark photo", "middling photo", "bright photo")))
    return pd.concat(parts, ignore_index=True)


def recovered(
    study: LikabilityStudy, truth: Truth | None, predictions: pd.DataFrame, *, n_boot: int, seed: int
) -> pd.DataFrame | None:
    """Return planted effects beside those in one model's log-odds, as `effects.recovered_effects` gives; None of none.

    predictions: rows of one model and split, of which the first run is read; probabilities of 0 and 1 are drawn in by a
    millionth.
    """
    if truth is None:
        return None
    predictions = first_run(predictions)
    chance = predictions.set_index("left")["probability"].clip(1e-6, 1 - 1e-6)
    logit = np.log(chance / (1 - chance))
    factors = truth.factors.loc[predictions["left"]]
    return recovered_effects(factors, truth.effects, logit, study.clusters, n_boot=n_boot, seed=seed)


over_all = partial(every_account, baseline=METADATA)  # what cross-fitted classifiers reach, beside metadata alone


def query_posts(study: LikabilityStudy, most: int, seed: int) -> list[str]:
    """Return the ids of up to `most` test posts, drawn by seed, whose neighbours are shown."""
    test = study.posts[(study.posts["split"] == "test") & (study.posts["photo_id"] != "")]
    return sorted(test["post_id"].sample(min(most, len(test)), random_state=seed))


def query_neighbours(study: LikabilityStudy, queries: int, k: int, seed: int) -> pd.DataFrame:
    """Return the k liked posts of others that look most like each of some test posts, as `liked_neighbours` gives.

    They are looked for in the deepest layer of the network that features were taken from.
    """
    layer = layers_in(list(study.features))[-1]
    return liked_neighbours(study.posts, study.spread_to_posts(layer), query_posts(study, queries, seed), k)


def honest_value(scores: pd.DataFrame, model: str, metric: str, split: str = "test") -> float:
    """Return a model's honest number, such as its AUC, of `score_models`; validation ("val") chose its "threshold"."""
    found = (scores["model"] == model) & (scores["scheme"] == "honest") & (scores["split"] == split)
    return float(scores.loc[found & (scores["metric"] == metric), "value"].iloc[0])


def sight_ladder(study: LikabilityStudy, scores: pd.DataFrame, seed: int) -> SightLadder:
    """Return how a linear SVM on each layer of each network does on the test posts of each split, by AUC.

    scores: as `score_models` gives, of the study's predictions. The study's own network is called by its name too.
    """
    own, features = study.recipe["sights"][0], list(study.features)
    names = {f"{layer}, SVM": f"{layer_of(layer, own)}, SVM" for layer in layers_in(features)}
    names |= {f"{layer}, SVM": f"{layer}, SVM" for layer in layers_beside(features)}
    found = scores[scores["model"].isin(names) & (scores["metric"] == "auc") & (scores["split"] == "test")]
    answers = study.predictions[study.predictions["model"].isin(names)]
    called = [table.assign(model=table["model"].map(names)) for table in (found, answers)]
    return SightLadder(called[0].reset_index(drop=True), compare_sights(called[1], study.clusters, seed))


def photo_network(study: LikabilityStudy, scores: pd.DataFrame) -> str | None:
    """Return the network that did best in validation of those that see nothing but the photo, None of none."""
    return best_in_validation(scores, [name for name in study.variants if name not in {*study.skipped, *COMBINED}])


def ratios(
    study: LikabilityStudy, truth: Truth | None, models: Sequence[str], *, n_boot: int, seed: int
) -> dict[str, Estimate]:
    """Return {model: AUC(model) / AUC(best possible)}, of those models that were scored; each once.

    The best possible knows all that was planted but the user's effect and the noise; without a truth there is {}.
    """
    if truth is None:
        return {}
    predictions = pd.concat([study.predictions, best_possible(truth.expected, study.predictions)], ignore_index=True)
    known = [model for model in dict.fromkeys(models) if model in set(predictions["model"])]
    return {name: ratio_to_best(predictions, name, study.clusters, n_boot=n_boot, seed=seed) for name in known}


def write_metrics(scores: Sequence[pd.DataFrame], found: Mapping[str, Estimate], best: str, folder: Path) -> None:
    """Write scores.json and metrics.json: every score, and AUC(model) / AUC(best possible) where known.

    scores, found: as `score_models` and `ratios` give. best: the model that did best in validation.
    """
    book = MetricsBook()
    for table in scores:
        book.add_scores(table)
    for model, ratio in found.items():
        book.add("test", model, f"auc of {BEST}", ratio)
    book.write(folder, headlines.of_study("likability", best=best))
