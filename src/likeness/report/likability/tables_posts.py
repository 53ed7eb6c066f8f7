"""Tables of the likability study: refused posts, what is known of a post, models that were skipped, slices, effects."""

from collections.abc import Mapping

import pandas as pd

from likeness.report.html_text import DASH, Html, counted, interval, is_missing, percent
from likeness.report.tables import table


def refused_table(refused: pd.DataFrame, most: int = 50, caption: str | None = None) -> Html:
    """Return refused posts by reason. refused: columns path, reason, detail; the first `most` are listed."""
    shown = refused.sort_values(["reason", "path"], kind="stable")[["path", "reason", "detail"]].head(most)
    more = f", the first {most} listed" if len(refused) > most else ""
    said = f"{counted(len(refused), 'post')} refused{more}"
    return table(shown, said if caption is None else caption, empty="No post was refused.")


def funnel_table(funnel: pd.DataFrame, caption: str | None = None) -> Html:
    """Return what each filter leaves, and how many posts it took. funnel: step, posts, users, in order."""
    shown = funnel[["step", "posts", "users"]].copy()
    shown["taken"] = [DASH, *(f"{int(lost):,}" for lost in -funnel["posts"].diff().iloc[1:])][: len(funnel)]
    return table(shown, caption or "posts and users left after each filter", numeric=["taken"])


def describe_table(values: pd.DataFrame, caption: str | None = None) -> Html:
    """Return the columns of a table of numbers: mean, standard deviation, smallest, median, largest, unknown."""
    shown = pd.DataFrame(
        {
            "number": values.columns,
            "mean": values.mean().to_numpy(float),
            "SD": values.std(ddof=0).to_numpy(float),
            "smallest": values.min().to_numpy(float),
            "median": values.median().to_numpy(float),
            "largest": values.max().to_numpy(float),
            "unknown": values.isna().sum().to_numpy(),
        }
    )
    return table(shown, caption or f"{counted(len(values), 'row')}")


def skipped_table(skipped: Mapping[str, str], caption: str | None = None) -> Html:
    """Return the models that were not trained and why. skipped: {model: reason}."""
    shown = pd.DataFrame({"model": list(skipped), "skipped because": list(skipped.values())})
    return table(shown, caption or "models that were not trained", empty="Every model was trained.")


def slices_table(slices: pd.DataFrame, name: str = "accuracy", caption: str | None = None) -> Html:
    """Return a score per slice. slices: slice, value, low, high, n, liked, called, as compare.likes gives."""
    shown = pd.DataFrame(
        {
            "slice": slices["slice"],
            "posts": slices["n"],
            "value": [interval(row.value, row.low, row.high) for row in slices.itertuples()],
            "liked": [percent(share) for share in slices["liked"]],
            "called": [percent(share) for share in slices["called"]],
        }
    )
    names = {"value": name, "liked": "are liked", "called": "called liked"}
    said = caption or f"{name} by slice, with 95 % intervals over users"
    return table(shown, said, names=names, numeric=["value", "liked", "called"], empty="No slice has a post.")


def planted_table(effects: pd.DataFrame, caption: str | None = None) -> Html:
    """Return planted beside recovered effects. effects: effect, planted, recovered, low, high."""
    found = [
        "cannot be recovered here" if is_missing(row.recovered) else interval(row.recovered, row.low, row.high)
        for row in effects.itertuples()
    ]
    shown = pd.DataFrame({"effect": effects["effect"], "planted": effects["planted"], "recovered": found})
    said = caption or "effect of one standard deviation on a common scale, with 95 % intervals"
    return table(shown, said, numeric=["recovered"], empty="Nothing was planted.")
