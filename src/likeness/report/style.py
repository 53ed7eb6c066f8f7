"""The look of every figure, labels beside the lines they name, and how a Figure becomes inline SVG with alt text."""

import hashlib
import io
import re
import warnings
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from sklearn.isotonic import IsotonicRegression

from likeness.report.html_text import Html, figure
from likeness.report.palette import GRID, INK, MUTED, SERIES, LineStyle, dark_rules

WIDTH = 6.0  # inches: 432 user units, so that 10 pt text is 8.3 px on a phone and 15 px on a wide page
SCALE = 1.48  # CSS pixels per user unit at most
MANY_DOTS = 5000  # beyond this, dots are drawn as pixels: in a page a dot as a shape takes 100 to 200 bytes
KEY = 0.055  # width of the piece of line before a label, in axes widths
FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', 'DejaVu Sans', sans-serif"

STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: small, selectable, recoloured by CSS
    "svg.hashsalt": "likeness",
    "font.family": ["DejaVu Sans"],  # measured with a wide font; readers' fonts are narrower, so nothing collides
    "font.size": 10.5,
    "axes.titlesize": 11.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 8,
    "axes.labelsize": 10.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": MUTED,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.prop_cycle": mpl.cycler(color=SERIES),
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "figure.dpi": 72,
    "savefig.dpi": 120,  # of dots that are drawn as pixels
    "savefig.transparent": True,
    "text.color": INK,
    "text.parse_math": False,  # a site called "$5 & $6" is a name
    "axes.formatter.use_mathtext": False,
    "axes.unicode_minus": True,
    **{f"{tick}.{part}": MUTED for tick in ("xtick", "ytick") for part in ("color", "labelcolor")},
    **{f"{tick}.{part}": size for tick in ("xtick", "ytick") for part, size in (("labelsize", 10), ("major.size", 3))},
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.8,
    "lines.markersize": 6,
    "patch.edgecolor": MUTED,
    "legend.frameon": False,
    "legend.fontsize": 10,
    "legend.labelcolor": INK,
}

styled = mpl.rc_context(STYLE)  # decorates every figure function: the look does not depend on who calls it
JUPYTER_DARK = dark_rules("body[data-jp-theme-light=false] .lk-figure svg")


def use_style() -> None:
    """Set matplotlib's defaults, and in a notebook show every Figure as inline SVG instead of PNG."""
    mpl.rcdefaults()  # not the reader's own matplotlibrc: a page looks the same wherever it was made
    mpl.rcParams.update(STYLE)
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    formatters = shell.display_formatter.formatters
    for kind in ("image/png", "image/svg+xml", "image/jpeg", "application/pdf"):
        formatters[kind].pop(Figure, None)
    formatters["text/html"].for_type(Figure, figure_html)


def canvas(height: float, rows: int = 1, cols: int = 1, **options: Any) -> tuple[Figure, Any]:
    """Return a Figure `height` inches high, and its axes (options: of subplots); no pyplot, so nothing is kept."""
    fig = Figure(figsize=(WIDTH, height), layout="constrained")
    return fig, fig.subplots(rows, cols, **options)


class EndLabel(NamedTuple):
    """A label for the line that ends at y [data units], drawn in `style`."""

    y: float
    label: str
    style: LineStyle


