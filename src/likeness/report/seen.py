"""What the networks of a page have seen: what they were trained on, and whether the study's photos may be among it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from likeness.features.sight import split_sights
from likeness.features.weight_sources import CORPORA, Weights, trained_on, weights_of_network
from likeness.report.html_text import Html, counted, note, percent, warning

WEB = "web"  # a crawl of the open web may hold anything that is public


def describe_weights(recipe: Mapping[str, Any], found_on: str, taken_at: pd.Series | None = None) -> Html:
    """Say of each network what it was trained on, until when, and its licence; warn where it may know the photos.

    recipe: of the features, of one network (backbone, weights, and beside: a list as in params.yaml) or of several
    (networks: {name: recipe}). found_on: where the study's photos are from: "instagram", "art". taken_at: dates of the
    photos, NaT where unknown; with them
    the warning says how many are old enough to have been seen.
    """
    networks = _networks(recipe)
    said = note(" ".join(_history(weights) for weights in networks))
    dated = pd.Series(dtype="datetime64[us]") if taken_at is None else pd.to_datetime(taken_at).dropna()
    warned = [text for weights in networks for text in _suspicions(weights, found_on, dated)]
    return Html(said + warning(" ".join(warned))) if warned else said


def sight_badge(recipe: Mapping[str, Any]) -> str:
    """Say in a few words what the networks of a recipe (as for `describe_weights`) have seen."""
    networks = _networks(recipe)
    names = dict.fromkeys(CORPORA[key]["name"] for weights in networks for key in weights.data)
    unknown = any(weights.word != "none" and not weights.data for weights in networks)
    said = [*names, *(["photos that are not known here"] if unknown else [])]
    blind = any(weights.word == "none" for weights in networks)
    if not said:
        return "networks with random weights"
    return f"networks that have seen {', '.join(said)}{', beside random ones' if blind else ''}"


def _networks(recipe: Mapping[str, Any]) -> list[Weights]:
    recipes = recipe["networks"].values() if "networks" in recipe else [recipe]
    asked = [(each["backbone"], each["weights"]) for each in recipes] + split_sights(recipe.get("beside", ""))
    return [weights_of_network(network, word) for network, word in asked]


def _history(weights: Weights) -> str:
    if weights.word == "none":
        return f"{weights.network} has random weights: it has seen no photo before."
    licence = f"; licence {weights.licence}" if weights.licence else ""
    return f"{weights.network} ({weights.word}) was trained on {trained_on(weights)}{licence}."


def _suspicions(weights: Weights, found_on: str, dated: pd.Series) -> Iterator[str]:
    """Yield a sentence for each corpus that may hold the study's photos; none where all are younger than it."""
    for corpus in (CORPORA[key] for key in weights.data):
        old = dated.dt.year <= corpus["until"] if len(dated) else None
        if not {found_on, WEB} & {*corpus["holds"]} or (old is not None and not old.any()):
            continue
        known = "" if old is None else (
            f" Of {counted(len(old), 'photo')} with a date, {percent(old.mean())} are from {corpus['until']} or before."
        )  # fmt: skip
        yield (
            f"{weights.network} may have seen photos of this study: it was trained on {corpus['name']} "
            f"({corpus['until']}).{known}"
        )
