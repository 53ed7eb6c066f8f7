"""Pictures without people: landmarks in their light, and dull views."""

import cv2
import numpy as np

from likeness_demo.dull import DULL
from likeness_demo.light import Light, add_haze, develop, draw_sky, pick_light
from likeness_demo.limbs import set_threads
from likeness_demo.sites import BY_NAME, SITES
from likeness_demo.view import View

FINER = 4 / 3  # drawn so much larger, then reduced
PLACES = tuple(site.name for site in SITES if site.name != "sphinx")  # that one has a face


def draw_scenery(place: str, size: tuple[int, int], seed: list[int]) -> np.ndarray:
    """Draw one photo (height, width, 3) uint8 of a place: one of PLACES, or of DULL; size: (height, width) px.

    Raises KeyError where the place is neither.
    """
    set_threads()
    rng = np.random.default_rng(seed)
    height, width = (round(side * FINER) for side in size)
    image = np.zeros((height, width, 3), np.float32)
    light = pick_light(rng)
    if place in DULL:
        DULL[place](image, rng)
        image *= np.float32(rng.uniform(0.82, 1.02))
    else:
        draw_place(image, place, light, rng)
    small = cv2.resize(np.clip(image, 0, 1), size[::-1], interpolation=cv2.INTER_AREA)
    return develop(small, light, rng)


def draw_place(image: np.ndarray, place: str, light: Light, rng: np.random.Generator) -> None:
    """Draw a landmark under its sky, nobody in front of it."""
    site = BY_NAME[place]
    height, width = image.shape[:2]
    horizon = height * rng.uniform(0.52, 0.66)
    scale = site.tall * width * rng.uniform(0.85, 1.2)
    base = horizon + height * rng.uniform(0.02, 0.06)
    view = View(image, light, rng, horizon, base, width * rng.uniform(0.36, 0.64), scale, rng.uniform(0.88, 1.06))
    draw_sky(image, light, horizon, rng)
    site.draw(view)
    add_haze(image, light, horizon, rng.uniform(0.05, 0.2), rng.uniform(0.3, 0.7))
