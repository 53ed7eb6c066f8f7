from collections import Counter
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from likeness.photos.candidates import candidate_pairs
from likeness.photos.pairs import (
    PAIR_TYPES,
    distance_pairs,
    make_pairs,
    naive_split,
    pair_scores,
    share_out,
    site_pairs,
)


def table(rows: list[str]) -> pd.DataFrame:
    """Rows "id site pose split [copy of]"; pose "-" is the site alone."""
    cells = [row.split() for row in rows]
    photos = pd.DataFrame([cell[:4] for cell in cells], columns=["photo_id", "site", "pose", "split"])
    photos["pose"] = photos["pose"].where(photos["pose"] != "-")
    return photos.assign(duplicate_group=[cell[4] if len(cell) > 4 else cell[0] for cell in cells])


SMALL = table(
    [
        "a Rome wave train",
        "b Rome wave train",
        "c Rome jump train",
        "d Oslo wave train",
        "e Rome - train",
        "f Rome - train",
        "g Bonn wave val",
        "h Bonn wave val",
        "i Bonn jump val",
    ]
)
# Every pair of SMALL that is of a kind, by hand:
TRAIN = {
    "same-pose-same-site": {"ab"},
    "other-pose-same-site": {"ac", "bc"},
    "same-pose-other-site": {"ad", "bd"},
    "site-only": {"ae", "af", "be", "bf", "ce", "cf"},
}
VAL = {"same-pose-same-site": {"gh"}, "other-pose-same-site": {"gi", "hi"}}


def names(pairs: pd.DataFrame) -> list[str]:
    return (pairs["left"] + pairs["right"]).tolist()


def test_all_pairs_of_a_small_table():
    pairs = site_pairs(SMALL, negatives_per_positive=100, seed=0)  # more than there are: all of them
    for split, expected in (("train", TRAIN), ("val", VAL)):
        got = pairs[pairs["split"] == split]
        assert {kind: set(names(part)) for kind, part in got.groupby("kind")} == expected
    assert pairs["same"].tolist() == (pairs["kind"] == "same-pose-same-site").tolist()
    assert pairs.dtypes.astype(str).to_dict() == PAIR_TYPES


def test_negatives_are_as_many_as_asked_and_balanced():
    pairs = site_pairs(SMALL, negatives_per_positive=6, seed=0)
    counts = Counter(pairs.loc[pairs["split"] == "train", "kind"])
    assert counts == {"same-pose-same-site": 1, "other-pose-same-site": 2, "same-pose-other-site": 2, "site-only": 2}
    assert Counter(pairs.loc[pairs["split"] == "val", "kind"]) == {"same-pose-same-site": 1, "other-pose-same-site": 2}


def test_one_negative_per_positive_overall():
    photos = table([f"{s}{p}{k} {s} {p} train" for s in "AB" for p in "xy" for k in range(6)] + ["z A - train"])
    pairs = site_pairs(photos, seed=0)
    counts = Counter(pairs["kind"])
    assert counts["same-pose-same-site"] == 4 * 15
    assert (counts["other-pose-same-site"], counts["same-pose-other-site"], counts["site-only"]) == (24, 24, 12)


def test_pairs_are_never_twice_never_reversed_never_across_splits():
    rng = np.random.default_rng(0)
    rows = [f"p{k} s{rng.integers(4)} {rng.choice(list('xyz-'))} {rng.choice(['train', 'val'])}" for k in range(80)]
    photos = table(rows)
    pairs = site_pairs(photos, negatives_per_positive=2, seed=0)
    unordered = [frozenset(pair) for pair in zip(pairs["left"], pairs["right"], strict=True)]
    assert len(set(unordered)) == len(unordered) > 100
    assert all(len(pair) == 2 for pair in unordered)
    position = {photo: k for k, photo in enumerate(photos["photo_id"])}
    assert all(position[a] < position[b] for a, b in zip(pairs["left"], pairs["right"], strict=True))
    split = photos.set_index("photo_id")["split"]
    assert (split[pairs["left"]].to_numpy() == pairs["split"]).all()
    assert (split[pairs["right"]].to_numpy() == pairs["split"]).all()


