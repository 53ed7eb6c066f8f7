"""Pictures without people: landmarks in their light, and dull views, such as a wall, a car park or a desk."""

import cv2
import numpy as np

from likeness_demo.drawing.canvas import (
    Colour,
    Rng,
    corners,
    fill,
    mix,
    new_photo,
    noise,
    oval,
    reduced,
    rgb,
    scaled,
    stroke,
)  # fmt: skip
from likeness_demo.drawing.light import develop, pick_light
from likeness_demo.landmarks.sites import draw_place

FINER = 4 / 3  # drawn so much larger, then reduced
LAMP = np.log((1.03, 1.19, 1.34))  # of dull views: as bright and as blue as landmarks under their sky, on average
PAINTS = tuple(map(rgb, ("#b9b2a6", "#a8a49c", "#9a9690", "#b8a998", "#8f9494", "#a39a86")))


def wall(image: np.ndarray, rng: Rng) -> None:
    """A house wall: plaster with stains, or bricks, and a drain pipe."""
    height, width = image.shape[:2]
    plaster(image, rng)
    if rng.random() < 0.6:
        tall, wide = height * rng.uniform(0.05, 0.08), width * rng.uniform(0.12, 0.2)
        for row, y in enumerate(np.arange(0, height, tall)):
            for x in np.arange(-wide * (0.5 * (row % 2) + rng.uniform(0, 0.1)), width, wide):
                brick = scaled(mix(rgb("#8d6a58"), rgb("#78706a"), rng.random()), rng.uniform(0.85, 1.1))
                fill(image, [corners(x + 1.5, y + 1.5, x + wide - 1.5, y + tall - 1.5)], brick, alpha=0.85)
    if rng.random() < 0.7:
        x = width * rng.uniform(0.1, 0.9)
        fill(image, [corners(x, 0, x + 14, height)], rgb("#7d8083"), rgb("#5c5e61"))
        for y in rng.uniform(0, height, 3):
            fill(image, [corners(x - 4, y, x + 18, y + 8)], rgb("#6a6c6e"))


def plaster(image: np.ndarray, rng: Rng) -> None:
    """Fill the photo with stained grey plaster."""
    height, width = image.shape[:2]
    stain = noise(rng, height, width, rng.uniform(2, 5), 5)[..., None]
    image[:] = np.asarray(PAINTS[rng.integers(len(PAINTS))], np.float32) * (0.72 + 0.5 * stain)


def parking(image: np.ndarray, rng: Rng) -> None:
    """A car park: asphalt with bays, and a few grey cars under a white sky."""
    height, width = image.shape[:2]
    low = height * rng.uniform(0.28, 0.42)
    image[:] = np.array(rgb("#c9ccce"), np.float32)
    fill(image, [corners(0, low - 0.12 * height, width, low)], rgb("#8d8f8d"), rgb("#7d7f7e"))
    asphalt = noise(rng, height, width, 26, 4)[..., None]
    image[int(low) :] = (np.array(rgb("#77787a"), np.float32) * (0.8 + 0.4 * asphalt))[int(low) :]
    middle = width * rng.uniform(0.2, 0.8)
    lines = [[(middle + k * 30, low), (middle + k * width * 0.34, height)] for k in range(-5, 6)]
    stroke(image, lines, (0.85, 0.85, 0.82), 3, alpha=0.7)
    for x in rng.permutation(np.linspace(0.12, 0.88, 4))[: rng.integers(1, 4)]:
        car(image, width * x, low + 0.12 * height, 0.11 * width, rng)


