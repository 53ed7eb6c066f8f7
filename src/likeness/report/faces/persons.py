"""What the faces report says of the decision "the same person": rates, curves, and what a similarity is worth."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from likeness.compare.same_person import EER, SamePerson, Verified
from likeness.report.figures_compare import det_figure, roc_figure
from likeness.report.html_text import Html, Wording, counted, interval, note, stack
from likeness.report.palette import model_styles
from likeness.report.style import canvas, describe, figure_svg, styled
from likeness.report.tables import table
from likeness.stats.clusters import FEW

PERSONS = Wording(item="pair of faces", positives="pairs of one person", negatives="pairs of two people")


def same_person_section(verified: Verified) -> Html:
    """Return the rates, ROC and DET of test pairs, what a similarity is worth, and a sentence for either."""
    parts = [rates_table(verified.rates), describe_rates(verified.rates)]
    if len(verified.rates):
        parts[1:1] = [figure_svg(roc_figure(verified.pairs, PERSONS)), figure_svg(det_figure(verified.pairs))]
    if verified.fitted:
        parts.append(figure_svg(probability_figure(verified.fitted)))
    return stack([*parts, describe_same_person(verified.fitted)])


def rates_table(scores: pd.DataFrame) -> Html:
    """Return a row a network, a column a rate. scores: as `verification_scores` gives."""
    shown = scores.assign(said=[interval(row.value, row.low, row.high, 3) for row in scores.itertuples()])
    wide = shown.pivot_table(index="model", columns="metric", values="said", aggfunc="first", sort=False)
    rows = wide.reset_index().rename(columns={"model": "network"})
    caption = "is it the same person? rates on pairs of test faces (EER: smaller is better; TAR: larger is better)"
    return table(
        rows, caption, numeric=list(wide), empty="No person has faces in two test pictures: nothing to verify."
    )


def describe_rates(scores: pd.DataFrame) -> Html:
    """Read the equal error rates. scores: as `verification_scores` gives."""
    eer = scores[scores["metric"] == EER].sort_values(["value", "model"])
    if eer.empty:
        return note("No person is known in two test pictures: whether two faces show one person was not judged.")
    best = eer.iloc[0]
    return note(
        f"Of {counted(int(best['n']), 'pair')} of test faces, {best['model']} errs least: at the threshold where both "
        f"errors are equally frequent it is wrong on {interval(best['value'], best['low'], best['high'], 3)} of the "
        "pairs. The true acceptance rate (TAR) is the share of one person's pairs that is found at a false acceptance "
        "rate (FAR) of 1 % or 0.1 %; one that less than a single pair would decide is not shown."
    )


@styled
def probability_figure(fitted: Mapping[str, SamePerson]) -> Figure:
    """Draw the probability of "the same person" over the similarity of two faces, with its 95 % band a network."""
    fig, ax = canvas(3.2)
    starts = [(np.log(0.005 / 0.995) - each.logits[:, 1]) / each.logits[:, 0] for each in fitted.values()]
    similarity, said = np.linspace(max(-1.0, float(np.min(starts))), 1, 201), []  # before it nobody is one person
    for name, style in model_styles(list(fitted)).items():
        chance = fitted[name].probability(similarity)
        ax.plot(similarity, chance[:, 0], color=style.color, linestyle=style.linestyle, label=name)
        ax.fill_between(similarity, chance[:, 1], chance[:, 2], color=style.color, alpha=0.2, linewidth=0)
        said.append(f"{name} reaches one half at {similarity[np.argmax(chance[:, 0] >= 0.5)]:.2f}")
    ax.set(xlabel="cosine similarity of two faces", ylabel="probability: one person", ylim=(-0.02, 1.02))
    ax.legend(loc="upper left")
    return describe(fig, f"probability that two faces show one person, by their similarity: {', '.join(said)}.")


def describe_same_person(fitted: Mapping[str, SamePerson]) -> Html:
    """Say what the probabilities rest on, or why there are none."""
    if not fitted:
        return note(
            f"No probability is given: fewer than {FEW} people outside the test part have faces in two pictures, and "
            "fewer say nothing about others."
        )
    name, own = next(iter(fitted.items()))
    even = -own.logits[:, 1] / own.logits[:, 0]  # the similarity at which the probability is one half
    low, high = np.quantile(even[1:], [0.025, 0.975])
    return note(
        f"Fitted on {counted(own.pairs, 'pair')} of faces of {own.people} people whom no test query shows, and handed "
        f"on to `likeness search`. Two faces are as likely as not of one person, for {name}, at a similarity of "
        f"{interval(even[0], low, high)}. That holds where one person is as frequent among pairs as here: in a larger "
        "collection a similarity is worth less."
    )
