"""The results of the index benchmark as a page of Markdown."""

from words import markdown_table


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
    growth = {(row["data"], row["kind"]): f"exponent {row['exponent']:.2f}" for row in result["growth_exponents"]}
    in_batches = [row for row in result["exact"] if row["mode"] == "batch" and row["threads"] == 2]
    mine = next(row for row in in_batches if row["method"] == "ours")
    rate = mine["queries_per_second"]
    lines = [
        {"what": "exact search, 1,000 queries among 100,000 x 512", "ours": f"{rate:,.0f} queries/s",
         "beside": row["method"], "figure": f"{rate / row['queries_per_second']:.1f} times",
         "goal": "0.9 times" if row["method"] == "faiss flat" else "",
         "met": rate >= 0.9 * row["queries_per_second"], "growth": growth["random", "exact"]}
        for row in in_batches
        if row is not mine
    ]  # fmt: skip
    found = {(row["data"], row["method"], row["mode"], row["threads"]): row for row in result["search"]}
    return lines + [
        {"what": f"approximate search, {row['data']} vectors, {_mode(row)}",
         "ours": "recall@10 {recall:.3f}, {queries_per_second:,.0f} queries/s".format(
             **found[row["data"], "ours", row["mode"], row["threads"]]),
         "beside": "Annoy, recall@10 {recall:.3f}".format(**found[row["data"], "annoy", row["mode"], row["threads"]]),
         "figure": f"{row['ratio']:.1f} times", "goal": "more queries/s", "met": row["ratio"] > 1,
         "growth": growth[row["data"], "approximate"]}
        for row in result["ratios"] if row["mode"] == "one at a time"
    ]  # fmt: skip
