import pandas as pd
import pytest

from likeness.report.faces.figures_index import growth_figure, speed_figure, written
from likeness.report.faces.reading_index import of_growth, of_recall, of_speed, recall_table, speed_table
from likeness.report.style import alt_text, figure_svg

CURVES = pd.DataFrame(
    [
        ("random", "ours", 0.9, 2000.0),
        ("random", "ours", 1.0, 1000.0),
        ("random", "annoy", 0.95, 40.0),
        ("clustered", "ours", 0.99, 9000.0),
    ],
    columns=["data", "method", "recall", "queries_per_second"],
)
GROWTH = pd.DataFrame(
    [("random", kind, n, n / speed) for kind, speed in (("exact", 1e4), ("approximate", 1e5)) for n in (100, 400)],
    columns=["data", "kind", "vectors", "milliseconds"],
)
RESULT = {
    "vectors": 100_000,
    "dimensions": 512,
    "k": 10,
    "machine": {"cores": 2},
    "data": {"random": "drawn"},
    "search": [
        {"data": "random", "method": "ours", "mode": "one at a time", "threads": 1, "recall": 0.9923, "queries_per_second": 1500.4},
        {"data": "random", "method": "annoy", "mode": "one at a time", "threads": 1, "recall": 1.0, "queries_per_second": 36.2},
    ],
    "ratios": [{"data": "random", "mode": "one at a time", "threads": 1, "ratio": 41.44, "low": 38.2, "high": 43.0}],
    "growth_exponents": [
        {"data": "random", "kind": "exact", "exponent": 1.01},
        {"data": "random", "kind": "approximate", "exponent": 0.8},
    ],
}  # fmt: skip
RECALLS = pd.DataFrame(
    {
        "search": ["exact", "approximate"],
        "vectors": [300, 300],
        "reads": ["all vectors", "the codes, then 40 vectors"],
        "value": [1.0, 0.985],
        "low": [1.0, 0.98],
        "high": [1.0, 0.99],
        "n": [300, 300],
    }
)


def test_speed_has_a_panel_per_kind_of_vectors_and_a_line_per_method():
    fig = speed_figure(CURVES, wanted=0.99)
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["random vectors", "clustered vectors"]
    lines = [line for line in fig.axes[0].lines if line.get_label() in ("ours", "annoy")]
    assert [list(line.get_ydata()) for line in lines] == [[2000, 1000], [40]]
    assert fig.axes[0].get_yscale() == "log"
    assert "random, ours: 2,000 at 0.9 to 1,000 at 1; random, annoy: 40 at 0.95" in alt_text(fig)
    assert figure_svg(fig) == figure_svg(speed_figure(CURVES, wanted=0.99))
    with pytest.raises(ValueError, match="run `make bench-index`"):
        speed_figure(CURVES[:0], wanted=0.99)


def test_growth_shows_the_numbers_that_were_measured():
    fig = growth_figure(GROWTH)
    assert [tick.get_text() for tick in fig.axes[0].get_xticklabels()] == ["100", "400"]
    assert "random, approximate: 0.001 at 100 to 0.004 at 400" in alt_text(fig)
    assert figure_svg(fig)
    with pytest.raises(ValueError, match="run `make bench-index`"):
        growth_figure(GROWTH[:0])


def test_numbers_have_three_digits_that_count():
    assert [written(value) for value in (1234.5, 41.44, 0.0512)] == ["1,234", "41.4", "0.0512"]


def test_the_speed_table_and_its_sentence():
    page = speed_table(RESULT)
    for words in ("100,000 vectors of 512 dimensions on 2 cores", "recall@10", "0.992", "1,500", "41.4"):
        assert words in page
    assert (
        "on random vectors 41.4 times as many (38.2 to 43 over the rounds), at a recall of 0.992 beside 1.000"
        in of_speed(RESULT)
    )


def test_growth_is_read_smallest_power_first():
    assert "to the power 0.80 (approximate, random), 1.01 (exact, random):" in of_growth(RESULT)


def test_recall_is_shown_and_judged():
    assert "0.985 (0.980–0.990)" in recall_table(RECALLS, k=10)
    said = of_recall(RECALLS, wanted=0.99)
    assert "Exact: 1.000 (1.000–1.000), as wanted" in said
    assert "approximate: 0.985 (0.980–0.990), less than the 0.99 wanted." in said
