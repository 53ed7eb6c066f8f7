"""What the sitters of the faces demo wear on the head and round the neck."""

import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, fill, mix, oval, scaled, stroke
from likeness_demo.drawing.solids import smooth
from likeness_demo.people.face_shape import HeadFrame, Looks

WHITE = (0.94, 0.92, 0.87)


def draw_veil_behind(image: np.ndarray, frame: HeadFrame, looks: Looks) -> None:
    """Draw the part of a veil that falls behind face and neck."""
    if looks.person.hat != "veil":
        return
    colour = looks.person.hat_colour
    shape = [(0, -1.85), (0.8, -1.66), (1.3, -1.0), (1.42, 0.0), (1.55, 1.2), (1.9, 2.6), (0, 3.0), (-1.9, 2.6),
             (-1.55, 1.2), (-1.42, 0.0), (-1.3, -1.0), (-0.8, -1.66)]  # fmt: skip
    fill(image, [frame.at(smooth(shape))], scaled(colour, 0.95), scaled(colour, 0.55))


def room_for(looks: Looks) -> float:
    """Return how far head, hair and hat reach above the eyes, in head units."""
    tall = {"turban": 2.15, "beret": 2.0, "broad": 2.15, "veil": 1.9}
    return max(tall.get(looks.person.hat, 1.7), 2.05 if looks.person.style == "bun" and not looks.person.hat else 0)


def turban(image: np.ndarray, frame: HeadFrame, looks: Looks) -> None:
    """Draw a wound cloth with folds and a brooch."""
    colour, turn = looks.person.hat_colour, 0.3 * np.sin(frame.yaw)
    shape = [(-1.22, -0.55), (-1.42, -1.05), (-1.1, -1.8), (-0.3, -2.1), (0.5, -2.05), (1.2, -1.65), (1.42, -1.0),
             (1.2, -0.52), (0.6, -0.78), (turn, -0.86), (-0.6, -0.8)]  # fmt: skip
    fill(image, [frame.at(smooth(shape))], scaled(colour, 1.12), scaled(colour, 0.6))
    for k, high in enumerate((-0.95, -1.22, -1.5, -1.78)):
        wide = 1.3 - 0.12 * k
        fold = oval(turn * 0.5, high + 0.42, wide, 0.5, 195, 345)
        stroke(image, [frame.at(fold)], scaled(colour, 0.45), max(1.0, 0.07 * frame.unit), alpha=0.55)
        stroke(image, [frame.at(fold - (0, 0.1))], scaled(colour, 1.35), max(1.0, 0.06 * frame.unit), alpha=0.4)
    fill(image, [frame.at(oval(turn, -1.12, 0.15, 0.18))], (0.93, 0.76, 0.35), (0.6, 0.42, 0.12))
    fill(image, [frame.at(oval(turn, -1.12, 0.07, 0.09))], mix(colour, (1, 1, 1), 0.75))


def beret(image: np.ndarray, frame: HeadFrame, looks: Looks) -> None:
    """Draw a soft flat cap that hangs to one side."""
    colour, side = looks.person.hat_colour, 1 if looks.part > 0 else -1
    shape = np.array([(-1.12, -0.72), (-1.3, -1.2), (-0.7, -1.75), (0.3, -1.95), (1.3, -1.7), (1.78, -1.1),
                      (1.55, -0.62), (1.08, -0.6), (0.5, -0.86), (-0.4, -0.92)]) * (side, 1)  # fmt: skip
    fill(image, [frame.at(smooth(shape))], scaled(colour, 1.08), scaled(colour, 0.58))
    folds = [smooth(shape * (0.72, 1) + (0.22 * side, shift))[8:34] for shift in (0.12, 0.3)]
    stroke(image, [frame.at(fold) for fold in folds], scaled(colour, 0.5), max(1.0, 0.05 * frame.unit), alpha=0.35)
    band = oval(0.3 * np.sin(frame.yaw), -0.52, 1.06, 0.4, 200, 340)
    stroke(image, [frame.at(band)], scaled(colour, 0.42), max(1.5, 0.16 * frame.unit), alpha=0.9)


