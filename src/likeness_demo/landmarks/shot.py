"""What a landmark is drawn on: a photo with its light, and the way from a site's own units to px."""

from dataclasses import dataclass

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Colour, blend, coverage, fill, mix, noise, oval, rgb, scaled, stroke, window
from likeness_demo.drawing.light import Light, lamp_glow

LEAVES, NEEDLES = rgb("#4f7a3a"), rgb("#2f4a33")


@dataclass
class Shot:
    """One photo of a site. Site units: x to the right, y up, (0, 0) where the landmark stands; 1 is `scale` px."""

    image: np.ndarray
    light: Light
    rng: np.random.Generator
    horizon: float  # px from the top
    base: float  # px from the top where the landmark meets the ground, below the horizon
    x: float  # px of the landmark's middle
    scale: float
    squeeze: float = 1.0  # the landmark seen from further round: its width

    @property
    def width(self) -> int:
        return self.image.shape[1]

    @property
    def height(self) -> int:
        return self.image.shape[0]

    def at(self, points: list | np.ndarray) -> np.ndarray:
        """Return site points (n, 2) as px."""
        p = np.asarray(points, np.float32).reshape(-1, 2)
        return np.stack([self.x + p[:, 0] * self.scale * self.squeeze, self.base - p[:, 1] * self.scale], axis=1)

    def flat(self, colour: Colour, *shapes: list | np.ndarray, to: Colour | None = None, vertical: bool = False,
             alpha: float = 1.0, blur: float = 0.0) -> None:  # fmt: skip
        """Fill shapes in site units with one colour or a gradient."""
        fill(self.image, [self.at(s) for s in shapes], colour, to, vertical=vertical, alpha=alpha, blur=blur)

    def solid(self, colour: Colour, *shapes: list | np.ndarray, round_: float = 0.22) -> None:
        """Fill shapes, lighter towards the sun and darker away from it."""
        gain = round_ * (0.35 + 0.65 * self.light.strength) * np.sign(self.light.sun_x)
        for shape in shapes:
            self.flat(scaled(colour, 1 - gain), shape, to=scaled(colour, 1 + gain))

    def box(self, colour: Colour, x0: float, y0: float, x1: float, y1: float, **options: float) -> None:
        """Fill an upright rectangle like `solid`."""
        self.solid(colour, rect(x0, y0, x1, y1), **options)

    def lines(self, colour: Colour, *lines: list | np.ndarray, width: float = 0.01, alpha: float = 1.0) -> None:
        """Draw polylines; width in site units."""
        stroke(self.image, [self.at(line) for line in lines], colour, width * self.scale, alpha=alpha)

    def lamp(self, x: float, y: float, radius: float, colour: Colour, strength: float = 0.6) -> None:
        """Let a lamp glow at dusk."""
        px, py = self.at([(x, y)])[0]
        lamp_glow(self.image, px, py, radius * self.scale, colour, strength * self.light.night)


