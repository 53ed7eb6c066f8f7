"""The sitters of the faces demo: invented people who are told apart by more than one feature."""

from dataclasses import replace

import numpy as np

from likeness_demo.drawing.canvas import Rng, mix, rgb, scaled
from likeness_demo.people.face_shape import Looks, Spreads, draw_looks, pick_looks

SKINS = tuple(map(rgb, ("#f3d3bd", "#edbe9d", "#e3a882", "#d59a6a", "#b97f52", "#94603a", "#704629", "#533322")))
HAIRS = tuple(map(rgb, (
    "#15110f", "#3a2417", "#6b3f20", "#a8702f", "#e2c47c", "#b04a1c", "#8f8a84", "#ece8e0",
)))  # fmt: skip
CUTS = {"short": 0.34, "long": 0.30, "bun": 0.12, "curly": 0.16, "bald": 0.08}
HATS = {"": 0.50, "turban": 0.13, "beret": 0.13, "broad": 0.12, "veil": 0.12}
HAT_COLOURS = tuple(map(rgb, (
    "#a8231f", "#e9e2d0", "#1f3f7a", "#1f6b52", "#d9a021", "#5b2d6b", "#2a2523", "#d56a2a",
)))  # fmt: skip
SPREADS: Spreads = {  # as face_shape.SPREADS, but wider
    "jaw": (0.92, 1.04, 0.06, -np.inf, np.inf),
    "nose": (0.92, 1.1, 0.14, 0.7, 1.4),
    "eyes": (1.1, 1.0, 0.09, 0.85, 1.28),
    "lips": (1.12, 0.9, 0.16, 0.65, 1.45),
    "brows": (0.85, 1.25, 0.2, 0.55, 1.7),
}
CHOICE = 16  # candidates for each sitter


def pick_sitters(count: int, seed: int) -> list[Looks]:
    """Return `count` invented people who look different from one another.

    Of many candidates the one that is farthest from all chosen so far comes next (farthest-first traversal; Gonzalez,
    1985), so the first sitters of a larger demo are those of a smaller one only by chance. `person.hat` is "" or one of
    turban, beret, broad (a wide brim) and veil.
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
    """Draw one candidate: wider proportions than in the likability demo, and a painter's headwear."""
    usual = pick_looks(rng)
    skin = int(rng.integers(len(SKINS)))
    hair = int(rng.choice([0, 0, 1, 6, 7])) if skin >= 5 else int(rng.integers(len(HAIRS)))
    cut = str(rng.choice(list(CUTS), p=list(CUTS.values())))
    soft = cut in ("long", "bun") or (cut == "curly" and rng.random() < 0.5)
    hat = str(rng.choice(list(HATS), p=list(HATS.values())))
    if hat == "veil" and not soft:
        hat = "beret"
    if hat and cut in ("curly", "bun"):  # would stick out above the hat
        cut = "long" if soft else "short"
    person = replace(
        usual.person,
        skin=mix(SKINS[skin], scaled(SKINS[skin], 1.06), rng.uniform()),
        hair=HAIRS[hair],
        style=cut,
        hat=hat,
        hat_colour=HAT_COLOURS[rng.integers(len(HAT_COLOURS))],
        pattern="plain",
        sleeves=1.0,
        width=float(np.clip(rng.normal(0.92 if soft else 1.04, 0.1), 0.75, 1.3)),
        glasses="clear" if rng.random() < 0.16 else "",
        beard=bool(not soft and rng.random() < 0.45),
    )
    return draw_looks(person, soft, skin >= 4, SPREADS, rng)


def features(looks: Looks) -> np.ndarray:
    """Return what tells people apart at a glance, (n,): colours count most, then cut, headwear, beard and glasses."""
    person = looks.person
    hair = person.skin if person.style == "bald" else person.hair
    hat = np.array(person.hat_colour) if person.hat else np.array(hair)  # what is seen above the forehead
    kinds = [0.5 * (person.style == cut) for cut in CUTS] + [0.5 * (person.hat == kind) for kind in HATS]
    marks = [0.45 * person.beard, 0.4 * bool(person.glasses), 0.35 * looks.soft]
    shape = [looks.jaw - 1, looks.nose - 1, looks.eyes - 1, 0.6 * (looks.lips - 1), 0.6 * (looks.brows - 1)]
    return np.concatenate([2.2 * np.array(person.skin), 1.2 * np.array(hair), 1.0 * hat, kinds, marks, shape])
