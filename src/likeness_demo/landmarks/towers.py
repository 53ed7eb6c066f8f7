"""Towers: Big Ben, the Leaning Tower of Pisa, the Eiffel Tower."""

import numpy as np

from likeness_demo.drawing.canvas import mix, rgb, scaled
from likeness_demo.landmarks.nature import draw_ground, hills, tree
from likeness_demo.landmarks.shot import Shot, arch, disc, rect

STONE = rgb("#c9a567")
SLATE = rgb("#4b5157")
MARBLE = rgb("#ece4d4")
IRON = rgb("#7d6247")


def big_ben(shot: Shot) -> None:
    """The clock tower over a Gothic palace, a red bus in front."""
    hills(shot, rgb("#8a8f86"), 0.05 * shot.height, 9)
    palace(shot)
    body = 0.092
    shot.box(STONE, -body, 0, body, 0.62)
    for x in np.linspace(-body, body, 7):
        shot.lines(scaled(STONE, 0.68), [(x, 0), (x, 0.62)], width=0.006)
    for y in np.arange(0.06, 0.6, 0.075):
        windows = [rect(x - 0.006, y, x + 0.006, y + 0.05) for x in np.linspace(-0.062, 0.062, 5)]
        shot.flat(scaled(STONE, 0.42), *windows)
        shot.lines(scaled(STONE, 1.15), [(-body, y + 0.063), (body, y + 0.063)], width=0.007)
    clock(shot)
    shot.solid(SLATE, [(-0.105, 0.86), (-0.062, 0.955), (0.062, 0.955), (0.105, 0.86)], round_=0.35)
    shot.box(scaled(STONE, 1.05), -0.062, 0.955, 0.062, 1.0)
    shot.flat(rgb("#3a3528"), *[rect(x - 0.008, 0.96, x + 0.008, 0.995) for x in np.linspace(-0.045, 0.045, 4)])
    shot.solid(SLATE, [(-0.07, 1.0), (0, 1.2), (0.07, 1.0)], round_=0.4)
    shot.lines(rgb("#d8b04a"), [(0, 1.18), (0, 1.26)], width=0.008)
    draw_ground(shot, "paving", shot.base)
    green = rgb("#5f7a68")  # the bridge's balustrade
    shot.box(green, -3, -0.045, 3, 0.0, round_=0.08)
    shot.box(scaled(green, 1.25), -3, -0.004, 3, 0.01, round_=0.05)
    shot.flat(scaled(green, 0.5), *[arch(x, -0.038, 0.012, 0.03, True) for x in np.arange(-2.9, 2.9, 0.05)])
    if shot.rng.random() < 0.75:
        bus(shot, shot.rng.uniform(-0.75, 0.6))


def clock(shot: Shot) -> None:
    """The belfry with the white dial."""
    shot.box(scaled(STONE, 1.06), -0.108, 0.62, 0.108, 0.86)
    shot.flat(rgb("#2e3c52"), rect(-0.094, 0.638, 0.094, 0.842))
    shot.flat(rgb("#d8b04a"), disc(0, 0.74, 0.093))
    glow = mix(rgb("#f4f1e4"), rgb("#fff0b5"), shot.light.night)
    shot.flat(glow, disc(0, 0.74, 0.083))
    shot.lamp(0, 0.74, 0.28, (1, 0.85, 0.5), 0.7)
    ticks = [[(0.070 * np.sin(a), 0.74 + 0.070 * np.cos(a)), (0.080 * np.sin(a), 0.74 + 0.080 * np.cos(a))]
             for a in np.linspace(0, 2 * np.pi, 12, endpoint=False)]  # fmt: skip
    shot.lines(rgb("#1c2230"), *ticks, width=0.007)
    hour = shot.rng.uniform(0, 2 * np.pi)
    for angle, length in ((hour, 0.045), (hour * 12, 0.068)):
        shot.lines(rgb("#1c2230"), [(0, 0.74), (length * np.sin(angle), 0.74 + length * np.cos(angle))], width=0.011)
    shot.flat(scaled(STONE, 0.5), *[arch(x, 0.865, 0.012, 0.05) for x in (-0.06, -0.02, 0.02, 0.06)])


