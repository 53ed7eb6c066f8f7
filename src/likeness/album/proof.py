"""What the curator's report shows of a choice and of the trials: tables, figures and the sentences that read them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from likeness.album import trials
from likeness.album.best import quality
from likeness.album.curate import looks
from likeness.album.gallery import kept_by_moment, order_in_words
from likeness.album.measure import load
from likeness.album.reasons import BURST, KEPT, LEFT, OUT, REFUSED
from likeness.cache import Cache
from likeness.report.html_text import Html, counted, figure, interval, note, percent
from likeness.report.page.theme import SHEETS
from likeness.report.palette import GREY, SERIES
from likeness.report.style import canvas, describe, styled

PHOTOS = 120  # of a drawn album at most


def pictures(table: pd.DataFrame, album: Path, most: int, seed: int) -> Iterator[np.ndarray]:
    """Yield up to `most` of an album's photos, drawn at random, as `measure.load` gives them."""
    paths = table.loc[table["state"] != REFUSED, "path"].to_numpy()
    for path in np.random.default_rng(seed).permutation(paths)[:most]:
        yield load(Path(album) / path)


def in_words(kept: pd.DataFrame) -> pd.DataFrame:
    """Return the table of `trials.kept_untouched` as the page shows it."""
    share = [interval(row.kept, row.low, row.high) for row in kept.itertuples()]
    worst = [f"{row.worst}, {percent(row.worst_share)}" if row.worst else "none" for row in kept.itertuples()]
    chance = kept["chance"].round(2)
    shown = {"burst with": kept["plan"], "bursts": kept["bursts"], "untouched kept": share, "chance": chance}
    return pd.DataFrame(shown | {"damage kept most": worst})


@styled
def planted_figure(kept: pd.DataFrame) -> Figure:
    """Draw the share of bursts whose untouched frame is kept, with its interval, beside chance."""
    fig, ax = canvas(3.2)
    rows = np.arange(len(kept))[::-1]
    ax.hlines(rows, kept["low"], kept["high"], color=SERIES[0], linewidth=2)
    ax.plot(kept["kept"], rows, "o", color=SERIES[0], label="kept")
    ax.plot(kept["chance"], rows, "|", color=GREY, markersize=12, label="chance")
    ax.set(
        yticks=rows,
        yticklabels=kept["plan"],
        xlim=(-0.02, 1.02),
        xlabel="share of bursts whose untouched frame is kept",
    )
    fig.legend(loc="outside upper left", ncols=2, handlelength=1)
    said = "; ".join(f"{row.plan} {row.kept:.2f}" for row in kept.itertuples())
    return describe(fig, f"Share of bursts whose untouched frame is kept: {said}.")


def describe_planted(kept: pd.DataFrame) -> Html:
    """Read the planted bursts: the mixed ones, and the kind that fools the curator most."""
    mixed = kept[kept["plan"] == trials.MIXED].iloc[0]
    hardest = kept[kept["plan"] != trials.MIXED].sort_values("kept").iloc[0]
    share, three = (interval(row.kept, row.low, row.high) for row in (mixed, hardest))
    return note(
        f"Among one frame of every kind of damage the untouched one is kept in {share} of {mixed.bursts} bursts, where "
        f"chance is {mixed.chance:.2f}. Hardest is {hardest['plan']}: {three} of bursts with three such frames."
    )


def describe_shuffled(shuffled: pd.DataFrame) -> Html:
    """Say whether shuffled signs give chance, over all bursts."""
    bursts = shuffled["bursts"].sum()
    share = (shuffled["kept"] * shuffled["bursts"]).sum() / bursts
    chance = (shuffled["chance"] * shuffled["bursts"]).sum() / bursts
    spread = 1.96 * np.sqrt(chance * (1 - chance) / bursts)
    verdict = (
        "chance" if abs(share - chance) <= spread else "not chance: something else than the signs tells the frames"
    )
    said = f"the untouched frame is kept in {share:.2f} of {bursts:,} choices; chance is {chance:.2f} ± {spread:.2f}"
    return note(f"With shuffled signs {said}: {verdict}.")


