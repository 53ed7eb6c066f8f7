"""Shaded solids: tapered limbs, balls and the torso, drawn from signed distances; each also marks the mask."""

from dataclasses import dataclass

import numpy as np

from likeness_demo.drawing.canvas import Colour, blend, coverage, grid, window
from likeness_demo.drawing.light import Light


@dataclass
class Layer:
    """Where a person is drawn: the photo, its light, and the mask (height, width) in [0, 1] of drawn people."""

    image: np.ndarray
    light: Light
    mask: np.ndarray | None = None


def limb(layer: Layer, a: np.ndarray, b: np.ndarray, ra: float, rb: float, colour: Colour) -> None:
    """Draw a rounded, tapered limb from a to b [px] with radii ra, rb [px], lit like a cylinder."""
    box = window(np.stack([a, b]), max(ra, rb) + 2, layer.image.shape)
    if box is None:
        return
    xx, yy = grid(box)
    along = np.asarray(b, np.float32) - np.asarray(a, np.float32)
    length2 = max(float(along @ along), 1e-4)
    share = np.clip(((xx - a[0]) * along[0] + (yy - a[1]) * along[1]) / length2, 0, 1)
    radius = ra + (rb - ra) * share
    dx, dy = xx - (a[0] + along[0] * share), yy - (a[1] + along[1] * share)
    cover = np.clip(0.5 + radius - np.sqrt(dx * dx + dy * dy), 0, 1)
    px, py = -along[1] / np.sqrt(length2), along[0] / np.sqrt(length2)
    side = np.clip((dx * px + dy * py) / radius, -1, 1) * 0.94  # the ends stay a cylinder, so that joints do not show
    paint(layer, box, colour, cover, side * px, side * py)


def ball(
    layer: Layer, centre: np.ndarray, rx: float, ry: float, colour: Colour, tilt: tuple[float, float] = (0, -1)
) -> None:
    """Draw an ellipsoid with half axes rx, ry [px]; `tilt` is the direction (x, y) of its upper end."""
    box = window(np.asarray(centre)[None], max(rx, ry) + 2, layer.image.shape)
    if box is None:
        return
    xx, yy = grid(box)
    ux, uy = tilt
    across = ((xx - centre[0]) * -uy + (yy - centre[1]) * ux) / rx
    up = ((xx - centre[0]) * ux + (yy - centre[1]) * uy) / ry
    cover = np.clip(0.5 + (1 - np.sqrt(across * across + up * up)) * min(rx, ry), 0, 1)
    paint(layer, box, colour, cover, across * -uy + up * ux, across * ux + up * uy)


def cloth(
    layer: Layer, outline: np.ndarray, colour: Colour, *, axis: np.ndarray, half: float, middle: np.ndarray
) -> None:
    """Fill an outline [px], lit like a cylinder of radius `half` [px] around the line through `middle` along `axis`."""
    box = window(outline, 2, layer.image.shape)
    if box is None:
        return
    xx, yy = grid(box)
    side = ((xx - middle[0]) * -axis[1] + (yy - middle[1]) * axis[0]) / half * 0.88
    paint(layer, box, colour, coverage([np.asarray(outline, np.float32)], box), side * -axis[1], side * axis[0])


def paint(layer: Layer, box: tuple, colour: Colour, cover: np.ndarray, nx: np.ndarray, ny: np.ndarray) -> None:
    """Blend a colour lit by the photo's light: nx, ny are the picture parts of the surface's unit normals."""
    light = layer.light
    lx, ly, lz = 0.62 * light.sun_x, -0.5, 0.62
    nz = np.sqrt(np.clip(1 - nx * nx - ny * ny, 0, 1))
    sun = np.clip(nx * lx + ny * ly + nz * lz, 0, 1)
    sky = 0.5 - 0.5 * ny
    lum = 0.54 + 0.14 * sky - 0.06 * (1 - nz) + (0.16 + 0.32 * light.strength) * sun + 0.14 * (1 - light.strength) * nz
    shade = np.asarray(colour, np.float32) * lum[..., None]
    shade[..., 2] += 0.03 * (1 - sun)  # shadows turn towards the sky's blue
    blend(layer.image, box, np.clip(shade, 0, 1), cover)
    if layer.mask is not None:
        x0, y0, x1, y1 = box
        np.maximum(layer.mask[y0:y1, x0:x1], cover, out=layer.mask[y0:y1, x0:x1])


def shadow(image: np.ndarray, x: float, y: float, stature: float, light: Light, lift: float = 0.0) -> None:
    """Lay a soft shadow on the ground at the feet (x, y) px, away from the sun."""
    reach = stature * (0.10 + 0.32 * light.strength * (1 - light.sun_y * 0.75))
    centre = (x - light.sun_x * reach * 0.75, y - stature * 0.004)
    wide, high = reach * 2.2, stature * 0.13
    box = window(np.array([[x - wide, y - high], [x + wide, y + high]]), 2, image.shape)
    if box is None:
        return
    xx, yy = grid(box)
    wide, high = reach * (1.1 + lift), stature * 0.032 * (1 + lift)
    far = np.sqrt(((xx - centre[0]) / wide) ** 2 + ((yy - centre[1]) / high) ** 2)
    contact = np.exp(-(((xx - x) / (stature * 0.13)) ** 2 + ((yy - y) / (stature * 0.022)) ** 2))
    contact = contact * (1 - min(lift * 3, 1))
    dark = np.clip((1.25 - far) / 0.8, 0, 1) * (0.16 + 0.34 * light.strength) + 0.38 * contact
    blend(image, box, (0.06, 0.06, 0.10), np.clip(dark, 0, 0.72) * (1 - 0.5 * min(lift, 1)))


def smooth(points: list | np.ndarray, steps: int = 6) -> np.ndarray:
    """Return a closed Catmull-Rom curve through points (n, 2)."""
    p = np.asarray(points, np.float32)
    t = np.linspace(0, 1, steps, endpoint=False, dtype=np.float32)[None, :, None]
    a, b, c, d = (np.roll(p, shift, axis=0)[:, None] for shift in (1, 0, -1, -2))
    curve = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return curve.reshape(-1, 2)


def mirrored(half: list) -> list:
    """Return a symmetrical outline: one half of it, points (x, y), and then the other, backwards."""
    return [*half, *((-x, y) for x, y in reversed(half))]
