"""Frames round the paintings of the faces demo: mouldings lit from above, and a painted border."""

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Rng, blend, fill, grid, oval, rgb, scaled, stroke

WIDTH = 0.062  # of a frame, share of the picture's shorter side
#           position from the outer (0) to the inner edge (1), colour, height of the moulding
PROFILES: dict[str, tuple[tuple[float, str, float], ...]] = {
    "silver": ((0, "#3a4252", 0), (0.12, "#9aa6b8", 0.6), (0.45, "#7f8ba0", 0.3), (0.75, "#c3ccd8", 0.5),
               (0.9, "#56607a", 0.1), (1, "#1c2338", 0)),
    "gilt": ((0, "#6b4710", 0), (0.1, "#d9a93f", 0.7), (0.35, "#b98726", 0.2), (0.6, "#f0cd6e", 0.9),
             (0.82, "#9a6a18", 0.2), (0.92, "#e8c25a", 0.4), (1, "#4a2f0a", 0)),
    "ebony": ((0, "#0c0a0a", 0), (0.15, "#2b2524", 0.6), (0.3, "#151212", 0.3), (0.45, "#2b2524", 0.6),
              (0.6, "#151212", 0.3), (0.8, "#241e1c", 0.4), (0.86, "#b98b3a", 0.5), (0.95, "#8a6224", 0.3),
              (1, "#080606", 0)),
    "white": ((0, "#c9c5b8", 0), (0.15, "#f4f1e8", 0.5), (0.6, "#efebdf", 0.35), (0.78, "#9fb09a", 0.3),
              (0.86, "#f4f1e8", 0.4), (1, "#b3ae9f", 0)),
    "border": ((0, "#e9dfcb", 0), (0.18, "#e4d8c0", 0), (0.2, "#a4502f", 0), (0.8, "#b25d3a", 0), (0.82, "#ece3cf", 0),
               (0.95, "#e6dac3", 0), (1, "#7d5a45", 0)),
}  # fmt: skip


def frame_width(size: tuple[int, int]) -> float:
    """Return how many px a picture's frame takes on every side; size: (height, width) px."""
    return WIDTH * min(size)


def draw_frame(image: np.ndarray, kind: str, rng: Rng) -> None:
    """Lay a frame over the margin of a picture (h, w, 3), in place, and its shadow on the paint."""
    height, width = image.shape[:2]
    thick = frame_width((height, width))
    xx, yy = grid((0, 0, width, height))
    sides = np.stack(np.broadcast_arrays(yy, xx, height - yy, width - xx))  # top, left, bottom, right
    side, depth = sides.argmin(axis=0), sides.min(axis=0) / thick
    if kind != "border":  # which is painted on
        above, left = (k * np.exp(-np.clip(sides[s] / thick - 1, 0, None) / 0.35) for s, k in ((0, 0.5), (1, 0.4)))
        image *= 1 - np.maximum(above, left)[..., None]
    stops, colours, heights = zip(*PROFILES[kind], strict=True)
    colours = np.array([rgb(colour) for colour in colours])
    tone = np.stack([np.interp(depth, stops, colours[:, k]) for k in range(3)], 2).astype(np.float32)
    slope = np.interp(depth + 0.05, stops, heights) - np.interp(depth - 0.05, stops, heights)
    lit = np.array([0.9, 0.55, -0.9, -0.55])[side] * slope * 1.3
    grain = 0.04 * cv2.GaussianBlur(rng.standard_normal((height, width), dtype=np.float32), (0, 0), 0.8)
    tone *= (1 + lit + grain).astype(np.float32)[..., None]
    blend(image, (0, 0, width, height), np.clip(tone, 0, 1), np.clip((1 - depth) * thick + 0.5, 0, 1))
    if kind == "gilt":  # a string of beads
        light, dark = rgb("#f6dc8c"), rgb("#7a5212")
        for x, y in ring(image.shape, 0.6 * thick, 0.55 * thick):
            fill(image, [oval(x + 0.06 * thick, y + 0.08 * thick, 0.2 * thick, 0.2 * thick, n=10)], dark, alpha=0.8)
            fill(image, [oval(x, y, 0.17 * thick, 0.17 * thick, n=10)], light, scaled(light, 0.75), alpha=0.9)
    elif kind == "border":  # a row of lozenges
        for x, y in ring(image.shape, 0.5 * thick, 0.95 * thick):
            stroke(image, [oval(x, y, 0.3 * thick, 0.2 * thick, n=4)], rgb("#efe4cc"), 1.0, alpha=0.9, closed=True)
            fill(image, [oval(x, y, 0.09 * thick, 0.09 * thick, n=6)], rgb("#efe4cc"))


def ring(shape: tuple[int, ...], inset: float, step: float) -> np.ndarray:
    """Return points (n, 2) px, about `step` apart, on the rectangle `inset` px inside a picture's edge."""
    height, width = shape[:2]
    x0, y0, x1, y1 = inset, inset, width - inset, height - inset
    across = np.linspace(x0, x1, max(2, round((x1 - x0) / step) + 1))
    down = np.linspace(y0, y1, max(2, round((y1 - y0) / step) + 1))[1:-1]
    rows = [np.stack([across, np.full_like(across, y)], 1) for y in (y0, y1)]
    columns = [np.stack([np.full_like(down, x), down], 1) for x in (x0, x1)]
    return np.concatenate(rows + columns)
