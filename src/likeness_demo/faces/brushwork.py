"""Paint on a picture: strokes along its forms, brush marks, a palette, the weave of the canvas and its cracks."""

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Rng, grid, noise
from likeness_demo.faces.styles import Brush, PaintStyle

STEPS = 4  # samples on either side when paint is drawn along a line


def paint(image: np.ndarray, brush: Brush, spare: np.ndarray, rng: Rng) -> np.ndarray:
    """Return the drawing (h, w, 3) as brush strokes; spare (h, w) in [0, 1]: where faces ask for a fine brush."""
    radius = brush.radius * min(image.shape[:2])
    angle = flow(image, brush, rng)
    layer = strokes(image, angle, brush, radius, rng)
    if brush.smear > 0:
        layer = along(layer, angle, brush.smear * radius)
    layer += (image - layer) * (brush.reserve * spare)[..., None]
    marks = along(rng.standard_normal(image.shape[:2], dtype=np.float32), angle, 3.0 * max(radius, 2))
    return layer * (1 + brush.bristle * (1 - 0.65 * spare) * np.clip(1.6 * marks, -2, 2))[..., None]


def flow(image: np.ndarray, brush: Brush, rng: Rng) -> np.ndarray:
    """Return the direction of the strokes [rad], (h, w): along edges (structure tensor), on flat ground the brush's."""
    height, width = image.shape[:2]
    grey = cv2.GaussianBlur(image.mean(axis=2), (0, 0), 1.5)
    dx, dy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    sigma = 0.02 * min(height, width)
    xx, yy, xy = (cv2.GaussianBlur(product, (0, 0), sigma) for product in (dx * dx, dy * dy, dx * dy))
    own = 4 * np.pi * noise(rng, height, width, 2, 2) if brush.angle is None else np.float32(brush.angle)
    weak = np.float32(0.004)  # how much the brush's own direction counts beside edges
    return 0.5 * np.arctan2(weak * np.sin(2 * own) - 2 * xy, weak * np.cos(2 * own) - (xx - yy))


def strokes(image: np.ndarray, angle: np.ndarray, brush: Brush, radius: float, rng: Rng) -> np.ndarray:
    """Return the picture laid in with broad strokes, then with half as wide ones where they were too coarse.

    The layered brush of Hertzmann (1998), with straight strokes.
    """
    blurred = cv2.GaussianBlur(image, (0, 0), max(radius, 1))
    canvas = (np.clip(blurred, 0, 1) * 255).astype(np.uint8)
    lay(canvas, blurred, angle, brush, radius, spots(image.shape, 1.25 * radius, rng), rng)
    fine = cv2.GaussianBlur(image, (0, 0), max(0.4 * radius, 0.6))
    points = spots(image.shape, 0.9 * radius, rng)
    at = tuple(points.astype(int).T[::-1])
    error = np.abs(fine[at] - canvas[at].astype(np.float32) / 255).sum(axis=1)
    lay(canvas, fine, angle, brush, 0.5 * radius, points[error > 0.10], rng)
    return canvas.astype(np.float32) / 255


def spots(shape: tuple[int, ...], step: float, rng: Rng) -> np.ndarray:
    """Return points (n, 2) px on a jittered grid, in random order, all inside the picture."""
    height, width = shape[:2]
    x, y = np.meshgrid(np.arange(0, width, step), np.arange(0, height, step))
    points = np.stack([x.ravel(), y.ravel()], 1) + rng.uniform(0, step, (x.size, 2))
    points = np.minimum(points, (width - 1, height - 1))
    return points[rng.permutation(len(points))]


def lay(canvas: np.ndarray, colours: np.ndarray, angle: np.ndarray, brush: Brush, radius: float, points: np.ndarray,
        rng: Rng) -> None:  # fmt: skip
    """Draw one stroke at each point into `canvas` (h, w, 3) uint8, in place."""
    at = tuple(points.astype(int).T[::-1])
    tone = 1 + brush.spread * rng.standard_normal((len(points), 1))
    tone = tone + 0.4 * brush.spread * rng.standard_normal((len(points), 3))
    ink = (np.clip(colours[at] * tone.astype(np.float32), 0, 1) * 255).astype(int).tolist()
    turn = angle[at] + rng.normal(0, 0.12, len(points))
    half = 0.5 * brush.length * radius * rng.uniform(0.6, 1.2, len(points))
    reach = np.stack([np.cos(turn), np.sin(turn)], 1) * half[:, None]
    ends = np.round(np.stack([points - reach, points + reach], 1) * 16).astype(int).tolist()
    wide = np.maximum(1, np.round(1.7 * radius * rng.uniform(0.7, 1.15, len(points)))).astype(int).tolist()
    for (one, other), colour, thickness in zip(ends, ink, wide, strict=True):
        cv2.line(canvas, one, other, colour, thickness, cv2.LINE_AA, 4)


