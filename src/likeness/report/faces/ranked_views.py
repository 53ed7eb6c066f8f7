"""Which queries are shown, and what each view answers them: the table that the grids of neighbours draw."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics.pairwise import cosine_similarity

from likeness.stats.retrieval import nearest, undefined_queries

COLUMNS = ["query", "view", "rank", "photo_id", "value", "right", "face_id"]


def queries_to_show(queries: pd.DataFrame, relevant: NDArray[np.bool_], most: int, seed: int) -> NDArray[np.intp]:
    """Return up to `most` rows of `queries`, drawn at random: each of another identity, in table order.

    queries: photo_id, identity ("" unknown). relevant: (q, g) bool. Queries that nobody could answer only take part
    where no query can be answered: then there is no truth, and the reader judges.
    """
    answerable = np.flatnonzero(np.asarray(relevant, bool).any(axis=1))
    rows = answerable if len(answerable) else np.arange(len(queries))
    drawn = queries.iloc[np.random.default_rng(seed).permutation(rows)]
    person = drawn["identity"].where(drawn["identity"] != "", drawn["photo_id"])
    place = {face: row for row, face in enumerate(queries["face_id"])}
    return np.array(sorted(place[face] for face in drawn["face_id"][~person.duplicated()].head(most)), dtype=np.intp)


def ranked_views(
    similarities: Mapping[str, NDArray],
    queries: pd.DataFrame,
    photos: pd.DataFrame,
    relevant: NDArray[np.bool_],
    rows: NDArray[np.intp],
    top: int,
    crops: pd.DataFrame | None = None,
    faces: NDArray | None = None,
) -> pd.DataFrame:
    """Return what each view answers the chosen queries: query, view, rank (from 1), photo_id, value, right, face_id.

    similarities: {view: (q, g) float}, larger = more alike, NaN undefined, columns the rows of `photos`. rows: of
    `queries`. right: whether the picture is relevant; None where the query's identity is unknown. crops (kind "each")
    and faces (their features, (n, dim)), queries' `face` naming a query's own row: with both, face_id names the face of
    a picture that is the most alike, for the views that see faces; else it is "". Pictures that a view has no
    similarity for are left out.
    """
    parts = []
    for row in rows:
        query = queries.iloc[row]
        for view, similarity in similarities.items():
            part = np.asarray(similarity, float)[[row]]
            if undefined_queries(part, exclude_self=False)[0]:
                continue
            index, value = (found[0] for found in nearest(part, top, exclude_self=False))
            index, value = index[np.isfinite(value)], value[np.isfinite(value)]
            right = relevant[row, index] if query["identity"] != "" else np.full(len(index), None)
            ids = photos["photo_id"].to_numpy()[index]
            sees = view in ("face", "combined") and crops is not None and faces is not None
            alike = closest_faces(crops, faces, int(query["face"]), ids) if sees else [""] * len(ids)
            rank = np.arange(1, len(ids) + 1)
            columns = (query["face_id"], view, rank, ids, value, np.asarray(right, object), alike)
            parts.append(pd.DataFrame(dict(zip(COLUMNS, columns, strict=True))))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def closest_faces(crops: pd.DataFrame, faces: NDArray, query: int, photo_ids: NDArray) -> list[str]:
    """Return for each picture the face that is most similar (cosine) to the query's, "" where it has none.

    crops: photo_id, face_id, kind, of which the rows of kind "each" are those of `faces` (n, dim). query: one of them.
    """
    each = crops[crops["kind"] == "each"].reset_index(drop=True)
    if len(each) != len(faces):
        raise ValueError(f"{len(faces)} rows of features for {len(each)} crops of single faces: give one each")
    found = []
    for photo in photo_ids:
        own = np.flatnonzero((each["photo_id"] == photo).to_numpy())
        closest = own[cosine_similarity(faces[[query]], faces[own])[0].argmax()] if len(own) else None
        found.append("" if closest is None else str(each["face_id"].iloc[closest]))
    return found
