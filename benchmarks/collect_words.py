"""The results of the collecting benchmark as a page of Markdown and a figure."""

from statistics import median

from matplotlib.figure import Figure
from words import machine_line, markdown_table

from likeness.report.palette import BLUE, GREEN, ORANGE
from likeness.report.style import canvas, describe, styled

GOAL = 50  # times one request after the other
COLOURS = ((GREEN, ":"), (ORANGE, "--"), (BLUE, "-"))


def as_markdown(result: dict) -> str:
    """Return the page for what benchmarks/collect.py measured."""
    return (
        "# Collecting\n\n"
        "Written by `make bench-collect`; do not edit. Timings depend on the machine: read the ratios.\n\n"
        f"{machine_line(result['machine'])} The whole run took {result['seconds']} s.\n\n{result['protocol']}\n\n"
        f"## Requests per second\n\n{_alone(result)}\n{_ours(result)}\n"
        "Accounts with more posts than a page need more requests than one. A picture is checked to its last pixel and "
        "is on the disk, by fsync, before it counts, which the reference does not do.\n\n"
        f"## Memory\n\n{_memory(result)}\n"
        "Resident memory of the collecting process. At the end, when nothing is asked any more, the tables' libraries "
        "are loaded; the rows are streamed.\n\n"
        f"![{memory_figure(result).likeness_alt}](collect.svg)\n"
    )


def table(result: dict) -> list[dict[str, object]]:
    """Return the lines for the table of all benchmarks."""
    return [
        {"what": f"collect {row['records']:,} {row['what']}, {1000 * result['wait_seconds']:.0f} ms an answer",
         "ours": f"{row['requests_per_second']:,.0f} requests/s", "beside": "requests.Session, one at a time",
         "figure": f"{row['ratio']:.0f} times", "goal": f"{GOAL} times" if row["what"] == "accounts" else "",
         "met": row["ratio"] >= GOAL if row["what"] == "accounts" else None, "growth": ""}
        for row in result["ours"]
    ]  # fmt: skip


def _alone(result: dict) -> str:
    rows = [
        [name, f"{median(rates):.2f}", f"{min(rates):.2f} to {max(rates):.2f}"]
        for name, rates in result["alone"].items()
    ]
    return markdown_table(["one at a time", "requests/s, median", "slowest to fastest"], rows)


def _ours(result: dict) -> str:
    rows = [
        [row["what"], f"{row['records']:,}", f"{row['requests']:,}", f"{row['seconds']:.1f} s",
         f"{row['requests_per_second']:,.0f}", f"{row['while_collecting']:,.0f}", f"{row['ratio']:.1f}"]
        for row in result["ours"]
    ]  # fmt: skip
    heads = ["ours", "records", "requests", "whole command", "requests/s", "between first and last request",
             "times requests.Session"]  # fmt: skip
    return markdown_table(heads, rows)


def _memory(result: dict) -> str:
    rows = [
        [row["what"], f"{row['records']:,}", f"{row['collecting_mb']:.0f} MB", f"{row['peak_mb']:.0f} MB",
         str(row["open_files"])]
        for row in result["ours"]
    ]  # fmt: skip
    return markdown_table(
        ["ours", "records", "most while collecting", "most over the whole command", "open files"], rows
    )


@styled
def memory_figure(result: dict) -> Figure:
    """Resident memory over the records collected, a line per run."""
    runs = [row for row in result["ours"] if row["what"] == "accounts"]
    fig, ax = canvas(3.2)
    for row, (colour, line) in zip(runs, COLOURS, strict=False):
        ax.plot(*zip(*row["memory"], strict=True), color=colour, linestyle=line, label=f"{row['records']:,} accounts")
    ax.set(
        xlabel="accounts collected",
        ylabel="resident memory [MB]",
        ylim=(0, 1.2 * max(row["collecting_mb"] for row in runs)),
    )
    ax.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    ax.grid(axis="y")
    fig.legend(loc="outside upper left", ncols=3)
    said = "; ".join(f"{row['records']:,} accounts: at most {row['collecting_mb']:.0f} MB" for row in runs)
    return describe(fig, f"Resident memory of the collecting process while it collects. {said}.")
