"""Palaces: the Taj Mahal and the Louvre."""

from dataclasses import replace

import numpy as np

from likeness_demo.drawing.canvas import blend, coverage, mix, rgb, scaled, window
from likeness_demo.drawing.solids import mirrored
from likeness_demo.landmarks.nature import conifer, draw_ground, hills, mirror_water
from likeness_demo.landmarks.shot import Shot, arch, disc, rect

MARBLE = rgb("#f1ebe2")
PALACE = rgb("#d6c5a2")


def taj(shot: Shot) -> None:
    """The white mausoleum with four minarets and its long pool."""
    hills(shot, rgb("#8fa38a"), 0.03 * shot.height, 7)
    for sign in (-1, 1):
        for x in np.arange(0.95, 1.9, 0.12):
            conifer(shot, sign * x, 0.0, shot.rng.uniform(0.14, 0.2), rgb("#4b6a48"))
    shot.box(scaled(MARBLE, 0.93), -0.98, 0, 0.98, 0.075, round_=0.06)
    shot.flat(scaled(MARBLE, 0.75), *[arch(x, 0.006, 0.02, 0.055) for x in np.arange(-0.93, 0.95, 0.06)])
    for x, y, size in ((-0.9, 0.07, 0.78), (0.9, 0.07, 0.78), (-0.66, 0.075, 0.66), (0.66, 0.075, 0.66)):
        minaret(shot, x, y, size)
    shot.box(scaled(MARBLE, 0.92), -0.47, 0.075, 0.47, 0.39, round_=0.08)
    shot.box(MARBLE, -0.38, 0.075, 0.38, 0.40, round_=0.05)
    for x in (-0.425, -0.29, 0.29, 0.425):
        half = 0.036 if abs(x) > 0.4 else 0.06
        for y in (0.095, 0.245):
            niche(shot, x, y, half, 0.125)
    shot.box(scaled(MARBLE, 1.02), -0.19, 0.075, 0.19, 0.455, round_=0.06)
    portal = [(-0.155, 0.08), (-0.155, 0.425), (0.155, 0.425), (0.155, 0.08)]
    shot.lines(scaled(MARBLE, 0.62), portal, width=0.009, alpha=0.7)
    niche(shot, 0, 0.08, 0.118, 0.315)
    for x in (-0.265, 0.265):
        dome(shot, x, 0.40, 0.075, 0.17)
    shot.box(scaled(MARBLE, 0.97), -0.165, 0.45, 0.165, 0.525, round_=0.22)
    shot.lines(scaled(MARBLE, 0.68), [(-0.165, 0.5), (0.165, 0.5)], width=0.008)
    dome(shot, 0, 0.525, 0.205, 0.36)
    for x in (-0.47, 0.47, -0.19, 0.19):
        y = 0.39 if abs(x) > 0.4 else 0.455
        shot.lines(MARBLE, [(x, y), (x, y + 0.07)], width=0.014)
    garden(shot)


def niche(shot: Shot, x: float, y: float, half: float, height: float) -> None:
    """A pointed recess in shade with a screen inside."""
    shot.flat(scaled(MARBLE, 0.62), arch(x, y, half, height, True), to=scaled(MARBLE, 0.8), vertical=True)
    shot.flat(rgb("#7f7a78"), arch(x, y, half * 0.55, height * 0.72, True), to=rgb("#a8a29c"), vertical=True)


