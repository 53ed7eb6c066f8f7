"""The settings of MLlib's classifiers, in a sentence."""

import re
from html import unescape
from types import SimpleNamespace

import pandas as pd

from likeness.report.likability.reading_mllib import of_settings

ORIGINAL = "The original study found a step of 1 and a regulariser of 0.0001 for SVMWithSGD."


def said(note: str) -> str:
    """Return a note's words."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", note)).replace("\u00a0", " ")


def test_the_step_is_told_where_several_were_tried():
    curves = {
        "fc6, SVMWithSGD (Spark)": pd.DataFrame(
            {"step": [1.0, 10.0, 10.0], "reg": [1e-4, 1e-4, 1e-2], "mean": [0.5, 0.625, 0.55]}
        ),
        "fc6, LinearSVC (Spark)": pd.DataFrame({"step": [1.0, 1.0], "reg": [1e-4, 1.0], "mean": [0.6, 0.6]}),
    }
    chosen = dict(zip(curves, (SimpleNamespace(step=10.0, reg=1e-4), SimpleNamespace(step=1.0, reg=1.0)), strict=True))
    assert said(of_settings(curves, chosen)) == (
        "fc6, SVMWithSGD (Spark) is best with step 10, regulariser 0.0001 (average precision 0.625, 0.125 above the "
        "worst of 3 settings); fc6, LinearSVC (Spark) is best with regulariser 1 (average precision 0.600, 0.000 above "
        f"the worst of 2 settings). {ORIGINAL}"
    )


def test_of_nothing_only_the_original_is_told():
    assert said(of_settings({}, {})) == ORIGINAL
