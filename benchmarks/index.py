"""Nearest neighbours among 100,000 vectors: ours beside Annoy, exact search beside its peers, all in one run.

`make bench-index` writes benchmarks/results/index.json and index.md: about ten minutes on two cores. Without Annoy,
which is compiled from source, its rows are left out and the reason is recorded.
"""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from growth import exponent
from index_peers import DATA, DIM, TUNED_ON, Annoy, exact_peers, make_vectors, missing_peers, recall, tuned_annoy
from index_words import as_markdown, table_lines
from numpy.typing import NDArray
from timing import ONE_BY_ONE, ROUNDS, Search, interleaved

from likeness.features.index import Index, build_index
from likeness.machine import describe_machine
from likeness.paths import write_json, write_text

RESULTS = Path(__file__).parent / "results"
VECTORS, QUERIES, TIMED, K, WANTED, SEED = 100_000, 1_000, 200, 10, 0.99, 7
GROWTH = (6_250, 25_000, 100_000)
EXACT_ROUNDS = 9  # two threads on two cores wait for whatever else runs: single rounds differ by a third
MODES = ({"batch": False, "threads": 1}, {"batch": True, "threads": 1}, {"batch": True, "threads": 2})
EFFORTS = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2)  # times the candidates, and the search_k, that were chosen
PROTOCOL = (
    f"{QUERIES} held-out queries of the same kind, the {K} nearest by cosine. Our index chose its effort by itself, on "
    "its own vectors; Annoy's search_k is the smallest of a grid (steps of 1.25) that reaches the recall on the very "
    "queries that it is then measured with, and the faster of two numbers of trees is taken. Every round times every "
    f"method; median of {ROUNDS} rounds, in brackets the slowest and the fastest. One at a time: {ONE_BY_ONE} queries, "
    f"one a call; batch: {TIMED} queries in one call (Annoy has no batches: it loops, with two threads in two halves); "
    f"exact search: {QUERIES:,} queries in one call, {EXACT_ROUNDS} rounds."
)


def main() -> None:
    """Measure everything and write the results."""
    start = time.perf_counter()
    skipped = missing_peers()
    for peer, reason in skipped.items():
        print(f"{peer} skipped: {reason}")
    parts = [_measure(data, with_annoy="Annoy" not in skipped) for data in DATA]
    result = {
        "machine": describe_machine([*([] if skipped else ["annoy"]), "faiss-cpu", "numpy", "scikit-learn"]),
        "skipped": skipped,
        "vectors": VECTORS,
        "queries": {"exact": QUERIES, "approximate": TIMED},  # in a batch; recall is that of all QUERIES
        "dimensions": DIM,
        "k": K,
        "recall_wanted": WANTED,
        "protocol": PROTOCOL,
        "data": DATA,
        **{name: [row for part in parts for row in part[name]] for name in parts[0]},
    }
    result["growth_exponents"] = _exponents(result["growth"])
    result["seconds"] = round(time.perf_counter() - start)
    write_json({**result, "table": table_lines(result)}, RESULTS / "index.json")
    write_text(as_markdown(result), RESULTS / "index.md")


def _measure(data: str, with_annoy: bool) -> dict[str, list[dict[str, object]]]:
    """Return the rows of one kind of vectors."""
    everything = make_vectors(data, VECTORS + QUERIES, SEED)
    vectors, queries = everything[:VECTORS], everything[VECTORS:]
    exact = build_index(vectors, range(VECTORS))
    true = exact.search(queries, K)[0]
    start = time.perf_counter()
    ours = build_index(vectors, range(VECTORS), kind="approximate", recall=WANTED, k=K, seed=SEED)
    ours_built = time.perf_counter() - start
    told = {"ours": {"setting": str(ours.effort or "exact"), "build_seconds": ours_built}}
    found = {"ours": ours.search(queries, K)[0]}
    annoy = tuned_annoy(vectors, queries, true, WANTED, SEED) if with_annoy else None
    if annoy:
        told["annoy"] = {"setting": annoy.setting, "build_seconds": annoy.build_seconds}
        found["annoy"] = annoy.search(queries)
    about = {name: {"data": data, "method": name, "recall": recall(found[name], true), **told[name]} for name in told}
    search, ratios = [], []
    for mode in MODES:
        seconds = interleaved(_methods(ours, annoy, mode["threads"]), queries[:TIMED], **mode)
        search += [{**about[name], **_mode(mode), **_speed(values)} for name, values in seconds.items()]
        if annoy:
            ratios.append({"data": data, **_mode(mode), **_spread(seconds["annoy"] / seconds["ours"], "ratio")})
    curves = _curves(data, ours, annoy, queries[:TUNED_ON], true[:TUNED_ON])
    growth = _grow(data, {("approximate", VECTORS): ours, ("exact", VECTORS): exact}, vectors, queries)
    alone = _exact(data, exact, vectors, queries)
    return {"search": search, "ratios": ratios, "curves": curves, "exact": alone, "growth": growth}


