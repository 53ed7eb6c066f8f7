"""Old stone: the Colosseum and the Brandenburg Gate."""

import numpy as np

from likeness_demo.drawing.canvas import mix, rgb, scaled
from likeness_demo.drawing.solids import smooth
from likeness_demo.landmarks.nature import draw_ground, hills, tree, weathered
from likeness_demo.landmarks.shot import Shot, arch, disc, rect

TRAVERTINE = rgb("#cdb592")
SANDSTONE = rgb("#cbb489")
COPPER = rgb("#6fa08a")


def colosseum(shot: Shot) -> None:
    """The amphitheatre: three rings of arches, an attic, the outer wall broken to the right."""
    hills(shot, rgb("#7d8a6a"), 0.06 * shot.height, 8)
    for x in (-1.75, -1.5, 1.55, 1.8):
        tree(shot, x, 0, shot.rng.uniform(0.3, 0.45), rgb("#4b6b3c"))
    half, tops, back = 1.32, (0.0, 0.26, 0.5, 0.73, 0.96), scaled(TRAVERTINE, 0.72)
    rim = [(half * 0.9 * np.cos(a), 0.62 + 0.1 * np.sin(a)) for a in np.linspace(np.pi, 0, 20)]
    shot.flat(back, [(-half * 0.9, 0.5), *rim, (half * 0.9, 0.5)])
    shot.flat(scaled(back, 0.7), *[arch(x, 0.56, 0.03, 0.09) for x in np.arange(0.5, 1.1, 0.1)])
    for k, until in enumerate((1.0, 1.0, 0.62, 0.22)):
        ring(shot, tops[k], tops[k + 1], half, until, k)
    buttress = [(0.22 * half + 0.02, 0.96), (0.34 * half, 0.72), (0.5 * half, 0.7),
                (0.62 * half, 0.5), (0.72 * half, 0.48)]  # fmt: skip
    shot.lines(scaled(TRAVERTINE, 1.15), buttress, width=0.02)
    draw_ground(shot, "paving", shot.base - 0.02 * shot.scale)
    shot.flat((0.1, 0.08, 0.06), rect(-half, -0.03, half, -0.005), alpha=0.4, blur=2)


def ring(shot: Shot, low: float, high: float, half: float, until: float, number: int) -> None:
    """One storey from the left edge to `until` (share of the half width), bent like an ellipse seen from below."""
    angle = np.linspace(-np.pi / 2, np.arcsin(until), 60)

    def bend(x: np.ndarray, y: np.ndarray | float) -> np.ndarray:
        share = np.clip(x / half, -1, 1)
        return np.stack([x, y - (1 - np.sqrt(1 - share**2 * 0.98)) * 0.10 * y], -1)

    xs = half * np.sin(angle)
    shape = np.concatenate([bend(xs, low), bend(xs, high)[::-1]])
    shot.solid(TRAVERTINE, shape, round_=0.3)
    weathered(shot, shape, 10, 0.3, rgb("#6b5134"))
    for a in np.radians(np.arange(-84, 86, 7.5)):
        if np.sin(a) >= until - 0.03:
            break
        x, c = half * np.sin(a), np.cos(a)
        if number < 3:
            opening = arch(x, low + 0.02, 0.048 * c + 0.004, (high - low) * 0.76)
        else:
            opening = np.asarray(rect(x - 0.016 * c, low + 0.08, x + 0.016 * c, low + 0.14))
        shot.flat(rgb("#4a3a2a"), bend(opening[:, 0], opening[:, 1]), to=rgb("#7a6146"), vertical=True)
        edge = half * np.sin(a + np.radians(3.75))
        if edge < until * half:
            pillar = bend(np.array([edge, edge]), np.array([low + 0.01, high - 0.02]))
            shot.lines(scaled(TRAVERTINE, 1.18), pillar, width=0.016 * c + 0.004, alpha=0.7)
    for y, tone in ((high - 0.012, 1.2), (high - 0.03, 0.6)):
        shot.lines(scaled(TRAVERTINE, tone), bend(xs, y), width=0.012, alpha=0.8)


