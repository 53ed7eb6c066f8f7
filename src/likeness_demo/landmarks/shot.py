"""What a landmark is drawn on: a photo with its light, and the way from a site's own units to px."""

from dataclasses import dataclass

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, blend, fill, oval, scaled, stroke, window
from likeness_demo.drawing.light import Light, lamp_glow

FONTS = {
    "plain": cv2.FONT_HERSHEY_SIMPLEX,
    "serif": cv2.FONT_HERSHEY_TRIPLEX,
    "script": cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
}
DRAWN = 64  # px: letters are drawn at this height, then scaled


@dataclass
class Shot:
    """One photo of a site. Site units: x to the right, y up, (0, 0) where the landmark stands; 1 is `scale` px."""

    image: np.ndarray
    light: Light
    rng: Rng
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


def lettering(
    shot: Shot,
    text: str,
    x: float,
    y: float,
    height: float,
    colour: Colour,
    *,
    font: str = "plain",
    weight: float = 0.16,
) -> None:
    """Write text centred at (x, y); height of capitals and stroke weight (share of the height) in site units."""
    cover = letters(text, font, weight)
    target_h = height * shot.scale * cover.shape[0] / DRAWN
    target_w = target_h * cover.shape[1] / cover.shape[0] * shot.squeeze
    if target_h < 3:
        return
    px, py = shot.at([(x, y)])[0]
    corners = np.array([(px - target_w / 2, py - target_h / 2), (px + target_w / 2, py + target_h / 2)])
    box = window(corners, 1, shot.image.shape)
    if box is None:
        return
    scale_x, scale_y = target_w / cover.shape[1], target_h / cover.shape[0]
    shift = np.float32([[scale_x, 0, corners[0, 0] - box[0]], [0, scale_y, corners[0, 1] - box[1]]])
    if scale_y < 0.7:
        cover = cv2.GaussianBlur(cover, (0, 0), 0.35 / scale_y)
    layer = cv2.warpAffine(cover, shift, (box[2] - box[0], box[3] - box[1]), flags=cv2.INTER_LINEAR)
    blend(shot.image, box, colour, np.clip(layer, 0, 1))


def letters(text: str, font: str, weight: float) -> np.ndarray:
    """Return the cover (h, w) of a line of text with capitals DRAWN px high."""
    thickness = max(1, round(weight * DRAWN))
    scale = cv2.getFontScaleFromHeight(FONTS[font], DRAWN, thickness)
    (width, _), below = cv2.getTextSize(text, FONTS[font], scale, thickness)
    pad = thickness + below
    mask = np.zeros((DRAWN + 2 * pad, width + 2 * pad), np.uint8)
    cv2.putText(mask, text, (pad, pad + DRAWN), FONTS[font], scale, 255, thickness, cv2.LINE_AA)
    return mask.astype(np.float32) / 255
