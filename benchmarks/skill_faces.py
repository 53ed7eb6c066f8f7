"""Faces: are people recognised, and is there a face in every portrait?"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from likeness import paths
from likeness.cache import Cache
from likeness.compare.face_queries import face_queries, identities_shown
from likeness.compare.face_scores import face_scores
from likeness.compare.face_views import face_vectors
from likeness.compare.same_person import face_pairs, verification_scores, with_scores
from likeness.features.face_features import picture_features
from likeness.features.sight import Sight
from likeness.people.crops import face_crops
from likeness.people.face_agreement import find_faces_agreeing
from likeness.people.faces import Search, find_faces
from likeness.photos import collection_facts, collections, duplicates, face_splits, manifest, splits
from likeness.stats.bootstrap import Estimate, cluster_bootstrap
from likeness.stats.weighted import mean_of

COUNTED = "docs/painting_faces.csv"  # by hand
SURE, SURE_AGREED = 0.9, 0.8  # the scores from which a face counts, as in params.yaml and examples/paintings.yaml
AGREEMENT = Search(512, 20, (0.5, 0.5, 0.4))
BEFORE = {"sight": Sight("squeezenet1_0", "IMAGENET1K_V1"), "align": "box"}
AFTER = {"sight": Sight("dlib", "bundled"), "align": "landmarks"}
SHARES = (0.25, 0.5)  # of validation and test, as in examples/att_faces.yaml
SEED = 7
ROW = tuple[str, str, Estimate, Estimate, int]


class People(NamedTuple):
    """A folder of people: photos (paths relative to `root`) with their split, their faces, and the faces' crops."""

    root: Path
    photos: pd.DataFrame
    faces: pd.DataFrame
    crops: pd.DataFrame


def recognised(folder: Path, cache: Cache) -> Iterator[ROW]:
    """Yield recall@1, mAP, EER and TAR of the view face on test people, before and after."""
    people = _people(folder, cache)
    before, after = (_figures(people, cache, **how) for how in (BEFORE, AFTER))
    for figure, found in before.items():
        yield "a face recognised", figure, found, after[figure], found.n


def _people(folder: Path, cache: Cache) -> People:
    root = folder.parent
    collection = collections.read_collection(folder, "identities")
    photos, _ = manifest.build_manifest(collection.found, root)
    photos = collection_facts.with_facts(photos, collection.found, root)
    photos["duplicate_group"] = duplicates.near_duplicates(root, photos, max_distance=20)
    marks = photos[["photo_id", "identity"]]
    photos["split"] = face_splits.split_pictures(photos, marks, splits.shares_of(*SHARES), SEED)
    faces = find_faces(photos, root, cache=cache).query("score >= @SURE").drop_duplicates("photo_id", ignore_index=True)
    faces = faces.merge(marks, on="photo_id")
    return People(root, photos, faces, face_crops(photos, faces, 0.2))


def _figures(people: People, cache: Cache, sight: Sight, align: str) -> dict[str, Estimate]:
    root, photos, faces, crops = people
    how, name = {"seed": SEED, "image_size": 200, "batch_size": 16}, sight.name
    arrays, _ = picture_features(photos, crops, [sight], align=align, root=root, cache=cache, **how)
    vectors = {name: face_vectors(photos, crops, arrays[f"{name}-general"], arrays[f"{name}-face"])}
    queries = face_queries(faces, photos, crops, split="test")
    shown = identities_shown(photos, faces, faces)
    scores = face_scores(vectors, queries, photos, shown, face_weight=1.0, seed=SEED).scores
    scores = scores[(scores["scheme"] == "honest") & (scores["view"] == "face")]
    rates = verification_scores(with_scores(face_pairs(queries, photos, SEED), queries, vectors), "test", seed=SEED)
    rows = pd.concat([scores[scores["measure"].isin(["recall@1", "mAP"])], rates]).replace({np.nan: None})
    return {row.metric: Estimate(row.value, row.low, row.high, int(row.n)) for row in rows.itertuples()}


def found(folder: Path, cache: Cache) -> Iterator[ROW]:
    """Yield the share of paintings in which a face is found: of those with a clear one, a difficult one, and none."""
    counted = pd.read_csv(paths.root() / COUNTED, dtype={"object_id": str})
    photos, _ = manifest.build_manifest(pd.DataFrame({"path": sorted(map(str, folder.glob("images/*.jpg")))}), folder)
    photos["object_id"] = photos["path"].map(lambda path: Path(path).stem)
    photos = photos.merge(counted, on="object_id")
    alone = find_faces(photos, folder, cache=cache)
    agreeing = find_faces_agreeing(photos, folder, AGREEMENT, cache=cache)
    looks = ((alone, SURE), (agreeing, SURE_AGREED))
    has = [photos["photo_id"].isin(each.loc[each["score"] >= least, "photo_id"]).to_numpy() for each, least in looks]
    for kind, words in (
        ("clear", "with a clear face"),
        ("hard", "with small, drawn or turned ones"),
        ("none", "without"),
    ):
        rows = (photos["shows"] == kind).to_numpy()
        before, after = (cluster_bootstrap(mean_of(each[rows]), photos["photo_id"][rows]) for each in has)
        yield "a face in a painting", f"found in pictures {words}", before, after, int(rows.sum())
