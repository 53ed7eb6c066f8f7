"""By the sea: Cristo Redentor and Preikestolen."""

import numpy as np

from likeness_demo.canvas import fill, mix, rgb, scaled, stroke
from likeness_demo.ground import draw_ground
from likeness_demo.limbs import smooth
from likeness_demo.view import View, disc, hills, rect, rows, tree, weathered

SOAPSTONE = rgb("#cdcabf")
GRANITE = rgb("#b3aca2")


def cristo(view: View) -> None:
    """The statue with open arms on its summit above the bay."""
    sea = mix(rgb("#3f7ea6"), view.light.horizon, 0.25)
    rows(view, mix(sea, view.light.haze, 0.4), view.horizon - 0.03 * view.height, view.base + 5, sea)
    for _ in range(4):
        islet(view, view.rng.uniform(-1.4, 1.4), view.rng.uniform(0.08, 0.2), 0.22)
    sugarloaf(view, 0.95)
    summit(view)
    view.box(rgb("#a49c8e"), -0.13, -0.05, 0.13, 0.13, round_=0.25)
    view.box(rgb("#b5ad9f"), -0.15, 0.12, 0.15, 0.145, round_=0.2)
    outstretched_arms(view)
    robe(view)
    head_and_hands(view)
    draw_ground(view, "plaza", view.base + 0.1 * view.scale)
    wall = scaled(rgb("#c9c0b0"), 1.0)
    view.box(wall, -3, -0.115, 3, -0.06, round_=0.05)
    view.box(scaled(wall, 1.15), -3, -0.068, 3, -0.055, round_=0.05)


def summit(view: View) -> None:
    """The wooded top of the Corcovado."""
    view.flat(
        rgb("#4d6b45"),
        smooth(
            [
                (-2.2, -0.25),
                (-1.2, -0.12),
                (-0.5, -0.03),
                (0.5, -0.03),
                (1.2, -0.12),
                (2.2, -0.25),
                (2.2, -0.5),
                (-2.2, -0.5),
            ]
        ),
    )
    for _ in range(16):
        x = view.rng.uniform(-1.6, 1.6)
        tree(view, x, -0.16 - 0.06 * abs(x), view.rng.uniform(0.12, 0.2), rgb("#41683c"))


def outstretched_arms(view: View) -> None:
    """The arms with the sleeves' shadow on their undersides."""
    arms = smooth(
        [
            (-0.09, 0.80),
            (-0.3, 0.795),
            (-0.5, 0.79),
            (-0.545, 0.775),
            (-0.5, 0.755),
            (-0.42, 0.74),
            (-0.3, 0.70),
            (-0.14, 0.63),
            (0, 0.6),
            (0.14, 0.63),
            (0.3, 0.70),
            (0.42, 0.74),
            (0.5, 0.755),
            (0.545, 0.775),
            (0.5, 0.79),
            (0.3, 0.795),
            (0.09, 0.80),
            (0, 0.83),
        ]
    )
    view.solid(SOAPSTONE, arms, round_=0.06)
    view.flat(
        scaled(SOAPSTONE, 0.72),
        [(-0.5, 0.757), (-0.3, 0.70), (-0.12, 0.62), (-0.12, 0.66), (-0.3, 0.725)],
        [(0.5, 0.757), (0.3, 0.70), (0.12, 0.62), (0.12, 0.66), (0.3, 0.725)],
        alpha=0.6,
    )


def robe(view: View) -> None:
    """The robe with its folds."""
    outline = smooth(
        [
            (-0.085, 0.14),
            (-0.08, 0.4),
            (-0.075, 0.6),
            (-0.085, 0.78),
            (-0.05, 0.84),
            (0.05, 0.84),
            (0.085, 0.78),
            (0.075, 0.6),
            (0.08, 0.4),
            (0.085, 0.14),
        ]
    )
    view.solid(SOAPSTONE, outline, round_=0.3)
    folds = [[(x, 0.16), (x * 0.75, 0.45), (x * 0.3, 0.72)] for x in (-0.055, -0.025, 0.01, 0.04, 0.065)]
    view.lines(scaled(SOAPSTONE, 0.66), *folds, width=0.009, alpha=0.7)
    view.lines(scaled(SOAPSTONE, 0.6), [(-0.07, 0.76), (0.0, 0.62), (0.07, 0.76)], width=0.01, alpha=0.6)


def head_and_hands(view: View) -> None:
    """Head with hair, and both hands."""
    view.solid(SOAPSTONE, rect(-0.022, 0.82, 0.022, 0.87))
    view.solid(SOAPSTONE, disc(0, 0.91, 0.042, 0.056), round_=0.3)
    view.solid(
        scaled(SOAPSTONE, 0.8),
        smooth(
            [(-0.045, 0.92), (-0.035, 0.965), (0, 0.975), (0.035, 0.965), (0.045, 0.92), (0.02, 0.945), (-0.02, 0.945)]
        ),
    )
    view.solid(SOAPSTONE, disc(-0.54, 0.775, 0.022, 0.014), disc(0.54, 0.775, 0.022, 0.014))


def islet(view: View, x: float, half: float, tall: float) -> None:
    """A green island hump in the bay."""
    y = (view.base - view.horizon) / view.scale
    view.flat(
        mix(rgb("#5d7d62"), view.light.haze, 0.45),
        [
            (x - half, y),
            *[(x + half * np.cos(a), y + tall * half * 3 * np.sin(a) * 0.3) for a in np.linspace(np.pi, 0, 12)],
        ],
    )


