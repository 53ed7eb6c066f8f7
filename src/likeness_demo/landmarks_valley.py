"""Half Dome over its valley."""

import numpy as np

from likeness_demo.canvas import mix, noise, rgb, scaled
from likeness_demo.ground import draw_ground
from likeness_demo.view import View, conifer, hills, rect, weathered

GRANITE = rgb("#b3aca2")


def half_dome(view: View) -> None:
    """The granite dome with its sheer face over the valley's firs."""
    hills(view, rgb("#8d99a6"), 0.13 * view.height, 5, far=0.5)
    ridge(view)
    t = np.linspace(0, 1, 18)
    back = np.stack([-0.16 + 0.98 * t, 0.98 - 0.66 * t**2.1], 1)
    dome = np.concatenate(
        [[(-0.52, 0.0), (-0.44, 0.34), (-0.40, 0.62), (-0.37, 0.86), (-0.30, 0.955)], back, [(1.2, 0.12), (1.3, 0.0)]]
    )
    lit, dim = (1.16, 0.78) if view.light.sun_x > 0 else (0.92, 1.1)
    view.flat(scaled(GRANITE, lit), dome, to=scaled(GRANITE, lit * 0.78))
    weathered(view, dome, 8, 0.3, rgb("#5d5c60"))
    sheer_face(view, dim)
    right = [(0.9, 0.0), (1.15, 0.3), (1.5, 0.46), (2.4, 0.62), (2.4, 0.0)]
    view.solid(scaled(GRANITE, 0.82), right)
    weathered(view, right, 7, 0.5, rgb("#3f4b45"))
    forest(view)
    draw_ground(view, str(view.rng.choice(["grass", "rock"], p=[0.8, 0.2])), view.base + 0.015 * view.scale)


def ridge(view: View) -> None:
    """The lower rocks to the left, in haze."""
    outline = [
        (-2.4, 0.0),
        (-2.4, 0.42),
        (-1.9, 0.5),
        (-1.3, 0.36),
        (-0.95, 0.42),
        (-0.6, 0.28),
        (-0.3, 0.22),
        (-0.3, 0.0),
    ]
    view.solid(mix(GRANITE, view.light.haze, 0.25), outline)
    weathered(view, outline, 9, 0.35, rgb("#5a6470"))


def sheer_face(view: View, tone: float) -> None:
    """The vertical face with its streaks; `tone` is its lightness beside the dome's other side."""
    face = [
        (-0.52, 0.0),
        (-0.44, 0.34),
        (-0.40, 0.62),
        (-0.37, 0.86),
        (-0.30, 0.955),
        (-0.22, 0.975),
        (-0.15, 0.80),
        (-0.13, 0.55),
        (-0.16, 0.3),
        (-0.1, 0.0),
    ]
    view.flat(scaled(GRANITE, tone * 0.95), face, to=scaled(GRANITE, tone * 0.74))
    streaks = [
        [(x, 0.9 - abs(x + 0.28) * 0.7), (x + 0.012, 0.5), (x - 0.01, 0.12)] for x in np.linspace(-0.40, -0.17, 9)
    ]
    view.lines(rgb("#5b5654"), *streaks, width=0.014, alpha=0.4)
    weathered(view, face, 5, 0.35, rgb("#4c4a4c"))
    view.lines(
        scaled(GRANITE, 0.55), [(-0.22, 0.975), (-0.15, 0.80), (-0.13, 0.55), (-0.16, 0.3)], width=0.012, alpha=0.7
    )


def forest(view: View) -> None:
    """Two belts of firs in front of the rock."""
    wave = noise(view.rng, 2, 64, 6)[0]
    for depth, (low, size, tone) in enumerate(((0.05, 0.15, 0.35), (0.0, 0.22, 0.12))):
        colour = mix(rgb("#3a573c"), view.light.haze, tone)
        view.flat(scaled(colour, 0.8), rect(-2.6, -0.05, 2.6, low + 0.05))
        for k, x in enumerate(np.arange(-2.4, 2.4, 0.085)):
            tall = size * (0.75 + 0.6 * wave[(7 * k + 13 * depth) % 64])
            conifer(view, x + view.rng.normal(0, 0.02), low - 0.03, tall, scaled(colour, view.rng.uniform(0.85, 1.15)))
