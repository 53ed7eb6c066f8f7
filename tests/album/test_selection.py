from itertools import combinations

import numpy as np
import pytest

from likeness.album.selection import (
    BLURRED,
    DUPLICATE,
    KEPT,
    LEFT,
    choose,
    greedy,
    ordinal,
    sharpness_limit,
    similarities,
)

SHARP = 500.0
# Two scenes: a, b, c along one axis, d and e along the other.
TWO = np.array([[3.0, 0], [3, 0.1], [3, 0.2], [0, 3], [0.1, 3]])
SCORES = [0.9, 0.8, 0.7, 0.5, 0.4]


def pick(score, features=TWO, *, sharpness=None, groups=None, pixels=None, keep=2, diversity=0.5):
    names = [f"{letter}.jpg" for letter in "abcdefgh"[: len(score)]]
    looks = [sharpness or [SHARP] * len(score), groups or names, pixels or [1] * len(score)]
    return choose(score, features, *looks, names, keep=keep, diversity=diversity)


def value(chosen, score, similarity, diversity, keep):
    return sum(score[list(chosen)]) + diversity * keep * similarity[list(chosen)].max(axis=0).mean()


def test_scores_alone_or_both_scenes():
    assert pick(SCORES, diversity=0)["rank"].tolist() == [1, 2, 0, 0, 0]
    both = pick(SCORES, diversity=1.0)
    assert both["rank"].tolist() == [1, 0, 0, 2, 0]
    assert both["state"].tolist() == [KEPT, LEFT, LEFT, KEPT, LEFT]
    assert both["chosen"].tolist() == [True, False, False, True, False]
    assert both["reason"][0] == "kept 1st: score 0.90, the highest"
    assert both["reason"][3] == "kept 2nd: score 0.50, adds a view not yet covered (nearest kept photo 0.00 similar)"
    assert both["reason"][1] == "left out: like photos already kept (a.jpg, 1.00 similar)"
    assert both["reason"][4].endswith("score 0.40, below every photo kept (lowest 0.50), and like photos already kept "
                                      "(d.jpg, 1.00 similar)")  # fmt: skip


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


NEAR = [0.50, 0.52, 0.51, 0.3]  # scores that differ by less than 0.05 say nothing


@pytest.mark.parametrize(
    ("score", "looks", "best", "copy", "reason"),
    [
        ([0.50, 0.52, 0.9, 0.3], {}, 2, 0, "c.jpg, which scores higher"),
        (NEAR, {"pixels": [400, 100, 100, 400]}, 0, 1, "a.jpg, which has more pixels"),
        (NEAR, {"sharpness": [300, 300, 400, 300]}, 2, 1, "c.jpg, which is sharper"),
        ([0.5] * 4, {}, 0, 2, "a.jpg, which stands for both"),
    ],
)
def test_only_one_of_a_group_competes(score, looks, best, copy, reason):
    found = pick(score, TWO[:4], groups=["g", "g", "g", "d"], keep=3, **looks)
    assert found["state"].tolist() == [KEPT if k in (best, 3) else DUPLICATE for k in range(4)]
    assert found["reason"][copy] == f"left out: near-duplicate of {reason}"
    assert np.isnan(found["gain"][copy])


def test_a_blurred_photo_stands_for_nobody():
    found = pick([0.9, 0.2, 0.3], TWO[:3], groups=["g", "g", "c"], sharpness=[12, SHARP, SHARP])
    assert found["state"].tolist() == [BLURRED, KEPT, KEPT]
    assert found["reason"][0] == "left out: blurred (sharpness 12, limit 20)"


def test_the_limit_of_blur_follows_the_album_within_bounds():
    assert sharpness_limit(np.full(10, 5.0)) == pytest.approx(20)  # an album blurred as a whole
    assert sharpness_limit(np.full(10, 5000.0)) == pytest.approx(100)
    first, third = np.quantile(np.log1p([100, 200, 300, 400, 800]), [0.25, 0.75])
    fence = np.expm1(first - 1.5 * (third - first))
    assert sharpness_limit(np.array([100, 200, 300, 400, 800])) == pytest.approx(fence)


def test_all_that_qualify_are_kept_where_more_are_asked_for():
    assert sorted(pick(SCORES, keep=50)["rank"]) == [1, 2, 3, 4, 5]


def test_nothing_sharp_keeps_nothing():
    assert pick([0.9, 0.8], TWO[:2], sharpness=[1, 1])["state"].tolist() == [BLURRED, BLURRED]


CROWD = np.array([[-9.0, 9], [9, 1], [9, 1.1], [9, 0.9], [9, 1]])


@pytest.mark.parametrize(
    ("score", "features", "how", "photo", "reason"),
    [
        ([0.9, 0.8, 0.1, 0.2], np.eye(4), {}, 2, "left out: score 0.10, below every photo kept (lowest 0.80)"),
        ([0.95, 0.9, 0.9, 0.9, 0.9], CROWD, {"keep": 1, "diversity": 1.0}, 1,
         "kept 1st: score 0.90, stands for more of the album than photos that score more"),
        ([0.9, 0.8], TWO[:2], {"diversity": 0}, 1, "kept 2nd: score 0.80"),
    ],
)  # fmt: skip
def test_a_low_score_and_a_typical_photo_have_their_own_words(score, features, how, photo, reason):
    assert pick(score, features, **how)["reason"][photo] == reason


def test_ordinals():
    said = [ordinal(k) for k in (1, 2, 3, 4, 11, 12, 13, 21, 102, 111)]
    assert said == ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd", "111th"]
