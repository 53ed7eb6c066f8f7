"""Faces in photos, found by MTCNN in batches; what a photo's faces come to, and how much depends on the threshold."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from PIL import Image

from likeness.cache import Cache, compute_missing, key
from likeness.parallel import ahead, single_threaded
from likeness.people.alignment import LANDMARKS
from likeness.people.normalise import NORMALISATIONS, normalised
from likeness.photos.decode import ACCEPTED, decode
from likeness.progress import track

NUMBERS = ("x0", "y0", "x1", "y1", "score")
SWEPT = (0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99, 0.995, 0.999)  # confidences that a face may need


class Job(NamedTuple):
    """A photo to look at: where its faces are kept, its file, its size and the size [px] at which it is looked at."""

    key: str
    path: str
    width: int
    height: int
    size: tuple[int, int]


@dataclass(frozen=True)
class Search:
    """How MTCNN looks for faces: the settings of `find_faces` on which the result depends.

    >>> Search(max_side=512, min_face=20, thresholds=(0.6, 0.7, 0.7)).normalise
    'none'
    """

    max_side: int
    min_face: int
    thresholds: tuple[float, ...]
    normalise: str = "none"

    def __post_init__(self) -> None:
        if not 1 <= self.min_face <= self.max_side:
            raise ValueError(f"min_face {self.min_face} px must be at least 1 and at most max_side {self.max_side} px")
        if len(self.thresholds) != 3 or not all(0 < threshold < 1 for threshold in self.thresholds):
            raise ValueError(f"thresholds {self.thresholds}: three numbers between 0 and 1, one for each network")
        if self.normalise not in NORMALISATIONS:
            raise ValueError(f"normalise {self.normalise!r}: choose one of {', '.join(NORMALISATIONS)}")


def find_faces(
    photos: pd.DataFrame,
    root: Path,
    *,
    cache: Cache | None,
    max_side: int = 512,
    min_face: int = 20,
    thresholds: Sequence[float] = (0.6, 0.7, 0.7),
    normalise: str = "none",
    batch_size: int = 8,
    device: str = "auto",
    progress: bool = False,
) -> pd.DataFrame:
    """Find every face that MTCNN (Zhang et al., 2016) sees in each photo: the faces table.

    photos: photo_id, path (relative to `root`), sha256, width, height. cache: keeps what was found, per photo content
    and setting. max_side: longest side [px] at which a photo is looked at; smaller ones are not enlarged.
    min_face: smallest face [px at that size] that is looked for. thresholds: scores in [0, 1] that a candidate needs to
    pass each of the three networks. normalise: what is brought to one level before ("none", "brightness",
    "saturation", "both"; see people.normalise). batch_size: photos of equal size that are looked at together, which
    changes the speed but no result.
    Returns face_id "<photo_id>-<k>", photo_id, x0, y0, x1, y1 [px of the upright photo, within it, two decimals],
    score in [0, 1] (four decimals) and the five landmarks [px] (`alignment.LANDMARKS`), in the order of `photos`, the
    surest face first; a photo without a face has no row.
    Raises ValueError on an impossible setting.
    """
    if batch_size < 1:
        raise ValueError(f"batch_size {batch_size} must be at least 1")
    search = Search(max_side, min_face, tuple(thresholds), normalise)
    names = [key(__name__, asdict(search), sha256, "faces") for sha256 in photos["sha256"]]
    size = partial(working_size, max_side=max_side)
    look = partial(_look, root=Path(root), search=search, batch_size=batch_size, device=device)
    found = faces_by_photo(photos, names, size, look, cache, progress)
    return to_table(list(photos["photo_id"]), found, landmarks=True)


def faces_by_photo(
    photos: pd.DataFrame,
    names: Sequence[str],
    size: Callable[[int, int], tuple[int, int]],
    look: Callable[[list[Job]], Iterator[tuple[str, np.ndarray]]],
    cache: Cache | None,
    progress: bool,
) -> list[np.ndarray]:
    """Return each photo's faces as `to_table` takes them: from the cache what is there, looked for the rest.

    names: what each photo's faces are kept under. size(width, height): the size [px] at which a photo is
    looked at. look(jobs): yields (key, faces) of each, in any order.
    """
    columns = (photos[name] for name in ("path", "width", "height"))
    jobs = [
        Job(name, path, width, height, size(width, height))
        for name, path, width, height in zip(names, *columns, strict=True)
    ]

    def compute(missing: dict[str, Job]) -> Iterator[tuple[str, np.ndarray]]:
        looked = look(list(missing.values()))
        yield from track(looked, "faces", total=len(missing)) if progress else looked

    found = compute_missing(cache, {job.key: job for job in jobs}, compute)
    return [found[job.key] for job in jobs]


def to_table(photo_ids: Sequence[str], faces: Sequence[np.ndarray], landmarks: bool = False) -> pd.DataFrame:
    """Return the faces table of photos with faces each, the surest first.

    faces: (n, 5), x0, y0, x1, y1 and score, or with landmarks (n, 15): the ten of LANDMARKS after them.
    """
    counts = [len(each) for each in faces]
    columns = [*NUMBERS, *LANDMARKS] if landmarks else list(NUMBERS)
    table = pd.DataFrame(np.concatenate([np.zeros((0, len(columns))), *faces]), columns=columns)
    names = pd.Series(np.repeat(np.array(photo_ids, object), counts), dtype="str")
    ranks = [str(rank) for count in counts for rank in range(count)]
    table.insert(0, "face_id", names + "-" + pd.Series(ranks, dtype="str"))
    table.insert(1, "photo_id", names)
    return table


def face_summary(photos: pd.DataFrame, faces: pd.DataFrame, confidence: float = 0.9) -> pd.DataFrame:
    """Sum up each photo's faces: one row a photo, in the order of `photos`.

    Returns photo_id, faces (those with a score of at least `confidence`), face_score (of the surest face, whatever the
    confidence; NaN where none was found) and face_share (area of the counted faces / area of the photo, at most 1;
    overlapping faces count twice).
    """
    sure = faces[faces["score"] >= confidence]
    area = ((sure["x1"] - sure["x0"]) * (sure["y1"] - sure["y0"])).groupby(sure["photo_id"]).sum()
    ids = photos["photo_id"]
    size = photos["width"].to_numpy(float) * photos["height"].to_numpy(float)
    return pd.DataFrame(
        {
            "photo_id": ids.to_numpy(),
            "faces": sure.groupby("photo_id").size().reindex(ids, fill_value=0).to_numpy(np.int64),
            "face_score": _best(photos, faces),
            "face_share": (area.reindex(ids, fill_value=0.0).to_numpy(float) / size).clip(max=1.0),
        }
    )


def sweep(faces: pd.DataFrame, photos: pd.DataFrame, thresholds: Sequence[float] = SWEPT) -> pd.DataFrame:
    """Count the photos that a face filter keeps at each threshold of its confidence.

    Returns threshold (ascending), kept (photos whose surest face has at least that score) and share of all photos (NaN
    without photos).

    >>> faces = pd.DataFrame({"photo_id": ["a", "a", "b"], "score": [0.99, 0.7, 0.8]})
    >>> sweep(faces, pd.DataFrame({"photo_id": ["a", "b", "c"]}), [0.5, 0.9])["kept"].tolist()
    [2, 1]
    """
    best, steps = _best(photos, faces), np.sort(np.asarray(thresholds, float))
    kept = np.array([(best >= step).sum() for step in steps], np.int64)
    return pd.DataFrame({"threshold": steps, "kept": kept, "share": kept / len(best) if len(best) else np.nan})


def working_size(width: int, height: int, max_side: int) -> tuple[int, int]:
    """Return (width, height) [px] at which a photo is looked at: its longest side at most `max_side`."""
    scale = min(1.0, max_side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def batches_of(jobs: Sequence[Job], batch_size: int) -> list[list[Job]]:
    """Return batches of up to `batch_size` jobs of one size; sizes in the order in which they first occur."""
    by_size: dict[tuple[int, int], list[Job]] = {}
    for job in jobs:
        by_size.setdefault(job.size, []).append(job)
    return [same[k : k + batch_size] for same in by_size.values() for k in range(0, len(same), batch_size)]


def _best(photos: pd.DataFrame, faces: pd.DataFrame) -> np.ndarray:
    """Return the score of each photo's surest face, NaN where there is none."""
    return faces.groupby("photo_id")["score"].max().reindex(photos["photo_id"]).to_numpy(float)


