"""The colours of the reports: three inks that change in dark mode, and series colours that never need to.

matplotlib 3.11 writes a colour into the style attribute of each SVG element, as `fill: #1f2328` or
`stroke: #d8dee4` (lower case, one space; pure black fills are left out, so nothing may be drawn in black). That is what
`dark_rules` selects; `!important` is needed against inline styles.

Every series colour has a contrast of at least 3:1 on white and on #0d1117 (a test computes it, WCAG 2.2, 1.4.11).
The hues follow Okabe & Ito (2008), the light ones darkened; no figure relies on colour alone.
"""

import zlib
from collections.abc import Iterable
from typing import NamedTuple

INK = "#1f2328"  # titles and labels
MUTED = "#59636e"  # ticks, notes, reference lines
GRID = "#d8dee4"  # grid lines
DARK = {INK: "#e6edf3", MUTED: "#9198a1", GRID: "#30363d"}
PAPER, NIGHT = "#ffffff", "#0d1117"

BLUE, ORANGE, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#a663b8"
OCHRE, TEAL, RED, GREY = "#a6761d", "#1891a8", "#cf4a6a", "#7d8590"
VIOLET, LIME, BROWN, PINK = "#6a5ff0", "#6b9a00", "#94584a", "#e0389f"  # families beyond the series
SERIES = (BLUE, ORANGE, GREEN, PURPLE, OCHRE, TEAL, RED, GREY)
SPLITS = {"train": BLUE, "val": OCHRE, "test": ORANGE}
SAME, DIFFERENT = BLUE, ORANGE
RIGHT, WRONG = "#1a7f37", "#cf222e"

# The first word found in a model's name decides its colour: the richest stream first.
FAMILIES = (
    ("best possible", GREY),  # the likability study: two kinds of input joined by " + ", or one
    ("shuffled", GREY),
    ("fusion", PURPLE),
    (" + ", PINK),
    ("user only", OCHRE),
    ("metadata", GREEN),
    ("fc6", TEAL),
    ("fc7", BLUE),
    ("colour", ORANGE),
    ("smallcnn", BROWN),
    ("ranker", RED),
    ("alexnet", VIOLET),
    ("backbone", LIME),
    ("heatmap", GREEN),
    ("skeleton", ORANGE),
    ("chance", GREY),
    ("random", GREY),
    ("majority", GREY),
    ("oracle", GREY),
    ("place", TEAL),
    ("oks", PURPLE),
    ("procrustes", PURPLE),
    ("torso", PURPLE),
    ("joint", PURPLE),
    ("cosine", OCHRE),
    ("euclid", OCHRE),
    ("photo", BLUE),
)
DASHED = ("last", "euclid", "procrustes", "random", "chance", "majority", "torso", "forest", "sgd", "fc6")


class LineStyle(NamedTuple):
    """How a model is drawn in every figure: same colour, same dash, same marker."""

    color: str
    linestyle: str
    marker: str


def model_colour(name: str) -> str:
    """Return the colour that stands for a model in every figure; unknown names get one by their checksum."""
    lower = name.lower()
    for word, colour in FAMILIES:
        if word in lower:
            return colour
    return SERIES[zlib.crc32(lower.encode()) % len(SERIES)]


def model_style(name: str) -> LineStyle:
    """Return colour by family (stream, distance), dash and marker by variant (last layer or full network)."""
    dashed = any(word in name.lower() for word in DASHED)
    return LineStyle(model_colour(name), "--" if dashed else "-", "s" if dashed else "o")


def model_styles(names: Iterable[str]) -> dict[str, LineStyle]:
    """Return one distinct style per model: the model's own, or the next free dash where two would look alike."""
    styles: dict[str, LineStyle] = {}
    for name in names:
        wish = model_style(name)
        spare = [wish._replace(linestyle=d, marker=m) for d, m in ((":", "^"), ("-.", "D"), ("-", "v"), ("--", "P"))]
        spare += [wish._replace(color=colour) for colour in SERIES]
        styles[name] = next((s for s in [wish, *spare] if s not in styles.values()), wish)
    return styles


def dark_rules(scope: str = "svg") -> str:
    """Return the CSS that recolours the three inks inside `scope`, to be put where dark mode holds."""
    return "".join(
        f'{scope} [style*="{part}: {light}"]{{{part}:{dark}!important}}'
        for light, dark in DARK.items()
        for part in ("fill", "stroke")
    )
