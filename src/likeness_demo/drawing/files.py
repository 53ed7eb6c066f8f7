"""A corpus on the disk: JPEGs with EXIF, damaged files, drawn by several processes, and there whole or not at all."""

import io
import multiprocessing
import shutil
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageEnhance

from likeness.progress import track

Run = Callable[[Callable[[Any], Any], Sequence[Any], str], list[Any]]
Turn = Image.Transpose
STORED = {  # how upright pixels are stored under each EXIF orientation
    2: Turn.FLIP_LEFT_RIGHT,
    3: Turn.ROTATE_180,
    4: Turn.FLIP_TOP_BOTTOM,
    5: Turn.TRANSPOSE,
    6: Turn.ROTATE_90,
    7: Turn.TRANSVERSE,
    8: Turn.ROTATE_270,
}
QUALITY = 84
ALTERED = {"re-encoded": "JPEG quality 58", "resized": "3/4 of the size", "brightened": "1.1 times as bright"}
HUGE = 65_500  # px: a JPEG's header can declare up to 65,535


def write_jpeg(
    image: Image.Image, path: Path, taken_at: datetime, orientation: int | None = None, quality: int = QUALITY
) -> None:
    """Write an upright photo as JPEG with its date; the pixels are stored as the EXIF orientation says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stored = image.transpose(STORED[orientation]) if orientation in STORED else image
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "likeness demo"
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
    stored.save(path, "JPEG", quality=quality, exif=exif.tobytes())


def alter(image: Image.Image, how: str) -> tuple[Image.Image, int]:
    """Return a copy of a picture, altered as one of ALTERED, and its JPEG quality."""
    if how == "resized":
        return image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS), QUALITY
    if how == "brightened":
        return ImageEnhance.Brightness(image).enhance(1.1), QUALITY
    return image, 58


def mask_name(path: str) -> str:
    """Return the mask's file name of a photo's relative path: <site>__<pose>__<name>.png."""
    return "__".join(Path(path).with_suffix(".png").parts)


def bomb() -> bytes:
    """Return a JPEG of under 1 kB whose header declares 65,500 x 65,500 px."""
    buffer = io.BytesIO()
    Image.new("RGB", (16, 16), (90, 120, 150)).save(buffer, "JPEG", quality=50)
    data = bytearray(buffer.getvalue())
    at = data.index(b"\xff\xc0") + 5  # SOF0: marker, length, precision, then height and width
    data[at : at + 4] = struct.pack(">HH", HUGE, HUGE)
    return bytes(data)


PAGE = b"""<!DOCTYPE html>
<html><head><title>404 Not Found</title></head>
<body><h1>Not Found</h1><p>The photo you asked for has moved.</p></body></html>
"""


@contextmanager
def replaced(photos: Path, truth: Path) -> Iterator[tuple[Path, Path]]:
    """Yield two empty folders that take the places of `photos` and `truth` when all went well."""
    photos, truth = Path(photos), Path(truth)
    if not (truth / "planted.csv").is_file():
        for folder in (photos, truth):
            if folder.is_dir() and any(folder.iterdir()):
                raise FileExistsError(f"{folder}: not empty and not made by the demo; move it or give another folder")
    photos.parent.mkdir(parents=True, exist_ok=True)
    truth.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=photos.parent) as temporary:
        fresh = [Path(temporary) / name for name in ("photos", "truth")]
        for folder in fresh:
            folder.mkdir()
        yield fresh[0], fresh[1]
        for old, new in zip((photos, truth), fresh, strict=True):
            shutil.rmtree(old, ignore_errors=True)
            shutil.move(new, old)


@contextmanager
def processes(workers: int) -> Iterator[Run]:
    """Yield run(task, jobs, label), which returns task(job) of every job in order; 1: in this process."""

    def run(each: Callable[..., Iterator[Any]], task: Callable[[Any], Any], jobs: Sequence[Any], label: str) -> list:
        return list(track(each(task, jobs), label, total=len(jobs)))

    if workers <= 1:
        yield partial(run, map)
        return
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield partial(run, partial(pool.map, chunksize=4))
