"""What each view finds for the same faces, a block a query and a row a view; and which pixels make two alike."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics.pairwise import cosine_similarity

from likeness.compare.face_queries import Answers
from likeness.report.faces.thumbnails_faces import FaceThumbnails, is_known, picture_caption
from likeness.report.grids import Cell, Heats, Maps, heading, maps_grid, pair_maps, row_grid
from likeness.report.html_text import Html, is_missing, note, stack, text
from likeness.report.thumbnails import Thumbnails, jpeg_uri
from likeness.stats.retrieval import nearest, undefined_queries

SEES = {
    "general": "the whole picture",
    "face": "the face alone",
    "faces": "the box around all faces",
    "combined": "face and whole picture",
}
COLUMNS = ["query", "view", "rank", "photo_id", "value", "right"]
SEE_FACES = ("face", "combined")
SIDES = {"left": "query", "right": "match"}


def queries_to_show(queries: pd.DataFrame, relevant: NDArray[np.bool_], most: int, seed: int) -> NDArray[np.intp]:
    """Return up to `most` rows of `queries`, drawn at random: each of another identity, in table order.

    queries: photo_id, identity ("" unknown). relevant: (q, g) bool. Queries that nobody could answer only take part
    where no query can be answered: then there is no truth, and the reader judges.
    """
    answerable = np.flatnonzero(np.asarray(relevant, bool).any(axis=1))
    rows = answerable if len(answerable) else np.arange(len(queries))
    drawn = np.random.default_rng(seed).permutation(rows)
    asked = queries.iloc[drawn]
    person = asked["identity"].where(asked["identity"] != "", asked["photo_id"])
    return np.sort(drawn[~person.duplicated().to_numpy()][:most])


def ranked_views(
    similarities: Mapping[str, NDArray],
    answers: Answers,
    queries: pd.DataFrame,
    photos: pd.DataFrame,
    top: int,
) -> pd.DataFrame:
    """Return what each view answers each query: query (a face_id), view, rank (from 1), photo_id, value, right.

    similarities: {view: (q, g) float}, larger = more alike, NaN undefined, columns the rows of `photos`. answers:
    of the queries. right: whether the picture is an answer; None where that is not known, as for a query without
    identity. Pictures that a view has no similarity for are left out.
    """
    parts = []
    for row in range(len(queries)):
        query = queries.iloc[row]
        for view, similarity in similarities.items():
            part = np.asarray(similarity, float)[[row]]
            if undefined_queries(part)[0]:
                continue
            index, value = (found[0] for found in nearest(part, top))
            index, value = index[np.isfinite(value)], value[np.isfinite(value)]
            right = answers.told(row, index) if query["identity"] != "" else np.full(len(index), None)
            ids = photos["photo_id"].to_numpy()[index]
            rank = np.arange(1, len(ids) + 1)
            columns = (query["face_id"], view, rank, ids, value, np.asarray(right, object))
            parts.append(pd.DataFrame(dict(zip(COLUMNS, columns, strict=True))))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def with_closest_faces(
    ranked: pd.DataFrame, queries: pd.DataFrame, crops: pd.DataFrame, faces: NDArray
) -> pd.DataFrame:
    """Return `ranked_views` with face_id: the face of a picture that is the most alike, "" for views that see no faces.

    queries: face_id, and face, its row of `faces` (n, dim). crops: as for `closest_faces`.
    """
    row_of = dict(zip(queries["face_id"], queries["face"], strict=True))
    found = pd.Series("", index=ranked.index, dtype=object)
    for query, own in ranked[ranked["view"].isin(SEE_FACES)].groupby("query", sort=False):
        found[own.index] = closest_faces(crops, faces, int(row_of[query]), own["photo_id"])
    return ranked.assign(face_id=found)


def closest_faces(crops: pd.DataFrame, faces: NDArray, query: int, photo_ids: Iterable[str]) -> list[str]:
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


def views_grid(ranked: pd.DataFrame, queries: pd.DataFrame, thumbs: FaceThumbnails) -> Html:
    """Return per query a block, with a row a view: what the view is given of the query, then its nearest pictures.

    ranked: as `with_closest_faces` gives: right is True, False, or missing where the identity is unknown; the box of
    face_id ("" for none) is drawn. Queries and views stand in order of appearance, answers by rank. queries: face_id,
    identity ("" unknown). thumbs: with the crops of the queries.
    """
    crops = _crops_by_id(thumbs)
    identities, parts = dict(zip(queries["face_id"], queries["identity"], strict=True)), []
    for number, (query, own) in enumerate(ranked.groupby("query", sort=False), 1):
        rows, identity = _view_rows(query, own, thumbs, crops), identities.get(query, "")
        who = f", showing <bdi>{text(identity)}</bdi>" if is_known(identity) else ", of an unknown person"
        name = f"<bdi>{text(thumbs.name(_owner(query, crops)))}</bdi>"
        parts += [Html(f'<p class="lk-ask"><strong>Query {number}{who}</strong>: {name}</p>'), row_grid(rows)]
    if not parts:
        return note("No queries to show.")
    legend = (
        "Left: what the view is given of the query; then the most similar pictures, the closest first. Solid frame and "
        "✓: the picture shows the same person. Dashed frame and ✗: it does not. No frame: not known."
    )
    return stack([*parts, Html(f'<p class="lk-legend">{text(legend)}</p>'), describe_answers(ranked)])


def first_query(ranked: pd.DataFrame, thumbs: FaceThumbnails) -> list[list[Cell]]:
    """Return the rows of one query of `views_grid`, a row a view; none where nobody asks.

    It is the first that some view answers rightly, so that right and wrong can be seen; else the first.
    """
    if ranked.empty:
        return []
    answered = ranked.loc[ranked["right"].eq(True), "query"]
    query = (answered if len(answered) else ranked["query"]).iloc[0]
    return _view_rows(query, ranked[ranked["query"] == query], thumbs, _crops_by_id(thumbs))


def _crops_by_id(thumbs: FaceThumbnails) -> dict:
    cuts = [] if thumbs.crops is None else thumbs.crops.to_dict("records")
    return {(row["kind"], row["face_id"] if row["kind"] == "each" else row["photo_id"]): row for row in cuts}


def _view_rows(query: str, own: pd.DataFrame, thumbs: FaceThumbnails, crops: Mapping) -> list[list[Cell]]:
    rows = []
    for view, found in own.groupby("view", sort=False):
        answers = [_answer(row, thumbs, crops) for row in found.sort_values("rank").to_dict("records")]
        rows.append([_asked(query, str(view), thumbs, crops), *answers])
    return rows


def describe_answers(ranked: pd.DataFrame) -> Html:
    """Read the grid: how many of the shown pictures show the person who asks, by view. ranked: view, right."""
    known = ranked.dropna(subset=["right"])
    if known.empty:
        return note("Nobody who asks here is known by name: whether the answers are right is for the eye to say.")
    counts = known["right"].astype(bool).groupby(known["view"], sort=False).agg(["sum", "size"])
    said = [f"{row.sum} of {row.size} by the {row.Index} view" for row in counts.itertuples()]
    return note(f"Pictures shown here that show the same person: {', '.join(said)}.")


def _owner(query: str, crops: Mapping) -> str:
    if ("each", query) not in crops:
        raise KeyError(f"query {query!r} is not among the {len(crops)} crops: give the thumbnails the crops table")
    return crops["each", query]["photo_id"]


def _asked(query: str, view: str, thumbs: FaceThumbnails, crops: Mapping) -> Cell:
    """What a view is given of the query; the whole picture carries the box of the face that asks."""
    photo = _owner(query, crops)
    if view == "face":
        uri = thumbs.uri(crops["each", query]["crop_id"])
    elif view == "faces":
        uri = thumbs.uri(crops["all", photo]["crop_id"])
    else:
        uri = jpeg_uri(thumbs.boxed(photo, pd.DataFrame([crops["each", query]])))
    words = SEES[view]
    below = Html(f"<b>{text(view)}</b><br>{text(words)}")
    return Cell(uri, f"query, {words}: {thumbs.name(photo)}", below, kind="lk-query")


def _answer(row: Mapping[str, Any], thumbs: FaceThumbnails, crops: Mapping) -> Cell:
    photo, similarity = row["photo_id"], row["value"]
    words = "undefined" if is_missing(similarity) else f"{similarity:.3f}".replace("-", "−")
    crop = crops.get(("each", row["face_id"])) if is_known(row["face_id"]) else None
    uri = thumbs.uri(photo) if crop is None else jpeg_uri(thumbs.boxed(photo, pd.DataFrame([crop])))
    right = None if is_missing(row["right"]) else bool(row["right"])
    alt = f"rank {row['rank']}, similarity {words}: {thumbs.name(photo)}"
    return Cell(uri, alt, picture_caption(thumbs.row(photo), words), right)


def matches_grid(pairs: pd.DataFrame, maps: Maps, thumbs: Thumbnails) -> Html:
    """Return per pair a heading, then a line a method: the query, its map, the match, its map.

    pairs: left, right (ids that `thumbs` knows), value (similarity), same (bool, missing where nobody knows), outcome
    (in words), as `explain.similarity_maps` gives. maps: {method: (left (n, h, w), right (n, h, w))}, as `maps_grid`.
    """

    def cells(row: dict[str, Any], found: Heats) -> list[str]:
        right = None if is_missing(row["same"]) else bool(row["same"])
        words = f"{row['outcome']}, similarity {row['value']:.3f}".replace("-", "−")
        return [heading(words, right), *pair_maps(row, found, thumbs, SIDES, "{word}: {name}")]

    caption = "Bright: pixels that make the two alike; both maps of a row share one scale. ✓ right, ✗ another person."
    return maps_grid(pairs, maps, cells, caption)