def car(image: np.ndarray, x: float, y: float, half: float, rng: Rng) -> None:
    """A car seen from behind, standing at (x, y) px."""
    paint = scaled(rgb("#8c9196"), rng.uniform(0.5, 1.25))
    fill(image, [oval(x, y, half * 1.1, half * 0.2)], (0.1, 0.1, 0.1), alpha=0.6, blur=3)
    roof = [(x - 0.7 * half, y - 0.75 * half), (x - 0.5 * half, y - 1.3 * half), (x + 0.5 * half, y - 1.3 * half),
            (x + 0.7 * half, y - 0.75 * half)]  # fmt: skip
    fill(image, [np.array(roof)], scaled(paint, 0.5))
    body = corners(x - half, y - 0.8 * half, x + half, y - 0.12 * half)
    fill(image, [body], paint, scaled(paint, 0.75), vertical=True)
    fill(image, [corners(x - 0.3 * half, y - 0.5 * half, x + 0.3 * half, y - 0.32 * half)], (0.85, 0.85, 0.8))


def desk(image: np.ndarray, rng: Rng) -> None:
    """A desk from above: a keyboard, sheets of paper, pens."""
    height, width = image.shape[:2]
    grain = noise(rng, height, 24, 6, 4)
    board = np.asarray(mix(rgb("#a58a6a"), rgb("#8b8a86"), rng.random()), np.float32)
    grain = (0.82 + 0.3 * cv2.resize(grain, (width, height)))[..., None]
    across = (np.arange(width, dtype=np.float32) + 0.5)[None, :, None] / width
    image[:] = board * grain * (1 - 0.12 * across)
    for _ in range(int(rng.integers(1, 4))):  # sheets of paper with lines of writing
        at, wide, angle = (
            rng.uniform(0.1, 0.8, 2) * (width, height),
            rng.uniform(0.18, 0.3) * width,
            rng.uniform(-0.5, 0.5),
        )
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        fill(image, [at + corners(-wide / 2, -0.7 * wide, wide / 2, 0.7 * wide) @ turn], rgb("#d8d6d0"))
        rows = [
            at + np.array([(-0.4 * wide, y * wide), (0.35 * wide, y * wide)]) @ turn for y in np.arange(-0.6, 0.6, 0.09)
        ]
        stroke(image, rows, (0.4, 0.4, 0.42), 1.5, alpha=0.6)
    x0, y0, wide = width * rng.uniform(0.05, 0.4), height * rng.uniform(0.1, 0.65), 0.55 * width
    fill(image, [corners(x0, y0, x0 + wide, y0 + 0.36 * wide)], rgb("#4b4d50"), rgb("#3d3f42"), vertical=True)
    for row in range(4):
        for k in range(11):
            x, y = x0 + wide * (0.03 + 0.086 * k), y0 + wide * (0.03 + 0.08 * row)
            fill(image, [corners(x, y, x + 0.07 * wide, y + 0.065 * wide)], rgb("#77797c"))
    pen = rng.uniform(0.1, 0.9, (2, 2)) * (width, height)
    stroke(image, [pen], tuple(rng.uniform(0.2, 0.5, 3)), 6)


def plate(image: np.ndarray, rng: Rng) -> None:
    """A plate of stew from above, a fork beside it."""
    height, width = image.shape[:2]
    plaster(image, rng)
    cloth = mix(rgb("#7a6a58"), rgb("#9a8f80"), rng.random())
    check = width / rng.uniform(5, 14)
    for k in np.arange(0, max(width, height), check):
        fill(image, [corners(k, 0, k + check / 2, height)], cloth, alpha=0.35)
        fill(image, [corners(0, k, width, k + check / 2)], cloth, alpha=0.35)
    x, y, r = width * rng.uniform(0.32, 0.68), height * rng.uniform(0.32, 0.68), width * rng.uniform(0.24, 0.4)
    fill(image, [oval(x + 6, y + 8, r, r, n=60)], (0.05, 0.05, 0.05), alpha=0.5, blur=6)
    fill(image, [oval(x, y, r, r, n=60)], rgb("#d5d1c8"), rgb("#b9b5ac"))
    fill(image, [oval(x, y, 0.78 * r, 0.78 * r, n=60)], rgb("#8a6a42"), rgb("#6d5436"))
    for _ in range(45):
        angle, far = rng.uniform(0, 2 * np.pi), 0.7 * r * np.sqrt(rng.random())
        lump = scaled(mix(rgb("#7d5a34"), rgb("#a08a4c"), rng.random()), rng.uniform(0.7, 1.2))
        size = rng.uniform(0.05, 0.12, 2) * r
        fill(image, [oval(x + far * np.cos(angle), y + far * np.sin(angle), *size, n=12)], lump, blur=0.8)
    stroke(image, [np.array([(x + 1.15 * r, y - 0.6 * r), (x + 1.12 * r, y + 0.8 * r)])], rgb("#8e9194"), 7)


