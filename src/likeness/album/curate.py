"""The album curator: a folder of photos in, the set that tells it out, each photo with its reason. It is only read."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from likeness.album import best, dates, taste, turns
from likeness.album.chosen_set import Picked, pick
from likeness.album.leave_out import why_left_out
from likeness.album.measure import MEASURES, signs_of
from likeness.album.moments import bursts, moments
from likeness.album.people import people_in
from likeness.album.reasons import ASPECT, BURST, KEPT, LEFT, NEVER, OUT, REFUSED, with_reasons
from likeness.album.wishes import CurateError, Wishes, fits, listed
from likeness.cache import Cache
from likeness.errors import LayoutError
from likeness.photos.duplicates import near_duplicates
from likeness.photos.manifest import build_manifest
from likeness.photos.readers import read_flat

NETWORK, WEIGHTS, SIZE = "timm:tf_efficientnet_lite0", "bundled", 224  # in a package that is installed: no download
COLUMNS = ["path", "state", "reason", "order", "moment", "burst", "taken", "date_from", "latitude", "longitude",
           "width", "height", "quality", "score", "score_low", "score_high", "people", *MEASURES, "turn",
           *best.FITTED, *best.BY_HAND]  # fmt: skip


class Curated(NamedTuple):
    """table: a row a file found, in the order taken, refused files last. refused: path, reason, detail. picked: the
    set. taste: in words."""

    table: pd.DataFrame
    refused: pd.DataFrame
    picked: Picked
    taste: str


def choose(
    album: Path, wishes: Wishes, *, cache: Cache | None = None, progress: bool = False, seed: int = 0
) -> Curated:
    """Choose the photos that tell an album; nothing is written.

    album: a folder of photos, subfolders included. seed: of the sample that is to be covered, of large albums.
    Returns COLUMNS, and photo_id and name, of every file found. Raises CurateError, and MissingWeights where a network
    is asked for that is not here.
    """
    album = Path(album).absolute()
    photos, refused = album_photos(album, progress)
    photos, when = in_order(album, photos)
    photos = pd.concat([photos, signs_of(photos, album, cache=cache)], axis=1)
    features = looks(photos, album, cache)
    photos["moment"] = moments(when, photos[["latitude", "longitude"]].to_numpy(float), features)
    copies = near_duplicates(album, photos, progress=progress)
    photos["burst"] = bursts(when, photos["moment"].to_numpy(), features, copies.to_numpy(object))
    photos = pd.concat([photos, taste.scores(photos, album, wishes.taste, cache)], axis=1)
    photos["people"] = people_in(photos, album, cache) if wishes.people else [[] for _ in range(len(photos))]
    photos, picked = _decide(judged(photos, album), features, wishes, seed)
    table = _with_refused(with_reasons(photos, picked), refused)
    return Curated(table, refused, picked, taste.in_words(wishes.taste))


def album_photos(album: Path, progress: bool = False) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the album's photos, and the files refused, with paths relative to it. Raises CurateError."""
    if not album.is_dir():
        what = "is a file, not a folder" if album.exists() else "no such folder"
        raise CurateError(f"{album}: {what}; give the folder that holds the photos")
    try:
        photos, refused = build_manifest(read_flat(album), album, progress=progress)
    except LayoutError as error:
        raise CurateError(str(error)) from error
    if photos.empty:
        path, reason, detail = refused.iloc[0][["path", "reason", "detail"]]
        what = f"{len(refused)} files were refused, the first is {path}: {reason}: {detail}"
        raise CurateError(f"{album}: no photo in it; {what}")
    return photos, refused


