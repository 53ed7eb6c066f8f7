"""Which photos of an album to keep: good ones that are unlike each other.

Left out first: all but the best of each group of near-duplicates, and blurred photos. Of the n others a set S of
`keep` photos is chosen to maximise

    F(S) = sum of the scores in S  +  diversity * keep * mean over all n photos of how similar the nearest of S is

The second term is a facility location: it is large when every photo of the album has one like it among those kept, so
a second photo of one scene adds little. Both terms are at most `keep`, so diversity 1 weighs them alike. F is monotone
and submodular, hence taking the photo of the largest gain each time reaches at least 1 - 1/e (63 %) of the best set's
F (Nemhauser, Wolsey and Fisher, 1978).
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

KEPT, LEFT, DUPLICATE, BLURRED = "kept", "left out", "near-duplicate", "blurred"
# Variance of the Laplacian of the luminance (0 to 255) at a longest side of 256 px. 120 sport photos have 103 to 2,879
# (median 707), after a Gaussian blur of 1 px 21 to 230, of 2 px 3 to 21; 100 paintings have a median of 382.
SURELY_BLURRED, SURELY_SHARP = 20.0, 100.0
FENCE = 1.5  # interquartile ranges below the first quartile, Tukey's outlier
CLOSE = 0.05  # scores of near-duplicates that differ by less say nothing
ALIKE = 0.5  # similarity from which a photo is said to be like another


class Quality(NamedTuple):
    """What near-duplicates are judged by, each (n,)."""

    score: NDArray
    pixels: NDArray
    sharpness: NDArray


class Album(NamedTuple):
    """What reasons are made of. rank, score: (n,). competing, kept: photos, the latter as taken. similarity: (n, n)."""

    rank: NDArray
    competing: NDArray
    kept: NDArray
    score: NDArray
    similarity: NDArray
    names: Sequence[str]
    diversity: float


def sharpness_limit(sharpness: NDArray[np.float64]) -> float:
    """Return the variance of the Laplacian below which a photo of this album counts as blurred.

    Tukey's lower fence of the album on a logarithmic scale, but at least SURELY_BLURRED (an album may be blurred as a
    whole) and at most SURELY_SHARP (in a very crisp album a soft photo is no failure).
    """
    logs = np.log1p(np.asarray(sharpness, dtype=float))
    first, third = np.quantile(logs, [0.25, 0.75])
    return float(np.clip(np.expm1(first - FENCE * (third - first)), SURELY_BLURRED, SURELY_SHARP))


def similarities(features: NDArray) -> NDArray[np.float64]:
    """Return (n, n) in [0, 1]: cosine of the features (n, d) about the album's mean; 0 where they point apart."""
    centred = np.asarray(features, dtype=float) - np.mean(features, axis=0, dtype=float)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = np.divide(centred, length, out=np.zeros_like(centred), where=length > 0)
    found = np.clip(unit @ unit.T, 0, 1)
    np.fill_diagonal(found, 1)
    return found


def greedy(score: NDArray, similarity: NDArray, keep: int, diversity: float) -> tuple[list[int], list[float], NDArray]:
    """Return (photos in the order taken, F's gain from each, gain (n,) that each would bring on top of them all).

    score: (n,) in [0, 1]. similarity: (n, n) in [0, 1]. Of equal gains the first photo is taken.
    """
    weight = diversity * min(keep, len(score))
    covered, taken, gains = np.zeros(len(score)), [], []

    def gain() -> NDArray[np.float64]:
        added = np.maximum(similarity - covered, 0).mean(axis=1) if len(score) else np.zeros(0)
        return score + weight * added

    while len(taken) < min(keep, len(score)):
        each = gain()
        each[taken] = -np.inf
        best = int(np.argmax(each))
        taken.append(best)
        gains.append(float(each[best]))
        covered = np.maximum(covered, similarity[best])
    return taken, gains, gain()