def broad(image: np.ndarray, frame: HeadFrame, looks: Looks) -> None:
    """Draw a hat with a wide brim, a band and a feather."""
    colour, turn = looks.person.hat_colour, 0.3 * np.sin(frame.yaw)
    side = 1 if looks.part > 0 else -1
    fill(image, [frame.at(oval(turn, -0.56, 0.95, 0.14))], (0.05, 0.04, 0.04), alpha=0.4, blur=0.06 * frame.unit)
    crown = [(-0.98, -0.7), (-0.95, -1.4), (-0.6, -1.82), (0, -1.74), (0.6, -1.82), (0.95, -1.4), (0.98, -0.7)]
    fill(image, [frame.at(smooth(crown))], scaled(colour, 1.1), scaled(colour, 0.6))
    band = np.array([(-1.0, -1.05), (1.0, -1.05), (1.02, -0.78), (-1.02, -0.78)])
    fill(image, [frame.at(band)], mix(colour, WHITE, 0.7), mix(colour, WHITE, 0.45))
    fill(image, [frame.at(oval(turn, -0.72, 1.95, 0.27))], scaled(colour, 1.0), scaled(colour, 0.55))
    fill(image, [frame.at(oval(turn, -0.8, 1.5, 0.12))], scaled(colour, 1.2), scaled(colour, 0.8), alpha=0.6)
    quill = np.array([(0.9, -0.95), (1.25, -1.6), (1.15, -2.0), (0.8, -1.9), (0.75, -1.3)]) * (side, 1)
    fill(image, [frame.at(smooth(quill))], WHITE, mix(colour, WHITE, 0.6))


def veil(image: np.ndarray, frame: HeadFrame, looks: Looks) -> None:
    """Draw the edge of a veil round the forehead and the cheeks."""
    colour, turn = looks.person.hat_colour, 0.15 * np.sin(frame.yaw)
    arc = np.radians(np.linspace(0, 180, 25))
    outer = np.stack([1.34 * np.cos(arc), -0.45 - 1.42 * np.sin(arc)], 1)
    inner = np.stack([turn + 0.98 * np.cos(arc), -0.35 - 0.66 * np.sin(arc)], 1)[::-1]
    for side in (-1, 1):
        drop = [(0.97, -0.4), (1.02, 0.4), (0.95, 1.25), (1.1, 2.3), (1.75, 2.5), (1.5, 1.1), (1.4, 0.0), (1.33, -0.5)]
        fill(image, [frame.at(smooth(np.array(drop) * (side, 1)))], scaled(colour, 1.0), scaled(colour, 0.72))
    fill(image, [frame.at(np.concatenate([outer, inner]))], scaled(colour, 1.1), scaled(colour, 0.68))
    edge = np.stack([turn + 1.0 * np.cos(arc), -0.37 - 0.68 * np.sin(arc)], 1)
    stroke(image, [frame.at(edge)], mix(colour, WHITE, 0.55), max(1.0, 0.08 * frame.unit), alpha=0.9)
    folds = [np.stack([k * np.cos(arc[4:-4]), -0.45 - 1.06 * k * np.sin(arc[4:-4])], 1) for k in (1.12, 1.24)]
    stroke(image, [frame.at(fold) for fold in folds], scaled(colour, 0.5), max(1.0, 0.04 * frame.unit), alpha=0.4)