def brandenburg(shot: Shot) -> None:
    """The gate with six columns and the green quadriga."""
    hills(shot, rgb("#8a948c"), 0.05 * shot.height, 10)
    for x in (-1.9, -1.65, 1.6, 1.85):
        tree(shot, x, 0, shot.rng.uniform(0.35, 0.5), rgb("#55743f"))
    for sign in (-1, 1):
        lodge(shot, sign)
    shot.flat(mix(shot.light.horizon, rgb("#8d8a80"), 0.45), rect(-0.86, 0, 0.86, 0.62))
    shot.flat(rgb("#71786a"), rect(-0.86, 0, 0.86, 0.10), alpha=0.6)
    for x in np.linspace(-0.8, 0.8, 6):
        column(shot, x)
    shot.box(SANDSTONE, -0.93, 0.60, 0.93, 0.68, round_=0.1)
    shot.box(scaled(SANDSTONE, 1.06), -0.97, 0.68, 0.97, 0.705, round_=0.1)
    for x in np.arange(-0.9, 0.91, 0.075):
        shot.box(scaled(SANDSTONE, 0.7), x - 0.012, 0.64, x + 0.012, 0.675)
    shot.box(scaled(SANDSTONE, 0.95), -0.80, 0.705, 0.80, 0.78, round_=0.1)
    shot.box(scaled(SANDSTONE, 1.02), -0.45, 0.78, 0.45, 0.87, round_=0.12)
    shot.flat(scaled(SANDSTONE, 0.7), rect(-0.4, 0.795, 0.4, 0.845), alpha=0.6)
    quadriga(shot)
    draw_ground(shot, "plaza", shot.base - 0.012 * shot.scale)


def lodge(shot: Shot, sign: int) -> None:
    """A low wing with columns and a gable."""
    x0, x1 = sorted((0.98 * sign, 1.42 * sign))
    shot.box(scaled(SANDSTONE, 0.75), x0, 0, x1, 0.36, round_=0.1)
    for x in np.linspace(x0 + 0.04, x1 - 0.04, 5):
        shot.box(SANDSTONE, x - 0.022, 0, x + 0.022, 0.36, round_=0.3)
    shot.box(SANDSTONE, x0 - 0.02, 0.36, x1 + 0.02, 0.42, round_=0.1)
    shot.solid(scaled(SANDSTONE, 0.95), [(x0 - 0.03, 0.42), ((x0 + x1) / 2, 0.51), (x1 + 0.03, 0.42)], round_=0.12)


def column(shot: Shot, x: float) -> None:
    """A fluted Doric column with its base."""
    shaft = [(x - 0.066, 0.03), (x - 0.056, 0.57), (x + 0.056, 0.57), (x + 0.066, 0.03)]
    shot.solid(scaled(SANDSTONE, 1.04), shaft, round_=0.38)
    for share in (-0.6, -0.2, 0.2, 0.6):
        flute = [(x + share * 0.064, 0.04), (x + share * 0.055, 0.56)]
        shot.lines(scaled(SANDSTONE, 0.6), flute, width=0.006, alpha=0.5)
    shot.box(SANDSTONE, x - 0.08, 0, x + 0.08, 0.03, round_=0.25)
    shot.box(SANDSTONE, x - 0.075, 0.565, x + 0.075, 0.60, round_=0.25)


def quadriga(shot: Shot) -> None:
    """Four horses, a chariot and Victory with her staff, in green copper."""
    for x in (-0.21, -0.075, 0.075, 0.21):
        lean = 0.05 * np.sign(x)
        horse = smooth([(x - 0.05, 0.95), (x - 0.05, 1.03), (x + lean - 0.02, 1.09), (x + lean - 0.025, 1.14),
                        (x + lean + 0.02, 1.15), (x + lean + 0.045, 1.10), (x + 0.05, 1.03),
                        (x + 0.05, 0.95)])  # fmt: skip
        shot.solid(COPPER, horse, round_=0.35)
        legs = [[(x + d, 0.97), (x + d * 1.3, 0.87)] for d in (-0.04, -0.015, 0.02, 0.045)]
        shot.lines(scaled(COPPER, 0.75), *legs, width=0.016)
        shot.lines(scaled(COPPER, 0.5), [(x + lean, 1.13), (x + lean * 1.2, 1.07)], width=0.01)
    shot.solid(scaled(COPPER, 0.9), smooth([(-0.06, 1.0), (-0.045, 1.2), (0, 1.24), (0.045, 1.2), (0.06, 1.0)]))
    for sign in (-1, 1):
        wing = [(0.02 * sign, 1.2), (0.13 * sign, 1.28), (0.14 * sign, 1.16), (0.03 * sign, 1.08)]
        shot.solid(scaled(COPPER, 1.1), wing)
    shot.solid(scaled(COPPER, 1.05), disc(0, 1.265, 0.03))
    shot.lines(COPPER, [(0.075, 1.05), (0.085, 1.42)], width=0.012)
    shot.solid(COPPER, disc(0.085, 1.43, 0.035))
