"""Granite: Preikestolen over its fjord, and Half Dome over its valley."""

import numpy as np

from likeness_demo.drawing.canvas import fill, mix, noise, rgb, scaled, stroke
from likeness_demo.drawing.solids import smooth
from likeness_demo.landmarks.nature import conifer, draw_ground, hills, rows, weathered
from likeness_demo.landmarks.shot import Shot, disc, rect

GRANITE = rgb("#b3aca2")
SHEER = [(-0.52, 0.0), (-0.44, 0.34), (-0.40, 0.62), (-0.37, 0.86), (-0.30, 0.955)]  # Half Dome's left edge
WALL = [(-0.05, 0.60), (-0.07, 0.40), (-0.02, 0.2), (-0.05, 0.0), (0.01, -0.25), (-0.01, -0.9)]  # Preikestolen's


def preikestolen(shot: Shot) -> None:
    """The flat-topped cliff high over the fjord; the photo is taken from a ledge across."""
    hills(shot, rgb("#6f7f86"), 0.17 * shot.height, 4, far=0.5)
    hills(shot, rgb("#5d7066"), 0.10 * shot.height, 6, far=0.3)
    water = mix(rgb("#2c6b90"), shot.light.zenith, 0.3)
    rows(shot, mix(water, shot.light.haze, 0.45), shot.horizon - 1, shot.height, scaled(water, 0.8))
    for _ in range(90):  # light on the water
        y = shot.horizon + abs(shot.rng.normal(0, 0.1)) * shot.height + 3
        x = shot.width * (0.5 + 0.42 * shot.light.sun_x) + shot.rng.normal(0, 0.16) * shot.width
        half = 2 + (y - shot.horizon) * 0.07
        shape = np.array([(x - half, y), (x, y - 0.6), (x + half, y), (x, y + 0.6)])
        fill(shot.image, [shape], (1, 1, 0.95), alpha=0.35 * shot.light.strength + 0.05)
    shore = smooth([(-2.6, 0.16), (-1.6, 0.11), (-0.95, -0.02), (-0.6, -0.14), (-1.3, -0.3), (-2.6, -0.5)])
    shot.flat(mix(rgb("#4c6a48"), shot.light.haze, 0.18), shore)
    weathered(shot, shore, 6, 0.35, rgb("#2d3f2c"))
    slope = smooth([(0.9, 0.70), (1.2, 0.95), (1.6, 1.12), (2.4, 1.25), (2.6, 0.7)])
    shot.solid(scaled(GRANITE, 0.88), slope)
    weathered(shot, slope, 7, 0.5, rgb("#4d5640"))
    preikestolen_face(shot)
    ledge = shot.base + 0.34 * (shot.height - shot.base)
    draw_ground(shot, "rock", ledge)
    wave = 5 * np.sin(np.arange(0, shot.width + 20, 20) * 0.071 + shot.x)
    edge = np.stack([np.arange(0, shot.width + 20, 20), ledge + wave], 1)
    lip = np.concatenate([edge - (0, 7), np.flipud(edge) + (0, 6)])
    fill(shot.image, [lip], scaled(GRANITE, 1.12), scaled(GRANITE, 0.95))
    stroke(shot.image, [edge - (0, 7)], rgb("#3b3833"), 2, alpha=0.55)


def preikestolen_face(shot: Shot) -> None:
    """The block of granite: a flat top with tiny people, a wall that falls into the fjord."""
    cliff = [*WALL, (2.4, -0.9), (2.4, 0.62), (1.1, 0.63)]
    shot.flat(scaled(GRANITE, 0.95), cliff, to=scaled(GRANITE, 0.6))
    weathered(shot, cliff, 12, 0.45, rgb("#3d3a36"))
    falls = (0.12, 0.28, 0.47, 0.75, 1.0, 1.35)
    cracks = [[(x, 0.58), (x + 0.015, 0.3), (x - 0.02, 0.05), (x + 0.01, -0.9)] for x in falls]
    shot.lines(rgb("#4a4641"), *cracks, width=0.012, alpha=0.6)
    side = [*WALL, (0.09, -0.9), (0.1, -0.2), (0.06, 0.1), (0.09, 0.35), (0.07, 0.62)]
    shot.flat(scaled(GRANITE, 1.1 if shot.light.sun_x < 0 else 0.7), side, alpha=0.75)
    top = [(-0.05, 0.60), (0.08, 0.68), (0.5, 0.71), (1.2, 0.72), (2.4, 0.74), (2.4, 0.6), (1.1, 0.61)]
    shot.flat(scaled(GRANITE, 1.25), top, to=scaled(GRANITE, 1.1))
    weathered(shot, top, 9, 0.2, rgb("#5c574f"))
    for _ in range(7):
        x, coat = shot.rng.uniform(0.08, 1.1), rgb(str(shot.rng.choice(["#c8352f", "#2b5d9a", "#e0b53a", "#2e2e35"])))
        shot.lines(coat, [(x, 0.67), (x, 0.705)], width=0.016)
        shot.flat(rgb("#d9b08c"), disc(x, 0.715, 0.009, n=8))


