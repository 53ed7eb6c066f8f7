"""What a collection says of its pictures, beside what their files say."""

from pathlib import Path

import pandas as pd

from likeness.photos.manifest import with_relative_paths

FACTS = ("object_id", "title", "artist", "date", "identity")


def with_facts(photos: pd.DataFrame, found: pd.DataFrame, root: Path) -> pd.DataFrame:
    """Return `photos` with the columns of FACTS, str, "" where unknown.

    photos: path relative to root, as the manifest gives. found: path and FACTS, as `collections.Collection.found`.
    """
    facts = with_relative_paths(found, root)[["path", *FACTS]]
    return photos.merge(facts, on="path", how="left", validate="1:1").astype(dict.fromkeys(FACTS, "str"))
