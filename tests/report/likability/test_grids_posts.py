import re
from html import unescape

import numpy as np
import pandas as pd
import pytest
from shown import captions

from likeness.report.likability import grids_posts
from likeness.report.likability.grids_posts import (
    caption_words,
    kept_dropped_grid,
    liked_neighbours_grid,
    post_saliency_grid,
    post_words,
    pseudonyms,
    ranked_posts_grid,
)
from likeness.report.page.theme import check_alt, check_offline


@pytest.fixture
def posts(hostile) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "post_id": ["p0", "p1", "p2", "p3"],
            "photo_id": ["id0", "id1", "", "id3"],
            "user_id": ["zoe.secret", "adam.secret", "zoe.secret", "bea.secret"],
            "ratio": [0.5, 0.25, 0.125, 0.5],
            "liked": [True, True, False, True],
            "caption": [hostile, "with @adam.secret\nat the مقهى", "", None],
        }
    )


def test_users_are_numbered_and_never_named(posts):
    assert pseudonyms(posts["user_id"]).tolist() == ["user 3", "user 1", "user 3", "user 2"]
    assert pseudonyms(posts["user_id"][::-1]).tolist() == ["user 2", "user 3", "user 1", "user 3"]


@pytest.mark.parametrize(
    ("caption", "words"),
    [("hi @a.b_c1!\n\nthere", "hi @…! there"), ("x" * 100, "x" * 59 + "…"), (None, ""), (np.nan, "")],
)
def test_captions_are_short_and_name_nobody(caption, words):
    assert caption_words(caption) == words


def test_most_and_least_liked_are_ranked_with_ties_by_id(thumbs, posts):
    html = ranked_posts_grid(posts, thumbs, 3)
    shown = captions(html)
    third = "0.25 likes per follower, user 1<br><bdi>with @… at the مقهى</bdi>"
    assert shown[0].startswith("1. 0.5 likes per follower, user 3<br><bdi>&quot;&gt;&lt;img src=x")
    assert shown[1:3] == ["2. 0.5 likes per follower, user 2", f"3. {third}"]
    assert shown[3].startswith("the 3 of 4 posts with the most")
    assert "secret" not in html
    assert "<script" not in html
    assert not re.search(r"<img (?!src=\"data:image/jpeg)", html)
    check_alt(html)
    check_offline(html)

    least = ranked_posts_grid(posts, thumbs, 2, largest=False)
    assert captions(least)[:2] == ["1. 0.125 likes per follower, user 3", f"2. {third}"]
    assert "no picture" in least
    assert "lk-note" in ranked_posts_grid(posts.head(0), thumbs, 5)


def test_kept_and_dropped_photos_with_the_surest_face(thumbs, monkeypatch):
    monkeypatch.setattr(grids_posts, "MOST", 2)
    faces = pd.DataFrame({"photo_id": ["id0", "id0", "id1"], "score": [0.91, 0.995, 0.5]})
    summary = pd.DataFrame({"photo_id": ["id0", "id1", "id2", "id3"], "faces": [2, 0, 0, 0]})
    html = kept_dropped_grid(thumbs, summary, faces)
    assert captions(html) == [
        "face 0.995", "kept: 1 photo", "face 0.500", "no face found", "dropped: 3 photos, 2 of them shown",
    ]  # fmt: skip
    assert thumbs.uri("id3") in html  # spread over the list: the first and the last
    assert "No photo was dropped." in kept_dropped_grid(thumbs, summary[:1], faces)
    assert captions(kept_dropped_grid(thumbs, summary[1:2], faces[:0]))[0] == "no face found"
    check_alt(html)


def test_neighbours_of_a_query(thumbs, posts):
    ranked = pd.DataFrame({"query": ["p1", "p1"], "rank": [2, 1], "post_id": ["p0", "p3"], "value": [0.25, 0.75]})
    html = liked_neighbours_grid(ranked, posts, thumbs)
    assert captions(html)[:3] == [
        "query, liked: 0.25 likes per follower",
        "similarity 0.75, 0.5 likes per follower",
        "similarity 0.25, 0.5 likes per follower",
    ]
    check_alt(html)
    assert "lk-note" in liked_neighbours_grid(ranked.head(0), posts, thumbs)


@pytest.mark.parametrize(("liked", "answer"), [(True, "wrong"), (False, "right")])
def test_words_of_a_post(liked, answer):
    row = {"liked": liked, "ratio": 0.456789, "outcome": "most liked", "probability": 0.4, "threshold": 0.45}
    words, right = post_words(row)
    assert words.startswith("most liked: 0.457 likes per follower, ")
    assert words.endswith(f"liked; probability of liked 0.40 (called liked from 0.45): {answer}")
    assert right is (answer == "right")


def test_a_row_of_maps_for_each_post(thumbs, posts, hostile):
    explained = posts.iloc[[0, 1]].assign(outcome=["a", "b"], probability=[0.9, 0.2], threshold=0.5)
    maps = {name: (np.random.default_rng(0).random((2, 7, 7)),) for name in ("Grad-CAM", hostile)}
    html = post_saliency_grid(explained, maps, thumbs)
    alts = [unescape(alt) for alt in re.findall(r'<img [^>]*alt="([^"]*)"', html)]
    assert len(alts) == 2 * 3
    assert alts[0].startswith("photo: a: 0.5 likes per follower, liked; probability of liked 0.90")
    assert alts[1].startswith("Grad-CAM map: a: 0.5 likes")
    assert re.findall(r"<strong>(.)", html) == ["✓", "✗"]
    assert "repeat(3,minmax(0,1fr))" in html
    assert "<script" not in html
    check_alt(html)
    with pytest.raises(ValueError, match=r"Grad-CAM: \[1\] maps for 2 rows"):
        post_saliency_grid(explained, {"Grad-CAM": (np.zeros((1, 2, 2)),)}, thumbs)
    assert "lk-note" in post_saliency_grid(explained.head(0), {}, thumbs)
