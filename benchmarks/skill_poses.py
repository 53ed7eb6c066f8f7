"""Poses: for how many photos is somebody found, and do nearest joints find the nearest true poses?"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.cache import Cache
from likeness.compare.ladder import ladder_hits
from likeness.people.distances import pairwise
from likeness.people.estimate import find_people
from likeness.people.joints import body_only, nobody
from likeness.people.truth import annotated_poses
from likeness.photos import duplicates, manifest, splits
from likeness.stats.bootstrap import Estimate, cluster_bootstrap
from likeness.stats.weighted import mean_of

SHARES, SEED, RELEVANT = (0.2, 0.3), 7, 20  # as in params.yaml and examples/lsp.yaml
KS = (1, 5, 10)
ROW = tuple[str, str, Estimate, Estimate, int]


def retrieved(folder: Path, cache: Cache) -> Iterator[ROW]:
    """Yield the share of photos with somebody, and hit@k among test photos, without and with guesses."""
    photos, _ = manifest.build_manifest(pd.DataFrame({"path": sorted(map(str, folder.glob("images/*.jpg")))}), folder)
    photos["duplicate_group"] = duplicates.near_duplicates(folder, photos, max_distance=20)
    photos["split"] = splits.split_by_group(photos["duplicate_group"], splits.shares_of(*SHARES), SEED)
    truth = pairwise("torso", annotated_poses(photos, folder, folder / "joints.csv"))
    judged = np.isfinite(truth).sum(axis=1) > 1
    judged &= (photos["split"] == "test").to_numpy() & ~photos["duplicate_group"].duplicated().to_numpy()
    rows, look = np.flatnonzero(judged), partial(find_people, "mediapipe", photos, folder, cache)
    before, after = (look(guess=guess).people for guess in (False, True))
    clusters = photos["duplicate_group"].iloc[rows]
    there = [cluster_bootstrap(mean_of([len(people[row]) > 0 for row in rows]), clusters) for people in (before, after)]
    yield "a pose found", "photos with somebody", *there, len(rows)
    relevant, places = _blocks(_nearest(truth[np.ix_(rows, rows)])), np.arange(len(rows))
    alike = {name: [_blocks(_likeness(people, rows))] for name, people in (("before", before), ("after", after))}
    found = ladder_hits(alike, relevant, places, places, clusters, KS, baseline="before", seed=SEED)
    rungs = found.rungs.set_index(["k", "model"])
    for k in KS:
        both = [rungs.loc[(k, name)] for name in ("before", "after")]
        yield "a pose found", f"hit@{k}", *(Estimate(e["value"], e["low"], e["high"], e["n"]) for e in both), len(rows)


def _blocks(table: NDArray) -> Callable[[NDArray, NDArray], NDArray]:
    """Return what gives a table (n, n) block by block: rows (q,), rows (g,) -> (q, g)."""
    return lambda a, b: table[np.ix_(a, b)]


def _likeness(people: list[NDArray], rows: NDArray) -> NDArray[np.float64]:
    """Return (n, n) how alike the first people of some photos hold their joints, NaN where nobody is."""
    first = [found[0] if len(found) else nobody(1)[0] for found in people]
    return -pairwise("torso", body_only(np.stack(first)[rows]))


def _nearest(distance: NDArray) -> NDArray[np.bool_]:
    """Return (n, n) which photos are among a photo's RELEVANT nearest ones by true pose."""
    distance = np.where(np.eye(len(distance), dtype=bool) | np.isnan(distance), np.inf, distance)
    rank = np.argsort(np.argsort(distance, axis=1, kind="stable"), axis=1)
    return (rank < RELEVANT) & np.isfinite(distance)