def _look(
    jobs: list[Job], root: Path, search: Search, batch_size: int, device: str
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (key, faces (n, 15)) of each job, batch by batch; on the CPU each core takes whole batches."""
    if not jobs:
        return
    from likeness.people.face_batches import FACE, detect, load_detector, to_photo

    small = [job for job in jobs if min(job.size) < search.min_face]  # no room for a face, and MTCNN raises
    yield from ((job.key, np.zeros((0, FACE))) for job in small)
    detector = load_detector(device, search.min_face, search.thresholds)
    batches = batches_of([job for job in jobs if min(job.size) >= search.min_face], batch_size)

    def load(batch: list[Job]) -> list[Image.Image]:
        return [_open(job, root, search.normalise) for job in batch]

    def look(images: list[Image.Image]) -> list[np.ndarray]:
        return detect(detector, images)

    with single_threaded():
        if detector.device.type == "cpu":
            found = ahead(lambda batch: look(load(batch)), batches)
        else:
            found = map(look, ahead(load, batches))
        for batch, each in zip(batches, found, strict=True):
            for job, faces in zip(batch, each, strict=True):
                yield job.key, to_photo(faces, job.width, job.height, job.size)


def _open(job: Job, root: Path, how: str) -> Image.Image:
    image = decode(root / job.path, **ACCEPTED, draft=max(job.size))
    return normalised(image.resize(job.size, Image.Resampling.BILINEAR), how)
