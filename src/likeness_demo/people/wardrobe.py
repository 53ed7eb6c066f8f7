"""What people of the demo look like: build, skin, hair, clothes."""

from dataclasses import dataclass

import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, mix, rgb, scaled

SKINS = tuple(map(rgb, ("#f6d7c3", "#eec1a0", "#e0a97f", "#c98d5f", "#a86d43", "#7d4c2c", "#5a3520")))
HAIRS = tuple(map(rgb, ("#1b1512", "#2e2019", "#4a2f1c", "#6f4727", "#a9793f", "#d9b36c", "#8c3b1d", "#b9b4ae")))
TOPS = tuple(map(rgb, (
    "#d8342f", "#f2f0ea", "#23395d", "#2b7a78", "#f0b429", "#5c8a3a", "#8d4a9e", "#e8762d",
    "#3d3d46", "#79b4e0", "#e58fa6", "#1f6f4a", "#b5485d", "#c8b79b", "#3f51a5",
)))  # fmt: skip
BOTTOMS = tuple(map(rgb, ("#2f4a73", "#25262c", "#8c7a5c", "#4c5a3f", "#c9bda4", "#6b7280", "#513a33", "#8fa6bf")))
SHOES = tuple(map(rgb, ("#f2f2f2", "#2a2a2a", "#8a4b2d", "#c43d3d", "#3a5f8a", "#d9c7a3")))


@dataclass(frozen=True)
class Person:
    """One person's looks; lengths are factors on the usual proportions."""

    skin: Colour
    hair: Colour
    style: str  # short | long | bun | curly | bald
    hat: str  # "" | cap | straw | beanie
    hat_colour: Colour
    top: Colour
    accent: Colour
    pattern: str  # plain | stripes | block | print
    sleeves: float  # 0 none .. 1 to the wrist
    bottom: Colour
    legs: float  # trousers' length, 0.35 shorts .. 1
    skirt: bool
    shoes: Colour
    width: float  # build
    glasses: str  # "" | sun | clear
    beard: bool
    pack: bool


def dress(rng: Rng, light_name: str = "") -> Person:
    """Draw a person's looks."""
    skin = SKINS[rng.integers(len(SKINS))]
    dark = skin[0] < 0.7
    hair = HAIRS[rng.integers(3 if dark else len(HAIRS))]
    style = str(rng.choice(["short", "long", "bun", "curly", "bald"], p=[0.38, 0.30, 0.12, 0.14, 0.06]))
    top = TOPS[rng.integers(len(TOPS))]
    accent = TOPS[(TOPS.index(top) + rng.integers(1, len(TOPS))) % len(TOPS)]
    cold = light_name in ("grey", "cloudy", "dusk", "night")
    long_hair = style in ("long", "bun")
    return Person(
        skin=mix(skin, scaled(skin, 1.08), rng.uniform()),
        hair=hair,
        style=style,
        hat=str(rng.choice(["", "cap", "straw", "beanie"], p=[0.68, 0.16, 0.1, 0.06])),
        hat_colour=TOPS[rng.integers(len(TOPS))],
        top=scaled(top, rng.uniform(0.88, 1.08)),
        accent=accent,
        pattern=str(rng.choice(["plain", "stripes", "block", "print"], p=[0.5, 0.2, 0.15, 0.15])),
        sleeves=float(rng.choice([0.0, 0.3, 0.36, 1.0], p=[0.08, 0.27, 0.25, 0.4] if cold else [0.2, 0.35, 0.3, 0.15])),
        bottom=scaled(BOTTOMS[rng.integers(len(BOTTOMS))], rng.uniform(0.88, 1.1)),
        legs=1.0 if cold else float(rng.choice([0.42, 0.5, 1.0], p=[0.2, 0.2, 0.6])),
        skirt=bool(long_hair and rng.random() < 0.4),
        shoes=SHOES[rng.integers(len(SHOES))],
        width=float(np.clip(rng.normal(0.96 if long_hair else 1.05, 0.09), 0.82, 1.28)),
        glasses=str(rng.choice(["", "sun", "clear"], p=[0.66, 0.22, 0.12])),
        beard=bool(not long_hair and rng.random() < 0.25),
        pack=bool(rng.random() < 0.15),
    )
