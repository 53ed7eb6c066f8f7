"""How like one picture, from wherever it comes, is every picture of a gallery?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.compare.face_views import combined
from likeness.features.vectors import l2_normalise
from likeness.search.galleries import Gallery
from likeness.stats.retrieval import nearest

VIEWS = ("general", "face", "combined")
BLOCK = 4096  # rows at a time: features on disk are read once and never held whole in double precision


def query_similarity(
    gallery: Gallery, vectors: Mapping[str, NDArray], view: str, face_weight: float = 0.5
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return (similarity of every picture, its face that is the most alike as a row of `gallery.crops`, else -1).

    vectors: as `embed_query` gives. Similarities are those of `face_views.similarity`: larger is more alike, in
    [-1, 1], NaN under the view face for a picture without a face. A query without a face has its whole picture alone
    under combined. Raises ValueError for another view, or for the view face without a face.
    """
    if view not in VIEWS or (view == "face" and "face" not in vectors):
        raise ValueError(f"view {view!r} with {', '.join(vectors)} of the query: choose one of {', '.join(VIEWS)}")
    face, closest = np.full(len(gallery.photos), np.nan), np.full(len(gallery.photos), -1)
    if view != "general" and "face" in vectors:
        face, closest = _best_faces(gallery, vectors["face"])
    if view == "face":
        return face, closest
    general = cosines(gallery.general, vectors["general"])
    return (general if view == "general" else combined(face, general, face_weight)), closest


def cosines(rows: NDArray, query: NDArray) -> NDArray[np.float64]:
    """Return (n,) the cosine of `query` (d,) to every row (n, d), in [-1, 1]; larger is more alike."""
    query = l2_normalise(query)
    blocks = [l2_normalise(rows[start : start + BLOCK]) @ query for start in range(0, len(rows), BLOCK)]
    return np.concatenate([np.zeros(0), *blocks])


def _best_faces(gallery: Gallery, query: NDArray) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return each picture's largest cosine to the query's face, NaN without a face, and the row of that face."""
    cosine = cosines(gallery.face, query)
    order = np.argsort(-cosine, kind="stable")  # of equals the first face
    first = pd.Series(order, index=gallery.crops["photo_id"].to_numpy()[order])
    first = first[~first.index.duplicated()].reindex(gallery.photos["photo_id"])
    closest = first.fillna(-1).to_numpy(np.intp)
    return np.where(closest >= 0, np.append(cosine, np.nan)[closest], np.nan), closest


def ranked_pictures(
    gallery: Gallery, similarity: NDArray, closest: NDArray[np.intp], k: int, known: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Return the `k` most similar pictures: rank (from 1), similarity, photo_id, path, width, height, those of `known`
    that the study knows, and crop_id: the face that is the most alike, "" for none.

    Pictures of undefined similarity are left out.
    """
    index, value = (found[0] for found in nearest(similarity[None], k, exclude_self=False))
    index, value = index[~np.isnan(value)], value[~np.isnan(value)]
    photos = gallery.photos.iloc[index].reset_index(drop=True)
    told = [name for name in known if name in gallery.photos and gallery.photos[name].fillna("").ne("").any()]
    table = photos[["photo_id", "path", "width", "height", *told]].fillna(dict.fromkeys(told, ""))
    crops = [] if gallery.crops is None else list(gallery.crops["crop_id"])
    faces = [crops[row] if row >= 0 else "" for row in closest[index]]
    table = table.assign(crop_id=pd.Series(faces, dtype="str"))
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    table.insert(1, "similarity", value)
    return table