def palace(shot: Shot) -> None:
    """Westminster's long front to the right, with pinnacles."""
    side = scaled(STONE, 0.92)
    shot.box(side, 0.08, 0, 1.7, 0.24, round_=0.1)
    shot.solid(scaled(SLATE, 1.2), [(0.1, 0.24), (0.13, 0.29), (1.7, 0.29), (1.7, 0.24)], round_=0.1)
    for x in np.arange(0.16, 1.7, 0.1):
        shot.box(scaled(side, 1.08), x - 0.012, 0, x + 0.012, 0.29, round_=0.25)
        shot.solid(side, [(x - 0.012, 0.29), (x, 0.345), (x + 0.012, 0.29)])
        shot.flat(scaled(side, 0.45), *[arch(x + 0.05, y, 0.022, 0.075, True) for y in (0.03, 0.135)])
    shot.box(side, 0.95, 0.2, 1.15, 0.55, round_=0.2)
    for x in (0.95, 1.15):
        shot.solid(side, [(x - 0.02, 0.5), (x - 0.02, 0.58), (x, 0.66), (x + 0.02, 0.58), (x + 0.02, 0.5)])


def bus(shot: Shot, x: float) -> None:
    """A red double-decker."""
    red = rgb("#c8202a")
    shot.flat((0.05, 0.05, 0.07), disc(x + 0.14, -0.075, 0.19, 0.015), alpha=0.5, blur=2)
    shot.box(red, x, -0.065, x + 0.28, 0.125, round_=0.12)
    for y in (-0.005, 0.068):
        windows = [rect(x + 0.012 + 0.045 * k, y, x + 0.05 + 0.045 * k, y + 0.04) for k in range(6)]
        shot.flat(rgb("#2c3a4a"), *windows, to=rgb("#7f98ac"), vertical=True)
    shot.lines(rgb("#f5efe0"), [(x, 0.053), (x + 0.28, 0.053)], width=0.006)
    shot.flat(rgb("#1d1d20"), disc(x + 0.06, -0.065, 0.022), disc(x + 0.22, -0.065, 0.022))


def pisa(shot: Shot) -> None:
    """The leaning tower on its lawn, the cathedral behind."""
    hills(shot, rgb("#7f9a8a"), 0.06 * shot.height, 5)
    cathedral(shot)
    draw_ground(shot, "grass", shot.base - 0.02 * shot.scale)
    shot.flat((0.05, 0.08, 0.03), disc(-0.12 * shot.light.sun_x, -0.01, 0.32, 0.03), alpha=0.45, blur=3)
    levels = [0.0, 0.15, 0.265, 0.38, 0.495, 0.61, 0.725, 0.84, 0.875, 1.0]
    halves = [0.152, 0.142, 0.142, 0.141, 0.14, 0.139, 0.138, 0.138, 0.098]
    for k, half in enumerate(halves):
        if k != 7:  # that one is the gallery below the belfry
            storey(shot, levels[k], levels[k + 1], half, k)
    shot.solid(MARBLE, tilt(disc(0, 0.86, 0.150, 0.018)), round_=0.25)
    shot.solid(scaled(MARBLE, 0.9), tilt(disc(0, 1.0, 0.1, 0.014)))
    shot.lines(rgb("#8a2f2f"), tilt([(0, 1.0), (0, 1.1)]), width=0.005)
    shot.flat(rgb("#c23a3a"), tilt([(0, 1.1), (0.06, 1.085), (0, 1.07)]))


def tilt(points: np.ndarray | list) -> np.ndarray:
    """Lean points (n, 2) as the tower does."""
    p = np.asarray(points, np.float32)
    return np.stack([p[:, 0] + 0.105 * p[:, 1] * 1.15, p[:, 1] - 0.10 * p[:, 0]], axis=1)


def storey(shot: Shot, low: float, high: float, half: float, number: int) -> None:
    """One ring of columns and arches around the shaft."""
    shot.solid(scaled(MARBLE, 0.97), tilt(rect(-half, low, half, high)), round_=0.26)
    angles = np.radians(np.linspace(-80, 80, 9 if number != 8 else 6))

    def openings(shift: float, wide: float, rim: float, tall: float) -> list[np.ndarray]:
        places = [(half * np.sin(a) * 0.97 + shift, half * wide * np.cos(a) + rim) for a in angles]
        return [tilt(arch(x, low + 0.012, half_width, (high - low) * tall)) for x, half_width in places]

    dark = rgb("#6f675c") if number else rgb("#a39886")
    shot.flat(dark, *openings(0, 0.15, 0.002, 0.8), to=scaled(dark, 0.8 + 0.4 * (shot.light.sun_x > 0)))
    shot.flat(scaled(MARBLE, 0.74), *openings(0.004, 0.09, 0.001, 0.66), alpha=0.8)
    shot.solid(scaled(MARBLE, 1.04), tilt(rect(-half - 0.008, high - 0.016, half + 0.008, high)), round_=0.26)
    shot.lines(scaled(MARBLE, 0.6), tilt([(-half - 0.006, high - 0.018), (half + 0.006, high - 0.018)]), width=0.004)


