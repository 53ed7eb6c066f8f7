"""Planted troubles: damaged files, copies and rotations, each with a row that says what it is."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from likeness_demo.drawing.files import ALTERED, PAGE, alter, bomb, mask_name, write_jpeg
from likeness_demo.pose.plan import Shot

STEMS = {"re-encoded": "web", "resized": "small", "brightened": "bright"}
COLUMNS = ("path", "plant", "of", "detail")


@dataclass(frozen=True)
class Copy:
    """A copy of a photo: `scale` says how its joints and mask are resized."""

    path: str
    of: str
    scale: float


def plant(folder: Path, shots: list[Shot], seed: int) -> tuple[list[dict[str, str]], list[Copy]]:
    """Add damaged files and copies to the drawn photos in `folder`; return the planted list and the readable copies.

    Copies are made of upright photos with people; all troubles lie in folders that hold photos already.
    """
    rng = np.random.default_rng([seed, 3])
    plain = [shot for shot in shots if shot.pose and not shot.turned]
    chosen = [plain[k] for k in rng.permutation(len(plain))]
    rows, copies = [], []
    for shot, (kind, detail, data) in zip(chosen[-5:], damages(folder, chosen[-5:]), strict=True):
        path = beside(shot, f"IMG_{100 + len(rows):04d}")
        (folder / path).write_bytes(data)
        rows.append(row(path, kind, shot.path if kind == "truncated" else "", detail))
    for shot in chosen[:3]:
        path = beside(shot, f"{Path(shot.path).stem}_copy")
        (folder / path).write_bytes((folder / shot.path).read_bytes())
        rows.append(row(path, "exact-duplicate", shot.path, "the same bytes"))
        copies.append(Copy(path, shot.path, 1.0))
    for k, shot in enumerate(chosen[3:9]):
        how = list(ALTERED)[k % len(ALTERED)]
        path = beside(shot, f"{Path(shot.path).stem}_{STEMS[how]}")
        with Image.open(folder / shot.path) as image:
            copy, quality = alter(image.convert("RGB"), how)
        write_jpeg(copy, folder / path, shot.taken_at, quality=quality)
        rows.append(row(path, "near-duplicate", shot.path, ALTERED[how]))
        copies.append(Copy(path, shot.path, 0.75 if how == "resized" else 1.0))
    for shot in sorted((s for s in shots if s.turned), key=lambda shot: shot.orientation):
        rows.append(row(shot.path, "orientation", "", str(shot.orientation)))
    return rows, copies


def row(path: str, kind: str, of: str, detail: str) -> dict[str, str]:
    """Return one row of planted.csv."""
    return dict(zip(COLUMNS, (path, kind, of, detail), strict=True))


def beside(shot: Shot, stem: str) -> str:
    """Return the path of another file in a shot's folder."""
    return f"{shot.site}/{shot.pose}/{stem}.jpg"


def damages(folder: Path, chosen: list[Shot]) -> list[tuple[str, str, bytes]]:
    """Return the damaged files as (kind, detail, bytes)."""
    cut = [(folder / shot.path).read_bytes() for shot in chosen[:2]]
    return [
        ("truncated", "the first 60 % of the bytes", cut[0][: int(0.6 * len(cut[0]))]),
        ("truncated", "the first 30 % of the bytes", cut[1][: int(0.3 * len(cut[1]))]),
        ("empty", "no bytes", b""),
        ("disguised", "an HTML page", PAGE),
        ("bomb", "declares 65500 x 65500 px", bomb()),
    ]


def copy_mask(folder: Path, copy: Copy) -> None:
    """Write the mask of a copied photo from that of its original."""
    with Image.open(folder / mask_name(copy.of)) as image:
        size = (round(image.width * copy.scale), round(image.height * copy.scale))
        image.resize(size, Image.Resampling.NEAREST).save(folder / mask_name(copy.path), "PNG", optimize=True)
