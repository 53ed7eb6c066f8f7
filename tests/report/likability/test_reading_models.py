"""What is said of the models of likes: the numbers are those of tables of a few rows."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from shown import said, says

from likeness.report.likability import reading_models as reading
from likeness.stats.bootstrap import Estimate, cluster_bootstrap
from likeness.stats.weighted import auc_of

ORIGINAL = "a step of 1 and a regulariser of 0.0001"


def test_the_best_c_and_whether_more_should_be_tried():
    curve = pd.DataFrame({"c": [0.01, 1.0, 100.0], "mean": [0.5, 0.7, 0.6]})
    says(reading.describe_c_curve({"fc6": curve[::-1], "fc7": curve.assign(mean=[0.5, 0.6, 0.65])}),
         "fc6 is best at C = 1 (average precision 0.700, 0.200 above the worst C)", "fc7 is best at C = 100, at the edge",
         "0.650, 0.150 above")  # fmt: skip


def test_the_step_is_told_where_several_were_tried():
    curves = {
        "fc6, SVMWithSGD (Spark)": pd.DataFrame(
            {"step": [1.0, 10.0, 10.0], "reg": [1e-4, 1e-4, 1e-2], "mean": [0.5, 0.625, 0.55]}
        ),
        "fc6, LinearSVC (Spark)": pd.DataFrame({"step": [1.0, 1.0], "reg": [1e-4, 1.0], "mean": [0.6, 0.6]}),
    }
    chosen = dict(zip(curves, (SimpleNamespace(step=10.0, reg=1e-4), SimpleNamespace(step=1.0, reg=1.0)), strict=True))
    says(reading.describe_mllib_settings(curves, chosen), "SVMWithSGD (Spark) is best with step 10, regulariser 0.0001", "0.625, 0.125",
         "worst of 3 settings", "LinearSVC (Spark) is best with regulariser 1 (average precision 0.600, 0.000", ORIGINAL)  # fmt: skip
    assert said(reading.describe_mllib_settings({}, {})).startswith("The original study found")


SCORES = pd.DataFrame(
    [("user only", 0.6, 0.5, 0.7), ("metadata", 0.7, 0.6, 0.8), ("fusion", 0.8, 0.7, 0.9)],
    columns=["model", "value", "low", "high"],
)


def test_what_the_photo_adds_to_the_metadata():
    comparisons = pd.DataFrame(
        [("metadata", "fusion", -0.1, 0.01, "B better"), ("fusion", "user only", 0.2, 0.2, "not distinguishable")],
        columns=["a", "b", "difference", "p_adjusted", "verdict"],
    )
    ladder = ["user only", "metadata", "image", "fusion"]
    says(reading.describe_added_value(SCORES, comparisons, ladder), "user only 0.60 (0.50–0.70), metadata 0.70 (0.60–0.80), fusion",
         "user only: +0.20, not distinguishable", "fusion adds 0.10 against metadata (adjusted p 0.0100).")  # fmt: skip
    worse = comparisons.head(1).assign(difference=0.1, verdict="A better")
    says(reading.describe_added_value(SCORES, worse, ladder), "fusion costs 0.10 against metadata")
    assert said(reading.describe_added_value(SCORES[:1], comparisons, ladder)) == "AUC: user only 0.60 (0.50–0.70)."
    says(reading.describe_added_value(SCORES[:0], comparisons, ladder), "None of these models")


@pytest.mark.parametrize(
    ("null", "observed", "words"),
    [
        ([0.48, 0.5, 0.52], 0.7, ["of 3 models is 0.500 (0.480 to 0.520), at chance", "0.700; p = 0.250."]),
        ([0.6, 0.61, 0.62], 0.7, ["away from chance"]),
        ([0.6, 0.61, 0.62], 0.5, ["p = 1.000"]),
    ],
)
def test_shuffled_labels_must_be_at_chance(null, observed, words):
    says(reading.describe_null(null, observed), *words)


def test_importance_counts_what_lies_above_0():
    table = pd.DataFrame({"feature": ["hour", "followers", "x"], "value": [0.01, 0.2, 0.3], "low": [-0.1, 0.1, -0.1]})
    table["high"] = table["value"] + 0.1
    says(
        reading.describe_importance(table),
        "1 of 3 features lower the AUC",
        "followers costs the most, 0.200 (0.100–0.300).",
    )
    says(reading.describe_importance(table.assign(low=np.nan)), "Of no feature")


EFFECTS = pd.DataFrame(
    {"effect": ["close_up", "scenic", "hour", "meme"], "planted": [0.5, 0.4, 0.1, -0.7],
     "recovered": [0.6, 0.1, np.nan, -0.8], "low": np.nan, "high": np.nan}
)  # fmt: skip


def test_planted_effects_that_came_back():
    says(reading.describe_planted(EFFECTS), "100 % of 3 planted effects the right sign", "rank correlation of 1.00",
         "scenic: planted +0.40, recovered +0.10.", "1 effect did not vary")  # fmt: skip
    says(reading.describe_planted(EFFECTS.assign(recovered=np.nan)), "No planted effect could be recovered")
    says(reading.describe_planted(None), "nothing to recover")
    assert "rank correlation" not in said(reading.describe_planted(EFFECTS[:2]))


def test_how_near_to_the_best_possible():
    says(
        reading.describe_ratio(Estimate(0.96, 0.9, 1.0, 200), "fusion"),
        "fusion reaches 0.96 (0.90–1.00)",
        "200 test posts",
    )


def test_slices_and_what_cannot_be_known():
    rows = [("no face", 0.5, 0.4, 0.6), ("one face", 0.8, 0.7, 0.9), ("few", 0.1, np.nan, np.nan)]
    table = pd.DataFrame(rows, columns=["slice", "value", "low", "high"])
    says(
        reading.describe_slices(table),
        "“no face”, 0.50 (0.40–0.60)",
        "“one face”, 0.80 (0.70–0.90)",
        "do not touch",
        "gender",
    )
    says(reading.describe_slices(table.assign(high=1.0)), "intervals overlap")
    says(reading.describe_slices(table[2:]), "none has an interval", "gender")


def test_the_curators_model_is_read():
    told = pd.DataFrame({"score": [0.9, 0.1, 0.4, 0.6], "low": 0.1, "high": 0.4, "liked": [True, False, True, False]})
    told = pd.concat([told.assign(group=f"u{user}") for user in range(8)], ignore_index=True)
    told.loc[::5, "score"] = 0.5
    area = cluster_bootstrap(auc_of(told["liked"], told["score"]), told["group"])
    assert area.low < area.value < area.high
    numbers = f"{area.value:.2f} ({area.low:.2f}–{area.high:.2f})"
    says(reading.describe_curator(told), f"32 held-out posts its AUC is {numbers}", "wider than 0.30")
    says(reading.describe_curator(None), "no pictures")


def test_areas_become_headline_numbers():
    rows = [("boosting", "honest", 0.6), ("boosting", "naive", 0.7), ("other", "honest", 0.9)]
    areas = pd.DataFrame(rows, columns=["model", "scheme", "value"]).assign(low=0.5, high=0.8)
    assert [(entry["label"], entry["value"]) for entry in reading.headline_areas(areas, ["boosting"])] == [
        ("AUC, boosting, users apart", 0.6), ("AUC, boosting, posts at random", 0.7),
    ]  # fmt: skip
