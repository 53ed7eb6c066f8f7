"""What is resampled together: names of clusters, as codes and by photo."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

FEW = 6  # with fewer clusters an interval that lies on one side of a bound proves nothing: see paired.least_p


def cluster_codes(*columns: ArrayLike) -> tuple[list[NDArray[np.intp]], int]:
    """Number the clusters named in `columns` (each (n,)) together, in sorted order; return codes and how many.

    Raises ValueError on a missing name: give a photo without a cluster one of its own.
    """
    parts = [np.asarray(column, dtype=object) for column in columns]
    names = np.concatenate(parts)
    missing = int(pd.isna(names).sum())
    if missing:
        raise ValueError(f"{missing} rows have no cluster: give a photo without a cluster one of its own")
    if any(type(name) is not str for name in names):
        names = np.array([str(name) for name in names], dtype=object)
    codes, unique = pd.factorize(names, sort=True)
    return np.split(codes, np.cumsum([len(part) for part in parts])[:-1]), len(unique)


def cluster_kind(photos: pd.DataFrame) -> str:
    """Return the column that says what is resampled together of photos that are judged.

    "group" where they show FEW sites or more, so that intervals speak of other sites; else "arrangement", a pose at a
    site, or where there are none "duplicate_group". photos: site, arrangement (missing: none), group (a site, or the
    sites that a split keeps together).
    """
    if photos["site"].notna().any() and photos["group"].nunique() >= FEW:
        return "group"
    return "arrangement" if photos["arrangement"].notna().any() else "duplicate_group"


def name_clusters(photos: pd.DataFrame, kind: str = "arrangement") -> pd.Series:
    """Return what is resampled together, by photo id: as `kind` says, or else the group of near-duplicates.

    photos: photo_id, duplicate_group, and the column `kind`, as `cluster_kind` names it; an arrangement is missing
    where the site is shown alone.

    >>> photos = pd.DataFrame({"photo_id": ["a", "b"], "arrangement": ["x/y", None], "duplicate_group": ["a", "b"]})
    >>> name_clusters(photos).to_dict()
    {'a': 'x/y', 'b': 'b'}
    """
    named = photos.set_index("photo_id")
    return named[kind].fillna(named["duplicate_group"])


def kind_of_test(photos: pd.DataFrame) -> str:
    """Return the kind of cluster that the honest test photos allow (see `cluster_kind`). photos: all, with split."""
    return cluster_kind(photos[photos["split"] == "test"])


def clusters_of_test(photos: pd.DataFrame) -> pd.Series:
    """Return what intervals and tests on test photos resample together, of all photos, by photo id."""
    return name_clusters(photos, kind_of_test(photos))


def photo_clusters(photo_ids: pd.Series, clusters: pd.Series) -> NDArray[np.object_]:
    """Return (n,) cluster names; a photo whose cluster is missing gets one of its own.

    Raises ValueError if a photo is not in the index of `clusters`, or twice.
    """
    if not clusters.index.is_unique:
        raise ValueError(f"clusters names photo {clusters.index[clusters.index.duplicated()][0]} twice")
    unknown = photo_ids[~photo_ids.isin(clusters.index)]
    if len(unknown):
        raise ValueError(f"photo {unknown.iloc[0]} has no row in clusters ({unknown.nunique()} such photos)")
    found = clusters.reindex(photo_ids).astype(object)
    own = ("photo " + photo_ids.astype(str)).to_numpy(dtype=object)
    return np.where(found.isna().to_numpy(), own, found.to_numpy(dtype=object))


def pair_clusters(rows: pd.DataFrame, clusters: pd.Series) -> tuple[NDArray, NDArray]:
    """Return the cluster names (n,), (n,) of the left and right photos of table rows."""
    return photo_clusters(rows["left"], clusters), photo_clusters(rows["right"], clusters)