def _methods(ours: Index, annoy: Annoy | None, threads: int) -> dict[str, Search]:
    methods: dict[str, Search] = {"ours": lambda batch: ours.search(batch, K)}
    if annoy:
        methods["annoy"] = annoy.search if threads == 1 else annoy.search_in_two_threads
    return methods


def _exact(data: str, ours: Index, vectors: NDArray, queries: NDArray) -> list[dict[str, object]]:
    """Return the rows of exact search, which costs the same for any vectors: measured on random ones."""
    if data != "random":
        return []
    methods = {"ours": lambda batch: ours.search(batch, K), **exact_peers(vectors, K)}
    rows = []
    for mode in MODES:
        seconds = interleaved(methods, queries, **mode, rounds=EXACT_ROUNDS)
        rows += [
            {
                "method": name,
                **_mode(mode),
                **_speed(values),
                "to_faiss": float(np.median(seconds["faiss flat"] / values)),
                "times": float(np.median(values / seconds["ours"])),
            }
            for name, values in seconds.items()
        ]
    return rows


def _curves(data: str, ours: Index, annoy: Annoy | None, queries: NDArray, true: NDArray) -> list[dict[str, object]]:
    """Return recall and speed (one at a time, one thread) with less and more effort than was chosen for either."""
    runs = {}
    if annoy:
        runs = {("annoy", k): annoy.with_effort(k) for k in (round(annoy.search_k * times) for times in EFFORTS)}
    if ours.effort:
        for times in EFFORTS:
            effort = replace(ours.effort, candidates=max(K, round(ours.effort.candidates * times)))
            other = replace(ours, shortlist=replace(ours.shortlist, effort=effort))
            runs["ours", effort.candidates] = lambda batch, other=other: other.search(batch, K)[0]
    seconds = interleaved(runs, queries, batch=False, threads=1, rounds=3)
    return [
        {
            "data": data,
            "method": method,
            "effort": effort,
            "recall": recall(runs[method, effort](queries), true),
            "queries_per_second": 1 / float(np.median(values)),
        }
        for (method, effort), values in seconds.items()
    ]


def _grow(
    data: str, largest: dict[tuple[str, int], Index], vectors: NDArray, queries: NDArray
) -> list[dict[str, object]]:
    """Return milliseconds per query (one at a time, one thread) of 1, 4 and 16 times as many vectors."""
    made = {
        (kind, n): largest.get((kind, n))
        or build_index(vectors[:n], range(n), kind=kind, recall=WANTED, k=K, seed=SEED)
        for kind in ("approximate", "exact")
        for n in GROWTH
    }
    runs = {key: lambda batch, index=index: index.search(batch, K) for key, index in made.items()}
    seconds = interleaved(runs, queries, batch=False, threads=1)
    true = {n: made["exact", n].search(queries, K)[0] for n in GROWTH}
    return [
        {
            "data": data,
            "kind": kind,
            "vectors": n,
            "milliseconds": 1000 * float(np.median(seconds[kind, n])),
            "recall": recall(index.search(queries, K)[0], true[n]),
            "setting": str(index.effort or "exact"),
        }
        for (kind, n), index in made.items()
    ]


def _exponents(growth: list[dict]) -> list[dict[str, object]]:
    """Fit time = a * vectors^b to each line of the growth table; return b."""
    lines: dict[tuple[str, str], list[tuple[int, float]]] = {}
    for row in growth:
        lines.setdefault((row["data"], row["kind"]), []).append((row["vectors"], row["milliseconds"]))
    return [
        {"data": data, "kind": kind, "exponent": exponent(*zip(*points, strict=True))}
        for (data, kind), points in lines.items()
    ]


def _mode(mode: dict) -> dict[str, object]:
    return {"mode": "batch" if mode["batch"] else "one at a time", "threads": mode["threads"]}


def _speed(seconds: NDArray) -> dict[str, float]:
    return _spread(1 / seconds, "queries_per_second")


def _spread(values: NDArray, name: str) -> dict[str, float]:
    return {name: float(np.median(values)), "low": float(values.min()), "high": float(values.max())}


if __name__ == "__main__":
    main()
