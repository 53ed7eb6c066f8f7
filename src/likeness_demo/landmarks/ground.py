"""Grounds in perspective: sand, grass, gravel, paving, asphalt, rock and planks."""

import cv2
import numpy as np

from likeness_demo.drawing.canvas import grid, mix, noise, rgb
from likeness_demo.landmarks.shot import Shot

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
    colour = (
        np.array(mix(rgb(far), shot.light.haze, 0.15), np.float32) * (1 - near_share[..., None])
        + np.array(rgb(near), np.float32) * near_share[..., None]
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
