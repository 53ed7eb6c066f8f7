"""A sentence that reads the settings of MLlib's classifiers: data in, a note out, true for any data."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from likeness.report.html_text import Html, note


def of_settings(curves: Mapping[str, pd.DataFrame], chosen: Mapping[str, Any], name: str = "average precision") -> Html:
    """Read which settings each linear classifier does best with, and what the original study found.

    curves: {model: step, reg, mean, a row per setting tried}. chosen: {model: its settings, with step and reg}. The
    step is told where several were tried.
    """
    said = [_best(model, curve, chosen[model], name) for model, curve in curves.items()]
    original = "The original study found a step of 1 and a regulariser of 0.0001 for SVMWithSGD."
    return note(f"{'; '.join(said)}. {original}" if said else original)


def _best(model: str, curve: pd.DataFrame, settings: Any, name: str) -> str:
    at = (curve["step"] == settings.step) & (curve["reg"] == settings.reg)
    mean = float(curve.loc[at, "mean"].iloc[0])
    step = f"step {settings.step:g}, " if (curve["step"] != settings.step).any() else ""
    return (
        f"{model} is best with {step}regulariser {settings.reg:g} ({name} {mean:.3f}, "
        f"{mean - curve['mean'].min():.3f} above the worst of {len(curve)} settings)"
    )
