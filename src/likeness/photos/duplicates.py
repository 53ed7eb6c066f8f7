"""Near-duplicates: re-encoded, resized, brightened or slightly cropped copies of one photo, found by content.

A perceptual hash of 256 bits tells copies from photos that only look alike: on 1,200 real sport photos
re-encoded, half-size and 1.2 times brighter copies lie at most 22 bits apart, different photos at least 86;
the usual 64 bits overlap (copies up to 10, different photos from 10 on). A crop of 4 % a side moves some 55 bits,
so pairs that close are compared again with the margins of either photo cut off: at 20 bits that finds all
crops of up to 3 % a side, 97 % of those of 4 % and 81 % of those of 5 %, and merges no two of the 1,200 photos.

The hash sees shades of grey alone, and nothing in a plain picture. So copies must agree in colour too: loosely where
there is contrast (copies are brightened and toned, or made grey), closely where there is none.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path

import imagehash
import numpy as np
import pandas as pd
from PIL import Image
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from likeness.cache import Cache, compute_missing, key
from likeness.parallel import ahead
from likeness.photos.decode import ACCEPTED, decode
from likeness.progress import track

HASH_SIDE = 16  # bits = side squared
HASH_BITS = HASH_SIDE * HASH_SIDE
THUMBNAIL = 128  # px; twice what the hash looks at
# Margins (left, top, right, bottom; share of the side) that are cut off when looking for crops.
MARGINS = [(share,) * 4 for share in (0.015, 0.045, 0.06)] + list(product((0, 0.03), repeat=4))[1:]
CROP_BITS = 60  # how many more bits a crop may move before its margins are looked at
MAX_DISTANCE = 20
CELLS = 4  # a side: cells of a picture whose mean colours are compared
PLAIN = 16  # standard deviation of lightness [of 255], at the hash's resolution, up to which a picture is plain
GREY = 4  # of Cb and Cr [of 255] from neutral, in every cell, up to which a picture is without colour
TONE = 24  # mean difference of the cells' Cb and Cr (of Y for a grey copy) up to which photos may be copies
SHADE = 8  # mean difference of the cells' Y, Cb and Cr [of 255] up to which plain pictures may be copies
PAIRS = 65_536  # whose colours are compared at a time
BLOCK = 1024  # photos looked up at a time


def perceptual_hash(image: Image.Image) -> str:
    """Return the 256-bit DCT hash (imagehash.phash) of a photo as 64 hex digits; size hardly matters."""
    return str(imagehash.phash(image, HASH_SIDE))


def near_duplicates(
    root: Path,
    photos: pd.DataFrame,
    *,
    cache: Cache | None = None,
    max_distance: int = MAX_DISTANCE,
    progress: bool = False,
) -> pd.Series:
    """Return the duplicate_group of every photo: the smallest photo_id among it and its copies.

    photos: path relative to root, photo_id, and phash if the manifest made it (else photos are decoded here).
    cache: keeps colours and the hashes of crops by photos["sha256"].
    max_distance: differing bits, 0 to 255, up to which two photos are copies; 20 suits photographs.
    Copies of copies join one group (connected components), so a burst from a tripod may be one group. No path counts
    for the name, so that a photo that copies nobody renames no group; one that joins two makes them one, of one name.
    """
    if not 0 <= max_distance < HASH_BITS:
        raise ValueError(f"max_distance {max_distance}: give 0 to {HASH_BITS - 1} differing bits; 20 suits photos")
    bits = hash_bits(photos["phash"] if "phash" in photos else hash_photos(root, photos["path"], progress))
    left, right, distance = close_pairs(bits, max_distance + CROP_BITS)
    near = distance <= max_distance

    def measured(measure: Callable[[Path], np.ndarray], pairs: np.ndarray) -> dict[int, np.ndarray]:
        return _measured(measure, np.unique([left[pairs], right[pairs]]), root, photos, cache, progress)

    def agree(pairs: np.ndarray) -> np.ndarray:
        colours = np.full((len(photos), 1 + 3 * CELLS * CELLS), np.nan, np.float32)
        for row, found in measured(cell_colours, pairs).items():
            colours[row] = found
        return agree_in_colour(colours, left[pairs], right[pairs])

    sure = np.flatnonzero(near)
    sure = sure[agree(sure)]
    groups = join(left[sure], right[sure], len(photos))
    unsure = np.flatnonzero(~near & (groups[left] != groups[right]))
    windows = measured(cropped_hashes, unsure)
    ends = zip(unsure, left[unsure].tolist(), right[unsure].tolist(), strict=True)
    crops = np.array([k for k, i, j in ends if is_crop(windows[i], bits[j], max_distance)
                      or is_crop(windows[j], bits[i], max_distance)], dtype=int)  # fmt: skip
    copies = np.concatenate([sure, crops[agree(crops)]])
    groups = join(left[copies], right[copies], len(photos))
    first = pd.Series(photos["photo_id"].to_numpy(), index=photos.index).groupby(groups).transform("min")
    return first.astype("str").rename("duplicate_group")


def _measured(
    measure: Callable[[Path], np.ndarray],
    rows: Iterable[int],
    root: Path,
    photos: pd.DataFrame,
    cache: Cache | None,
    progress: bool,
) -> dict[int, np.ndarray]:
    """Return {row: what `measure` makes of its photo}, kept by content, on all cores; photos that are gone left out."""
    sha256 = photos["sha256"] if "sha256" in photos else photos["photo_id"]
    paths = {row: Path(root) / photos["path"].iloc[row] for row in map(int, rows)}
    names = {row: key(__name__, {}, sha256.iloc[row], measure.__name__) for row, path in paths.items() if path.exists()}

    def compute(missing: dict[str, Path]) -> Iterator[tuple[str, np.ndarray]]:
        found = ahead(measure, missing.values())
        what = measure.__name__.replace("_", " ")
        yield from zip(missing, track(found, what, total=len(missing)) if progress else found, strict=True)

    kept = cache if "sha256" in photos else None
    found = compute_missing(kept, {name: paths[row] for row, name in names.items()}, compute)
    return {row: found[name] for row, name in names.items()}


def cell_colours(path: Path) -> np.ndarray:
    """Return (1 + 3 cells,) float32 [of 255]: the contrast in lightness, and the mean Y, Cb, Cr of each cell."""
    photo = decode(path, draft=THUMBNAIL, **ACCEPTED).convert("YCbCr")
    contrast = np.asarray(photo.getchannel("Y").resize((HASH_SIDE, HASH_SIDE), Image.Resampling.BOX)).std()
    cells = np.asarray(photo.resize((CELLS, CELLS), Image.Resampling.BOX))
    return np.concatenate([[contrast], cells.ravel()]).astype(np.float32)


def agree_in_colour(colours: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Say of every pair whether its colours are those of copies; unknown colours are.

    colours: (photos, 1 + 3 cells) float32, as `cell_colours` gives. left, right: (pairs,) rows of it.
    """
    cells = colours[:, 1:].reshape(len(colours), CELLS * CELLS, 3)
    chroma = cells[..., 1:] - 128
    is_plain = colours[:, 0] <= PLAIN
    is_grey = (np.abs(chroma) <= GREY).all(axis=(1, 2))
    agree = np.empty(len(left), bool)
    for start in range(0, len(left), PAIRS):
        one, other = left[start : start + PAIRS], right[start : start + PAIRS]
        shade = np.abs(cells[one] - cells[other]).mean(axis=1).max(axis=1)
        tone = np.abs(chroma[one] - chroma[other]).mean(axis=(1, 2))
        is_other = np.where(is_plain[one] | is_plain[other], shade > SHADE, tone > TONE)
        light = np.abs(cells[one, :, 0] - cells[other, :, 0]).mean(axis=1)
        is_greyed = (is_grey[one] ^ is_grey[other]) & (light <= TONE) & ~is_plain[one] & ~is_plain[other]
        agree[start : start + len(one)] = ~is_other | is_greyed
    return agree


