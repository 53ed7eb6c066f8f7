"""The tests that a saliency map must pass, and a warning in plain words where it does not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from likeness.explain.attributions import Method, map_methods
from likeness.explain.map_tests import (
    insertion_deletion,
    mask_shares,
    mass_inside,
    pointing_hits,
    randomisation_correlation,
)
from likeness.explain.sides import SIDES, PairModel, Pairs, SideName
from likeness.recall import recall
from likeness.stats.bootstrap import Estimate, cluster_bootstrap
from likeness.stats.clusters import FEW, cluster_codes
from likeness.stats.weighted import mean_of

LIMIT = 0.5  # of the mean rank correlation with random networks
CELLS = 8  # a side, and steps, of insertion and deletion: small photos have no more to cover
LEAST_GAIN = 0.002  # an untrained network can beat chance by a hair on every photo
WORDS = {
    "insertion": "uncovering the photo in the map's order brings the answer back no faster than a random order",
    "deletion": "covering the photo in the map's order destroys the answer no faster than a random order",
    "pointing": "its strongest point lies on the masked region no more often than chance",
    "randomisation": "it does not clearly change when the weights are random: maybe it shows the photo, not the model",
}
FEW_WORDS = "{} independent pairs are too few to test them"
POINTING = {"pointing": "pointing, faces", "mass inside": "mass inside, faces"}  # where it is a description alone
CONSTANT = "its maps are constant, so that the randomisation test can say nothing"


@dataclass(frozen=True)
class Scorecard:
    """table: a row per method and test. warnings: {method: words or None}. maps: {method: {side: (n, h, w)}}.

    clusters: how many independent pairs the tests rest on.
    """

    table: pd.DataFrame
    warnings: dict[str, str | None]
    maps: dict[str, dict[SideName, Tensor]]
    clusters: int

    @property
    def warning(self) -> str | None:
        """All warnings in one text, or None if every map passed."""
        return " ".join(words for words in self.warnings.values() if words) or None

    @property
    def arrays(self) -> dict[str, tuple[NDArray[np.float32], ...]]:
        """The maps as {method: (n, h, w) of each side}, for the report's grids."""
        return {method: tuple(found.numpy() for found in sides.values()) for method, sides in self.maps.items()}


def _row(test: str, values: Estimate, chance: float, gain: Estimate | None, passed: bool | None) -> dict:
    gained = (None, None, None) if gain is None else (gain.value, gain.low, gain.high)
    gains = dict(zip(("gain", "gain_low", "gain_high"), gained, strict=True))
    return {"test": test, **values.to_dict(), "chance": chance} | gains | {"passed": passed}


def _against_chance(
    test: str, values: NDArray, chance: NDArray, clusters: NDArray, draws: dict[str, int], better: int = 1
) -> dict:
    """A test: is the gain over chance worth naming, and its whole interval above 0? better: -1 where less is better."""
    gain = cluster_bootstrap(mean_of(better * (values - chance)), clusters, **draws)
    lowest = gain.value if gain.low is None else gain.low  # without an interval all of them gain the same
    passed = None if cluster_codes(clusters)[1] < FEW else bool(lowest > 0 and gain.value >= LEAST_GAIN)
    return _row(test, cluster_bootstrap(mean_of(values), clusters, **draws), float(chance.mean()), gain, passed)


def _pointing_rows(maps: Tensor, masks: NDArray, clusters: NDArray, draws: dict[str, int]) -> list[dict]:
    """Rows of the pointing game over the photos whose mask is not empty; none if there is no such photo."""
    shares = mask_shares(masks)
    known = shares > 0
    if not known.any():
        return []
    tests = {"pointing": pointing_hits(maps, masks), "mass inside": mass_inside(maps, masks)}
    rows = [_against_chance(test, values[known], shares[known], clusters[known], draws)
            for test, values in tests.items()]  # fmt: skip
    rows[1]["passed"] = None  # shown beside the pointing game, not a test of its own
    return rows


def warning_of(method: str, rows: list[dict], clusters: int) -> str | None:
    """Say in plain words which tests the method failed, or that so many clusters are too few for a test, or None."""
    failed = [FEW_WORDS.format(clusters)] if clusters < FEW else []
    failed += [WORDS[row["test"]] for row in rows if row["passed"] is False]
    failed += [CONSTANT for row in rows if row["test"] == "randomisation" and row["n"] == 0]
    return f"{method}: read these maps with care: {'; and '.join(failed)}." if failed else None


