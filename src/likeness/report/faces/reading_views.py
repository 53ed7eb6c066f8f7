"""One or two sentences that read the faces report: every number from the tables, true where labels are missing."""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from likeness.report.faces.tables_faces import RANDOM, order_of_models, share_kept
from likeness.report.html_text import Html, Wording, counted, interval, is_missing, note, percent, signed
from likeness.report.reading import describe_sight, number, signed_test

FACES = Wording(item="query face", naive="near-duplicates left in", honest="near-duplicates out", new="new pictures")
WHY = (
    "Both measures compare the pixels at the same place: the pose of the head, the background and the brightness "
    "decide. The same face turned by a few degrees reads as unlike, two strangers before the same dark ground as "
    "alike. So they say little about faces."
)
WHOSE = {"character": "people", "style": "artists"}
TELLS = {"identity": "shows the same person", "artist": "is by the same artist"}
MEASURES = {"recall_at_1": "identity recall@1", "artist_share_at_5": "artist share@5"}


def describe_originals(
    scores: pd.DataFrame, comparisons: pd.DataFrame, original: Mapping[str, Mapping[str, float]]
) -> Html:
    """Read SSIM and RMSE beside the original's range and random pictures, and say what they are worth.

    scores, comparisons: as `compare.picture_likeness` gives. original: {metric: {model: value}}.
    """
    own, said = scores[scores["network"] != ""].dropna(subset=["value"]), []
    for metric, figures in original.items():
        values = own.loc[own["metric"] == metric, "value"]
        if len(values):
            chance = scores.loc[(scores["metric"] == metric) & (scores["network"] == ""), "value"]
            random = "" if chance.empty else f"; random pictures reach {chance.iloc[0]:.3f}"
            here, then = _span(values), _span(figures.values())
            said.append(f"{metric} is {here} here, {then} in the original{random}.")
    if not said:
        return note(f"No picture of the query set has neighbours to compare it with. {WHY}")
    return note(f"{' '.join(said)}{_unlike_random(comparisons)} {WHY}")


def _span(values: Iterable[float]) -> str:
    low, high = min(values), max(values)
    return f"{low:.3f}" if f"{low:.3f}" == f"{high:.3f}" else f"{low:.3f} to {high:.3f}"


def _unlike_random(comparisons: pd.DataFrame) -> str:
    """Say of how many models the neighbours differ from random pictures; "" where none was compared."""
    against = comparisons[comparisons[["a", "b"]].eq("random pictures").any(axis=1)]
    if against.empty:
        return ""
    clear = (against["verdict"] != "not distinguishable").groupby(against["metric"], sort=False).agg(["sum", "size"])
    per = [f"{row.sum} of {row.size} by {row.Index}" for row in clear.itertuples()]
    return f" Clearly different from random pictures: {', '.join(per)}."


def describe_views(scores: pd.DataFrame, label: str) -> Html:
    """Read one label's scores: the best network and view by the first measure, beside chance and the naive number."""
    own = scores[scores["label"] == label]
    models = [model for model in order_of_models(own) if model != RANDOM]
    if not models:
        return note(f"No query has a known {label} that another picture shares: nothing can be counted by {label}.")
    measure = own["measure"].iloc[0]
    of = {(row.scheme, row.model): row for row in own[own["measure"] == measure].itertuples()}
    best, chance, naive = of["honest", models[0]], of.get(("honest", RANDOM)), of.get(("naive", models[0]))
    network, _, view = best.model.rpartition(", ")
    random = "" if chance is None else f", for {chance.value:.2f} with a random ranking"
    copies = "" if naive is None else f" With near-duplicates of the query left in it reads {naive.value:.2f}."
    return note(
        f"Of {counted(int(best.n), 'query face')} with a known {label}, the {view} view of {network} has the highest "
        f"{measure}: the first picture {TELLS[label]} for {interval(best.value, best.low, best.high)} of "
        f"them{random}.{copies} Which differences are real is tested below."
    )


def describe_face_tests(comparisons: pd.DataFrame) -> Html:
    """Read the paired test of the face view against the whole picture, a sentence a network; as `face_scores` gives."""
    own = comparisons[comparisons["metric"] == "identity recall@1"] if len(comparisons) else comparisons
    said = []
    for network in dict.fromkeys(own["network"]):
        found = signed_test(own, f"{network}, face", f"{network}, general")
        if found is None:
            continue
        difference, p, clear = found
        if not clear:
            words = f"{signed(difference)} in identity recall@1, not distinguishable"
            said.append(f"{network}: face against general {words} (adjusted p {p:.4f}).")
            continue
        verb, size = "beats" if difference > 0 else "loses to", f"{abs(difference):.2f} in identity recall@1"
        said.append(f"{network}: the face view {verb} the general view by {size} (adjusted p {p:.4f}).")
    why = "no query has such a label, or a view is missing"
    return note(" ".join(said) or f"The face and the general view were not compared by identity recall@1: {why}.")


def describe_kept(kept: pd.DataFrame) -> Html:
    """Read what the combined view keeps of character (who) and style (by whom). kept: as `kept_table` gives."""
    own = kept[kept["view"] == "combined"]
    if own.empty:
        return note("No label is known, so nobody can say what the combined view keeps.")
    said = [_kept(str(network), rows) for network, rows in own.groupby("network", sort=False)]
    return note(
        f"{' '.join(said)} Kept is the gain over a random order as a share of the best single view's; it counts as "
        f"kept where its whole interval lies above one half."
    )


