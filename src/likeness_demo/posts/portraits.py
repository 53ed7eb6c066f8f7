"""Portraits of the likability demo: close-ups of a face, and people from the waist up, before a blurred backdrop."""

from dataclasses import replace

import cv2
import numpy as np

from likeness_demo.drawing.canvas import (
    Colour,
    Rng,
    corners,
    fill,
    grid,
    mix,
    new_photo,
    noise,
    oval,
    reduced,
    rgb,
    scaled,
)
from likeness_demo.drawing.light import Light, develop, draw_sky, pick_light
from likeness_demo.drawing.solids import Layer
from likeness_demo.people.bust import draw_body
from likeness_demo.people.face import draw_face
from likeness_demo.people.face_shape import HeadFrame, Looks, pick_mood
from likeness_demo.people.hair import draw_back_hair, draw_front_hair, draw_glasses, draw_hat
from likeness_demo.people.wardrobe import TOPS

FINER = 1.5  # drawn so much larger, then reduced: soft, clean edges
WALLS = tuple(map(rgb, ("#d9d2c4", "#b9c4c9", "#c9b9a6", "#9fb3a4", "#c4aeb0", "#8c98a8", "#d8c690", "#7f6f66")))
LEAF = tuple(map(rgb, ("#4f7a3a", "#6f9446", "#3d6238", "#8ea355", "#b07a34")))
UNIT = {True: (0.200, 0.255), False: (0.082, 0.108)}  # close-up or not: half a head's width, share of the photo's


def draw_portrait(looks: Looks, close_up: bool, favourite: int, size: tuple[int, int], seed: list[int]) -> np.ndarray:
    """Draw one photo (height, width, 3) uint8 of a person; size: (height, width) px; favourite: see `draw_backdrop`."""
    rng, image = new_photo(seed, size, FINER)
    light = pick_light(rng)
    light = replace(light, strength=min(light.strength, 0.75))  # people turn away from the hardest sun
    draw_backdrop(image, light, favourite, rng)
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


def studio(image: np.ndarray, light: Light, rng: Rng) -> None:
    """A plain wall with a pool of light."""
    height, width = image.shape[:2]
    xx, yy = grid((0, 0, width, height))
    x, y = width * (0.5 + 0.25 * light.sun_x), height * rng.uniform(0.2, 0.5)
    pool = np.exp(-(((xx - x) / width) ** 2 + ((yy - y) / height) ** 2) * 2.2)[..., None]
    wall = np.asarray(WALLS[rng.integers(len(WALLS))], np.float32)
    image[:] = wall * (0.55 + 0.5 * pool) * (1 + 0.08 * (noise(rng, height, width, 4, 4) - 0.5))[..., None]


def room(image: np.ndarray, light: Light, rng: Rng) -> None:
    """A room: wall, window or shelf, a picture, a lamp."""
    height, width = image.shape[:2]
    studio(image, light, rng)
    side = 0.02 if rng.random() < 0.5 else 0.62
    x0 = width * side
    if rng.random() < 0.5:
        x1 = width * (side + rng.uniform(0.28, 0.36))
        fill(image, [corners(x0, -9, x1, height * 0.62)], (0.93, 0.96, 1.0), (0.80, 0.88, 0.92), vertical=True)
        for x in np.linspace(x0, x1, 3):
            fill(image, [corners(x - 4, -9, x + 4, height * 0.62)], (0.72, 0.69, 0.64))
    else:
        x1 = width * (side + 0.36)
        for y in np.arange(0.12, 0.95, 0.24) * height:  # boards with books
            x = x0
            while x < x1:
                wide, book = rng.uniform(6, 16), tuple(rng.uniform(0.15, 0.75, 3))
                top = y - 0.18 * height * rng.uniform(0.6, 0.95)
                fill(image, [corners(x, top, x + wide, y)], book, scaled(book, 0.7))
                x += wide + 1
            fill(image, [corners(x0 - 4, y, x1 + 4, y + 6)], rgb("#6b4a32"))
    other = 0.72 - side
    frame = corners(width * other, height * 0.12, width * (other + 0.2), height * 0.36)
    fill(image, [frame], rgb("#3b322b"))
    inner = frame + np.array([(6, 6), (-6, 6), (-6, -6), (6, -6)])
    fill(image, [inner], tuple(rng.uniform(0.4, 0.95, 3)), tuple(rng.uniform(0.3, 0.9, 3)), vertical=True)


