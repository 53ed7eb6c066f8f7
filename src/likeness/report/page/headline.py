"""What the index says of a report: one sentence, a few numbers, one picture."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from likeness import paths
from likeness.report.style import alt_text, figure_svg


def write_headline(
    page: str,
    sentence: str,
    numbers: Mapping[str, float] | list[dict[str, Any]],
    *,
    title: str | None = None,
    figure: Figure,
) -> Path:
    """Write a report's headline and return its path: reports/<study>/headlines/<name>.json.

    page: the report, such as "pose/prepare". numbers: {label: value}, or dicts with `label`, `value` and, where there
    is an interval, `low` and `high`. title: of the card; default: the report's own first heading. figure: shown on the
    index.
    """
    if isinstance(numbers, Mapping):
        numbers = [{"label": label, "value": value} for label, value in numbers.items()]
    picture = "data:image/svg+xml;base64," + base64.b64encode(figure_svg(figure).encode()).decode()
    content = {"sentence": sentence, "numbers": numbers, "picture": picture, "alt": alt_text(figure)}
    study, _, name = page.partition("/")
    path = paths.reports(study) / "headlines" / f"{name}.json"
    return paths.write_json(content if title is None else {"title": title, **content}, path)
