"""The plan of a corpus: which photos there are, when they were taken, and which arrangements had a role model."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import numpy as np

from likeness.demo.sites import POSES_AT, SITES, Site

SITE_ALONE = "_zz"
PER_POSE = 4.9  # photos of one arrangement, on average
ROLE_MODELS = 0.2  # share of the arrangements whose first photo was copied years later
FIRST_YEAR = 2011


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

    Raises ValueError where `sites` is not 1 to 14, or there are too few photos for two poses a site.
    """
    if not 1 <= sites <= len(SITES):
        raise ValueError(f"sites {sites}: give 1 to {len(SITES)}")
    if photos < 6 * sites:
        raise ValueError(f"photos {photos}: give at least 6 a site, {6 * sites} for {sites} sites")
    rng = np.random.default_rng([seed, 1])
    quotas = [photos // sites + (k < photos % sites) for k in range(sites)]
    shots: list[Shot] = []
    numbers = iter(rng.permutation(np.arange(1000, 10000))[: photos + 10])
    for number, (site, quota) in enumerate(zip(SITES, quotas, strict=False)):
        for pose, count in share_out(site, quota):
            dates, is_model = pick_dates(count, pose, rng)
            for k, taken_at in enumerate(dates):
                path = f"{site.name}/{pose or SITE_ALONE}/IMG_{next(numbers)}.jpg"
                shots.append(
                    Shot(path, site.name, pose, (seed, 2, number, len(shots)), taken_at, role_model=is_model and k == 0)
                )
    return turn(sorted(shots, key=lambda shot: shot.path), rng)


def share_out(site: Site, quota: int) -> list[tuple[str | None, int]]:
    """Split a site's photos into poses and the site alone (None)."""
    names = POSES_AT[site.name]
    alone = int(np.clip(round(0.14 * quota), 1, 4))
    poses = int(np.clip(round((quota - alone) / PER_POSE), 2, len(names)))
    each, rest = divmod(quota - alone, poses)
    return [*((pose, each + (k < rest)) for k, pose in enumerate(names[:poses])), (None, alone)]


def pick_dates(count: int, pose: str | None, rng: np.random.Generator) -> tuple[list[datetime], bool]:
    """Return dates in order; with a role model the second photo comes at least 500 days after the first."""
    is_model = pose is not None and count >= 3 and rng.random() < ROLE_MODELS
    start = datetime(FIRST_YEAR, 1, 1) + timedelta(days=int(rng.integers(0, 2200)))
    days = np.sort(rng.choice(np.arange(1, 60), count, replace=False)) if count <= 59 else np.arange(count)
    dates = []
    for k, day in enumerate(days):
        late = 500 + 37 * int(rng.integers(0, 20)) + 30 * k if is_model and k else 0
        moment = start + timedelta(
            days=int(day) + late,
            hours=int(rng.integers(8, 20)),
            minutes=int(rng.integers(60)),
            seconds=int(rng.integers(60)),
        )
        dates.append(moment)
    return sorted(dates), is_model


def turn(shots: list[Shot], rng: np.random.Generator) -> list[Shot]:
    """Give eight photos the eight EXIF orientations."""
    chosen = rng.choice(len(shots), size=min(8, len(shots)), replace=False)
    turned = {int(k): value + 1 for value, k in enumerate(chosen)}
    return [replace(shot, orientation=turned[k], turned=True) if k in turned else shot for k, shot in enumerate(shots)]