def coverage_of(
    table: pd.DataFrame, album: Path, moments: Sequence[int], albums: int, cache: Cache | None
) -> pd.DataFrame:
    """Return `trials.coverage_table` of albums drawn from an album's photos, PHOTOS each at most."""
    photos = table[table["state"] != REFUSED].reset_index(drop=True)
    features, size = looks(photos, Path(album), cache), min(PHOTOS, len(photos) // 2)
    worth = quality(photos).to_numpy()
    tables = [
        trials.coverage_table(
            features, worth, moments=[number], photos=max(size, number), keep=number, albums=albums
        )
        for number in moments
    ]  # fmt: skip
    return pd.concat(tables, ignore_index=True)


@styled
def coverage_figure(shares: pd.DataFrame) -> Figure:
    """Draw the share of known moments that each way to choose shows, by their number."""
    fig, ax = canvas(3.0)
    for k, (way, part) in enumerate(shares.groupby("way", sort=False)):
        at = np.arange(len(part)) + 0.06 * (k - 1.5)
        ax.vlines(at, part["low"], part["high"], color=SERIES[k], linewidth=1.6)
        ax.plot(at, part["share"], "o-", color=SERIES[k], markersize=4, label=way)
    numbers = shares["moments"].unique()
    ax.set(
        xticks=range(len(numbers)),
        xticklabels=numbers,
        xlabel="moments, and photos kept",
        ylabel="share shown",
        ylim=(0, 1.03),
    )
    ax.grid(axis="y")
    fig.legend(loc="outside upper left", ncols=4, handlelength=1)
    said = "; ".join(f"{way} {part['share'].mean():.2f}" for way, part in shares.groupby("way", sort=False))
    return describe(fig, f"Share of known moments shown, mean over their numbers: {said}.")


def describe_coverage(shares: pd.DataFrame) -> Html:
    """Read the coverage at the largest number of moments."""
    last = shares[shares["moments"] == shares["moments"].max()].set_index("way")
    said = ", ".join(f"{way} {interval(row.share, row.low, row.high)}" for way, row in last.iterrows())
    return note(
        f"Of {shares['moments'].max()} moments as many photos show, by way: {said}. Intervals are over drawn albums."
    )


def kept_figure(table: pd.DataFrame, root: Path) -> Html:
    """Return the photos kept as a report shows them: the page's tiles with its style."""
    css = "".join((SHEETS / f"{name}.css").read_text(encoding="utf-8") for name in ("gallery", "album"))
    return figure(f'<div class="lk-album">{kept_by_moment(table[table["photo_id"].notna()], root)}</div>', None, css)


def describe_choice(table: pd.DataFrame) -> Html:
    """Read the choice: files found, kept, and left out for what reason."""
    n, kept = table["state"].value_counts(), int((table["state"] == KEPT).sum())
    photos = table[table["photo_id"].notna()]
    return note(
        f"Of {counted(len(table), 'file')} in {counted(photos['moment'].nunique(), 'moment')} {kept} are kept, in "
        f"{order_in_words(photos)}; {n.get(LEFT, 0)} could have been, {n.get(BURST, 0)} are other frames of a burst, "
        f"{n.get(OUT, 0)} are out, {len(table) - len(photos)} are no photos or copies byte for byte."
    )


def album_card(table: pd.DataFrame, kept: pd.DataFrame) -> dict[str, object]:
    """Return sentence and numbers of the album's card on the index. kept: as `trials.kept_untouched`, mixed first."""
    first = kept.iloc[0]
    numbers = [
        {
            "label": "untouched frames kept",
            "value": float(first.kept),
            "low": float(first.low),
            "high": float(first.high),
        },
        {"label": "files found", "value": len(table)},
        {"label": "kept", "value": int((table["state"] == KEPT).sum())},
    ]
    return {"sentence": "The best frame of each burst, and the photos that tell the album.", "numbers": numbers}
