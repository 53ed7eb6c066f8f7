"""The painting styles of the faces demo: five invented workshops, each with its ground, palette, brush and frame."""

from dataclasses import dataclass, replace

import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, rgb
from likeness_demo.drawing.light import SKIES, Light, pick_light


@dataclass(frozen=True)
class Brush:
    """How paint is laid on. radius: half a broad stroke's width, share of the picture's shorter side."""

    radius: float
    length: float  # of a stroke, in radii
    angle: float | None  # of strokes on flat ground [rad]; None: in eddies
    spread: float  # how much strokes differ in tone
    smear: float  # how far paint is drawn along the forms, in radii
    bristle: float  # depth of the brush marks
    reserve: float  # how far faces are spared from broad strokes, [0, 1]


@dataclass(frozen=True)
class PaintStyle:
    """One workshop's manner. shade, light: the ends of its palette; share, flesh: pull of the palette, [0, 1]."""

    key: str
    workshop: str
    media: tuple[str, ...]
    years: tuple[int, int]
    ground: str
    sky: str  # of `light.SKIES`, in landscapes
    frame: str
    collar: str
    robes: dict[str, Colour]
    side: float  # where the light comes from, -1 left .. 1 right
    strength: float
    shade: Colour
    light: Colour
    share: float
    flesh: float
    saturation: float
    contrast: float
    vignette: float
    brush: Brush
    weave: float
    cracks: float
    crack_size: float  # of the paint's islands, share of the shorter side


STYLES = (
    PaintStyle(
        "blue-hour", "Workshop of the Blue Hour", ("oil on canvas",), (1881, 1904), "dusk", "dusk", "silver", "fur",
        {"Grey": rgb("#5a6478"), "Midnight Blue": rgb("#1f2b52"), "Violet": rgb("#4a3a6e")}, -0.7, 0.45,
        rgb("#0d1636"), rgb("#d5e2f2"), 0.42, 0.16, 0.92, 0.15, 0.5,
        Brush(0.016, 5.0, 0.0, 0.035, 0.8, 0.05, 0.9), 0.035, 0.0, 0.1,
    ),
    PaintStyle(
        "gilded-thread", "Workshop of the Gilded Thread", ("tempera on panel", "tempera and gold on panel"),
        (1442, 1491), "gold", "golden", "gilt", "band",
        {"Crimson": rgb("#8e1f2b"), "Blue": rgb("#22407f"), "Green": rgb("#2b5a3c")}, 0.5, 0.55,
        rgb("#3a2208"), rgb("#fff0c4"), 0.34, 0.12, 1.12, 0.20, 0.25,
        Brush(0.015, 5.0, 1.1, 0.02, 0.4, 0.07, 0.85), 0.0, 0.24, 0.055,
    ),
    PaintStyle(
        "red-curtain", "Workshop of the Red Curtain", ("oil on canvas", "oil on panel"), (1621, 1668), "curtain",
        "grey", "ebony", "ruff",
        {"Black": rgb("#2b272c"), "Brown": rgb("#5a3b28"), "Dark Green": rgb("#2c4434")}, -0.95, 0.95,
        rgb("#120806"), rgb("#ffe2b4"), 0.34, 0.14, 0.98, 0.22, 0.5,
        Brush(0.014, 3.5, None, 0.03, 1.0, 0.04, 0.92), 0.03, 0.20, 0.075,
    ),
    PaintStyle(
        "walled-garden", "Workshop of the Walled Garden", ("oil on canvas",), (1874, 1899), "garden", "summer", "white",
        "scarf",
        {"White": rgb("#e4e2da"), "Pink": rgb("#dba0ac"), "Light Blue": rgb("#8fb2d4")}, 0.8, 0.75,
        rgb("#27304a"), rgb("#fffbe2"), 0.18, 0.08, 1.22, 0.05, 0.0,
        Brush(0.024, 2.4, None, 0.11, 0.0, 0.09, 0.80), 0.05, 0.0, 0.1,
    ),
    PaintStyle(
        "chalk-stair", "Workshop of the Chalk Stair", ("fresco, transferred to canvas", "distemper on plaster"),
        (1494, 1532), "plaster", "cloudy", "border", "lace",
        {"Ochre": rgb("#b98a45"), "Terracotta": rgb("#a9573c"), "Sage": rgb("#7f8f6f")}, 0.4, 0.35,
        rgb("#5c4636"), rgb("#f8f1e2"), 0.34, 0.15, 0.85, -0.08, 0.0,
        Brush(0.016, 3.0, 1.5, 0.03, 0.5, 0.03, 0.85), 0.0, 0.16, 0.16,
    ),
)  # fmt: skip


def light_of(style: PaintStyle, rng: Rng) -> Light:
    """Return a picture's light as the style's painters liked it."""
    zenith, horizon, _tint, haze, _strength, _clouds, night, _odds = SKIES[style.sky]
    return replace(
        pick_light(rng),
        name=style.sky,
        zenith=rgb(zenith),
        horizon=rgb(horizon),
        haze=rgb(haze),
        tint=(1.0, 1.0, 1.0),
        strength=float(np.clip(style.strength + rng.normal(0, 0.05), 0, 1)),
        sun_x=float(np.clip(style.side + rng.normal(0, 0.12), -1, 1)),
        night=night,
    )
