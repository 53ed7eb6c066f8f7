"""The sitters of the faces demo: invented people who are told apart by the forms of their faces alone."""

from dataclasses import replace

import numpy as np

from likeness_demo.drawing.canvas import Rng, mix, rgb, scaled
from likeness_demo.people.face_shape import IRISES, Looks, Spreads, draw_looks, pick_looks

SKINS = tuple(map(rgb, ("#edbe9d", "#e3a882", "#d59a6a", "#b97f52", "#94603a", "#7d5133")))
HAIRS = tuple(map(rgb, (
    "#15110f", "#3a2417", "#6b3f20", "#a8702f", "#e2c47c", "#b04a1c", "#8f8a84", "#ece8e0",
)))  # fmt: skip
CUTS = {
    True: {"long": 0.5, "bun": 0.25, "curly": 0.25},
    False: {"short": 0.65, "curly": 0.2, "bald": 0.15},
}  # soft: odds
HATS = {"": 0.70, "turban": 0.08, "beret": 0.08, "broad": 0.07, "veil": 0.07}
HAT_COLOURS = tuple(map(rgb, (
    "#a8231f", "#e9e2d0", "#1f3f7a", "#1f6b52", "#d9a021", "#5b2d6b", "#2a2523", "#d56a2a",
)))  # fmt: skip
SPREADS: Spreads = {  # as face_shape.SPREADS, but wider
    "jaw": (0.98, 1.02, 0.18, 0.74, 1.25),
    "nose": (1.0, 1.05, 0.35, 0.55, 1.6),
    "eyes": (1.12, 1.08, 0.26, 0.74, 1.6),
    "lips": (1.1, 1.0, 0.5, 0.4, 2.2),
    "brows": (1.0, 1.2, 0.55, 0.4, 2.1),
    "length": (1.0, 1.0, 0.12, 0.86, 1.2),
    "forehead": (1.0, 1.0, 0.09, 0.84, 1.12),
    "chin": (0.95, 1.05, 0.35, 0.55, 1.5),
    "spacing": (1.0, 1.0, 0.12, 0.8, 1.2),
    "drop": (1.0, 1.0, 0.14, 0.76, 1.2),
    "mouth": (1.0, 1.0, 0.26, 0.62, 1.5),
    "arch": (0.9, 0.7, 0.8, -0.6, 1.6),
    "slant": (0.6, 0.6, 1.4, -1.5, 1.9),
    "ears": (1.0, 1.05, 0.3, 0.6, 1.7),
    "lines": (0.4, 0.4, 0.6, 0.0, 1.0),
    "freckles": (0.3, 0.3, 0.7, 0.0, 1.0),
}
CHOICE = 16  # candidates for each sitter


def pick_sitters(count: int, seed: int) -> list[Looks]:
    """Return `count` invented people whose faces have different forms; what they wear is drawn anew by `costume`.

    Of many candidates the one that is farthest from all chosen so far comes next (farthest-first traversal; Gonzalez,
    1985), so the first sitters of a larger demo are those of a smaller one only by chance.
    """
    rng = np.random.default_rng([seed, 41])
    candidates = [pick_sitter(rng) for _ in range(CHOICE * count)]
    points = np.array([features(looks) for looks in candidates])
    chosen = [0]
    distance = np.linalg.norm(points - points[0], axis=1)
    while len(chosen) < count:
        chosen.append(int(distance.argmax()))
        distance = np.minimum(distance, np.linalg.norm(points - points[chosen[-1]], axis=1))
    return [candidates[row] for row in rng.permutation(chosen)]  # the first choices are the extremes


def pick_sitter(rng: Rng) -> Looks:
    """Draw one candidate in a first costume: proportions spread wider than in the likability demo."""
    return costume(draw_looks(pick_looks(rng).person, bool(rng.random() < 0.5), False, SPREADS, rng), rng)


def features(looks: Looks) -> np.ndarray:
    """Return what a sitter is known by, (n,): every proportion in SDs from the usual, and twice whether soft."""
    shape = [(getattr(looks, part) - 0.5 * (soft + other)) / sd for part, (soft, other, sd, _, _) in SPREADS.items()]
    return np.array([*shape, 2.0 * looks.soft])


def costume(looks: Looks, rng: Rng) -> Looks:
    """Return a sitter as one painter saw fit: flesh and hair of another pigment, another cut, headwear, beard, glasses.

    The face keeps its form. `person.hat` is "" or one of turban, beret, broad (a wide brim) and veil.
    """
    skin = int(rng.integers(len(SKINS)))
    hair = int(rng.choice([0, 0, 1, 6, 7])) if skin >= 4 else int(rng.integers(len(HAIRS)))
    cuts = CUTS[looks.soft]
    cut = str(rng.choice(list(cuts), p=list(cuts.values())))
    hat = str(rng.choice(list(HATS), p=list(HATS.values())))
    if hat == "veil" and not looks.soft:
        hat = "beret"
    if hat and cut in ("curly", "bun"):  # would stick out above the hat
        cut = "long" if looks.soft else "short"
    person = replace(
        looks.person,
        skin=mix(SKINS[skin], scaled(SKINS[skin], 1.06), rng.uniform()),
        hair=HAIRS[hair],
        style=cut,
        hat=hat,
        hat_colour=HAT_COLOURS[rng.integers(len(HAT_COLOURS))],
        pattern="plain",
        sleeves=1.0,
        width=float(np.clip(rng.normal(0.92 if looks.soft else 1.04, 0.1), 0.75, 1.3)),
        glasses="clear" if rng.random() < 0.04 else "",
        beard=bool(not looks.soft and rng.random() < 0.08),
    )
    iris = IRISES[rng.integers(3 if skin >= 3 else len(IRISES))]
    part, fringe = float(rng.uniform(-0.5, 0.5)), float(rng.choice([0.05, 0.18, 0.42], p=[0.4, 0.35, 0.25]))
    return replace(looks, person=person, iris=iris, part=part, fringe=fringe)
