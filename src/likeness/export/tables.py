"""What a study came to, in tables that other programs take: photos, splits, predictions, neighbours, boxes, joints."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from likeness.compare.face_views import SHOWN, StudyVectors
from likeness.compare.ladder import query_blocks, sample_queries
from likeness.compare.rungs import every_rung
from likeness.features.vectors import FACE_WEIGHT, cosines, read_face_weight
from likeness.models.likability.recipes import layers_beside, layers_in
from likeness.photos.pairs import Compare
from likeness.report.faces.explorer import alikeness
from likeness.stats.retrieval import nearest
from likeness.studies.faces import FaceStudy
from likeness.studies.likability import LikabilityStudy
from likeness.studies.pose import Study

MOST, SEED = 2000, 7  # photos whose neighbours are listed; of more a seeded sample: all would grow with n squared
TOP = 10  # neighbours of each
PREDICTED = ["same", "kind", "scheme", "split", "model", "run", "probability", "score"]


class Vectors(NamedTuple):
    """What a network sees of pictures or of faces. ids: (n,) named photo_id or face_id. rows: (n, dim) float32."""

    ids: pd.Series
    rows: NDArray[np.float32]


class StudyTables(NamedTuple):
    """tables: by name, always `photos` (a row per picture: photo_id, path in the repository, width, height [px]).

    Others where the study has them: posts, pairs, predictions, boxes (x0, y0, x1, y1 [px]), keypoints (x, y [px]),
    neighbours (model, photo_id, rank, neighbour, similarity). embeddings: {what saw what: its vectors}.
    """

    tables: dict[str, pd.DataFrame]
    embeddings: dict[str, Vectors]

    def of_photos(self) -> Iterator[tuple[str, NDArray[np.float32]]]:
        """Yield (name, (photos, dim)) of the embeddings that have a row for every row of `photos`."""
        yield from ((name, held.rows) for name, held in self.embeddings.items() if held.ids.name == "photo_id")

    def found(self) -> Iterator[tuple[str, pd.Series]]:
        """Yield (model, each photo's nearest other photo_ids, nearest first, by photo_id)."""
        for model, rows in self.tables["neighbours"].groupby("model", sort=False):
            yield str(model), rows.groupby("photo_id")["neighbour"].agg(list)


def tables_of_pose(study: Study) -> StudyTables:
    """Return the tables of the pose study: pairs, what each model says of those held out, everybody's joints."""
    models, ids = every_rung(study), study.photos["photo_id"]
    seen = {**study.sights, **{name: runs[0] for name, runs in study.embeddings.items()}}
    first = {name: runs[0] for name, runs in models.rungs.items()}
    tables = {
        "photos": study.photos,
        "pairs": study.pairs,
        "predictions": models.predictions[["left", "right", *PREDICTED]],
        "keypoints": study.keypoints,
        "neighbours": neighbours_of(first, ids),
    }
    return StudyTables(tables, {name: Vectors(ids, rows) for name, rows in seen.items()})


def tables_of_likability(study: LikabilityStudy) -> StudyTables:
    """Return the tables of the likability study: posts, what each model says of those held out, and faces."""
    held, ids = study.features, study.photos["photo_id"]
    seen = {name: held[name] for name in [*layers_in(list(held)), *layers_beside(list(held))] if name in held}
    said = study.predictions[["left", *PREDICTED]].rename(columns={"left": "post_id", "same": "liked"})
    tables = {
        "photos": study.photos,
        "posts": without_lists(study.posts),
        "predictions": said.drop(columns="kind"),
        "boxes": study.faces,
        "neighbours": neighbours_of({name: cosines(rows) for name, rows in seen.items()}, ids),
    }
    return StudyTables(tables, {name: Vectors(ids, rows) for name, rows in seen.items()})


def tables_of_faces(study: FaceStudy) -> StudyTables:
    """Return the tables of the faces study: faces, and the nearest pictures under each view of each network."""
    ids, each = study.photos["photo_id"], study.crops_of("each")["face_id"]
    vectors, embeddings, found = StudyVectors(study), {}, []
    for name in study.networks:
        embeddings[f"{name}, general"] = Vectors(ids, study.general(name))
        embeddings[f"{name}, face"] = Vectors(each, study.face(name))
        chosen = read_face_weight(study.data, name)
        weight = FACE_WEIGHT if chosen is None else chosen
        views = {f"{name}, {view}": partial(alikeness, vectors, name, view, weight) for view in SHOWN}
        found.append(neighbours_of(views, ids))
    neighbours = pd.concat(found, ignore_index=True)
    return StudyTables({"photos": study.photos, "boxes": study.faces, "neighbours": neighbours}, embeddings)


def without_lists(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose lists of words, such as hashtags, are texts with spaces between.

    >>> without_lists(pd.DataFrame({"hashtags": [np.array(["#a", "#b"]), np.array([])]}))["hashtags"].tolist()
    ['#a #b', '']
    """
    lists = [name for name in table if table[name].map(lambda cell: isinstance(cell, np.ndarray)).any()]
    return table.assign(**{name: table[name].map(" ".join) for name in lists})


def neighbours_of(models: Mapping[str, Compare], photo_ids: pd.Series) -> pd.DataFrame:
    """Return the TOP nearest photos by each model: model, photo_id, rank (from 1), neighbour, similarity.

    models: {name: (a,), (b,) rows -> (a, b) similarity, larger is more alike}. Where nothing can be compared (NaN),
    no neighbour is listed.
    """
    ids, every = photo_ids.to_numpy(), np.arange(len(photo_ids))
    parts = [pd.DataFrame(columns=["model", "photo_id", "rank", "neighbour", "similarity"])]
    for model, alike in models.items():
        for asked, own in query_blocks(sample_queries(every, MOST, SEED), every):
            index, value = nearest(alike(asked, every), TOP, own=own)
            rows = {"model": model, "photo_id": np.repeat(ids[asked], index.shape[1]),
                    "rank": np.tile(np.arange(1, index.shape[1] + 1), len(asked)),
                    "neighbour": ids[index.ravel()], "similarity": value.ravel()}  # fmt: skip
            parts.append(pd.DataFrame(rows))
    return pd.concat(parts[1:] or parts, ignore_index=True).dropna(subset="similarity").reset_index(drop=True)