def shorten(name: object, most: int = 34) -> str:
    """Return a name on one line of at most `most` characters, so that one long name cannot squeeze a figure."""
    line = " ".join(str(name).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def fold(name: object, most: int = 34) -> str:
    """Return a name that is longer than `most` characters on two lines, parted at a comma or before what was seen.

    >>> fold("tf_efficientnet_lite0@bundled, combined", most=26)
    'tf_efficientnet_lite0\\n@bundled, combined'
    """
    line = " ".join(str(name).split())
    cut = max(line.rfind(", ", 0, most) + 1, line.rfind("@", 0, most))
    if len(line) <= most or cut <= 0:
        return shorten(line, most)
    return f"{line[:cut]}\n{shorten(line[cut:].strip(), most)}"


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> np.ndarray:
    """Return positions moved as little as needed to be `gap` apart, less without room, in order inside [low, high]."""
    values = np.asarray(positions, float)
    if not len(values):
        return values
    order = np.argsort(values, kind="stable")
    gap = min(gap, (high - low) / max(len(values) - 1, 1))
    steps = np.arange(len(values)) * gap
    # Less the steps, keeping the gap is keeping the order: the nearest ordered values are an isotonic regression.
    fitted = IsotonicRegression().fit_transform(np.arange(len(values)), values[order] - steps)
    moved = np.empty(len(values))
    moved[order] = np.clip(fitted, low, high - steps[-1]) + steps
    return moved


def end_labels(ax: Axes, labels: Sequence[EndLabel], gap: float) -> None:
    """Write labels right of the axes, each led to its line's end by a piece of that line, without overlap.

    gap: the least distance between labels, in axes heights. The text is in ink: coloured small text is hard to read.
    """
    low, high = ax.get_ylim()
    wished = [min(max((entry.y - low) / (high - low), 0.0), 1.0) for entry in labels]
    for start, place, entry in zip(wished, spread(wished, gap, 0.02, 0.98), labels, strict=True):
        line = {"color": entry.style.color, "transform": ax.transAxes, "clip_on": False}
        ax.plot([1.0, 1.02], [start, place], linewidth=0.8, **line)
        ax.plot([1.02, 1.02 + KEY], [place, place], linestyle=entry.style.linestyle, **line)
        ax.text(
            1.035 + KEY, place, shorten(entry.label, 46), color=INK, transform=ax.transAxes, va="center", fontsize=10
        )


def end_at(ax: Axes, x: float, y: float, text: str, **options: object) -> None:
    """Write text right of a data point, vertically centred."""
    ax.annotate(text, (x, y), (5, 0), textcoords="offset points", va="center", ha="left", fontsize=10, **options)


def describe(fig: Figure, alt: str) -> Figure:
    """Attach alt text: what a reader who cannot see the figure should know."""
    fig.likeness_alt = alt
    return fig


def alt_text(fig: Figure) -> str:
    """Return the figure's alt text. Raises ValueError where `describe` was never called, or with nothing to say."""
    alt = getattr(fig, "likeness_alt", "")
    if not alt.strip():
        raise ValueError("this figure has no alt text: call describe(fig, alt) before showing it")
    return alt


def figure_svg(fig: Figure) -> Html:
    """Return the figure as one <svg role="img"> with alt text; the same drawing gives the same bytes.

    A Figure that is saved twice may differ by some hundredths: its layout is solved anew from where it was left. Ids
    that nothing refers to are dropped, the others start with a hash of the content: figures on a page never share one.
    What is drawn with the gid "title: words" says the words under the pointer.
    """
    alt, stream = alt_text(fig), io.StringIO()
    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # Names in any script are shown with the reader's fonts: it does not matter that the measuring font lacks them.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        fig.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    body = stream.getvalue().partition("</metadata>")[2]
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, count=1, flags=re.DOTALL)
    body = re.sub(r"""<g id=(["'])title: (.*?)\1>""", r"<g><title>\2</title>", body.rpartition("</svg>")[0])
    body = _slim(body)
    width, height = fig.get_size_inches() * 72
    box = f'viewBox="0 0 {width:g} {height:g}" style="width:100%;max-width:{width * SCALE:.0f}px;height:auto"'
    return Html(
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" role="img" '
        f'aria-label="{escape(alt)}" {box} stroke-linejoin="round" stroke-linecap="butt">{body}</svg>'
    )


def figure_html(fig: Figure) -> Html:
    """Return <figure class="lk-figure"> with the inline SVG."""
    return figure(figure_svg(fig), css=JUPYTER_DARK)


def _slim(body: str) -> str:
    """Unused ids out, used ones made unique, two decimals, the readers' fonts: inside tags only, never in a text."""
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', "".join(re.findall(r"<[^>]+>", body))))
    prefix = "f" + hashlib.sha256(body.encode()).hexdigest()[:8] + "-"

    def short(match: re.Match[str]) -> str:
        return re.sub(r"(\d+\.\d\d)\d+", r"\1", match[0])

    def tag(match: re.Match[str]) -> str:
        kept = re.sub(r' id="([^"]*)"', lambda m: f' id="{prefix}{m[1]}"' if m[1] in used else "", match[0])
        kept = re.sub(r'(url\(#|href="#)', rf"\g<1>{prefix}", kept)
        kept = re.sub(r"font-family: [^;\"]*", f"font-family: {FONT}", kept)
        return re.sub(r' (?:d|x|y|transform)="[^"]*"', short, kept).replace(" \n", "\n")

    return re.sub(r"<[^>]+>", tag, body)
