from itertools import combinations

import numpy as np
import pytest

from likeness.album.selection import BLURRED, DUPLICATE, KEPT, LEFT, choose, greedy, sharpness_limit, similarities
from likeness.album.selection_reasons import ordinal

SHARP = 500.0
# Two scenes: a, b, c along one axis, d and e along the other.
TWO = np.array([[3.0, 0], [3, 0.1], [3, 0.2], [0, 3], [0.1, 3]])


def pick(score, features=TWO, **settings):
    n = len(score)
    given = {
        "sharpness": [SHARP] * n,
        "duplicate_group": list("abcdefgh"[:n]),
        "names": [f"{c}.jpg" for c in "abcdefgh"[:n]],
    }
    given |= {"keep": 2, **settings}
    return choose(score, features, given.pop("sharpness"), given.pop("duplicate_group"), given.pop("names"), **given)


def value(chosen, score, similarity, diversity, keep):
    return sum(score[list(chosen)]) + diversity * keep * similarity[list(chosen)].max(axis=0).mean()


def test_scores_alone_or_both_scenes():
    score = [0.9, 0.8, 0.7, 0.5, 0.4]
    assert pick(score, diversity=0)["rank"].tolist() == [1, 2, 0, 0, 0]
    both = pick(score, diversity=1.0)
    assert both["rank"].tolist() == [1, 0, 0, 2, 0]
    assert both["state"].tolist() == [KEPT, LEFT, LEFT, KEPT, LEFT]
    assert both["chosen"].tolist() == [True, False, False, True, False]
    assert both["reason"][0] == "kept 1st: score 0.90, the highest"
    assert both["reason"][3] == "kept 2nd: score 0.50, adds a view not yet covered (nearest kept photo 0.00 similar)"
    assert both["reason"][1] == "left out: like photos already kept (a.jpg, 1.00 similar)"
    assert (
        both["reason"][4]
        == "left out: score 0.40, below every photo kept (lowest 0.50), and like photos already kept (d.jpg, 1.00 similar)"
    )


def test_gains_add_up_to_the_objective():
    rng = np.random.default_rng(0)
    score, features = rng.random(8), rng.normal(size=(8, 3))
    found = pick(score, features, keep=3, diversity=0.7)
    kept = np.flatnonzero(found["chosen"])
    assert found["gain"][kept].sum() == pytest.approx(value(kept, score, similarities(features), 0.7, 3))
    left = np.flatnonzero(~found["chosen"])[0]
    more = value([*kept, left], score, similarities(features), 0.7, 3) - found["gain"][kept].sum()
    assert found["gain"][left] == pytest.approx(more)  # what it would still bring


@pytest.mark.parametrize("seed", range(8))
def test_greedy_is_within_its_bound_of_the_best_set(seed):
    rng = np.random.default_rng(seed)
    score, similarity = rng.random(9), similarities(rng.normal(size=(9, 2)))
    taken, gains, _ = greedy(score, similarity, 3, 1.0)
    best = max(value(some, score, similarity, 1.0, 3) for some in combinations(range(9), 3))
    assert sum(gains) >= (1 - 1 / np.e) * best
    assert gains == sorted(gains, reverse=True)  # submodular: no later photo adds more
    assert len(set(taken)) == 3


def test_similarity_is_about_the_albums_mean():
    offset = np.array([100.0, 100])
    found = similarities(np.array([[1.0, 0], [-1, 0], [0, 1], [0, -1]]) + offset)
    np.testing.assert_allclose(found, np.eye(4), atol=1e-9)  # opposite is 0, not -1
    np.testing.assert_allclose(similarities(np.ones((2, 3))), np.eye(2))


