"""The best possible model, slices, and the original numbers, on posts that can be counted by hand."""

import numpy as np
import pandas as pd
import pytest

from likeness.compare.likes import (
    BEST,
    ORIGINAL,
    best_possible,
    face_slices,
    liked_neighbours,
    ratio_to_best,
    slice_scores,
    third_slices,
)
from likeness.stats.scores import score_models
from likeness.stats.verification import auc


def study(users: int = 20, each: int = 6, seed: int = 0):
    """Return predictions of two models, the clusters, and the expected value of each post."""
    rng = np.random.default_rng(seed)
    user = np.repeat([f"u{n}" for n in range(users)], each)
    ids = pd.Series([f"p{n:03d}" for n in range(len(user))])
    expected = pd.Series(rng.normal(size=len(ids)), index=ids)
    liked = expected.to_numpy() + rng.normal(0, 0.7, len(ids)) > 0
    rows = pd.DataFrame({"left": ids, "right": ids, "same": liked, "kind": "post", "scheme": "honest", "run": 0})
    rows["split"] = np.where(np.arange(len(ids)) < len(ids) // 2, "val", "test")
    good = expected.to_numpy() + rng.normal(0, 0.3, len(ids))
    tables = [
        rows.assign(model=name, score=score, probability=1 / (1 + np.exp(-score)))
        for name, score in (("fusion", good), ("noise", rng.normal(size=len(ids))))
    ]
    return pd.concat(tables, ignore_index=True), pd.Series(user, index=ids), expected


def test_the_best_possible_is_scored_like_a_model():
    predictions, clusters, expected = study()
    best = best_possible(expected, predictions)
    assert len(best) == len(expected)
    assert best["model"].unique().tolist() == [BEST]
    table = score_models(pd.concat([predictions, best]), clusters, n_boot=50)
    row = table[(table["model"] == BEST) & (table["metric"] == "auc") & (table["split"] == "test")].iloc[0]
    test = predictions[(predictions["split"] == "test") & (predictions["model"] == "fusion")]
    assert row["value"] == pytest.approx(auc(test["same"], expected[test["left"]]))
    assert row["low"] < row["value"] < row["high"]
    with pytest.raises(ValueError, match=r"post p000 has no planted value \(1 such posts\)"):
        best_possible(expected.drop("p000"), predictions)


def test_the_ratio_is_that_of_the_two_areas_and_its_interval_is_paired():
    predictions, clusters, expected = study()
    table = pd.concat([predictions, best_possible(expected, predictions)], ignore_index=True).sample(
        frac=1, random_state=1
    )
    ratio = ratio_to_best(table, "fusion", clusters, n_boot=200)
    test = table[table["split"] == "test"]
    areas = {model: auc(rows["same"], rows["score"]) for model, rows in test.groupby("model")}
    assert ratio.value == pytest.approx(areas["fusion"] / areas[BEST])
    assert ratio.low < ratio.value < ratio.high
    assert ratio.n == 60
    itself = ratio_to_best(table, BEST, clusters, n_boot=50)
    assert (itself.value, itself.low, itself.high) == (1, None, None)  # unpaired draws would spread
    with pytest.raises(ValueError, match="'nobody' has no predictions of honest test posts"):
        ratio_to_best(table, "nobody", clusters)
    fewer = table[(table["model"] != "fusion") | (table["left"] != "p119")]
    with pytest.raises(ValueError, match="fusion was scored on 59 honest test posts, best possible on 60"):
        ratio_to_best(fewer, "fusion", clusters)


JUDGED = pd.DataFrame({"left": list("abcd"), "same": [True, True, False, False], "score": [0.9, 0.2, 0.8, np.nan]})
CLUSTERS = pd.Series(["u", "v", "v", "w"], index=list("abcd"))


def test_slices_by_hand():
    slices = pd.DataFrame(
        {"post_id": ["a", "b", "c", "d", "b", "a", "z"], "slice": ["all"] * 4 + ["one user", "other", "unseen"]}
    )
    table = slice_scores(JUDGED, slices, CLUSTERS, threshold=0.5, n_boot=100)
    assert table["slice"].tolist() == ["all", "one user", "other"]
    assert table["value"].tolist() == [0.5, 0, 1]  # a found, b missed, c called liked, d without a score rightly not
    assert table["n"].tolist() == [4, 1, 1]
    assert table["liked"].tolist() == [0.5, 1, 1]
    assert table["called"].tolist() == [0.5, 0, 1]
    assert table.loc[0, "low"] < 0.5 < table.loc[0, "high"]
    assert table.loc[1:, ["low", "high"]].isna().all(axis=None)
    with pytest.raises(ValueError, match="post a has two rows"):
        slice_scores(pd.concat([JUDGED, JUDGED]), slices, CLUSTERS, threshold=0.5)


def test_posts_by_faces_and_by_thirds():
    posts = pd.DataFrame({"post_id": list("abcde"), "faces": [2, 0, -1, 1, 7]})
    assert face_slices(posts).to_numpy().tolist() == [
        ["b", "no face"], ["d", "one face"], ["a", "several faces"], ["e", "several faces"],
    ]  # fmt: skip
    measure = pd.Series([0.9, 0.1, 0.5, np.nan, 0.2, 0.6, 0.8], index=list("abcdefg"))
    thirds = third_slices(measure, ("dark", "middling", "bright"))
    assert thirds["post_id"].tolist() == list("becfga")
    assert thirds["slice"].tolist() == ["dark", "dark", "middling", "middling", "bright", "bright"]
    assert third_slices(measure * 0, ("dark", "middling", "bright"))["slice"].unique().tolist() == ["dark"]
    assert third_slices(measure[[]], ("dark", "middling", "bright")).empty


def test_the_original_numbers_are_those_of_the_design():
    assert set(ORIGINAL.values()) == {0.57, 0.51, 0.82}
    assert ORIGINAL["smallcnn"] == 0.51
    assert ORIGINAL["metadata, boosting"] == 0.82


POSTS = pd.DataFrame(
    {
        "post_id": list("abcdef"),
        "photo_id": ["1", "2", "3", "4", "", "6"],
        "group": ["u", "u", "v", "w", "v", "x"],
        "liked": [True, True, True, True, True, False],
    }
)
FEATURES = np.array([[1, 0], [1, 0], [1, 1], [0, 1], [1, 0], [1, 0]], dtype=np.float32)


def test_the_nearest_liked_photos_of_others():
    found = liked_neighbours(POSTS, FEATURES, ["a", "f"], 2)
    # of a: b is its own user's, e has no picture, f is not liked
    assert found[found["query"] == "a"]["post_id"].tolist() == ["c", "d"]
    np.testing.assert_allclose(found[found["query"] == "a"]["value"], [np.sqrt(0.5), 0], atol=1e-7)
    assert found[found["query"] == "f"]["post_id"].tolist() == ["a", "b"]
    assert found["rank"].tolist() == [1, 2, 1, 2]


def test_a_small_gallery_gives_all_it_has():
    assert len(liked_neighbours(POSTS, FEATURES, ["a"], 10)) == 2
    alone = liked_neighbours(POSTS.assign(group="u"), FEATURES, ["a"], 10)
    assert alone.empty
    assert list(alone) == ["query", "rank", "post_id", "value"]


@pytest.mark.parametrize("query", ["e", "z"])
def test_a_query_needs_a_picture(query):
    with pytest.raises(ValueError, match=f"query '{query}' is not among the posts with a picture"):
        liked_neighbours(POSTS, FEATURES, [query], 1)


def test_features_must_fit():
    with pytest.raises(ValueError, match="5 feature rows for 6 posts"):
        liked_neighbours(POSTS, FEATURES[:5], ["a"], 1)
