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
