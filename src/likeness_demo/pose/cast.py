"""Casting: who poses, and where in the photo, so that hands meet and everybody fits."""

from dataclasses import dataclass, replace

import numpy as np

from likeness.people.joints import INDEX
from likeness_demo.drawing.canvas import Rng
from likeness_demo.landmarks.shot import Shot
from likeness_demo.landmarks.sites import Site
from likeness_demo.people.figures import place
from likeness_demo.people.poses import POSES, Pose, jitter
from likeness_demo.people.wardrobe import Person, dress

TOUCHING = ("hold-up", "kiss")  # poses that seem to touch the landmark
CLOSE_UP = 0.08  # share of photos whose lower edge cuts the legs
# poses of two: the joints of the left and the right person that come together, and how far apart [statures]
MEETING = {"high-five": ("left_wrist", "right_wrist", 0.055), "back-to-back": ("neck", "neck", 0.19)}


@dataclass
class Actor:
    """One person in place: joints (18, 2) px."""

    pose: Pose
    person: Person
    joints: np.ndarray
    x: float
    ground: float
    stature: float


def cast(site: Site, pose: str, shot: Shot, rng: Rng) -> list[Actor]:
    """Put the posing people into the photo, whole, or cut at the legs in a close-up."""
    poses = [jitter(one, rng) for one in POSES[pose]]
    close = rng.random() < CLOSE_UP and poses[0].lift == 0 and not poses[0].seat
    stature = shot.height * (rng.uniform(0.52, 0.72) if shot.height < shot.width else rng.uniform(0.42, 0.58))
    ground = shot.height * rng.uniform(0.89, 0.975)
    if close:
        stature *= 1.25
        ground = shot.height + rng.uniform(0.10, 0.2) * stature
    x = shot.width * rng.uniform(0.22, 0.78)
    people = [dress(rng, shot.light.name) for _ in poses]
    people = [replace(who, skirt=who.skirt and not p.seat) for who, p in zip(people, poses, strict=True)]
    statures = [stature * (1.0 if k == 0 else rng.uniform(0.94, 1.06)) for k in range(len(poses))]
    for _ in range(3):  # shrink until everybody fits
        actors = [
            Actor(p, who, place(p, who, x, ground, s), x, ground, s)
            for p, who, s in zip(poses, people, statures, strict=True)
        ]
        if len(actors) > 1:  # hands that meet, or backs that touch
            left, right = actors
            one, other, apart = MEETING[pose]
            gap = left.joints[INDEX[one], 0] - right.joints[INDEX[other], 0] + apart * left.stature
            right.joints[:, 0] += gap
            right.x += gap
        everyone = np.concatenate([actor.joints for actor in actors])
        room_x, room_y = shot.width - 0.23 * stature, ground - 0.11 * stature
        ratio = min(room_x / np.ptp(everyone[:, 0]), room_y / max(ground - everyone[:, 1].min(), 1), 1.0)
        if ratio >= 1:
            break
        statures, stature = [s * ratio * 0.98 for s in statures], stature * ratio * 0.98
    margin = 0.11 * stature
    low, high = margin - everyone[:, 0].min(), shot.width - margin - everyone[:, 0].max()
    shift = float(np.clip(reach_shift(site, pose, shot, actors[0]), min(low, high), max(low, high)))
    for actor in actors:
        actor.joints[:, 0] += shift
        actor.x += shift
    return actors


def reach_shift(site: Site, pose: str, shot: Shot, actor: Actor) -> float:
    """Return how far [px] to move a person so that hands or lips seem to touch the landmark; 0 for other poses."""
    if pose not in TOUCHING:
        return 0.0
    wrist, nose = actor.joints[INDEX["left_wrist"], 0], actor.joints[INDEX["nose"], 0]
    touches = wrist + 0.05 * actor.stature if pose == "hold-up" else nose + 4
    return float(shot.x - site.edge * shot.scale * shot.squeeze - touches)
