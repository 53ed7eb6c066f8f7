"""What lies behind the sitters of the faces demo: one kind of ground for each painting style."""

from collections.abc import Sequence

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Rng, corners, fill, grid, mix, noise, oval, rgb, scaled, stroke
from likeness_demo.people.face_shape import HeadFrame

LEAVES = tuple(map(rgb, ("#2f5a2c", "#477a35", "#6f9a40", "#9dbb55", "#3b6b4a", "#c2cf6d")))
FLOWERS = tuple(map(rgb, ("#f2a7b8", "#f7f2e6", "#e86a7a", "#f3d35e", "#b48ad0")))


def dusk(image: np.ndarray, heads: Sequence[HeadFrame], rng: Rng) -> None:
    """A lake between hills after sunset, with a moon, stars and the lamps of a far shore."""
    height, width = image.shape[:2]
    stops = np.array([0, 0.32, 0.55, 0.66, 1.0])
    colours = np.array([rgb(tone) for tone in ("#131d4a", "#2c4684", "#7fa0c8", "#d9b4a8", "#22346c")])
    down = (np.arange(height) + 0.5) / height
    image[:] = np.stack([np.interp(down, stops, colours[:, k]) for k in range(3)], 1)[:, None]
    image *= (1 + 0.18 * (noise(rng, height, width, 3, 4) - 0.5))[..., None]
    for x, y in rng.uniform((0, 0), (width, 0.4 * height), (40, 2)):
        fill(image, [oval(x, y, 1.1, 1.1, n=6)], (0.9, 0.94, 1.0), alpha=rng.uniform(0.3, 0.9))
    side = 0.16 if rng.random() < 0.5 else 0.84
    x, y, radius = width * side, height * rng.uniform(0.12, 0.22), 0.055 * width
    fill(image, [oval(x, y, 2.6 * radius, 2.6 * radius)], (0.7, 0.8, 0.95), alpha=0.35, blur=radius)
    fill(image, [oval(x, y, radius, radius)], (0.97, 0.95, 0.86), (0.86, 0.87, 0.86))
    shore = height * rng.uniform(0.60, 0.66)
    for k, tone in enumerate(("#4c649c", "#2b3f74")):
        x = np.linspace(0, width, 60)
        waves = sum(np.sin(x / width * n * 2.2 + rng.uniform(0, 6.3)) / n for n in (1, 2, 4, 7))
        top = np.minimum(shore - (2 - k) * 0.035 * height - 0.07 * height * (0.4 + 0.4 * waves), shore)
        hills = np.concatenate([np.stack([x, top], 1), [(width, shore + 1), (0, shore + 1)]])
        fill(image, [hills], rgb(tone))
    fill(image, [corners(0, shore, width, height)], rgb("#5b7db4"), rgb("#131d45"), vertical=True)
    for x in rng.uniform(0, width, 14):
        lamp = (1.0, 0.82, 0.48)
        fill(image, [oval(x, shore - 3, 1.8, 1.8, n=8)], lamp)
        fill(image, [corners(x - 1.2, shore, x + 1.2, shore + rng.uniform(0.05, 0.16) * height)], lamp, alpha=0.4)


def gold(image: np.ndarray, heads: Sequence[HeadFrame], rng: Rng) -> None:
    """Leaves of gold, punched with a pattern, and a ring of rays round each head."""
    height, width = image.shape[:2]
    image[:] = np.asarray(rgb("#c9952c"), np.float32)
    image *= (0.86 + 0.28 * noise(rng, height, width, 6, 4))[..., None]
    leaf = 0.27 * width
    for y in np.arange(0, height, leaf):
        for x in np.arange(-leaf * rng.random(), width, leaf):
            fill(image, [corners(x, y, x + leaf, y + leaf)], rgb("#ffe08a"), alpha=float(rng.uniform(0, 0.16)))
            stroke(image, [corners(x, y, x + leaf, y + leaf)], rgb("#8a5a14"), 1.0, alpha=0.35, closed=True)
    step = 0.075 * width
    for row, y in enumerate(np.arange(0.5 * step, height, step)):
        for x in np.arange(0.5 * step * (1 + row % 2), width, step):
            fill(image, [oval(x, y, 0.13 * step, 0.13 * step, n=8)], rgb("#7d4f10"), alpha=0.55)
            fill(image, [oval(x - 1, y - 1, 0.08 * step, 0.08 * step, n=6)], rgb("#ffe9a8"), alpha=0.7)
    for head in heads:
        rays = [head.at(np.array([(np.cos(a), np.sin(a))]) * np.array([[1.9], [2.45]]) + (0, -0.1))
                for a in np.linspace(0, 2 * np.pi, 48, endpoint=False)]  # fmt: skip
        stroke(image, rays, rgb("#fff0bb"), max(1.0, 0.05 * head.unit), alpha=0.8)
        for radius, tone in ((2.48, "#8a5a14"), (2.56, "#fff0bb"), (1.86, "#8a5a14")):
            ring = head.at(oval(0, -0.1, radius, radius, n=60))
            stroke(image, [ring], rgb(tone), max(1.0, 0.05 * head.unit), alpha=0.9, closed=True)


