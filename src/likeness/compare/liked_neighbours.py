"""The liked photos that are most like a photo."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.metrics.pairwise import cosine_similarity

from likeness.stats.retrieval import nearest

COLUMNS = ["query", "rank", "post_id", "value"]


def liked_neighbours(posts: pd.DataFrame, features: NDArray, queries: list[str], k: int) -> pd.DataFrame:
    """Return the k liked posts whose photos are most similar to each query's: query, rank (from 1), post_id, value.

    posts: post_id, photo_id ("" = no picture), group, liked. features: (posts, dim), rows aligned with posts.
    queries: post ids. value: cosine similarity in [-1, 1], larger is closer. Posts of the query's own group (its user,
    and whoever shares near-duplicates with that user) are passed over: a user's posts resemble each other anyway.
    Raises ValueError naming a query that is not among the posts or has no picture.
    """
    if len(features) != len(posts):
        raise ValueError(f"{len(features)} feature rows for {len(posts)} posts: give one each")
    place = {post_id: row for row, post_id in enumerate(posts["post_id"])}
    pictured = (posts["photo_id"] != "").to_numpy()
    for query in queries:
        if query not in place or not pictured[place[query]]:
            raise ValueError(f"query {query!r} is not among the posts with a picture")
    gallery = np.flatnonzero(pictured & posts["liked"].to_numpy(dtype=bool))
    groups, ids, parts = posts["group"].to_numpy(), posts["post_id"].to_numpy(), []
    for query in queries:
        others = gallery[groups[gallery] != groups[place[query]]]
        if not len(others):
            continue
        similarity = cosine_similarity(features[[place[query]]], features[others]).astype(float)
        index, value = nearest(similarity, k, exclude_self=False)
        rank = np.arange(1, index.shape[1] + 1)
        parts.append(pd.DataFrame({"query": query, "rank": rank, "post_id": ids[others[index[0]]], "value": value[0]}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
