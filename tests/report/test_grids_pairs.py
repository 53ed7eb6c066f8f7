import re

import numpy as np
import pandas as pd
import pytest
from shown import says

from likeness.explain.study_maps import choose_pairs
from likeness.report.page.theme import check_alt
from likeness.report.pose.grids_pairs import (
    hardest_pairs,
    pair_grid,
    pair_words,
    ranked_table,
    retrieval_grid,
)
from likeness.report.pose.reading_grids import describe_neighbours

IDS = [f"id{n}" for n in range(6)]


@pytest.fixture
def ranked() -> pd.DataFrame:
    """For id0 and id1 every later photo is less similar; photos of the same parity are right."""
    similarity = -np.abs(np.subtract.outer(np.arange(6.0), np.arange(6.0)))
    same = np.equal.outer(np.arange(6) % 2, np.arange(6) % 2)
    return ranked_table(similarity[:2], IDS[:2], IDS, same[:2], 3)


def test_ranked_table_by_hand(ranked):
    assert ranked["query"].tolist() == ["id0"] * 3 + ["id1"] * 3
    assert ranked["rank"].tolist() == [1, 2, 3] * 2
    assert ranked["photo_id"].tolist() == ["id1", "id2", "id3", "id0", "id2", "id3"]
    assert ranked["value"].tolist() == [-1, -2, -3, -1, -1, -2]
    assert ranked["right"].tolist() == [False, True, False, False, False, True]


def frames(html: str) -> list[str]:
    return re.findall(r'<figure class="lk-cell ([\w-]+)"', html)


def test_frames_follow_the_truth(ranked, thumbs):
    html = retrieval_grid(ranked, thumbs, "similarity", top=5, most=10)
    assert frames(html) == ["lk-query", "wrong", "right", "wrong", "lk-query", "wrong", "wrong", "right"]
    assert html.count("✓</span>") == 2
    assert html.count("✗</span>") == 4
    assert html.count("<img ") == 8
    assert html.count('class="lk-row"') == 2
    assert "<script" not in html
    check_alt(html)


@pytest.mark.parametrize(("value", "closer"), [("similarity", "larger"), ("pose distance", "smaller")])
def test_it_says_which_way_is_closer(ranked, thumbs, value, closer):
    assert f"{value} ({closer} = closer)" in retrieval_grid(ranked, thumbs, value, top=1, most=1)


def test_a_note_says_what_wrong_neighbours_share():
    photos = pd.DataFrame({"photo_id": list("abcd"), "site": ["s", "t", "s", "s"], "pose": ["p", "p", "q", "p"]})
    ranked = pd.DataFrame({"query": "a", "photo_id": ["b", "c", "d"], "right": [False, False, True]})
    says(describe_neighbours(ranked, photos), "3 nearest photos shown here for 1 photo, 1 are right",
         "2 wrong ones, 1 show the same pose at another site, 1 another pose at the same site")  # fmt: skip
    for unknown in (photos[["photo_id"]], photos.assign(pose=None)):
        assert "site" not in describe_neighbours(ranked, unknown)


def test_rows_are_ranked_and_cut(ranked, thumbs, hostile):
    ranked.loc[1, "value"] = np.nan
    shuffled = ranked.iloc[[2, 0, 1, 5, 4, 3]]
    html = retrieval_grid(shuffled, thumbs, hostile, top=2, most=1)
    assert frames(html) == ["lk-query", "wrong", "right"]
    assert re.findall(r"<figcaption>(-?[\d.]+|undefined),", html) == ["-1.00", "undefined"]
    assert "<script" not in html
    assert "No queries" in retrieval_grid(ranked.head(0), thumbs, "similarity", top=2, most=1)


@pytest.mark.parametrize(
    ("same", "probability", "right"), [(True, 0.9, True), (True, 0.1, False), (False, 0.9, False), (False, 0.1, True)]
)
def test_pairs_are_judged_against_the_truth(same, probability, right):
    words, verdict = pair_words({"same": same, "probability": probability, "kind": "site-only"})
    assert verdict is right
    assert words.startswith("same pose, site-only" if same else "different, site-only")
    assert words.endswith(f"probability of same {probability:.2f}: {'right' if right else 'wrong'}")


def test_a_threshold_moves_the_verdict():
    words, right = pair_words({"same": True, "probability": 0.4, "threshold": 0.3})
    assert right is True
    assert "called the same from 0.30" in words
    assert pair_words({"same": True, "probability": 0.4})[1] is False
    assert pair_words({"same": True}) == ("same pose", None)


PREDICTIONS = pd.DataFrame(
    [("id0", "id1", True, 0.2), ("id1", "id2", False, 0.95), ("id2", "id3", True, 0.9), ("id3", "id4", False, 0.6)],
    columns=["left", "right", "same", "probability"],
)


def test_hardest_pairs_come_worst_first():
    hardest = hardest_pairs(PREDICTIONS, most=12)
    assert hardest["left"].tolist() == ["id1", "id0", "id3"]
    assert hardest["error"].tolist() == pytest.approx([0.45, 0.3, 0.1])
    lenient = hardest_pairs(PREDICTIONS.assign(threshold=0.7), most=12)  # 0.6 is called different now, correctly
    assert lenient["left"].tolist() == ["id0", "id1"]
    assert len(hardest_pairs(PREDICTIONS, most=1)) == 1


def test_mistakes_and_marks_follow_the_outcome_of_the_chosen_pairs():
    table = PREDICTIONS.assign(threshold=0.7)
    chosen = choose_pairs(table, pd.Series({f"id{i}": "one" for i in range(5)}), most=4)
    correct = chosen["outcome"].isin(["same, found", "different, told apart"]).tolist()
    assert [pair_words(row)[1] for row in chosen.to_dict("records")] == correct
    wrong = chosen.loc[[not right for right in correct], ["left", "right"]]
    assert sorted(wrong.to_numpy().tolist()) == sorted(
        hardest_pairs(table, most=12)[["left", "right"]].to_numpy().tolist()
    )
    assert len(wrong) == 2


def test_pair_grid_shows_both_photos_of_each_pair(thumbs):
    html = pair_grid(PREDICTIONS, thumbs, most=3)
    assert html.count('class="lk-pair"') == 3
    assert html.count("<img ") == 6
    assert frames(html) == ["wrong"] * 4 + ["right"] * 2
    assert "<script" not in html
    check_alt(html)
    assert "No pairs" in pair_grid(PREDICTIONS.head(0), thumbs, most=3)


def test_pairs_without_predictions_have_no_frames(thumbs):
    html = pair_grid(PREDICTIONS.drop(columns="probability"), thumbs, most=12)
    assert frames(html) == []
    assert html.count("<img ") == 8
