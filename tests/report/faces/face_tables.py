"""Small tables of the faces study, in the shapes that compare gives, for the tests of what people see of them."""

import numpy as np
import pandas as pd

SCORES = ["scheme", "split", "model", "metric", "value", "low", "high", "n", "label", "measure", "network", "view"]
COMPARED = ["metric", "a", "b", "difference", "low", "high", "p_adjusted", "verdict", "label", "measure", "network"]
KEPT = ["network", "view", "quality", "metric", "value", "low", "high", "chance", "best_view", "best"]
KEPT += ["kept", "kept_low", "kept_high", "keeps"]


def scores(values: dict[str, float], label: str = "identity") -> pd.DataFrame:
    """Return recall@1 and mAP (half of it) of models, honest and, 0.0625 higher, naive; 40 queries, chance 0.125."""
    rows = []
    for scheme, extra in (("honest", 0.0), ("naive", 0.0625)):
        for measure, share in (("recall@1", 1.0), ("mAP", 0.5)):
            metric = f"{label} {measure}"
            for model, value in values.items():
                network, _, view = model.partition(", ")
                at = value * share + extra
                known = (at, at - 0.1, at + 0.1, 40, label, measure, network, view)
                rows.append((scheme, "test", model, metric, *known))
            chance = (0.125 * share, np.nan, np.nan, 40, label, measure, "", "")
            rows.append((scheme, "test", "random ranking", metric, *chance))
    return pd.DataFrame(rows, columns=SCORES)


def compared(rows: list[tuple[str, str, float, float]], metric: str = "identity recall@1") -> pd.DataFrame:
    """Return comparisons of (a, b, difference, adjusted p), as compare gives them."""
    table = []
    for a, b, difference, p in rows:
        verdict = "not distinguishable" if p >= 0.05 else "A better" if difference > 0 else "B better"
        known = (difference, difference - 0.1, difference + 0.1, p, verdict, *metric.split(" "), a.partition(", ")[0])
        table.append((metric, a, b, *known))
    return pd.DataFrame(table, columns=COMPARED)


def kept(character: tuple | None, style: tuple | None, network: str = "resnet50") -> pd.DataFrame:
    """Return what the combined view keeps: (share, low, high, keeps) of each quality; None leaves a quality out."""
    qualities = (("character", "identity recall@1", "face", character), ("style", "artist share@5", "general", style))
    rows = [(network, "combined", quality, metric, 0.5, 0.4, 0.6, 0.1, best_view, 0.6, *found)
            for quality, metric, best_view, found in qualities if found is not None]  # fmt: skip
    return pd.DataFrame(rows, columns=KEPT)


def sweep(rows: list[tuple[float, float, float]], network: str = "resnet50") -> pd.DataFrame:
    """Return a sweep of (weight, recall@1, artist share@5), each with an interval of 0.1 to both sides."""
    table = pd.DataFrame(rows, columns=["weight", "recall_at_1", "artist_share_at_5"]).assign(network=network)
    bounds = {f"{name}_{side}": table[name] + away for name in ("recall_at_1", "artist_share_at_5")
              for side, away in (("low", -0.1), ("high", 0.1))}  # fmt: skip
    return table.assign(**bounds)
