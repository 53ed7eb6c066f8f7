"""Tables of the posts, and sentences that read their filters, targets, splits and measures: true for any posts."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from likeness.features.metadata import days_only
from likeness.photos.walk import say_passed
from likeness.report.html_text import Html, counted, most_frequent, note, percent, signed
from likeness.report.likability.figures_posts import Bounds, gaps
from likeness.report.tables import table

MOST = 50  # refused posts that are listed
OFTEN = 5  # posts from which a user's answers can be called one-sided


def refused_table(refused: pd.DataFrame) -> Html:
    """Return refused posts by reason. refused: columns path, reason, detail; the first MOST are listed."""
    shown = refused.sort_values(["reason", "path"], kind="stable")[["path", "reason", "detail"]].head(MOST)
    more = f", the first {MOST} listed" if len(refused) > MOST else ""
    return table(shown, f"{counted(len(refused), 'post')} refused{more}", empty="No post was refused.")


def describe_refused(
    kept: pd.DataFrame, refused: pd.DataFrame, said: str = "", passed: Mapping[str, Mapping[str, int]] | None = None
) -> Html:
    """Read the accounting of posts: every one found is valid or refused.

    refused: column reason. said: how the source was read, of `posts.readers.read_posts`. passed: what was no file to
    look at, as `walk.passed_over` tells.
    """
    found = counted(len(kept) + len(refused), "post")
    how = (f" How they were read: {said}." if said else "") + say_passed(passed or {})
    lead = f"{found} found: {len(kept):,} valid, {len(refused):,} refused.{how}"
    if refused.empty:
        return note(f"{lead} Nothing had to be refused.")
    top = most_frequent(refused["reason"])
    return note(f"{lead} The most frequent reasons: {top}; each refused post is listed with what was wrong.")


def describe_funnel(funnel: pd.DataFrame) -> Html:
    """Read the filters: what is left, and which one cost the most. funnel: step, posts, users, in order."""
    first, last = funnel.iloc[0], funnel.iloc[-1]
    lead = (
        f"Of {counted(int(first['posts']), 'post')} by {counted(int(first['users']), 'user')}, "
        f"{int(last['posts']):,} by {int(last['users']):,} are left."
    )
    lost = -funnel["posts"].diff().iloc[1:]
    if lost.empty or lost.max() <= 0:
        return note(f"{lead} No filter took any.")
    at = int(lost.to_numpy().argmax()) + 1
    return note(f"{lead} The step that cost the most is “{funnel['step'].iloc[at]}”: {int(lost.iloc[at - 1]):,} posts.")


def describe_followers(before: pd.Series, after: pd.Series, bounds: Mapping[str, Bounds]) -> Html:
    """Read the filter of users: how heavy the tail is, and what each rule would keep.

    before, after: followers of each user, a user once. bounds: of the rules "mad" and "sd" [followers].
    """
    ratio = before.std() / before.mean() if len(before) > 1 and before.mean() > 0 else 0.0
    mad, sd = bounds["mad"], bounds["sd"]
    by_mad, by_sd = (int(before.between(*each).sum()) for each in (mad, sd))
    stretched = " The bound of the first is stretched by the very accounts that it should leave out."
    return note(
        f"The standard deviation of the followers is {ratio:.1f} times their mean. A rule by mean and SD, up to "
        f"{sd[1]:,.0f} followers, keeps {by_sd:,} of {counted(len(before), 'user')}; one by median and MAD, up to "
        f"{mad[1]:,.0f}, keeps {by_mad:,}.{stretched if ratio > 1 and by_sd > by_mad else ''} "
        f"{counted(len(after), 'user')} stay{'s' * (len(after) == 1)} in the study."
    )


def describe_target(posts: pd.DataFrame) -> Html:
    """Read the share of liked posts, the median ratio, how much an account settles. posts: user_id, ratio, liked."""
    low, high = posts["ratio"].quantile([0.1, 0.9])
    majority = max(posts["liked"].mean(), 1 - posts["liked"].mean())
    of_user = posts.groupby("user_id")["liked"].agg(["mean", "size"])
    often = of_user.loc[of_user["size"] >= OFTEN, "mean"]
    one_sided = percent(((often - 0.5).abs() >= 0.4).mean())
    settled = (
        f" Of {counted(len(often), 'user')} with {OFTEN} posts or more, {one_sided} have the same answer in nine posts "
        f"of ten: so much is settled by whose post it is."
    )
    return note(
        f"{percent(posts['liked'].mean())} of {counted(len(posts), 'post')} count as liked; the median is "
        f"{posts['ratio'].median():.3g} likes per follower, four fifths lie between {low:.3g} and {high:.3g}. Always "
        f"giving the more frequent answer is right in {percent(majority)}.{settled if len(often) else ''}"
    )


def describe_post_splits(posts: pd.DataFrame) -> Html:
    """Read posts, users and liked ones of each split; is a group cut? posts: post_id, user_id, group, split, liked."""
    parts = posts.groupby("split").agg(n=("post_id", "size"), users=("user_id", "nunique"), liked=("liked", "mean"))
    said = [
        f"{name} {counted(int(row.n), 'post')} of {counted(int(row.users), 'user')} ({percent(row.liked)} liked)"
        for name, row in parts.reindex(["train", "val", "test"]).dropna().iterrows()
    ]
    cut = int((posts.drop_duplicates(["group", "split"])["group"].value_counts() > 1).sum())
    lead = "No user is cut" if not cut else f"{counted(cut, 'group')} of users cut by the split, which must not be"
    return note(f"{lead}: {'; '.join(said)}.")


def describe_post_leaks(audit: pd.DataFrame) -> Html:
    """Read the leak audit: what each split would have given away. audit: scheme, shared, between, count, of, share."""
    users = audit[audit["shared"] == "users"].drop_duplicates("scheme", keep="last").set_index("scheme")
    names = {"naive": "With posts split at random", "temporal": "With posts split by time"}
    said = [
        f"{lead}, {int(users.loc[scheme, 'count'])} of {int(users.loc[scheme, 'of'])} users judged "
        f"({percent(users.loc[scheme, 'share'])}) were seen in training too."
        for scheme, lead in names.items()
        if scheme in users.index
    ]
    honest = audit[(audit["scheme"] == "honest") & (audit["count"] > 0)]
    shares = ", ".join(f"{row.count:,} {row.shared} ({row.between})" for row in honest.itertuples(name="Shared"))
    said.append(f"The honest split shares {shares or 'nothing'}.")
    return note(" ".join(said))


def describe_rankings(posts: pd.DataFrame, n: int) -> Html:
    """Read the most liked: how many accounts share them. posts: post_id, user_id, ratio."""
    top = posts.sort_values(["ratio", "post_id"], ascending=[False, True]).head(n)
    per_user, users = top["user_id"].value_counts(), posts["user_id"].nunique()
    most = int(per_user.iloc[0])
    account = " Much of what looks like a liked photo may be a liked account." if most > max(len(top) / 5, 1) else ""
    return note(
        f"The first {counted(len(top), 'post')} come from {len(per_user)} of {counted(users, 'user')}; the most that "
        f"one user has among them is {most}.{account}"
    )


def describe_layers(layers: Mapping[str, np.ndarray], photos: pd.DataFrame) -> Html:
    """Read the features of a network: views, photos, numbers a photo. Without photos a note says what follows."""
    if photos.empty or not layers:
        return note("The posts have no pictures: no features of photos, and image models are skipped later on.")
    said = ", ".join(f"{name} ({array.shape[1]})" for name, array in layers.items())
    return note(f"{counted(len(photos), 'photo')} as {counted(len(layers), 'view')} with so many numbers each: {said}.")


def describe_measures(measures: pd.DataFrame, liked: pd.Series, why: str) -> Html:
    """Read the measures of look: the one in which liked photos differ the most. why: objects were left out, or ""."""
    lead = f" Objects are left out: {why}." if why else ""
    gap = gaps(measures, liked)
    if gap.empty:
        return note(f"There are no liked and other photos to compare.{lead}")
    size = abs(gap.iloc[0])
    verdict = "hardly anything" if size < 0.2 else "a little" if size < 0.5 else "clearly"
    return note(
        f"Of {counted(len(gap), 'measure')} liked photos differ the most in {gap.index[0]}: {signed(gap.iloc[0])} "
        f"standard deviations, {verdict}. All users are mixed here, and nothing is chosen by it.{lead}"
    )


def describe_table(values: pd.DataFrame, caption: str) -> Html:
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
    return table(shown, caption)


def describe_metadata(metadata: pd.DataFrame, posts: pd.DataFrame) -> Html:
    """Read the metadata: how many numbers, of how many posts, and over which time. posts: taken_at."""
    first, last = posts["taken_at"].min(), posts["taken_at"].max()
    timeless = " Their source gives days without a time, so the hour says nothing." * days_only(posts["taken_at"])
    return note(
        f"{counted(metadata.shape[1], 'number')} describe each of {counted(len(posts), 'post')}, made from "
        f"{first:%d %B %Y} to {last:%d %B %Y}.{timeless}"
    )
