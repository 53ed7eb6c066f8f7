"""One or two sentences that read a comparison of models: data in, a note out, true for any data."""

from collections.abc import Collection, Mapping

import pandas as pd

from likeness.report.html_text import (
    PAIRS,
    Html,
    Wording,
    counted,
    folded,
    interval,
    note,
    number,
    percent,
    signed,
    stack,
    text,
)
from likeness.report.reading_fit import network_words
from likeness.report.tables import paired_table
from likeness.stats.clusters import clusters_of_test, kind_of_test
from likeness.stats.scores import MAJORITY

POINTED = {"pointing": "a person", "pointing, estimated people": "an estimated person", "pointing, faces": "a face"}
HITS_AT = 5  # photos retrieved: the headline's hit@k
NAMED = 6  # skipped models that a sentence names


def describe_skipped(skipped: Mapping[str, str]) -> Html:
    """Read which models were not trained and why; a note that all were, where none was skipped."""
    if not skipped:
        return note("Every model was trained.")
    reasons = pd.Series(skipped).groupby(pd.Series(skipped), sort=False)
    said = [_skipped_words(list(models.index), reason) for reason, models in reasons]
    return stack(said)


def _skipped_words(models: list[str], reason: str) -> Html:
    """Say which models were skipped; of many the names fold away, one a line (names hold commas)."""
    if len(models) <= NAMED:
        return note(f"Skipped, since {reason}: {'; '.join(models)}.")
    names = Html("".join(f"<li>{text(model)}</li>" for model in models))
    listed = folded(f"The {len(models)} models that were skipped", Html(f"<ul>{names}</ul>"))
    return stack([note(f"{counted(len(models), 'model')} skipped, since {reason}."), listed])


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


def describe_ladder(scores: pd.DataFrame, chance: float) -> Html:
    """Read a ladder: how many models lie above chance with the whole interval. scores: model, value, low, high."""
    known = scores.dropna(subset=["low", "high"]).sort_values(["value", "model"], ascending=[False, True])
    above = known[known["low"] > chance]
    if above.empty:
        return note(f"No interval of {counted(len(known), 'model')} lies above chance, {chance:.2f}.")
    best = above.iloc[0]
    return note(
        f"{len(above)} of {counted(len(known), 'model')} lie above chance with the whole interval, which is that of "
        f"one model alone; the highest is {best['model']}, {interval(best['value'], best['low'], best['high'])}."
    )


def describe_inflation(scores: pd.DataFrame, unfitted: Collection[str] = ()) -> Html:
    """Read the naive split beside the honest one: how much it overstates on average.

    unfitted: models that learn nothing from the pairs or posts, which no split can flatter; they are not counted.
    """
    scores = scores[~scores["model"].isin(list(unfitted))]
    wide = scores.pivot_table(index="model", columns="scheme", values="value")
    wide = wide.reindex(columns=["honest", "naive"]).dropna()
    gap = (wide["naive"] - wide["honest"]).sort_values(ascending=False)
    if gap.empty:
        return note("No model has a number on both splits.")
    most = f"flatters {gap.index[0]} the most ({signed(gap.iloc[0])})" if gap.iloc[0] > 0 else "flatters none of them"
    return note(
        f"Over {counted(len(gap), 'model')} that learnt from it, the random split reads {signed(gap.mean())} against "
        f"the honest one on average; it {most}."
    )


def describe_comparisons(comparisons: pd.DataFrame, wording: Wording = PAIRS) -> Html:
    """Read the paired tests: which differences are real, and how many verdicts depend on the seed of a training run."""
    if comparisons.empty:
        return note("There is only one model here, and nothing to compare it with.")
    seeds = _held_words(comparisons)
    clear = comparisons[comparisons["verdict"] != "not distinguishable"]
    if clear.empty:
        found = counted(len(comparisons), "difference")
        return note(f"Of {found}, none is larger than chance explains on these {wording.items}.{seeds}")
    row = clear.loc[clear["difference"].abs().idxmax()]
    better, worse = (row["a"], row["b"]) if row["difference"] > 0 else (row["b"], row["a"])
    stand = f"{len(clear)} stand{'s' if len(clear) == 1 else ''}"
    return note(
        f"Of {counted(len(comparisons), 'difference')}, {stand} after Holm's correction; the largest: {better} is "
        f"better than {worse} by {abs(row['difference']):.2f} (adjusted p {row['p_adjusted']:.4f}).{seeds}"
    )


