"""What the index says of the faces study: a sentence and a few numbers for each page, true for any data."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from likeness.report.faces.reading_views import signed_test
from likeness.report.html_text import counted, percent
from likeness.report.reading import number

SHOWN = (("identity", "recall@1", "same person first"), ("artist", "recall@1", "same artist first"))
VIEWS = ("face", "general", "combined")


def network_to_show(sweep: pd.DataFrame, chosen: Mapping[str, float], networks: list[str]) -> str:
    """Return the network whose combined view did best on validation queries at its chosen weight; the first of equals.

    sweep: network, weight, recall_at_1, map, artist_share_at_5 (NaN: no label). Where nothing could be counted, the
    first of `networks`.
    """
    own = sweep[[row.network in chosen and row.weight == chosen[row.network] for row in sweep.itertuples()]]
    for measure in ("recall_at_1", "artist_share_at_5"):
        value = own.set_index("network")[measure].reindex(networks).astype(float)
        if value.notna().any():
            return str(value.index[int(np.nanargmax(value.to_numpy()))])
    return networks[0]


def of_report(scores: pd.DataFrame, comparisons: pd.DataFrame, network: str) -> tuple[str, list[dict[str, object]]]:
    """Return the study in one sentence, and its headline numbers with intervals, for the network that is shown.

    scores, comparisons: as `face_scores` gives; both may be empty where no label is known.
    """
    own = scores[(scores["scheme"] == "honest") & (scores["network"] == network)]
    numbers, sentences = [], []
    for label, measure, words in SHOWN:
        rows = own[(own["label"] == label) & (own["measure"] == measure)].set_index("view")
        shown = [view for view in VIEWS if view in rows.index]
        numbers += [number(f"{words}, {view} view", rows.loc[view]) for view in shown]
        if shown and not sentences:
            sentences.append(_sentence(rows, shown, label, network, comparisons))
    if not sentences:
        return "Pictures with a face like this one are shown; nobody has said which of them are right.", []
    return sentences[0], numbers[:4]


def _sentence(rows: pd.DataFrame, shown: list[str], label: str, network: str, comparisons: pd.DataFrame) -> str:
    """One sentence: how often the first picture is right by the face, and by the whole picture."""
    first, what = shown[0], {"identity": "of the same person", "artist": "by the same artist"}[label]
    share = percent(rows.loc[first, "value"])
    lead = f"By its {first} view, {network} puts a picture {what} first for {share} of the faces"
    if first != "face" or "general" not in shown:
        return f"{lead}."
    whole = percent(rows.loc["general", "value"])
    compared = comparisons[comparisons["metric"] == f"{label} recall@1"] if len(comparisons) else comparisons
    tested = signed_test(compared, network, "face", "general") if len(compared) else None
    if share == whole:
        return f"{lead}, and by the whole picture for as many."
    if tested is None:
        return f"{lead}, by the whole picture for {whole}."
    verdict = "a difference that the paired test confirms" if tested[2] else "a difference that may be chance"
    return f"{lead}, by the whole picture for {whole}: {verdict}."


def of_prepare(photos: pd.DataFrame, faces: pd.DataFrame, refused: int) -> tuple[str, list[dict[str, object]]]:
    """Return what was read in one sentence, and its numbers. photos: faces (number). refused: files in quarantine."""
    some = int((photos["faces"] > 0).sum())
    sentence = f"{counted(len(photos), 'picture')} read, {counted(len(faces), 'face')} found in {some:,} of them."
    counts = {"pictures": len(photos), "with a face": some, "faces": len(faces), "refused": refused}
    return sentence, [{"label": label, "value": int(value)} for label, value in counts.items()]


def of_features(networks: list[str], photos: pd.DataFrame, crops: pd.DataFrame) -> tuple[str, list[dict[str, object]]]:
    """Return what was extracted in one sentence, and its numbers. crops: kind "each" or "all"."""
    each = int((crops["kind"] == "each").sum())
    sentence = f"{counted(len(photos), 'picture')} and {counted(each, 'face')} as seen by {', '.join(networks)}."
    counts = {"networks": len(networks), "pictures": len(photos), "faces": each}
    return sentence, [{"label": label, "value": int(value)} for label, value in counts.items()]
