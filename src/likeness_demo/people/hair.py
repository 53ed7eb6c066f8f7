"""Hair, hats and glasses of a drawn portrait."""

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, blend, corners, coverage, fill, mix, oval, scaled, stroke, window
from likeness_demo.drawing.light import Light
from likeness_demo.drawing.solids import mirrored, smooth
from likeness_demo.people.face_shape import EYE, HeadFrame, Looks, bump, step

BACK = {  # outlines behind the face, in head units
    "long": [
        *mirrored([(-0.95, -1.25), (-1.2, -0.6), (-1.28, 0.3), (-1.35, 1.2), (-1.3, 2.2), (-0.7, 2.6)]),
        (0, -1.65),
    ],
    "bob": [*mirrored([(-0.95, -1.25), (-1.22, -0.6), (-1.3, 0.3), (-1.28, 1.05), (-0.9, 1.3)]), (0, -1.65)],
    "curly": [
        *mirrored([(-1.1, -1.2), (-1.5, -0.6), (-1.6, 0.2), (-1.4, 0.95), (-0.8, 1.2)]),
        (0.5, -1.75),
        (-0.5, -1.75),
    ],
}


def shape_of(looks: Looks) -> str:
    """Return the hair's cut: one of BACK, or short, bun or bald."""
    style = looks.person.style
    return "bob" if style == "long" and looks.lips < 1.05 else style


def lay_hair(image: np.ndarray, frame: HeadFrame, shape: np.ndarray, looks: Looks, light: Light,
             rng: Rng, gain: float = 1.0, root: float = -1.5) -> None:  # fmt: skip
    """Fill an outline (n, 2) in head units with strands that fall from (part, root)."""
    points = frame.at(shape).astype(np.float32)
    box = window(points, 3, image.shape)
    if box is None:
        return
    u, v = frame.coords(box)
    angle = np.arctan2(u - looks.part * 0.6, v - root + 0.25)
    far = np.hypot(u, v - root)
    strands = rng.random((8, 420), dtype=np.float32)
    at = ((angle / np.pi * 0.5 + 0.5) * 419).astype(np.float32)
    value = cv2.remap(strands, at, (far * 1.6).astype(np.float32) % 7, cv2.INTER_CUBIC)
    if looks.person.style == "curly":
        curls = rng.random((26, 26), dtype=np.float32)
        value = cv2.remap(curls, ((u + 2) * 6).astype(np.float32), ((v + 2) * 6).astype(np.float32), cv2.INTER_CUBIC)
    side = np.clip(u * light.sun_x, -1.3, 1.3)
    ring = bump(u, v, (0.3 * light.sun_x, -1.02), (0.75, 0.22))
    bright = gain * (0.74 + 0.38 * (value - 0.5) + 0.16 * side - 0.10 * step(v, 0.2, 1.8) + 0.42 * ring * (0.6 + value))
    colour = np.asarray(looks.person.hair, np.float32) * bright[..., None] + 0.05 * ring[..., None] * value[..., None]
    cover = cv2.GaussianBlur(coverage([points], box), (0, 0), 0.6 + 0.012 * frame.unit)
    blend(image, box, np.clip(colour, 0, 1), cover)


def draw_back_hair(image: np.ndarray, frame: HeadFrame, looks: Looks, light: Light, rng: Rng) -> None:
    """Draw what lies behind the face and the neck."""
    cut = shape_of(looks)
    if cut in BACK:
        shape = np.array(BACK[cut], np.float32)
        shape[:, 0] -= 0.12 * np.sin(frame.yaw)
        shape = ragged(smooth(shape, 10), rng, 0.05) if cut == "curly" else smooth(shape)
        lay_hair(image, frame, shape, looks, light, rng, 0.85 if cut == "curly" else 0.78)
    elif cut == "bun":
        lay_hair(image, frame, oval(-0.3 * np.sin(frame.yaw), -1.62, 0.48, 0.40), looks, light, rng, 0.9, root=-2.2)


def ragged(shape: np.ndarray, rng: Rng, amount: float) -> np.ndarray:
    """Return an outline (n, 2) with waves."""
    return shape * (1 + rng.normal(0, amount, (len(shape), 1)))


