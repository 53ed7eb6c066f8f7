"""The shape of a drawn face: where the camera sees it, its outline, its relief, and how light falls on it.

Head units: u across (1 is half the head's width), v down from the point between the eyes; the crown lies near
v = -1.45, the chin near v = 1.4. Proportions follow the artist's rule that the eyes lie halfway down the head.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from likeness_demo.drawing.canvas import Colour, Rng, bump, rgb, step
from likeness_demo.drawing.light import Light
from likeness_demo.people.wardrobe import Person, dress

OUTLINE = ((-1.46, 0.0), (-1.38, 0.42), (-1.2, 0.70), (-0.9, 0.88), (-0.45, 0.98), (0.05, 1.0), (0.5, 0.93),
           (0.85, 0.78), (1.1, 0.60), (1.27, 0.38), (1.36, 0.18), (1.4, 0.0))  # fmt: skip
EYE = 0.42  # u of the pupils
NOSE, MOUTH = 0.55, 0.90  # v of the nose's tip and of the mouth
Spreads = dict[str, tuple[float, float, float, float, float]]
SPREADS: Spreads = {  # mean of soft faces, of others, SD, least, most; drawn in this order
    "jaw": (0.94, 1.03, 0.035, -np.inf, np.inf),
    "nose": (0.94, 1.06, 0.08, 0.8, 1.25),
    "eyes": (1.1, 1.0, 0.05, 0.9, 1.2),
    "lips": (1.12, 0.9, 0.12, 0.7, 1.35),
    "brows": (0.85, 1.2, 0.12, 0.6, 1.5),
    "length": (0.99, 1.01, 0.03, 0.92, 1.08),
    "forehead": (1.0, 1.0, 0.02, 0.95, 1.05),
    "chin": (0.95, 1.05, 0.08, 0.8, 1.25),
    "spacing": (1.0, 1.0, 0.03, 0.93, 1.07),
    "drop": (1.0, 1.0, 0.05, 0.9, 1.1),
    "mouth": (1.0, 1.0, 0.06, 0.85, 1.15),
    "arch": (1.1, 0.95, 0.15, 0.6, 1.5),
    "slant": (1.1, 1.0, 0.25, 0.4, 1.7),
    "ears": (0.95, 1.0, 0.08, 0.8, 1.2),
    "lines": (0.05, 0.1, 0.1, 0.0, 0.4),
    "freckles": (0.0, 0.0, 0.15, 0.0, 0.5),
}
IRISES = tuple(map(rgb, ("#3b2415", "#54361d", "#6b4a2a", "#5b6b3c", "#4f7a94", "#6c8fa6")))


@dataclass(frozen=True)
class Looks:
    """What one person looks like on every photo. Numbers are factors on the usual size."""

    person: Person
    soft: bool  # fuller lips, finer brows, darker lashes
    jaw: float
    nose: float
    eyes: float
    lips: float
    brows: float
    length: float  # from the eyes to the chin
    forehead: float  # width above the eyes
    chin: float  # width
    spacing: float  # of the eyes
    drop: float  # from the eyes to the tip of the nose
    mouth: float  # width
    arch: float  # of the brows
    slant: float  # how far the outer corners of eyes and brows lie above the inner ones
    ears: float
    lines: float  # how deep forehead, cheeks and lids are furrowed, [0, 1]
    freckles: float  # how much they show, [0, 1]
    iris: Colour
    part: float  # where the hair parts, in head units
    fringe: float  # how far the hair falls over the forehead, in head units


@dataclass(frozen=True)
class Mood:
    """What changes from photo to photo. smile: 0 none .. 1; teeth: they show; gaze: u of the irises."""

    smile: float
    teeth: bool
    gaze: float


@dataclass(frozen=True)
class HeadFrame:
    """Where the camera sees a head: px of the point between the eyes and of half a head's width; angles in radians."""

    x: float
    y: float
    unit: float
    roll: float = 0.0
    yaw: float = 0.0

    def at(self, points: list | np.ndarray) -> np.ndarray:
        """Return head points (n, 2) as px."""
        p = np.asarray(points, np.float32).reshape(-1, 2) * np.float32(self.unit)
        cos, sin = np.float32(np.cos(self.roll)), np.float32(np.sin(self.roll))
        return np.stack([self.x + p[:, 0] * cos - p[:, 1] * sin, self.y + p[:, 0] * sin + p[:, 1] * cos], axis=1)

    def coords(self, box: tuple[int, int, int, int]) -> tuple[np.ndarray, np.ndarray]:
        """Return u, v (h, w) of the pixels of a box."""
        dx = (np.arange(box[0], box[2], dtype=np.float32)[None] + 0.5 - np.float32(self.x)) / np.float32(self.unit)
        dy = (np.arange(box[1], box[3], dtype=np.float32)[:, None] + 0.5 - np.float32(self.y)) / np.float32(self.unit)
        cos, sin = np.float32(np.cos(self.roll)), np.float32(np.sin(self.roll))
        return dx * cos + dy * sin, dy * cos - dx * sin


