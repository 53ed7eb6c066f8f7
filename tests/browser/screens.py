"""The screens that reports are read on, and what a browser saw while opening one."""

from dataclasses import dataclass, field
from typing import Any

WIDE, PHONE = 1280, 390  # px


@dataclass
class Opened:
    """A report in the browser, and what happened while it loaded."""

    page: Any
    requests: list[str] = field(default_factory=list)  # other than for the report itself
    errors: list[str] = field(default_factory=list)  # console errors and uncaught exceptions
    dialogs: list[str] = field(default_factory=list)