def _held_words(comparisons: pd.DataFrame) -> str:
    """Say how many verdicts another single training run would have changed; nothing where no network has several."""
    if "runs" not in comparisons or not (comparisons["runs"] > 1).any():
        return ""
    several = comparisons[comparisons["runs"] > 1]
    shaky = int((several["held"] < several["runs"]).sum())
    found = counted(len(several), "verdict")
    return f" Had each network been trained once, {shaky} of the {found} on networks would depend on the seed."


def describe_seeds(runs: pd.DataFrame, scores: pd.DataFrame) -> Html:
    """Read how far a number moves with the seed. runs: as `run_areas` gives. scores: as `score_models` gives."""
    spread = runs.groupby("model")["value"].agg(["std", "size"])
    spread = spread[spread["size"] > 1].sort_values("std")
    if spread.empty:
        return note("Each network was trained once: nothing here speaks of other training runs.")
    chosen = (scores["scheme"] == "honest") & (scores["split"] == "test") & (scores["metric"] == "auc")
    own = scores[chosen].set_index("model").loc[spread.index]
    half = ((own["high"] - own["low"]) / 2).mean()
    low, high = spread["std"].iloc[[0, -1]]
    return note(
        f"From seed to seed the AUC of a network moves by a standard deviation of {low:.3f} to {high:.3f} (most for "
        f"{spread.index[-1]}); the intervals, which resample seeds too, reach {half:.3f} to either side on average."
    )


def describe_intervals(photos: pd.DataFrame) -> Html:
    """Say what intervals and tests of the pose study resample. photos: as prepared, with their split."""
    kind, test = kind_of_test(photos), photos.loc[photos["split"] == "test", "photo_id"]
    units = clusters_of_test(photos).loc[test].nunique()
    what = {
        "group": "sites, so that they speak of other sites",
        "arrangement": "arrangements, a pose at a site: they speak of other poses at the held-out sites, which are too "
        "few to be resampled themselves",
        "duplicate_group": "photos with their near-duplicates",
    }
    return note(
        f"Intervals and tests resample {units} {what[kind]}. Where a network was trained from several seeds, its "
        f"number is the mean over them, and each resample draws training runs too, so that the interval speaks of "
        f"other runs as well. A model that is not trained, or leaves nothing to chance, has one run."
    )


def describe_tests(comparisons: pd.DataFrame, metric: str, caption: str, wording: Wording = PAIRS) -> Html:
    """Return the table of paired tests above the sentence that reads it."""
    return stack([paired_table(comparisons, metric, caption, wording), describe_comparisons(comparisons, wording)])


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


