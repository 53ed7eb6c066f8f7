"""One or two sentences that read the faces report: every number from the tables, true where labels are missing."""

from collections.abc import Mapping

import pandas as pd

from likeness.report.faces.tables_faces import RANDOM, order_of_models, share_kept
from likeness.report.html_text import Html, counted, interval, is_missing, note, percent, signed
from likeness.report.wording import Wording

FACES = Wording(item="query face", naive="near-duplicates left in", honest="near-duplicates out", new="new pictures")
WHY = (
    "Both measures compare the pixels at the same place: the pose of the head, the background and the brightness "
    "decide. The same face turned by a few degrees reads as unlike, two strangers before the same dark ground as "
    "alike. So they say little about faces."
)
WHOSE = {"character": "people", "style": "artists"}
TELLS = {"identity": "shows the same person", "artist": "is by the same artist"}


def of_originals(scores: pd.DataFrame, comparisons: pd.DataFrame, original: Mapping[str, tuple[float, float]]) -> Html:
    """Read SSIM and RMSE beside the original's range and random pictures, and say what they are worth.

    scores, comparisons, original: as `compare.picture_likeness` gives.
    """
    own, said = scores[scores["network"] != ""].dropna(subset=["value"]), []
    for metric, (low, high) in original.items():
        values = own.loc[own["metric"] == metric, "value"]
        if len(values):
            chance = scores.loc[(scores["metric"] == metric) & (scores["network"] == ""), "value"]
            random = "" if chance.empty else f"; random pictures reach {chance.iloc[0]:.3f}"
            said.append(
                f"{metric} is {_span(values.min(), values.max())} here, {_span(low, high)} in the original{random}."
            )
    if not said:
        return note(f"No picture of the query set has neighbours to compare it with. {WHY}")
    return note(f"{' '.join(said)}{_told_from_random(comparisons)} {WHY}")


def _span(low: float, high: float) -> str:
    return f"{low:.3f}" if f"{low:.3f}" == f"{high:.3f}" else f"{low:.3f} to {high:.3f}"


def model_words(model: str) -> str:
    """Return "the face view of resnet50" for "resnet50, face"; other names as they are."""
    network, comma, view = model.rpartition(", ")
    return f"the {view} view of {network}" if comma else model


def _told_from_random(comparisons: pd.DataFrame) -> str:
    """Say how many of the models can be told from random pictures; "" where none was compared."""
    against = comparisons[(comparisons["b"] == "random pictures") | (comparisons["a"] == "random pictures")]
    if against.empty:
        return ""
    clear = against[against["verdict"] != "not distinguishable"]
    per = [
        f"{int((clear['metric'] == metric).sum())} of {int((against['metric'] == metric).sum())} by {metric}"
        for metric in dict.fromkeys(against["metric"])
    ]
    return f" Told from random pictures: {', '.join(per)}."


def of_views(scores: pd.DataFrame, label: str = "identity") -> Html:
    """Read one label's scores: the best network and view by the first measure, beside chance and the naive number."""
    own = scores[scores["label"] == label]
    models = [model for model in order_of_models(own) if model != RANDOM]
    if not models:
        return note(f"No query has a known {label} that another picture shares: nothing can be counted by {label}.")
    measure = own["measure"].iloc[0]
    of = {(row.scheme, row.model): row for row in own[own["measure"] == measure].itertuples()}
    best = of["honest", models[0]]
    queries = "1 query face" if best.n == 1 else f"{int(best.n):,} query faces"
    chance = of.get(("honest", RANDOM))
    random = "" if chance is None else f", for {chance.value:.2f} with a random ranking"
    naive = of.get(("naive", models[0]))
    copies = "" if naive is None else f" With near-duplicates of the query left in it reads {naive.value:.2f}."
    return note(
        f"Of {queries} with a known {label}, {model_words(best.model)} has the highest {measure}: the first picture "
        f"{TELLS.get(label, 'is right')} for {interval(best.value, best.low, best.high)} of them{random}.{copies} "
        f"Which differences are real is tested below."
    )


def of_face_test(
    comparisons: pd.DataFrame, metric: str = "identity recall@1", better: str = "face", worse: str = "general"
) -> Html:
    """Read the paired test between two views, a sentence a network. comparisons: as `face_scores` gives."""
    own = comparisons[comparisons["metric"] == metric] if len(comparisons) else comparisons
    said = [
        sentence
        for network in dict.fromkeys(own["network"])
        if (sentence := _tested(own[own["network"] == network], network, metric, better, worse))
    ]
    if said:
        return note(" ".join(said))
    why = "no query has such a label, or a view is missing"
    return note(f"The {better} and the {worse} view were not compared by {metric}: {why}.")


