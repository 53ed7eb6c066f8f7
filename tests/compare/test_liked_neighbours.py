import numpy as np
import pandas as pd
import pytest

from likeness.compare.liked_neighbours import liked_neighbours

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