def describe_retrieval(
    rungs: pd.DataFrame, comparisons: pd.DataFrame, asked: int, gallery: int, among: str, whose: str = ""
) -> Html:
    """Read hit@5, above the table of its paired tests. The first four: as `ladder_hits` gives.

    among: what is searched, such as "the test photos"; where not all of them were queries, how many is said.
    whose: which models are compared, where it is not all.
    """
    if asked < gallery:
        among = f"{among} ({asked:,} of the {gallery:,} asked for, drawn at random)"
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
    """Read the reliability diagrams: how far probabilities and observed shares lie apart."""
    chosen = (scores["scheme"] == "honest") & (scores["split"] == "test") & scores["model"].isin(models)
    ece = scores[chosen & (scores["metric"] == "ece")].sort_values("value")
    best, worst = ece.iloc[0], ece.iloc[-1]
    return note(
        f"Promised and observed shares differ by {best['value']:.2f} on average for {best['model']}, by "
        f"{worst['value']:.2f} for {worst['model']}; a dot below the diagonal: fewer than promised."
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
    """Return the answer of the study in one sentence, and its headline numbers with intervals.

    accuracy: model, scheme, value, low, high. rungs: as `ladder_hits` gives. best: the network best in validation, or
    where no network is trained (`trained` False) the model that stands in for it.
    """
    own = accuracy[accuracy["model"] == best].set_index("scheme")
    honest, naive = own.loc["honest"], own.loc["naive"]
    hits = rungs[(rungs["k"] == HITS_AT) & (rungs["model"] == best)]
    who = f"the best siamese network ({network_words(best)})" if trained else f"{best} (no network is trained yet)"
    constant = accuracy[(accuracy["model"] == MAJORITY) & (accuracy["scheme"] == "honest")]["value"]
    guess = (
        f", where the more frequent answer alone is right about {percent(constant.iloc[0])}" if len(constant) else ""
    )
    unclear = ", which can't be told from that" if len(constant) and honest["low"] <= constant.iloc[0] else ""
    sentence = (
        f"At places that no model has seen, {who} is right about {percent(honest['value'])} of the pairs{guess}"
        f"{unclear}; with pairs split at random it would have read {percent(naive['value'])}."
    )
    return sentence, [
        number("right, places unseen", honest),
        number("right, pairs at random", naive),
        *(number(f"hit@{HITS_AT}, places unseen", row) for _, row in hits.iterrows()),
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
    first, ties = models.iloc[0], int((models["copies"] == models["copies"].max()).sum())
    lead = f"{counted(len(models), 'photo')} set an arrangement that later ones repeat"
    times = counted(int(first["copies"]), "time").replace("1 time", "once")
    if ties > 1:
        return note(f"{lead}; {ties} of them were repeated {times}, and none more often.")
    return note(
        f"{lead}; the most copied, {first['arrangement']}, dates from {first['taken_at']:%d %B %Y} and was repeated "
        f"{times} within {counted(int(first['days']), 'day')}."
    )


def describe_sight(scores: pd.DataFrame, comparisons: pd.DataFrame, wording: Wording = PAIRS) -> Html:
    """Read the ladder of sight: the best trained network beside the best random one, honestly and naively.

    scores: model ("NETWORK@WEIGHTS, HOW"), scheme, value, low, high, of one metric. comparisons: as `compare_models`
    gives, of these models; empty where no network is random.
    """
    honest = scores[scores["scheme"] == "honest"].sort_values(["value", "model"], ascending=[False, True])
    random = honest["model"].str.contains("@none", regex=False)
    if random.all() or not random.any():
        kind = "random" if random.all() else "trained"
        return note(f"Every network here is {kind}: what seeing is worth can't be read from them.")
    best, blind = honest[~random].iloc[0], honest[random].iloc[0]
    said = (
        f"With {wording.honest}, the best network that has seen photographs is {best['model']}, "
        f"{interval(best['value'], best['low'], best['high'])}; the best with random weights is {blind['model']}, "
        f"{interval(blind['value'], blind['low'], blind['high'])}."
    )
    naive = scores[scores["scheme"] == "naive"].set_index("model")["value"]
    if {best["model"], blind["model"]} <= set(naive.index):
        gaps = [signed(naive[row["model"]] - row["value"]) for row in (best, blind)]
        said += f" With {wording.naive} the first reads {gaps[0]} against that, the second {gaps[1]}."
    return note(f"{said} {_tested(comparisons, wording)}".strip())


def _tested(comparisons: pd.DataFrame, wording: Wording) -> str:
    trained = comparisons[~comparisons["a"].str.contains("@none", regex=False)] if len(comparisons) else comparisons
    if trained.empty:
        return ""
    better = (trained["verdict"] == "A better").sum()
    if better == 0:
        return f"No trained network is clearly better than {trained['b'].iloc[0]} on these {wording.items}."
    return f"{better} of {len(trained)} trained networks are better than {trained['b'].iloc[0]} in a paired test."
