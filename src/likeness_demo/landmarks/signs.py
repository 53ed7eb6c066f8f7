"""Signs: welcome to Las Vegas, and the park of Beverly Hills."""

import numpy as np

from likeness_demo.drawing.canvas import mix, rgb, scaled
from likeness_demo.drawing.solids import smooth
from likeness_demo.landmarks.ground import draw_ground
from likeness_demo.landmarks.lettering import lettering
from likeness_demo.landmarks.shot import Shot, disc, hills, mirror_water, palm, tree

BOARD = smooth([(-0.62, 0.66), (-0.5, 0.83), (-0.25, 0.89), (0, 0.90), (0.25, 0.89), (0.5, 0.83), (0.62, 0.66),
                (0.5, 0.47), (0.2, 0.30), (0, 0.24), (-0.2, 0.30), (-0.5, 0.47)])  # fmt: skip


def vegas(shot: Shot) -> None:
    """The diamond sign with bulbs and star, palms and towers of the Strip behind."""
    hills(shot, rgb("#a88a72"), 0.08 * shot.height, 6)
    strip(shot)
    draw_ground(shot, "asphalt", shot.base)
    lawn = [(-0.75, -0.03), (0.75, -0.03), (1.0, -0.13), (-1.0, -0.13)]
    shot.flat(rgb("#7c9a4e"), lawn, to=rgb("#5f8440"), vertical=True)
    for x, size, lean in ((-1.15, 0.95, 0.05), (-0.86, 0.7, -0.04), (0.95, 0.85, 0.06), (1.3, 1.05, -0.05)):
        palm(shot, x, -0.03, size, lean)
    steel = rgb("#a9adb3")
    for x in (-0.3, 0.3):
        shot.box(steel, x - 0.022, -0.07, x + 0.022, 0.95, round_=0.35)
    shot.flat(rgb("#e2b23a"), (BOARD - [0, 0.57]) * 1.07 + [0, 0.57])
    shot.solid(rgb("#f6f1e2"), BOARD, round_=0.05)
    welcome_circles(shot)
    lettering(shot, "to Fabulous", -0.02, 0.70, 0.062, rgb("#2b6fb5"), font="script", weight=0.09)
    lettering(shot, "LAS VEGAS", 0, 0.575, 0.125, rgb("#cf2430"), font="serif", weight=0.13)
    lettering(shot, "NEVADA", 0, 0.405, 0.072, rgb("#2b6fb5"), weight=0.13)
    star(shot, -0.02, 1.07)
    bulbs(shot)
    shot.lamp(0, 0.6, 0.7, (1, 0.9, 0.7), 0.35)


def strip(shot: Shot) -> None:
    """The towers of the Strip."""
    rng = shot.rng
    for x in np.arange(-1.9, 1.9, 0.3):
        tall = rng.uniform(0.15, 0.42)
        colour = mix(rgb(("#b9a58a", "#8da0b4", "#c7b8b0")[rng.integers(3)]), shot.light.haze, 0.4)
        shot.box(colour, x, 0, x + 0.2, tall, round_=0.12)
        floors = [[(x, y), (x + 0.2, y)] for y in np.arange(0.03, tall, 0.03)]
        shot.lines(scaled(colour, 0.7), *floors, width=0.006, alpha=0.6)


def bulbs(shot: Shot) -> None:
    """Light bulbs along the edge of the board."""
    edge = (BOARD - [0, 0.57]) * 1.035 + [0, 0.57]
    for x, y in edge[::2]:
        shot.flat(mix(rgb("#fff2c0"), (1, 1, 1), 0.3), disc(x, y, 0.014, n=10))
        shot.lamp(x, y, 0.075, (1, 0.8, 0.35), 0.8)


