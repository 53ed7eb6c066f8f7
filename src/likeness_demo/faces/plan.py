"""The plan of the faces demo: who is painted by which workshop, before anything is drawn."""

from dataclasses import dataclass, replace

import numpy as np

from likeness_demo.faces.identities import costume, pick_sitters
from likeness_demo.faces.styles import STYLES, PaintStyle
from likeness_demo.people.face_shape import Looks

VIEWS = {
    "colosseum": "The Colosseum", "pisa": "The Leaning Tower", "taj-mahal": "A White Tomb",
    "brandenburg-gate": "A Gate with Columns", "half-dome": "A Valley with a Dome of Rock",
    "preikestolen": "A Cliff above a Fjord",
}  # fmt: skip
UPRIGHT = ((320, 256), (320, 264), (304, 256), (320, 272))  # (height, width) px
LEVEL = ((256, 320), (264, 320), (248, 304))
NUMBERS = {2: "Two", 3: "Three"}
LEAST_SITTERS = 3  # groups of three need three
TURNS = (0, 0, 1, 2)  # styles of a sitter's portraits, counted from the sitter's own
COPIES = ("exact-duplicate", *("near-duplicate",) * 6)
HATS = {"turban": "a Turban", "beret": "a Beret", "broad": "a Plumed Hat", "veil": "a Veil"}


@dataclass(frozen=True)
class Work:
    """One object of the demo's museum. kind: portrait | group | landscape | sculpture | print."""

    objectid: int
    kind: str
    style: int  # row of STYLES
    sitters: tuple[int, ...]
    looks: tuple[Looks, ...]  # of the sitters, as they are painted here
    robes: tuple[str, ...]  # names of the style's robes, one a sitter
    place: str  # of a landscape
    size: tuple[int, int]  # (height, width) px
    title: str
    years: tuple[int, int]
    medium: str
    seed: tuple[int, ...]
    plant: str = ""  # which trouble is planted here
    of: int = 0  # objectid of a copy's original

    @property
    def image(self) -> str:
        return f"{self.objectid}.jpg"

    @property
    def manner(self) -> PaintStyle:
        return STYLES[self.style]


def check_plan(identities: int, styles: int, groups: int, landscapes: int, characters: int) -> None:
    """Raise ValueError where the demo cannot be drawn with these numbers."""
    if not 2 <= styles <= len(STYLES):
        raise ValueError(f"styles {styles}: give 2 to {len(STYLES)}")
    if identities < LEAST_SITTERS:
        raise ValueError(f"identities {identities}: give at least {LEAST_SITTERS}")
    for name, number in (("groups", groups), ("landscapes", landscapes), ("characters", characters)):
        if number < 0:
            raise ValueError(f"{name} {number}: give at least 0")


def plan_works(identities: int, styles: int, groups: int, landscapes: int, seed: int) -> list[Work]:
    """Return the works in the order of their object ids, those with planted troubles among them.

    Each sitter is painted twice in one style, the sitter's own workshop, and once in each of two others (one, of two
    styles), so that a likeness and a manner can be had together; the styles take turns. In every picture the sitter
    has other clothes, hair and colours. Groups show two or three sitters. Two views more than `landscapes` carry the
    damaged and the missing file.
    """
    people = pick_sitters(identities, seed)
    rng = np.random.default_rng([seed, 42])
    jobs: list[tuple[str, int, tuple[int, ...], str]] = []  # kind, style, sitters or the view's number, plant
    for sitter in range(identities):
        jobs += [("portrait", (sitter + step) % styles, (sitter,), "") for step in TURNS if step < styles]
    for group in range(groups):
        count = 2 + group % 2
        jobs.append(("group", group % styles, tuple(map(int, rng.permutation(identities)[:count])), ""))
    views = [""] * landscapes + ["truncated", "missing-image"]
    jobs += [("landscape", k % styles, (k,), plant) for k, plant in enumerate(views)]
    for kind in ("sculpture", "print"):
        jobs += [(kind, int(rng.integers(styles)), (int(k),), "no-painted-surface")
                 for k in rng.permutation(identities)[:2]]  # fmt: skip
    works = [make_work(number, *jobs[row], people, seed, rng) for number, row in enumerate(rng.permutation(len(jobs)))]
    return works + copies(works, rng)


def make_work(number: int, kind: str, style: int, sitters: tuple[int, ...], plant: str, people: list[Looks], seed: int,
              rng: np.random.Generator) -> Work:  # fmt: skip
    """Return one work with its size, title, date and medium."""
    manner = STYLES[style]
    sizes = UPRIGHT if kind in ("portrait", "sculpture", "print") else LEVEL
    place = list(VIEWS)[sitters[0] % len(VIEWS)] if kind == "landscape" else ""
    sitters = () if place else sitters
    looks = tuple(costume(people[k], rng) for k in sitters)
    robes = tuple(list(manner.robes)[rng.integers(len(manner.robes))] for _ in sitters)
    first = int(rng.integers(manner.years[0], manner.years[1] - 4))
    media = {"sculpture": ("marble",), "print": ("etching on laid paper", "etching")}.get(kind, manner.media)
    return Work(
        objectid=1001 + 3 * number,
        kind=kind,
        style=style,
        sitters=sitters,
        looks=looks,
        robes=robes,
        place=place,
        size=sizes[rng.integers(len(sizes))],
        title=title_of(kind, looks, robes, place, rng),
        years=(first, first + int(rng.choice([0, 0, 1, 4]))),
        medium=media[rng.integers(len(media))],
        seed=(seed, 43, number),
        plant=plant,
    )


def copies(works: list[Work], rng: np.random.Generator) -> list[Work]:
    """Return an exact copy and re-encoded copies, objects of their own, of works without a trouble."""
    sound = [work for work in works if work.kind in ("portrait", "group") and not work.plant]
    last, chosen = works[-1].objectid, rng.permutation(len(sound))
    return [replace(sound[row], objectid=last + 3 * number, plant=plant, of=sound[row].objectid)
            for number, (plant, row) in enumerate(zip(COPIES, chosen, strict=False), start=1)]  # fmt: skip


def title_of(
    kind: str, sitters: tuple[Looks, ...], robes: tuple[str, ...], place: str, rng: np.random.Generator
) -> str:
    """Return a museum's title for what a work shows."""
    if kind == "landscape":
        return f"{VIEWS[place]}{rng.choice(['', ' at Evening', ' from Afar', ' after Rain'])}"
    nouns = ["Woman" if looks.soft else "Man" for looks in sitters]
    if kind == "sculpture":
        return f"Bust of a {nouns[0]}"
    if kind == "print":
        return f"Head of a {nouns[0]}"
    if kind == "group":
        alike = {"Woman": "Women", "Man": "Men"}.get(nouns[0]) if len(set(nouns)) == 1 else "Figures"
        return f"{NUMBERS[len(sitters)]} {alike} in {' and '.join(dict.fromkeys(robes))}"
    hat = sitters[0].person.hat
    if hat and rng.random() < 0.4:
        return f"Portrait of a {nouns[0]} with {HATS[hat]}"
    return f"Portrait of a {nouns[0]} in {robes[0]}"
