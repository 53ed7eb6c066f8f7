"""One painting of the faces demo: sitters or a view in a style, and where its faces are."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, as_bytes, new_photo, scaled
from likeness_demo.drawing.light import Light
from likeness_demo.drawing.solids import Layer
from likeness_demo.faces.brushwork import age, grade, paint
from likeness_demo.faces.frames import draw_frame, frame_width
from likeness_demo.faces.grounds import draw_ground
from likeness_demo.faces.headwear import COLLARS, HEADWEAR, draw_veil_behind, room_for
from likeness_demo.faces.styles import STYLES, PaintStyle, light_of
from likeness_demo.landmarks.sites import draw_place
from likeness_demo.people.bust import draw_body
from likeness_demo.people.face import draw_face
from likeness_demo.people.face_shape import HeadFrame, Looks, pick_mood
from likeness_demo.people.hair import draw_back_hair, draw_front_hair, draw_glasses

FINER = 1.4  # drawn so much larger, then reduced
UNIT = {1: (0.150, 0.185), 2: (0.098, 0.112), 3: (0.082, 0.092)}  # sitters: half a head's width, share of the picture's
PLACES = {1: (0.5,), 2: (0.31, 0.69), 3: (0.21, 0.5, 0.79)}  # of the sitters, share of the width
FACE = (0.915, -0.93, 1.42)  # half width, top and bottom of the box that MTCNN puts round a face, in head units


@dataclass(frozen=True)
class Painting:
    """A picture (h, w, 3) uint8 and its sitters' faces (n, 4): x0, y0, x1, y1 px."""

    image: np.ndarray
    faces: np.ndarray


def paint_sitters(sitters: Sequence[Looks], style: PaintStyle, robes: Sequence[Colour], size: tuple[int, int],
                  seed: list[int]) -> Painting:  # fmt: skip
    """Paint one to three sitters in front of the style's ground; size: (height, width) px; robes: their clothes."""
    rng, image = new_photo(seed, size, FINER)
    light = light_of(style, rng)
    heads = place_heads(sitters, *image.shape[:2], rng)
    draw_ground(image, style.ground, heads, rng)
    for k in sorted(range(len(heads)), key=lambda k: heads[k].y):  # who stands higher stands farther back
        looks = replace(sitters[k], person=replace(sitters[k].person, top=robes[k]))
        draw_sitter(image, heads[k], looks, style.collar, light, rng)
    boxes = [face_box(head, looks, size) for head, looks in zip(heads, sitters, strict=True)]
    return Painting(finish(image, style, heads, size, rng), np.array(boxes))


def paint_view(place: str, style: PaintStyle, size: tuple[int, int], seed: list[int]) -> Painting:
    """Paint a view of one of the demo's sites (`scenery.PLACES`) in a style; size: (height, width) px."""
    rng, image = new_photo(seed, size, FINER)
    draw_place(image, place, light_of(style, rng), rng)
    return Painting(finish(image, style, [], size, rng), np.zeros((0, 4)))


def finish(image: np.ndarray, style: PaintStyle, heads: Sequence[HeadFrame], size: tuple[int, int],
           rng: Rng) -> np.ndarray:  # fmt: skip
    """Turn a drawing into a painting of `size` (height, width) px: brush, palette, age and frame."""
    image = np.clip(image, 0, 1)
    spare = spared(image.shape, heads)
    image = grade(paint(image, style.brush, spare, rng), style, spare)
    small, spare = (cv2.resize(each, size[::-1], interpolation=cv2.INTER_AREA) for each in (image, spare))
    small = age(small, style, spare, rng)
    draw_frame(small, style.frame, rng)
    return as_bytes(small)


def place_heads(sitters: Sequence[Looks], height: int, width: int, rng: Rng) -> list[HeadFrame]:
    """Choose where heads are and how they are tilted and turned; hats stay clear of the frame."""
    count = len(sitters)
    heads = []
    for looks, x in zip(sitters, PLACES[count], strict=True):
        unit = width * rng.uniform(*UNIT[count])
        top = room_for(looks) * unit + frame_width((height, width)) + 0.01 * height
        y = max(height * (rng.uniform(0.38, 0.43) if count == 1 else rng.uniform(0.40, 0.52)), top)
        roll = float(np.clip(rng.normal(0, 0.06), -0.14, 0.14))
        yaw = float(np.clip(rng.normal(0, 0.16), -0.34, 0.34))
        heads.append(HeadFrame(width * (x + rng.uniform(-0.03, 0.03)), float(y), float(unit), roll, yaw))
    return heads


