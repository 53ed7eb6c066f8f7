"""The colours of the reports: three inks that change in dark mode, and series colours that never need to.

matplotlib 3.11 writes a colour into the style attribute of each SVG element, as `fill: #1f2328` or
`stroke: #d8dee4` (lower case, one space; pure black fills are left out, so nothing may be drawn in black). That is what
`dark_rules` selects; `!important` is needed against inline styles.

Every series colour has a contrast of at least 3:1 on white and on #0d1117 (a test computes it, WCAG 2.2, 1.4.11).
The hues follow Okabe & Ito (2008), the light ones darkened; no figure relies on colour alone.
"""

import re
import zlib
from collections.abc import Iterable
from typing import NamedTuple

INK = "#1f2328"  # titles and labels
MUTED = "#59636e"  # ticks, notes, reference lines
GRID = "#d8dee4"  # grid lines
DARK = {INK: "#e6edf3", MUTED: "#9198a1", GRID: "#30363d"}

BLUE, ORANGE, GREEN, PURPLE = "#0072b2", "#d55e00", "#009e73", "#a663b8"
OCHRE, TEAL, RED, GREY = "#a6761d", "#1891a8", "#cf4a6a", "#7d8590"
VIOLET, LIME, BROWN, PINK = "#6a5ff0", "#6b9a00", "#94584a", "#e0389f"  # families beyond the series
SERIES = (BLUE, ORANGE, GREEN, PURPLE, OCHRE, TEAL, RED, GREY)
SPLITS = {"train": BLUE, "val": OCHRE, "test": ORANGE}
SAME, DIFFERENT = BLUE, ORANGE
RIGHT, WRONG = "#1a7f37", "#cf222e"

# A model's family is what it judges by; it decides the colour (`family_of` reads it from the model's name).
SEVERAL = "several inputs"
FAMILIES = {
    "features": OCHRE,  # pose: distances between features of a frozen backbone
    "joints": PURPLE,  # distances between estimated people
    "place x pose": TEAL,
    "photo": BLUE,  # networks, by what they see
    "photo+skeleton": ORANGE,
    "photo+heatmaps": GREEN,
    "user only": OCHRE,  # likability: classifiers, by what they are given
    "metadata": GREEN,
    "colour": ORANGE,
    "fc6": TEAL,
    "fc7": BLUE,
    SEVERAL: PINK,
    "fusion": PURPLE,  # and networks
    "alexnet": VIOLET,
    "backbone": LIME,
    "ranker": RED,
    "smallcnn": BROWN,
    "majority class": GREY,  # what every model is held against
    "random ranking": GREY,
    "oracle": GREY,
}
# Words of a model's name that say it is its family's second kind: the head alone, the coarser distance, chance.
DASHED = {"last", "euclidean", "procrustes", "torso", "forest", "sgd", "fc6", "random", "majority"}


class LineStyle(NamedTuple):
    """How a model is drawn in every figure: same colour, same dash, same marker."""

    color: str
    linestyle: str
    marker: str


def family_of(name: str) -> str:
    """Return what a model judges by: "joints" of "joints, OKS", "photo" of "last-photo", "fc7" of "fc7, SVM"."""
    given = name.partition(",")[0]
    if " + " in given:
        return SEVERAL
    return given.removeprefix("last-").removeprefix("full-")


def model_colour(name: str) -> str:
    """Return the colour that stands for a model in every figure; unknown families get one by their name's checksum."""
    known = FAMILIES.get(family_of(name))
    return known or SERIES[zlib.crc32(name.lower().encode()) % len(SERIES)]


def model_style(name: str) -> LineStyle:
    """Return colour by family (what a model judges by), dash and marker by variant (last layer or full network)."""
    dashed = not DASHED.isdisjoint(re.findall(r"\w+", name.lower()))
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
