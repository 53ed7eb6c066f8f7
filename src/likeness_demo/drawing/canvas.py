"""Drawing primitives on a float photo: antialiased polygons, strokes, shaded limbs and noise.

A photo is a float32 array (height, width, 3), RGB in [0, 1]; points are (x, y) px, the right edge being width.
"""

import cv2
import numpy as np

Rng = np.random.Generator
Colour = tuple[float, float, float]
SHIFT = 4  # OpenCV's fixed-point bits: 1/16 px


def seeded(seed: list[int]) -> Rng:
    """Return the random numbers of one picture. OpenCV keeps to one thread: the corpus is drawn by processes."""
    cv2.setNumThreads(1)
    return np.random.default_rng(seed)


def new_photo(seed: list[int], size: tuple[int, int], finer: float = 1.0) -> tuple[Rng, np.ndarray]:
    """Return random numbers and a black photo `finer` times as large as `size` (height, width) px, to be reduced."""
    return seeded(seed), np.zeros((*(round(side * finer) for side in size), 3), np.float32)


def reduced(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Return a photo at `size` (height, width) px."""
    return cv2.resize(np.clip(image, 0, 1), size[::-1], interpolation=cv2.INTER_AREA)


def as_bytes(image: np.ndarray) -> np.ndarray:
    """Return a photo as uint8."""
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)


def rgb(text: str) -> Colour:
    """Return "#rrggbb" as RGB in [0, 1]."""
    return tuple(int(text[k : k + 2], 16) / 255 for k in (1, 3, 5))


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """Return the colour `share` of the way from one to the other."""
    return tuple(a + (b - a) * share for a, b in zip(one, other, strict=True))


def scaled(colour: Colour, gain: float) -> Colour:
    """Return a colour made brighter (gain > 1) or darker."""
    return tuple(min(max(value * gain, 0.0), 1.0) for value in colour)


def window(points: np.ndarray, margin: float, shape: tuple[int, ...]) -> tuple[int, int, int, int] | None:
    """Return the clipped pixel box (x0, y0, x1, y1) around points (n, 2), or None where it misses the photo."""
    low = np.floor(points.min(axis=0) - margin).astype(int)
    high = np.ceil(points.max(axis=0) + margin).astype(int) + 1
    x0, y0 = max(low[0], 0), max(low[1], 0)
    x1, y1 = min(high[0], shape[1]), min(high[1], shape[0])
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def blend(image: np.ndarray, box: tuple[int, int, int, int], colour: np.ndarray | Colour, cover: np.ndarray) -> None:
    """Lay a colour (or a (h, w, 3) patch) over a box of the photo with cover (h, w) in [0, 1], in place."""
    x0, y0, x1, y1 = box
    patch = image[y0:y1, x0:x1]
    patch += (np.asarray(colour, np.float32) - patch) * cover[..., None]


def fill(image: np.ndarray, polygons: list, colour: Colour, to: Colour | None = None, *, vertical: bool = False,
         alpha: float = 1.0, blur: float = 0.0) -> None:  # fmt: skip
    """Fill polygons (each (n, 2) px) in place; `to` makes a gradient from left to right, or downwards.

    Overlapping polygons of one call cancel out (even-odd rule). blur: soft edge, px.
    """
    polygons = [np.asarray(polygon, np.float32).reshape(-1, 2) for polygon in polygons]
    points = np.concatenate(polygons)
    box = window(points, 1 + 3 * blur, image.shape)
    if box is None:
        return
    cover = coverage(polygons, box)
    if blur > 0:
        cover = cv2.GaussianBlur(cover, (0, 0), blur)
    blend(image, box, colour if to is None else ramp(points, box, colour, to, vertical), cover * np.float32(alpha))


def coverage(polygons: list[np.ndarray], box: tuple[int, int, int, int]) -> np.ndarray:
    """Return the cover (h, w) in [0, 1] of polygons inside a pixel box; OpenCV's soft edge lies just outside."""
    mask, fixed = in_box(polygons, box)
    cv2.fillPoly(mask, fixed, 255, cv2.LINE_AA, SHIFT)
    return mask.astype(np.float32) / 255


def in_box(lines: list[np.ndarray], box: tuple[int, int, int, int]) -> tuple[np.ndarray, list[np.ndarray]]:
    """Return an empty mask (h, w) of a pixel box, and lines (n, 2) px in OpenCV's fixed-point numbers inside it."""
    x0, y0, x1, y1 = box
    offset = np.array([x0 + 0.5, y0 + 0.5], np.float32)  # OpenCV's whole numbers are pixel centres
    fixed = [np.round((line - offset) * (1 << SHIFT)).astype(np.int32) for line in lines]
    return np.zeros((y1 - y0, x1 - x0), np.uint8), fixed


def ramp(points: np.ndarray, box: tuple[int, ...], colour: Colour, to: Colour, vertical: bool) -> np.ndarray:
    """Return a colour gradient over the extent of `points`, inside a pixel box: (h, w or 1, 3) or (1, w, 3)."""
    axis = 1 if vertical else 0
    low, high = points[:, axis].min(), points[:, axis].max()
    at = (np.arange(box[axis], box[axis + 2], dtype=np.float32) + 0.5 - low) / max(high - low, 1e-3)
    at = np.clip(at, 0, 1)[:, None]
    line = np.asarray(colour, np.float32) * (1 - at) + np.asarray(to, np.float32) * at
    return line[:, None] if vertical else line[None]


def stroke(
    image: np.ndarray, lines: list, colour: Colour, width: float = 1.0, *, alpha: float = 1.0, closed: bool = False
) -> None:
    """Draw polylines (each (n, 2) px) in place; a width under 1 px is drawn fainter instead."""
    lines = [np.asarray(line, np.float32).reshape(-1, 2) for line in lines]
    box = window(np.concatenate(lines), width + 1, image.shape)
    if box is None:
        return
    mask, fixed = in_box(lines, box)
    cv2.polylines(mask, fixed, closed, 255, max(1, round(width)), cv2.LINE_AA, SHIFT)
    blend(image, box, colour, mask.astype(np.float32) * np.float32(alpha * min(width, 1.0) / 255))


def oval(x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360, n: int = 28) -> np.ndarray:
    """Return points (n, 2) of an ellipse's arc in degrees, clockwise in the photo from the right."""
    angle = np.radians(np.linspace(start, end, n, endpoint=abs(end - start) < 360))
    return np.stack([x + rx * np.cos(angle), y + ry * np.sin(angle)], axis=1)


def grid(box: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return pixel centres (1, w) and (h, 1) of a box."""
    x0, y0, x1, y1 = box
    return np.arange(x0, x1, dtype=np.float32)[None] + 0.5, np.arange(y0, y1, dtype=np.float32)[:, None] + 0.5


def noise(rng: Rng, height: int, width: int, cells: float, octaves: int = 4) -> np.ndarray:
    """Return smooth noise (height, width), roughly in [0, 1]: octaves of random grids, `cells` across at first."""
    total, weight = np.zeros((height, width), np.float32), 0.0
    for octave in range(octaves):
        columns = max(2, round(cells * 2**octave))
        rows = max(2, round(columns * height / width))
        small = rng.random((rows, columns), dtype=np.float32)
        total += cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC) * 0.55**octave
        weight += 0.55**octave
    return total / weight


def bump(u: np.ndarray, v: np.ndarray, at: tuple[float, float], size: tuple[float, float]) -> np.ndarray:
    """Return a Gaussian hill of height 1."""
    return np.exp(-(((u - at[0]) / size[0]) ** 2) - ((v - at[1]) / size[1]) ** 2)


def step(value: np.ndarray, low: float = 0, high: float = 1) -> np.ndarray:
    """Return 0 up to `low`, 1 from `high` on, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def corners(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    """Return a rectangle (4, 2)."""
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float32)
