"""Why a photo of an album was kept or left out, in words."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
