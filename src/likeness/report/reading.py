"""One or two sentences that read a comparison of models: data in, a note out, true for any data."""

from collections.abc import Mapping

import pandas as pd

from likeness.report.html_text import PAIRS, Html, Wording, counted, interval, note, number, percent, signed, stack
from likeness.report.tables import paired_table

POINTED = {"pointing": "a person", "pointing, estimated people": "an estimated person", "pointing, faces": "a face"}
HITS_AT = 5  # photos retrieved: the headline's hit@k


def describe_skipped(skipped: Mapping[str, str]) -> Html:
    """Read which models were not trained and why; a note that all were, where none was skipped."""
    if not skipped:
        return note("Every model was trained.")
    reasons = pd.Series(skipped).groupby(pd.Series(skipped), sort=False)
    said = [f"{', '.join(models.index)} ({reason})" for reason, models in reasons]
    return note(f"{counted(len(skipped), 'model')} skipped: {'; '.join(said)}.")


def describe_winner(scores: pd.DataFrame) -> Html:
    """Read a results table: the highest honest number, and what the naive split would have claimed for it."""
    honest = scores[scores["scheme"] == "honest"].sort_values(["value", "model"], ascending=[False, True])
    best = honest.iloc[0]
    claim = (
        f"The highest of {counted(len(honest), 'number')} on the honest test pairs is that of "
        f"{best['model']}, {interval(best['value'], best['low'], best['high'])}; which differences are real is tested "
        f"below"
    )
    naive = scores[(scores["scheme"] == "naive") & (scores["model"] == best["model"])]
    if naive.empty:
        return note(f"{claim}.")
    return note(f"{claim}. With pairs split at random the same model reads {naive['value'].iloc[0]:.2f}.")


def describe_inflation(scores: pd.DataFrame) -> Html:
    """Read the naive split beside the honest one: how much it overstates on average."""
    wide = scores.pivot_table(index="model", columns="scheme", values="value")
    wide = wide.reindex(columns=["honest", "naive"]).dropna()
    gap = (wide["naive"] - wide["honest"]).sort_values(ascending=False)
    if gap.empty:
        return note("No model has a number on both splits.")
    most = f"flatters {gap.index[0]} the most ({signed(gap.iloc[0])})" if gap.iloc[0] > 0 else "flatters none of them"
    return note(
        f"Over {counted(len(gap), 'model')} the random split reads {signed(gap.mean())} against the honest one on "
        f"average; it {most}."
    )


def describe_comparisons(comparisons: pd.DataFrame, wording: Wording = PAIRS) -> Html:
    """Read the paired tests: which differences are real."""
    if comparisons.empty:
        return note("There is only one model here, and nothing to compare it with.")
    clear = comparisons[comparisons["verdict"] != "not distinguishable"]
    if clear.empty:
        found = counted(len(comparisons), "difference")
        return note(f"Of {found}, none can be told from chance on these {wording.items}.")
    row = clear.loc[clear["difference"].abs().idxmax()]
    better, worse = (row["a"], row["b"]) if row["difference"] > 0 else (row["b"], row["a"])
    stand = f"{len(clear)} stand{'s' if len(clear) == 1 else ''}"
    return note(
        f"Of {counted(len(comparisons), 'difference')}, {stand} after Holm's correction; the largest: {better} is "
        f"better than {worse} by {abs(row['difference']):.2f} (adjusted p {row['p_adjusted']:.4f})."
    )


def describe_hits(rungs: pd.DataFrame, k: int, among: str) -> Html:
    """Read hit@k: the highest beside a random ranking. among: what is searched, such as "the test photos"."""
    at_k = rungs[rungs["k"] == k]
    chance = at_k.loc[at_k["model"] == "random ranking", "value"].iloc[0]
    models = at_k[~at_k["model"].isin(["random ranking", "oracle"])]
    models = models.sort_values(["value", "model"], ascending=[False, True])
    best = models.iloc[0]
    share = interval(best["value"], best["low"], best["high"])
    return note(
        f"Among {among}, the highest hit@{k} of {counted(len(models), 'model')} is that of {best['model']}: a match "
        f"for {share} of {int(best['n'])} queries; a random ranking finds one for {chance:.2f}. "
        f"Queries that had nothing to rank by count as misses: {int(best['undefined'])}."
    )


def describe_retrieval(rungs: pd.DataFrame, comparisons: pd.DataFrame, among: str, whose: str = "") -> Html:
    """Read hit@5, above the table of its paired tests. rungs, comparisons: as `ladder_hits` gives.

    among: what is searched, such as "the test photos". whose: which models are compared, where it is not all.
    """
    tested = comparisons[comparisons["k"] == HITS_AT]
    table = paired_table(tested, f"hit@{HITS_AT}", f"hit@{HITS_AT} among {among}")
    return stack([describe_hits(rungs, HITS_AT, among + whose), table])


