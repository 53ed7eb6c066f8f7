"""Statues: Cristo Redentor, and the Great Sphinx of Giza."""

import numpy as np

from likeness_demo.drawing.canvas import mix, rgb, scaled
from likeness_demo.drawing.solids import mirrored, smooth
from likeness_demo.landmarks.nature import draw_ground, hills, rows, tree, weathered
from likeness_demo.landmarks.shot import Shot, disc, rect

SOAPSTONE = rgb("#cdcabf")
LIMESTONE = rgb("#cfa76c")


def cristo(shot: Shot) -> None:
    """The statue with open arms on its summit above the bay."""
    sea = mix(rgb("#3f7ea6"), shot.light.horizon, 0.25)
    rows(shot, mix(sea, shot.light.haze, 0.4), shot.horizon - 0.03 * shot.height, shot.base + 5, sea)
    for _ in range(4):
        islet(shot, shot.rng.uniform(-1.4, 1.4), shot.rng.uniform(0.08, 0.2), 0.22)
    sugarloaf(shot, 0.95)
    shot.flat(rgb("#4d6b45"), smooth([(-2.2, -0.25), (-1.2, -0.12), (-0.5, -0.03), (0.5, -0.03), (1.2, -0.12),
                                      (2.2, -0.25), (2.2, -0.5), (-2.2, -0.5)]))  # fmt: skip
    for _ in range(16):  # the wooded top of the Corcovado
        x = shot.rng.uniform(-1.6, 1.6)
        tree(shot, x, -0.16 - 0.06 * abs(x), shot.rng.uniform(0.12, 0.2), rgb("#41683c"))
    shot.box(rgb("#a49c8e"), -0.13, -0.05, 0.13, 0.13, round_=0.25)
    shot.box(rgb("#b5ad9f"), -0.15, 0.12, 0.15, 0.145, round_=0.2)
    redeemer(shot)
    draw_ground(shot, "plaza", shot.base + 0.1 * shot.scale)
    wall = rgb("#c9c0b0")
    shot.box(wall, -3, -0.115, 3, -0.06, round_=0.05)
    shot.box(scaled(wall, 1.15), -3, -0.068, 3, -0.055, round_=0.05)


def redeemer(shot: Shot) -> None:
    """Arms with the sleeves' shadow on their undersides, the robe with its folds, head with hair, and both hands."""
    arms = smooth([(-0.09, 0.80), (-0.3, 0.795), (-0.5, 0.79), (-0.545, 0.775), (-0.5, 0.755), (-0.42, 0.74),
                   (-0.3, 0.70), (-0.14, 0.63), (0, 0.6), (0.14, 0.63), (0.3, 0.70), (0.42, 0.74), (0.5, 0.755),
                   (0.545, 0.775), (0.5, 0.79), (0.3, 0.795), (0.09, 0.80), (0, 0.83)])  # fmt: skip
    shot.solid(SOAPSTONE, arms, round_=0.06)
    shade = [(0.5, 0.757), (0.3, 0.70), (0.12, 0.62), (0.12, 0.66), (0.3, 0.725)]
    shot.flat(scaled(SOAPSTONE, 0.72), [(-x, y) for x, y in shade], shade, alpha=0.6)
    robe = mirrored([(-0.085, 0.14), (-0.08, 0.4), (-0.075, 0.6), (-0.085, 0.78), (-0.05, 0.84)])
    shot.solid(SOAPSTONE, smooth(robe), round_=0.3)
    folds = [[(x, 0.16), (x * 0.75, 0.45), (x * 0.3, 0.72)] for x in (-0.055, -0.025, 0.01, 0.04, 0.065)]
    shot.lines(scaled(SOAPSTONE, 0.66), *folds, width=0.009, alpha=0.7)
    shot.lines(scaled(SOAPSTONE, 0.6), [(-0.07, 0.76), (0.0, 0.62), (0.07, 0.76)], width=0.01, alpha=0.6)
    shot.solid(SOAPSTONE, rect(-0.022, 0.82, 0.022, 0.87))
    shot.solid(SOAPSTONE, disc(0, 0.91, 0.042, 0.056), round_=0.3)
    hair = smooth([(-0.045, 0.92), (-0.035, 0.965), (0, 0.975), (0.035, 0.965), (0.045, 0.92), (0.02, 0.945),
                   (-0.02, 0.945)])  # fmt: skip
    shot.solid(scaled(SOAPSTONE, 0.8), hair)
    shot.solid(SOAPSTONE, disc(-0.54, 0.775, 0.022, 0.014), disc(0.54, 0.775, 0.022, 0.014))


