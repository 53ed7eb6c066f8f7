"""Photos to measure with: drawn at 1080 px, as Instagram keeps them, with grain, so that they weigh as much."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageOps

from likeness.machine import cores
from likeness_demo.landmarks.sites import PLACES
from likeness_demo.people.face_shape import pick_looks
from likeness_demo.posts.memes import draw_meme
from likeness_demo.posts.portraits import draw_portrait
from likeness_demo.posts.scenery import DULL, draw_scenery

SIDE, QUALITY, GRAIN, SEED = 1080, 85, 4.0, 7
KINDS = ("close-up", "waist-up", "scenery", "close-up", "meme", "waist-up", "scenery", "waist-up")  # in turn


def draw_photos(folder: Path, count: int, *, drawn: int = 250) -> pd.DataFrame:
    """Return the photos table of `count` JPEGs in `folder`, each drawn once and kept for the next time.

    The first `drawn` are drawings of their own, the others those again: mirrored, lighter or darker, with other grain.
    Columns: photo_id, path (relative to folder), sha256, width, height, kind (one of KINDS).
    """
    folder.mkdir(parents=True, exist_ok=True)
    numbers = range(min(count, drawn))
    with ProcessPoolExecutor(cores(), mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(partial(_draw, folder=folder), numbers, chunksize=8))
        list(pool.map(partial(_vary, folder=folder, drawn=drawn), range(len(numbers), count), chunksize=16))
    names = [_name(number) for number in range(count)]
    digests = [sha256((folder / name).read_bytes()).hexdigest() for name in names]
    kinds = [KINDS[number % drawn % len(KINDS)] for number in range(count)]
    table = {"photo_id": [digest[:16] for digest in digests], "path": names, "sha256": digests}
    return pd.DataFrame({**table, "width": SIDE, "height": SIDE, "kind": kinds})


def _name(number: int) -> str:
    return f"{number:05d}.jpg"


def _draw(number: int, folder: Path) -> None:
    if (folder / _name(number)).is_file():
        return
    kind, seed, size = KINDS[number % len(KINDS)], [SEED, number], (SIDE, SIDE)
    if kind == "meme":
        pixels = draw_meme(size, seed)
    elif kind == "scenery":
        places = [*PLACES, *DULL]
        pixels = draw_scenery(places[number % len(places)], size, seed)
    else:
        pixels = draw_portrait(pick_looks(np.random.default_rng(seed)), kind == "close-up", size, seed)
    _save(pixels, number, folder)


def _vary(number: int, folder: Path, drawn: int) -> None:
    if (folder / _name(number)).is_file():
        return
    image = Image.open(folder / _name(number % drawn))
    image = ImageOps.mirror(image) if number // drawn % 2 else image
    light = np.random.default_rng([SEED, number]).uniform(0.8, 1.1)
    _save(np.clip(np.asarray(image, np.float32) * light, 0, 255), number, folder)


def _save(pixels: np.ndarray, number: int, folder: Path) -> None:
    grain = np.random.default_rng([SEED, number, 1]).normal(0, GRAIN, pixels.shape)
    image = Image.fromarray(np.clip(pixels + grain, 0, 255).astype(np.uint8))
    partial_file = folder / f".{_name(number)}"
    image.save(partial_file, "JPEG", quality=QUALITY)
    partial_file.rename(folder / _name(number))
