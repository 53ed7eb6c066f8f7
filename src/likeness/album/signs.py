"""What the pixels of a photo say of how well it was taken, in named numbers that compare frames of one scene."""

import cv2
import numpy as np

SIDE = 768  # px: the longest side at which photos are measured; smaller ones stay as they are
FINE, COARSE = 1.0, 3.0  # px: the two scales between which an edge's width is read
DIRECTIONS = 4  # of edges that are looked at on their own: motion blurs only those across it
STRONG = 0.04  # share of the pixels of a direction that count as its edges
BLACK, WHITE = 6, 250  # grey levels up to and from which there is no detail
ENDS = 0.02  # share of the pixels beyond the darkest and the brightest grey level that count for contrast
CELL = 8  # px: of a JPEG's blocks, and of the patches whose noise is measured
FLAT = 0.2  # share of the patches, those with the least detail, that tell the noise
NEAR, AROUND = 2.0, 12.0  # degrees from level that count as level, and within which they are compared
SIGNS = ("sharpness", "least_sharpness", "noise", "blocks", "brightness", "dark", "glare", "contrast", "level")


def measure(rgb: np.ndarray) -> dict[str, float]:
    """Return SIGNS of a picture, uint8 (h, w, 3), whose longest side is at most about SIDE px.

    sharpness: 0 (an edge is smeared over more than 3 px) to 1 (within a pixel), mean over the directions of edges;
    least_sharpness: that of the worst direction. noise: standard deviation [grey levels]. blocks: how much
    more often a step stands out on the grid of JPEG's blocks than off it. brightness: mean [0, 1]. dark, glare: share
    of the pixels without detail. contrast: between the 2nd and 98th percentile of the grey levels [0, 1]. level: share
    of the energy of edges within 12 degrees of level and plumb that lies within 2.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    light = grey.astype(np.float32)
    each = edge_sharpness(light, middle(light.shape))
    counts = np.bincount(grey.ravel(), minlength=256) / grey.size
    ends = np.searchsorted(np.cumsum(counts), [ENDS, 1 - ENDS])
    return {
        "sharpness": float(np.mean(each)),
        "least_sharpness": float(np.min(each)),
        "noise": noise_level(light),
        "blocks": blockiness(light),
        "brightness": float(light.mean() / 255),
        "dark": float(counts[: BLACK + 1].sum()),
        "glare": float((rgb.max(axis=2) >= WHITE).mean()),
        "contrast": float((ends[1] - ends[0]) / 255),
        "level": level(light),
    }


def middle(shape: tuple[int, int]) -> np.ndarray:
    """Return (h, w) weights, 1 in the middle and some 0.1 in the corners: where a subject without a face is likely."""
    y, x = (np.linspace(-1, 1, n, dtype=np.float32) for n in shape)
    return np.exp(-1.2 * (y[:, None] ** 2 + x[None] ** 2))


def gradient(light: np.ndarray, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the derivatives in x and y, each (h, w), of the picture smoothed by a Gaussian of `scale` px."""
    smooth = cv2.GaussianBlur(light, (0, 0), scale)
    return cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8), cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8)


def edge_sharpness(light: np.ndarray, where: np.ndarray) -> np.ndarray:
    """Return the sharpness in [0, 1] of the strongest edges of each of DIRECTIONS.

    The slope of a step that is smeared by s px falls between two smoothings from 1 / sqrt(FINE^2 + s^2) to
    1 / sqrt(COARSE^2 + s^2), whatever its height (Elder and Zucker, 1998), so neither contrast nor exposure counts.
    The fine slope is taken along the coarse one and summed with its sign: noise, which has no direction, cancels
    out instead of passing for detail.
    """
    x1, y1 = gradient(light, FINE)
    x3, y3 = gradient(light, COARSE)
    length = np.hypot(x3, y3)
    along = (x1 * x3 + y1 * y3) / np.maximum(length, 1e-6)
    which = (np.floor(np.arctan2(y3, x3) / np.pi * DIRECTIONS + 0.5) % DIRECTIONS).astype(np.int8)
    found = []
    for direction in range(DIRECTIONS):
        mine = which == direction
        weighed = (length * where)[mine]
        if not weighed.size or weighed.max() < 1e-3:
            continue
        strong = weighed >= np.quantile(weighed, 1 - STRONG)
        ratio = (along * where)[mine][strong].sum() / weighed[strong].sum()
        found.append((ratio - 1) / (COARSE / FINE - 1))
    return np.clip(found, 0, 1) if found else np.zeros(1)


def noise_level(light: np.ndarray) -> float:
    """Return the standard deviation of the noise [grey levels], read in the patches with the least detail.

    Each patch's second difference in both directions (Immerkaer, 1996), which no slope moves.
    """
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = np.abs(cv2.filter2D(light, -1, kernel))
    height, width = (side // CELL * CELL for side in light.shape)
    shape = (height // CELL, CELL, width // CELL, CELL)
    patches = rough[:height, :width].reshape(shape).mean(axis=(1, 3)).ravel()
    middle_grey = light[:height, :width].reshape(shape).mean(axis=(1, 3)).ravel()
    seen = patches[(middle_grey > BLACK) & (middle_grey < WHITE)]  # clipped patches hide their noise
    seen = seen if seen.size else patches
    return float(np.sqrt(np.pi / 2) / 6 * np.quantile(seen, FLAT)) if seen.size else 0.0


def blockiness(light: np.ndarray) -> float:
    """Return by how much more often a step stands out from its neighbours on a grid of 8 px than beside it, in [0, 1].

    The grid may lie anywhere: a crop moves it. Counts, not sizes, so that a few strong edges don't pass for a grid.
    """
    found = []
    for steps in (np.abs(np.diff(light, axis=1)).T, np.abs(np.diff(light, axis=0))):
        stands_out = steps[1:-1] > np.maximum(steps[:-2], steps[2:]) + 0.5
        profile = stands_out.mean(axis=1)
        phases = np.array([profile[phase::CELL].mean() for phase in range(min(CELL, len(profile)))])
        found.append(phases.max() - np.median(phases))
    return float(np.mean(found))


def level(light: np.ndarray) -> float:
    """Return the share of edges within AROUND degrees of level and plumb that lie within NEAR, by energy."""
    x, y = gradient(light, 1.5)
    energy = x * x + y * y
    off = np.abs((np.rad2deg(np.arctan2(y, x)) + 45) % 90 - 45)
    around = energy[off <= AROUND].sum()
    return float(energy[off <= NEAR].sum() / around) if around > 0 else NEAR / AROUND
