"""One or two sentences that read the models of likes: data in, a note out, true for any data."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from likeness.compare.effects import agreement
from likeness.report.html_text import SCHEMES, Html, counted, interval, note, number, percent, signed
from likeness.report.reading import signed_test
from likeness.stats.bootstrap import Estimate, cluster_bootstrap
from likeness.stats.weighted import auc_of


def describe_c_curve(curves: Mapping[str, pd.DataFrame]) -> Html:
    """Read average precision against C: the best C of each, and is it at the edge? curves: {features: c, mean}."""
    said = []
    for features, curve in curves.items():
        curve = curve.sort_values("c")
        at, mean = int(curve["mean"].to_numpy().argmax()), curve["mean"]
        edge = ", at the edge of what was tried" if at in (0, len(curve) - 1) else ""
        gain = f"average precision {mean.iloc[at]:.3f}, {mean.max() - mean.min():.3f} above the worst C"
        said.append(f"{features} is best at C = {curve['c'].iloc[at]:g}{edge} ({gain})")
    return note(f"{'; '.join(said)}.")


def describe_mllib_settings(curves: Mapping[str, pd.DataFrame], chosen: Mapping[str, Any]) -> Html:
    """Read which settings each of MLlib's linear classifiers does best with, and what the original study found.

    curves: {model: step, reg, mean, a row per setting tried}. chosen: {model: settings}; a step is told of several.
    """
    said = []
    for model, curve in curves.items():
        best = chosen[model]
        mean = float(curve.loc[(curve["step"] == best.step) & (curve["reg"] == best.reg), "mean"].iloc[0])
        step = f"step {best.step:g}, " if (curve["step"] != best.step).any() else ""
        gain = f"{mean - curve['mean'].min():.3f} above the worst of {len(curve)} settings"
        said.append(f"{model} is best with {step}regulariser {best.reg:g} (average precision {mean:.3f}, {gain})")
    original = "The original study found a step of 1 and a regulariser of 0.0001 for SVMWithSGD."
    return note(f"{'; '.join(said)}. {original}" if said else original)


def describe_added_value(scores: pd.DataFrame, comparisons: pd.DataFrame, ladder: list[str]) -> Html:
    """Read how much each kind of input adds: the numbers in order, and whether the last beats the one before.

    scores: model, value, low, high on honest test posts. comparisons: the paired tests of the same posts. ladder:
    models from the poorest input to the richest, such as user only, metadata, image; those without a score are passed
    over.
    """
    own = scores.set_index("model")
    known = [model for model in ladder if model in own.index]
    if not known:
        return note("None of these models has a number.")
    said = ", ".join(f"{model} {interval(*own.loc[model, ['value', 'low', 'high']])}" for model in known)
    steps = [_step(comparisons, a, known[-1]) for a in known[:-1]]
    return note(" ".join([f"AUC: {said}.", *filter(None, steps)]))


def _step(comparisons: pd.DataFrame, poorer: str, richer: str) -> str:
    """One sentence on richer against poorer, as the paired test sees it; "" where the two were not compared."""
    found = signed_test(comparisons, richer, poorer)
    if found is None:
        return ""
    change, p, clear = found
    if not clear:
        return f"{richer} against {poorer}: {signed(change)}, not distinguishable from no change (adjusted p {p:.3f})."
    return f"{richer} {'adds' if change > 0 else 'costs'} {abs(change):.2f} against {poorer} (adjusted p {p:.4f})."


def describe_null(null: ArrayLike, observed: float) -> Html:
    """Read the permutation test: are shuffled labels at chance, and how often do they reach the real number?

    null: (n,) AUC with shuffled labels. The p-value counts the real labels as one of the shuffles.
    """
    values = np.asarray(null, float)
    error = values.std(ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.inf
    at_chance = abs(values.mean() - 0.5) <= max(3 * error, 0.01)
    p = (1 + int((values >= observed).sum())) / (1 + len(values))
    verdict = "at chance, as it must be" if at_chance else "away from chance: something leaks, or the split is odd"
    return note(
        f"With shuffled labels the mean AUC of {counted(len(values), 'model')} is {values.mean():.3f} "
        f"({values.min():.3f} to {values.max():.3f}), {verdict}. The real labels give {observed:.3f}; p = {p:.3f}."
    )


def describe_importance(table: pd.DataFrame) -> Html:
    """Read the importance: how many lie clearly above 0, and which is largest? table: feature, value, low, high."""
    order = table.sort_values(["value", "feature"], ascending=[False, True])
    clear = order[order["low"] > 0]
    if clear.empty:
        return note("Of no feature that is shuffled does the fall of the AUC lie above 0 with its whole interval.")
    first = clear.iloc[0]
    return note(
        f"{len(clear)} of {counted(len(order), 'feature')} lower the AUC when shuffled, with the whole interval "
        f"above 0; {first['feature']} costs the most, {interval(*first[['value', 'low', 'high']], digits=3)}. Features "
        f"that say the same share their importance, so a low one may still matter."
    )


def describe_planted(effects: pd.DataFrame | None) -> Html:
    """Read what was planted beside what was recovered: signs, order, and the effect that is furthest off.

    effects: effect, planted, recovered, low, high, as compare.effects gives; None where no truth is known.
    """
    if effects is None:
        return note("These posts come without a planted truth: there is nothing to recover.")
    found = agreement(effects)
    if not found.n:
        return note("No planted effect could be recovered: the posts do not vary in any of them.")
    known = effects.dropna(subset=["recovered"])
    far = known.loc[(known["planted"] - known["recovered"]).abs().idxmax()]
    unknown = len(effects) - found.n
    missed = f" {counted(unknown, 'effect')} did not vary over these posts." if unknown else ""
    ranks = "" if np.isnan(found.ranks) else f", and their order with a rank correlation of {found.ranks:.2f}"
    return note(
        f"The model gives {percent(found.signs)} of {counted(found.n, 'planted effect')} the right sign{ranks}. "
        f"Furthest off is {far['effect']}: planted {signed(far['planted'])}, recovered {signed(far['recovered'])}. "
        f"A model's log-odds have a scale of their own, so all recovered effects were scaled by one number.{missed}"
    )


def describe_ratio(ratio: Estimate, model: str) -> Html:
    """Read how near a model comes to the best possible AUC. ratio: AUC(model) / AUC(best possible)."""
    said = interval(ratio.value, ratio.low, ratio.high)
    return note(
        f"{model} reaches {said} of the AUC of the best possible ranking, which knows what was planted in each of "
        f"{counted(ratio.n, 'test post')}, but neither the user's own popularity nor the noise."
    )


def describe_slices(slices: pd.DataFrame) -> Html:
    """Read the slices: the best and the worst served, and what cannot be known. slices: slice, value, low, high, n."""
    limit = (
        "Nobody's gender, age or skin was labelled, and none was guessed: whether the model is fair to people, this "
        "cannot say. Few faces and a dark photo are properties of pictures."
    )
    known = slices.dropna(subset=["low", "high"]).sort_values(["value", "slice"])
    if known.empty:
        return note(f"No slice has posts of two users or more, so none has an interval. {limit}")
    worst, best = known.iloc[0], known.iloc[-1]
    verdict = "their intervals do not touch" if worst["high"] < best["low"] else "their intervals overlap"
    return note(
        f"The accuracy is lowest for “{worst['slice']}”, {interval(*worst[['value', 'low', 'high']])}, and highest for "
        f"“{best['slice']}”, {interval(*best[['value', 'low', 'high']])}; {verdict}. {limit}"
    )


def describe_curator(told: pd.DataFrame | None) -> Html:
    """Read the curator's model on posts that it was not fitted on: does it rank, and how wide are its intervals?

    told: score, low, high, liked and group (resampled together) of those posts, or None where there is no model.
    """
    if told is None:
        return note("The posts have no pictures, so there is no model for albums.")
    area = cluster_bootstrap(auc_of(told["liked"], told["score"]), told["group"])
    width = (told["high"] - told["low"]).median()
    return note(
        f"On {counted(len(told), 'held-out post')} its AUC is {interval(area.value, area.low, area.high)}, the "
        f"accounts unseen; half of its intervals are wider than {width:.2f}. It is not compared with anything: it "
        f"serves the album page."
    )


def headline_areas(areas: pd.DataFrame, models: Sequence[str]) -> list[dict[str, object]]:
    """Return some models' AUC by scheme as headline numbers. areas: model, scheme, value, low, high of test posts."""
    found = areas.set_index(["model", "scheme"])
    return [number(f"AUC, {model}, {words}", found.loc[(model, scheme)])
            for model in models for scheme, words in SCHEMES.items()]  # fmt: skip