def _kept(network: str, rows: pd.DataFrame) -> str:
    rows = rows[rows["kept"].notna()]
    if rows.empty:
        return f"{network}: no single view beats a random order, so there is nothing to keep."
    shares = [f"{share_kept(r.kept, r.kept_low, r.kept_high)} of the {r.quality}" for r in rows.itertuples()]
    unknown = rows["keeps"].isna()
    few = [f"too few {WHOSE[quality]} for a verdict on {quality}" for quality in rows.loc[unknown, "quality"]]
    judged = rows[~unknown]
    yes, no = (list(judged.loc[judged["keeps"].astype(bool).eq(answer), "quality"]) for answer in (True, False))
    verdict = []
    if yes:
        verdict = [f"it keeps {' and '.join(yes)}"]
    elif no:
        verdict = ["neither can be called kept" if len(no) > 1 else f"the {no[0]} cannot be called kept"]
    return f"{network}, combined: {' and '.join(shares)}; {', '.join([*verdict, *few])}."


def describe_weights(sweep: pd.DataFrame, chosen: Mapping[str, float]) -> Html:
    """Read the sweep of the face's weight on validation queries: what was chosen, and at what price.

    sweep: network, weight, recall_at_1, artist_share_at_5 (NaN: no label). chosen: {network: weight}, each tried.
    """
    said = []
    for network, rows in sweep.groupby("network", sort=False):
        rows, weight = rows.set_index("weight").sort_index(), chosen[network]
        at, picture, face = rows.loc[weight], rows.iloc[0], rows.iloc[-1]
        parts = [f"{name} {at[column]:.2f} (face alone {face[column]:.2f}, picture {picture[column]:.2f})"
                 for column, name in MEASURES.items() if not is_missing(float(at[column]))]  # fmt: skip
        if not parts:
            said.append(f"{network}: no query has a label to choose by, so the face weighs {weight:g}.")
            continue
        edge = ", at the edge of what was tried" if weight in (rows.index[0], rows.index[-1]) else ""
        said.append(f"{network}: the face weighs {weight:g}{edge}; on validation queries {', '.join(parts)}.")
    return note(" ".join(said))


def describe_networks(scores: pd.DataFrame, comparisons: pd.DataFrame) -> Html:
    """Read what a network has seen: as `reading.describe_sight`, of views of faces."""
    return describe_sight(scores, comparisons, FACES)


def describe_maps(card: pd.DataFrame, pairs: pd.DataFrame) -> Html:
    """Read the scorecard of the similarity's maps: what was passed, and how much of a map lies on faces."""
    if pairs.empty:
        return note("No query has a picture that it is like: there are no maps.")
    failed = card[card["passed"].eq(False)]
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


def network_to_show(sweep: pd.DataFrame, chosen: Mapping[str, float], networks: list[str]) -> str:
    """Return the network whose combined view did best on validation queries at its chosen weight; the first of equals.

    sweep: network, weight, and MEASURES (NaN: no label); where nothing could be counted, the first of `networks`.
    """
    own = sweep[sweep["weight"] == sweep["network"].map(chosen)].set_index("network").reindex(networks)
    for measure in MEASURES:
        value = own[measure].astype(float)
        if value.notna().any():
            return str(value.index[int(np.nanargmax(value.to_numpy()))])
    return networks[0]


ASKED = {"face": "by the face", "general": "by the whole picture"}


def summarise_report(
    scores: pd.DataFrame, comparisons: pd.DataFrame, network: str
) -> tuple[str, list[dict[str, object]]]:
    """Return the study in one sentence, and its headline numbers with intervals, for the network that is shown.

    scores, comparisons: as `face_scores` gives; both may be empty where no label is known.
    """
    own = scores[(scores["scheme"] == "honest") & (scores["network"] == network) & (scores["measure"] == "recall@1")]
    numbers, sentences = [], []
    for label, same, joint in (("identity", "same person", "of"), ("artist", "same artist", "by")):
        rows = own[own["label"] == label].set_index("view")
        shown = [view for view in ("face", "general", "combined") if view in rows.index]
        telling = [view for view in shown if view == "general" or (view == "face" and label == "identity")]
        numbers += [number(f"{same} first, {ASKED[view]}", rows.loc[view]) for view in telling]
        if shown:
            lead = f"By its {shown[0]} view, {network} puts a picture {joint} the {same} first for"
            tested = comparisons[comparisons["metric"] == f"{label} recall@1"] if len(comparisons) else comparisons
            sentences.append(f"{lead} {_face_and_whole(rows['value'], shown, network, tested)}.")
    if not sentences:
        return "Pictures with a face like this one are shown; nobody has said which of them are right.", []
    return sentences[0], numbers


def _face_and_whole(values: pd.Series, shown: list[str], network: str, comparisons: pd.DataFrame) -> str:
    """Return how often the first picture is right by the first view, and, beside the face, by the whole picture."""
    share = percent(values[shown[0]])
    said = f"{share} of the faces"
    if shown[0] != "face" or "general" not in shown:
        return said
    whole = percent(values["general"])
    if share == whole:
        return f"{said}, and by the whole picture for as many"
    tested = signed_test(comparisons, f"{network}, face", f"{network}, general") if len(comparisons) else None
    if tested is None:
        return f"{said}, by the whole picture for {whole}"
    verdict = "a difference that the paired test confirms" if tested[2] else "a difference that may be chance"
    return f"{said}, by the whole picture for {whole}: {verdict}"
