"""What the index says of a report: one sentence, a few numbers, one picture."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from likeness.paths import write_json
from likeness.report.style import alt_text, figure_svg


def write_headline(
    path: Path, *, sentence: str, numbers: Sequence[dict[str, Any]], figure: Figure, title: str | None = None
) -> Path:
    """Write a report's headline and return `path`: reports/<study>/headlines/<stage>.json.

    title: of the card; default: the report's own first heading.
    numbers: dicts with `label`, `value` and, where there is an interval, `low` and `high`.
    figure: shown on the index, with its alt text.
    """
    picture = "data:image/svg+xml;base64," + base64.b64encode(figure_svg(figure).encode()).decode()
    content = {"sentence": sentence, "numbers": list(numbers), "picture": picture, "alt": alt_text(figure)}
    return write_json(content if title is None else {"title": title, **content}, path)