def park(image: np.ndarray, light: Light, rng: Rng) -> None:
    """Trees and a lawn with discs of light between the leaves."""
    height, width = image.shape[:2]
    low = height * rng.uniform(0.6, 0.8)
    draw_sky(image, light, low, rng)
    leaf = LEAF[rng.integers(len(LEAF))]
    for _ in range(70):
        x, y = rng.uniform(-0.1, 1.1) * width, rng.uniform(-0.1, 0.8) * low
        tone = scaled(leaf, rng.uniform(0.45, 1.25) * (0.7 + 0.3 * light.strength))
        radius = rng.uniform(0.05, 0.15) * width
        fill(image, [oval(x, y, radius, radius * 0.8, n=14)], tone, alpha=0.8)
    bokeh(image, 22, (1.0, 0.97, 0.8), (0, 0.75 * low), rng)
    grass = mix(rgb("#6f9a4c"), leaf, 0.3)
    fill(image, [corners(0, low, width, height)], scaled(grass, 1.05), scaled(grass, 0.7), vertical=True, blur=4)


def sea(image: np.ndarray, light: Light, rng: Rng) -> None:
    """Sky over water, and sand in front."""
    height, width = image.shape[:2]
    low, shore = height * rng.uniform(0.38, 0.55), height * rng.uniform(0.72, 0.9)
    draw_sky(image, light, low, rng)
    water = mix(rgb("#2f7fa8"), light.horizon, 0.3)
    fill(image, [corners(0, low, width, shore)], mix(water, light.haze, 0.5), water, vertical=True)
    fill(image, [corners(0, shore, width, height)], rgb("#e2cb9d"), rgb("#c9ab78"), vertical=True, blur=5)


def dusk_street(image: np.ndarray, light: Light, rng: Rng) -> None:
    """House fronts at night with lamps as discs of light."""
    height, width = image.shape[:2]
    image[:] = np.linspace(1, 0.4, height, dtype=np.float32)[:, None, None] * np.array(rgb("#2a3150"), np.float32)
    x = -10.0
    while x < width:
        wide, top = rng.uniform(0.14, 0.3) * width, rng.uniform(0.0, 0.45) * height
        front = mix(rgb("#3a3340"), rgb("#6b5348"), rng.random())
        fill(image, [corners(x, top, x + wide, height)], front, scaled(front, 0.6))
        x += wide
    for colour in ((1.0, 0.75, 0.4), (1.0, 0.9, 0.7), (0.9, 0.4, 0.4), (0.5, 0.7, 1.0)):
        bokeh(image, 9, colour, (0.1 * height, 0.9 * height), rng)


def street(image: np.ndarray, light: Light, rng: Rng) -> None:
    """Light house fronts by day, with rows of windows."""
    height, width = image.shape[:2]
    draw_sky(image, light, 0.5 * height, rng)
    x = -10.0
    while x < width:
        wide, top = rng.uniform(0.25, 0.45) * width, rng.uniform(0.0, 0.25) * height
        front = mix(WALLS[rng.integers(len(WALLS))], (0.8, 0.6, 0.45), rng.random() * 0.5)
        fill(image, [corners(x, top, x + wide, height)], front, scaled(front, 0.8))
        for y in np.arange(top + 0.08 * height, 0.9 * height, 0.2 * height):
            for left in np.linspace(x + 0.1 * wide, x + 0.7 * wide, 3):
                fill(image, [corners(left, y, left + 0.16 * wide, y + 0.11 * height)], rgb("#4a5561"))
        x += wide
    fill(image, [corners(0, 0.88 * height, width, height)], rgb("#8c8a86"), rgb("#6f6d6a"), vertical=True)


def bokeh(image: np.ndarray, count: int, colour: Colour, rows: tuple[float, float], rng: Rng) -> None:
    """Discs of light between two heights [px]."""
    for _ in range(count):
        radius = rng.uniform(0.012, 0.035) * image.shape[1]
        disc = oval(rng.uniform(0, image.shape[1]), rng.uniform(*rows), radius, radius, n=20)
        fill(image, [disc], colour, alpha=rng.uniform(0.25, 0.7), blur=0.8)


BACKDROPS = {"room": room, "park": park, "sea": sea, "street": street, "studio": studio, "dusk": dusk_street}
ODDS = (0.26, 0.24, 0.14, 0.14, 0.12, 0.10)
FAVOURITE = 0.75


def draw_backdrop(image: np.ndarray, light: Light, favourite: int, rng: Rng) -> None:
    """Fill the photo with a blurred backdrop, in place: the favourite, a number, in FAVOURITE of the photos."""
    any_one = str(rng.choice(list(BACKDROPS), p=ODDS))
    name = list(BACKDROPS)[favourite % len(BACKDROPS)] if rng.random() < FAVOURITE else any_one
    BACKDROPS[name](image, light, rng)
    image[:] = cv2.GaussianBlur(np.clip(image, 0, 1), (0, 0), rng.uniform(0.010, 0.020) * image.shape[1])
