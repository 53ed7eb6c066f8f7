"""Light, weather and season of a photo: sky, sun, clouds, and what the camera adds (haze, grain, vignette)."""

from dataclasses import dataclass

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, as_bytes, grid, mix, noise, oval, rgb, window
from likeness_demo.drawing.canvas import blend as lay


@dataclass(frozen=True)
class Light:
    """One photo's light. sun_x in [-1, 1]: from the left to the right; strength in [0, 1]: how hard the shadows are."""

    name: str
    zenith: Colour
    horizon: Colour
    tint: Colour  # multiplies every surface
    haze: Colour
    strength: float
    sun_x: float
    sun_y: float  # height of the sun as a share of the sky; the disc shows if it is low
    clouds: float  # cover, [0, 1]
    night: float = 0.0  # how much lamps show, [0, 1]
    ground: Colour = (0.0, 0.0, 0.0)  # what the season lays over the ground ...
    laid: float = 0.0  # ... and how much of the ground it hides, [0, 1]
    leaf: Colour = (0.0, 0.0, 0.0)  # the colour that leaves have turned to ...
    turned: float = 0.0  # ... and how far, [0, 1]


#          zenith     horizon    tint       haze       strength  clouds  night  odds
SKIES = {
    "noon": ("#2f74c9", "#b9dcf2", "#fffdf8", "#d5e6f2", 1.00, 0.25, 0.0, 0.17),
    "summer": ("#3f8fdc", "#d4ecf7", "#fffaf0", "#dfeef6", 0.90, 0.50, 0.0, 0.17),
    "cloudy": ("#7f9fbe", "#dde5ea", "#f1f3f5", "#dde4e9", 0.45, 0.75, 0.0, 0.14),
    "grey": ("#a4afba", "#d9dde0", "#e2e6ea", "#d3d8dc", 0.20, 0.95, 0.0, 0.10),
    "golden": ("#5d8fc4", "#ffd9a0", "#ffd28f", "#ffdcae", 0.95, 0.40, 0.1, 0.15),
    "dusk": ("#3c4a86", "#f6a77f", "#dba695", "#e2a796", 0.55, 0.45, 0.7, 0.13),
    "night": ("#141d44", "#55619a", "#9aa8d8", "#434e80", 0.25, 0.35, 1.0, 0.14),
}
#           ground     laid  leaf       turned odds
SEASONS = {
    "summer": ("#7a9a4e", 0.00, "#4f7a3a", 0.00, 0.34),
    "drought": ("#d0b070", 0.50, "#a89a50", 0.60, 0.16),
    "autumn": ("#b0743a", 0.45, "#c8742a", 0.85, 0.18),
    "snow": ("#eef1f6", 0.85, "#c9c8c8", 0.80, 0.18),
    "rain": ("#454d56", 0.55, "#3d5a3c", 0.30, 0.14),
}


def pick_light(rng: Rng) -> Light:
    """Draw the light, the weather and the season of one photo."""
    name, season = (str(rng.choice(list(kinds), p=[kind[-1] for kind in kinds.values()])) for kinds in (SKIES, SEASONS))
    ground, laid, leaf, turned, _ = SEASONS[season]
    zenith, horizon, tint, haze, strength, clouds, night, _ = SKIES[name]
    side = 1.0 if rng.random() < 0.5 else -1.0
    low = name in ("golden", "dusk")
    return Light(
        name=name,
        zenith=mix(rgb(zenith), rgb(horizon), rng.uniform(0, 0.15)),
        horizon=rgb(horizon),
        tint=tuple(np.clip(np.array(rgb(tint)) * rng.uniform(0.94, 1.04) + rng.normal(0, 0.012, 3), 0, 1.1)),
        haze=rgb(haze),
        strength=strength * rng.uniform(0.85, 1.0),
        sun_x=side * rng.uniform(0.35, 0.95),
        sun_y=rng.uniform(0.05, 0.2) if low else rng.uniform(0.6, 0.9),
        clouds=float(np.clip(clouds + rng.normal(0, 0.12), 0, 1)),
        night=night,
        ground=rgb(ground),
        laid=laid * rng.uniform(0.7, 1.0),
        leaf=rgb(leaf),
        turned=turned * rng.uniform(0.6, 1.0),
    )