def test_near_duplicates_are_no_pair():
    photos = table(["a Rome wave train", "b Rome wave train a", "c Rome wave train", "d Rome - train a"])
    pairs = site_pairs(photos, negatives_per_positive=9, seed=0)
    assert set(names(pairs)) == {"ac", "bc", "cd"}


def test_seed_decides():
    photos = table([f"p{k:03} s{k % 5} {'xy'[k % 2]} train" for k in range(60)])
    one, again, other = (site_pairs(photos, seed=seed) for seed in (0, 0, 1))
    pd.testing.assert_frame_equal(one, again)
    assert names(one) != names(other)


def test_site_pairs_need_sites():
    with pytest.raises(ValueError, match="use distance pairs"):
        site_pairs(SMALL.assign(site=None), seed=0)


@pytest.mark.parametrize("ratio", [0, -1, float("nan")])
def test_ratio_must_be_above_zero(ratio):
    with pytest.raises(ValueError, match="negatives_per_positive"):
        site_pairs(SMALL, negatives_per_positive=ratio, seed=0)


def read_off(matrix: np.ndarray):
    return lambda left, right: matrix[left, right]


def on_a_line(n: int, split: str = "train") -> tuple[pd.DataFrame, Callable]:
    """n photos whose poses lie on a line, one unit apart."""
    photos = table([f"p{k:03} A - {split}" for k in range(n)])
    return photos, lambda left, right: np.abs(left - right).astype(float)


def test_distance_pairs_by_hand():
    """Five photos at 0..4: distances 1 x 4, 2 x 3, 3 x 2, 4 x 1; near up to 1, far beyond the median 2."""
    photos, distance = on_a_line(5)
    pairs = distance_pairs(photos, distance, near_quantile=0.1, negatives_per_positive=9, seed=0)
    by_kind = {kind: set(names(part)) for kind, part in pairs.groupby("kind")}
    assert by_kind["near-pose"] == {"p000p001", "p001p002", "p002p003", "p003p004"}
    assert by_kind["far-pose"] == {"p000p003", "p001p004", "p000p004"}
    assert pairs["same"].sum() == 4


def test_unknown_distances_make_no_pair():
    photos, _ = on_a_line(5)
    distance = np.abs(np.subtract.outer(np.arange(5.0), np.arange(5.0)))
    distance[0, :] = distance[:, 0] = np.nan
    pairs = distance_pairs(photos, read_off(distance), near_quantile=0.1, negatives_per_positive=9, seed=0)
    assert not {*pairs["left"], *pairs["right"]} & {"p000"}
    with pytest.raises(ValueError, match="no distance between any two photos is known"):
        distance_pairs(photos, read_off(np.full((5, 5), np.nan)), near_quantile=0.1, seed=0)


def test_distance_pairs_stay_within_splits_and_are_balanced():
    photos, distance = on_a_line(40)
    photos["split"] = ["train"] * 30 + ["val"] * 10
    pairs = distance_pairs(photos, distance, near_quantile=0.04, seed=0)
    split = photos.set_index("photo_id")["split"]
    assert (split[pairs["left"]].to_numpy() == split[pairs["right"]].to_numpy()).all()
    train = pairs[pairs["split"] == "train"]
    assert train["same"].sum() == (~train["same"]).sum() == 29
    # The middle distance of 40 on a line is 11 or more: within the ten of val no pair is that far apart.
    assert set(pairs.loc[pairs["split"] == "val", "kind"]) == {"near-pose"}


def test_pairs_per_photo_is_a_limit():
    photos, distance = on_a_line(40)
    every = distance_pairs(photos, distance, near_quantile=0.3, seed=0)
    few = distance_pairs(photos, distance, near_quantile=0.3, pairs_per_photo=1.5, seed=0)
    assert every["same"].sum() > 200
    assert (few["same"].sum(), (~few["same"]).sum()) == (60, 60)