def curtain(image: np.ndarray, heads: Sequence[HeadFrame], rng: Rng) -> None:
    """A dark room with a heavy red curtain drawn to one side."""
    height, width = image.shape[:2]
    xx, yy = grid((0, 0, width, height))
    pool = np.exp(-(((xx / width - 0.42) / 0.5) ** 2) - ((yy / height - 0.4) / 0.5) ** 2)
    wall = 0.35 + 0.65 * pool + 0.14 * (noise(rng, height, width, 4, 4) - 0.5)
    image[:] = np.asarray(rgb("#4a3424"), np.float32) * wall[..., None]
    side = -1 if rng.random() < 0.3 else 1
    reach = rng.uniform(0.34, 0.46)
    across = (xx / width if side < 0 else 1 - xx / width) / reach  # 0 at the edge, 1 where the curtain ends
    drawn = 1.0 - 0.42 * np.exp(-(((yy / height - 0.62) / 0.22) ** 2)) + 0.18 * np.clip(yy / height - 0.7, 0, 1)
    fold = across / drawn * 15 + 1.1 * np.sin(yy / height * 2.6 + rng.uniform(0, 6)) + rng.uniform(0, 6)
    lit = 0.50 + 0.36 * np.sin(fold) + 0.12 * np.sin(2.3 * fold + 1)
    cloth = np.asarray(rgb("#b3202a"), np.float32) * np.clip(lit, 0.08, 1.1)[..., None]
    cloth += 0.10 * np.clip(lit - 0.75, 0, 1)[..., None]
    cover = np.clip((drawn - across) * reach * width / 2 + 0.5, 0, 1)[..., None]
    image += (cloth - image) * cover
    trim = np.exp(-(((drawn - across - 0.05) * reach * width / 4) ** 2))[..., None]
    image += (np.asarray(rgb("#c9993c"), np.float32) * (0.7 + 0.5 * np.sin(yy * 0.9))[..., None] - image) * trim * 0.85


def garden(image: np.ndarray, heads: Sequence[HeadFrame], rng: Rng) -> None:
    """Sunlit leaves, flowers and a patch of sky over a garden wall."""
    height, width = image.shape[:2]
    wall = height * rng.uniform(0.55, 0.68)
    fill(image, [corners(0, 0, width, wall)], rgb("#bcd9ee"), rgb("#dfe9cf"), vertical=True)
    fill(image, [corners(0, wall, width, height)], rgb("#dcc9a4"), rgb("#b79f7c"), vertical=True)
    for _ in range(330):
        x, y = rng.uniform(-0.05, 1.05) * width, rng.beta(1.6, 1.3) * height
        tone = scaled(LEAVES[rng.integers(len(LEAVES))], rng.uniform(0.75, 1.25))
        size, tilt = rng.uniform(0.02, 0.055) * width, rng.uniform(0.4, 1.0)
        fill(image, [oval(x, y, size, tilt * size, n=10)], tone, alpha=0.9)
    for _ in range(9):
        x, y = rng.uniform(0, width), rng.uniform(0.3, 1.0) * height
        tone = FLOWERS[rng.integers(len(FLOWERS))]
        for dx, dy in rng.normal(0, 0.05 * width, (13, 2)):
            petal = rng.uniform(0.010, 0.020) * width
            fill(image, [oval(x + dx, y + dy, petal, petal, n=8)], scaled(tone, rng.uniform(0.85, 1.08)))
    for x, y in rng.uniform((0, 0), (width, 0.8 * height), (45, 2)):
        fill(image, [oval(x, y, 0.012 * width, 0.010 * width, n=8)], (1.0, 0.97, 0.72), alpha=0.6)


def plaster(image: np.ndarray, heads: Sequence[HeadFrame], rng: Rng) -> None:
    """A pale wall with a painted niche and the edge of a stair."""
    height, width = image.shape[:2]
    image[:] = np.asarray(rgb("#e3d8c3"), np.float32)
    image *= (0.88 + 0.24 * noise(rng, height, width, 5, 5))[..., None]
    wide, top = rng.uniform(0.36, 0.42) * width, 0.12 * height
    middle = width * rng.uniform(0.46, 0.54)
    arch = oval(middle, top + wide * 0.8, wide, wide * 0.8, 180, 360)
    niche = np.concatenate([arch, [(middle + wide, height), (middle - wide, height)]])
    fill(image, [niche], rgb("#6f8b9c"), rgb("#9fb0a8"))
    stroke(image, [niche], rgb("#a4603f"), 0.020 * width, alpha=0.75)
    stroke(image, [(niche - (middle, height)) * 1.08 + (middle, height)], rgb("#c9a05a"), 0.008 * width, alpha=0.8)
    side = -1 if rng.random() < 0.5 else 1
    for k in range(6):
        x, y = middle + side * width * (0.12 + 0.09 * k), height * (0.96 - 0.06 * k)
        fill(image, [corners(x, y, x + side * width, y + 0.06 * height)], mix(rgb("#d8ccb4"), rgb("#b9a88c"), k % 2))
    worn = np.clip(6 * (noise(rng, height, width, 4, 5) - 0.62), 0, 1)[..., None]
    image += (np.asarray(rgb("#efe8da"), np.float32) - image) * worn * 0.8


GROUNDS = {"dusk": dusk, "gold": gold, "curtain": curtain, "garden": garden, "plaster": plaster}
SOFT = {"dusk": 0.004, "gold": 0.0, "curtain": 0.004, "garden": 0.003, "plaster": 0.003}  # blur, share of the width


def draw_ground(image: np.ndarray, kind: str, heads: Sequence[HeadFrame], rng: Rng) -> None:
    """Fill the picture with a ground, in place; heads: where sitters will be drawn."""
    GROUNDS[kind](image, heads, rng)
    np.clip(image, 0, 1, out=image)
    if SOFT[kind]:
        image[:] = cv2.GaussianBlur(image, (0, 0), SOFT[kind] * image.shape[1])