def dome(shot: Shot, x: float, y: float, half: float, height: float) -> None:
    """An onion dome with its finial."""
    angle = np.linspace(0, 1, 16)
    belly = 0.9 + 0.14 * np.sin(angle / 0.35 * np.pi / 2)
    tip = 1.04 * np.cos((angle - 0.35) / 0.65 * np.pi / 2) ** 0.78
    bulge = half * np.where(angle < 0.35, belly, tip)
    right = np.stack([x + bulge, y + angle * height], 1)
    left = np.stack([x - bulge, y + angle * height], 1)[::-1]
    shot.solid(MARBLE, np.concatenate([right, left]), round_=0.25)
    shine = disc(x + 0.4 * half * np.sign(shot.light.sun_x), y + 0.45 * height, 0.2 * half, 0.25 * height)
    shot.flat((1, 1, 1), shine, alpha=0.35 * shot.light.strength, blur=half * shot.scale * 0.12)
    shot.lines(scaled(MARBLE, 0.7), [(x - half * 0.9, y + 0.004), (x + half * 0.9, y + 0.004)], width=0.008)
    shot.lines(rgb("#c9a64b"), [(x, y + height * 0.98), (x, y + height * 1.2)], width=0.01)


def minaret(shot: Shot, x: float, y: float, size: float) -> None:
    """A slender tower with three balconies and a little dome."""
    foot, top = 0.041 * size, y + 0.82 * size
    shaft = [(x - foot, y), (x - 0.022, top), (x + 0.022, top), (x + foot, y)]
    shot.solid(scaled(MARBLE, 0.98), shaft, round_=0.3)
    for share in (0.3, 0.57, 0.82):
        ring = y + share * size
        shot.box(scaled(MARBLE, 0.88), x - 0.036, ring - 0.008, x + 0.036, ring + 0.006, round_=0.2)
    dome(shot, x, y + 0.88 * size, 0.026, 0.09 * size)
    posts = [[(x + d, top), (x + d, y + 0.89 * size)] for d in (-0.02, 0.02)]
    shot.lines(scaled(MARBLE, 0.8), *posts, width=0.008)


def garden(shot: Shot) -> None:
    """Lawns, red sandstone paths, the pool and its cypresses."""
    draw_ground(shot, "grass", shot.base - 1)
    deep = (shot.height - shot.base) / shot.scale
    shot.flat(rgb("#c48f6f"), [(-0.2, 0), (0.2, 0), (1.5, -deep), (-1.5, -deep)], to=rgb("#b97f60"), vertical=True)
    water = replace(shot, image=shot.image.copy())
    mirror_water(water, shot.base, shot.height, mix(shot.light.zenith, rgb("#4d7d8a"), 0.4), 0.66)
    pool = [(-0.085, -0.012), (0.085, -0.012), (0.62, -deep), (-0.62, -deep)]
    points = shot.at(pool)
    box = window(points, 1, shot.image.shape)
    if box is not None:
        x0, y0, x1, y1 = box
        blend(shot.image, box, water.image[y0:y1, x0:x1], coverage([points], box))
        shot.lines(rgb("#e8ded0"), [pool[0], pool[3]], pool[1:3], pool[:2], width=0.02)
    for depth in (0.03, 0.07, 0.13, 0.21):
        for sign in (-1, 1):
            conifer(shot, sign * (0.2 + depth * 3.2), -depth, 0.11 + 0.55 * depth, rgb("#345a38"))
    draw_ground(shot, "marble", shot.base + 0.55 * (shot.height - shot.base))


def louvre(shot: Shot) -> None:
    """The glass pyramid in the court of the palace."""
    for x0, x1, tall in ((-1.9, -0.72, 0.43), (-0.78, 0.78, 0.40), (0.72, 1.9, 0.43)):
        wing(shot, x0, x1, tall)
    for x in (-0.82, 0.0, 0.82):  # pavilions with domed slate roofs
        shot.box(scaled(PALACE, 1.04), x - 0.16, 0, x + 0.16, 0.5, round_=0.12)
        for y in (0.04, 0.2, 0.36):
            shot.flat(rgb("#54493c"), *[arch(x + d, y, 0.03, 0.11) for d in (-0.09, 0, 0.09)])
            shot.lines(scaled(PALACE, 0.72), [(x - 0.16, y + 0.135), (x + 0.16, y + 0.135)], width=0.008)
        roof = mirrored([(-0.17, 0.5), (-0.15, 0.62), (-0.09, 0.70)])
        shot.solid(rgb("#6a747c"), [(x + dx, y) for dx, y in roof], round_=0.25)
        shot.solid(scaled(PALACE, 1.08), [(x - 0.07, 0.5), (x, 0.58), (x + 0.07, 0.5)])
    draw_ground(shot, "plaza", shot.base + 0.01 * shot.scale)
    basin = [(-0.95, -0.04), (0.95, -0.04), (1.15, -0.1), (-1.15, -0.1)]
    shot.flat(mix(rgb("#5f7f8c"), shot.light.zenith, 0.4), basin, alpha=0.85)
    glass_pyramid(shot, 0, -0.05, 0.64, 0.56)
    if shot.rng.random() < 0.8:
        glass_pyramid(shot, float(shot.rng.choice([-1.05, 1.05])), -0.03, 0.2, 0.17)


