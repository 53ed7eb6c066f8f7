"""One progress bar for all long work: rate and ETA in a terminal, silence in a notebook's HTML."""

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tqdm import tqdm

TERMINAL = "LIKENESS_TERMINAL"  # set by `likeness run` when a person watches; holds the terminal's path
ROW = "LIKENESS_ROW"  # lines below the cursor; set by `likeness repro`, whose studies have a line each


def watch() -> None:
    """Tell the processes started from here that a terminal is there to draw on, if one is."""
    if sys.stderr.isatty():
        os.environ[TERMINAL] = os.ttyname(sys.stderr.fileno())


def track(items: Iterable[Any], label: str, *, total: int | None = None, unit: str = "photo") -> Iterator[Any]:
    """Yield `items` and draw a bar with rate and ETA on the terminal that `watch` found.

    A notebook's kernel has no terminal of its own and captures stderr, so the bar is written to the
    terminal's device: it is seen by the person who waits and never reaches a report, where rates
    would differ from run to run.
    """
    device = os.environ.get(TERMINAL)
    if not device or not os.access(device, os.W_OK):  # a terminal can be closed while the work goes on
        yield from items
        return
    row = int(os.environ.get(ROW, 0))
    with Path(device).open("w", encoding="utf-8") as stream:
        yield from tqdm(items, desc=label, total=total, unit=unit, file=stream, leave=False, position=row)
