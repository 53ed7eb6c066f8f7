"""Which photo belongs to which post: pictures are judged as files first, then handed back to their posts."""

from pathlib import Path

import pandas as pd

from likeness.errors import LayoutError
from likeness.photos.posts.files import picture_stems
from likeness.photos.walk import walk

NO_PHOTO = ""
LEAST_FOUND = 0.5  # of the pictures that posts name


def picture_files(posts: pd.DataFrame) -> pd.DataFrame:
    """Return the distinct pictures of posts, one per row: column path, as `manifest.build_manifest` takes it.

    posts: image, "" where a post has none.

    >>> picture_files(pd.DataFrame({"image": ["b.jpg", "", "a.jpg", "b.jpg"]}))["path"].tolist()
    ['a.jpg', 'b.jpg']
    """
    return pd.DataFrame({"path": sorted(set(posts["image"]) - {NO_PHOTO})}, dtype="str")


def require_found(pictures: pd.DataFrame, root: Path, folder: Path) -> None:
    """Raise LayoutError where less than LEAST_FOUND of the pictures are there: posts and folder do not belong together.

    pictures: of `picture_files`, paths relative to root. folder: of the posts, from which the error shows a picture.
    """
    missing = [path for path in pictures["path"] if not (Path(root) / path).exists()]
    found = len(pictures) - len(missing)
    if found >= LEAST_FOUND * len(pictures):
        return
    place = folder if folder.is_dir() else folder.parent
    there = picture_stems(walk(place, ("",)).files)
    example = next(iter(sorted(str(path.relative_to(place)) for path in there.values())), "")
    raise LayoutError(
        f"{folder}: names {len(pictures)} pictures, {found} of them are there: {missing[0]} is not, "
        f"{f'{example} is there' if example else 'the folder holds no picture'}; correct the column image, bring the "
        "pictures, or empty the cells to go on without"
    )


def link_photos(posts: pd.DataFrame, photos: pd.DataFrame, quarantine: pd.DataFrame) -> pd.Series:
    """Return the photo_id of every post: "" where it has no picture, or its picture was refused.

    photos, quarantine: as the manifest made them of `picture_files(posts)`. A byte copy was refused as a file, but its
    post did show the photo: it gets the photo_id of the file that was kept.
    """
    known = dict(zip(photos["path"], photos["photo_id"], strict=True))
    copies = quarantine[quarantine["reason"] == "exact-duplicate"]
    known |= {path: known[kept] for path, kept in zip(copies["path"], copies["detail"], strict=True)}
    return posts["image"].map(known).fillna(NO_PHOTO).astype("str").rename("photo_id")


def photo_rows(posts: pd.DataFrame, photos: pd.DataFrame) -> pd.DataFrame:
    """Return the photos that posts show, with what the posts know: group and split of the first post of each.

    posts: photo_id, group, split, taken_at. photos: one row per photo_id. Photos that no post shows are left out.
    """
    first = posts[posts["photo_id"] != NO_PHOTO].drop_duplicates("photo_id").set_index("photo_id")
    shown = photos[photos["photo_id"].isin(first.index)].reset_index(drop=True)
    of_post = first.loc[shown["photo_id"], ["group", "split"]].reset_index(drop=True)
    return shown.drop(columns=["group", "split"], errors="ignore").join(of_post)


def rows_of_photos(posts: pd.DataFrame, photos: pd.DataFrame) -> pd.Series:
    """Return the row in `photos` of every post's photo, -1 where it has none."""
    rows = pd.Index(photos["photo_id"]).get_indexer(posts["photo_id"])
    return pd.Series(rows, index=posts.index, name="row")


def with_faces(posts: pd.DataFrame, summary: pd.DataFrame) -> pd.DataFrame:
    """Return posts with what is known of the faces in their photos: faces, face_score, face_share.

    summary: photo_id and these three, of every photo that was looked at. Of other posts faces is -1, face_score NaN
    and face_share 0.
    """
    known = summary.set_index("photo_id").reindex(posts["photo_id"]).set_axis(posts.index)
    return posts.assign(
        faces=known["faces"].fillna(-1).astype("int64"),
        face_score=known["face_score"].astype(float),
        face_share=known["face_share"].fillna(0.0).astype(float),
    )
