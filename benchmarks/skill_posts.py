"""Posts: does what an account writes tell whether its posts are liked, beside what is known of each post?"""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from likeness.cache import Cache
from likeness.features.metadata import metadata_features
from likeness.models.likability.account_words import words_score
from likeness.models.likability.classifiers import Recipe
from likeness.models.likability.cross_fit import cross_fit
from likeness.photos.posts import filters, splits, targets
from likeness.photos.posts.readers import read_posts
from likeness.photos.posts.table import sort_posts
from likeness.stats.bootstrap import Estimate, cluster_bootstrap
from likeness.stats.weighted import auc_of

COLLECTED = "2017-05-02"  # as in examples/instagram_profiles.yaml
SHARES, SEED, FOLDS = {"validation_share": 0.15, "test_share": 0.25}, 7, 5  # as in params.yaml
METADATA = Recipe("metadata, boosting", "boosting", ("metadata",))
ROW = tuple[str, str, Estimate, Estimate, int]


def liked(folder: Path, cache: Cache) -> Iterator[ROW]:
    """Yield the AUC over accounts that were not trained on: of metadata, and of what the accounts write."""
    posts = _posts(folder)
    sets = {"metadata": metadata_features(posts).to_numpy(dtype=float)}
    told = cross_fit(sets, [METADATA], posts, folds=FOLDS, cs=(), seed=SEED)
    scores = (told["score"].to_numpy(), words_score(posts, folds=FOLDS, seed=SEED))
    before, after = (cluster_bootstrap(auc_of(posts["liked"], score), posts["group"]) for score in scores)
    yield "a post that is liked", "AUC, metadata, then what the account writes", before, after, len(posts)


def _posts(folder: Path) -> pd.DataFrame:
    """Return the posts as the prepare stage keeps them, without pictures."""
    raw, unread = read_posts(folder, "profiles", root=folder.parent, collected_at=COLLECTED)
    valid, _ = sort_posts(raw, unread)
    valid = valid[~valid["is_video"]]
    bounds = filters.bounds_by_rule(filters.user_followers(valid), factor=3.0, scale="linear")["mad"]
    kept = valid[filters.has_followers_within(valid, bounds)].reset_index(drop=True)
    kept["photo_id"] = ""
    kept = splits.with_groups(kept, pd.DataFrame(columns=["photo_id", "duplicate_group"]))
    kept["ratio"] = targets.like_ratio(kept)
    kept = splits.with_splits(kept, **SHARES, seed=SEED)
    kept["liked"], _ = targets.liked(kept, "median", fixed=0.35, train=kept["split"] == "train")
    return kept
