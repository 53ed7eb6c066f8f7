"""Places with lettering: welcome to Las Vegas, the park of Beverly Hills, and the Oktoberfest."""

import numpy as np

from likeness_demo.drawing.canvas import mix, rgb, scaled
from likeness_demo.drawing.solids import smooth
from likeness_demo.landmarks.nature import draw_ground, hills, mirror_water, palm, tree
from likeness_demo.landmarks.shot import Shot, arch, disc, lettering, rect

BOARD = smooth([(-0.62, 0.66), (-0.5, 0.83), (-0.25, 0.89), (0, 0.90), (0.25, 0.89), (0.5, 0.83), (0.62, 0.66),
                (0.5, 0.47), (0.2, 0.30), (0, 0.24), (-0.2, 0.30), (-0.5, 0.47)])  # fmt: skip


def vegas(shot: Shot) -> None:
    """The diamond sign with bulbs and star, palms and towers of the Strip behind."""
    hills(shot, rgb("#a88a72"), 0.08 * shot.height, 6)
    for x in np.arange(-1.9, 1.9, 0.3):  # the towers of the Strip
        tall = shot.rng.uniform(0.15, 0.42)
        colour = mix(rgb(("#b9a58a", "#8da0b4", "#c7b8b0")[shot.rng.integers(3)]), shot.light.haze, 0.4)
        shot.box(colour, x, 0, x + 0.2, tall, round_=0.12)
        floors = [[(x, y), (x + 0.2, y)] for y in np.arange(0.03, tall, 0.03)]
        shot.lines(scaled(colour, 0.7), *floors, width=0.006, alpha=0.6)
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
    for k, letter in enumerate("WELCOME"):  # one letter to a silver dollar
        x, y = -0.36 + 0.12 * k, 0.865 - 0.0035 * (k - 3) ** 2
        shot.flat(rgb("#3d4552"), disc(x, y, 0.062))
        shot.flat(rgb("#fbfaf5"), disc(x, y, 0.054))
        lettering(shot, letter, x, y, 0.06, rgb("#d02a30"), weight=0.2)
    lettering(shot, "to Fabulous", -0.02, 0.70, 0.062, rgb("#2b6fb5"), font="script", weight=0.09)
    lettering(shot, "LAS VEGAS", 0, 0.575, 0.125, rgb("#cf2430"), font="serif", weight=0.13)
    lettering(shot, "NEVADA", 0, 0.405, 0.072, rgb("#2b6fb5"), weight=0.13)
    star(shot, -0.02, 1.07)
    edge = (BOARD - [0, 0.57]) * 1.035 + [0, 0.57]
    for x, y in edge[::2]:  # light bulbs
        shot.flat(mix(rgb("#fff2c0"), (1, 1, 1), 0.3), disc(x, y, 0.014, n=10))
        shot.lamp(x, y, 0.075, (1, 0.8, 0.35), 0.8)
    shot.lamp(0, 0.6, 0.7, (1, 0.9, 0.7), 0.35)


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
    for k, letter in enumerate("BEVERLY HILLS"):
        x, y = (k - 6) * 0.185, 0.235 + 0.05 * (1 - ((k - 6) / 6) ** 2)
        for dx, dy, colour in ((0.014, -0.012, rgb("#6f6a5d")), (0.0, 0.0, rgb("#fdfcf7"))):
            lettering(shot, letter, x + dx, y + dy, 0.19, colour, weight=0.23)
    shot.lines(rgb("#b9b4a6"), [(-1.25, 0.125), (0, 0.165), (1.25, 0.125)], width=0.02)
    top, bottom = shot.base + 0.02 * shot.scale, shot.base + 0.155 * shot.scale  # the lily pond with its stone rim
    mirror_water(shot, top, bottom, mix(rgb("#4f7a6a"), shot.light.zenith, 0.35), 0.62)
    shot.lines(rgb("#cfc6b2"), [(-4, -0.02), (4, -0.02)], [(-4, -0.155), (4, -0.155)], width=0.024)
    for _ in range(26):
        x, y = rng.uniform(-1.9, 1.9), rng.uniform(-0.14, -0.04)
        shot.flat(scaled(rgb("#5f9a4c"), rng.uniform(0.8, 1.15)), disc(x, y, 0.05, 0.011, 14))
        if rng.random() < 0.35:
            shot.flat(rgb("#f3c4d4"), disc(x, y + 0.016, 0.018, 0.014, 10))


