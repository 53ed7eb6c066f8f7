"""The body under a drawn head: ears, neck, shoulders and what they wear."""

from dataclasses import replace

import numpy as np

from likeness_demo.drawing.canvas import corners, fill, mix, scaled, stroke
from likeness_demo.drawing.solids import Layer, ball, cloth, limb, smooth
from likeness_demo.people.face_shape import HeadFrame, Looks


def draw_body(layer: Layer, head: HeadFrame, looks: Looks) -> None:
    """Draw ears, neck, shoulders, chest and upper arms under the head."""
    person, unit = looks.person, head.unit
    trunk = replace(head, roll=0.25 * head.roll)  # the body tilts less than the head
    up = trunk.at([(0, -1)])[0] - trunk.at([(0, 0)])[0]
    for side in (-1, 1):
        spot = head.at([(side * (0.99 - 0.3 * side * np.sin(head.yaw)), 0.2)])[0]
        ball(
            layer,
            spot,
            0.16 * looks.ears * unit,
            0.30 * looks.ears * unit,
            scaled(person.skin, 0.9),
            (np.sin(head.roll), -np.cos(head.roll)),
        )
    neck = 0.46 if looks.soft else 0.60
    skin = scaled(person.skin, 0.93)
    slope = [(neck, 1.0), (neck * 0.98, 1.45), (neck * 1.15, 1.75), (0.95, 1.98), (1.15, 2.15), (1.0, 3.4), (0, 3.6)]
    outline = smooth([*slope, *[(-u, v) for u, v in reversed(slope[:-1])]])
    cloth(layer, trunk.at(outline), skin, axis=up / np.linalg.norm(up), half=1.0 * unit, middle=trunk.at([(0, 2)])[0])
    shade = [head.at([(-0.7, 0.9), (0.7, 0.9), (0.56, 1.4), (0, 1.62), (-0.56, 1.4)])]
    fill(layer.image, shade, scaled(person.skin, 0.38), alpha=0.6, blur=0.12 * unit)
    bones = [trunk.at([(side * 0.12, 2.2), (side * 0.6, 2.12), (side * 1.1, 2.1)]) for side in (-1, 1)]
    stroke(layer.image, bones, scaled(person.skin, 0.6), max(1.0, 0.05 * unit), alpha=0.35)
    draw_top(layer, trunk, looks, up / np.linalg.norm(up))


def draw_top(layer: Layer, trunk: HeadFrame, looks: Looks, up: np.ndarray) -> None:
    """Draw what the person wears: a top with its neckline, sleeves, and stripes or a print."""
    person, unit = looks.person, trunk.unit
    wide = (2.05 if looks.soft else 2.45) * person.width
    drop = 0.95 if looks.soft else 0.5  # how deep the neckline is, in head units
    middle = trunk.at([(0, 2)])[0]
    for side in (-1, 1):
        arm = [(side * (wide - 0.42), 2.62), (side * (wide + 0.1), 5.6), (side * wide, 9.5)]
        shoulder, elbow, wrist = trunk.at(arm)
        bare = scaled(person.skin, 0.97)
        sleeve = bare if person.sleeves < 0.2 and looks.soft else scaled(person.top, 0.92)
        limb(layer, elbow, wrist, 0.40 * unit, 0.34 * unit, scaled(person.top, 0.92) if person.sleeves > 0.5 else bare)
        limb(layer, shoulder, elbow, 0.50 * unit, 0.42 * unit, sleeve)
    half = [(0.72, 1.84), (1.1, 1.98), (0.8 * wide, 2.18), (0.97 * wide, 2.6), (0.86 * wide, 4.0), (0.80 * wide, 6.0),
            (0.86 * wide, 9.5)]  # fmt: skip
    across = np.linspace(-1, 1, 13)
    collar = np.stack([0.72 * across, 1.84 + drop * (1 - across**2) ** 0.8], 1)
    sides = smooth([*half, (0, 9.6), *[(-u, v) for u, v in reversed(half)]], 4)
    seam = len(sides) - 4  # the last stretch of the closed curve would run across the neck
    outline = np.concatenate([sides[: seam + 1], collar])
    cloth(layer, trunk.at(outline), person.top, axis=up, half=1.15 * wide * unit, middle=middle)
    if person.pattern == "stripes":
        for v in np.arange(3.1, 9, 0.55):
            band = trunk.at(corners(-0.84 * wide, v, 0.84 * wide, v + 0.24))
            cloth(layer, band, person.accent, axis=up, half=1.15 * wide * unit, middle=middle)
    elif person.pattern == "print":
        ball(Layer(layer.image, layer.light), trunk.at([(0, 4.0)])[0], 0.75 * unit, 0.75 * unit, person.accent)
    stroke(layer.image, [trunk.at(collar)], mix(person.top, (0, 0, 0), 0.35), max(1.0, 0.07 * unit), alpha=0.7)
    for side in (-1, 1):
        fold = trunk.at([(side * 0.88 * wide, 3.0), (side * 0.84 * wide, 4.2), (side * 0.81 * wide, 6.0)])
        stroke(layer.image, [fold], (0.05, 0.05, 0.07), max(1.0, 0.07 * unit), alpha=0.28)