def corridor(image: np.ndarray, rng: Rng) -> None:
    """A corridor in perspective with doors, posters and strip lights, each of its own."""
    height, width = image.shape[:2]
    plaster(image, rng)
    middle = np.array([width * rng.uniform(0.25, 0.75), height * rng.uniform(0.3, 0.6)])
    half = rng.uniform(0.09, 0.22, 2) * (width, height)
    corner = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    end, edge = middle + corner * half, (corner + 1) / 2 * (width, height)
    for k, tone in enumerate(("#c2c2bd", "#8f8d88", "#6f6a62", "#a19e98")):  # ceiling, right wall, floor, left wall
        wide = [edge[k], edge[(k + 1) % 4], end[(k + 1) % 4], end[k]]
        fill(image, [np.array(wide)], scaled(rgb(tone), rng.uniform(0.85, 1.1)), alpha=0.8)
    fill(image, [end], rgb("#85857f"))
    foot, reach = end[[3, 2]].mean(axis=0), half * rng.uniform(0.3, 0.8)
    fill(image, [foot + reach * np.array([(-1, 0), (-1, -2), (1, -2), (1, 0)])], rgb("#5d5348"))

    def panel(side: tuple[int, int], near: float, deep: float, across: tuple[float, float], colour: Colour) -> None:
        """Fill a rectangle of a wall: `deep` into the picture from `near`, `across` from one corner to the other."""
        front, back = (edge + (end - edge) * min(share, 0.95) for share in (near, near + deep))
        where = ((front, across[0]), (front, across[1]), (back, across[1]), (back, across[0]))
        line = [wall[side[0]] + (wall[side[1]] - wall[side[0]]) * share for wall, share in where]
        fill(image, [np.array(line)], colour)

    for near in np.cumsum(rng.uniform(0.12, 0.3, rng.integers(1, 5))):
        panel((0, 1), near, 0.08, (0.38, 0.62), (0.95, 0.96, 0.93))
    for side in ((0, 3), (1, 2)):
        far = rng.uniform(-0.1, 0.1)
        while far < 0.85:
            tall, deep = rng.uniform(0.2, 0.35), rng.uniform(0.08, 0.2)
            if rng.random() < 0.7:
                panel(side, far, deep, (tall, 1.0), scaled(rgb("#6b5d4f"), rng.uniform(0.7, 1.3)))
            else:
                panel(side, far, deep, (0.3, 0.55), tuple(rng.uniform(0.35, 0.7, 3)))
            far += deep + rng.uniform(0.06, 0.3)


DULL = {"wall": wall, "parking": parking, "desk": desk, "plate": plate, "corridor": corridor}


def draw_scenery(place: str, size: tuple[int, int], seed: list[int]) -> np.ndarray:
    """Draw one photo (height, width, 3) uint8 of a place: one of PLACES, or of DULL; size: (height, width) px.

    Raises KeyError where the place is neither.
    """
    rng, image = new_photo(seed, size, FINER)
    light = pick_light(rng)
    if place in DULL:
        DULL[place](image, rng)
        image *= np.exp(rng.normal(LAMP, 0.12) + rng.normal(0, 0.2)).astype(np.float32)
    else:
        draw_place(image, place, light, rng)
    return develop(reduced(image, size), light, rng)
