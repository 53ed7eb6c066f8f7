"""Small tables of the faces study, in the shapes that compare gives, for the tests of what people see of them."""

import numpy as np
import pandas as pd

SCORES = [
    "scheme",
    "split",
    "model",
    "metric",
    "value",
    "low",
    "high",
    "n",
    "undefined",
    "label",
    "measure",
    "network",
    "view",
]
COMPARED = [
    "scheme",
    "split",
    "metric",
    "a",
    "b",
    "difference",
    "low",
    "high",
    "p_value",
    "p_adjusted",
    "verdict",
    "n",
    "label",
    "measure",
    "network",
]
KEPT = [
    "network",
    "view",
    "quality",
    "metric",
    "value",
    "low",
    "high",
    "chance",
    "best_view",
    "best",
    "kept",
    "kept_low",
    "kept_high",
    "keeps",
]
SWEEP = ["network", "weight", "recall_at_1", "recall_at_1_low", "recall_at_1_high", "artist_share_at_5"]


def scores(values: dict[str, float], label: str = "identity", naive: float = 0.0625) -> pd.DataFrame:
    """Return recall@1 and mAP (half of it) of models, honest and, `naive` higher, naive; 40 queries, chance 0.125."""
    rows = []
    for scheme, extra in (("honest", 0.0), ("naive", naive)):
        for measure, share in (("recall@1", 1.0), ("mAP", 0.5)):
            place = (scheme, "test")
            for model, value in values.items():
                network, _, view = model.partition(", ")
                at = value * share + extra
                rows.append(
                    (*place, model, f"{label} {measure}", at, at - 0.1, at + 0.1, 40, 0, label, measure, network, view)
                )
            chance = (0.125 * share, np.nan, np.nan, 40, 0, label, measure, "", "")
            rows.append((*place, "random ranking", f"{label} {measure}", *chance))
    return pd.DataFrame(rows, columns=SCORES)


def compared(rows: list[tuple[str, str, float, float]], metric: str = "identity recall@1") -> pd.DataFrame:
    """Return comparisons of (a, b, difference, adjusted p), as compare gives them."""
    table = []
    for a, b, difference, p in rows:
        verdict = "not distinguishable" if p >= 0.05 else "A better" if difference > 0 else "B better"
        bounds = (difference - 0.1, difference + 0.1, p / 2, p)
        label, measure = metric.split(" ")
        network = a.partition(", ")[0]
        table.append(("honest", "test", metric, a, b, difference, *bounds, verdict, 40, label, measure, network))
    return pd.DataFrame(table, columns=COMPARED)


def kept(character: tuple, style: tuple, network: str = "resnet50") -> pd.DataFrame:
    """Return what the combined view keeps: (share, low, high, keeps) of each quality; None leaves a quality out."""
    rows = []
    for quality, metric, best_view, found in (
        ("character", "identity recall@1", "face", character),
        ("style", "artist share@5", "general", style),
    ):
        if found is not None:
            rows.append((network, "combined", quality, metric, 0.5, 0.4, 0.6, 0.1, best_view, 0.6, *found))
    return pd.DataFrame(rows, columns=KEPT)


def sweep(rows: list[tuple[float, float, float]], network: str = "resnet50") -> pd.DataFrame:
    """Return a sweep of (weight, recall@1, artist share@5), each with an interval of 0.1 to both sides."""
    table = pd.DataFrame([(network, w, r, r - 0.1, r + 0.1, a) for w, r, a in rows], columns=SWEEP)
    return table.assign(artist_share_at_5_low=lambda t: t["artist_share_at_5"] - 0.1,
                        artist_share_at_5_high=lambda t: t["artist_share_at_5"] + 0.1)  # fmt: skip
