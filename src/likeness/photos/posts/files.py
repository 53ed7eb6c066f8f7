"""The files of a folder of posts: each found once, pictures matched to posts, and what else lies there counted."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from likeness.photos.names import fit_names, ignores_case, normal
from likeness.photos.walk import PHOTO_SUFFIXES, walk

PICTURES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif")  # the better one first; then any other photo
VIDEOS = (".mp4", ".mov", ".m4v", ".webm")
CAPTIONS = (".txt",)
MOST_PICTURES = 20  # of one post
COMMENTS = "_comments.json"
RESUME = "iterator_"  # marks of interrupted downloads
NO_POST = re.compile(r"_profile_pic$|_cover$")  # stems of Instaloader's pictures that belong to no post


def is_sidecar(name: str) -> bool:
    """Say whether a JSON file is what another program noted of a picture, such as 1.jpg.json beside 1.jpg."""
    inner = {suffix.lower() for suffix in Path(name).suffixes[:-1]}
    return not inner.isdisjoint({*PHOTO_SUFFIXES, *PICTURES, *VIDEOS})


def picture_stems(files: Iterable[Path]) -> dict[str, Path]:
    """Return {folder and name without suffix, as `names.normal` gives it: the picture}; of two the better kind."""
    pictures = [file for file in files if file.suffix.lower() in {*PHOTO_SUFFIXES, *PICTURES}]
    pictures.sort(key=lambda file: (_rank(file), file.as_posix()), reverse=True)
    return {normal(str(file.with_suffix(""))): file for file in pictures}


def picture_of(file: Path, pictures: dict[str, Path]) -> str:
    """Return a post's first picture beside its JSON file, "" where there is none. pictures: of `picture_stems`."""
    stem = post_stem(file)
    names = (stem, *(f"{stem}_{number}" for number in range(1, MOST_PICTURES + 1)))
    return next((str(pictures[name]) for name in names if name in pictures), "")


def post_stem(file: Path) -> str:
    """Return folder and name of a post's JSON file without suffixes, as `picture_stems` has them."""
    return normal(str(file).removesuffix(".xz").removesuffix(".json"))


def strangers(pictures: dict[str, Path], stems: Iterable[str]) -> list[Path]:
    """Return the pictures that belong to none of the posts with these stems; portraits of the account left out."""
    known = set(stems)
    return [
        picture
        for stem, picture in pictures.items()
        if stem not in known and re.sub(r"_\d+$", "", stem) not in known and not NO_POST.search(stem)
    ]


def picture_paths(names: Sequence[str], table: Path) -> tuple[list[str], str]:
    """Return the path of each picture that a table names, "" for "", and in words how many names had to be looked for.

    A name is relative to the table's folder. Where nothing is there, the pictures below that folder are searched for
    the same name in other letters (NFC), in a subfolder, or without suffix; what fits none or several stays as it is.
    """
    folder = table.parent
    places = [str(folder / name) if name else "" for name in names]
    missing = [k for k, place in enumerate(places) if place and not os.path.lexists(place)]
    if not missing:
        return places, ""
    files = walk(folder, (*PHOTO_SUFFIXES, *PICTURES)).files
    found = fit_names([names[k] for k in missing], [file.relative_to(folder).as_posix() for file in files],
                      ignore_case=ignores_case(folder)).rows  # fmt: skip
    fits = {k: files[rows[0]] for k, rows in zip(missing, found, strict=True) if len(rows) == 1}
    places = [str(fits.get(k, place)) for k, place in enumerate(places)]
    return places, f"{len(fits)} pictures lie under another spelling or folder than the table's" if fits else ""


def count_others(files: Iterable[Path]) -> str:
    """Return in words which files are neither JSON, pictures, videos nor captions, "" where there are none."""
    usual = {*PHOTO_SUFFIXES, *PICTURES, *VIDEOS, *CAPTIONS, ".json", ".xz"}
    kinds = Counter(file.suffix.lower() or "no suffix" for file in files if file.suffix.lower() not in usual)
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))


def _rank(file: Path) -> int:
    suffix = file.suffix.lower()
    return PICTURES.index(suffix) if suffix in PICTURES else len(PICTURES)