def test_only_one_of_a_group_competes():
    score, groups = [0.50, 0.52, 0.9, 0.3], ["g", "g", "g", "d"]
    by_score = pick(score, TWO[:4], duplicate_group=groups, keep=3)
    assert by_score["state"].tolist() == [DUPLICATE, DUPLICATE, KEPT, KEPT]
    assert by_score["reason"][0] == "left out: near-duplicate of c.jpg, which scores higher"
    assert np.isnan(by_score["gain"][0])
    # scores that differ by less than 0.05 say nothing: the original is the larger, the sharper one
    near = [0.50, 0.52, 0.51, 0.3]
    larger = pick(near, TWO[:4], duplicate_group=groups, pixels=[400, 100, 100, 400], keep=3)
    assert larger["state"].tolist() == [KEPT, DUPLICATE, DUPLICATE, KEPT]
    assert larger["reason"][1] == "left out: near-duplicate of a.jpg, which has more pixels"
    sharper = pick(near, TWO[:4], duplicate_group=groups, sharpness=[300, 300, 400, 300], keep=3)
    assert sharper["reason"][1] == "left out: near-duplicate of c.jpg, which is sharper"
    same = pick([0.5] * 4, TWO[:4], duplicate_group=groups, keep=3)
    assert same["reason"][2] == "left out: near-duplicate of a.jpg, which stands for both"


def test_a_blurred_photo_stands_for_nobody():
    found = pick(
        [0.9, 0.2, 0.3], TWO[:3], duplicate_group=["g", "g", "c"], sharpness=[12, SHARP, SHARP], min_sharpness=40
    )
    assert found["state"].tolist() == [BLURRED, KEPT, KEPT]
    assert found["reason"][0] == "left out: blurred (sharpness 12, limit 40)"


def test_the_limit_of_blur_follows_the_album_within_bounds():
    assert sharpness_limit(np.full(10, 5.0)) == pytest.approx(20)  # an album blurred as a whole
    assert sharpness_limit(np.full(10, 5000.0)) == pytest.approx(100)
    logs = np.log1p([100, 200, 300, 400, 800])
    fence = np.expm1(np.quantile(logs, 0.25) - 1.5 * (np.quantile(logs, 0.75) - np.quantile(logs, 0.25)))
    assert sharpness_limit(np.array([100, 200, 300, 400, 800])) == pytest.approx(fence)


def test_all_that_qualify_are_kept_where_more_are_asked_for():
    found = pick([0.9, 0.8, 0.7, 0.5, 0.4], keep=50)
    assert found["chosen"].all()
    assert sorted(found["rank"]) == [1, 2, 3, 4, 5]


def test_nothing_sharp_keeps_nothing():
    found = pick([0.9, 0.8], TWO[:2], sharpness=[1, 1])
    assert found["state"].tolist() == [BLURRED, BLURRED]
    assert choose([], np.zeros((0, 2)), [], [], [], keep=3).empty


def test_a_low_score_and_a_typical_photo_have_their_own_words():
    apart = np.eye(4)
    low = pick([0.9, 0.8, 0.1, 0.2], apart, diversity=0.5)
    assert low["reason"][2] == "left out: score 0.10, below every photo kept (lowest 0.80)"
    crowd = pick(
        [0.95, 0.9, 0.9, 0.9, 0.9], np.array([[-9.0, 9], [9, 1], [9, 1.1], [9, 0.9], [9, 1]]), keep=1, diversity=1.0
    )
    assert crowd["reason"][1] == "kept 1st: score 0.90, stands for more of the album than photos that score more"
    assert pick([0.9, 0.8], TWO[:2], diversity=0)["reason"][1] == "kept 2nd: score 0.80"
    like = pick([0.9, 0.8], TWO[[0, 1]] + [[0, 0], [0, 0]], keep=2)
    assert like["reason"][1].startswith("kept 2nd: score 0.80")


@pytest.mark.parametrize(("keep", "diversity"), [(0, 0.5), (3, -1), (3, float("nan"))])
def test_numbers_out_of_range(keep, diversity):
    with pytest.raises(ValueError, match="keep must be at least 1, diversity at least 0"):
        pick([0.9, 0.8, 0.7, 0.5, 0.4], keep=keep, diversity=diversity)


def test_ordinals():
    assert [ordinal(k) for k in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)] == [
        "1st",
        "2nd",
        "3rd",
        "4th",
        "11th",
        "12th",
        "13th",
        "21st",
        "102nd",
        "111th",
    ]
