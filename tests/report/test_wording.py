"""The same figures, tables and sentences, speaking of posts."""

import re
from html import unescape

import numpy as np
import pandas as pd

from likeness.report import figures, reading, reading_data, tables
from likeness.report.style import alt_text
from likeness.report.wording import PAIRS, POSTS

PAIR_WORDS = re.compile(r"\bpairs?\b|the same\b|same pose|different|\bsites?\b|new places")
LIKED = [True, True, False, False]
PREDICTIONS = pd.DataFrame(
    {"model": "fusion", "same": LIKED, "score": [2.0, -1.0, 1.0, -2.0], "probability": [0.9, 0.3, 0.7, 0.1]}
)
SCORES = pd.DataFrame(
    [
        ("fusion", s, "test", "eer", v, v - 0.1, v + 0.1)
        for s, v in (("honest", 0.3), ("naive", 0.2), ("temporal", 0.4))
    ],
    columns=["model", "scheme", "split", "metric", "value", "low", "high"],
)
COMPARISONS = pd.DataFrame(
    {"a": ["a"], "b": ["b"], "difference": [0.1], "low": [-0.1], "high": [0.3], "p_adjusted": [0.4],
     "verdict": ["not distinguishable"]}
)  # fmt: skip


def words(fig) -> str:
    """All text of a figure, its alt text included."""
    found = [fig.axes[0].get_xlabel(), *(ax.get_ylabel() for ax in fig.axes), alt_text(fig)]
    found += [label.get_text() for ax in fig.axes for label in (*ax.get_xticklabels(), ax.title)]
    return " ".join([*found, *(text.get_text() for legend in fig.legends for text in legend.get_texts())])


def said(html: str) -> str:
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html)).replace("\u00a0", " ")


def test_figures_speak_of_posts():
    roc, det, reliability, probability = (
        words(draw(PREDICTIONS, wording=POSTS))
        for draw in (figures.roc_figure, figures.det_figure, figures.reliability_figure, figures.probability_figure)
    )
    assert "not-liked posts called liked liked posts found" in roc
    assert "liked posts missed" in det
    assert "over 4 posts" in reliability
    assert "50\u00a0% of liked and 50\u00a0% of not-liked posts at or above 0.50" in probability
    assert "liked (up) not liked (down)" in probability
    slope = words(figures.slope_figure(SCORES, wording=POSTS))
    assert "(posts at random)" in slope
    assert "(users apart)" in slope
    assert not any(PAIR_WORDS.search(text) for text in (roc, det, reliability, probability, slope))


def test_tables_speak_of_posts_and_show_the_temporal_split():
    html = tables.results_table(SCORES, {"fusion": 0.8}, schemes=("naive", "honest", "temporal"), wording=POSTS)
    assert re.findall(r"<th scope=\"col\"[^>]*>(.*?)</th>", html) == [
        "model",
        "original study, posts at random",
        "ours, posts at random",
        "ours, honest split",
        "ours, later posts",
    ]
    assert "temporal" not in said(tables.results_table(SCORES, wording=POSTS))
    assert "paired tests on the same posts, accuracy" in tables.paired_table(COMPARISONS, wording=POSTS)


def test_sentences_speak_of_posts():
    history = pd.DataFrame(
        {"scheme": ["honest"], "epoch": [0], "val_loss": [0.5], "val_accuracy": [0.6], "best": [True]}
    )
    sentences = [
        said(html)
        for html in (
            reading.of_winner(SCORES, POSTS),
            reading.of_comparisons(COMPARISONS, POSTS),
            reading.of_rates(SCORES, POSTS),
            reading_data.of_training(history, POSTS),
            reading_data.of_network(10, 20, POSTS),
            reading_data.of_probabilities(PREDICTIONS, POSTS),
        )
    ]
    assert "on the honest test posts" in sentences[0]
    assert "With posts split at random" in sentences[0]
    assert (
        sentences[2]
        .strip()
        .split(": ", 1)[1]
        .startswith("0.30 (0.20–0.40) of the liked posts are missed when as many of the others are taken for liked.")
    )
    assert sentences[3].strip().endswith("says something about new users.")
    assert "Of the 4 honest test posts, 50 % of the liked and 50 % of the others are called liked" in sentences[5]
    assert not any(PAIR_WORDS.search(sentence.replace("the same model", "")) for sentence in sentences)


def test_saliency_on_faces_is_named():
    card = pd.DataFrame(
        {"method": ["IG", "IG"], "test": ["deletion", "pointing, faces"], "value": [0.4, 0.5], "chance": [0.5, 0.25]}
    )
    assert "IG has its strongest point on a face in 50 % of the photos" in said(reading.of_saliency(card))


def test_plural():
    assert (PAIRS.items, POSTS.items) == ("pairs", "posts")
    assert all(np.array(POSTS) != np.array(PAIRS))
