"""The Great Sphinx of Giza."""

import numpy as np

from likeness_demo.canvas import mix, rgb, scaled
from likeness_demo.ground import draw_ground
from likeness_demo.limbs import smooth
from likeness_demo.view import View, disc, hills, weathered

LIMESTONE = rgb("#cfa76c")


def sphinx(view: View) -> None:
    """The Sphinx in profile, looking to the left, before two pyramids."""
    hills(view, rgb("#d2b07a"), 0.03 * view.height, 6, far=0.2)
    pyramid(view, 0.75, 1.05, 1.5)
    pyramid(view, -1.55, 0.55, 0.85)
    draw_ground(view, "sand", view.base - 0.01 * view.scale)
    view.flat((0.2, 0.13, 0.05), disc(0.3 - 0.1 * view.light.sun_x, -0.03, 1.05, 0.05), alpha=0.35, blur=4)
    body = smooth([(-0.18, 0.0), (-0.2, 0.25), (-0.12, 0.46), (0.1, 0.47), (0.5, 0.43), (0.95, 0.47), (1.18, 0.38),
                   (1.25, 0.1), (1.28, 0.0), (0.5, -0.02)])  # fmt: skip
    view.solid(LIMESTONE, body, round_=0.16)
    weathered(view, body, 5, 0.4, rgb("#7a5428"))
    for y in (0.12, 0.2, 0.28, 0.36):
        view.lines(scaled(LIMESTONE, 0.72), [(-0.17, y), (0.4, y + 0.012), (1.2, y - 0.01)], width=0.008, alpha=0.5)
    haunch = smooth([(0.78, 0.0), (0.8, 0.2), (0.95, 0.34), (1.14, 0.3), (1.22, 0.1), (1.2, 0.0)])
    view.solid(scaled(LIMESTONE, 1.05), haunch, round_=0.2)
    weathered(view, haunch, 4, 0.3, rgb("#7a5428"))
    for low, length, gain in ((0.05, 0.72, 0.82), (0.0, 0.82, 1.06)):
        paw = smooth(
            [
                (-0.0, low),
                (-length, low - 0.01),
                (-length - 0.06, low + 0.05),
                (-length, low + 0.1),
                (-0.3, low + 0.12),
                (0.0, low + 0.14),
            ]
        )
        view.solid(scaled(LIMESTONE, gain), paw, round_=0.12)
        weathered(view, paw, 5, 0.3, rgb("#7a5428"))
        toes = [[(-length - 0.045 + 0.03 * k, low), (-length - 0.05 + 0.03 * k, low + 0.06)] for k in range(3)]
        view.lines(scaled(LIMESTONE, 0.5), *toes, width=0.008)
    sphinx_head(view)


def sphinx_head(view: View) -> None:
    """Head and striped headcloth, three quarters to the left."""
    cloth = smooth(
        [
            (-0.36, 0.42),
            (-0.4, 0.62),
            (-0.36, 0.85),
            (-0.22, 0.96),
            (-0.02, 0.95),
            (0.1, 0.82),
            (0.13, 0.58),
            (0.16, 0.42),
            (-0.1, 0.38),
        ]
    )
    view.solid(scaled(LIMESTONE, 0.9), cloth, round_=0.25)
    stripes = [[(-0.38 + 0.02 * k, 0.47 + 0.05 * k), (0.15 - 0.012 * k, 0.45 + 0.055 * k)] for k in range(9)]
    view.lines(scaled(LIMESTONE, 0.6), *stripes, width=0.012, alpha=0.55)
    face = smooth(
        [
            (-0.34, 0.5),
            (-0.375, 0.6),
            (-0.37, 0.76),
            (-0.3, 0.88),
            (-0.14, 0.89),
            (-0.04, 0.8),
            (-0.05, 0.6),
            (-0.13, 0.48),
            (-0.25, 0.45),
        ]
    )
    view.solid(scaled(LIMESTONE, 1.12), face, round_=0.2)
    weathered(view, face, 4, 0.25, rgb("#7a5428"))
    sphinx_features(view)
    view.flat(scaled(LIMESTONE, 0.75), disc(-0.02, 0.68, 0.03, 0.05))
    view.lines(scaled(LIMESTONE, 0.55), [(-0.36, 0.83), (-0.2, 0.9), (-0.03, 0.86)], width=0.02, alpha=0.6)


def sphinx_features(view: View) -> None:
    """Eyes, brows, the broken nose and the mouth."""
    dark = scaled(LIMESTONE, 0.42)
    view.flat(dark, disc(-0.305, 0.725, 0.035, 0.016), disc(-0.165, 0.725, 0.042, 0.017), alpha=0.85)
    view.lines(
        dark,
        [(-0.35, 0.765), (-0.30, 0.785), (-0.265, 0.77)],
        [(-0.215, 0.77), (-0.165, 0.79), (-0.1, 0.765)],
        width=0.013,
        alpha=0.8,
    )
    view.lines(dark, [(-0.255, 0.72), (-0.285, 0.645), (-0.235, 0.64)], width=0.014, alpha=0.75)
    view.lines(dark, [(-0.315, 0.565), (-0.25, 0.555), (-0.18, 0.57)], width=0.017, alpha=0.85)
    view.lines(scaled(LIMESTONE, 1.3), [(-0.3, 0.54), (-0.25, 0.53), (-0.2, 0.542)], width=0.012, alpha=0.5)


def pyramid(view: View, x: float, height: float, half: float) -> None:
    """A pyramid with a lit and a shaded side, in courses."""
    stone = mix(rgb("#d8b67e"), view.light.haze, 0.18)
    lit, dim = (1.08, 0.72) if view.light.sun_x < 0 else (0.74, 1.06)
    edge = x + half * 0.32
    view.flat(scaled(stone, lit), [(x - half, 0), (x, height), (edge, 0)])
    view.flat(scaled(stone, dim), [(edge, 0), (x, height), (x + half, 0)])
    for y in np.arange(0.05, height, 0.055):
        share = 1 - y / height
        view.lines(
            scaled(stone, 0.6),
            [(x - half * share, y), (x + 0.32 * half * share, y), (x + half * share, y)],
            width=0.006,
            alpha=0.3,
        )
    weathered(view, [(x - half, 0), (x, height), (x + half, 0)], 8, 0.22, rgb("#8a6232"))
