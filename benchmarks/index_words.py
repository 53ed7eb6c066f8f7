"""The results of the index benchmark as a page of Markdown, and as lines of the table of all benchmarks."""

from words import markdown_table

EXACT_GOAL = 0.9  # times the queries/s of faiss flat


def as_markdown(result: dict) -> str:
    """Return the page for what benchmarks/index.py measured."""
    machine = result["machine"]
    versions = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    head = (
        "# Nearest neighbours\n\n"
        "Written by `make bench-index`; do not edit. Timings depend on the machine: read the ratios.\n\n"
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB; Python {machine['python']}, "
        f"{versions}. {result['vectors']:,} vectors; the whole run took {result['seconds']} s.\n\n"
        f"{result['protocol']}\n\n" + "".join(f"- {name}: {words}.\n" for name, words in result["data"].items())
    )
    head += "".join(f"\n{peer} was skipped: {reason}.\n" for peer, reason in result["skipped"].items())
    return "\n".join([head, _approximate(result), _ratios(result), _exact(result), _growth(result)])


def _approximate(result: dict) -> str:
    rows = [
        [row["data"], row["method"], _mode(row), f"{row['recall']:.4f}", _speed(row), row["setting"],
         f"{row['build_seconds']:.0f} s"]
        for row in result["search"]
    ]  # fmt: skip
    heads = ["vectors", "method", "mode", f"recall@{result['k']}", "queries/s", "setting", "built in"]
    return f"## Ours beside Annoy\n\n{markdown_table(heads, rows)}"


def _ratios(result: dict) -> str:
    rows = [
        [row["data"], _mode(row), f"{row['ratio']:.1f} ({row['low']:.1f} to {row['high']:.1f})"]
        for row in result["ratios"]
    ]
    return f"## How many times as many queries/s as Annoy\n\n{markdown_table(['vectors', 'mode', 'times'], rows)}"


def _exact(result: dict) -> str:
    rows = [[row["method"], _mode(row), _speed(row), f"{row['to_faiss']:.2f}"] for row in result["exact"]]
    return f"## Exact search\n\n{markdown_table(['method', 'mode', 'queries/s', 'times faiss flat'], rows)}"


def _growth(result: dict) -> str:
    rows = [
        [row["data"], row["kind"], f"{row['vectors']:,}", f"{row['milliseconds']:.3f}", f"{row['recall']:.4f}",
         row["setting"]]
        for row in result["growth"]
    ]  # fmt: skip
    fits = [f"{row['data']}, {row['kind']}: {row['exponent']:.2f}" for row in result["growth_exponents"]]
    table = markdown_table(["vectors", "search", "number", "ms a query", f"recall@{result['k']}", "setting"], rows)
    return f"## Growth\n\n{table}\nTime per query grows as the number of vectors to the power: {'; '.join(fits)}.\n"


def _mode(row: dict) -> str:
    return f"{row['mode']}, {row['threads']} thread{'s' if row['threads'] > 1 else ''}"


def _speed(row: dict) -> str:
    return f"{row['queries_per_second']:,.0f} ({row['low']:,.0f} to {row['high']:,.0f})"


def table_lines(result: dict) -> list[dict[str, object]]:
    """Return the lines for the table of all benchmarks."""
    return [*_exact_lines(result), *_approximate_lines(result), *_skipped_lines(result)]


def _exact_lines(result: dict) -> list[dict[str, object]]:
    """All queries in a batch with two threads beside every peer, and one at a time beside faiss flat."""
    mine = {(row["mode"], row["threads"]): row for row in result["exact"] if row["method"] == "ours"}
    beside = [
        row
        for row in result["exact"]
        if (row["mode"], row["threads"]) == ("batch", 2) or (row["threads"] == 1 and row["mode"] != "batch")
    ]
    what = f"exact search, top {result['k']} of {result['vectors']:,} x {result['dimensions']}"
    return [
        {"what": f"{what}, {_asked(row, result['queries']['exact'])}",
         "ours": f"{mine[row['mode'], row['threads']]['queries_per_second']:,.0f} queries/s",
         "beside": f"{row['method']}: {row['queries_per_second']:,.0f}", "figure": f"{row['times']:.2f} times",
         **_exact_goal(row), "growth": _grown(result, "random", "exact")}
        for row in beside if row["method"] != "ours" and (row["mode"] == "batch" or row["method"] == "faiss flat")
    ]  # fmt: skip


def _exact_goal(row: dict) -> dict[str, object]:
    if row["method"] != "faiss flat":
        return {"goal": "", "met": None}
    return {"goal": f"at least {EXACT_GOAL:g} times", "met": row["times"] >= EXACT_GOAL}


def _approximate_lines(result: dict) -> list[dict[str, object]]:
    found = {(row["data"], row["method"], row["mode"], row["threads"]): row for row in result["search"]}

    def told(row: dict, method: str) -> str:
        mine = found[row["data"], method, row["mode"], row["threads"]]
        return f"{mine['queries_per_second']:,.0f} queries/s, recall@{result['k']} {mine['recall']:.3f}"

    return [
        {"what": f"approximate search, {result['vectors']:,} {row['data']} vectors, "
                 f"{_asked(row, result['queries']['approximate'])}",
         "ours": told(row, "ours"), "beside": f"Annoy: {told(row, 'annoy')}", "figure": f"{row['ratio']:.1f} times",
         **_approximate_goal(row, found, result["recall_wanted"]),
         "growth": _grown(result, row["data"], "approximate")}
        for row in result["ratios"] if row["threads"] == (2 if row["mode"] == "batch" else 1)
    ]  # fmt: skip


def _approximate_goal(row: dict, found: dict, wanted: float) -> dict[str, object]:
    """More queries/s count only where our recall is what was asked for."""
    recall = found[row["data"], "ours", row["mode"], row["threads"]]["recall"]
    return {"goal": f"more queries/s at a recall of {wanted:g}", "met": row["ratio"] > 1 and recall >= wanted}


def _skipped_lines(result: dict) -> list[dict[str, object]]:
    return [
        {"what": "approximate search", "ours": "", "beside": peer, "figure": f"skipped: {reason}",
         "goal": f"more queries/s at a recall of {result['recall_wanted']:g}", "met": None, "growth": ""}
        for peer, reason in result["skipped"].items()
    ]  # fmt: skip


def _asked(row: dict, batch: int) -> str:
    return f"{batch:,} queries in a batch" if row["mode"] == "batch" else "one query at a time"


def _grown(result: dict, data: str, kind: str) -> str:
    numbers = [row["vectors"] for row in result["growth"] if (row["data"], row["kind"]) == (data, kind)]
    fitted = {(row["data"], row["kind"]): row["exponent"] for row in result["growth_exponents"]}
    return f"exponent {fitted[data, kind]:.2f}, {min(numbers):,} to {max(numbers):,} vectors"
