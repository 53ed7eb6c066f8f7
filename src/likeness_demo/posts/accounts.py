"""The accounts of the likability demo: what somebody posts, when, with which words, and how their pictures look.

Habits are told apart at a glance, so whoever has seen an account's posts knows its next ones again. What an account's
posts earn beyond their formula (`likes`: `user_sd`) is drawn apart from all this and from its followers: it can be
learnt of accounts that were seen, and of no others.
"""

from dataclasses import dataclass

import numpy as np

from likeness_demo.drawing.canvas import Colour, Rng, as_bytes, corners, fill, grid

HOURS = np.array([1, 1, 1, 1, 1, 1, 2, 4, 5, 5, 5, 5, 6, 6, 5, 5, 6, 7, 8, 8, 8, 7, 5, 3], float)  # odds of each hour
KINDS = {"close-up": 0.31, "half-length": 0.31, "scenic": 0.13, "dull": 0.10, "meme": 0.15}
TASTE = 5.0  # the smaller, the more an account keeps to one kind
BORDERS = {"": 0.5, "white": 0.2, "black": 0.12, "bars": 0.1, "card": 0.08}


@dataclass(frozen=True)
class Account:
    """One account's habits. Shares and odds lie in [0, 1]."""

    taste: dict[str, float]  # weight of each of KINDS
    hour: float  # the middle of its posting hours
    weekday: int  # the day it likes to post on, 0 is Monday
    since: float  # the middle of its active time, share of the collection's span
    tags: float  # hashtags on a post
    talk: float  # sentences in a caption
    voice: int  # the first of its openings and tags
    mentions: float  # odds that a post mentions somebody
    placed: float  # odds that a post names a place
    ads: float  # odds that a post is an advertisement
    tint: Colour  # gain of its filter, per channel
    saturation: float
    contrast: float
    fade: float  # how far black is lifted
    vignette: float
    border: str  # a key of BORDERS
    backdrop: int  # the backdrop of most of its portraits, a number


def pick_account(rng: Rng) -> Account:
    """Draw one account's habits."""
    taste = rng.dirichlet(TASTE * np.array(list(KINDS.values()))) + 1e-3
    return Account(
        taste=dict(zip(KINDS, map(float, taste), strict=True)),
        hour=float(rng.choice(24, p=HOURS / HOURS.sum()) + rng.uniform()),
        weekday=int(rng.integers(7)),
        since=float(rng.uniform()),
        tags=float(np.clip(rng.gamma(1.6, 6.0), 0, 27)),
        talk=float(rng.choice([0.0, 0.0, 1.0, 2.5, 5.0, 8.0])),
        voice=int(rng.integers(1000)),
        mentions=float(rng.choice([0.03, 0.9], p=[0.65, 0.35])),
        placed=float(rng.choice([0.05, 0.5, 0.95], p=[0.3, 0.25, 0.45])),
        ads=float(rng.choice([0.02, 0.35], p=[0.72, 0.28])),
        tint=tuple(map(float, np.exp(np.clip(rng.normal(0, 0.14, 3) + rng.normal(0, 0.13), -0.5, 0.35)))),
        saturation=float(rng.choice([0.0, 0.45, 1.0, 1.5], p=[0.12, 0.22, 0.42, 0.24])),
        contrast=float(rng.uniform(0.72, 1.3)),
        fade=float(rng.choice([0.0, 0.08, 0.17], p=[0.5, 0.3, 0.2])),
        vignette=float(rng.choice([0.0, 0.25, 0.5], p=[0.5, 0.3, 0.2])),
        border=str(rng.choice(list(BORDERS), p=list(BORDERS.values()))),
        backdrop=int(rng.integers(1000)),
    )


def pick_hour(account: Account, rng: Rng) -> int:
    """Return the hour of one post: near the account's own, now and then any."""
    if rng.random() < 0.12:
        return int(rng.choice(24, p=HOURS / HOURS.sum()))
    return int(rng.normal(account.hour, 1.3)) % 24


def filtered(photo: np.ndarray, account: Account) -> np.ndarray:
    """Return a photo (h, w, 3) uint8 as an account posts it: its filter, its vignette and its border."""
    height, width = photo.shape[:2]
    image = photo.astype(np.float32) / 255
    grey = image @ np.array([0.299, 0.587, 0.114], np.float32)
    image = grey[..., None] + (image - grey[..., None]) * np.float32(account.saturation)
    image = (image - 0.5) * np.float32(account.contrast) + 0.5
    image = np.clip(image * np.asarray(account.tint, np.float32), 0, 1)
    image = account.fade + (1 - account.fade) * image
    xx, yy = grid((0, 0, width, height))
    radius = ((xx / width - 0.5) ** 2 + (yy / height - 0.5) ** 2) * 2
    image = (image * (1 - np.float32(account.vignette) * radius[..., None])).astype(np.float32)
    draw_border(image, account.border)
    return as_bytes(image)


def draw_border(image: np.ndarray, border: str) -> None:
    """Draw a border in place: white or black all round, bars above and below, or a card with a broad foot."""
    height, width = image.shape[:2]
    if not border:
        return
    edge = 0.045 * width
    sides = {"card": (edge, edge, 0.14 * height), "bars": (0.0, 0.1 * height, 0.1 * height)}
    beside, above, below = sides.get(border, (edge, edge, edge))
    inner = corners(beside, above, width - beside, height - below)
    colour = (0.06, 0.06, 0.07) if border in ("black", "bars") else (0.96, 0.95, 0.93)
    fill(image, [corners(0, 0, width, height), inner], colour)  # the inner rectangle stays open
