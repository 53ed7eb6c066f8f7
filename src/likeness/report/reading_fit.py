"""One or two sentences that read features and trainings: data in, a note out, true for any data."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.metrics.pairwise import cosine_similarity

from likeness.report.html_text import PAIRS, Html, Wording, note, number, percent
from likeness.stats.bootstrap import estimate_pairs
from likeness.stats.runs import each_run, split_runs
from likeness.stats.weighted import mean_of

if TYPE_CHECKING:
    from likeness.features.sight import Sight

TUNED = {"last": "last layers tuned", "full": "all layers tuned"}
SEEN = {"photo": "photo alone", "photo+skeleton": "photo and skeletons", "photo+heatmaps": "photo and joint heatmaps"}


def network_words(variant: str) -> str:
    """Return a siamese network's name in words; another model's name as it is.

    >>> network_words("full-photo+skeleton"), network_words("joints, OKS")
    ('all layers tuned, photo and skeletons', 'joints, OKS')
    """
    tune, _, stream = variant.partition("-")
    return f"{TUNED[tune]}, {SEEN[stream]}" if tune in TUNED and stream in SEEN else variant


def describe_extraction(features: dict[str, np.ndarray]) -> Html:
    """Read the features: views, photos, numbers a photo."""
    photos, width = next(iter(features.values())).shape
    return note(f"{len(features)} views ({', '.join(features)}) of {photos:,} photos: {width} numbers each.")


def describe_sights(sights: "Sequence[Sight]") -> Html:
    """Name the networks that were asked, the trained ones and the random ones."""
    parts = []
    for kind, trained in (("trained", True), ("with random weights", False)):
        names = [sight.name for sight in sights if sight.trained == trained]
        parts += [f"{kind}: {', '.join(names)}"] if names else []
    return note(f"Networks {'; '.join(parts)}.")


def describe_space(features: np.ndarray, labels: pd.Series) -> Html:
    """Read the scatter: how often a photo's nearest neighbour carries its own label."""
    known = labels.notna().to_numpy()
    similarity = cosine_similarity(features[known])
    np.fill_diagonal(similarity, -np.inf)
    names = labels[known].to_numpy()
    own = float((names[similarity.argmax(axis=1)] == names).mean())
    chance = float((pd.Series(names).value_counts(normalize=True) ** 2).sum())
    lead = f"In {percent(own)} of the photos the nearest neighbour is of the same {labels.name}"
    return note(f"{lead} (chance: {percent(chance)}).")


def describe_mirror(features: dict[str, np.ndarray]) -> Html:
    """Read the sanity check: the photo closest to a mirror image is mostly its original."""
    nearest = cosine_similarity(features["mirror"], features["photo"]).argmax(axis=1)
    right = float((nearest == np.arange(len(nearest))).mean())
    return note(f"For {percent(right)} of the mirror images the closest photo is their own original.")


def describe_similarity(similarity: np.ndarray, same: np.ndarray) -> Html:
    """Read the two distributions of a similarity: how far apart they are, in standard deviations."""
    alike, different = similarity[same], similarity[~same]
    spread = np.sqrt((alike.var() + different.var()) / 2)
    gap = (alike.mean() - different.mean()) / spread if spread > 0 else 0.0
    verdict = "hardly apart" if abs(gap) < 0.5 else "overlapping" if abs(gap) < 1.5 else "well apart"
    return note(
        f"Same pairs have a mean of {alike.mean():.3f}, others {different.mean():.3f}: {gap:.2f} standard deviations, "
        f"the two are {verdict}. This is what every later model has to beat."
    )


def describe_network(parameters: int, trained: int) -> Html:
    """Read the size of a network beside the number of honest training pairs that it is trained on."""
    return note(f"{parameters:,} weights are trained on {trained:,} honest training pairs.")


def describe_probabilities(predictions: pd.DataFrame, wording: Wording = PAIRS) -> Html:
    """Read the histograms of probabilities: how often the two kinds fall on their own side of one half."""
    said = predictions["probability"] >= 0.5
    same, other = said[predictions["same"]].mean(), said[~predictions["same"]].mean()
    return note(
        f"Of the {len(predictions)} honest test {wording.items}, {percent(same)} of the {wording.positive} and "
        f"{percent(other)} of the others are called {wording.called} at a probability of 0.5."
    )


def accuracy_at_half(predictions: pd.DataFrame, clusters: pd.Series) -> list[dict[str, object]]:
    """Return the share of pairs decided correctly at a probability of 0.5: honest test pairs, naive validation pairs.

    The mean over training runs. clusters: by photo id, what the 95 % intervals resample together, beside runs.
    """
    parts = {"accuracy at 0.5, honest test": ("honest", "test"), "the same, pairs at random": ("naive", "val")}
    numbers = []
    for label, (scheme, split) in parts.items():
        runs = split_runs(predictions[(predictions["scheme"] == scheme) & (predictions["split"] == split)])
        right = each_run([mean_of((rows["probability"] >= 0.5) == rows["same"]) for rows in runs])
        numbers.append(number(label, estimate_pairs(right, runs[0], clusters)))
    return numbers
