"""Grids of people: skeletons over photos, photos without a person, role models."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from likeness.people.joints import to_arrays
from likeness.people.truth import is_unmarked
from likeness.report.grids import Cell, grid, row_grid
from likeness.report.html_text import Html, counted
from likeness.report.thumbnails import Thumbnails, jpeg_uri, overlay_skeleton

MODELS, COPIES = 6, 4  # role models shown, and copies of each


def skeleton_grid(thumbs: Thumbnails, keypoints: pd.DataFrame, photo_ids: Iterable[str]) -> Html:
    """Return photos with the two most confident people drawn over them, captioned with how many joints are seen.

    keypoints: photo_id, person, joint, x, y [px of the upright photo], score.
    """
    photo_ids, cells = list(photo_ids), []
    for photo, people in zip(photo_ids, to_arrays(keypoints, photo_ids, people=2), strict=True):
        row, seen = thumbs.row(photo), np.isfinite(people[..., 0]).sum(axis=1)
        drawn = overlay_skeleton(thumbs.image(photo), people[seen > 0], row["width"], row["height"])
        joints = " and ".join(str(n) for n in seen if n) or "no"
        words = f"{thumbs.name(photo)}: {joints} joints"
        cells.append(Cell(jpeg_uri(drawn), f"skeleton over {thumbs.name(photo)}, {joints} joints", words))
    return grid(cells, empty="No photos to show.")


def no_person_gallery(thumbs: Thumbnails, keypoints: pd.DataFrame, most: int) -> Html:
    """Return the photos in which nobody was found, and how many they are; the first `most` are shown.

    Photos that were not annotated are not among them: they may show somebody.
    """
    unmarked = is_unmarked(thumbs.photos)
    ids = thumbs.photos.loc[~unmarked, "photo_id"]
    missing = ids[~ids.isin(keypoints["photo_id"])].tolist()
    said = f"No person was found in {len(missing):,} of {len(ids):,} photos"
    said += f"; the first {most} are shown." if len(missing) > most else "."
    said += f" Not annotated: {counted(int(unmarked.sum()), 'photo')}." if unmarked.any() else ""
    return grid([Cell(thumbs.uri(p), thumbs.name(p), thumbs.name(p)) for p in missing[:most]], said, empty=said)


def role_model_grid(models: pd.DataFrame, thumbs: Thumbnails) -> Html:
    """Return for the six most copied role models the first photo and the four earliest that copy it, with dates.

    models: arrangement, role_model (photo id), taken_at, as compare.role_models gives, most copied first.
    """
    rows = []
    for row in models.head(MODELS).itertuples():
        photos = thumbs.photos[thumbs.photos["arrangement"].eq(row.arrangement)]
        later = photos[photos["taken_at"].gt(row.taken_at)].sort_values(["taken_at", "photo_id"]).head(COPIES)
        first = f"{row.taken_at:%Y-%m-%d}, role model: {thumbs.name(row.role_model)}"
        cells = [Cell(thumbs.uri(row.role_model), first, first, kind="lk-query")]
        for copy in later.itertuples():
            words = f"{copy.taken_at:%Y-%m-%d}, later photo"
            cells.append(Cell(thumbs.uri(copy.photo_id), f"{words}: {thumbs.name(copy.photo_id)}", words))
        rows.append(cells)
    return row_grid(rows, empty="No arrangement has a dated photo that a later one copies.")
