"""The sweep over C: seconds estimated from some of its fits, and from which size a cluster pays."""

import json
import sys

import pytest
import svm
from svm_cluster import run_with_limit
from svm_words import ONE_CORE, as_markdown, pays_from, seconds_of, table

TWO_WORKERS = "LinearSVC, two workers"


def lines(*fits: tuple[float, float, float | None]) -> list[str]:
    return [json.dumps(dict(zip(("seconds", "score", "load"), fit, strict=True))) for fit in fits]


def row(photos: int, method: str, seconds: float, at_least: bool = False) -> dict:
    return {"photos": photos, "method": method, "seconds": seconds, "fits": 3, "at_least": at_least, "best": 0.7}


def test_a_sweep_is_five_loads_and_sixty_mean_fits():
    found = svm.estimate(lines((1.0, 0.6, 4.0), (3.0, 0.8, None)), None)
    assert found == {"seconds": 5 * 4 + 60 * 2, "fits": 2, "at_least": False, "best": 0.8}


def test_a_fit_that_was_given_up_took_at_least_what_it_was_given():
    found = svm.estimate(lines((10.0, 0.6, 0.0)), given_up=90.0)
    assert found == {"seconds": 60 * (10 + 80) / 2, "fits": 1, "at_least": True, "best": 0.6}
    assert seconds_of(found) == "more than 2,700 s (1 fit)"


def test_no_fit_at_all_within_the_limit():
    assert svm.estimate([], given_up=90.0) == {"seconds": 5400.0, "fits": 0, "at_least": True, "best": None}


@pytest.mark.parametrize(
    ("rows", "least"),
    [
        ([row(10, ONE_CORE, 5), row(10, TWO_WORKERS, 9), row(20, ONE_CORE, 30), row(20, TWO_WORKERS, 12)], 20),
        ([row(10, ONE_CORE, 9), row(10, TWO_WORKERS, 5), row(20, ONE_CORE, 9), row(20, TWO_WORKERS, 12)], None),
        ([row(10, ONE_CORE, 9), row(10, TWO_WORKERS, 5, at_least=True)], None),
        ([row(10, ONE_CORE, 9)], None),
    ],
    ids=["from-20", "not-at-the-largest", "was-given-up", "no-cluster"],
)
def test_a_cluster_pays_from_the_size_on_at_which_it_stays_ahead(rows, least):
    assert pays_from(rows) == least


def test_a_run_in_the_middle_is_a_page_and_lines():
    rows = [row(10, ONE_CORE, 5), row(10, TWO_WORKERS, 900, at_least=True), row(20, ONE_CORE, 9)]
    machine = {"cpu": "a processor", "cores": 2, "memory_gb": 8.0, "python": "3.11", "packages": {}}
    result = {"machine": machine, "limit": 60, "folds": 5, "fits": 60, "data": "Drawn.", "rows": rows, "seconds": 9}
    result |= {"exponents": svm.exponents(rows), "pays_from": pays_from(rows)}
    assert result["exponents"][TWO_WORKERS] is None
    page = as_markdown(result)
    assert "| LinearSVC, two workers | more than 900 s (3 fits) |  |" in page
    assert page.strip().endswith(f"The fastest: {ONE_CORE} at 10 photos; {ONE_CORE} at 20 photos.")
    both = as_markdown(result | {"rows": [*rows, row(20, TWO_WORKERS, 5)], "pays_from": 20})
    assert both.strip().endswith("20 photos; from 20 photos on two workers took less than scikit-learn on one core.")
    assert [line["ours"] for line in table(result)] == ["one core: 5 s (3 fits)", "one core: 9 s (3 fits)"]


def test_lines_printed_before_the_limit_are_kept():
    program = "import time; print(1, flush=True); print(2, end='', flush=True); time.sleep(60)"
    assert run_with_limit([sys.executable, "-c", program], -57) == (["1\n"], False)
    assert run_with_limit([sys.executable, "-c", "print(3)"], 10) == (["3\n"], True)
    with pytest.raises(RuntimeError, match="a clear word"):
        run_with_limit([sys.executable, "-c", "raise SystemExit('a clear word')"], 10)
