"""Portraits of the likability demo: close-ups of a face, and people from the waist up."""

from dataclasses import replace

import numpy as np

from likeness_demo.drawing.canvas import Rng, new_photo, reduced
from likeness_demo.drawing.light import develop, pick_light
from likeness_demo.drawing.solids import Layer
from likeness_demo.people.bust import draw_body
from likeness_demo.people.face import draw_face
from likeness_demo.people.face_shape import HeadFrame, Looks, pick_mood
from likeness_demo.people.hair import draw_back_hair, draw_front_hair, draw_glasses, draw_hat
from likeness_demo.people.wardrobe import TOPS
from likeness_demo.posts.backdrops import draw_backdrop

FINER = 1.5  # drawn so much larger, then reduced: soft, clean edges
UNIT = {True: (0.200, 0.255), False: (0.082, 0.108)}  # close-up or not: half a head's width, share of the photo's


def draw_portrait(looks: Looks, close_up: bool, size: tuple[int, int], seed: list[int]) -> np.ndarray:
    """Draw one photo (height, width, 3) uint8 of a person; size: (height, width) px."""
    rng, image = new_photo(seed, size, FINER)
    light = pick_light(rng)
    light = replace(light, strength=min(light.strength, 0.75))  # people turn away from the hardest sun
    draw_backdrop(image, light, rng)
    looks, mood = dress_again(looks, rng), pick_mood(rng, 0.55, 0.35, 0.45, 0.65)
    frame = place_head(*image.shape[:2], close_up, rng)
    draw_back_hair(image, frame, looks, light, rng)
    draw_body(Layer(image, light), frame, looks)
    draw_face(image, frame, looks, mood, light, rng)
    draw_front_hair(image, frame, looks, light, rng)
    draw_hat(image, frame, looks)
    draw_glasses(image, frame, looks)
    return develop(reduced(image, size), light, rng)


def dress_again(looks: Looks, rng: Rng) -> Looks:
    """Return a person in another top; hat and glasses are worn now and then only."""
    person = looks.person
    top = TOPS[rng.integers(len(TOPS))]
    hat = person.hat if rng.random() < 0.5 else ""
    glasses = person.glasses if person.glasses == "clear" or rng.random() < 0.4 else ""
    return replace(looks, person=replace(person, top=top, hat=hat, glasses=glasses))


def place_head(height: int, width: int, close_up: bool, rng: Rng) -> HeadFrame:
    """Choose the framing: how large the head is, where, and how it is tilted and turned."""
    unit = width * rng.uniform(*UNIT[close_up])
    spread = 0.05 if close_up else 0.14
    crown = 1.75 * unit + height * (rng.uniform(-0.02, 0.05) if close_up else rng.uniform(0.08, 0.2))
    return HeadFrame(
        x=width * (0.5 + rng.uniform(-spread, spread)),
        y=float(min(crown, height - 1.7 * unit)),
        unit=float(unit),
        roll=float(np.clip(rng.normal(0, 0.085), -0.2, 0.2)),
        yaw=float(np.clip(rng.normal(0, 0.16), -0.38, 0.38)),
    )