def half_dome(shot: Shot) -> None:
    """The granite dome with its sheer face over the valley's firs."""
    hills(shot, rgb("#8d99a6"), 0.13 * shot.height, 5, far=0.5)
    left = [(-2.4, 0.0), (-2.4, 0.42), (-1.9, 0.5), (-1.3, 0.36), (-0.95, 0.42), (-0.6, 0.28), (-0.3, 0.22),
            (-0.3, 0.0)]  # fmt: skip
    shot.solid(mix(GRANITE, shot.light.haze, 0.25), left)
    weathered(shot, left, 9, 0.35, rgb("#5a6470"))
    t = np.linspace(0, 1, 18)
    back = np.stack([-0.16 + 0.98 * t, 0.98 - 0.66 * t**2.1], 1)
    dome = np.concatenate([SHEER, back, [(1.2, 0.12), (1.3, 0.0)]])
    lit, dim = (1.16, 0.78) if shot.light.sun_x > 0 else (0.92, 1.1)
    shot.flat(scaled(GRANITE, lit), dome, to=scaled(GRANITE, lit * 0.78))
    weathered(shot, dome, 8, 0.3, rgb("#5d5c60"))
    half_dome_face(shot, dim)
    right = [(0.9, 0.0), (1.15, 0.3), (1.5, 0.46), (2.4, 0.62), (2.4, 0.0)]
    shot.solid(scaled(GRANITE, 0.82), right)
    weathered(shot, right, 7, 0.5, rgb("#3f4b45"))
    wave = noise(shot.rng, 2, 64, 6)[0]
    for depth, (low, size, tone) in enumerate(((0.05, 0.15, 0.35), (0.0, 0.22, 0.12))):  # two belts of firs
        colour = mix(rgb("#3a573c"), shot.light.haze, tone)
        shot.flat(scaled(colour, 0.8), rect(-2.6, -0.05, 2.6, low + 0.05))
        for k, x in enumerate(np.arange(-2.4, 2.4, 0.085)):
            tall = size * (0.75 + 0.6 * wave[(7 * k + 13 * depth) % 64])
            conifer(shot, x + shot.rng.normal(0, 0.02), low - 0.03, tall, scaled(colour, shot.rng.uniform(0.85, 1.15)))
    draw_ground(shot, str(shot.rng.choice(["grass", "rock"], p=[0.8, 0.2])), shot.base + 0.015 * shot.scale)


def half_dome_face(shot: Shot, tone: float) -> None:
    """The vertical face with its streaks; `tone` is its lightness beside the dome's other side."""
    edge = [(-0.22, 0.975), (-0.15, 0.80), (-0.13, 0.55), (-0.16, 0.3)]
    face = [*SHEER, *edge, (-0.1, 0.0)]
    shot.flat(scaled(GRANITE, tone * 0.95), face, to=scaled(GRANITE, tone * 0.74))
    falls = np.linspace(-0.40, -0.17, 9)
    streaks = [[(x, 0.9 - abs(x + 0.28) * 0.7), (x + 0.012, 0.5), (x - 0.01, 0.12)] for x in falls]
    shot.lines(rgb("#5b5654"), *streaks, width=0.014, alpha=0.4)
    weathered(shot, face, 5, 0.35, rgb("#4c4a4c"))
    shot.lines(scaled(GRANITE, 0.55), edge, width=0.012, alpha=0.7)
