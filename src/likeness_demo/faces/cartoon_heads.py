"""Heads of the cartoon characters: flat colours, thick outlines, odd shapes, eyes that no person has."""

from dataclasses import dataclass

import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, fill, mix, oval, rgb, scaled, stroke
from likeness_demo.drawing.solids import smooth

INK = rgb("#1d1a26")
LINE = 0.085  # width of the ink, head units
WHITE = (0.99, 0.99, 0.97)
SKINS = tuple(map(rgb, (
    "#6cc24a", "#3fa7d6", "#9b5de5", "#f28c28", "#f15bb5", "#fee440", "#2ec4b6", "#e63946", "#b8c0cc", "#8d6e4f",
)))  # fmt: skip
SHAPES: dict[str, list[tuple[float, float]]] = {  # outlines in head units: 1 is half the head's width
    "ball": [(float(np.cos(a)), float(np.sin(a))) for a in np.linspace(0, 2 * np.pi, 12, endpoint=False)],
    "pear": [(0, -1.15), (0.5, -0.95), (0.62, -0.35), (0.98, 0.3), (0.9, 0.9), (0, 1.12), (-0.9, 0.9), (-0.98, 0.3),
             (-0.62, -0.35), (-0.5, -0.95)],
    "bean": [(-0.1, -1.2), (0.6, -1.1), (0.98, -0.4), (0.8, 0.5), (0.5, 1.15), (-0.4, 1.2), (-0.8, 0.7), (-0.65, 0.0),
             (-0.95, -0.6), (-0.7, -1.05)],
    "box": [(-0.9, -0.95), (0, -1.02), (0.9, -0.95), (0.98, 0), (0.9, 0.95), (0, 1.02), (-0.9, 0.95), (-0.98, 0)],
    "wide": [(0, -0.72), (0.7, -0.6), (1.0, 0), (0.8, 0.6), (0, 0.76), (-0.8, 0.6), (-1.0, 0), (-0.7, -0.6)],
    "drop": [(0, -1.45), (0.35, -0.8), (0.9, -0.1), (0.88, 0.6), (0, 1.0), (-0.88, 0.6), (-0.9, -0.1), (-0.35, -0.8)],
    "star": [(float(r * np.cos(a)), float(r * np.sin(a))) for a, r in zip(
        np.linspace(-np.pi / 2, 1.5 * np.pi, 16, endpoint=False), [1.0, 0.84] * 8, strict=True)],
}  # fmt: skip


@dataclass(frozen=True)
class Character:
    """What one character looks like, on every picture."""

    shape: str
    skin: Colour
    eyes: str  # pair | one | three | stalks | sleepy
    mouth: str  # grin | line | tongue | fangs | o | none
    ears: str  # none | cat | bear | rabbit | antennae | horns
    mark: str  # none | spots | stripe | cheeks
    cloth: Colour


def pick_character(number: int, rng: Rng) -> Character:
    """Draw the looks of one character of a cast; colours and shapes take turns by its number."""
    skin = SKINS[number % len(SKINS)]
    return Character(
        shape=list(SHAPES)[number % len(SHAPES)],
        skin=skin,
        eyes=str(rng.choice(["pair", "one", "three", "stalks", "sleepy"], p=[0.34, 0.22, 0.14, 0.15, 0.15])),
        mouth=str(rng.choice(["grin", "line", "tongue", "fangs", "o", "none"])),
        ears=str(rng.choice(["none", "cat", "bear", "rabbit", "antennae", "horns"])),
        mark=str(rng.choice(["none", "spots", "stripe", "cheeks"])),
        cloth=SKINS[(SKINS.index(skin) + int(rng.integers(1, len(SKINS)))) % len(SKINS)],
    )


class Pen:
    """Draws flat shapes with an outline in head units; unit: px of half the head's width; tilt: radians."""

    def __init__(self, image: np.ndarray, x: float, y: float, unit: float, tilt: float) -> None:
        self.image, self.middle, self.unit = image, np.array([x, y]), unit
        self.turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])

    def at(self, points: np.ndarray | list) -> np.ndarray:
        """Return head points (n, 2) as px."""
        return self.middle + self.unit * np.asarray(points, float).reshape(-1, 2) @ self.turn

    def shape(self, points: np.ndarray | list, colour: Colour, line: float = LINE) -> np.ndarray:
        """Fill a closed outline in one colour, ink its edge, and return it in px."""
        outline = self.at(points)
        fill(self.image, [outline], colour)
        if line:
            stroke(self.image, [outline], INK, max(1.5, line * self.unit), closed=True)
        return outline

    def line(self, points: np.ndarray | list, wide: float = LINE) -> None:
        """Ink an open line."""
        stroke(self.image, [self.at(points)], INK, max(1.5, wide * self.unit))