def welcome_circles(shot: Shot) -> None:
    """WELCOME, one letter to a silver dollar."""
    for k, letter in enumerate("WELCOME"):
        x, y = -0.36 + 0.12 * k, 0.865 - 0.0035 * (k - 3) ** 2
        shot.flat(rgb("#3d4552"), disc(x, y, 0.062))
        shot.flat(rgb("#fbfaf5"), disc(x, y, 0.054))
        lettering(shot, letter, x, y, 0.06, rgb("#d02a30"), weight=0.2)


def star(shot: Shot, x: float, y: float) -> None:
    """The eight-pointed star on top."""
    reach = [(0.14 if k % 2 == 0 else 0.045, np.pi * k / 8) for k in range(16)]
    points = np.array([(x + far * np.sin(angle), y + far * np.cos(angle)) for far, angle in reach])
    shot.flat(rgb("#f0c030"), points)
    shot.flat(rgb("#d8252d"), (points - [x, y]) * 0.8 + [x, y])
    shot.flat(rgb("#f8dc6a"), disc(x, y, 0.03))
    shot.lamp(x, y, 0.3, (1, 0.6, 0.3), 0.9)


def beverly(shot: Shot) -> None:
    """The long sign behind the lily pond, palms and lawns."""
    hills(shot, rgb("#6f8560"), 0.11 * shot.height, 5, far=0.35)
    rng = shot.rng
    for x in np.arange(-2.3, 2.3, 0.34):
        tree(shot, x + rng.normal(0, 0.05), 0.0, rng.uniform(0.36, 0.52), rgb("#4d7a3d"))
    for x, size in ((-1.55, 1.25), (-0.98, 1.05), (-0.42, 1.3), (0.36, 1.15), (0.92, 1.3), (1.5, 1.1)):
        palm(shot, x + rng.normal(0, 0.04), 0.0, size * rng.uniform(0.92, 1.05), rng.normal(0, 0.03))
    draw_ground(shot, "grass", shot.base - 0.02 * shot.scale)
    shot.flat(rgb("#3f6a34"), smooth([(-1.35, -0.02), (-1.3, 0.10), (0, 0.13), (1.3, 0.10), (1.35, -0.02)]))
    for _ in range(70):
        x = rng.uniform(-1.3, 1.3)
        flower = (rgb("#e0527a"), rgb("#f4e9ee"), rgb("#f0b93a"))[rng.integers(3)]
        shot.flat(flower, disc(x, rng.uniform(0.0, 0.11), 0.014, 0.011, 8))
    text = "BEVERLY HILLS"
    for k, letter in enumerate(text):
        x = (k - 6) * 0.185
        y = 0.235 + 0.05 * (1 - ((k - 6) / 6) ** 2)
        for dx, dy, colour in ((0.014, -0.012, rgb("#6f6a5d")), (0.0, 0.0, rgb("#fdfcf7"))):
            lettering(shot, letter, x + dx, y + dy, 0.19, colour, font="plain", weight=0.23)
    shot.lines(rgb("#b9b4a6"), [(-1.25, 0.125), (0, 0.165), (1.25, 0.125)], width=0.02)
    pond(shot)


def pond(shot: Shot) -> None:
    """The lily pond with its stone rim."""
    top, bottom = shot.base + 0.02 * shot.scale, shot.base + 0.155 * shot.scale
    mirror_water(shot, top, min(bottom, shot.height), mix(rgb("#4f7a6a"), shot.light.zenith, 0.35), 0.62)
    shot.lines(rgb("#cfc6b2"), [(-4, -0.02), (4, -0.02)], [(-4, -0.155), (4, -0.155)], width=0.024)
    for _ in range(26):
        x, y = shot.rng.uniform(-1.9, 1.9), shot.rng.uniform(-0.14, -0.04)
        shot.flat(scaled(rgb("#5f9a4c"), shot.rng.uniform(0.8, 1.15)), disc(x, y, 0.05, 0.011, 14))
        if shot.rng.random() < 0.35:
            shot.flat(rgb("#f3c4d4"), disc(x, y + 0.016, 0.018, 0.014, 10))
