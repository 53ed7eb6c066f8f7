"""The results of the `make repro` benchmark as a page of Markdown, and as lines of the table of all benchmarks."""

from words import machine_line, markdown_table

GOAL = 3.0  # seconds, where nothing changed


def table_lines(rows: list[dict]) -> list[dict[str, object]]:
    """Return the lines for the table of all benchmarks."""
    whole = next((row["seconds"] for row in rows if row["what"] == "everything"), None)
    return [
        {"what": f"make repro, {row['what']}", "ours": _cost(row), **_beside(row, whole), **_goal(row), "growth": ""}
        for row in rows
    ]  # fmt: skip


def _cost(row: dict) -> str:
    number = len(row["stages"])
    return f"{row['seconds']:.1f} s, {number} stage{'' if number == 1 else 's'} run"


def _beside(row: dict, whole: float | None) -> dict[str, str]:
    if whole is None or row["what"] == "everything":
        return {"beside": "", "figure": ""}
    return {"beside": f"everything again: {whole:.0f} s", "figure": f"{row['seconds'] / whole:.1%} of it"}


def _goal(row: dict) -> dict[str, object]:
    if row["what"] != "nothing changed":
        return {"goal": "", "met": None}
    return {"goal": f"under {GOAL:g} s", "met": row["seconds"] < GOAL}


def as_markdown(result: dict) -> str:
    """Return the page for a reader."""
    rows = [[row["what"], f"{row['seconds']:.1f}", str(len(row["stages"])), _named(row)] for row in result["rows"]]
    every = next(row["every"] for row in result["rows"] if row["what"] == "nothing changed")
    return (
        "# make repro, again\n\nWritten by `make bench-repro`; do not edit. A clone of commit "
        f"{result['commit']}, all three studies with their demo corpora; the time is that of the whole command, its "
        f"check of the parameters included. {machine_line(result['machine'])}\n\n"
        f"{markdown_table(['what', 'seconds', 'stages run', 'which'], rows)}\n"
        f"Nothing changed: the median of {len(every)} runs, {min(every):.2f} to {max(every):.2f} s.\n"
    )


def _named(row: dict) -> str:
    """Return the stages by name; the variants of a matrix stage as one name and their number."""
    numbers: dict[str, int] = {}
    for stage in row["stages"]:
        name = stage.partition("@")[0]
        numbers[name] = numbers.get(name, 0) + 1
    return ", ".join(name if number == 1 else f"{name} ({number})" for name, number in numbers.items())
