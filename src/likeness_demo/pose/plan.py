"""The plan of a corpus: which photos there are, when they were taken, and which arrangements had a role model."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from likeness_demo.landmarks.sites import POSES_AT, SITES, Site

SITE_ALONE = "_zz"
PER_POSE = 4.9  # photos of one arrangement, on average
ROLE_MODEL_EVERY = 5  # of so many arrangements, one has a first photo that was copied years later
MODEL_DAYS = 501  # from a role model to the first copy, at least
FIRST_YEAR = 2011
FEWEST = 24  # photos that leave room for all the planted troubles


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
    return turn(sorted(shots, key=lambda shot: shot.path), rng)


def share_out(site: Site, quota: int) -> list[tuple[str | None, int]]:
    """Split a site's photos into poses and the site alone (None)."""
    names = POSES_AT[site.name]
    alone = int(np.clip(round(0.14 * quota), 1, 4))
    poses = int(np.clip(round((quota - alone) / PER_POSE), 2, len(names)))
    each, rest = divmod(quota - alone, poses)
    return [*((pose, each + (k < rest)) for k, pose in enumerate(names[:poses])), (None, alone)]


def pick_dates(count: int, is_model: bool, rng: np.random.Generator) -> list[datetime]:
    """Return dates in order, within two months; after a role model the next photo comes 500 days later or more."""
    start = datetime(FIRST_YEAR, 1, 1) + timedelta(days=int(rng.integers(0, 2200)))
    dates = []
    for k, day in enumerate(np.sort(rng.integers(1, 60, count))):
        late = MODEL_DAYS + int(rng.integers(0, 900)) if is_model and k else 0
        clock = timedelta(hours=int(rng.integers(8, 20)), minutes=int(rng.integers(60)), seconds=int(rng.integers(60)))
        dates.append(start + timedelta(days=int(day) + late) + clock)
    return sorted(dates)


def turn(shots: list[Shot], rng: np.random.Generator) -> list[Shot]:
    """Give eight photos the eight EXIF orientations."""
    chosen = rng.choice(len(shots), size=min(8, len(shots)), replace=False)
    turned = {int(k): value + 1 for value, k in enumerate(chosen)}
    return [replace(shot, orientation=turned[k], turned=True) if k in turned else shot for k, shot in enumerate(shots)]
