"""One or two sentences that read the data, the features or the training: data in, a note out, true for any data."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from likeness.people.truth import is_unmarked
from likeness.photos.walk import NAMED, say_passed
from likeness.report.html_text import Html, counted, most_frequent, note, percent


def describe_files(
    found: pd.DataFrame,
    photos: pd.DataFrame,
    quarantine: pd.DataFrame,
    passed: Mapping[str, Mapping[str, int]] | None = None,
    unfit: Sequence[str] = (),
) -> Html:
    """Read the accounting: every file found is accepted or refused.

    passed: what was no file to look at, as `walk.passed_over` tells. unfit: names in dates.csv that fit no file.
    """
    lead = f"{len(found):,} files found: {len(photos):,} accepted, {len(quarantine):,} refused."
    rest = say_passed(passed or {})
    if unfit:
        names = ", ".join(unfit[:NAMED]) + (", ..." if len(unfit) > NAMED else "")
        rest += f" In dates.csv {counted(len(unfit), 'name')} fit no file: {names}."
    if quarantine.empty:
        return note(f"{lead} Nothing had to be refused.{rest}")
    top = most_frequent(quarantine["reason"])
    listed = "each refused file is listed with what was wrong."
    return note(f"{lead} The most frequent reasons: {top}; {listed}{rest}")


def describe_duplicates(photos: pd.DataFrame) -> Html:
    """Read the near-duplicates: how many photos are copies of another."""
    sizes = photos["duplicate_group"].value_counts()
    groups = sizes[sizes > 1]
    if groups.empty:
        return note("No photo is a near-duplicate of another: nothing had to be grouped for it.")
    surplus = int((groups - 1).sum())
    hold = "holds" if len(groups) == 1 else "hold"
    return note(
        f"{counted(len(groups), 'group')} of near-duplicates {hold} {int(groups.sum())} photos, so {surplus} "
        f"({percent(surplus / len(photos), 1)}) show nothing new. The largest group has {int(groups.max())}."
    )


def describe_people(photos: pd.DataFrame, keypoints: pd.DataFrame) -> Html:
    """Read the people found: one, several or nobody; of photos that were not annotated this is not known."""
    told = photos[~is_unmarked(photos)]
    people = keypoints.groupby("photo_id")["person"].nunique().reindex(told["photo_id"], fill_value=0)
    joints = keypoints[keypoints["person"] == 0].groupby("photo_id").size()
    typical = f"the first person has {joints.median():.0f} of 18 joints in the median" if len(joints) else "no joints"
    nobody = int((people == 0).sum())
    return note(
        f"Nobody was found in {nobody} of {len(told)} photos ({percent(nobody / max(len(told), 1), 1)}), one person in "
        f"{int((people == 1).sum())}, two or more in {int((people > 1).sum())}; {typical}."
    )


def describe_sweep(sweep: pd.DataFrame, chosen: float) -> Html:
    """Read how much depends on the face detector's confidence. sweep: threshold (ascending), kept, as the figure."""
    low, high = max(chosen - 0.05, sweep["threshold"].iloc[0]), min(chosen + 0.05, sweep["threshold"].iloc[-1])
    below, kept, above = np.interp([low, chosen, high], sweep["threshold"], sweep["kept"])
    change = (below - above) / kept if kept else 0.0
    verdict = "little depends on its exact value" if change < 0.05 else "its exact value matters"
    return note(
        f"At the chosen confidence of {chosen:g} a face is found in {counted(round(kept), 'photo')}. Between {low:.3g} "
        f"and {high:.3g} the number changes by {percent(change, 1)}: {verdict}."
    )


def describe_splits(photos: pd.DataFrame) -> Html:
    """Read the splits: groups and photos in each."""
    parts = photos.groupby("split", sort=False).agg(photos=("photo_id", "size"), groups=("group", "nunique"))
    said = [
        f"{name} {row.photos} photos in {row.groups} groups"
        for name, row in parts.reindex(["train", "val", "test"]).dropna().astype(int).iterrows()
    ]
    return note(f"No group is cut: {'; '.join(said)}.")


def describe_pairs(pairs: pd.DataFrame) -> Html:
    """Read the pairs: how many, and how balanced."""
    test = pairs[pairs["split"] == "test"]
    majority = max(test["same"].mean(), 1 - test["same"].mean())
    return note(
        f"{len(pairs):,} pairs, {percent(pairs['same'].mean())} of them the same pose. On the {len(test):,} test pairs "
        f"a model that always gives the more frequent answer is right in {percent(majority)}: the trivial baseline."
    )


def describe_leaks(honest: pd.DataFrame, naive: pd.DataFrame) -> Html:
    """Read the leak audit: what the random split would have given away."""
    photos = naive[naive["shared"] == "photos"].iloc[0]
    clean = honest[honest["shared"].isin(["photos", "groups"])]["count"].sum()
    return note(
        f"With pairs split at random, {int(photos['count'])} of {int(photos['of'])} validation photos "
        f"({percent(photos['share'])}) were training photos too. The honest split shares {int(clean)}."
    )
