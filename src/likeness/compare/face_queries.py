"""Which faces ask, which pictures may answer, and which answers are right: who is shown, or who painted."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

KNOWN_FACES = 2000  # of known people whose pairs are compared
QUERY_COLUMNS = ["face_id", "photo_id", "identity", "artist", "split", "picture", "face"]


class Answers(NamedTuple):
    """right: (q, pictures) bool, the picture is an answer. known: (q, pictures) bool, whether it is one is known.

    Unknown is not wrong: where only a part of a collection is annotated, the rest is no part of the gallery.
    """

    right: NDArray[np.bool_]
    known: NDArray[np.bool_]

    def at(self, rows: NDArray[np.intp]) -> "Answers":
        """Return the answers of some of the queries."""
        return Answers(self.right[rows], self.known[rows])

    def told(self, row: int, pictures: NDArray[np.intp]) -> NDArray[np.object_]:
        """Return of some pictures whether they answer a query: True, False, or None where nobody knows."""
        return np.where(self.known[row, pictures], self.right[row, pictures], None)


def rows_of(photos: pd.DataFrame, photo_ids: pd.Series) -> NDArray[np.intp]:
    """Return (n,) the row of each photo id in `photos`; raises ValueError naming one that is not there."""
    found = pd.Index(photos["photo_id"]).get_indexer(photo_ids)
    if (found < 0).any():
        raise ValueError(f"photo {photo_ids.to_numpy()[found < 0][0]!r} is not among the {len(photos)} pictures")
    return found


def face_queries(
    faces: pd.DataFrame, photos: pd.DataFrame, crops: pd.DataFrame, split: str | None = None
) -> pd.DataFrame:
    """Return the faces that are asked with: QUERY_COLUMNS, in the order of `faces`.

    faces: face_id, photo_id, identity ("" unknown). photos: photo_id, artist, split. crops: face_id, kind.
    split: only faces in pictures of this split; None: all. picture: row of `photos`. face: row of the crops of kind
    "each". Raises ValueError naming a face without a crop.
    """
    picture = rows_of(photos, faces["photo_id"])
    face = pd.Index(crops.loc[crops["kind"] == "each", "face_id"]).get_indexer(faces["face_id"])
    if (face < 0).any():
        raise ValueError(f"face {faces['face_id'].to_numpy()[face < 0][0]!r} has no crop of kind each")
    table = faces[["face_id", "photo_id", "identity"]].reset_index(drop=True)
    table["artist"], table["split"] = (photos[name].to_numpy()[picture] for name in ("artist", "split"))
    table = table.assign(picture=picture, face=face).fillna({"identity": "", "artist": ""})[QUERY_COLUMNS]
    return table if split is None else table[table["split"] == split].reset_index(drop=True)


def sample_queries(queries: pd.DataFrame, most: int, seed: int) -> pd.DataFrame:
    """Return the queries, or where there are more than `most` a seeded sample of them, in table order."""
    if len(queries) <= most:
        return queries
    return queries.sample(most, random_state=seed).sort_index().reset_index(drop=True)


def candidates(queries: pd.DataFrame, pictures: int, exclude: ArrayLike | None = None) -> NDArray[np.bool_]:
    """Return (q, pictures) bool: may the query find this picture? Not its own, nor one of the same group.

    exclude: (pictures,) names of groups, such as the near-duplicates'; None: only the own picture is left out.

    >>> candidates(pd.DataFrame({"picture": [0]}), pictures=3, exclude=["a", "a", "b"]).tolist()
    [[False, False, True]]
    """
    groups = np.arange(pictures) if exclude is None else np.asarray(exclude, dtype=object)
    if len(groups) != pictures:
        raise ValueError(f"exclude names {len(groups)} groups for {pictures} pictures: give one each")
    codes, own = pd.factorize(groups)[0].astype(np.int32), queries["picture"].to_numpy()
    allowed = codes[own][:, None] != codes
    allowed[np.arange(len(own)), own] = False
    return allowed


def identities_shown(photos: pd.DataFrame, faces: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Return who is in which picture: photo_id, identity, each pair once; "" for somebody nobody has named.

    From the true boxes, the faces and the pictures themselves: who is shown counts even where no face was found. A
    picture has "" too where nobody looked who is in it: it has no annotation and no name. Found faces without a name
    count for nothing: the detector may be wrong.

    photos: photo_id; identity (of its folder) and annotated (did somebody mark its faces, or that it has none?) where
    there are such columns. truth: photo_id, identity, of marked faces.
    """
    found, folders = (table.reindex(columns=["photo_id", "identity"], fill_value="") for table in (faces, photos))
    said = pd.concat([found, folders], ignore_index=True).fillna({"identity": ""})
    marked = truth[["photo_id", "identity"]].fillna({"identity": ""})
    shown = pd.concat([marked, said[said["identity"] != ""]], ignore_index=True)
    looked = photos["annotated"].to_numpy(bool) if "annotated" in photos else np.zeros(len(photos), bool)
    unseen = photos.loc[~looked & ~photos["photo_id"].isin(shown["photo_id"]), ["photo_id"]].assign(identity="")
    return pd.concat([shown, unseen], ignore_index=True).drop_duplicates(ignore_index=True)


