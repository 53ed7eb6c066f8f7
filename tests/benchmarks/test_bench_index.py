"""The lines that benchmarks/index.py puts into the table, and its arithmetic."""

import numpy as np
import pytest
from growth import exponent
from index_peers import exact_peers, recall
from index_words import as_markdown, table_lines

ALONE, BATCH, BOTH = ("one at a time", 1), ("batch", 1), ("batch", 2)
MACHINE = {"cpu": "x", "cores": 2, "memory_gb": 8.0, "python": "3.11.7", "packages": {"numpy": "2"}}


def exact(method: str, mode: tuple[str, int], rate: float, times: float) -> dict:
    spread = {"low": rate, "high": rate, "to_faiss": 1.0}
    return {"method": method, "mode": mode[0], "threads": mode[1], "queries_per_second": rate, "times": times, **spread}


def found(method: str, mode: tuple[str, int], rate: float, share: float) -> dict:
    spread = {"low": rate, "high": rate, "setting": "-", "build_seconds": 1.0}
    return {
        "data": "random",
        "method": method,
        "mode": mode[0],
        "threads": mode[1],
        "queries_per_second": rate,
        "recall": share,
        **spread,
    }


def result(**changes: object) -> dict:
    growth = [{"data": "random", "kind": kind, "vectors": n, "milliseconds": n / 100, "recall": 1.0, "setting": "-"}
              for kind in ("exact", "approximate") for n in (100, 400, 1600)]  # fmt: skip
    made = {
        "machine": MACHINE, "protocol": "", "data": {"random": "noise"}, "seconds": 1, "skipped": {}, "vectors": 1600,
        "dimensions": 8, "k": 10, "queries": {"exact": 1000, "approximate": 200}, "recall_wanted": 0.99,
        "exact": [row for mode in (ALONE, BATCH, BOTH) for row in (
            exact("ours", mode, 800, 1.0), exact("faiss flat", mode, 1000, 0.8), exact("numpy", mode, 400, 2.0))],
        "search": [row for mode in (ALONE, BATCH, BOTH) for row in (
            found("ours", mode, 900, 0.991), found("annoy", mode, 300, 0.995))],
        "ratios": [{"data": "random", "mode": mode, "threads": threads, "ratio": 3.0, "low": 3.0, "high": 3.0}
                   for mode, threads in (ALONE, BATCH, BOTH)],
        "growth": growth,
        "growth_exponents": [{"data": "random", "kind": kind, "exponent": 1.0} for kind in ("exact", "approximate")],
    }  # fmt: skip
    return {**made, **changes}


def lines_about(what: str, lines: list[dict]) -> list[dict]:
    return [line for line in lines if line["what"].startswith(what)]


def test_exact_search_has_its_goal_beside_faiss_alone() -> None:
    lines = lines_about("exact", table_lines(result()))
    assert [(line["beside"], line["figure"], line["goal"], line["met"]) for line in lines] == [
        ("faiss flat: 1,000", "0.80 times", "at least 0.9 times", False),
        ("faiss flat: 1,000", "0.80 times", "at least 0.9 times", False),
        ("numpy: 400", "2.00 times", "", None),
    ]
    assert lines[0]["what"] == "exact search, top 10 of 1,600 x 8, one query at a time"
    assert lines[1]["what"] == "exact search, top 10 of 1,600 x 8, 1,000 queries in a batch"
    assert {line["growth"] for line in lines} == {"exponent 1.00, 100 to 1,600 vectors"}


def test_approximate_search_beside_annoy() -> None:
    alone, batch = lines_about("approximate", table_lines(result()))
    assert alone["ours"] == "900 queries/s, recall@10 0.991"
    assert alone["beside"] == "Annoy: 300 queries/s, recall@10 0.995"
    assert (alone["figure"], alone["met"]) == ("3.0 times", True)
    assert batch["what"] == "approximate search, 1,600 random vectors, 200 queries in a batch"


def test_speed_below_the_wanted_recall_does_not_count() -> None:
    low = [{**row, "recall": 0.989} if row["method"] == "ours" else row for row in result()["search"]]
    assert [line["met"] for line in lines_about("approximate", table_lines(result(search=low)))] == [False, False]


def test_without_annoy_its_lines_are_one_with_the_reason() -> None:
    ours = [row for row in result()["search"] if row["method"] == "ours"]
    made = result(search=ours, ratios=[], skipped={"Annoy": "no compiler"})
    (line,) = lines_about("approximate", table_lines(made))
    assert (line["beside"], line["figure"], line["met"]) == ("Annoy", "skipped: no compiler", None)
    assert "Annoy was skipped: no compiler." in as_markdown(made)


def test_exponent_of_a_power_law_is_found() -> None:
    assert exponent([1, 4, 16], [3.0, 24.0, 192.0]) == pytest.approx(1.5)


def test_recall_ignores_the_order() -> None:
    true = np.array([[0, 1, 2], [3, 4, 5]])
    assert recall(np.array([[2, 1, 0], [3, 9, 8]]), true) == pytest.approx((3 + 1) / 6)


def test_exact_peers_agree_on_what_is_nearest() -> None:
    angles = np.radians(np.arange(0, 90, 10))
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    query = np.array([[np.cos(np.radians(31)), np.sin(np.radians(31))]], dtype=np.float32)
    for search in exact_peers(vectors, 3).values():
        assert search(query).tolist() == [[3, 4, 2]]