def cathedral(shot: Shot) -> None:
    """The white cathedral with its dome."""
    wall, lead = scaled(MARBLE, 0.95), rgb("#8f938f")
    dome = [(-0.8 + 0.15 * np.cos(a), 0.40 + 0.17 * np.sin(a)) for a in np.linspace(np.pi, 0, 12)]
    shot.solid(lead, [(-0.98, 0.40), *dome])
    shot.box(wall, -1.5, 0, -0.42, 0.27, round_=0.1)
    shot.solid(lead, [(-1.5, 0.27), (-1.45, 0.32), (-0.46, 0.32), (-0.42, 0.27)], round_=0.1)
    shot.box(wall, -1.35, 0.30, -0.52, 0.38, round_=0.1)
    shot.solid(lead, [(-1.35, 0.38), (-1.3, 0.42), (-0.56, 0.42), (-0.52, 0.38)], round_=0.1)
    shot.flat(scaled(wall, 0.6), *[arch(x, 0.02, 0.024, 0.17) for x in np.arange(-1.45, -0.44, 0.075)])
    shot.flat(scaled(wall, 0.55), *[arch(x, 0.315, 0.014, 0.05) for x in np.arange(-1.3, -0.54, 0.07)])


def eiffel(shot: Shot) -> None:
    """The iron tower over the lawn of the Champ de Mars."""
    hills(shot, rgb("#8c9a92"), 0.05 * shot.height, 12)
    for x in (*np.arange(-1.6, -0.42, 0.16), *np.arange(0.46, 1.7, 0.16)):
        tree(shot, x + shot.rng.normal(0, 0.02), -0.01, shot.rng.uniform(0.15, 0.22), rgb("#56793f"))
    draw_ground(shot, "grass", shot.base - 0.01 * shot.scale)
    deep = (shot.height - shot.base) / shot.scale
    path = [(-0.06, -0.01), (0.06, -0.01), (0.06 + 0.34 * deep, -deep - 0.01), (-0.06 - 0.34 * deep, -deep - 0.01)]
    shot.flat(rgb("#cfc0a0"), path, alpha=0.85)
    heights = np.linspace(0, 1, 26)
    outer = 0.018 + 0.232 * np.exp(-heights * 3.6)
    inner = np.maximum(outer - 0.105 * (1 - heights * 1.6), 0.012)
    left, right = (np.stack([sign * outer, heights], 1) for sign in (-1, 1))
    for sign, edge in ((-1, left), (1, right)):
        braced(shot, 0.92, 0.3, edge[:11], np.stack([sign * inner, heights], 1)[:11])
    braced(shot, 1, 0.35, right[9:], left[9:])
    span = np.linspace(0, np.pi, 17)
    for radius, tone in ((0.152, 1.1), (0.138, 0.75)):
        bow = np.stack([radius * np.cos(span), 0.02 + 0.125 * np.sin(span) * radius / 0.15], 1)
        shot.lines(scaled(IRON, tone), bow, width=0.012)
    for y, half in ((0.165, 0.165), (0.375, 0.085), (0.93, 0.03)):
        shot.box(scaled(IRON, 1.12), -half, y, half, y + 0.028, round_=0.25)
        shot.lines(scaled(IRON, 0.5), [(-half, y), (half, y)], width=0.006)
    shot.lines(IRON, [(0, 1.0), (0, 1.1)], width=0.009)
    for _ in range(40):
        k = shot.rng.integers(0, 26)
        shot.lamp(shot.rng.uniform(-1, 1) * outer[k], heights[k], 0.035, (1.0, 0.8, 0.35), 0.9)


def braced(shot: Shot, tone: float, round_: float, left: np.ndarray, right: np.ndarray) -> None:
    """Iron between two edges, with cross-bracing."""
    shot.solid(scaled(IRON, tone), np.concatenate([left, right[::-1]]), round_=round_)
    lines = []
    for a, b, c, d in zip(left[:-1], left[1:], right[:-1], right[1:], strict=True):
        lines += [[a, d], [c, b], [b, d]]
    shot.lines(scaled(IRON, 0.45), *lines, width=0.005, alpha=0.8)
    shot.lines(scaled(IRON, 1.35), left, right, width=0.005, alpha=0.6)