def along(image: np.ndarray, angle: np.ndarray, reach: float) -> np.ndarray:
    """Return the picture averaged along the strokes' direction, `reach` px to either side."""
    height, width = image.shape[:2]
    xx, yy = grid((0, 0, width, height))
    dx, dy = np.cos(angle) * np.float32(reach / STEPS), np.sin(angle) * np.float32(reach / STEPS)
    total = image.copy()
    for k in [*range(-STEPS, 0), *range(1, STEPS + 1)]:
        total += cv2.remap(image, xx - 0.5 + k * dx, yy - 0.5 + k * dy, cv2.INTER_LINEAR, None, cv2.BORDER_REFLECT)
    return total / (2 * STEPS + 1)


def grade(image: np.ndarray, style: PaintStyle, spare: np.ndarray) -> np.ndarray:
    """Return the picture in the style's palette: saturation, pull towards its shades, contrast and vignette."""
    height, width = image.shape[:2]
    luma = image @ np.array([0.299, 0.587, 0.114], np.float32)
    image = luma[..., None] + (image - luma[..., None]) * np.float32(style.saturation)
    shade, light = np.asarray(style.shade, np.float32), np.asarray(style.light, np.float32)
    palette = shade + (light - shade) * np.clip(luma, 0, 1)[..., None]
    pull = style.share + (style.flesh - style.share) * spare
    image = np.clip(image + (palette - image) * pull[..., None], 0, 1)
    curve = image * image * (3 - 2 * image)
    image = image + (curve - image) * (style.contrast * (1 - 0.6 * spare))[..., None]
    xx, yy = grid((0, 0, width, height))
    corner = np.clip(((xx / width - 0.5) ** 2 + (yy / height - 0.5) ** 2) * 2, 0, 1)
    return np.clip(image * (1 - style.vignette * corner)[..., None], 0, 1)


def age(image: np.ndarray, style: PaintStyle, spare: np.ndarray, rng: Rng) -> np.ndarray:
    """Return the picture with the weave of its canvas, stains and craquelure."""
    height, width = image.shape[:2]
    xx, yy = grid((0, 0, width, height))
    if style.weave:
        thread = np.sin(xx * 2.2 + 0.3 * np.sin(yy * 0.2)) + np.sin(yy * 2.3 + 0.3 * np.sin(xx * 0.23))
        image = image * (1 + style.weave * (1 - 0.5 * spare) * 0.5 * thread)[..., None]
    stain = noise(rng, height, width, 3, 4) - 0.5
    image = image * (1 + 0.08 * stain * (1 - 0.5 * spare))[..., None]
    if style.cracks:
        lines = craquelure(height, width, style.crack_size * min(height, width), rng)
        cover = style.cracks * (1 - 0.7 * spare) * np.clip(3.0 * (noise(rng, height, width, 3, 2) - 0.35), 0, 1)
        image = image * (1 - (cover * lines)[..., None]) + (0.06 * cover * np.roll(lines, 1, axis=0))[..., None]
    return np.clip(image, 0, 1)


def craquelure(height: int, width: int, size: float, rng: Rng) -> np.ndarray:
    """Return the cracks of old paint (h, w) in [0, 1]: the edges of Voronoi cells of about `size` px, bent a little."""
    seeds = np.full((height, width), 255, np.uint8)
    points = spots((height, width), size, rng).astype(int)
    seeds[points[:, 1], points[:, 0]] = 0
    _, cells = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    xx, yy = grid((0, 0, width, height))
    bend = [(noise(rng, height, width, 0.7 * width / size, 2) - 0.5) * np.float32(0.9 * size) for _ in range(2)]
    bent = cv2.remap(cells.astype(np.float32), xx - 0.5 + bend[0], yy - 0.5 + bend[1], cv2.INTER_NEAREST)
    edge = (bent != np.roll(bent, 1, axis=1)) | (bent != np.roll(bent, 1, axis=0))
    edge[0], edge[:, 0] = False, False
    return cv2.GaussianBlur(edge.astype(np.float32), (0, 0), 0.55)