def ruff(image: np.ndarray, frame: HeadFrame, robe: Colour, rng: Rng) -> None:
    """Draw a pleated white ruff."""
    fill(image, [frame.at(oval(0, 1.9, 1.5, 0.55))], (0.05, 0.04, 0.04), alpha=0.45, blur=0.09 * frame.unit)
    edge = oval(0, 1.74, 1.42, 0.52, n=72)
    edge[::2] = (edge[::2] - (0, 1.74)) * 0.93 + (0, 1.74)
    fill(image, [frame.at(edge)], WHITE, scaled(WHITE, 0.74))
    pleats = [np.array([(0, 1.62), end]) for end in oval(0, 1.74, 1.36, 0.49, n=36)]
    stroke(image, [frame.at(pleat) for pleat in pleats], (0.45, 0.43, 0.42), max(1.0, 0.03 * frame.unit), alpha=0.55)


def lace(image: np.ndarray, frame: HeadFrame, robe: Colour, rng: Rng) -> None:
    """Draw a flat white collar with a scalloped hem."""
    for side in (-1, 1):
        hem = [(1.55 - 0.03 * k, 2.05 + 0.19 * np.sin(0.5 * k) + 0.05 * k) for k in range(3)]
        shape = [(0.0, 2.25), (0.5, 1.72), (0.85, 1.72), *hem, (1.2, 2.75), (0.7, 2.95), (0.12, 3.0)]
        fill(image, [frame.at(smooth(np.array(shape) * (side, 1)))], WHITE, scaled(WHITE, 0.78))
        dots = [oval(x * side, y, 0.05, 0.05, n=8) for x, y in ((1.3, 2.5), (1.0, 2.75), (0.7, 2.85), (0.4, 2.9))]
        fill(image, [frame.at(dot) for dot in dots], scaled(robe, 0.7), alpha=0.7)


def fur(image: np.ndarray, frame: HeadFrame, robe: Colour, rng: Rng) -> None:
    """Draw a dark fur collar."""
    for k in range(90):
        side = -1 if k % 2 else 1
        along = rng.uniform(0, 1)
        x, y = side * (0.62 + 0.85 * along), 1.62 + 0.55 * along + rng.normal(0, 0.13)
        tone = scaled((0.30, 0.22, 0.18), rng.uniform(0.45, 1.35))
        fill(image, [frame.at(oval(x, y, 0.16, 0.24, n=10))], tone, alpha=0.7, blur=0.03 * frame.unit)


def scarf(image: np.ndarray, frame: HeadFrame, robe: Colour, rng: Rng) -> None:
    """Draw a knotted scarf in a light tint of the robe."""
    colour = mix(robe, WHITE, 0.72)
    shape = [(-0.72, 1.5), (0, 1.86), (0.72, 1.5), (0.98, 1.95), (0.4, 2.3), (-0.4, 2.3), (-0.98, 1.95)]
    fill(image, [frame.at(smooth(shape))], colour, scaled(colour, 0.7))
    for side in (-1, 1):
        end = np.array([(0.02, 2.05), (0.42, 2.2), (0.62, 3.0), (0.22, 3.1)]) * (side, 1)
        fill(image, [frame.at(smooth(end))], scaled(colour, 0.98), scaled(colour, 0.66))
    fill(image, [frame.at(oval(0, 2.12, 0.2, 0.2))], colour, scaled(colour, 0.75))


def band(image: np.ndarray, frame: HeadFrame, robe: Colour, rng: Rng) -> None:
    """Draw a gold trim round the neckline and down the chest."""
    across = np.linspace(-1, 1, 17)
    line = np.stack([0.86 * across, 1.86 + 0.62 * (1 - across**2) ** 0.8], 1)
    for lines, wide in (([line], 0.2), ([np.array([(0, 2.5), (0, 6)])], 0.22)):
        points = [frame.at(each) for each in lines]
        stroke(image, points, (0.55, 0.38, 0.10), max(2.0, wide * frame.unit))
        stroke(image, points, (0.90, 0.72, 0.30), max(1.0, 0.5 * wide * frame.unit))


HEADWEAR = {"turban": turban, "beret": beret, "broad": broad, "veil": veil}
COLLARS = {"ruff": ruff, "lace": lace, "fur": fur, "scarf": scarf, "band": band}
