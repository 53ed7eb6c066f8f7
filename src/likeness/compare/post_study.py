"""The likability study's own questions to its models: which to compare, in which slices, against which truth."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from likeness.compare.effects import recovered_effects
from likeness.compare.likes import BEST, best_possible, face_slices, ratio_to_best, third_slices
from likeness.models.likability.post_data import post_arrays
from likeness.models.likability.post_net import PostNet, load_post_net
from likeness.models.likability.recipes import fusion_table
from likeness.stats.bootstrap import Estimate
from likeness.stats.metrics import MetricsBook
from likeness.studies.likability import LikabilityStudy

USER_ONLY, METADATA = "user only, boosting", "metadata, boosting"
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
    """Say whether a model sees both the photo and what is known without it."""
    return model in COMBINED or BOTH in model


def ladder_of(study: LikabilityStudy, scores: pd.DataFrame) -> list[str]:
    """Return the models that stand for user only, metadata, image and both, those that there are, in this order.

    scores: as compare.scores gives; of several image (combined) models the one that did best in validation stands.
    """
    models = sorted(set(study.predictions["model"]) - {USER_ONLY, METADATA})
    images = study.best_of(scores, [model for model in models if not is_combined(model)])
    both = study.best_of(scores, [model for model in models if is_combined(model)])
    return [USER_ONLY, METADATA, *(model for model in (images, both) if model is not None)]


def slices_of(study: LikabilityStudy) -> pd.DataFrame:
    """Return slices of the posts by what can be measured: post_id, slice. Faces and brightness, and followers."""
    followers = study.posts.set_index("post_id")["followers"].astype(float)
    parts = [third_slices(followers, ("fewest followers", "middling followers", "most followers"))]
    if study.has_pictures:
        parts.insert(0, face_slices(study.posts))
        bright = study.names("colour").index("brightness")
        value = pd.Series(study.of_posts("colour")[:, bright], index=study.posts["post_id"])
        parts.insert(1, third_slices(value, ("dark photo", "middling photo", "bright photo")))
    return pd.concat(parts, ignore_index=True)


def with_best_possible(predictions: pd.DataFrame, truth: Truth) -> pd.DataFrame:
    """Return predictions and those of the model that knows all that was planted but the user's effect and the noise."""
    return pd.concat([predictions, best_possible(truth.expected, predictions)], ignore_index=True)


def recovered(
    predictions: pd.DataFrame, truth: Truth, study: LikabilityStudy, *, n_boot: int, seed: int
) -> pd.DataFrame:
    """Return planted effects beside those in one model's log-odds, as `effects.recovered_effects` gives.

    predictions: rows of one model and split, a post once; probabilities of 0 and 1 are drawn in by a millionth.
    """
    chance = predictions.set_index("left")["probability"].clip(1e-6, 1 - 1e-6)
    logit = np.log(chance / (1 - chance))
    factors = truth.factors.loc[predictions["left"]]
    return recovered_effects(factors, truth.effects, logit, study.clusters, n_boot=n_boot, seed=seed)


def query_posts(study: LikabilityStudy, most: int, seed: int) -> list[str]:
    """Return the ids of up to `most` test posts, drawn by seed, whose neighbours are shown."""
    test = study.posts[(study.posts["split"] == "test") & (study.posts["photo_id"] != "")]
    return sorted(test["post_id"].sample(min(most, len(test)), random_state=seed))


def layer_of(study: LikabilityStudy) -> str:
    """Return the deepest layer of the network that features were taken from: neighbours are looked for in it."""
    return next(name for name in ("fc7", "pool") if name in study.features)


def inputs_of(
    study: LikabilityStudy, network: str, explained: pd.DataFrame, root: Path
) -> tuple[PostNet, np.ndarray, np.ndarray | None]:
    """Return (network, photos uint8 (n, 3, s, s), what it is told (n, m) or None) of the posts to explain."""
    net, meta = load_post_net(study.weights(network))
    told = fusion_table(study).set_axis(study.posts["post_id"]).loc[explained["post_id"], meta["told"]]
    size = net.config.image_size
    known = told.to_numpy(float) if meta["told"] else None
    arrays = post_arrays(explained, study.photos, root, size, known)
    return net, arrays.photos, arrays.metadata


def line_of(scores: pd.DataFrame, model: str) -> float:
    """Return the threshold that honest validation posts chose for a model's score. scores: as compare.scores gives."""
    own = scores[(scores["model"] == model) & (scores["scheme"] == "honest") & (scores["metric"] == "threshold")]
    return float(own["value"].iloc[0])


def ratios(
    predictions: pd.DataFrame, models: Sequence[str], clusters: pd.Series, *, n_boot: int, seed: int
) -> dict[str, Estimate]:
    """Return {model: AUC(model) / AUC(best possible)}, of those models that were scored; each once.

    predictions: with those of the best possible, see `with_best_possible`.
    """
    known = [model for model in dict.fromkeys(models) if model in set(predictions["model"])]
    return {name: ratio_to_best(predictions, name, clusters, n_boot=n_boot, seed=seed) for name in known}


def add_ratios(book: MetricsBook, found: Mapping[str, Estimate]) -> None:
    """Add AUC(model) / AUC(best possible) to the metrics; found is empty where no truth is known."""
    for model, ratio in found.items():
        book.add("test", model, f"auc of {BEST}", ratio)
