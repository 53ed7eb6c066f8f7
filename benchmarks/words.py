"""Markdown for the pages of results."""

from collections.abc import Sequence


def markdown_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table: one list of cells a row."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def machine_line(machine: dict) -> str:
    """Return what a benchmark ran on, in one line."""
    versions = ", ".join(f"{name} {number}" for name, number in machine["packages"].items())
    memory = f", {machine['memory_gb']} GB" if machine["memory_gb"] else ""
    return f"{machine['cpu']}, {machine['cores']} cores{memory}; Python {machine['python']}, {versions}."


def growth_table(rows: Sequence[dict], by: str, unit: str) -> str:
    """Return the table of how the time grows: row[by] names the case, row[unit] the work, row["seconds"] its times."""
    cells = [
        [row[by], ", ".join(f"{n:,}: {s:.1f} s" for n, s in zip(row[unit], row["seconds"], strict=True)),
         f"{row['exponent']:.2f}"]
        for row in rows
    ]  # fmt: skip
    return markdown_table([by, f"{unit}: time", "exponent"], cells)


def grown(row: dict, unit: str) -> str:
    """Return the same of one case in a few words."""
    return f"exponent {row['exponent']:.2f}, {row[unit][0]:,} to {row[unit][-1]:,} {unit}"
