"""One photo: a site in its light, passers-by, and the people who pose; with the truth about them."""

from dataclasses import dataclass

import numpy as np

from likeness.people.joints import INDEX
from likeness_demo.drawing.canvas import Colour, Rng, fill, rgb, scaled, seeded
from likeness_demo.drawing.light import Light, add_haze, develop, draw_sky, pick_light
from likeness_demo.drawing.solids import Layer, shadow
from likeness_demo.landmarks.shot import Shot, rect
from likeness_demo.landmarks.sites import BY_NAME, Site
from likeness_demo.people.figures import draw_person, place
from likeness_demo.people.poses import POSES, STANDING, faces_camera, jitter
from likeness_demo.people.wardrobe import dress
from likeness_demo.pose.cast import TOUCHING, Actor, cast

LONG, SHORT = 640, 480  # px


@dataclass(frozen=True)
class Photo:
    """A drawn photo. image: (h, w, 3) uint8; joints: (people, 18, 3) x, y [px], COCO visibility 0, 1 or 2;
    masks: (people, h, w) bool, what of each person is seen."""

    image: np.ndarray
    joints: np.ndarray
    masks: np.ndarray


def draw_photo(site: str, pose: str | None, seed: list[int]) -> Photo:
    """Draw one photo of people in `pose` (a key of POSES; None: nobody poses) at a site, from a seed."""
    rng, place = seeded(seed), BY_NAME[site]
    light = pick_light(rng)
    upright = rng.random() < (0.12 if pose and len(POSES[pose]) > 1 else 0.35)
    shot = frame(place, pose, light, (LONG, SHORT) if upright else (SHORT, LONG), rng)
    draw_sky(shot.image, light, shot.horizon, rng)
    place.draw(shot)
    actors = cast(place, pose, shot, rng) if pose else []
    slope = actors[0].stature / max(actors[0].ground - shot.horizon, 40) if actors else rng.uniform(1.1, 1.7)
    draw_passers_by(shot, place, slope, 0.36 if actors else 0.24, rng)
    add_haze(shot.image, light, shot.horizon, rng.uniform(0.06, 0.24), rng.uniform(0.35, 1.1))
    masks = draw_actors(shot, actors)
    joints = np.array([truth(actor, k, masks) for k, actor in enumerate(actors)]).reshape(-1, 18, 3)
    return Photo(develop(shot.image, light, rng), joints, masks)


def frame(site: Site, pose: str | None, light: Light, size: tuple[int, int], rng: Rng) -> Shot:
    """Choose where the camera stands: horizon, landmark's place and size, and how far round it is seen."""
    height, width = size
    horizon = height * rng.uniform(0.50, 0.62)
    scale = site.tall * SHORT * rng.uniform(0.85, 1.18) * (1.06 if height > width else 1.0)
    x = width * (rng.uniform(0.52, 0.74) if pose in TOUCHING else rng.uniform(0.30, 0.70))
    base = horizon + rng.uniform(8, 26)
    return Shot(np.zeros((*size, 3), np.float32), light, rng, horizon, base, x, scale, rng.uniform(0.88, 1.06))


def draw_passers_by(shot: Shot, site: Site, slope: float, tallest: float, rng: Rng) -> None:
    """Draw a few people behind: `slope` px of stature per px below the horizon, up to `tallest` of the height."""
    nearest = shot.base + 0.62 * (shot.height - shot.base)
    first = shot.base + site.walk * (shot.height - shot.base)
    grounds = sorted(first + (nearest - first) * rng.random(int(rng.integers(0, 7))) ** 1.8)
    for ground in grounds:
        stature = np.clip(slope * (ground - shot.horizon), 22, tallest * shot.height) * rng.uniform(0.88, 1.06)
        pose, who = jitter(STANDING[rng.integers(len(STANDING))], rng), dress(rng, shot.light.name)
        x = shot.width * rng.uniform(0.03, 0.97)
        shadow(shot.image, x, ground, stature, shot.light)
        draw_person(Layer(shot.image, shot.light), place(pose, who, x, ground, stature), pose, who, stature)


def draw_actors(shot: Shot, actors: list[Actor]) -> np.ndarray:
    """Draw the posing people with shadows and props; return what is seen of each, (people, h, w) bool."""
    masks = np.zeros((len(actors), shot.height, shot.width), bool)
    for actor in actors:
        middle = float(actor.joints[[INDEX["right_ankle"], INDEX["left_ankle"]], 0].mean())
        shadow(shot.image, middle, actor.ground, actor.stature, shot.light, actor.pose.lift)
        draw_props(shot, actor)
    for k, actor in enumerate(actors):
        cover = np.zeros((shot.height, shot.width), np.float32)
        draw_person(Layer(shot.image, shot.light, cover), actor.joints, actor.pose, actor.person, actor.stature)
        masks[:k] &= cover < 0.5
        masks[k] = cover >= 0.5
    return masks


def draw_props(shot: Shot, actor: Actor) -> None:
    """Draw the stone block somebody sits on, or the bollard somebody leans on."""
    stone = scaled(rgb("#b5ab9b"), shot.rng.uniform(0.8, 1.1))
    s = actor.stature
    if actor.pose.seat:
        hip = (actor.joints[INDEX["right_hip"]] + actor.joints[INDEX["left_hip"]]) / 2
        block(shot, hip[0] - 0.17 * s, hip[1] + 0.045 * s, hip[0] + 0.10 * s, actor.ground - 0.012 * s, stone)
    elif actor.pose.prop == "post":
        wrist = actor.joints[INDEX["left_wrist"]]
        block(shot, wrist[0] - 0.045 * s, wrist[1] + 0.035 * s, wrist[0] + 0.065 * s, actor.ground, stone)


def block(shot: Shot, x0: float, y0: float, x1: float, y1: float, colour: Colour) -> None:
    """Draw a block of stone [px] with a lit top."""
    side, deep = 0.35 * shot.light.strength * np.sign(shot.light.sun_x), 0.10 * (x1 - x0)
    left, right = scaled(colour, 0.72 - side * 0.4), scaled(colour, 0.72 + side * 0.4)
    fill(shot.image, [rect(x0 - deep, y1 - 3, x1 + deep, y1 + 5)], (0.05, 0.05, 0.08), alpha=0.45, blur=3)
    fill(shot.image, [rect(x0, y0, x1, y1)], left, right)
    fill(shot.image, [[(x0, y0), (x0 + deep, y0 - deep), (x1 - deep, y0 - deep), (x1, y0)]], scaled(colour, 1.12))


def truth(actor: Actor, number: int, masks: np.ndarray) -> np.ndarray:
    """Return joints (18, 3): x, y [px] and COCO visibility: 2 seen, 1 hidden behind somebody, 0 not in the photo."""
    height, width = masks.shape[1:]
    seen = faces_camera(actor.pose)
    rows = []
    for name, k in INDEX.items():
        x, y = actor.joints[k]
        if not (0 <= x < width and 0 <= y < height) or not seen.get(name, True):
            rows.append((0.0, 0.0, 0))
        else:
            hidden = masks[number + 1 :, int(y), int(x)].any()
            rows.append((x, y, 1 if hidden else 2))
    return np.array(rows)
