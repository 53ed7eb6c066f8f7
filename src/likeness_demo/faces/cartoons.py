"""Cartoon pictures of the faces demo: one to three characters, or none, on flat grounds."""

from dataclasses import dataclass

import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, as_bytes, corners, fill, mix, new_photo, oval, rgb, scaled
from likeness_demo.drawing.solids import smooth
from likeness_demo.faces.cartoon_heads import WHITE, Character, Pen, draw_head, pick_character

CAST = 18  # characters of the whole series
HEAD = {1: (0.20, 0.27), 2: (0.145, 0.185), 3: (0.115, 0.140)}  # half a head's width, share of the shorter side
LEAST = 36  # px of a face's shorter side
FOOT = 0.80  # where characters stand, share of the height


@dataclass(frozen=True)
class Cartoon:
    """A picture (h, w, 3) uint8 and its faces (n, 4) int: x0, y0, x1, y1 px, the right and lower edge outside."""

    image: np.ndarray
    faces: np.ndarray


def pick_cast(seed: int) -> list[Character]:
    """Return the characters that appear in the series."""
    rng = np.random.default_rng([seed, 45])
    return [pick_character(number, rng) for number in range(CAST)]


def draw_cartoon(cast: list[Character], count: int, size: tuple[int, int], seed: list[int]) -> Cartoon:
    """Draw `count` characters of the cast, 0 to 3, among things without a face; size: (height, width) px."""
    rng, image = new_photo(seed, size)
    height, width = size
    SCENES[rng.integers(len(SCENES))](image, rng)
    free = [0.16, 0.84, 0.5] if count == 0 else [0.10, 0.90] if count < 3 else []
    for x in free:
        if rng.random() < 0.75 or count == 0:
            THINGS[rng.integers(len(THINGS))](Pen(image, width * x, 0.86 * height, 0.16 * min(size), 0), rng)
    places = [width * ((k + 0.5) / count + float(rng.uniform(-0.03, 0.03))) for k in range(count)]
    who = rng.permutation(len(cast))[:count]
    boxes = [draw_character(image, cast[k], x, count, rng) for x, k in zip(places, who, strict=True)]
    whole = np.array([(*np.floor(box[:2]), *np.ceil(box[2:])) for box in boxes]).reshape(-1, 4)
    return Cartoon(as_bytes(image), np.clip(whole, 0, (width, height, width, height)).astype(int))


def draw_character(image: np.ndarray, who: Character, x: float, count: int, rng: Rng) -> tuple[float, ...]:
    """Draw body and head; return the face's box in px."""
    height, width = image.shape[:2]
    unit = min(height, width) * rng.uniform(*HEAD[count])
    y = height * rng.uniform(0.42, 0.52)
    body = Pen(image, x, y, unit, 0)
    foot = (height - y) / unit + 0.2
    for side in (-1, 1):
        body.shape(oval(0.72 * side, 1.55 + rng.uniform(0, 0.2), 0.24, 0.5), who.skin)
    body.shape(smooth([(0, 0.7), (0.5, 0.95), (0.72, 1.8), (0.62, foot), (-0.62, foot), (-0.72, 1.8), (-0.5, 0.95)]),
               who.cloth)  # fmt: skip
    for k in range(2):
        body.shape(oval(0, 1.5 + 0.4 * k, 0.08, 0.08), scaled(who.cloth, 0.6), 0)
    head = Pen(image, x, y, unit, float(np.clip(rng.normal(0, 0.13), -0.3, 0.3)))
    angle = rng.uniform(0, 2 * np.pi)
    return draw_head(head, who, (float(np.cos(angle)), float(np.sin(angle))))


PAPERS = tuple(map(rgb, ("#ffd6a5", "#caffbf", "#9bd7ff", "#bdb2ff", "#ffc6ff", "#fdffb6", "#a0e7e5", "#f6e7cb")))


def paper(rng: Rng) -> Colour:
    """Draw a light colour."""
    return PAPERS[rng.integers(len(PAPERS))]


def hills(image: np.ndarray, rng: Rng) -> None:
    """Sky, round hills and clouds."""
    height, width = image.shape[:2]
    image[:] = np.asarray(rgb("#aee3ff"), np.float32)
    for tone, base in (("#8fd694", 0.62), ("#5fb86a", 0.74)):
        for x in rng.uniform(0, 1, 3):
            fill(image, [oval(x * width, (base + 0.35) * height, 0.55 * width, 0.38 * height)], rgb(tone))
    fill(image, [corners(0, 0.8 * height, width, height)], rgb("#5fb86a"))
    for x, y in rng.uniform((0, 0.05), (1, 0.25), (3, 2)):
        for dx in (-0.06, 0, 0.06):
            fill(image, [oval((x + dx) * width, y * height, 0.07 * width, 0.05 * height)], WHITE)