def describe_rates(scores: pd.DataFrame) -> Html:
    """Read the ROC and DET curves: the smallest equal error rate on the honest test pairs."""
    eer = scores[(scores["scheme"] == "honest") & (scores["split"] == "test") & (scores["metric"] == "eer")]
    best = eer.sort_values(["value", "model"]).iloc[0]
    return note(
        f"The smallest of {counted(len(eer), 'equal error rate')} on these test pairs is that of {best['model']}: "
        f"{interval(best['value'], best['low'], best['high'])} of the same pairs are missed when as many of the others "
        f"are taken for the same. Which models really differ is tested above, and not to be read off here."
    )


def describe_calibration(scores: pd.DataFrame, models: list[str]) -> Html:
    """Read the reliability diagrams: who promises too much."""
    chosen = (scores["scheme"] == "honest") & (scores["split"] == "test") & scores["model"].isin(models)
    ece = scores[chosen & (scores["metric"] == "ece")].sort_values("value")
    best, worst = ece.iloc[0], ece.iloc[-1]
    return note(
        f"Promised and observed shares differ by {best['value']:.2f} on average for {best['model']}, by "
        f"{worst['value']:.2f} for {worst['model']}; a dot below the diagonal is a model that is too sure."
    )


def describe_saliency(card: pd.DataFrame) -> Html:
    """Read the scorecard: how much of the answer depends on the photo at all, and who points at people."""
    covered = card[card["test"] == "deletion"]["chance"].mean()
    pointing = card[card["test"].str.startswith("pointing")].sort_values("value", ascending=False)
    lead = (
        f"While a photo is greyed out cell by cell, the network's answer keeps a mean probability of {covered:.2f}"
        f"{': it hardly depends on the photo that is covered' if covered > 0.75 else ''}."
    )
    if pointing.empty:
        return note(lead)
    best = pointing.iloc[0]
    who = POINTED[best["test"]]
    return note(
        f"{lead} {best['method']} has its strongest point on {who} in {percent(best['value'])} of the photos "
        f"(a blind guess: {percent(best['chance'])})."
    )


def summarise_study(
    accuracy: pd.DataFrame, rungs: pd.DataFrame, best: str, *, trained: bool = True
) -> tuple[str, list[dict[str, object]]]:
    """Return the study in one sentence, and its headline numbers with intervals.

    accuracy: model, scheme, value, low, high. rungs: as `ladder_hits` gives. best: the network best in validation, or
    where no network is trained (`trained` False) the model that stands in for it.
    """
    own = accuracy[accuracy["model"] == best].set_index("scheme")
    honest, naive = own.loc["honest"], own.loc["naive"]
    hits = rungs[(rungs["k"] == HITS_AT) & (rungs["model"] == best)]
    who = f"The network that did best in validation, {best}," if trained else f"No network is trained yet; “{best}”"
    sentence = (
        f"{who} decides {percent(honest['value'])} of the pairs from unseen "
        f"groups correctly; with pairs split at random it would have read {percent(naive['value'])}."
    )
    return sentence, [
        number("accuracy, honest split", honest),
        number("accuracy, pairs at random", naive),
        *(number(f"hit@{HITS_AT}", row) for _, row in hits.iterrows()),
    ]


def signed_test(comparisons: pd.DataFrame, better: str, worse: str) -> tuple[float, float, bool] | None:
    """Return (difference better - worse, adjusted p, told apart?) of two models, None where they were not compared.

    comparisons: a, b, difference, p_adjusted, verdict, in which the two may stand either way round.
    """
    for a, b, sign in ((better, worse, 1), (worse, better, -1)):
        found = comparisons[(comparisons["a"] == a) & (comparisons["b"] == b)]
        if len(found):
            row = found.iloc[0]
            return sign * row["difference"], row["p_adjusted"], row["verdict"] != "not distinguishable"
    return None


def describe_role_models(models: pd.DataFrame) -> Html:
    """Read the role models: who set an arrangement, and how long it was copied."""
    if models.empty:
        return note("No dated photo was copied by a later one: no role model can be named.")
    first = models.iloc[0]
    return note(
        f"{len(models)} photos set an arrangement that later ones repeat; the most copied, {first['arrangement']}, "
        f"dates from {first['taken_at']:%d %B %Y} and was repeated {int(first['copies'])} times within "
        f"{int(first['days']):,} days."
    )
