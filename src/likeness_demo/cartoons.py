"""Cartoon pictures of the faces demo: one to three characters, or none, on flat grounds."""

from dataclasses import dataclass

import numpy as np

from likeness_demo.canvas import oval, scaled
from likeness_demo.cartoon_heads import Character, Pen, draw_head, pick_character
from likeness_demo.cartoon_scenes import SCENES, THINGS
from likeness_demo.limbs import set_threads, smooth

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
    set_threads()
    rng = np.random.default_rng(seed)
    height, width = size
    image = np.zeros((height, width, 3), np.float32)
    list(SCENES.values())[rng.integers(len(SCENES))](image, rng)
    free = [0.16, 0.84, 0.5] if count == 0 else [0.10, 0.90] if count < 3 else []
    for x in free:
        if rng.random() < 0.75 or count == 0:
            list(THINGS.values())[rng.integers(len(THINGS))](image, width * x, 0.86 * height, 0.16 * min(size), rng)
    boxes = []
    for x, who in zip(spread(count, rng), rng.permutation(len(cast))[:count], strict=True):
        boxes.append(draw_character(image, cast[who], width * x, count, rng))
    faces = np.array([clip(box, size) for box in boxes], int).reshape(-1, 4)
    return Cartoon((np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8), faces)


def spread(count: int, rng: np.random.Generator) -> list[float]:
    """Return where characters stand, shares of the width."""
    return [(k + 0.5) / count + float(rng.uniform(-0.03, 0.03)) for k in range(count)]


def draw_character(image: np.ndarray, who: Character, x: float, count: int,
                   rng: np.random.Generator) -> tuple[float, ...]:  # fmt: skip
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


def clip(box: tuple[float, ...], size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Return a box as whole px inside a picture of `size` (height, width)."""
    x0, y0 = (max(0, int(np.floor(value))) for value in box[:2])
    x1, y1 = (min(edge, int(np.ceil(value))) for value, edge in zip(box[2:], size[::-1], strict=True))
    return x0, y0, x1, y1
