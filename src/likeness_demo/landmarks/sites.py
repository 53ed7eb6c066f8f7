"""The 14 sites of the original study: how each is drawn and framed, and the poses that people strike there."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from likeness_demo.drawing.canvas import Rng
from likeness_demo.drawing.light import Light, add_haze, draw_sky
from likeness_demo.landmarks import palaces, rocks, signs, statues, stone, towers
from likeness_demo.landmarks.shot import Shot


@dataclass(frozen=True)
class Site:
    """One site. tall: the landmark's usual height as a share of the photo's shorter side."""

    name: str
    title: str
    draw: Callable[[Shot], None]
    tall: float
    edge: float  # its half width where people pretend to touch it, in site units
    walk: float  # nearest share of the ground, from the landmark (0) to the camera (1), where passers-by may stand


SITES = (
    Site("big-ben", "Big Ben", towers.big_ben, 0.50, 0.10, 0.30),
    Site("sphinx", "Great Sphinx of Giza", statues.sphinx, 0.46, 0.40, 0.12),
    Site("colosseum", "Colosseum", stone.colosseum, 0.40, 0.80, 0.12),
    Site("pisa", "Leaning Tower of Pisa", towers.pisa, 0.55, 0.10, 0.12),
    Site("taj-mahal", "Taj Mahal", palaces.taj, 0.46, 0.47, 0.62),
    Site("cristo", "Cristo Redentor", statues.cristo, 0.50, 0.45, 0.42),
    Site("preikestolen", "Preikestolen", rocks.preikestolen, 0.36, 0.05, 0.45),
    Site("louvre", "Louvre", palaces.louvre, 0.50, 0.40, 0.15),
    Site("brandenburg-gate", "Brandenburg Gate", stone.brandenburg, 0.37, 0.62, 0.10),
    Site("oktoberfest", "Oktoberfest", signs.oktoberfest, 0.46, 0.30, 0.10),
    Site("eiffel-tower", "Eiffel Tower", towers.eiffel, 0.58, 0.14, 0.10),
    Site("las-vegas-sign", "Las Vegas sign", signs.vegas, 0.48, 0.60, 0.35),
    Site("half-dome", "Half Dome", rocks.half_dome, 0.46, 0.45, 0.12),
    Site("beverly-hills-park", "Beverly Hills park", signs.beverly, 0.42, 0.65, 0.50),
)
BY_NAME = {site.name: site for site in SITES}
POSES_AT = {  # the more popular come first; a smaller corpus has only those
    "big-ben": ("jump", "arms-wide", "point", "high-five", "lean", "flex"),
    "sphinx": ("kiss", "jump", "sit", "arms-wide", "hands-up", "point"),
    "colosseum": ("flex", "jump", "arms-wide", "back-to-back", "sit", "star"),
    "pisa": ("hold-up", "kiss", "flex", "jump", "lean", "point"),
    "taj-mahal": ("sit", "point", "hands-up", "high-five", "star", "kiss"),
    "cristo": ("arms-wide", "hands-up", "point", "star", "back-to-back", "jump"),
    "preikestolen": ("star", "sit", "hands-up", "lean", "jump", "arms-wide"),
    "louvre": ("hold-up", "point", "star", "lean", "high-five", "sit"),
    "brandenburg-gate": ("flex", "high-five", "hands-up", "back-to-back", "hold-up", "star"),
    "oktoberfest": ("high-five", "flex", "lean", "kiss", "hands-up", "back-to-back"),
    "eiffel-tower": ("kiss", "hold-up", "jump", "back-to-back", "point", "hands-up"),
    "las-vegas-sign": ("back-to-back", "lean", "star", "flex", "high-five", "jump"),
    "half-dome": ("sit", "arms-wide", "back-to-back", "hold-up", "hands-up", "star"),
    "beverly-hills-park": ("lean", "kiss", "hold-up", "sit", "point", "arms-wide"),
}
PLACES = tuple(site.name for site in SITES if site.name != "sphinx")  # that one has a face


def draw_place(image: np.ndarray, place: str, light: Light, rng: Rng) -> None:
    """Draw a landmark under its sky, nobody in front of it."""
    site = BY_NAME[place]
    height, width = image.shape[:2]
    horizon = height * rng.uniform(0.52, 0.66)
    scale = site.tall * width * rng.uniform(0.85, 1.2)
    base = horizon + height * rng.uniform(0.02, 0.06)
    shot = Shot(image, light, rng, horizon, base, width * rng.uniform(0.36, 0.64), scale, rng.uniform(0.88, 1.06))
    draw_sky(image, light, horizon, rng)
    site.draw(shot)
    add_haze(image, light, horizon, rng.uniform(0.05, 0.2), rng.uniform(0.3, 0.7))
