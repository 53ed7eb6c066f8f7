"""Figures of the posts: what the filters leave, whose followers count, likes per follower, when posts were made."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from likeness.features.metadata import days_only
from likeness.report.html_text import counted, percent
from likeness.report.marks import name_rows
from likeness.report.palette import BLUE, DIFFERENT, GREY, INK, MUTED, ORANGE, SAME
from likeness.report.style import canvas, describe, end_at, styled

Bounds = tuple[float, float]
WEEK = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
FOLLOWER_BINS, RATIO_BINS = 30, 40
MOST_MEASURES = 15  # that are shown


@styled
def funnel_figure(funnel: pd.DataFrame) -> Figure:
    """Bars: posts left after each filter, in order. funnel: step, posts, users, the first row before any filter."""
    fig, ax = canvas(0.95 + 0.28 * max(len(funnel), 2))
    posts = funnel["posts"].to_numpy()
    ax.barh(np.arange(len(funnel)), posts, color=BLUE, height=0.72, linewidth=0)
    for row, (left, users) in enumerate(zip(posts, funnel["users"], strict=True)):
        end_at(ax, left, row, f"{left:,} of {counted(int(users), 'user')}", color=INK)
    name_rows(ax, funnel["step"])
    ax.set_xlim(0, max(posts.max(initial=1), 1) * 1.35)
    ax.set(xlabel="posts left", title="what each filter leaves")
    said = "; ".join(f"{row.step}: {row.posts:,} of {counted(int(row.users), 'user')}" for row in funnel.itertuples())
    return describe(fig, f"Bars of the posts left after each filter. {said}.")


@styled
def followers_figure(before: pd.Series, after: pd.Series, bounds: Mapping[str, Bounds]) -> Figure:
    """Users by followers (logarithmic), before and after the filter; above, what two rules would keep.

    before, after: followers of each user, a user once, at least 1. bounds: of the rules "mad" and "sd" [followers], as
    `posts.filters.bounds_by_rule` gives; a lower one below 1 keeps even the smallest account.
    """
    fig, (upper, ax) = canvas(4.1, 2, 1, sharex=True, height_ratios=[1.3, 3.2])
    edges = np.geomspace(max(before.min(), 1) * 0.9, max(before.max(), 2) * 1.1, FOLLOWER_BINS + 1)
    for values, colour, label in ((before, GREY, "before"), (after, BLUE, "after the filter")):
        said = f"{label} ({counted(len(values), 'user')})"
        ax.stairs(np.histogram(values, edges)[0], edges, color=colour, fill=True, label=said)
    ax.set_xscale("log")
    ax.set(xlabel="followers of a user", ylabel="users", xlim=(edges[0], edges[-1]))
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    _plain_log(ax)
    ax.legend(loc="upper right", handlelength=1)
    upper.set(ylim=(1.4, -0.8), title="users by followers, and what two rules keep")
    words = [_rule(upper, row, bounds[name], before, edges) for row, name in enumerate(("mad", "sd"))]
    upper.set_yticks([0, 1], ("median ± MAD", "mean ± SD"), color=INK)
    upper.tick_params(axis="both", length=0, labelbottom=False)
    upper.minorticks_off()
    for spine in upper.spines.values():
        spine.set_visible(False)
    return describe(
        fig,
        f"Histograms of followers, logarithmic, of {len(before):,} users before and {len(after):,} after the filter. "
        f"The rule by median and MAD keeps {words[0]}; that by mean and SD {words[1]}.",
    )


def _rule(ax: Axes, row: int, bounds: Bounds, users: pd.Series, edges: np.ndarray) -> str:
    """Draw one rule's bounds as a line, and return what it keeps in words."""
    low, high = (float(np.clip(bound, edges[0], edges[-1])) for bound in bounds)
    kept = int(users.between(*bounds).sum())
    ax.plot([low, high], [row, row], color=ORANGE, linewidth=2.4, solid_capstyle="butt")
    for bound, shown in zip(bounds, (low, high), strict=True):
        if bound == shown:
            ax.plot([shown], [row], "|", color=ORANGE, markersize=11, markeredgewidth=2)
    floor = f"{max(bounds[0], 0):,.0f} to {bounds[1]:,.0f} followers"
    at = np.sqrt(edges[0] * edges[-1])
    ax.annotate(f"{floor}: {kept:,} of {len(users):,} users", (at, row), (0, 6), textcoords="offset points",
                ha="center", va="bottom", fontsize=9.5)  # fmt: skip
    return f"{kept:,} ({floor})"


