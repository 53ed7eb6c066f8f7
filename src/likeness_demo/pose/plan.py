"""The plan of a corpus: which photos there are, when they were taken, who had a role model, and planted troubles."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from PIL import Image

from likeness_demo.drawing.canvas import Rng
from likeness_demo.drawing.files import ALTERED, PAGE, alter, bomb, mask_name, write_jpeg
from likeness_demo.landmarks.sites import POSES_AT, SITES, Site

SITE_ALONE = "_zz"
PER_POSE = 4.9  # photos of one arrangement, on average
ROLE_MODEL_EVERY = 5  # of so many arrangements, one has a first photo that was copied years later
MODEL_DAYS = 501  # from a role model to the first copy, at least
FIRST_YEAR = 2011
FEWEST = 24  # photos that leave room for all the planted troubles
STEMS = {"re-encoded": "web", "resized": "small", "brightened": "bright"}
COLUMNS = ("path", "plant", "of", "detail")


@dataclass(frozen=True)
class Shot:
    """One photo to draw. path is relative to the photos' folder; orientation is the EXIF value to store."""

    path: str
    site: str
    pose: str | None
    seed: tuple[int, ...]
    taken_at: datetime
    orientation: int = 1
    turned: bool = False  # planted: stored under an explicit EXIF orientation
    role_model: bool = False

    @property
    def arrangement(self) -> str | None:
        return f"{self.site}/{self.pose}" if self.pose else None


def plan_shots(photos: int, sites: int, seed: int) -> list[Shot]:
    """Return the photos of a corpus in the order of their paths: about a seventh shows a site alone.

    Raises ValueError where `sites` is not 1 to 14, or `photos` is below 24 or below 6 a site.
    """
    if not 1 <= sites <= len(SITES):
        raise ValueError(f"sites {sites}: give 1 to {len(SITES)}")
    least = max(6 * sites, FEWEST)
    if photos < least:
        raise ValueError(f"photos {photos}: give at least {least} for {sites} sites")
    rng = np.random.default_rng([seed, 1])
    names = [f"IMG_{number}.jpg" for number in rng.permutation(np.arange(1000, max(10_000, 1000 + photos)))]
    shots: list[Shot] = []
    arrangements = 0
    for number, site in enumerate(SITES[:sites]):
        for pose, count in share_out(site, photos // sites + (number < photos % sites)):
            arrangements += pose is not None
            is_model = pose is not None and count > 1 and arrangements % ROLE_MODEL_EVERY == 0
            for k, taken_at in enumerate(pick_dates(count, is_model, rng)):
                path = f"{site.name}/{pose or SITE_ALONE}/{names[len(shots)]}"
                own = (seed, 2, len(shots))
                shots.append(Shot(path, site.name, pose, own, taken_at, role_model=is_model and k == 0))
    shots.sort(key=lambda shot: shot.path)
    for value, k in enumerate(rng.choice(len(shots), size=min(8, len(shots)), replace=False), start=1):
        shots[k] = replace(shots[k], orientation=value, turned=True)
    return shots


def share_out(site: Site, quota: int) -> list[tuple[str | None, int]]:
    """Split a site's photos into poses and the site alone (None)."""
    names = POSES_AT[site.name]
    alone = int(np.clip(round(0.14 * quota), 1, 4))
    poses = int(np.clip(round((quota - alone) / PER_POSE), 2, len(names)))
    each, rest = divmod(quota - alone, poses)
    return [*((pose, each + (k < rest)) for k, pose in enumerate(names[:poses])), (None, alone)]


def pick_dates(count: int, is_model: bool, rng: Rng) -> list[datetime]:
    """Return dates in order, within two months; after a role model the next photo comes 500 days later or more."""
    start = datetime(FIRST_YEAR, 1, 1) + timedelta(days=int(rng.integers(0, 2200)))
    dates = []
    for k, day in enumerate(np.sort(rng.integers(1, 60, count))):
        late = MODEL_DAYS + int(rng.integers(0, 900)) if is_model and k else 0
        clock = timedelta(hours=int(rng.integers(8, 20)), minutes=int(rng.integers(60)), seconds=int(rng.integers(60)))
        dates.append(start + timedelta(days=int(day) + late) + clock)
    return sorted(dates)


@dataclass(frozen=True)
class Copy:
    """A copy of a photo: `scale` says how its joints and mask are resized."""

    path: str
    of: str
    scale: float


def plant(folder: Path, shots: list[Shot], seed: int) -> tuple[list[tuple[str, ...]], list[Copy]]:
    """Add damaged files and copies to the drawn photos in `folder`; return rows of COLUMNS and the readable copies.

    Copies are made of upright photos with people; all troubles lie in folders that hold photos already.
    """
    rng = np.random.default_rng([seed, 3])
    plain = [shot for shot in shots if shot.pose and not shot.turned]
    chosen = [plain[k] for k in rng.permutation(len(plain))]
    rows, copies = [], []
    first, second = ((folder / shot.path).read_bytes() for shot in chosen[-5:-3])
    damages = (
        ("truncated", "the first 60 % of the bytes", first[: int(0.6 * len(first))]),
        ("truncated", "the first 30 % of the bytes", second[: int(0.3 * len(second))]),
        ("empty", "no bytes", b""),
        ("disguised", "an HTML page", PAGE),
        ("bomb", "declares 65500 x 65500 px", bomb()),
    )
    for number, (shot, (kind, detail, data)) in enumerate(zip(chosen[-5:], damages, strict=True), start=100):
        path = f"{shot.arrangement}/IMG_{number:04d}.jpg"
        (folder / path).write_bytes(data)
        rows.append((path, kind, shot.path if kind == "truncated" else "", detail))
    for shot in chosen[:3]:
        path = shot.path.replace(".jpg", "_copy.jpg")
        (folder / path).write_bytes((folder / shot.path).read_bytes())
        rows.append((path, "exact-duplicate", shot.path, "the same bytes"))
        copies.append(Copy(path, shot.path, 1.0))
    for k, shot in enumerate(chosen[3:9]):
        how = list(ALTERED)[k % len(ALTERED)]
        path = shot.path.replace(".jpg", f"_{STEMS[how]}.jpg")
        with Image.open(folder / shot.path) as image:
            copy, quality = alter(image.convert("RGB"), how)
        write_jpeg(copy, folder / path, shot.taken_at, quality=quality)
        rows.append((path, "near-duplicate", shot.path, ALTERED[how]))
        copies.append(Copy(path, shot.path, 0.75 if how == "resized" else 1.0))
    turned = sorted((shot for shot in shots if shot.turned), key=lambda shot: shot.orientation)
    return rows + [(shot.path, "orientation", "", str(shot.orientation)) for shot in turned], copies


def copy_mask(folder: Path, copy: Copy) -> None:
    """Write the mask of a copied photo from that of its original."""
    with Image.open(folder / mask_name(copy.of)) as image:
        size = (round(image.width * copy.scale), round(image.height * copy.scale))
        image.resize(size, Image.Resampling.NEAREST).save(folder / mask_name(copy.path), "PNG", optimize=True)
