"""One picture asks: which pictures of a study are like it? It is only read; a page and a table are written."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from likeness.compare.same_person import SamePerson, read_same_person
from likeness.errors import UserError
from likeness.features.backbones import Backbone
from likeness.features.extractors import RecipeError, extractor_of
from likeness.features.vectors import FACE_WEIGHT, read_face_weight
from likeness.paths import write_csv, write_text
from likeness.people.detectors import SETTINGS
from likeness.photos.decode import MAX_PIXELS, MIN_SIDE
from likeness.photos.manifest import inspect
from likeness.photos.walk import photo_files
from likeness.report.html_text import counted
from likeness.report.tables import safe_cells
from likeness.search.galleries import (
    KNOWN,
    PROBABILITY,
    VIEWS,
    Gallery,
    GalleryError,
    open_gallery,
    query_similarity,
    ranked_pictures,
    read_settings,
    with_probability,
)
from likeness.search.query import embed_query, query_faces
from likeness.search.search_page import Found, found_page, plain, same_person_words

PREPARED = "prepare.json"  # in data/faces: how the study's faces were found
PAGE, TABLE = "search.html", "search.csv"
WIDEST = 36  # characters of a column in the terminal


class SearchError(UserError):
    """What the user can put right: a picture, a view, a study that has not been run; the message is one line."""


def search_each(
    images: Iterable[Path],
    data: Path,
    models: Path,
    *,
    study: str = "faces",
    view: str | None = None,
    network: str | None = None,
    k: int = 5,
    face: int | None = None,
    face_weight: float | None = None,
    joints: Path | None = None,
    device: str = "auto",
) -> Iterator[Found]:
    """Yield for each picture the `k` of a study that are the most like it; the study is loaded once.

    images: pictures, or folders of them, which may lie anywhere and are only read. data, models: the study's folders
    data/<study> and models/<study>. view: general (the whole picture), face (one face) or combined (both; the default
    of study faces), or of study pose: pose, place, both. joints: a file that asks with its pose instead of a picture.
    network: default the first of the study. face: which face of the picture asks, from 1, the surest
    first. face_weight: of the face in the combined view, in [0, 1]; None: what the study chose for the network, else
    0.5.
    Raises SearchError, or MissingWeights where a checkpoint is not here.
    """
    view = _view(study, view or ("pose" if joints else None), k, face, face_weight)
    if joints is not None and view != "pose":
        raise SearchError(f"{joints}: joints ask with the view pose of the study pose; leave --joints out or choose it")
    pictures = [picture for image in images for picture in _pictures(Path(image))]
    queries = [read_query(picture) for picture in pictures]  # what is no picture is told before anything is loaded
    if view in ("pose", "place", "both"):
        from likeness.search.poses import search_poses

        with _one_error():
            yield from search_poses(zip(pictures, queries, strict=True), joints, Path(data), view, k, device)
        return
    with _one_error():
        gallery = open_gallery(study, Path(data), network)
        made = extractor_of(gallery.recipe, f"{gallery.study}-features")
    weight, whence = _weight(face_weight, Path(data), gallery.network) if view == "combined" else (None, "")
    worth = read_same_person(Path(data), gallery.network) if study == "faces" else None
    search = Search(gallery, made, view, k, weight, worth, device)
    for image, query in zip(pictures, queries, strict=True):
        faces, notes = None, []
        if view != "general":
            faces, notes = _faces(query, image.parent, Path(data), Path(models), device)
        asked = None if faces is None else _asked(image, faces, view, face)
        if asked is None and view == "combined":
            notes.append("No face was found in the picture: only the whole picture counts.")
        yield _answer(search, query, image.parent, faces, asked, [*notes, whence] if whence else notes)


class Search(NamedTuple):
    """What stays the same from one picture to the next. worth: what a similarity of faces is worth; None: unknown."""

    gallery: Gallery
    made: Backbone
    view: str
    k: int
    weight: float | None
    worth: SamePerson | None
    device: str


def _answer(
    search: Search, query: pd.DataFrame, folder: Path, faces: pd.DataFrame | None, asked: int | None, notes: list[str]
) -> Found:
    """Return what is the most like one picture in `folder`. asked: which of its faces asks; None: none does."""
    gallery = search.gallery
    crop = None if asked is None else faces.iloc[[asked]]
    vectors = embed_query(gallery, search.made, query, folder, crop, search.device)
    similarity, closest = query_similarity(gallery, vectors, search.view, search.weight)
    itself = (gallery.photos["photo_id"] == query["photo_id"].iloc[0]).to_numpy()
    if itself.any():
        place = gallery.photos["path"][itself].iloc[0]
        notes.append(f"The picture is in the study itself, as {place}; it is left out.")
    similarity[itself] = np.nan
    table = ranked_pictures(gallery, similarity, closest, search.k)
    if search.worth and "face" in vectors:
        table = with_probability(gallery, table, vectors["face"], search.worth)
    answers = int((~np.isnan(similarity)).sum())
    facts = (gallery.study, search.view, gallery.network, query, folder, faces, asked)
    return Found(*facts, table, gallery.crops, answers, search.weight, tuple(notes))


@contextmanager
def _one_error() -> Iterator[None]:
    try:
        yield
    except (GalleryError, RecipeError) as error:
        raise SearchError(str(error)) from error


def _pictures(image: Path) -> list[Path]:
    """Return the pictures that a path means: itself, or those of a folder."""
    if not image.is_dir():
        return [image]
    if not (pictures := photo_files(image)):
        raise SearchError(f"{image}: no picture in it; give a picture, or a folder of them")
    return pictures


def write_found(found: Found, root: Path, output: Path) -> Path:
    """Write search.html and search.csv into the folder `output`, made if need be; return the page.

    root: the repository, which the study's pictures are relative to. Raises SearchError where `output` is a file.
    """
    if output.exists() and not output.is_dir():
        raise SearchError(f"{output}: is a file; give a folder for {PAGE} and {TABLE}")
    page = found_page(found, root)
    columns = [name for name in found.table if name not in ("width", "height")]
    write_csv(safe_cells(found.table[columns].round(dict.fromkeys(("similarity", *PROBABILITY), 6))), output / TABLE)
    return write_text(page, output / PAGE)


def found_lines(found: Found) -> list[str]:
    """Return the answers as lines for a terminal: a heading, a line a picture, then the notes."""
    shown = [name for name in KNOWN if name in found.table]
    table = found.table[["rank", "similarity", *shown, "path"]].astype({"similarity": object})
    table["similarity"] = [f"{value:.4f}" for value in found.table["similarity"]]
    if (said := same_person_words(found.table)) is not None:
        table.insert(2, "same person", said)
    columns = {name: [name, *(plain(value) for value in table[name])] for name in table}
    columns |= {name: [word[: WIDEST - 1] + "…" if len(word) > WIDEST else word for word in columns[name]]
                for name in shown}  # fmt: skip
    width = {name: max(map(len, words)) for name, words in columns.items()}
    rows = zip(*columns.values(), strict=True)
    lines = [
        "  ".join(word.ljust(width[name]) for name, word in zip(columns, row, strict=True)).rstrip() for row in rows
    ]
    return [*(lines if len(found.table) else ["nothing to answer with"]), *map(plain, found.notes)]


def read_query(image: Path) -> pd.DataFrame:
    """Return one row with photo_id, path (the file's name), sha256, width, height; SearchError for no picture."""
    if not image.is_file():
        raise SearchError(f"{image}: {'not a file' if image.exists() else 'no such file'}; give a picture")
    facts = inspect(image.name, image.parent, MAX_PIXELS, MIN_SIDE)
    if "reason" in facts:
        raise SearchError(f"{image}: {facts['reason']}: {facts['detail']}")
    return pd.DataFrame([{name: facts[name] for name in ("photo_id", "path", "sha256", "width", "height")}])


def _view(study: str, view: str | None, k: int, face: int | None, face_weight: float | None) -> str:
    """Return the view that is meant, or say why what was asked for cannot be."""
    if study not in VIEWS:
        raise SearchError(f"study {study!r}: choose one of {', '.join(VIEWS)}")
    chosen = view or VIEWS[study][0]
    if chosen not in VIEWS[study]:
        known = " or ".join(VIEWS[study])
        of = {"faces": "faces and whole pictures", "pose": "whole pictures, poses and places"}
        of = of.get(study, "whole pictures only")
        raise SearchError(f"view {chosen!r}: study {study} has features of {of}; choose {known}")
    if k < 1:
        raise SearchError(f"k {k}: ask for at least 1 picture")
    if face is not None and chosen == "general":
        raise SearchError(f"face {face}: the view general looks at the whole picture; leave the face out")
    if face_weight is not None and not 0 <= face_weight <= 1:
        raise SearchError(f"face weight {face_weight:g}: choose one between 0 and 1")
    return chosen


def _weight(asked: float | None, data: Path, network: str) -> tuple[float, str]:
    """Return the weight of the face in the combined view, and a sentence that says whence it is."""
    if asked is not None:
        return asked, f"The face weighs {asked:.3g}, as asked for."
    chosen = read_face_weight(data, network)
    if chosen is not None:
        return chosen, f"The face weighs {chosen:.3g}, as the study's report chose for {network}."
    unchosen = "the study has chosen no weight yet; `dvc repro faces-report`"
    return FACE_WEIGHT, f"The face weighs {FACE_WEIGHT:.3g}: {unchosen}."


def _faces(query: pd.DataFrame, root: Path, data: Path, models: Path, device: str) -> tuple[pd.DataFrame, list[str]]:
    """Return the faces of the picture that asks, and what there is to say of how they were found."""
    settings = read_settings(data / PREPARED)
    if missing := [name for name in SETTINGS if name not in settings]:
        raise SearchError(f"{data / PREPARED}: does not say the {missing[0]}; `dvc repro -f faces-prepare`")
    faces, detector = query_faces(query, root, settings, models / "fasterrcnn" / "detector.pt", device)
    notes = []
    if detector != settings["detector"]:
        notes.append(f"The study's faces were marked by hand; the picture's were found by {detector}.")
    if len(faces) > 1:
        notes.append(f"{counted(len(faces), 'face')} in the picture, numbered from the surest.")
    return faces, notes


def _asked(image: Path, faces: pd.DataFrame, view: str, face: int | None) -> int | None:
    """Return the row of the face that asks, None where none need be."""
    if face is not None and not 1 <= face <= len(faces):
        which = {0: "no face was found", 1: "there is one face, number 1"}.get(len(faces), f"choose 1 to {len(faces)}")
        raise SearchError(f"{image}: face {face}: {which}")
    if faces.empty and view == "face":
        raise SearchError(f"{image}: no face was found in it, so there is none to ask with; try --view general")
    return None if faces.empty else (face or 1) - 1