def in_order(album: Path, photos: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the photos in the order they were taken, and when [s] on one clock; undated ones last, by path, NaN."""
    each = [dates.taken(album / path) for path in photos["path"]]
    clock = dates.on_one_clock(each)
    seconds = np.array([np.nan if at is None else (at - dates.EPOCH).total_seconds() for at in clock])
    names = [Path(path).name for path in photos["path"]]
    twice = pd.Series(names).duplicated(keep=False)
    table = photos[["photo_id", "path", "sha256", "phash", "width", "height"]].assign(
        name=[path if again else name for path, name, again in zip(photos["path"], names, twice, strict=True)],
        taken=[one.local for one in each],
        date_from=[one.source for one in each],
        latitude=[one.latitude for one in each],
        longitude=[one.longitude for one in each],
    )
    table["taken"] = pd.to_datetime(table["taken"])
    order = np.lexsort([np.arange(len(table)), np.where(np.isnan(seconds), np.inf, seconds)])
    return table.iloc[order].reset_index(drop=True), seconds[order]


def looks(photos: pd.DataFrame, album: Path, cache: Cache | None) -> np.ndarray:
    """Return (n, d) float32 of length 1: what the bundled network, trained on ImageNet, says of each photo."""
    from likeness.features.backbones import load_backbone
    from likeness.features.extract import extract

    network = load_backbone(NETWORK, WEIGHTS, image_size=SIZE)
    features, _ = extract(photos, network, root=album, cache=cache, image_size=SIZE)
    return features / np.maximum(np.linalg.norm(features, axis=1, keepdims=True), 1e-9)


def judged(photos: pd.DataFrame, album: Path) -> pd.DataFrame:
    """Add to the photos, in bursts: turn, each fault's cost, out (why left out, "" if not), best (row that stands
    for the burst), frames (of the burst), quality."""
    photos = photos.assign(out=why_left_out(photos), turn=np.nan, frames=1, best=np.arange(len(photos)))
    parts = [pd.DataFrame(0.0, index=photos.index, columns=[*best.FITTED, *best.BY_HAND])]  # alone, none is worse
    for rows in photos.groupby("burst", sort=False).indices.values():
        if len(rows) == 1:
            continue
        photos.loc[rows, "turn"] = turns.of_burst([album / path for path in photos["path"].iloc[rows]])
        cost = best.costs(photos.iloc[rows])
        runs = photos["out"].iloc[rows].eq("").to_numpy()
        total = cost.sum(axis=1).to_numpy() + np.where(runs | ~runs.any(), 0, np.inf)
        photos.loc[rows, "best"] = rows[int(np.argmin(total))]
        photos.loc[rows, "frames"] = len(rows)
        parts.append(cost)
    costs = pd.concat(parts)
    costs = costs[~costs.index.duplicated(keep="last")].loc[photos.index]
    return pd.concat([photos, costs], axis=1).assign(quality=best.quality(photos))


def _decide(photos: pd.DataFrame, features: np.ndarray, wishes: Wishes, seed: int) -> tuple[pd.DataFrame, Picked]:
    """Return the photos with state and order (1 is taken first, 0 not kept), and the set by rows of them."""
    must, never = listed(wishes.must, photos["path"]), listed(wishes.never, photos["path"])
    if both := set(must) & set(never):
        raise CurateError(f"{photos['path'][min(both)]}: is in --must and in --never; choose one")
    forced = photos.index.isin(must)
    burst_of_must = photos["burst"].isin(photos["burst"].iloc[must])
    state = np.select(
        [
            forced,
            photos.index.isin(never),
            photos["out"].ne(""),
            (photos["best"] != photos.index) | burst_of_must,
            ~fits(photos["width"], photos["height"], wishes.aspect),
        ],
        [KEPT, NEVER, OUT, BURST, ASPECT],
        LEFT,
    )
    runs = np.flatnonzero((state == LEFT) | forced)
    worth = photos["quality"] if wishes.taste == "none" else (photos["quality"] + photos["score"]) / 2
    place = {int(row): k for k, row in enumerate(runs)}
    picked = pick(
        centred(features)[runs], photos["moment"].to_numpy()[runs], [photos["people"][k] for k in runs],
        worth.to_numpy()[runs], keep=max(wishes.keep, len(must)), must=[place[k] for k in must],
        per_moment=wishes.per_moment, seed=seed,
    )  # fmt: skip
    kept = runs[picked.photos]
    state[kept] = KEPT
    order = np.zeros(len(photos), int)
    order[kept] = np.arange(1, len(kept) + 1)
    return photos.assign(state=state, order=order, forced=forced), picked._replace(photos=kept.tolist())


def centred(features: np.ndarray) -> np.ndarray:
    """Return features (n, d) about the album's mean, of length 1: what is alike beyond what all its photos share."""
    away = features - features.mean(axis=0)
    return away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)


def _with_refused(table: pd.DataFrame, refused: pd.DataFrame) -> pd.DataFrame:
    """Add a row per refused file: what was found is in the table, whatever became of it."""
    if refused.empty:
        return table
    rows = pd.DataFrame({"path": refused["path"], "reason": refused["reason"] + ": " + refused["detail"]})
    return pd.concat([table, rows.assign(name=refused["path"], state=REFUSED, order=0)], ignore_index=True)
