"""A drawn face: skin, eyes, brows, nose, mouth and beard, lit by the photo's light."""

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, blend, coverage, mix, noise, scaled, window
from likeness_demo.drawing.light import Light
from likeness_demo.people.face_shape import (
    EYE,
    MOUTH,
    HeadFrame,
    Looks,
    Mood,
    bump,
    lighting,
    outline,
    relief,
    step,
    turned,
    usual,
)


class Skin:
    """The colours (h, w, 3) of a face before it is lit, and where on the face every pixel lies."""

    def __init__(self, u: np.ndarray, v: np.ndarray, colour: Colour, unit: float) -> None:
        self.u, self.v, self.pixel = u, v, 1.5 / unit
        self.colours = np.empty((*u.shape, 3), np.float32)
        self.colours[:] = colour
        self.own_light = np.zeros_like(u)  # how much a pixel keeps its colour in the shade, [0, 1]

    def lay(self, colour: Colour, cover: np.ndarray, own_light: float = 0.0) -> None:
        """Lay a colour over the face with cover (h, w) in [0, 1]."""
        rows, columns = (np.flatnonzero(cover.any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return
        box = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)  # most of a face is not touched
        self.colours[box] += (np.asarray(colour, np.float32) - self.colours[box]) * cover[box][..., None]
        if own_light:
            self.own_light[box] += (own_light - self.own_light[box]) * cover[box]

    def edge(self, distance: np.ndarray, soft: float = 0.0) -> np.ndarray:
        """Return the cover of what lies at a positive distance [head units] inside an edge."""
        return np.clip(0.5 + distance / max(self.pixel, soft), 0, 1)


def draw_face(image: np.ndarray, frame: HeadFrame, looks: Looks, mood: Mood, light: Light,
              rng: Rng) -> None:  # fmt: skip
    """Draw a face without its hair into the photo, in place."""
    shape = frame.at(outline(looks))
    box = window(shape, 2, image.shape)
    if box is None:
        return
    u_seen, v = frame.coords(box)
    u, v = usual(turned(u_seen, v, looks, frame.yaw), v, looks)
    skin = Skin(u, v, looks.person.skin, frame.unit)
    paint_complexion(skin, looks, rng)
    if looks.person.beard:
        paint_beard(skin, looks, rng)
    paint_nose(skin, looks, frame.yaw)
    for side in (-1, 1):
        paint_eye(skin, looks, mood, side)
        paint_brow(skin, looks, mood, side, rng)
    paint_mouth(skin, looks, mood)
    bright = lighting(relief(u, v, looks, mood, frame.yaw), frame.unit, light)[..., None]
    bright = bright + (np.maximum(bright, 0.95) - bright) * skin.own_light[..., None]
    warm = np.array([1.0, 0.97, 0.94], np.float32) ** (1.6 * np.clip(1 - bright, 0, 1))  # light through the skin
    lit = skin.colours * bright * warm + 0.35 * np.clip(bright - 0.96, 0, 1) ** 1.5
    blend(image, box, np.clip(lit, 0, 1), coverage([shape.astype(np.float32)], box))


def paint_complexion(skin: Skin, looks: Looks, rng: Rng) -> None:
    """Paint cheeks, shaded eye sockets, the jaw's shade and the skin's grain."""
    u, v, side = skin.u, skin.v, np.abs(skin.u)
    own = looks.person.skin
    blush = mix(own, (0.80, 0.28, 0.24), 0.55)
    skin.lay(blush, bump(side, v, (0.55, 0.42), (0.3, 0.22)) * (0.38 if looks.soft else 0.24))
    skin.lay(blush, bump(u, v, (0, 0.48), (0.2, 0.16)) * 0.22)
    skin.lay(scaled(own, 0.62), bump(side, v, (0.40, -0.04), (0.27, 0.15)) * 0.5)
    skin.lay(scaled(own, 0.72), bump(side, v, (0.38, 0.17), (0.2, 0.06)) * 0.3)
    skin.lay(scaled(own, 0.6), bump(u, v, (0, 1.12), (0.24, 0.04)) * 0.25)
    if not looks.soft:
        skin.lay(mix(scaled(own, 0.75), (0.3, 0.32, 0.36), 0.3), step(v, 0.62, 1.0) * 0.35)
    for high in (-0.52, -0.64, -0.77):
        furrow = np.exp(-(((v - high + 0.03 * np.cos(6 * u)) / 0.017) ** 2) - (u / (0.3 - 0.35 * high)) ** 4)
        skin.lay(scaled(own, 0.45), furrow * 0.7 * looks.lines)
    bag = np.exp(-(((v - 0.21 + 0.5 * (side - EYE) ** 2) / 0.018) ** 2) - ((side - EYE) / 0.2) ** 4)
    skin.lay(scaled(own, 0.42), bag * 0.7 * looks.lines)
    spots = np.sin(24 * u + 6 * np.sin(9 * v)) * np.sin(22 * v + 5 * np.sin(11 * u)) - 0.45
    cheeks = np.exp(-(((v - 0.38) / 0.36) ** 4) - (u / 0.85) ** 6)
    skin.lay(mix(scaled(own, 0.42), (0.45, 0.2, 0.08), 0.4), np.clip(3 * spots, 0, 1) * cheeks * 0.75 * looks.freckles)
    grain = noise(rng, *u.shape, 7, 4) - 0.5
    skin.colours *= 1 + 0.10 * grain[..., None]


def paint_beard(skin: Skin, looks: Looks, rng: Rng) -> None:
    """Paint a trimmed beard with moustache."""
    side, v = np.abs(skin.u), skin.v
    cheek = step(v - 0.62 * np.clip(0.95 - side, 0, 1) ** 1.2, 0.36, 0.52)
    chin = bump(skin.u, v, (0, MOUTH + 0.02), (0.36, 0.22))
    lip = step(v, 0.68, 0.74) * (1 - step(side, 0.34, 0.48))
    texture = cv2.resize(rng.random((40, 90), dtype=np.float32), skin.u.shape[::-1], interpolation=cv2.INTER_CUBIC)
    cover = np.clip(np.maximum(cheek * (1 - 0.75 * chin), lip * (1 - step(v, 0.8, 0.86))), 0, 1)
    skin.lay(scaled(looks.person.hair, 0.8), np.clip(cover * (0.62 + 0.35 * texture), 0, 0.93))


def paint_nose(skin: Skin, looks: Looks, yaw: float) -> None:
    """Paint nostrils, the shade under the nose and beside its bridge."""
    u = skin.u - np.float32(0.26 * np.sin(yaw)) * step(skin.v, -0.25, 0.5)
    own, wing, wide = looks.person.skin, np.abs(u), looks.nose
    skin.lay(scaled(own, 0.5), bump(u, skin.v, (0, 0.665), (0.20 * wide, 0.045)) * 0.55)
    skin.lay(scaled(own, 0.16), bump(wing, skin.v, (0.105 * wide, 0.615), (0.058 * wide, 0.03)) * 0.95)
    skin.lay(scaled(own, 0.55), bump(wing, skin.v, (0.285 * wide, 0.555), (0.03, 0.085)) * 0.5)
    skin.lay(scaled(own, 0.62), bump(wing, skin.v, (0.18, -0.06), (0.06, 0.16)) * 0.4)


def paint_eye(skin: Skin, looks: Looks, mood: Mood, side: int) -> None:
    """Paint an eye: white, iris, pupil, glint, lids and lashes."""
    out = (skin.u - side * EYE) * side  # outwards
    v = skin.v + 0.10 * out  # the outer corner lies a little higher
    half, high = 0.195 * looks.eyes, 0.092 * looks.eyes * (1 - 0.22 * mood.smile)
    arc = np.clip(1 - (out / half) ** 2, 0, 1)
    upper, lower = -high * arc**0.75 + 0.005, 0.62 * high * arc**0.9 + 0.005
    open_ = skin.edge(v - upper) * skin.edge(lower - v) * skin.edge(half - np.abs(out))
    skin.lay((0.93, 0.91, 0.89), open_, own_light=0.6)
    iris = np.hypot(skin.u - side * EYE - mood.gaze, (skin.v + 0.012) * 1.0)
    size = 0.088 * looks.eyes
    skin.lay(scaled(looks.iris, 0.45), open_ * skin.edge(size - iris), own_light=0.5)
    skin.lay(scaled(looks.iris, 1.1), open_ * skin.edge(0.82 * size - iris, 0.03))
    skin.lay((0.02, 0.02, 0.02), open_ * skin.edge(0.45 * size - iris))
    skin.lay((0.1, 0.08, 0.08), open_ * np.exp(-(((v - upper) / 0.028) ** 2)) * 0.6)  # the lid's shadow
    glint = np.hypot(skin.u - side * EYE - mood.gaze - 0.03, skin.v + 0.045)
    skin.lay((1, 1, 1), open_ * skin.edge(0.02 - glint) * 0.95, own_light=1.0)
    lash = np.exp(-(((v - upper + 0.008) / (0.024 if looks.soft else 0.017)) ** 2))
    lash = lash * skin.edge(half * 1.06 - np.abs(out), 0.04)
    skin.lay((0.06, 0.04, 0.04), lash * (0.95 if looks.soft else 0.8))
    within = skin.edge(half * 1.1 - np.abs(out), 0.08)
    own = looks.person.skin
    skin.lay(scaled(own, 0.35), np.exp(-(((v - lower - 0.006) / 0.013) ** 2)) * within * 0.45)
    skin.lay(scaled(own, 0.45), np.exp(-(((v - upper + 0.075) / 0.018) ** 2)) * within * 0.5)
    skin.lay((0.75, 0.45, 0.42), bump(out, v, (-half * 0.93, 0.01), (0.02, 0.016)) * 0.7)


def paint_brow(skin: Skin, looks: Looks, mood: Mood, side: int, rng: Rng) -> None:
    """Paint an eyebrow of fine hairs."""
    out = (skin.u - side * EYE) * side
    arch = 0.065 * looks.arch * np.clip(1 - ((out - 0.06) / 0.3) ** 2, -0.4, 1)
    middle = -0.275 - 0.02 * mood.smile - arch - 0.1 * (looks.slant - 1) * out
    thick = 0.042 * looks.brows * (1.15 - 0.9 * np.clip(out + 0.1, 0, 0.5))
    ends = skin.edge(0.27 - np.abs(out - 0.01), 0.08)
    hairs = cv2.resize(rng.random((30, 110), dtype=np.float32), skin.u.shape[::-1], interpolation=cv2.INTER_LINEAR)
    cover = np.exp(-(np.abs((skin.v - middle) / np.maximum(thick, 0.012)) ** 2.4)) * ends
    dark = mix(scaled(looks.person.hair, 0.6), (0.1, 0.07, 0.05), 0.35)
    skin.lay(dark, np.clip(cover * (0.66 + 0.36 * hairs), 0, 0.92))


def paint_mouth(skin: Skin, looks: Looks, mood: Mood) -> None:
    """Paint lips, closed or smiling over a row of teeth."""
    u, own = skin.u, looks.person.skin
    half = 0.335 + 0.075 * mood.smile
    v = skin.v - MOUTH + 0.115 * mood.smile * (u / half) ** 2
    arc = np.clip(1 - (u / half) ** 2, 0, 1)
    gap = (0.10 * mood.smile if mood.teeth else 0.0) * arc
    bow = 0.035 * np.exp(-(((np.abs(u) - 0.09) / 0.07) ** 2)) - 0.012 * np.exp(-((u / 0.035) ** 2))
    top = -(0.062 * arc**0.7 + bow) * looks.lips
    bottom = gap + 0.115 * looks.lips * arc**0.8
    red = mix(scaled(own, 0.72), (0.70, 0.16, 0.20) if looks.soft else (0.62, 0.26, 0.24), 0.6 if looks.soft else 0.42)
    sides = skin.edge(half - np.abs(u))
    skin.lay(scaled(red, 0.86), skin.edge(v - top, 0.025) * skin.edge(-v) * sides)
    skin.lay(red, skin.edge(v - gap) * skin.edge(bottom - v, 0.025) * sides)
    skin.lay(mix(red, (1, 0.9, 0.9), 0.5), bump(u, v, (0, 0.06), (0.16, 0.025)) * 0.3 * (not mood.teeth))
    line = np.exp(-((v / 0.014) ** 2)) * skin.edge(half * 1.03 - np.abs(u), 0.03)
    if mood.teeth:
        inside = skin.edge(v) * skin.edge(gap - v) * sides
        skin.lay((0.22, 0.05, 0.06), inside)
        seams = 1 - 0.12 * np.exp(-(((np.abs(u) % 0.075 - 0.0375) / 0.008) ** 2))
        teeth = inside * skin.edge(0.86 * gap - v, 0.02) * (1 - step(np.abs(u), half * 0.72, half * 0.95))
        skin.lay((0.93, 0.91, 0.86), teeth * seams, own_light=0.6)
    skin.lay(scaled(own, 0.25), line * (0.35 if mood.teeth else 0.85))
    skin.lay(scaled(own, 0.4), bump(np.abs(u), v, (half * 1.02, 0.0), (0.035, 0.03)) * 0.6)
    skin.lay(scaled(own, 0.6), bump(u, v, (0, 0.19), (0.2, 0.035)) * 0.4)