def signed_test(rows: pd.DataFrame, network: str, better: str, worse: str) -> tuple[float, float, bool] | None:
    """Return (difference better - worse, adjusted p, told apart?) of two views of a network, None if not compared."""
    for a, b, sign in ((better, worse, 1), (worse, better, -1)):
        found = rows[(rows["a"] == f"{network}, {a}") & (rows["b"] == f"{network}, {b}")]
        if len(found):
            row = found.iloc[0]
            return sign * row["difference"], row["p_adjusted"], row["verdict"] != "not distinguishable"
    return None


def _tested(rows: pd.DataFrame, network: str, metric: str, better: str, worse: str) -> str:
    found = signed_test(rows, network, better, worse)
    if found is None:
        return ""
    difference, p, clear = found
    size = f"{abs(difference):.2f} in {metric} (adjusted p {p:.4f})"
    if not clear:
        words = f"{signed(difference)} in {metric}, not distinguishable (adjusted p {p:.4f})"
        return f"{network}: {better} against {worse} {words}."
    return f"{network}: the {better} view {'beats' if difference > 0 else 'loses to'} the {worse} view by {size}."


def of_kept(kept: pd.DataFrame, view: str = "combined") -> Html:
    """Read what a view keeps of character (who) and style (by whom), a sentence a network. kept: as `kept_table`."""
    own = kept[kept["view"] == view]
    said = [_kept(network, own[own["network"] == network], view) for network in dict.fromkeys(own["network"])]
    how = (
        "Kept is the gain over a random order as a share of the best single view's; it counts as kept where its whole "
        "interval lies above one half."
    )
    return note(
        f"{' '.join(said)} {how}" if said else f"No label is known, so nobody can say what the {view} view keeps."
    )


def _kept(network: str, rows: pd.DataFrame, view: str) -> str:
    shares = [f"{share_kept(r.kept, r.kept_low, r.kept_high)} of the {r.quality}" for r in rows.itertuples()
              if not is_missing(r.kept)]  # fmt: skip
    if not shares:
        return f"{network}: no single view beats a random order, so there is nothing to keep."
    yes = [r.quality for r in rows.itertuples() if not is_missing(r.keeps) and bool(r.keeps)]
    few = [f"too few {WHOSE[r.quality]} for a verdict on {r.quality}" for r in rows.itertuples()
           if is_missing(r.keeps) and not is_missing(r.kept)]  # fmt: skip
    lost = [r.quality for r in rows.itertuples() if not is_missing(r.keeps) and not r.keeps]
    no = "neither can be called kept" if len(lost) > 1 else f"the {lost[0]} cannot be called kept" if lost else ""
    verdict = [f"it keeps {' and '.join(yes)}"] if yes else [no] if no else []
    return f"{network}, {view}: {' and '.join(shares)}; {', '.join([*verdict, *few])}."


def of_weights(sweep: pd.DataFrame, chosen: Mapping[str, float]) -> Html:
    """Read the sweep of the face's weight on validation queries: what was chosen, and at what price.

    sweep: network, weight, recall_at_1, artist_share_at_5 (NaN: no label). chosen: {network: weight}.
    """
    said = []
    for network, rows in sweep.groupby("network", sort=False):
        rows = rows.set_index("weight").sort_index()
        if network not in chosen or chosen[network] not in rows.index:
            continue
        at, weight = rows.loc[chosen[network]], chosen[network]
        parts = [
            f"{name} {at[column]:.2f} (face alone {rows[column].iloc[-1]:.2f}, picture {rows[column].iloc[0]:.2f})"
            for name, column in (("identity recall@1", "recall_at_1"), ("artist share@5", "artist_share_at_5"))
            if not is_missing(float(at[column]))
        ]
        if not parts:
            said.append(f"{network}: no query has a label to choose by, so the face weighs {weight:g}.")
            continue
        edge = ", at the edge of what was tried" if weight in (rows.index[0], rows.index[-1]) else ""
        said.append(f"{network}: the face weighs {weight:g}{edge}; on validation queries {', '.join(parts)}.")
    return note(" ".join(said) or "No weight was tried.")


def of_maps(card: pd.DataFrame, pairs: pd.DataFrame) -> Html:
    """Read the scorecard of the similarity's maps: what was passed, and how much of a map lies on faces."""
    if card.empty or pairs.empty:
        return note("No pair was explained.")
    judged = card.dropna(subset=["passed"])
    failed = judged[~judged["passed"].astype(bool)]
    faults = ", ".join(f"{row.method} {row.test}" for row in failed.itertuples())
    lead = f"{counted(len(pairs), 'pair')} explained; " + (f"failed: {faults}." if faults else "every test was passed.")
    inside = card[card["test"].str.startswith("mass inside")].sort_values(["value", "method"], ascending=[False, True])
    if inside.empty:
        return note(f"{lead} No face's place is known, so nobody can say how much of a map lies on faces.")
    best = inside.iloc[0]
    return note(
        f"{lead} {best['method']} puts {percent(best['value'])} of its weight on faces, which cover "
        f"{percent(best['chance'])} of the pictures: the rest is what surrounds them."
    )
