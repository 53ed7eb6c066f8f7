"""One or two sentences that read a network of likes: what it is trained on, whether it ranks, and its card."""

import pandas as pd

from likeness.report.html_text import SCHEMES, Html, counted, interval, note, number
from likeness.stats.bootstrap import Estimate, cluster_bootstrap, estimate_pairs
from likeness.stats.clusters import FEW
from likeness.stats.paired import least_p
from likeness.stats.runs import each_run, split_runs
from likeness.stats.weighted import auc_of, mean_of

UNCLEAR = "not distinguishable from chance, 0.50"


def describe_start(network: str, skipped: str, parameters: int, posts: int) -> Html:
    """Read what is trained: the size of the network beside the posts, or why nothing is."""
    if skipped:
        return note(f"{network} is skipped: {skipped}. The pages that follow list it as such.")
    return note(f"{parameters:,} weights, and {counted(posts, 'post')} to train, validate and test on.")


def describe_pair_accuracy(ranked: pd.DataFrame, network: str) -> Html:
    """Read the order of two posts of one user. ranked: user_id; "right 0" ...: whether a run put the winner first."""
    if ranked.empty:
        return note("No test user has two posts so close in time and so far apart in likes.")
    runs = [mean_of(ranked[column].to_numpy(float)) for column in ranked.filter(regex=r"^right \d+$")]
    share = cluster_bootstrap(each_run(runs), ranked["user_id"])
    return note(
        f"{network} puts the post with clearly more likes first in {interval(share.value, share.low, share.high)} of "
        f"{counted(len(ranked), 'pair')} of test users: {_against_chance(share, ranked['user_id'].nunique())}."
    )


def _against_chance(share: Estimate, users: int) -> str:
    """Say on which side of one half a share of right answers lies, as far as so many users can tell.

    Where all of them have the same share there is no interval: their number alone says how sure it is (`least_p`).
    """
    if users < FEW:
        return f"{UNCLEAR}, by {counted(users, 'user')}"
    low, high = (share.value, share.value) if share.low is None else (share.low, share.high)
    verdict = "better than chance" if low > 0.5 else "worse than chance, 0.50" if high < 0.5 else UNCLEAR
    if share.low is not None:
        return verdict
    by_chance = "" if verdict == UNCLEAR else f" ({users} users agree by chance with p = {least_p(users):.2g})"
    return f"{verdict}{by_chance}; no interval can be estimated where all users have the same share"


def network_card(
    network: str, skipped: str, predictions: pd.DataFrame | None, clusters: pd.Series
) -> dict[str, object]:
    """Return title, sentence and numbers of a network's card on the index. clusters: what is resampled, by post id."""
    if skipped:
        return {"title": network, "sentence": f"Skipped: {skipped}.", "numbers": []}
    test = dict(list(predictions[predictions["split"] == "test"].groupby("scheme")))
    runs = {scheme: split_runs(rows) for scheme, rows in test.items()}
    areas = {scheme: each_run([auc_of(run["same"], run["score"]) for run in own]) for scheme, own in runs.items()}
    numbers = [number(f"AUC, {words}", estimate_pairs(areas[scheme], runs[scheme][0], clusters))
               for scheme, words in SCHEMES.items() if scheme in test]  # fmt: skip
    return {"title": network, "sentence": f"The network {network}, trained on photos of the posts.", "numbers": numbers}