def pick_looks(rng: Rng) -> Looks:
    """Draw one person's face, hair and clothes."""
    person = dress(rng)
    soft = person.style in ("long", "bun") or (person.style == "curly" and rng.random() < 0.5 and not person.beard)
    dark = person.skin[0] < 0.85
    return draw_looks(person, soft, dark, SPREADS, rng)


def draw_looks(person: Person, soft: bool, dark: bool, spreads: Spreads, rng: Rng) -> Looks:
    """Draw the face of a person. dark: brown eyes only; spreads: of its parts, see SPREADS."""
    sizes = {
        part: float(np.clip(rng.normal(mean if soft else other, sd), low, high))
        for part, (mean, other, sd, low, high) in spreads.items()
    }
    iris = IRISES[rng.integers(3 if dark else len(IRISES))]
    part = float(rng.uniform(-0.5, 0.5))
    fringe = float(rng.choice([0.05, 0.18, 0.42], p=[0.4, 0.35, 0.25]))
    return Looks(person=person, soft=soft, **sizes, iris=iris, part=part, fringe=fringe)


def pick_mood(rng: Rng, mean: float, sd: float, shown: float, odds: float) -> Mood:
    """Draw an expression: a smile's mean and SD, and the odds that one above `shown` shows teeth."""
    smile = float(np.clip(rng.normal(mean, sd), 0, 1))
    return Mood(smile=smile, teeth=bool(smile > shown and rng.random() < odds), gaze=float(rng.normal(0, 0.012)))


def half_width(v: np.ndarray, looks: Looks) -> np.ndarray:
    """Return the half width of the head at heights v; the jaw's and the chin's factors act below the eyes."""
    high, wide = np.array(OUTLINE).T
    wide = wide * (1 + (looks.jaw - 1) * np.clip(high / 0.8, 0, 1))
    wide = wide * (1 + (looks.chin - 1) * np.clip((high - 0.8) / 0.4, 0, 1))
    wide = wide * (1 + (looks.forehead - 1) * np.clip((-0.1 - high) / 0.6, 0, 1))
    high = np.where(high > 0, high * looks.length, high)
    return PchipInterpolator(high, wide)(np.clip(v, high[0], high[-1])).astype(np.float32)


def usual(u: np.ndarray, v: np.ndarray, looks: Looks) -> tuple[np.ndarray, np.ndarray]:
    """Return where on a face of the usual proportions the spots u, v of a person's face lie, seen from the front.

    Eyes, nose and mouth are drawn on the usual face; this map moves and stretches them to the person's own places, and
    leaves the head's edge where it is.
    """
    usual_v = (OUTLINE[0][0], 0.0, NOSE, MOUTH, OUTLINE[-1][0])
    nose = NOSE * looks.drop * looks.length
    chin = OUTLINE[-1][0] * looks.length
    lips = nose + (chin - nose) * (MOUTH - NOSE) / (OUTLINE[-1][0] - NOSE)
    own_v = PchipInterpolator((OUTLINE[0][0], 0.0, nose, lips, chin), usual_v)
    high = own_v(np.clip(v, OUTLINE[0][0], chin)).astype(np.float32)
    inner = np.exp(-((u / 0.8) ** 4))
    eyes, mouth = np.exp(-((high / 0.33) ** 4)), np.exp(-(((high - MOUTH) / 0.22) ** 4))
    stretch = (1 / looks.spacing - 1) * eyes + (1 / looks.mouth - 1) * mouth
    across = u * (1 + stretch * inner)
    return across, high + np.float32(0.1 * (looks.slant - 1)) * (np.abs(across) - EYE) * eyes * 2.5


