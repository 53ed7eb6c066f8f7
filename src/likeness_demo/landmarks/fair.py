"""The Oktoberfest."""

import numpy as np

from likeness_demo.drawing.canvas import mix, rgb, scaled
from likeness_demo.landmarks.ground import draw_ground
from likeness_demo.landmarks.lettering import lettering
from likeness_demo.landmarks.shot import Shot, arch, disc, hills, rect


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
    diamonds(shot, -1.0, 0.0, 0.62, 0.11)
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
    garlands(shot)


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


def diamonds(shot: Shot, x0: float, y0: float, x1: float, y1: float) -> None:
    """Bavaria's white and blue lozenges on a band."""
    shot.flat(rgb("#f4f6f8"), rect(x0, y0, x1, y1))
    shapes = [[(x, y), (x + 0.03, y + 0.0275), (x + 0.06, y), (x + 0.03, y - 0.0275)]
              for k, y in enumerate((y0 + 0.0275, y0 + 0.0825)) for x in np.arange(x0, x1 - 0.05, 0.06)]  # fmt: skip
    shot.flat(rgb("#3f8ed0"), *shapes)


def heart(shot: Shot, x: float, y: float) -> None:
    """A gingerbread heart on a ribbon."""
    t = np.linspace(0, 2 * np.pi, 30, endpoint=False)
    shape = np.stack([16 * np.sin(t) ** 3, 13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)], 1)
    shot.lines(rgb("#c23b46"), [(x - 0.03, y + 0.3), (x, y + 0.05), (x + 0.03, y + 0.3)], width=0.01)
    shot.solid(rgb("#6f3d1e"), shape * 0.0062 + [x, y])
    shot.lines(rgb("#f6e8ef"), np.concatenate([shape, shape[:1]]) * 0.0054 + [x, y], width=0.012)
    shot.flat(rgb("#d8486a"), disc(x, y + 0.01, 0.022))


def garlands(shot: Shot) -> None:
    """Bunting and bulbs across the photo."""
    for y0 in (0.98, 1.12):
        xs = np.linspace(-2, 2, 60)
        sag = y0 + 0.07 * np.cos(xs * 4.2 + y0 * 9)
        shot.lines(rgb("#4a4a44"), np.stack([xs, sag], 1), width=0.006)
        for k in range(0, 59, 2):
            colour = (rgb("#2f6fb7"), rgb("#f4f6f8"))[k // 2 % 2]
            shot.flat(colour, [(xs[k], sag[k]), (xs[k] + 0.05, sag[k]), (xs[k] + 0.025, sag[k] - 0.065)])
            shot.lamp(xs[k], sag[k], 0.09, (1, 0.85, 0.5), 0.5)