def rect(x0: float, y0: float, x1: float, y1: float) -> list[tuple[float, float]]:
    """Return a rectangle's corners."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def disc(x: float, y: float, rx: float, ry: float | None = None, n: int = 28) -> np.ndarray:
    """Return an ellipse in site units."""
    return oval(x, y, rx, rx if ry is None else ry, n=n)


def arch(x: float, y: float, half: float, height: float, pointed: bool = False) -> np.ndarray:
    """Return an arched opening: its middle x, its foot y, half width and full height."""
    angle = np.linspace(0, np.pi, 9)
    top = max(height - half * (1.5 if pointed else 1.0), 0.2 * height)
    rise = (height - top) * np.sin(angle) ** (0.75 if pointed else 1.0)
    crown = np.stack([x + half * np.cos(angle), y + top + rise], axis=1)
    return np.concatenate([[(x + half, y)], crown, [(x - half, y)]])


def tree(shot: Shot, x: float, y: float, size: float, colour: Colour = LEAVES) -> None:
    """Draw a leafy tree with its foot at (x, y), `size` high, in site units."""
    rng = shot.rng
    shot.box(rgb("#5b4630"), x - 0.03 * size, y, x + 0.03 * size, y + 0.45 * size)
    for k in range(9):
        dx, dy = rng.normal(0, 0.17) * size, rng.uniform(0.42, 0.88) * size
        gain = 0.72 + 0.5 * dy / size + 0.12 * shot.light.strength * np.sign(dx * shot.light.sun_x)
        radius = rng.uniform(0.14, 0.22) * size
        shot.flat(scaled(colour, gain * (0.9 + 0.02 * k)), disc(x + dx, y + dy, radius, radius * 0.85, 14), blur=0.8)


def conifer(shot: Shot, x: float, y: float, size: float, colour: Colour = NEEDLES) -> None:
    """Draw a fir."""
    for k in range(5):
        low, half = y + size * (0.08 + 0.18 * k), size * (0.24 - 0.042 * k)
        shape = [(x - half, low), (x, low + 0.32 * size), (x + half, low)]
        shot.solid(scaled(colour, 0.85 + 0.07 * k), shape, round_=0.3)


def palm(shot: Shot, x: float, y: float, size: float, lean: float = 0.06) -> None:
    """Draw a palm tree."""
    rng = shot.rng
    top = np.array([x + lean * size, y + size])
    stem = [(x, y), (x + lean * size * 0.3, y + 0.5 * size), tuple(top)]
    shot.lines(rgb("#7a6248"), stem, width=0.035 * size)
    shot.lines(rgb("#9c8260"), [(a + 0.006 * size, b) for a, b in stem], width=0.012 * size, alpha=0.7)
    for angle in np.linspace(-25, 205, 11) + rng.normal(0, 6, 11):
        across, rise = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        out = np.array([across, 0.75 * rise]) * 0.27 * size * rng.uniform(0.85, 1.1)
        drop = np.array([0, -0.13 * size])
        side = np.array([-out[1], out[0]]) * 0.16
        colour = scaled(rgb("#4c7c3c"), 0.8 + 0.4 * max(rise, 0))
        shot.flat(colour, [top, top + out * 0.55 + side, top + out + drop, top + out * 0.5 - side + drop * 0.35])


def hills(shot: Shot, colour: Colour, height: float, cells: float, far: float = 0.35) -> np.ndarray:
    """Draw a noisy ridge along the horizon, `height` px at most; `far` mixes in the haze. Returns its crest (w,) px."""
    line = noise(shot.rng, 2, shot.width, cells, 5)[0]
    crest = shot.horizon - height * np.clip((line - 0.25) / 0.5, 0, 1)
    x = np.arange(shot.width, dtype=np.float32)
    outline = np.concatenate([np.stack([x, crest], 1), [(shot.width, shot.horizon + 3), (0, shot.horizon + 3)]])
    near, farther = (mix(colour, shot.light.haze, share) for share in (far, min(far + 0.25, 1)))
    fill(shot.image, [outline], near, farther, vertical=True)
    return crest


def rows(shot: Shot, colour: Colour, top: float, bottom: float, to: Colour) -> None:
    """Fill the photo's full width between two heights [px] with a vertical gradient."""
    shape = np.array([(0, top), (shot.width, top), (shot.width, bottom), (0, bottom)])
    fill(shot.image, [shape], colour, to, vertical=True)


def weathered(
    shot: Shot, shape: list | np.ndarray, cells: float, amount: float, dark: Colour = (0.1, 0.09, 0.08)
) -> None:
    """Stain a shape in site units with noise: stone, rock, foliage."""
    points = shot.at(shape)
    box = window(points, 1, shot.image.shape)
    if box is None:
        return
    x0, y0, x1, y1 = box
    stain = noise(shot.rng, y1 - y0, x1 - x0, cells, 5)
    cover = coverage([points], box)
    blend(shot.image, box, dark, np.clip((stain - 0.42) * 2.5, 0, 1) * cover * amount)
    blend(shot.image, box, (1.0, 0.98, 0.94), np.clip((0.5 - stain) * 2.0, 0, 1) * cover * amount * 0.45)


def mirror_water(shot: Shot, top: float, bottom: float, colour: Colour, amount: float = 0.6) -> None:
    """Reflect what stands above `top` [px] in water down to `bottom` [px], with ripples."""
    y0, y1 = int(max(top, 1)), int(min(bottom, shot.height))
    if y1 - y0 < 3:
        return
    rows_, width = y1 - y0, shot.width
    ripple = (noise(shot.rng, rows_, width, 6, 4) - 0.5) * np.linspace(2, 16, rows_, dtype=np.float32)[:, None]
    down = np.arange(rows_, dtype=np.float32)[:, None] + 0 * ripple
    yy = np.clip(y0 - 1 - down * 1.05 + ripple * 0.6, 0, y0 - 1)
    xx = np.arange(width, dtype=np.float32)[None] + ripple
    reflected = cv2.remap(
        shot.image, xx.astype(np.float32), yy.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
    shot.image[y0:y1] = reflected * amount + np.asarray(colour, np.float32) * (1 - amount)