def draw_sky(image: np.ndarray, light: Light, horizon: float, rng: Rng) -> None:
    """Fill the photo above (and a little below) the horizon [px] with a gradient, the low sun and clouds."""
    height = len(image)
    down = np.clip(np.arange(height, dtype=np.float32) / max(horizon, 1), 0, 1)[:, None, None] ** 1.3
    image[:] = np.array(light.zenith, np.float32) * (1 - down) + np.array(light.horizon, np.float32) * down
    if light.sun_y < 0.3:
        draw_sun(image, light, horizon)
    bottom = min(height, int(horizon) + 2)
    if bottom > 8:
        draw_clouds(image[:bottom], light, rng)
    for _ in range(30 if light.night > 0.5 else 0):  # a few faint stars
        x, y = int(rng.uniform(0, image.shape[1])), int(rng.uniform(0, horizon * 0.5))
        image[y, x] += rng.uniform(0.1, 0.5)


def draw_sun(image: np.ndarray, light: Light, horizon: float) -> None:
    """Add a low sun's disc and glow."""
    height, width = image.shape[:2]
    x, y = width * (0.5 + 0.42 * light.sun_x), horizon * (1 - light.sun_y)
    xx, yy = grid((0, 0, width, height))
    distance = np.sqrt((xx - x) ** 2 + ((yy - y) * 1.15) ** 2) / height
    glow = 0.55 * np.exp(-distance / 0.16) + np.clip(1.2 - distance / 0.028, 0, 1) * 0.9
    image += (np.array([1.0, 0.93, 0.74], np.float32) - image) * np.clip(glow, 0, 1)[..., None]


def draw_clouds(sky: np.ndarray, light: Light, rng: Rng) -> None:
    """Add clouds: noise in perspective, lit from above, thinner towards the horizon."""
    height, width = sky.shape[:2]
    field = noise(rng, height, width, rng.uniform(2.2, 4.5), 6)
    level = 0.68 - 0.34 * light.clouds
    cover = np.clip((field - level) / 0.14, 0, 1)
    cover = cover * cover * (3 - 2 * cover)
    below = np.roll(cv2.GaussianBlur(field, (0, 0), 5), -max(2, height // 40), axis=0)
    lit = np.clip(0.5 + (field - below) * 3.2, 0, 1)[..., None]
    bright = np.array(mix((1, 1, 1), light.horizon, 0.25 + 0.3 * (light.strength < 0.5)), np.float32)
    dark = np.array(mix(light.zenith, (0.62, 0.64, 0.68), 0.6), np.float32)
    fade = np.linspace(1, 0.45, height, dtype=np.float32)[:, None]
    lay(sky, (0, 0, width, height), dark * (1 - lit) + bright * lit, cover * fade * 0.92)


def add_haze(image: np.ndarray, light: Light, horizon: float, amount: float, blur: float) -> None:
    """Push what is drawn so far back: a veil that is densest at the horizon, and a lens slightly out of focus."""
    rows = np.arange(image.shape[0], dtype=np.float32)
    veil = amount * np.exp(-(((rows - horizon) / (0.28 * image.shape[0])) ** 2))
    image += (np.array(light.haze, np.float32) - image) * veil[:, None, None]
    if blur > 0.2:
        image[:] = cv2.GaussianBlur(image, (0, 0), blur)


def develop(image: np.ndarray, light: Light, rng: Rng) -> np.ndarray:
    """Return the photo as the camera writes it, uint8: white balance, exposure, contrast, vignette, grain."""
    height, width = image.shape[:2]
    gain = np.array(light.tint, np.float32) * rng.uniform(0.82, 1.14)
    gain *= np.array([1 + rng.normal(0, 0.06), 1.0, 1 + rng.normal(0, 0.06)], np.float32)
    xx, yy = grid((0, 0, width, height))
    radius = ((xx / width - 0.5) ** 2 + (yy / height - 0.5) ** 2) * 2
    out = np.clip(image * gain, 0, 1) * (1 - rng.uniform(0.12, 0.26) * radius[..., None] ** 1.3)
    contrast = rng.uniform(0.12, 0.42)
    out = out * (1 - contrast) + contrast * out * out * (3 - 2 * out)
    grain = cv2.GaussianBlur(rng.standard_normal((height, width), dtype=np.float32), (0, 0), 0.7)
    out += (grain * rng.uniform(0.008, 0.018))[..., None]
    return as_bytes(out)


def lamp_glow(image: np.ndarray, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
    """Add light around a lamp at (x, y) px."""
    box = window(oval(x, y, radius, radius, n=8), 0, image.shape)
    if box is None or strength <= 0:
        return
    xx, yy = grid(box)
    fall = np.clip(1 - np.hypot(xx - x, yy - y) / radius, 0, 1) ** 2
    x0, y0, x1, y1 = box
    image[y0:y1, x0:x1] += fall[..., None] * np.asarray(colour, np.float32) * np.float32(strength)
