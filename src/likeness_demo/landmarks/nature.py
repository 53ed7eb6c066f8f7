"""Nature round a landmark: ground in perspective, water, hills, trees, and the stains of weather."""

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Colour, blend, coverage, fill, grid, mix, noise, rgb, scaled, window
from likeness_demo.landmarks.shot import Shot, disc

LEAVES, NEEDLES = rgb("#4f7a3a"), rgb("#2f4a33")
#           near       far       texture      lines
GROUNDS = {
    "sand": ("#cfa86a", "#e3c690", 0.16, ""),
    "grass": ("#66884a", "#8ea468", 0.30, ""),
    "gravel": ("#b3a58c", "#cbbfa8", 0.22, ""),
    "paving": ("#9d978c", "#bdb7ac", 0.12, "tiles"),
    "plaza": ("#b9b0a2", "#cec7bb", 0.10, "tiles"),
    "marble": ("#cfc6b8", "#e2dbcf", 0.10, "tiles"),
    "asphalt": ("#6c6d70", "#8e9093", 0.16, ""),
    "rock": ("#98938b", "#aaa69f", 0.34, "cracks"),
    "planks": ("#8f7350", "#a98d69", 0.16, "planks"),
}


def draw_ground(shot: Shot, name: str, top: float | None = None) -> None:
    """Draw a named ground from `top` px (default: the horizon) to the photo's bottom edge."""
    near, far, roughness, pattern = GROUNDS[name]
    y0 = int(max(shot.horizon if top is None else top, 0))
    if y0 >= shot.height:
        return
    box = (0, y0, shot.width, shot.height)
    xx, yy = grid(box)
    depth = 60.0 / np.maximum(yy - shot.horizon + 3, 1)  # 1 at 60 px under the horizon
    u, v = (xx - shot.x) * depth, 420.0 * depth + 0 * xx
    near_share = np.clip((yy - y0) / (shot.height - y0), 0, 1) ** 0.8
    far, near = (mix(rgb(tone), shot.light.ground, shot.light.laid) for tone in (far, near))
    colour = (
        np.array(mix(far, shot.light.haze, 0.15), np.float32) * (1 - near_share[..., None])
        + np.array(near, np.float32) * near_share[..., None]
    )
    texture = sample(noise(shot.rng, 256, 256, 20, 4), u, v)
    patches = sample(noise(shot.rng, 256, 256, 5, 3), u * 0.35, v * 0.35)
    shade = 1 + roughness * ((texture - 0.5) * 1.6 + (patches - 0.5) * 0.9) * (0.35 + 0.65 * near_share)
    if pattern:
        shade = shade * (1 - seams(pattern, u, v, depth, shot))
    shot.image[y0:] = np.clip(colour * shade[..., None], 0, 1)