def hash_photos(root: Path, paths: pd.Series, progress: bool = False) -> list[str]:
    """Decode photos small and return their perceptual hashes."""
    watched = track(paths, "hashes", total=len(paths)) if progress else paths
    return [perceptual_hash(decode(Path(root) / path, draft=THUMBNAIL, **ACCEPTED)) for path in watched]


def hash_bits(hashes: pd.Series | list[str]) -> np.ndarray:
    """Return hex hashes as (n, 256) bool."""
    rows = [imagehash.hex_to_hash(text).hash.ravel() for text in hashes]
    return np.array(rows, dtype=bool).reshape(len(rows), HASH_BITS)


def close_pairs(bits: np.ndarray, reach: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (left, right, distance) of all row pairs left < right that differ in at most `reach` bits, in row order.

    Every two hashes are compared, by counting bits: the time grows with the square of the photos (0.4 s of a processor
    for 16,000, where products of signs took 2.1 s, and 7 s for 100,000), the memory with their number. Buckets of
    equal parts (multi-index hashing, Norouzi et al., 2012) would have to be of 3 bits for a reach of 80 of 256: they
    hold every eighth photo, and there are 81 of them.
    """
    import faiss  # only where photos are prepared

    packed = np.packbits(bits, axis=1)
    index = faiss.IndexBinaryFlat(HASH_BITS)
    index.add(packed)
    found = [(np.empty(0, np.int64),) * 3]
    for start in range(0, len(packed), BLOCK):
        ends, distance, right = index.range_search(packed[start : start + BLOCK], reach + 1)  # below this radius
        left = start + np.repeat(np.arange(len(ends) - 1), np.diff(ends.astype(np.int64)))
        kept = left < right
        found.append((left[kept], right[kept], distance[kept].astype(np.int64)))
    left, right, distance = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.lexsort((right, left))
    return left[order], right[order], distance[order]


def cropped_hashes(path: Path) -> np.ndarray:
    """Return (n, 256) bool: the hashes of a photo with each of MARGINS cut off."""
    photo = decode(path, draft=THUMBNAIL, **ACCEPTED).convert("L")
    width, height = photo.size
    hashes = []
    for left, top, right, bottom in MARGINS:
        box = (left * width, top * height, (1 - right) * width, (1 - bottom) * height)
        small = photo.resize((4 * HASH_SIDE, 4 * HASH_SIDE), Image.Resampling.LANCZOS, box=box)
        hashes.append(imagehash.phash(small, HASH_SIDE).hash.ravel())
    return np.array(hashes)


def is_crop(windows: np.ndarray, bits: np.ndarray, max_distance: int) -> bool:
    """Say whether any of a photo's cropped hashes lies within max_distance of another photo's hash."""
    return bool((windows != bits).sum(axis=1).min() <= max_distance)


def join(left: np.ndarray, right: np.ndarray, n: int) -> np.ndarray:
    """Return (n,) int labels of the connected components of the graph with edges left-right."""
    if n == 0:
        return np.empty(0, int)
    graph = coo_array((np.ones(len(left), bool), (left, right)), shape=(n, n))
    return connected_components(graph, directed=False)[1]
