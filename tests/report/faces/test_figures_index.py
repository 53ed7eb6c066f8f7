import numpy as np
import pandas as pd
import pytest
from shown import cells, says, titles

from likeness.features.index import build_index
from likeness.report.faces import figures_index as index
from likeness.report.style import alt_text, figure_svg
from likeness.stats.bootstrap import Estimate

CURVES = pd.DataFrame(
    [("random", "ours", 0.9, 2000.0), ("random", "ours", 1.0, 1000.0), ("random", "annoy", 0.95, 40.0),
     ("clustered", "ours", 0.99, 9000.0)],
    columns=["data", "method", "recall", "queries_per_second"],
)  # fmt: skip
GROWTH = pd.DataFrame(
    [("random", kind, n, n / speed) for kind, speed in (("exact", 1e4), ("approximate", 1e5)) for n in (100, 400)],
    columns=["data", "kind", "vectors", "milliseconds"],
)
HOW = {"data": "random", "mode": "one at a time", "threads": 1}
RESULT = {
    "vectors": 100_000,
    "dimensions": 512,
    "k": 10,
    "machine": {"cores": 2},
    "data": {"random": "drawn"},
    "search": [
        {**HOW, "method": "ours", "recall": 0.9923, "queries_per_second": 1500.4},
        {**HOW, "method": "annoy", "recall": 1.0, "queries_per_second": 36.2},
    ],
    "ratios": [{**HOW, "ratio": 41.44, "low": 38.2, "high": 43.0}],
    "growth_exponents": [
        {"data": "random", "kind": "exact", "exponent": 1.01},
        {"data": "random", "kind": "approximate", "exponent": 0.8},
    ],
}
RECALLS = pd.DataFrame(
    [("exact", 300, "all vectors", 1.0, 1.0, 1.0, 300), ("approximate", 300, "40 vectors", 0.985, 0.98, 0.99, 300)],
    columns=["search", "vectors", "reads", "value", "low", "high", "n"],
)


def test_speed_has_a_panel_per_kind_of_vectors_and_a_line_per_method():
    fig = index.speed_figure(CURVES, wanted=0.99)
    assert titles(fig) == ["random vectors", "clustered vectors"]
    lines = [line for line in fig.axes[0].lines if line.get_label() in ("ours", "annoy")]
    assert [list(line.get_ydata()) for line in lines] == [[2000, 1000], [40]]
    assert fig.axes[0].get_yscale() == "log"
    assert "random, ours: 2,000 at 0.9 to 1,000 at 1; random, annoy: 40 at 0.95" in alt_text(fig)
    assert figure_svg(fig) == figure_svg(index.speed_figure(CURVES, wanted=0.99))
    with pytest.raises(ValueError, match="run `make bench-index`"):
        index.speed_figure(CURVES[:0], wanted=0.99)


def test_growth_shows_the_numbers_that_were_measured():
    fig = index.growth_figure(GROWTH)
    assert [tick.get_text() for tick in fig.axes[0].get_xticklabels()] == ["100", "400"]
    assert "random, approximate: 0.001 at 100 to 0.004 at 400" in alt_text(fig)
    assert figure_svg(fig)


def test_numbers_have_three_digits_that_count():
    assert [index.written(value) for value in (1234.5, 41.44, 0.0512)] == ["1,234", "41.4", "0.0512"]


def test_the_benchmark_as_a_table_and_in_words():
    page = index.speed_table(RESULT)
    assert cells(page) == [
        ["vectors", "method", "mode", "recall@10", "queries/s", "times Annoy"],
        ["random", "ours", "one at a time, 1 thread", "0.992", "1,500", "41.4"],
        ["random", "annoy", "one at a time, 1 thread", "1.000", "36", "–"],
    ]
    says(page, "100,000 vectors of 512 dimensions on 2 cores")
    says(index.describe_speed(RESULT), "random vectors 41.4 times as many (38.2 to 43", "0.992 beside 1.000")
    says(index.describe_growth(RESULT), "0.80 (approximate, random), 1.01 (exact, random)")


def test_recall_is_shown_and_judged():
    assert cells(index.recall_table(RECALLS, k=10))[2][3] == "0.985 (0.980–0.990)"
    says(index.describe_recall(RECALLS, wanted=0.99), "Exact: 1.000 (1.000–1.000), as wanted",
         "approximate: 0.985 (0.980–0.990), less than the 0.99")  # fmt: skip


def test_the_chosen_weight_of_the_face_is_said():
    exact = build_index(np.eye(3), list("abc"))
    says(index.describe_vectors(exact, "resnet50", "combined", 0.7), "3 vectors of 3 dimensions (resnet50, combined). The face",
         "weighs 0.7 in them, as the report chose for resnet50. For a query the approximate index reads every vector.")  # fmt: skip
    assert "weighs" not in index.describe_vectors(exact, "resnet50", "face")


def test_the_card_of_the_index():
    sentence, numbers = index.describe_index(Estimate(0.9925, 0.99, 0.995, 3), 3, "face", 10)
    says(sentence, "of the face view finds 99.2 % of the 10 exact neighbours")
    assert numbers == [{"label": "vectors", "value": 3},
                       {"label": "recall@10", "value": 0.9925, "low": 0.99, "high": 0.995}]  # fmt: skip