def draw_sitter(image: np.ndarray, frame: HeadFrame, looks: Looks, collar: str, light: Light,
                rng: Rng) -> None:  # fmt: skip
    """Draw one sitter into the picture, in place, in an expression of the moment; collar: "" for none."""
    mood = pick_mood(rng, 0.28, 0.25, 0.5, 0.3)
    draw_veil_behind(image, frame, looks)
    draw_back_hair(image, frame, looks, light, rng)
    draw_body(Layer(image, light), frame, looks)
    if collar:
        COLLARS[collar](image, replace(frame, roll=0.25 * frame.roll), looks.person.top, rng)
    draw_face(image, frame, looks, mood, light, rng)
    draw_front_hair(image, frame, looks, light, rng)
    if looks.person.hat:
        HEADWEAR[looks.person.hat](image, frame, looks)
    draw_glasses(image, frame, looks)


def spared(shape: tuple[int, ...], heads: Sequence[HeadFrame]) -> np.ndarray:
    """Return where a painter takes the fine brush (h, w) in [0, 1]: over each head."""
    height, width = shape[:2]
    spare = np.zeros((height, width), np.float32)
    for head in heads:
        u, v = head.coords((0, 0, width, height))
        np.maximum(spare, np.exp(-(((u / 1.25) ** 2 + ((v + 0.1) / 1.55) ** 2) ** 2)), out=spare)
    return spare


def face_box(head: HeadFrame, looks: Looks, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Return the box x0, y0, x1, y1 [px] of a face from brow to chin, in the reduced picture of `size` px."""
    half, top, bottom = FACE[0], FACE[1], FACE[2] * looks.length
    middle = head.at([(0.12 * np.sin(head.yaw), (top + bottom) / 2)])[0] / FINER
    reach = np.array([half, (bottom - top) / 2]) * head.unit / FINER
    low = np.maximum(middle - reach, 0)
    high = np.minimum(middle + reach, (size[1], size[0]))
    return tuple(float(value) for value in np.round([*low, *high], 2))


def in_stone(looks: Looks, size: tuple[int, int], seed: list[int]) -> Painting:
    """Draw a sitter's bust of pale stone before a grey wall: no painting, and without a frame."""
    stone: Colour = (0.86, 0.84, 0.80)
    person = replace(looks.person, skin=stone, hair=scaled(stone, 0.88), hat_colour=stone, top=stone, glasses="")
    drawn = plain(replace(looks, person=person, iris=scaled(stone, 0.8)), (0.36, 0.37, 0.42), size, seed)
    grey = drawn.image.mean(axis=2, keepdims=True)
    return Painting((grey * (0.98, 0.96, 0.93)).astype(np.uint8), drawn.faces)


def in_ink(looks: Looks, size: tuple[int, int], seed: list[int]) -> Painting:
    """Draw a sitter's head as an etching: dark lines on cream paper."""
    person = replace(looks.person, top=(0.45, 0.45, 0.45))
    drawn = plain(replace(looks, person=person), (0.95, 0.95, 0.95), size, seed)
    grey = drawn.image.mean(axis=2) / 255
    yy, xx = np.mgrid[: size[0], : size[1]]
    first, second = np.sin((xx + yy) * 1.55), np.sin((xx - yy) * 1.55)  # hatches and cross-hatches
    tone = 0.5 * np.clip(4 * (grey - 0.42 + 0.3 * first), 0, 1) + 0.5 * np.clip(4 * (grey - 0.22 + 0.2 * second), 0, 1)
    paper, ink = np.array([0.95, 0.91, 0.80]), np.array([0.16, 0.13, 0.12])
    return Painting((255 * (ink + (paper - ink) * (0.7 * tone + 0.3 * grey)[..., None]) + 0.5).astype(np.uint8),
                    drawn.faces)  # fmt: skip


def plain(looks: Looks, wall: Colour, size: tuple[int, int], seed: list[int]) -> Painting:
    """Draw one sitter before a wall, without paint or frame."""
    rng, image = new_photo(seed, size, FINER)
    image[:] = wall
    light = light_of(STYLES[2], rng)  # the one with the deepest shadows
    (head,) = place_heads([looks], *image.shape[:2], rng)
    draw_sitter(image, head, looks, "", light, rng)
    small = cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA)
    return Painting(as_bytes(small), np.array([face_box(head, looks, size)]))