def choose(
    score: ArrayLike,
    features: NDArray,
    sharpness: ArrayLike,
    duplicate_group: ArrayLike,
    pixels: ArrayLike,
    names: Sequence[str],
    *,
    keep: int,
    diversity: float,
) -> pd.DataFrame:
    """Return one row a photo, in the order given: chosen (bool), rank (1 is taken first, else 0), state, reason, gain.

    score: (n,) in [0, 1]. features: (n, d), what similarity is measured in. sharpness: (n,) variance of the Laplacian.
    duplicate_group: (n,) equal for near-duplicates. pixels: (n,), which tell the original from its smaller copies.
    names: what reasons call the photos. keep: at least 1; where fewer photos qualify all are kept. diversity: at least
    0. state: KEPT, LEFT, DUPLICATE or BLURRED. gain: what the photo added to F, or would add; NaN if it does not
    compete.
    """
    score, sharpness = np.asarray(score, dtype=float), np.asarray(sharpness, dtype=float)
    limit = sharpness_limit(sharpness)
    sharp = sharpness >= limit
    quality = Quality(score, np.asarray(pixels), sharpness)
    best = best_of_groups(quality, np.asarray(duplicate_group, dtype=object), sharp)
    runs = np.flatnonzero(sharp & (best == np.arange(len(score))))
    similarity = similarities(features)
    taken, gains, spare = greedy(score[runs], similarity[np.ix_(runs, runs)], keep, diversity)
    kept = runs[taken]
    rank, gain = np.zeros(len(score), dtype=int), np.full(len(score), np.nan)
    gain[runs], rank[kept] = spare, np.arange(1, len(kept) + 1)
    gain[kept] = gains
    state = np.select([rank > 0, ~sharp, best != np.arange(len(score))], [KEPT, BLURRED, DUPLICATE], LEFT)
    album = Album(rank, runs, kept, score, similarity, names, diversity)
    say = {
        KEPT: lambda k: kept_reason(k, album),
        LEFT: lambda k: left_reason(k, album),
        BLURRED: lambda k: f"left out: blurred (sharpness {sharpness[k]:.3g}, limit {limit:.3g})",
        DUPLICATE: lambda k: duplicate_reason(k, int(best[k]), quality, names),
    }
    words = [say[state[k]](k) for k in range(len(score))]
    return pd.DataFrame({"chosen": rank > 0, "rank": rank, "state": state, "reason": words, "gain": gain})


def best_of_groups(quality: Quality, groups: NDArray[np.object_], sharp: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each photo the one that stands for its group.

    Sharp photos before blurred ones; of those that score within CLOSE of the best the one with the most pixels, then
    the sharpest (an original before its copies), then the first.
    """
    best = np.arange(len(groups))
    for rows in pd.Series(groups).groupby(groups, sort=False).indices.values():
        runs = rows[sharp[rows]] if sharp[rows].any() else rows
        runs = runs[quality.score[runs] >= quality.score[runs].max() - CLOSE]
        best[rows] = runs[np.lexsort((runs, -quality.sharpness[runs], -quality.pixels[runs]))[0]]
    return best


def kept_reason(k: int, album: Album) -> str:
    """Say why a photo was kept: its score, and how near the nearest of the photos taken before it is."""
    lead = f"kept {ordinal(int(album.rank[k]))}: score {album.score[k]:.2f}"
    before = album.kept[: album.rank[k] - 1]
    if not album.diversity:
        return lead
    if not len(before):
        is_best = album.score[k] >= album.score[album.competing].max()
        why = "the highest" if is_best else "stands for more of the album than photos that score more"
        return f"{lead}, {why}"
    nearest = before[int(np.argmax(album.similarity[k, before]))]
    value = album.similarity[k, nearest]
    if value >= ALIKE:
        return f"{lead}, kept although {album.names[nearest]} is like it ({value:.2f} similar)"
    return f"{lead}, adds a view not yet covered (nearest kept photo {value:.2f} similar)"


def left_reason(k: int, album: Album) -> str:
    """Say why a photo that could have been kept was not: it scores less, or is like one that is kept, or both."""
    nearest = album.kept[int(np.argmax(album.similarity[k, album.kept]))]
    value, lowest = album.similarity[k, nearest], album.score[album.kept].min()
    alike = f"like photos already kept ({album.names[nearest]}, {value:.2f} similar)"
    is_alike = album.diversity > 0 and value >= ALIKE
    if album.score[k] < lowest:
        low = f"left out: score {album.score[k]:.2f}, below every photo kept (lowest {lowest:.2f})"
        return f"{low}, and {alike}" if is_alike else low
    if is_alike:
        return f"left out: {alike}"
    return f"left out: score {album.score[k]:.2f}, but the photos kept add more to the whole"


def duplicate_reason(k: int, best: int, quality: Quality, names: Sequence[str]) -> str:
    """Say of which photo this one is a near-duplicate, and why that one stands for both."""
    if quality.score[best] > quality.score[k] + CLOSE:
        how = "which scores higher"
    elif quality.pixels[best] > quality.pixels[k]:
        how = "which has more pixels"
    elif quality.pixels[best] == quality.pixels[k] and quality.sharpness[best] > quality.sharpness[k]:
        how = "which is sharper"
    else:
        how = "which stands for both"
    return f"left out: near-duplicate of {names[best]}, {how}"


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th ... 11th ... 21st."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