def answers_by_identity(
    queries: pd.DataFrame, shown: pd.DataFrame, photos: pd.DataFrame, exclude: ArrayLike | None = None
) -> Answers:
    """Return which pictures show the query's identity, and are among its `candidates`.

    shown: as `identities_shown` gives. A query of unknown identity has no right picture. A picture of somebody unknown
    is known to be right to those who are named in it, and of nobody else known to be wrong.
    """
    here = shown[shown["photo_id"].isin(photos["photo_id"])]
    named = here[(here["identity"] != "") & here["identity"].isin(queries["identity"])]
    codes, names = pd.factorize(named["identity"], sort=True)
    shows = np.zeros((len(names) + 1, len(photos)), dtype=bool)  # the last row: of unknown identity
    shows[codes, rows_of(photos, named["photo_id"])] = True
    right = shows[pd.Index(names).get_indexer(queries["identity"])] & candidates(queries, len(photos), exclude)
    is_unsure = photos["photo_id"].isin(here.loc[here["identity"] == "", "photo_id"]).to_numpy()
    return Answers(right, right | ~is_unsure)


def answers_by_artist(queries: pd.DataFrame, photos: pd.DataFrame, exclude: ArrayLike | None = None) -> Answers:
    """Return which pictures are by the artist of the query's picture, and among its `candidates`; "" is not known."""
    codes, names = pd.factorize(photos["artist"])
    asked = np.where(queries["artist"] == "", -2, pd.Index(names).get_indexer(queries["artist"]))
    same = (asked[:, None] == codes.astype(np.int32)) & (asked >= 0)[:, None]
    is_known = np.broadcast_to((photos["artist"] != "").to_numpy(), same.shape)
    return Answers(same & candidates(queries, len(photos), exclude), is_known)


VIEWS = ("general", "face", "faces")


def rows_by_view(
    arrays: Mapping[str, NDArray], network: str, queries: pd.DataFrame, crops: pd.DataFrame
) -> dict[str, NDArray]:
    """Return {view: (q, dim)}: what a network sees of each face's picture, of the face, and of all faces around it.

    arrays: {"<network>-<view>": rows}, as `picture_features` gives. queries: photo_id, picture and face, as
    `face_queries` gives. crops: photo_id and kind. Raises ValueError for a face in a picture without a crop of all.
    """
    everyone = crops[crops["kind"] == "all"].reset_index(drop=True)
    rows = {"general": queries["picture"], "face": queries["face"], "faces": rows_of(everyone, queries["photo_id"])}
    return {view: arrays[f"{network}-{view}"][np.asarray(rows[view])] for view in VIEWS}


def known_pairs(features: NDArray, owners: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the cosine similarity of every pair of rows whose identity is known, and whether it is the same person.

    features: (n, dim). owners: photo_id, identity ("" unknown), and optionally duplicate_group, in the order of the
    rows. Pairs within one picture, and of near-duplicates, are left out: that they are alike is known beforehand. Of
    more than KNOWN_FACES rows only those of some people are compared, drawn at random, each with all their faces.
    """
    if len(features) != len(owners):
        raise ValueError(f"{len(features)} feature rows for {len(owners)} owners: give one each")
    known = _some_people(owners["identity"].fillna(""))
    unit = np.asarray(features, float)[known]
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-12)
    first, second = np.triu_indices(len(known), k=1)
    rows = owners.iloc[known]
    apart = np.ones(len(first), bool)
    for column in {"photo_id", "duplicate_group"} & set(rows):
        names = rows[column].to_numpy(object)
        apart &= names[first] != names[second]
    names = rows["identity"].to_numpy(object)
    return (unit @ unit.T)[first, second][apart], (names[first] == names[second])[apart]


def _some_people(identity: pd.Series) -> NDArray[np.intp]:
    """Return the rows of known identity; of more than KNOWN_FACES those of people drawn until as many are reached."""
    known = np.flatnonzero(identity.ne("").to_numpy())
    codes, names = pd.factorize(identity.iloc[known])
    drawn = np.random.default_rng(0).permutation(len(names))
    enough = np.cumsum(np.bincount(codes, minlength=len(names))[drawn]) <= KNOWN_FACES
    return known[np.isin(codes, drawn[enough])]


def pairs_by_view(
    arrays: Mapping[str, NDArray],
    networks: Sequence[str],
    faces: pd.DataFrame,
    photos: pd.DataFrame,
    crops: pd.DataFrame,
) -> dict[str, tuple[NDArray[np.float64], NDArray[np.bool_]]]:
    """Return {"<network> <view>": as `known_pairs` gives}, a view without two pictures of one person left out.

    arrays: as `picture_features` gives. faces, photos (with duplicate_group), crops: as `face_queries` takes them.
    """
    queries = face_queries(faces, photos, crops)
    owners = queries.merge(photos[["photo_id", "duplicate_group"]], on="photo_id", how="left")
    found = {
        f"{network} {view}": known_pairs(rows, owners)
        for network in networks
        for view, rows in rows_by_view(arrays, network, queries, crops).items()
    }
    return {name: (similarity, same) for name, (similarity, same) in found.items() if same.any()}


def copies(photos: pd.DataFrame, general: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cosines of near-duplicates, one number a pair, and of every picture with the one after it.

    photos: duplicate_group, of which every picture is held against its first. general: (pictures, dim).
    """
    unit = np.asarray(general, np.float64)
    unit = unit / np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), np.finfo(float).tiny)
    first = photos.groupby("duplicate_group", sort=False)["photo_id"].transform("first")
    of, to = rows_of(photos, photos["photo_id"]), rows_of(photos, first)
    twin, groups = of != to, photos["duplicate_group"].to_numpy(object)
    apart = np.flatnonzero(groups[1:] != groups[:-1])
    return np.sum(unit[of[twin]] * unit[to[twin]], axis=1), np.sum(unit[apart] * unit[apart + 1], axis=1)