def oktoberfest(shot: Shot) -> None:
    """A beer tent in white and blue, the big wheel, garlands, a gingerbread heart."""
    hills(shot, rgb("#7f8f86"), 0.03 * shot.height, 9)
    wheel(shot, 0.98, 0.62, 0.5)
    tower = rgb("#e9d9b5")
    shot.box(tower, -1.42, 0, -1.16, 0.82, round_=0.2)
    shot.solid(rgb("#8f3b2e"), [(-1.46, 0.82), (-1.29, 1.08), (-1.12, 0.82)], round_=0.3)
    shot.solid(rgb("#e0a526"), disc(-1.29, 0.64, 0.1, 0.12))
    shot.flat((1, 1, 1), disc(-1.29, 0.74, 0.1, 0.045))
    shot.box(rgb("#f3ead6"), -1.0, 0, 0.62, 0.44, round_=0.06)
    shot.solid(rgb("#2f6fb7"), [(-1.08, 0.44), (-0.19, 0.80), (0.70, 0.44)], round_=0.12)
    stripes = [[(-0.19, 0.80), (-1.08 + 0.178 * k, 0.44), (-1.08 + 0.178 * (k + 0.5), 0.44)] for k in range(10)]
    shot.flat(rgb("#f4f6f8"), *stripes)
    festoons = [[(x, 0.44), (x + 0.068, 0.39), (x + 0.135, 0.44)] for x in np.arange(-1.05, 0.6, 0.135)]
    shot.lines(rgb("#3c6b35"), *festoons, width=0.035)
    shot.flat(rgb("#f4f6f8"), rect(-1.0, 0.0, 0.62, 0.11))  # a band of Bavaria's white and blue lozenges
    lozenges = [[(x, y), (x + 0.03, y + 0.0275), (x + 0.06, y), (x + 0.03, y - 0.0275)]
                for y in (0.0275, 0.0825) for x in np.arange(-1.0, 0.62 - 0.05, 0.06)]  # fmt: skip
    shot.flat(rgb("#3f8ed0"), *lozenges)
    for x in (-0.84, -0.5, 0.12, 0.46):
        shot.flat(rgb("#6b4423"), rect(x - 0.08, 0.15, x + 0.08, 0.31))
        shot.flat(mix(rgb("#f5d58a"), (1, 0.85, 0.5), shot.light.night), rect(x - 0.065, 0.165, x + 0.065, 0.295))
        shot.flat(rgb("#c23b46"), *[disc(x + d, 0.145, 0.024, 0.018) for d in (-0.06, -0.02, 0.02, 0.06)])
    shot.flat(rgb("#4a2f1a"), arch(-0.19, 0, 0.13, 0.34))
    shot.flat(rgb("#f0c56a"), arch(-0.19, 0, 0.11, 0.31), to=rgb("#7a4a20"), vertical=True)
    lettering(shot, "OKTOBERFEST", -0.19, 0.375, 0.062, rgb("#7a2f1d"))
    for _ in range(2):
        heart(shot, shot.rng.uniform(-0.9, 0.9), 0.62)
    draw_ground(shot, "gravel", shot.base - 0.005 * shot.scale)
    for y0 in (0.98, 1.12):  # bunting and bulbs across the photo
        xs = np.linspace(-2, 2, 60)
        sag = y0 + 0.07 * np.cos(xs * 4.2 + y0 * 9)
        shot.lines(rgb("#4a4a44"), np.stack([xs, sag], 1), width=0.006)
        for k in range(0, 59, 2):
            colour = (rgb("#2f6fb7"), rgb("#f4f6f8"))[k // 2 % 2]
            shot.flat(colour, [(xs[k], sag[k]), (xs[k] + 0.05, sag[k]), (xs[k] + 0.025, sag[k] - 0.065)])
            shot.lamp(xs[k], sag[k], 0.09, (1, 0.85, 0.5), 0.5)


def wheel(shot: Shot, x: float, y: float, radius: float) -> None:
    """The big wheel."""
    steel, phase = rgb("#e8e4dc"), shot.rng.uniform(0, 0.4)
    shot.lines(scaled(steel, 0.8), [(x - 0.26, 0), (x, y), (x + 0.26, 0)], width=0.03)
    angle = np.linspace(0, 2 * np.pi, 48)
    for r in (radius, radius * 0.9):
        shot.lines(steel, np.stack([x + r * np.cos(angle), y + r * np.sin(angle)], 1), width=0.016)
    for k in range(16):
        a = phase + 2 * np.pi * k / 16
        px, py = x + radius * np.cos(a), y + radius * np.sin(a)
        shot.lines(steel, [(x, y), (px, py)], width=0.008)
        cabin = (rgb("#d6453d"), rgb("#f0b32c"), rgb("#3b7fc4"), rgb("#4f9a55"))[k % 4]
        shot.box(cabin, px - 0.035, py - 0.075, px + 0.035, py - 0.015, round_=0.25)
        shot.solid(scaled(cabin, 0.8), [(px - 0.042, py - 0.015), (px, py + 0.015), (px + 0.042, py - 0.015)])
        shot.lamp(px, py, 0.1, (1, 0.8, 0.4), 0.6)


def heart(shot: Shot, x: float, y: float) -> None:
    """A gingerbread heart on a ribbon."""
    t = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    shape = np.stack([16 * np.sin(t) ** 3, 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)], 1)
    shot.lines(rgb("#c23b46"), [(x - 0.03, y + 0.3), (x, y + 0.05), (x + 0.03, y + 0.3)], width=0.01)
    shot.solid(rgb("#6f3d1e"), shape * 0.0062 + [x, y])
    shot.lines(rgb("#f6e8ef"), np.concatenate([shape, shape[:1]]) * 0.0054 + [x, y], width=0.012)
    shot.flat(rgb("#d8486a"), disc(x, y + 0.01, 0.022))