def outline(looks: Looks) -> np.ndarray:
    """Return the head's outline (n, 2) in head units."""
    v = -0.03 + 1.43 * np.sin(np.linspace(-np.pi / 2, np.pi / 2, 40))
    v = np.where(v > 0, v * looks.length, v)
    half = half_width(v, looks)
    return np.concatenate([np.stack([half, v], 1), np.stack([-half, v], 1)[::-1]])


def turned(u: np.ndarray, v: np.ndarray, looks: Looks, yaw: float) -> np.ndarray:
    """Return where on the face, seen from the front, the camera looks at (u, v): the head as a turned cylinder."""
    line = np.linspace(OUTLINE[0][0], OUTLINE[-1][0] * looks.length, 256)
    half = np.maximum(np.interp(v, line, half_width(line, looks)), 0.05).astype(np.float32)
    angle = np.arcsin(np.clip(u / half, -1, 1))
    return half * np.sin(np.clip(angle - np.float32(yaw), -np.pi / 2, np.pi / 2))


def relief(u: np.ndarray, v: np.ndarray, looks: Looks, mood: Mood, yaw: float) -> np.ndarray:
    """Return the height of the face towards the camera at the frontal coordinates u, v, in head units."""
    side = np.abs(u)
    base = 0.92 * np.sqrt(np.clip(1 - (u / 1.04) ** 2, 0.0, 1)) * np.sqrt(np.clip(1 - ((v + 0.03) / 1.6) ** 2, 0.05, 1))
    nose_u = u - np.float32(0.26 * np.sin(yaw)) * step(v, -0.25, 0.5)
    wing = np.abs(nose_u)
    wide = looks.nose
    ridge = np.exp(-((nose_u / (0.13 * wide)) ** 2)) * (0.07 + 0.22 * step(v, -0.2, 0.52))
    nose = ridge * step(v, -0.32, -0.05) * (1 - step(v, 0.5, 0.66))
    nose = nose + 0.13 * bump(nose_u, v, (0, 0.49), (0.16 * wide, 0.13))
    nose = nose + 0.10 * bump(wing, v, (0.20 * wide, 0.54), (0.09, 0.085))
    lip = v - MOUTH + 0.1 * mood.smile * (u / 0.38) ** 2
    mouth = np.exp(-((u / 0.34) ** 4)) * (
        0.05 * np.exp(-(((lip + 0.06) / 0.06) ** 2)) + 0.07 * np.exp(-(((lip - 0.09) / 0.07) ** 2))
        - 0.05 * np.exp(-(((lip - 0.23) / 0.07) ** 2))
    )  # fmt: skip
    fold = (0.02 + 0.05 * mood.smile + 0.06 * looks.lines) * np.exp(-(((side - 0.30 - 0.38 * (v - 0.5)) / 0.055) ** 2))
    fold = fold * step(v, 0.45, 0.6) * (1 - step(v, 0.85, 1.0))
    return (
        base + nose + mouth - fold
        + 0.05 * np.exp(-(((v + 0.26) / 0.11) ** 2) - (u / 0.75) ** 4) * (0.7 if looks.soft else 1.25)
        - 0.15 * bump(side, v, (0.40, 0.0), (0.23, 0.15))
        + 0.07 * bump(side, v, (EYE, 0.02), (0.15, 0.10))
        + (0.06 + 0.04 * mood.smile) * bump(side, v, (0.54, 0.40), (0.24, 0.2))
        - 0.05 * bump(side, v, (0.72, 0.78), (0.18, 0.28))
        + 0.07 * bump(u, v, (0, 1.2), (0.24, 0.13))
    )  # fmt: skip


def lighting(height: np.ndarray, unit: float, light: Light) -> np.ndarray:
    """Return how bright (h, w) a relief [head units, `unit` px each] is lit; 1 is the skin's own colour."""
    dy, dx = np.gradient(height * np.float32(unit))
    norm = 1 / np.sqrt(dx * dx + dy * dy + 1)
    nx, ny, nz = -dx * norm, -dy * norm, norm
    lx, ly, lz = 0.55 * light.sun_x, -0.42, 0.72
    key = np.clip((nx * lx + ny * ly + nz * lz + 0.25) / 1.25, 0, 1)
    front = np.clip(nz, 0, 1)
    return 0.42 + (0.30 + 0.28 * light.strength) * key + (0.34 - 0.2 * light.strength) * front + 0.07 * (0.5 - 0.5 * ny)