def _method_rows(
    method: Method,
    model: PairModel,
    pairs: Pairs,
    maps: Mapping[SideName, Tensor],
    masks: Mapping[SideName, NDArray] | None,
    clusters: NDArray,
    *,
    seeds: int,
    random_pairs: int,
    **draws: int,
) -> list[dict]:
    """Run all tests of one method over the photos of all sides that have maps. draws: n_boot, seed."""
    seed, both = draws["seed"], np.concatenate([clusters] * len(maps))
    areas = [insertion_deletion(model, pairs, side, found, cells=CELLS, steps=CELLS, seed=seed)
             for side, found in maps.items()]  # fmt: skip
    joined = {key: np.concatenate([area[key] for area in areas]) for key in areas[0]}
    rows = [_against_chance(test, joined[test], joined[f"{test}_random"], both, draws, better)
            for test, better in (("insertion", 1), ("deletion", -1))]  # fmt: skip
    if masks is not None:
        stacked = np.concatenate([np.asarray(masks[side], dtype=bool) for side in maps])
        rows += _pointing_rows(torch.cat(list(maps.values())), stacked, both, draws)
    few, alike = min(random_pairs, len(pairs)), []
    first = pairs.rows(0, few)
    for side, found in maps.items():
        alike.append(
            randomisation_correlation(
                lambda other, side=side: method(other, first, side), model, found[:few], seeds, seed
            )
        )
    tested = np.concatenate([clusters[:few]] * len(maps))
    return [*rows, _randomisation_row(np.concatenate(alike), tested, draws)]


def _randomisation_row(alike: NDArray, clusters: NDArray, draws: dict[str, int]) -> dict:
    """The row of the randomisation test over the maps that are not constant; without a number if all are."""
    known = np.isfinite(alike)
    if not known.any():
        return _row("randomisation", Estimate(np.nan, None, None, 0), 0.0, None, None)
    estimate = cluster_bootstrap(mean_of(alike[known]), clusters[known], **draws)
    upper = estimate.value if estimate.high is None else estimate.high  # the whole interval must lie below the limit
    return _row("randomisation", estimate, 0.0, None, bool(upper <= LIMIT))


def scorecard(
    model: nn.Module,
    pairs: Pairs,
    methods: Mapping[str, Method],
    *,
    sides: Sequence[SideName] = SIDES,
    masks: Mapping[SideName, NDArray] | None,
    clusters: ArrayLike,
    **effort: int,
) -> Scorecard:
    """Make the maps of each method for both photos of all pairs, and test them.

    model: an nn.Module that is a PairModel. methods: {name: method}, as `map_methods` gives.
    sides: whose photos are explained: both, or one where the model judges a single photo.
    masks: {"left": (n, h, w) bool, "right": ...}, the region known to matter, or None. An empty mask (nobody in
        the photo) leaves that photo out of the pointing game.
    clusters: (n,) names, pairs of one cluster are resampled together.
    effort: n_boot and seed of the intervals, and of the randomisation test seeds (how many random networks are asked)
        and random_pairs (it makes every map again, so that it runs on the first so many pairs only). It fails unless
        the whole interval of the correlation lies below LIMIT (the mean, where there is no interval). Constant maps are
        left out of it, and its n says how many remain; with none, it has no verdict.
    table: method, test (insertion, deletion, pointing, mass inside, randomisation), value, low, high (95 %),
    n (photos), chance (random order, or share of the mask), gain over chance with gain_low and gain_high, passed
    (True, False, or None where there is no test, or fewer than six clusters).
    """
    clusters = np.asarray(clusters)
    if len(clusters) != len(pairs):
        raise ValueError(f"{len(clusters)} clusters for {len(pairs)} pairs")
    table, warnings, maps, count = [], {}, {}, cluster_codes(clusters)[1]
    for name, method in methods.items():
        maps[name] = {side: method(model, pairs, side) for side in sides}
        rows = _method_rows(method, model, pairs, maps[name], masks, clusters, **effort)
        warnings[name] = warning_of(name, rows, count)
        table += [{"method": name, **row} for row in rows]
    numbers = ["low", "high", "gain", "gain_low", "gain_high"]
    return Scorecard(pd.DataFrame(table).astype(dict.fromkeys(numbers, float)), warnings, maps, count)


def score_maps(
    model: nn.Module, pairs: Pairs, size: int, *, steps: int, cache: Path | None = None, **tested: Any
) -> Scorecard:
    """Return the scorecard of the maps that `map_methods` can make of photos of `size` px, in so many `steps`.

    cache: the folder that keeps it. tested: what `scorecard` takes beside. The warning says where Grad-CAM is left out.
    """
    return recall(cache, _score_maps, model, pairs, size, steps, **tested)


def _score_maps(model: nn.Module, pairs: Pairs, size: int, steps: int, **tested: Any) -> Scorecard:
    methods, missing = map_methods(model, size, steps)
    card = scorecard(model, pairs, methods, **tested)
    return replace(card, warnings=card.warnings | missing)


def described_pointing(card: Scorecard) -> Scorecard:
    """Return the scorecard with the pointing game at faces as a description: renamed, without a verdict or a warning.

    It says how often a map's strongest point lies on a face, and is no test that a map could fail.
    """
    passed = card.table["passed"].mask(card.table["test"].isin(POINTING), None)
    table = card.table.assign(passed=passed.astype(object).where(passed.notna(), None))
    tested = table[~table["test"].isin(POINTING)].groupby("method", sort=False)
    warnings = {name: warning_of(name, rows.to_dict("records"), card.clusters) for name, rows in tested}
    return replace(card, table=table.replace({"test": POINTING}), warnings=card.warnings | warnings)