def islet(shot: Shot, x: float, half: float, tall: float) -> None:
    """A green island hump in the bay."""
    y = (shot.base - shot.horizon) / shot.scale
    hump = [(x + half * np.cos(a), y + tall * half * 3 * np.sin(a) * 0.3) for a in np.linspace(np.pi, 0, 12)]
    shot.flat(mix(rgb("#5d7d62"), shot.light.haze, 0.45), [(x - half, y), *hump])


def sugarloaf(shot: Shot, x: float) -> None:
    """The Sugarloaf's round peak and its lower neighbour."""
    y = (shot.base - shot.horizon) / shot.scale - 0.01
    for dx, half, tall in ((0.32, 0.3, 0.16), (0, 0.2, 0.32)):
        peak = smooth([(x + dx - half, y), (x + dx - half * 0.72, y + tall * 0.55), (x + dx - half * 0.25, y + tall),
                       (x + dx + half * 0.2, y + tall * 0.97), (x + dx + half * 0.7, y + tall * 0.5),
                       (x + dx + half, y)])  # fmt: skip
        shot.flat(mix(rgb("#64705f"), shot.light.haze, 0.3), peak, to=mix(rgb("#4f6650"), shot.light.haze, 0.42))
        weathered(shot, peak, 5, 0.2)


def sphinx(shot: Shot) -> None:
    """The Sphinx in profile, looking to the left, before two pyramids."""
    hills(shot, rgb("#d2b07a"), 0.03 * shot.height, 6, far=0.2)
    pyramid(shot, 0.75, 1.05, 1.5)
    pyramid(shot, -1.55, 0.55, 0.85)
    draw_ground(shot, "sand", shot.base - 0.01 * shot.scale)
    shot.flat((0.2, 0.13, 0.05), disc(0.3 - 0.1 * shot.light.sun_x, -0.03, 1.05, 0.05), alpha=0.35, blur=4)
    body = smooth([(-0.18, 0.0), (-0.2, 0.25), (-0.12, 0.46), (0.1, 0.47), (0.5, 0.43), (0.95, 0.47), (1.18, 0.38),
                   (1.25, 0.1), (1.28, 0.0), (0.5, -0.02)])  # fmt: skip
    shot.solid(LIMESTONE, body, round_=0.16)
    weathered(shot, body, 5, 0.4, rgb("#7a5428"))
    for y in (0.12, 0.2, 0.28, 0.36):
        shot.lines(scaled(LIMESTONE, 0.72), [(-0.17, y), (0.4, y + 0.012), (1.2, y - 0.01)], width=0.008, alpha=0.5)
    haunch = smooth([(0.78, 0.0), (0.8, 0.2), (0.95, 0.34), (1.14, 0.3), (1.22, 0.1), (1.2, 0.0)])
    shot.solid(scaled(LIMESTONE, 1.05), haunch, round_=0.2)
    weathered(shot, haunch, 4, 0.3, rgb("#7a5428"))
    for low, length, gain in ((0.05, 0.72, 0.82), (0.0, 0.82, 1.06)):
        paw = smooth([(-0.0, low), (-length, low - 0.01), (-length - 0.06, low + 0.05), (-length, low + 0.1),
                      (-0.3, low + 0.12), (0.0, low + 0.14)])  # fmt: skip
        shot.solid(scaled(LIMESTONE, gain), paw, round_=0.12)
        weathered(shot, paw, 5, 0.3, rgb("#7a5428"))
        toes = [[(-length - 0.045 + 0.03 * k, low), (-length - 0.05 + 0.03 * k, low + 0.06)] for k in range(3)]
        shot.lines(scaled(LIMESTONE, 0.5), *toes, width=0.008)
    sphinx_head(shot)