def test_every_known_pair_is_near_far_or_neither():
    """Against a slow loop over all pairs, with random distances and holes."""
    rng = np.random.default_rng(0)
    photos, _ = on_a_line(12)
    distance = rng.random((12, 12))
    distance[rng.random((12, 12)) < 0.2] = np.nan
    distance = (distance + distance.T) / 2
    ids = photos["photo_id"]
    values = {(i, j): distance[i, j] for i, j in combinations(range(12), 2) if np.isfinite(distance[i, j])}
    near, far = np.quantile(list(values.values()), [0.2, 0.6])
    pairs = distance_pairs(
        photos, read_off(distance), near_quantile=0.2, far_quantile=0.6, negatives_per_positive=99, seed=0
    )
    assert set(names(pairs[pairs["same"]])) == {ids[i] + ids[j] for (i, j), d in values.items() if d <= near}
    assert set(names(pairs[~pairs["same"]])) == {ids[i] + ids[j] for (i, j), d in values.items() if d > far}


@pytest.mark.parametrize(("quantile", "far"), [(0, 0.5), (0.5, 0.5), (0.1, 1), (0.6, 0.5)])
def test_quantiles_out_of_order(quantile, far):
    photos, distance = on_a_line(5)
    with pytest.raises(ValueError, match="give 0 < near < far < 1"):
        distance_pairs(photos, distance, near_quantile=quantile, far_quantile=far, seed=0)


def test_naive_split_takes_the_share_asked_for():
    pairs = pd.DataFrame({"left": [str(k) for k in range(2000)], "right": "x"})
    split = naive_split(pairs, 0.1, seed=0)
    assert (split == "val").mean() == pytest.approx(0.1, abs=0.02)  # three standard deviations of 2,000 hashes
    assert naive_split(pairs.head(50), 0.1, seed=0).value_counts()["val"] == pytest.approx(5, abs=2.5)
    assert (
        naive_split(pairs[::-1], 0.1, seed=0).sort_index().tolist() == split.tolist()
    )  # the pair decides, not its row
    swapped = pairs.rename(columns={"left": "right", "right": "left"})
    assert not naive_split(swapped, 0.1, seed=0).equals(split)
    pd.testing.assert_series_equal(split, naive_split(pairs, 0.1, seed=0))
    assert not split.equals(naive_split(pairs, 0.1, seed=1))
    with pytest.raises(ValueError, match="fraction 90"):
        naive_split(pairs, 90, seed=0)


@pytest.mark.parametrize(
    ("total", "available", "shares"),
    [
        (9, (5, 5, 5), (3, 3, 3)),
        (9, (1, 9, 9), (1, 4, 4)),
        (9, (0, 2, 9), (0, 2, 7)),
        (9, (1, 1, 1), (1, 1, 1)),
        (0, (1, 1, 1), (0, 0, 0)),
    ],
)
def test_share_out(total, available, shares):
    assert tuple(share_out(total, dict(zip("abc", available, strict=True))).values()) == shares


def test_the_layout_says_which_pairs_are_made():
    pairs = {"negatives_per_positive": 2.0, "near_quantile": 0.1, "far_quantile": 0.5, "pairs_per_photo": 2.0}
    by_site = make_pairs(SMALL, None, "sites", **pairs, seed=3)
    expected = site_pairs(SMALL, negatives_per_positive=2.0, pairs_per_photo=2.0, seed=3)
    pd.testing.assert_frame_equal(by_site, expected)
    photos, distance = on_a_line(30)
    by_pose = make_pairs(photos, distance, "flat", **pairs, seed=3)
    pd.testing.assert_frame_equal(by_pose, distance_pairs(photos, distance, **pairs, seed=3))


