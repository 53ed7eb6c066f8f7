"""A pose asks: in which photos of the study does somebody hold it, and at which place that looks alike?

Views: pose (joints alone), place (the photo without its people) and both (the study's own definition of alike, fitted
on its training pairs).
"""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from likeness.compare.rungs import fit_place_pose, place_pose_probability
from likeness.errors import UserError
from likeness.features.extract import extract
from likeness.features.extractors import extractor_of
from likeness.features.renderings import background
from likeness.paths import file_sha256
from likeness.people.distances import nearest_pose, torso_distances
from likeness.people.estimate import find_people
from likeness.people.joints import body_only, to_arrays
from likeness.people.marks.openpose import read_people
from likeness.people.skeletons import draw_skeleton, framed
from likeness.report.html_text import counted
from likeness.search.galleries import Gallery, cosines, open_gallery, ranked_pictures
from likeness.search.search_page import Found

PEOPLE = 2  # of a photo, that are compared
DRAWN = 480  # px of the skeleton that stands for a file of joints
ESTIMATOR = "mediapipe"  # who looks at a picture that asks


class PoseError(UserError):
    """A picture without anybody, or a study that cannot answer; the message is one line."""


class PoseGallery(NamedTuple):
    """A study's photos: gallery, with features of the whole photos; people (n, 2, 18, 3); places (n, d)."""

    gallery: Gallery
    people: NDArray[np.float64]
    places: NDArray[np.float32]


def open_poses(data: Path) -> PoseGallery:
    """Return the photos of the study in the folder data/pose; raises GalleryError where it has not been run."""
    gallery = open_gallery("pose", data)
    keypoints = pd.read_parquet(data / "keypoints.parquet")
    people = body_only(to_arrays(keypoints, list(gallery.photos["photo_id"]), PEOPLE))
    return PoseGallery(gallery, people, np.load(data / "features" / "background.npy", mmap_mode="r"))


def search_poses(
    queries: Iterable[tuple[Path, pd.DataFrame]], joints: Path | None, data: Path, view: str, k: int, device: str
) -> Iterator[Found]:
    """Yield what answers each picture, or the pose drawn in the file `joints`.

    queries: (file, one row with photo_id, path, sha256, width, height). joints: OpenPose's JSON of one photo; it asks
    instead of pictures, with the view pose. data: the folder data/pose. Raises PoseError where nobody is found.
    """
    poses = open_poses(data)
    if joints is not None:
        yield from _ask_drawn(joints, poses, k)
        return
    for image, query in queries:
        people = find_people(ESTIMATOR, query, image.parent, people=PEOPLE, guess=view != "place").people[0]
        if view != "place" and not len(people):
            raise PoseError(f"{image}: nobody was found in it, so there is no pose to ask with; try --view place")
        similarity, notes = _similarity(poses, people, query, image.parent, view, data, device)
        yield _found(poses, query, image.parent, similarity, view, k, notes)


def _similarity(
    poses: PoseGallery, people: NDArray, query: pd.DataFrame, root: Path, view: str, data: Path, device: str
) -> tuple[NDArray[np.float64], list[str]]:
    """Return (n,) how alike each photo is under a view, and what there is to say."""
    if view == "pose":
        return _by_pose(poses, people)
    recipe = poses.gallery.recipe
    how = {"root": root, "cache": None, "image_size": recipe["image_size"], "batch_size": 1, "device": device}
    shown = background({query["photo_id"].iloc[0]: people})
    made = extractor_of(recipe, "pose-features")
    vector = extract(query, made, rendering=shown, precision=recipe["precision"], **how)[0][0]
    place = cosines(poses.places, vector)
    if view == "place":
        return place, ["People are filled with the photo's mean colour: only the place is compared."]
    known, same = _training_pairs(poses, data)
    distance = torso_distances(body_only(people[0]), poses.people[:, 0])
    chance = place_pose_probability(fit_place_pose(known, same), np.column_stack([distance, place]))
    return chance, ["The similarity is the probability of the same pose at the same place, as training pairs show it."]


def _by_pose(poses: PoseGallery, people: NDArray) -> tuple[NDArray[np.float64], list[str]]:
    """Return (n,) exp(-distance in torso lengths): 1 for the same pose, NaN for a photo without anybody."""
    distance, mirrored = nearest_pose(body_only(people), poses.people)
    nobody = int(np.isnan(distance).sum())
    notes = ["Joints are compared, in torso lengths: the similarity is exp(−their mean distance), 1 for the same pose."]
    best = np.argsort(distance)[:1]
    notes += ["The first answer holds the pose as in a mirror."] * bool(mirrored[best].any())
    if nobody:
        notes.append(f"{counted(nobody, 'photo')} without a whole torso found in it cannot answer.")
    return np.exp(-distance), notes


def _training_pairs(poses: PoseGallery, data: Path) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return (pairs, 2) pose distance and similarity of the places of the training pairs, and which are the same."""
    pairs = pd.read_parquet(data / "pairs.parquet")
    pairs = pairs[pairs["split"] == "train"]
    ids = pd.Index(poses.gallery.photos["photo_id"])
    left, right = (ids.get_indexer(pairs[side]) for side in ("left", "right"))
    distance = torso_distances(poses.people[left, 0], poses.people[right, 0])
    one, other = (np.asarray(poses.places[rows], float) for rows in (left, right))
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.column_stack([distance, (one * other).sum(axis=1) / lengths]), pairs["same"].to_numpy()


def _ask_drawn(joints: Path, poses: PoseGallery, k: int) -> Iterator[Found]:
    """Yield what answers a file of joints; the skeleton that stands for the picture is there until the next step."""
    people = read_people(joints)
    if not len(people):
        raise PoseError(f"{joints}: shows nobody; give the joints of one person at least")
    similarity, notes = _by_pose(poses, people)
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder) / f"{joints.stem}.png"
        Image.fromarray(draw_skeleton(*framed(people, 1, 1, "person"), DRAWN)).save(drawn)
        facts = {"photo_id": file_sha256(drawn)[:16], "path": drawn.name, "sha256": file_sha256(drawn)}
        query = pd.DataFrame([facts | {"width": DRAWN, "height": DRAWN}])
        yield _found(poses, query, drawn.parent, similarity, "pose", k, notes)


def _found(
    poses: PoseGallery, query: pd.DataFrame, root: Path, similarity: NDArray, view: str, k: int, notes: list[str]
) -> Found:
    gallery = poses.gallery
    itself = (gallery.photos["photo_id"] == query["photo_id"].iloc[0]).to_numpy()
    if itself.any():
        place = gallery.photos["path"][itself].iloc[0]
        notes = [*notes, f"The picture is in the study itself, as {place}; it is left out."]
    similarity = np.where(itself, np.nan, similarity)
    table = ranked_pictures(gallery, similarity, np.full(len(similarity), -1), k)
    answers = int((~np.isnan(similarity)).sum())
    network = gallery.network if view != "pose" else "the joints"
    return Found("pose", view, network, query, root, None, None, table, None, answers, None, tuple(notes))