def sphinx_head(shot: Shot) -> None:
    """Head and striped headcloth, three quarters to the left."""
    cloth = smooth([(-0.36, 0.42), (-0.4, 0.62), (-0.36, 0.85), (-0.22, 0.96), (-0.02, 0.95), (0.1, 0.82), (0.13, 0.58),
                    (0.16, 0.42), (-0.1, 0.38)])  # fmt: skip
    shot.solid(scaled(LIMESTONE, 0.9), cloth, round_=0.25)
    stripes = [[(-0.38 + 0.02 * k, 0.47 + 0.05 * k), (0.15 - 0.012 * k, 0.45 + 0.055 * k)] for k in range(9)]
    shot.lines(scaled(LIMESTONE, 0.6), *stripes, width=0.012, alpha=0.55)
    face = smooth([(-0.34, 0.5), (-0.375, 0.6), (-0.37, 0.76), (-0.3, 0.88), (-0.14, 0.89), (-0.04, 0.8), (-0.05, 0.6),
                   (-0.13, 0.48), (-0.25, 0.45)])  # fmt: skip
    shot.solid(scaled(LIMESTONE, 1.12), face, round_=0.2)
    weathered(shot, face, 4, 0.25, rgb("#7a5428"))
    dark = scaled(LIMESTONE, 0.42)  # eyes, brows, the broken nose and the mouth
    shot.flat(dark, disc(-0.305, 0.725, 0.035, 0.016), disc(-0.165, 0.725, 0.042, 0.017), alpha=0.85)
    brows = [(-0.35, 0.765), (-0.30, 0.785), (-0.265, 0.77)], [(-0.215, 0.77), (-0.165, 0.79), (-0.1, 0.765)]
    shot.lines(dark, *brows, width=0.013, alpha=0.8)
    shot.lines(dark, [(-0.255, 0.72), (-0.285, 0.645), (-0.235, 0.64)], width=0.014, alpha=0.75)
    shot.lines(dark, [(-0.315, 0.565), (-0.25, 0.555), (-0.18, 0.57)], width=0.017, alpha=0.85)
    shot.lines(scaled(LIMESTONE, 1.3), [(-0.3, 0.54), (-0.25, 0.53), (-0.2, 0.542)], width=0.012, alpha=0.5)
    shot.flat(scaled(LIMESTONE, 0.75), disc(-0.02, 0.68, 0.03, 0.05))
    shot.lines(scaled(LIMESTONE, 0.55), [(-0.36, 0.83), (-0.2, 0.9), (-0.03, 0.86)], width=0.02, alpha=0.6)


def pyramid(shot: Shot, x: float, height: float, half: float) -> None:
    """A pyramid with a lit and a shaded side, in courses."""
    stone = mix(rgb("#d8b67e"), shot.light.haze, 0.18)
    lit, dim = (1.08, 0.72) if shot.light.sun_x < 0 else (0.74, 1.06)
    edge = x + half * 0.32
    shot.flat(scaled(stone, lit), [(x - half, 0), (x, height), (edge, 0)])
    shot.flat(scaled(stone, dim), [(edge, 0), (x, height), (x + half, 0)])
    for y in np.arange(0.05, height, 0.055):
        share = 1 - y / height
        course = [(x - half * share, y), (x + 0.32 * half * share, y), (x + half * share, y)]
        shot.lines(scaled(stone, 0.6), course, width=0.006, alpha=0.3)
    weathered(shot, [(x - half, 0), (x, height), (x + half, 0)], 8, 0.22, rgb("#8a6232"))
