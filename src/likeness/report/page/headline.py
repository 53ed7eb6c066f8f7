"""What the index says of a report: one sentence, a few numbers, one picture."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from likeness import paths
from likeness.report.style import alt_text, figure_svg

DRAWN = "drawn demo corpus"  # how a badge begins where the photos are not the reader's own


def write_headline(
    page: str,
    sentence: str,
    numbers: Mapping[str, float] | list[dict[str, Any]],
    *,
    title: str | None = None,
    figure: Figure | None = None,
    picture: str = "",
    alt: str = "",
    badges: Sequence[str] = (),
) -> Path:
    """Write a report's headline and return its path: reports/<study>/headlines/<name>.json.

    page: the report, such as "pose/prepare". numbers: {label: value}, or dicts with `label`, `value` and, where there
    is an interval, `low` and `high`. title: of the card; default: the report's own first heading. figure: shown on the
    index, or else picture, a data URI, with its text alternative. badges: whose photos these are, what the networks
    have seen.
    """
    if isinstance(numbers, Mapping):
        numbers = [{"label": label, "value": value} for label, value in numbers.items()]
    if figure is not None:
        picture = "data:image/svg+xml;base64," + base64.b64encode(figure_svg(figure).encode()).decode()
        alt = alt_text(figure)
    content = {"sentence": sentence, "numbers": numbers, "picture": picture, "alt": alt, "badges": list(badges)}
    study, _, name = page.partition("/")
    path = paths.reports(study) / "headlines" / f"{name}.json"
    return paths.write_json(content if title is None else {"title": title, **content}, path)