def burst(image: np.ndarray, rng: Rng) -> None:
    """Rays of two colours from the middle."""
    height, width = image.shape[:2]
    one = paper(rng)
    image[:] = np.asarray(one, np.float32)
    middle, far = np.array([width * 0.5, height * rng.uniform(0.4, 0.6)]), 1.5 * max(height, width)
    for angle in np.linspace(0, 2 * np.pi, 12, endpoint=False):
        ends = [middle + far * np.array([np.cos(a), np.sin(a)]) for a in (angle, angle + np.pi / 12)]
        fill(image, [np.array([middle, *ends])], mix(one, WHITE, 0.5))


def dots(image: np.ndarray, rng: Rng) -> None:
    """A dotted wall and a floor."""
    height, width = image.shape[:2]
    one = paper(rng)
    image[:] = np.asarray(one, np.float32)
    step = 0.12 * width
    for row, y in enumerate(np.arange(0, height, step)):
        for x in np.arange((row % 2) * step / 2, width + step, step):
            fill(image, [oval(x, y, 0.14 * step, 0.14 * step, n=12)], scaled(one, 0.88))
    fill(image, [corners(0, 0.82 * height, width, height)], scaled(one, 0.72))


def town(image: np.ndarray, rng: Rng) -> None:
    """House fronts at night."""
    height, width = image.shape[:2]
    image[:] = np.asarray(rgb("#3d3a6b"), np.float32)
    fill(image, [oval(width * rng.uniform(0.1, 0.9), 0.14 * height, 0.07 * width, 0.07 * width)], rgb("#fff3b0"))
    x = 0.0
    while x < width:
        wide, top = rng.uniform(0.14, 0.24) * width, rng.uniform(0.25, 0.55) * height
        fill(image, [corners(x, top, x + wide - 2, height)], mix(rgb("#54508f"), rgb("#7a5c9e"), rng.random()))
        for y in np.arange(top + 0.05 * height, 0.85 * height, 0.12 * height):
            fill(image, [corners(x + 0.25 * wide, y, x + 0.45 * wide, y + 0.06 * height)], rgb("#ffd97d"))
        x += wide
    fill(image, [corners(0, 0.86 * height, width, height)], rgb("#2c2a4f"))


def tree(pen: Pen, rng: Rng) -> None:
    """A tree with a round crown."""
    pen.shape([(-0.16, 0), (0.16, 0), (0.12, -1.2), (-0.12, -1.2)], rgb("#8a5a3b"))
    pen.shape(oval(0, -1.7, 0.8, 0.85), mix(rgb("#3f8f4f"), rgb("#c9b13a"), rng.random()))


def house(pen: Pen, rng: Rng) -> None:
    """A small house."""
    pen.shape([(-0.8, 0), (0.8, 0), (0.8, -1.1), (-0.8, -1.1)], paper(rng))
    pen.shape([(-1.0, -1.1), (1.0, -1.1), (0, -1.9)], rgb("#c4483a"))
    pen.shape([(-0.2, 0), (0.2, 0), (0.2, -0.6), (-0.2, -0.6)], rgb("#6b4a32"))


def balloon(pen: Pen, rng: Rng) -> None:
    """A balloon on a string."""
    pen.line([(0, 0), (0.1, -1.0), (0, -1.8)], 0.04)
    pen.shape(oval(0, -2.4, 0.62, 0.72), scaled(paper(rng), 0.9))


def mushroom(pen: Pen, rng: Rng) -> None:
    """A mushroom with a spotted cap."""
    pen.shape([(-0.25, 0), (0.25, 0), (0.18, -0.8), (-0.18, -0.8)], rgb("#f4ead2"))
    pen.shape(oval(0, -0.75, 0.85, 0.75, 180, 361), rgb("#d8382f"))
    for dx, dy in ((-0.4, -0.95), (0.1, -1.2), (0.45, -0.92)):
        pen.shape(oval(dx, dy, 0.11, 0.1), WHITE, 0)


def crate(pen: Pen, rng: Rng) -> None:
    """A wooden box."""
    pen.shape([(-0.7, 0), (0.7, 0), (0.7, -1.3), (-0.7, -1.3)], rgb("#c98f4e"))
    for points in ([(-0.7, -1.3), (0.7, 0)], [(-0.7, 0), (0.7, -1.3)]):
        pen.line(points, 0.06)


SCENES = (hills, burst, dots, town)
THINGS = (tree, house, balloon, mushroom, crate)