def draw_head(pen: Pen, who: Character, gaze: tuple[float, float]) -> tuple[float, float, float, float]:
    """Draw a character's head in place; return the box x0, y0, x1, y1 [px] of its face, without ears or stalks."""
    draw_ears(pen, who)
    outline = pen.shape(smooth(SHAPES[who.shape]), who.skin)
    draw_marks(pen, who)
    draw_eyes(pen, who, gaze)
    draw_mouth(pen, who)
    edge = 0.5 * max(1.5, LINE * pen.unit) + 0.5  # of the ink, with its soft rim
    low, high = outline.min(axis=0) - edge, outline.max(axis=0) + edge
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def draw_ears(pen: Pen, who: Character) -> None:
    """Draw what stands out above the head, before the head."""
    inner = mix(who.skin, (1, 0.75, 0.8), 0.6)
    top = min(y for _, y in SHAPES[who.shape])
    for side in (-1, 1):
        flip = np.array([side, 1])
        if who.ears == "cat":
            pen.shape(np.array([(0.25, top + 0.25), (0.75, top - 0.45), (0.95, top + 0.65)]) * flip, who.skin)
        elif who.ears == "bear":
            pen.shape(oval(0.72 * side, top + 0.22, 0.34, 0.34), who.skin)
            pen.shape(oval(0.72 * side, top + 0.22, 0.17, 0.17), inner, 0)
        elif who.ears == "rabbit":
            pen.shape(oval(0.4 * side, top - 0.45, 0.22, 0.75), who.skin)
            pen.shape(oval(0.4 * side, top - 0.42, 0.10, 0.5), inner, 0)
        elif who.ears == "antennae":
            pen.line([(0.25 * side, top + 0.2), (0.45 * side, top - 0.5)])
            pen.shape(oval(0.45 * side, top - 0.6, 0.15, 0.15), who.cloth)
        elif who.ears == "horns":
            pen.shape(np.array([(0.3, top + 0.3), (0.75, top - 0.35), (0.72, top + 0.5)]) * flip, rgb("#f4ead2"))


def draw_marks(pen: Pen, who: Character) -> None:
    """Draw spots, a stripe or round cheeks."""
    tone = scaled(who.skin, 0.78)
    if who.mark == "spots":
        for x, y, r in ((-0.6, -0.35, 0.12), (0.55, -0.5, 0.09), (0.68, 0.35, 0.10), (-0.45, 0.5, 0.08)):
            pen.shape(oval(x, y, r, r), tone, 0)
    elif who.mark == "stripe":
        pen.shape([(-0.14, -0.66), (0.14, -0.66), (0.09, -0.1), (-0.09, -0.1)], tone, 0)
    elif who.mark == "cheeks":
        for side in (-1, 1):
            pen.shape(oval(0.55 * side, 0.33, 0.16, 0.11), mix(who.skin, (0.95, 0.2, 0.35), 0.55), 0)


def draw_eyes(pen: Pen, who: Character, gaze: tuple[float, float]) -> None:
    """Draw one to three huge eyes; gaze: where the pupils look, share of an eye's radius."""
    eyes = {
        "pair": [(-0.36, -0.25, 0.36), (0.38, -0.22, 0.31)],
        "one": [(0.0, -0.2, 0.5)],
        "three": [(-0.48, -0.05, 0.24), (0.0, -0.38, 0.27), (0.48, -0.05, 0.24)],
        "stalks": [(-0.5, -1.25, 0.3), (0.5, -1.25, 0.3)],
        "sleepy": [(-0.4, -0.15, 0.33), (0.4, -0.15, 0.33)],
    }[who.eyes]
    for x, y, radius in eyes:
        if who.eyes == "stalks":
            pen.line([(0.7 * x, -0.3), (x, y)], 0.16)
        pen.shape(oval(x, y, radius, radius), WHITE)
        px, py = x + 0.45 * radius * gaze[0], y + 0.45 * radius * gaze[1]
        pen.shape(oval(px, py, 0.42 * radius, 0.42 * radius), INK, 0)
        pen.shape(oval(px - 0.14 * radius, py - 0.14 * radius, 0.13 * radius, 0.13 * radius), WHITE, 0)
        if who.eyes == "sleepy":
            pen.shape(oval(x, y, radius, radius, 180, 361), scaled(who.skin, 0.85))


def draw_mouth(pen: Pen, who: Character) -> None:
    """Draw the mouth."""
    if who.mouth == "grin":
        arc = oval(0, 0.32, 0.52, 0.38, 0, 181)
        pen.shape(arc, WHITE)
        for x in (-0.26, 0.0, 0.26):
            pen.line([(x, 0.33), (x, 0.62)], 0.05)
    elif who.mouth == "line":
        pen.line([(-0.3, 0.5), (0.05, 0.46), (0.34, 0.38)])
    elif who.mouth == "tongue":
        pen.shape(oval(0, 0.34, 0.4, 0.34, 0, 181), rgb("#5c1a2b"))
        pen.shape(oval(0.06, 0.58, 0.18, 0.2), rgb("#ff6b81"), 0.05)
    elif who.mouth == "fangs":
        pen.line([(-0.45, 0.42), (0.45, 0.42)])
        for x in (-0.25, 0.2):
            pen.shape([(x, 0.44), (x + 0.18, 0.44), (x + 0.09, 0.68)], WHITE, 0.05)
    elif who.mouth == "o":
        pen.shape(oval(0.05, 0.48, 0.14, 0.18), rgb("#5c1a2b"))