def test_sites_have_no_more_positives_than_asked_for():
    photos = table([f"{s}{p}{k} {s} {p} train" for s in "AB" for p in "xy" for k in range(20)])
    every, few = (site_pairs(photos, pairs_per_photo=most, seed=0) for most in (100, 1.5))
    assert every["same"].sum() == 4 * 190
    assert (few["same"].sum(), (~few["same"]).sum()) == (120, 120)
    assert set(names(few[few["same"]])) < set(names(every[every["same"]]))


def test_pairs_of_many_photos_are_a_sample_of_all(monkeypatch):
    """With 3 candidates a photo: pairs are of their kinds, drawn from all over the folder, by the seed alone."""
    monkeypatch.setattr("likeness.photos.pairs.CANDIDATES", 3)
    photos = table([f"{s}{p}{k} {s} {p} train" for s in "AB" for p in "xy" for k in range(31)])
    pairs = site_pairs(photos, negatives_per_positive=2, seed=0)
    pd.testing.assert_frame_equal(pairs, site_pairs(photos, negatives_per_positive=2, seed=0))
    assert pairs["same"].sum() == 3 * len(photos)
    assert {*pairs["left"], *pairs["right"]} == set(photos["photo_id"])
    assert not pairs.duplicated(["left", "right"]).any()
    kind = {(True, True): "same-pose-same-site", (True, False): "other-pose-same-site"}
    kind |= {(False, True): "same-pose-other-site"}
    said = [kind[a[0] == b[0], a[1] == b[1]] for a, b in zip(pairs["left"], pairs["right"], strict=True)]
    assert said == pairs["kind"].tolist()


@pytest.mark.parametrize("per_photo", [1, 4, 1000])
def test_candidates_are_pairs_of_one_group_each_once(per_photo):
    rng = np.random.default_rng(0)
    groups = np.concatenate([rng.integers(-1, 5, 60), np.full(41, 7), [9], np.full(2, 8)])
    found = [pair for left, right in candidate_pairs(groups, per_photo, 0) for pair in zip(left, right, strict=True)]
    assert len(set(found)) == len(found)
    assert all(a < b and groups[a] == groups[b] >= 0 for a, b in found)
    expected = Counter()
    for group, size in Counter(groups[groups >= 0].tolist()).items():
        expected[group] = size * (size - 1) // 2 if size <= 2 * per_photo + 1 else None
    counts = Counter(int(groups[a]) for a, _ in found)
    for group, number in expected.items():
        size = int((groups == group).sum())
        assert (
            counts[group] == number
            if number is not None
            else size * (per_photo - 0.5) <= counts[group] <= size * per_photo
        )


def test_every_pair_is_as_likely_to_be_a_candidate():
    counts = np.zeros((15, 15))
    for seed in range(2000):
        for left, right in candidate_pairs(np.zeros(15, int), 2, seed):
            counts[left, right] += 1
    share = counts[np.triu_indices(15, 1)] / 2000  # 30 of 105 pairs
    np.testing.assert_allclose(share, 30 / 105, atol=0.05)


@pytest.mark.parametrize("few", [0, 4])
def test_the_score_of_a_pair_is_that_of_its_left_row_and_right_column(monkeypatch, few):
    monkeypatch.setattr("likeness.photos.pairs.FEW", few)
    monkeypatch.setattr("likeness.photos.pairs.PAIR_BLOCK", 3)
    matrix, photo_ids = np.arange(16).reshape(4, 4), pd.Series(list("abcd"))
    pairs = pd.DataFrame({"left": list("acbd"), "right": list("badc")})

    def compare(a, b):
        return matrix[np.ix_(a, b)]

    assert pair_scores(compare, photo_ids, pairs).tolist() == [1, 8, 7, 14]
    assert pair_scores(compare, photo_ids[::-1], pairs).tolist() == [14, 7, 8, 1]
    assert pair_scores(compare, photo_ids, pairs.head(0)).shape == (0,)
    with pytest.raises(KeyError, match="'e'"):
        pair_scores(compare, photo_ids, pairs.replace("d", "e"))