def sample(texture: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Look a square texture up at u, v (h, w), mirrored beyond its edges so that no seam shows."""
    size = texture.shape[0]
    uu, vv = (np.abs(np.mod(k + 37, 2 * size - 2) - (size - 1)).astype(np.float32) for k in (u + 0 * v, v))
    return cv2.remap(texture, uu, vv, cv2.INTER_LINEAR)


def seams(pattern: str, u: np.ndarray, v: np.ndarray, depth: np.ndarray, shot: Shot) -> np.ndarray:
    """Return how much joints between stones or planks darken the ground (h, w), fading into the distance."""
    fade = np.clip(1.6 - 0.55 * depth, 0, 1)
    if pattern == "cracks":
        field = sample(noise(shot.rng, 256, 256, 7, 5), u, v)
        return np.clip(1 - np.abs(field - 0.5) / 0.012, 0, 1) * 0.35 * fade
    size = 46.0 if pattern == "tiles" else 16.0
    soft = np.maximum(depth * 1.1, 0.5)
    across = line_cover(u, size, soft)
    if pattern == "planks":
        return across * 0.32 * fade
    return np.maximum(across, line_cover(v, size, np.maximum(depth * depth * 5.5, 0.5))) * 0.20 * fade


def line_cover(value: np.ndarray, period: float, width: np.ndarray) -> np.ndarray:
    """Return 1 on the lines value = k * period, falling to 0 beyond `width`."""
    distance = np.abs(np.mod(value + period / 2, period) - period / 2)
    return np.clip(1.5 - distance / width, 0, 1)


def tree(shot: Shot, x: float, y: float, size: float, colour: Colour = LEAVES) -> None:
    """Draw a leafy tree with its foot at (x, y), `size` high, in site units."""
    rng, colour = shot.rng, mix(colour, shot.light.leaf, shot.light.turned)
    shot.box(rgb("#5b4630"), x - 0.03 * size, y, x + 0.03 * size, y + 0.45 * size)
    for k in range(9):
        dx, dy = rng.normal(0, 0.17) * size, rng.uniform(0.42, 0.88) * size
        gain = 0.72 + 0.5 * dy / size + 0.12 * shot.light.strength * np.sign(dx * shot.light.sun_x)
        radius = rng.uniform(0.14, 0.22) * size
        shot.flat(scaled(colour, gain * (0.9 + 0.02 * k)), disc(x + dx, y + dy, radius, radius * 0.85, 14), blur=0.8)


def conifer(shot: Shot, x: float, y: float, size: float, colour: Colour = NEEDLES) -> None:
    """Draw a fir."""
    for k in range(5):
        low, half = y + size * (0.08 + 0.18 * k), size * (0.24 - 0.042 * k)
        shape = [(x - half, low), (x, low + 0.32 * size), (x + half, low)]
        shot.solid(scaled(colour, 0.85 + 0.07 * k), shape, round_=0.3)


def palm(shot: Shot, x: float, y: float, size: float, lean: float = 0.06) -> None:
    """Draw a palm tree."""
    rng = shot.rng
    top = np.array([x + lean * size, y + size])
    stem = [(x, y), (x + lean * size * 0.3, y + 0.5 * size), tuple(top)]
    shot.lines(rgb("#7a6248"), stem, width=0.035 * size)
    shot.lines(rgb("#9c8260"), [(a + 0.006 * size, b) for a, b in stem], width=0.012 * size, alpha=0.7)
    for angle in np.linspace(-25, 205, 11) + rng.normal(0, 6, 11):
        across, rise = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        out = np.array([across, 0.75 * rise]) * 0.27 * size * rng.uniform(0.85, 1.1)
        drop = np.array([0, -0.13 * size])
        side = np.array([-out[1], out[0]]) * 0.16
        colour = scaled(rgb("#4c7c3c"), 0.8 + 0.4 * max(rise, 0))
        shot.flat(colour, [top, top + out * 0.55 + side, top + out + drop, top + out * 0.5 - side + drop * 0.35])


def hills(shot: Shot, colour: Colour, height: float, cells: float, far: float = 0.35) -> np.ndarray:
    """Draw a noisy ridge along the horizon, `height` px at most; `far` mixes in the haze. Returns its crest (w,) px."""
    colour = mix(colour, shot.light.ground, 0.7 * shot.light.laid)
    line = noise(shot.rng, 2, shot.width, cells, 5)[0]
    crest = shot.horizon - height * np.clip((line - 0.25) / 0.5, 0, 1)
    x = np.arange(shot.width, dtype=np.float32)
    outline = np.concatenate([np.stack([x, crest], 1), [(shot.width, shot.horizon + 3), (0, shot.horizon + 3)]])
    near, farther = (mix(colour, shot.light.haze, share) for share in (far, min(far + 0.25, 1)))
    fill(shot.image, [outline], near, farther, vertical=True)
    return crest


def rows(shot: Shot, colour: Colour, top: float, bottom: float, to: Colour) -> None:
    """Fill the photo's full width between two heights [px] with a vertical gradient."""
    shape = np.array([(0, top), (shot.width, top), (shot.width, bottom), (0, bottom)])
    fill(shot.image, [shape], colour, to, vertical=True)


def weathered(
    shot: Shot, shape: list | np.ndarray, cells: float, amount: float, dark: Colour = (0.1, 0.09, 0.08)
) -> None:
    """Stain a shape in site units with noise: stone, rock, foliage."""
    points = shot.at(shape)
    box = window(points, 1, shot.image.shape)
    if box is None:
        return
    x0, y0, x1, y1 = box
    stain = noise(shot.rng, y1 - y0, x1 - x0, cells, 5)
    cover = coverage([points], box)
    blend(shot.image, box, dark, np.clip((stain - 0.42) * 2.5, 0, 1) * cover * amount)
    blend(shot.image, box, (1.0, 0.98, 0.94), np.clip((0.5 - stain) * 2.0, 0, 1) * cover * amount * 0.45)


def mirror_water(shot: Shot, top: float, bottom: float, colour: Colour, amount: float = 0.6) -> None:
    """Reflect what stands above `top` [px] in water down to `bottom` [px], with ripples."""
    y0, y1 = int(max(top, 1)), int(min(bottom, shot.height))
    if y1 - y0 < 3:
        return
    rows_, width = y1 - y0, shot.width
    ripple = (noise(shot.rng, rows_, width, 6, 4) - 0.5) * np.linspace(2, 16, rows_, dtype=np.float32)[:, None]
    down = np.arange(rows_, dtype=np.float32)[:, None] + 0 * ripple
    yy = np.clip(y0 - 1 - down * 1.05 + ripple * 0.6, 0, y0 - 1)
    xx = np.arange(width, dtype=np.float32)[None] + ripple
    reflected = cv2.remap(
        shot.image, xx.astype(np.float32), yy.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    shot.image[y0:y1] = reflected * amount + np.asarray(colour, np.float32) * (1 - amount)