def wing(shot: Shot, x0: float, x1: float, tall: float) -> None:
    """A palace wing: arcade, tall windows, slate mansard roof."""
    shot.box(PALACE, x0, 0, x1, tall, round_=0.06)
    at = np.arange(x0 + 0.05, x1 - 0.02, 0.082)
    for y, high in ((0.03, 0.105), (0.17, 0.1), (0.30, 0.075)):
        shot.flat(rgb("#5c5346"), *[arch(x, y, 0.021, high) for x in at], to=rgb("#7f7766"), vertical=True)
        shot.lines(scaled(PALACE, 1.14), [(x0, y + 0.125), (x1, y + 0.125)], width=0.01)
        for x in at:
            shot.lamp(x, y + 0.03, 0.07, (1, 0.75, 0.35), 0.16)
    roof = [(x0, tall), (x0 + 0.03, tall + 0.085), (x1 - 0.03, tall + 0.085), (x1, tall)]
    shot.flat(rgb("#77818a"), roof, to=rgb("#5e6870"))
    dormers = [rect(x - 0.016, tall, x + 0.016, tall + 0.05) for x in np.arange(x0 + 0.1, x1, 0.164)]
    shot.flat(scaled(PALACE, 1.05), *dormers)


def glass_pyramid(shot: Shot, x: float, y: float, half: float, height: float) -> None:
    """Two glass faces with their diamond lattice, reflecting the sky."""
    edge, sky = x + half * 0.24, shot.light
    left = [(x - half, y), (x, y + height), (edge, y - 0.05 * half)]
    right = [(edge, y - 0.05 * half), (x, y + height), (x + half, y)]
    above, below = mix(sky.zenith, sky.horizon, 0.45), mix(rgb("#6f8288"), sky.horizon, 0.25)
    for face, gain in zip((left, right), (1.0, 0.72) if sky.sun_x < 0 else (0.75, 1.0), strict=True):
        shot.flat(scaled(above, gain), face, to=scaled(below, gain), vertical=True, alpha=0.86)
    glint = [(x - 0.5 * half, y + 0.3 * height), (x - 0.03 * half, y + 0.94 * height),
             (x - 0.2 * half, y + 0.35 * height)]  # fmt: skip
    shot.flat((1, 1, 1), glint, alpha=0.16 + 0.2 * sky.strength, blur=1)
    shot.lamp(x, y + 0.2 * height, 0.7 * half, (1, 0.78, 0.4), 0.75)
    lines = []
    for a, top, b in (np.array(left), np.array(right)):
        for share in np.linspace(0, 1, 11):
            foot = a + (b - a) * share
            lines += [[foot, a + (top - a) * share], [foot, b + (top - b) * (1 - share)]]
    shot.lines(rgb("#e6ecee"), *lines, width=0.006, alpha=0.62)
    edges = [left[0], (x, y + height), left[2]], [right[2], (x, y + height)], [left[0], left[2], right[2]]
    shot.lines(rgb("#f4f7f8"), *edges, width=0.01)