@styled
def ratio_figure(posts: pd.DataFrame, line: float | None) -> Figure:
    """Distribution of likes per follower (logarithmic) of liked and other posts, with the median as a line.

    posts: ratio, liked; those without a like are counted in the label. line: the ratio above which a post is liked;
    None where each user has a line of their own.
    """
    shown = posts[posts["ratio"] > 0]
    fig, ax = canvas(3.2)
    low, high = (shown["ratio"].min(), shown["ratio"].max()) if len(shown) else (0.1, 1.0)
    edges = np.geomspace(low * 0.95, high * 1.05, RATIO_BINS + 1)
    below = np.zeros(RATIO_BINS)
    for liked, colour, label in ((True, SAME, "liked"), (False, DIFFERENT, "not liked")):
        part = shown.loc[shown["liked"].eq(liked), "ratio"]
        counts = np.histogram(part, edges)[0]
        said = f"{label} ({counted(int(posts['liked'].eq(liked).sum()), 'post')})"
        ax.stairs(below + counts, edges, baseline=below, color=colour, fill=True, label=said)
        below = below + counts
    median = float(posts["ratio"].median())
    marks = [(median, "median", ":")] + ([] if line is None else [(line, "liked above", "-")])
    for value, name, dash in marks:
        if value > 0:
            ax.axvline(value, color=INK, linewidth=1, linestyle=dash, label=f"{name} {value:.2g}")
    ax.set_xscale("log")
    _plain_log(ax)
    none = len(posts) - len(shown)
    ax.set(ylabel="posts", xlabel="likes per follower" + (f"; {counted(none, 'post')} without a like" if none else ""))
    fig.legend(loc="outside upper left", ncols=4, handlelength=1, columnspacing=1.2)
    return describe(
        fig,
        f"Histogram of likes per follower, logarithmic, of {len(posts):,} posts: median {median:.2g}, "
        f"{posts['ratio'].min():.2g} to {posts['ratio'].max():.2g}; {percent(posts['liked'].mean())} count as liked.",
    )


def _plain_log(ax: Axes) -> None:
    """Ticks of a logarithmic axis as plain numbers: 0.01, 1, 1,000."""
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}"))
    ax.xaxis.set_minor_formatter(NullFormatter())


@styled
def hours_figure(posts: pd.DataFrame) -> Figure:
    """Posts by weekday and hour (UTC) as dots that grow with their number. posts: taken_at, naive UTC.

    Where the source gives days without a time, a bar a weekday.
    """
    taken = posts["taken_at"].dt
    if days_only(posts["taken_at"]):
        return _weekdays_figure(taken.day_of_week.value_counts().reindex(range(7), fill_value=0))
    counts = posts.groupby([taken.day_of_week.rename("day"), taken.hour.rename("hour")]).size().reset_index(name="n")
    fig, ax = canvas(2.6)
    ax.scatter(counts["hour"], counts["day"], s=6 + 110 * counts["n"] / counts["n"].max(), color=BLUE, linewidths=0)
    ax.set_yticks(range(7), WEEK, color=INK)
    ax.set_xticks(range(0, 24, 3))
    ax.set(xlim=(-0.7, 23.7), ylim=(6.6, -0.6), xlabel="hour of the day (UTC)", title="when posts were made")
    ax.tick_params(axis="y", length=0)
    top = counts.sort_values(["n", "day", "hour"], ascending=[False, True, True]).iloc[0]
    return describe(
        fig,
        f"Dots of {len(posts):,} posts by weekday and hour. The most frequent hour is {WEEK[int(top['day'])]} "
        f"{int(top['hour']):02d}:00 with {counted(int(top['n']), 'post')}.",
    )


def _weekdays_figure(counts: pd.Series) -> Figure:
    fig, ax = canvas(2.6)
    ax.barh(counts.index, counts, color=BLUE)
    ax.set_yticks(range(7), WEEK, color=INK)
    ax.set(ylim=(6.6, -0.6), xlabel="posts (their source gives no time of day)", title="when posts were made")
    ax.tick_params(axis="y", length=0)
    most = WEEK[int(counts.idxmax())]
    return describe(fig, f"Posts by weekday, {counts.sum():,} in all; most on {most}: {counted(counts.max(), 'post')}.")


@styled
def measures_figure(measures: pd.DataFrame, liked: pd.Series) -> Figure:
    """How far liked photos lie from the others in each measure, in standard deviations, the furthest on top.

    measures: (n, m) named columns. liked: (n,) bool, in the same order. A constant measure lies at 0.
    """
    gap = gaps(measures, liked)
    if gap.empty:
        raise ValueError("measures_figure: all photos are of one kind; show a note instead")
    shown = gap.head(MOST_MEASURES)
    fig, ax = canvas(1.05 + 0.27 * max(len(shown), 2))
    ax.barh(range(len(shown)), shown, color=np.where(shown >= 0, SAME, DIFFERENT), height=0.7, linewidth=0)
    ax.axvline(0, color=MUTED, linewidth=0.8)
    name_rows(ax, shown.index)
    ax.set(xlabel="liked minus not liked [standard deviations]", title="how liked photos differ")
    said = ", ".join(f"{name} {size:+.2f}" for name, size in shown.items())
    return describe(fig, f"Bars of liked minus not liked, in standard deviations, furthest first: {said}.")


def gaps(measures: pd.DataFrame, liked: pd.Series) -> pd.Series:
    """Return how far liked photos lie from the others in each measure [its standard deviations], the furthest first.

    measures, liked: as `measures_figure` takes them. Empty where there are not both kinds of photos.
    """
    answer = np.asarray(liked, dtype=bool)
    if len(answer) != len(measures):
        raise ValueError(f"{len(measures)} rows of measures but {len(answer)} answers: give one each")
    if answer.all() or not answer.any():
        return pd.Series(dtype=float)
    spread = measures.std(ddof=0)
    gap = ((measures[answer].mean() - measures[~answer].mean()) / spread.where(spread > 0)).fillna(0.0)
    return gap.sort_index().sort_values(key=lambda size: -size.abs(), kind="stable")