def draw_front_hair(image: np.ndarray, frame: HeadFrame, looks: Looks, light: Light, rng: Rng) -> None:
    """Draw the hair on the skull down to the hairline, and what falls beside the face."""
    cut = shape_of(looks)
    if cut == "bald":
        return
    turn = 0.28 * np.sin(frame.yaw)
    puff = {"curly": 1.3, "short": 1.07, "bun": 1.03}.get(cut, 1.12)
    temple = {"short": -0.02, "bun": -0.05, "curly": 0.1}.get(cut, 0.25)
    arc = np.radians(np.linspace(0, 180, 24))
    outer = np.stack([puff * np.cos(arc) * 1.0, -0.35 - (1.2 * puff) * np.sin(arc)], 1)
    outer = np.concatenate([[(puff, temple)], outer, [(-puff, temple)]])
    if cut == "curly":
        outer = ragged(outer, rng, 0.03)
    across = np.linspace(-0.93, 0.93, 21)
    part, high = looks.part, -1.08 if looks.soft else -1.02
    fringe = looks.fringe * (1 - np.exp(-(((across - part) / 0.35) ** 2)))  # falls away from the parting
    line = high + fringe + 0.55 * np.abs(across) ** 3.0
    line = np.where(np.abs(across) > 0.9, temple, line)
    inner = np.stack([across * 0.99 + turn * (1 - np.abs(across)), line + rng.normal(0, 0.015, 21)], 1)
    lay_hair(image, frame, np.concatenate([outer, inner]), looks, light, rng)
    if cut in ("long", "bob"):
        low = 2.2 if cut == "long" else 1.15
        for side in (-1, 1):
            wide = 0.12 + 0.10 * (np.sign(part) == -side)
            lock = [(0.75, -1.0), (0.97 - 0.4 * wide, -0.35), (0.98 - 0.3 * wide, 0.3), (0.95, 1.0), (0.9, low),
                    (1.25, low), (1.34, 1.0), (1.27, 0.2), (1.2, -0.6)]  # fmt: skip
            lay_hair(image, frame, smooth(np.array(lock) * (side, 1)), looks, light, rng, 0.95)


def draw_hat(image: np.ndarray, frame: HeadFrame, looks: Looks) -> None:
    """Draw a cap, a straw hat or a beanie, above the brows."""
    person = looks.person
    if not person.hat:
        return
    colour: Colour = (0.87, 0.74, 0.48) if person.hat == "straw" else person.hat_colour
    puff = 1.36 if shape_of(looks) == "curly" else 1.16
    arc = np.radians(np.linspace(0, 180, 24))
    dome = np.stack([puff * np.cos(arc), -0.62 - 1.12 * np.sin(arc)], 1)
    light, dark = scaled(colour, 1.1), scaled(colour, 0.66)
    fill(image, [frame.at(dome)], light, dark)
    if person.hat == "beanie":
        band = frame.at(corners(-puff * 1.02, -0.9, puff * 1.02, -0.5))
        fill(image, [band], scaled(colour, 0.9), scaled(colour, 0.55))
        ribs = [frame.at([(x, -0.9), (x, -0.5)]) for x in np.linspace(-puff, puff, 17)]
        stroke(image, ribs, scaled(colour, 0.45), max(1.0, 0.03 * frame.unit), alpha=0.5)
        return
    turn = 0.3 * np.sin(frame.yaw)
    fill(image, [frame.at(oval(turn * 0.6, -0.5, 0.95, 0.14))], (0.05, 0.04, 0.04), alpha=0.4, blur=0.05 * frame.unit)
    rim = (puff * 1.62, 0.17) if person.hat == "straw" else (puff * 0.98, 0.17)
    fill(image, [frame.at(oval(turn, -0.64, *rim))], scaled(colour, 0.95), scaled(colour, 0.6))
    if person.hat == "straw":
        fill(image, [frame.at(corners(-puff, -0.95, puff, -0.75))], (0.35, 0.16, 0.12), (0.2, 0.09, 0.07))


def draw_glasses(image: np.ndarray, frame: HeadFrame, looks: Looks) -> None:
    """Draw spectacles with clear lenses, or tinted ones through which the eyes are seen."""
    if not looks.person.glasses:
        return
    cos, turn = float(np.cos(frame.yaw)), 0.95 * np.sin(frame.yaw)
    eye = EYE * looks.spacing * cos
    rims = [frame.at(oval(side * eye + turn * 0.9, 0.03, 0.31, 0.235)) for side in (-1, 1)]
    if looks.person.glasses == "sun":
        fill(image, rims, (0.12, 0.09, 0.08), mix((0.12, 0.09, 0.08), (0.5, 0.4, 0.3), 0.4), vertical=True, alpha=0.45)
    ink, width = (0.09, 0.08, 0.08), max(1.0, 0.05 * frame.unit)
    stroke(image, rims, ink, width, closed=True, alpha=0.9)
    bridge = [(turn * 0.95 - 0.11, 0.0), (turn * 0.98, -0.04), (turn * 0.95 + 0.11, 0.0)]
    temples = [[(side * eye + turn * 0.9 + side * 0.31, 0.0), (side * 1.0, -0.03)] for side in (-1, 1)]
    stroke(image, [frame.at(bridge), *(frame.at(t) for t in temples)], ink, width, alpha=0.85)
