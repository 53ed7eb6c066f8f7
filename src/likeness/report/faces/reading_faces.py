"""One or two sentences that read pictures, faces, detectors and features of the faces study: true for any data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from likeness.photos.walk import say_passed
from likeness.report.faces.figures_faces import separation
from likeness.report.html_text import Html, counted, most_frequent, note, percent
from likeness.report.tables import table

WEIGHTS = 28  # characters of the weights' identity that are shown


def describe_collection_files(
    photos: pd.DataFrame,
    quarantine: pd.DataFrame,
    left_out: Mapping[str, int],
    passed: Mapping[str, Mapping[str, int]] | None = None,
) -> Html:
    """Read the accounting: every picture found is accepted, refused or left out.

    quarantine: column reason. passed: what was no file to look at, as `photos.walk.passed_over` tells.
    """
    out = sum(left_out.values())
    found = len(photos) + len(quarantine) + out
    lead = (
        f"{counted(found, 'picture')} found: {len(photos):,} accepted, {len(quarantine):,} refused, {out:,} left out."
    )
    why = {why: n for why, n in left_out.items() if n}
    said = f" Left out because of: {', '.join(f'{name} ({n:,})' for name, n in why.items())}." if why else ""
    said += say_passed(passed or {})
    if quarantine.empty:
        return note(f"{lead}{said} Nothing had to be refused.")
    return note(f"{lead}{said} The most frequent reasons of refusal: {most_frequent(quarantine['reason'])}.")


def describe_truth(truth: pd.DataFrame, photos: pd.DataFrame, said: Sequence[str]) -> Html:
    """Read the marks: how many pictures somebody looked at, and what was made of the marks.

    truth: photo_id. photos: photo_id, annotated. said: as of `face_truth.FaceTruth`.
    """
    looked = int(photos["annotated"].sum())
    if not looked:
        return note("No picture is annotated: what the detectors find can be counted, not judged.")
    faceless = looked - truth["photo_id"].nunique()
    lead = f"{counted(len(truth), 'face')} marked on {counted(looked, 'annotated picture')}"
    lead += f", {faceless:,} of them without a face" if faceless else ""
    rest = len(photos) - looked
    lead += f"; {counted(rest, 'picture')} not annotated: nothing is concluded from {'it' if rest == 1 else 'them'}" * (
        rest > 0
    )
    return note(f"{lead}.{''.join(f' {what[:1].upper()}{what[1:]}.' for what in said)}")


def describe_found_faces(photos: pd.DataFrame, detector: str) -> Html:
    """Read what the detector found: pictures with one face, several, none. photos: faces, face_share."""
    if photos.empty:
        return note("There is no picture to look for faces in.")
    faces = photos["faces"]
    some = int((faces > 0).sum())
    lead = f"{detector} found a face in {some:,} of {counted(len(photos), 'picture')} ({percent(some / len(photos))})"
    if not some:
        return note(f"{lead}: the face views have nothing to work on, the general view remains.")
    share = photos.loc[faces > 0, "face_share"].median()
    return note(
        f"{lead}, in {int((faces > 1).sum()):,} of them two or more: {counted(int(faces.sum()), 'face')} in all. Half "
        f"of the pictures with a face give it less than {percent(share)} of their area."
    )


def describe_collection(photos: pd.DataFrame, faces: pd.DataFrame) -> Html:
    """Read who painted and who is shown: what can be judged later. photos: artist; faces: identity ("" unknown)."""
    artists = photos.loc[photos["artist"] != "", "artist"].value_counts()
    known = faces[faces["identity"] != ""]
    people = known[["identity", "photo_id"]].drop_duplicates()["identity"].value_counts()
    said = [
        _labelled(artists, "artist is", "artists are", f"{artists.sum():,} of {len(photos):,} pictures"),
        _labelled(people, "identity is", "identities are", f"{len(known):,} of {len(faces):,} faces"),
    ]
    said = [said[0] or "No artist is known.", said[1] or "Nobody shown is known by name."]
    judged = [name for name, counts in (("identity", people), ("artist", artists)) if (counts > 1).any()]
    after = f"The report can judge by {' and by '.join(judged)}." if judged else "The report can show, but not judge."
    return note(f"{' '.join(said)} {after}")


def _labelled(counts: pd.Series, one: str, many: str, items: str) -> str:
    """Say how many names are known, of how many items; "" where none is."""
    repeated, named = int((counts > 1).sum()), f"1 {one}" if len(counts) == 1 else f"{len(counts):,} {many}"
    return f"{named} known, of {items}; {repeated:,} in more than one picture." if len(counts) else ""


def describe_face_leaks(audit: pd.DataFrame) -> Html:
    """Read the leak audit: what each split would have given away. audit: scheme, shared, between, count, of."""
    if audit.empty:
        return note("Only one split holds pictures: there is nothing to leak between.")
    honest = audit[(audit["scheme"] == "honest") & (audit["count"] > 0)]
    shares = ", ".join(f"{row.count:,} {row.shared} ({row.between})" for row in honest.itertuples(name="Shared"))
    said = [f"The honest split shares {shares or 'nothing'}."]
    naive = audit[(audit["scheme"] == "naive") & (audit["count"] > 0)]
    if len(naive):
        worst = naive.sort_values(["share", "shared", "between"], ascending=[False, True, True]).iloc[0]
        said.append(
            f"With pictures split at random, {int(worst['count']):,} of {int(worst['of']):,} {worst['shared']} "
            f"({worst['between']}) would have been on both sides."
        )
    return note(" ".join(said))


def describe_detectors(rows: pd.DataFrame) -> Html:
    """Read the comparison of detectors, a sentence a collection. rows: as `tables_faces.detector_rows` gives."""
    if rows.empty:
        return note("No detector was run.")
    return note(" ".join(_collection(name, part) for name, part in rows.groupby("collection", sort=False)))


def _collection(name: str, rows: pd.DataFrame) -> str:
    if rows["true"].isna().all():
        found = ", ".join(f"{row.detector} {int(row.found):,}" for row in rows.itertuples())
        return f"Of {name} no true box is known, so that boxes can only be counted: {found}."
    known = rows.dropna(subset=["true"]).sort_values(["found", "false", "detector"], ascending=[False, True, True])
    said = [
        f"{row.detector} finds {int(row.found):,} and misses {int(row.missed):,}"
        + (f", with {counted(int(row.false), 'false alarm')}" if row.false else ", without a false alarm")
        for row in known.itertuples()
    ]
    return f"Of the {counted(int(known['true'].iloc[0]), 'true face')} of {name}, {'; '.join(said)}."


def describe_pair_similarity(pairs: Mapping[str, tuple[ArrayLike, ArrayLike]]) -> Html:
    """Read the similarity of people by view: in which view the same person is the most alike. pairs: as the figure."""
    areas = {view: separation(*both) for view, both in pairs.items()}
    known = {view: area for view, area in areas.items() if np.isfinite(area)}
    if not known:
        return note("No two pictures are known to show the same person, so the views cannot be compared here.")
    said = ", ".join(f"{view} {area:.2f}" for view, area in sorted(known.items(), key=lambda item: -item[1]))
    return note(
        f"How often two pictures of the same person are more alike than two of different people: {said} (0.50 is "
        f"chance). This is over all pictures and without a test; the report has both."
    )


def describe_variance(ratios: Mapping[str, ArrayLike], chosen: int) -> Html:
    """Read the whitening: what the components keep. chosen: components asked for, 0 for no whitening."""
    if not chosen or not ratios:
        return note("The features are not whitened: they are compared as the networks give them.")
    kept = {name: float(np.sum(ratio)) for name, ratio in ratios.items()}
    least = min(kept, key=lambda name: (kept[name], name))
    return note(
        f"Whitening to {counted(chosen, 'component')} keeps {percent(min(kept.values()))} to "
        f"{percent(max(kept.values()))} of the variance, the least of {least}; it was fitted on training pictures."
    )


def embeddings_table(arrays: Mapping[str, NDArray], recipes: Mapping[str, Mapping[str, Any]]) -> Html:
    """Return a row per network and view: rows embedded, numbers a row, px that the network was given, its weights.

    arrays: {"<network>-<view>": (rows, dim)}. recipes: {network: image_size, identity}, as `picture_features` gives.
    """
    rows = []
    for name, array in arrays.items():
        network, _, view = name.rpartition("-")
        how = recipes[network]
        rows.append((network, view, *array.shape, how["image_size"], str(how["identity"])[:WEIGHTS]))
    names = ["network", "view", "rows", "numbers a row", "px", "weights"]
    return table(pd.DataFrame(rows, columns=names), "what was embedded, a row of numbers each")


def describe_embeddings(photos: pd.DataFrame, crops: pd.DataFrame, networks: Mapping[str, Any]) -> Html:
    """Read what was embedded: how many pictures and faces, and how many of them are one and the same view."""
    each, everyone = (crops[crops["kind"] == kind] for kind in ("each", "all"))
    box = ["photo_id", "x0", "y0", "x1", "y1"]
    shared = len(each[box].merge(everyone[box].drop_duplicates()))
    lead = (
        f"{counted(len(photos), 'picture')} and {counted(len(each), 'face')} were seen by "
        f"{counted(len(networks), 'network')}."
    )
    if each.empty:
        return note(f"{lead} Without a face only the general view remains.")
    return note(
        f"{lead} Of the {len(everyone):,} boxes around all faces of a picture {shared:,} are the box of its only face: "
        f"these views are computed once, and differ in the {len(everyone) - shared:,} others."
    )


def describe_copies(copies: NDArray[np.float64], others: NDArray[np.float64]) -> Html:
    """Read the sanity check: near-duplicates are nearly the same. copies, others: cosines of such pairs, of others."""
    if not len(copies):
        return note("No picture is a near-duplicate of another, so that nothing can be held against its copy.")
    typical = f" (of pictures side by side in the table, {np.median(others):.3f})" if len(others) else ""
    lead = f"{counted(len(copies), 'near-duplicate')}: the cosine to the picture that it repeats is"
    least = f" in the median and {copies.min():.3f} at the least" if len(copies) > 1 else ""
    return note(f"{lead} {np.median(copies):.3f}{least}{typical}.")


def summarise_prepare(
    photos: pd.DataFrame, faces: pd.DataFrame, quarantine: pd.DataFrame
) -> tuple[str, dict[str, int]]:
    """Return what was read in one sentence, and its numbers by label. photos: faces (number)."""
    some = int((photos["faces"] > 0).sum())
    sentence = f"{counted(len(photos), 'picture')} read, {counted(len(faces), 'face')} found in {some:,} of them."
    return sentence, {"pictures": len(photos), "with a face": some, "faces": len(faces), "refused": len(quarantine)}


def summarise_features(networks: list[str], photos: pd.DataFrame, crops: pd.DataFrame) -> tuple[str, dict[str, int]]:
    """Return what was extracted in one sentence, and its numbers by label. crops: kind "each" or "all"."""
    each = int((crops["kind"] == "each").sum())
    sentence = f"{counted(len(photos), 'picture')} and {counted(each, 'face')} as seen by {', '.join(networks)}."
    return sentence, {"networks": len(networks), "pictures": len(photos), "faces": each}