def sugarloaf(view: View, x: float) -> None:
    """The Sugarloaf's round peak and its lower neighbour."""
    y = (view.base - view.horizon) / view.scale - 0.01
    for dx, half, tall in ((0.32, 0.3, 0.16), (0, 0.2, 0.32)):
        peak = smooth(
            [
                (x + dx - half, y),
                (x + dx - half * 0.72, y + tall * 0.55),
                (x + dx - half * 0.25, y + tall),
                (x + dx + half * 0.2, y + tall * 0.97),
                (x + dx + half * 0.7, y + tall * 0.5),
                (x + dx + half, y),
            ]
        )
        view.flat(mix(rgb("#64705f"), view.light.haze, 0.3), peak, to=mix(rgb("#4f6650"), view.light.haze, 0.42))
        weathered(view, peak, 5, 0.2)


def preikestolen(view: View) -> None:
    """The flat-topped cliff high over the fjord; the photo is taken from a ledge across."""
    hills(view, rgb("#6f7f86"), 0.17 * view.height, 4, far=0.5)
    hills(view, rgb("#5d7066"), 0.10 * view.height, 6, far=0.3)
    water = mix(rgb("#2c6b90"), view.light.zenith, 0.3)
    rows(view, mix(water, view.light.haze, 0.45), view.horizon - 1, view.height, scaled(water, 0.8))
    glitter(view)
    shore = smooth([(-2.6, 0.16), (-1.6, 0.11), (-0.95, -0.02), (-0.6, -0.14), (-1.3, -0.3), (-2.6, -0.5)])
    view.flat(mix(rgb("#4c6a48"), view.light.haze, 0.18), shore)
    weathered(view, shore, 6, 0.35, rgb("#2d3f2c"))
    slope = smooth([(0.9, 0.70), (1.2, 0.95), (1.6, 1.12), (2.4, 1.25), (2.6, 0.7)])
    view.solid(scaled(GRANITE, 0.88), slope)
    weathered(view, slope, 7, 0.5, rgb("#4d5640"))
    sheer_face(view)
    ledge = view.base + 0.34 * (view.height - view.base)
    keep = view.image[: int(ledge)].copy()
    draw_ground(view, "rock", ledge)
    view.image[: int(ledge)] = keep
    wave = 5 * np.sin(np.arange(0, view.width + 20, 20) * 0.071 + view.x)
    edge = np.stack([np.arange(0, view.width + 20, 20), ledge + wave], 1)
    lip = np.concatenate([edge - (0, 7), np.flipud(edge) + (0, 6)])
    fill(view.image, [lip], scaled(GRANITE, 1.12), scaled(GRANITE, 0.95))
    stroke(view.image, [edge - (0, 7)], rgb("#3b3833"), 2, alpha=0.55)


def sheer_face(view: View) -> None:
    """The block of granite: a flat top with tiny people, a wall that falls into the fjord."""
    cliff = [(-0.05, 0.60), (-0.07, 0.40), (-0.02, 0.2), (-0.05, 0.0), (0.01, -0.25), (-0.01, -0.9), (2.4, -0.9)]
    cliff += [(2.4, 0.62), (1.1, 0.63)]
    view.flat(scaled(GRANITE, 0.95), cliff, to=scaled(GRANITE, 0.6))
    weathered(view, cliff, 12, 0.45, rgb("#3d3a36"))
    falls = (0.12, 0.28, 0.47, 0.75, 1.0, 1.35)
    cracks = [[(x, 0.58), (x + 0.015, 0.3), (x - 0.02, 0.05), (x + 0.01, -0.9)] for x in falls]
    view.lines(rgb("#4a4641"), *cracks, width=0.012, alpha=0.6)
    side = [(-0.05, 0.60), (-0.07, 0.40), (-0.02, 0.2), (-0.05, 0.0), (0.01, -0.25), (-0.01, -0.9), (0.09, -0.9)]
    side += [(0.1, -0.2), (0.06, 0.1), (0.09, 0.35), (0.07, 0.62)]
    view.flat(scaled(GRANITE, 1.1 if view.light.sun_x < 0 else 0.7), side, alpha=0.75)
    top = [(-0.05, 0.60), (0.08, 0.68), (0.5, 0.71), (1.2, 0.72), (2.4, 0.74), (2.4, 0.6), (1.1, 0.61)]
    view.flat(scaled(GRANITE, 1.25), top, to=scaled(GRANITE, 1.1))
    weathered(view, top, 9, 0.2, rgb("#5c574f"))
    for _ in range(7):
        x, coat = view.rng.uniform(0.08, 1.1), rgb(str(view.rng.choice(["#c8352f", "#2b5d9a", "#e0b53a", "#2e2e35"])))
        view.lines(coat, [(x, 0.67), (x, 0.705)], width=0.016)
        view.flat(rgb("#d9b08c"), disc(x, 0.715, 0.009, n=8))


def glitter(view: View) -> None:
    """Light on the water."""
    for _ in range(90):
        y = view.horizon + abs(view.rng.normal(0, 0.1)) * view.height + 3
        x = view.width * (0.5 + 0.42 * view.light.sun_x) + view.rng.normal(0, 0.16) * view.width
        half = 2 + (y - view.horizon) * 0.07
        shape = np.array([(x - half, y), (x, y - 0.6), (x + half, y), (x, y + 0.6)])
        fill(view.image, [shape], (1, 1, 0.95), alpha=0.35 * view.light.strength + 0.05)
