"""Trials with known truth: which frame of a planted burst is kept, and how many moments of an album a set shows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest

from likeness.album import best, turns
from likeness.album.chosen_set import Weights, pick
from likeness.album.measure import MEASURES, signs_in
from likeness.album.planted import KINDS, UNTOUCHED, burst

MIXED = "mixed"
SIBLINGS = 3  # damaged frames of a burst of one kind


def planted_frames(photos: Iterable[NDArray[np.uint8]], plans: Sequence[str], seed: int = 0) -> pd.DataFrame:
    """Return the signs of all frames of planted bursts: photo, plan, kind, MEASURES, turn.

    photos: uint8 (h, w, 3), a longest side of at most album.signs.SIDE px. plans: MIXED, one frame of every kind of
    damage, or a kind, SIBLINGS frames of it; each beside one untouched frame.
    """
    import cv2

    rows = []
    for number, pixels in enumerate(photos):
        for place, plan in enumerate(plans):
            kinds = KINDS if plan == MIXED else (plan,) * SIBLINGS
            frames = list(burst(pixels, kinds, seed + len(plans) * number + place))
            small = [turns.small(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)) for _, frame in frames]
            for (kind, frame), turn in zip(frames, turns.turns(small, len(small) // 2), strict=True):
                signs = dict(zip(MEASURES, signs_in(frame).tolist(), strict=True))
                rows.append({"photo": number, "plan": plan, "kind": kind, **signs, "turn": turn})
    return pd.DataFrame(rows)


def winners(frames: pd.DataFrame, shuffles: int = 0, seed: int = 0) -> pd.DataFrame:
    """Return photo, plan and kind of the frame that is kept of each burst, and frames, how many it has.

    shuffles: above 0, the signs of each burst's frames change places so many times, a row each: that must give chance.
    """
    draw = np.random.default_rng([seed, 1])  # a stream of its own: the frames' order was drawn from `seed`
    rows = []
    for (photo, plan), group in frames.groupby(["photo", "plan"], sort=False):
        cost = best.costs(group).sum(axis=1).to_numpy()
        for each in [draw.permutation(cost) for _ in range(shuffles)] or [cost]:
            kind = group["kind"].iloc[int(np.argmin(each))]
            rows.append({"photo": photo, "plan": plan, "kind": kind, "frames": len(group)})
    return pd.DataFrame(rows)


def kept_untouched(kept: pd.DataFrame) -> pd.DataFrame:
    """Return a row a plan: bursts, chance, kept (share, with its 95 % interval), and worst: the damage that wins most.

    kept: as `winners` gives. The interval is Wilson's (1927): one burst of a plan rests on one photo.
    """
    rows = []
    for plan, group in kept.groupby("plan", sort=False):
        right = int((group["kind"] == UNTOUCHED).sum())
        between = binomtest(right, len(group)).proportion_ci(method="wilson")
        wrong = group.loc[group["kind"] != UNTOUCHED, "kind"].value_counts()
        row = {"plan": plan, "bursts": len(group), "chance": float((1 / group["frames"]).mean())}
        row |= {"kept": right / len(group), "low": between.low, "high": between.high}
        worst = {"worst": wrong.index[0], "worst_share": float(wrong.max() / len(group))} if len(wrong) else {}
        rows.append(row | {"worst": "", "worst_share": 0.0} | worst)
    return pd.DataFrame(rows)


def fit_weights(frames: pd.DataFrame, mixed: float = 4.0, ridge: float = 2e-4) -> dict[str, float]:
    """Return weights of `album.best.faults` that make the untouched frame of each burst the likeliest.

    A softmax over the frames of a burst, weights above 0, mixed bursts counted `mixed` times; `best.FITTED` are these.
    """
    from scipy.optimize import minimize

    bursts = []
    for (_, plan), group in frames.groupby(["photo", "plan"], sort=False):
        found = best.faults(group)
        apart = found.to_numpy() - found[group["kind"] == UNTOUCHED].to_numpy()
        bursts.append((apart, mixed if plan == MIXED else 1.0))
    names = list(found)

    def loss(logs: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights, total, slope = np.exp(logs), 0.0, np.zeros(len(logs))
        for apart, times in bursts:
            score = -apart @ weights
            share = np.exp(score - score.max())
            total += times * (score.max() + np.log(share.sum()))
            slope -= times * (share / share.sum()) @ apart
        n = len(bursts)
        return total / n + ridge * (weights**2).sum(), (slope / n + 2 * ridge * weights) * weights

    found = minimize(loss, np.ones(len(names)), jac=True, method="L-BFGS-B", bounds=[(-5, 4)] * len(names))
    return dict(zip(names, np.exp(found.x).tolist(), strict=True))


def known_moments(features: NDArray[np.float32], moments: int, photos: int, seed: int) -> tuple[NDArray, NDArray]:
    """Return (rows of `features`, their moment): an album of `photos` photos in moments of uneven size.

    A moment is a photo drawn at random and the photos nearest to it that are in no other: what looks alike.
    """
    draw = np.random.default_rng(seed)
    sizes = 1 + draw.multinomial(photos - moments, draw.dirichlet(np.ones(moments)))
    free = np.ones(len(features), bool)
    rows, label = [], []
    for number, size in enumerate(sizes):
        start = int(draw.choice(np.flatnonzero(free)))
        near = np.argsort(-(features @ features[start]) - 9 * free)[:size]
        free[near] = False
        rows.append(near)
        label += [number] * size
    return np.concatenate(rows), np.array(label)


def coverage(
    features: NDArray[np.float32], quality: NDArray[np.float64], moments: int, photos: int, keep: int, seed: int
) -> dict[str, float]:
    """Return {way to choose: share of an album's known moments that `keep` photos show}, by looks alone.

    features: (n, d) of length 1. quality: (n,). No way is told the moments.
    """
    rows, label = known_moments(features, moments, photos, seed)
    own, worth = features[rows], quality[rows]
    unknown = np.zeros(len(rows), int)
    ways: dict[str, Callable[[], Any]] = {
        "facility location": lambda: (
            pick(own, unknown, [[]] * len(rows), worth, keep=keep, weights=Weights(moments=0, people=0)).photos
        ),
        "k-means": lambda: nearest_to_means(own, keep, seed),
        "quality only": lambda: np.argsort(-worth, kind="stable")[:keep],
        "random": lambda: np.random.default_rng(seed + 1).choice(len(rows), keep, replace=False),
    }
    return {name: len(np.unique(label[np.asarray(way())])) / moments for name, way in ways.items()}


def nearest_to_means(features: NDArray[np.float32], keep: int, seed: int) -> NDArray[np.int64]:
    """Return the photo nearest to each of `keep` means of k-means."""
    from sklearn.cluster import KMeans

    fitted = KMeans(keep, n_init=3, random_state=seed).fit(features)
    return np.argmin(fitted.transform(features), axis=0)


def coverage_table(
    features: NDArray[np.float32],
    quality: NDArray[np.float64],
    *,
    moments: Sequence[int],
    photos: int,
    keep: int,
    albums: int,
) -> pd.DataFrame:
    """Return moments, way, share, low, high (95 % of the mean over `albums` drawn albums, by the normal)."""
    rows = []
    for number in moments:
        each = pd.DataFrame([coverage(features, quality, number, photos, keep, seed) for seed in range(albums)])
        half = 1.96 * each.std() / np.sqrt(albums)
        for way in each:
            mean = each[way].mean()
            rows.append(
                {"moments": number, "way": way, "share": mean, "low": mean - half[way], "high": mean + half[way]}
            )
    return pd.DataFrame(rows)
