"""Several training runs: the two-level bootstrap against slow formulas, and over how many seeds a verdict holds."""

import numpy as np
import pandas as pd
import pytest

from likeness.stats.bootstrap import Estimate, pair_bootstrap
from likeness.stats.comparisons import compare_models, judge_runs
from likeness.stats.runs import draw_runs, each_run, first_run, split_runs
from likeness.stats.scores import run_areas, score_models
from likeness.stats.verification import auc
from likeness.stats.weighted import auc_of, mean_of


def test_three_runs_by_hand():
    # with two of three runs drawn, the nine draws in order have the means 0, 1.5, 3, 1.5, 3, 4.5, 3, 4.5, 6
    draws = draw_runs(np.tile([0.0, 3.0, 6.0], (90_000, 1)), 1)
    values, counts = np.unique(draws, return_counts=True)
    assert values.tolist() == [0, 1.5, 3, 4.5, 6]
    np.testing.assert_allclose(counts / 10_000, [1, 2, 3, 2, 1], rtol=0.05)
    assert draws.var() == pytest.approx(np.var([0, 3, 6], ddof=1) / 3, rel=0.02)  # unbiased; three of three give 2/3


def test_one_run_is_left_as_it_is_and_seeds_part_models():
    draws = np.random.default_rng(0).random((50, 4))
    np.testing.assert_array_equal(draw_runs(draws[:, :1], 3), draws[:, 0])
    np.testing.assert_array_equal(draw_runs(draws, 3, 0), draw_runs(draws, 3, 0))
    assert not np.array_equal(draw_runs(draws, 3, 0), draw_runs(draws, 3, 1))


def test_the_interval_is_that_of_loops_over_clusters_and_runs():
    rng = np.random.default_rng(1)
    clusters, right = np.repeat(np.arange(8), 5), rng.random((3, 40)) < np.array([[0.5], [0.6], [0.8]])
    found = pair_bootstrap(each_run([mean_of(run) for run in right]), clusters, clusters, 4000, 0)
    slow = []
    for _ in range(4000):
        drawn, runs = rng.integers(0, 8, 8), rng.integers(0, 3, 2)
        rows = np.concatenate([np.flatnonzero(clusters == cluster) for cluster in drawn])
        slow.append(np.mean([right[run][rows].mean() for run in runs]))
    assert (found.value, found.n, found.runs) == (pytest.approx(right.mean()), 40, 3)
    np.testing.assert_allclose(
        (found.low, found.high), np.quantile(slow, [0.025, 0.975]), atol=0.026
    )  # shares of 80 answers
    alone = pair_bootstrap(mean_of(right.mean(axis=0)), clusters, clusters, 4000, 0)
    assert found.high - found.low > 1.2 * (alone.high - alone.low)  # photos alone would look too sure


def test_the_interval_holds_the_truth_over_photos_and_runs():
    """Studies of 20 clusters and 3 runs whose effects are drawn: resampling photos alone covers far too little."""
    rng, covered, alone = np.random.default_rng(5), 0, 0
    clusters = np.repeat(np.arange(20), 4)
    for study in range(120):
        effect = 0.4 * rng.normal(size=20)[clusters] + 0.3 * rng.normal(size=80)
        runs = [effect + 0.15 * rng.normal() for _ in range(3)]
        both = pair_bootstrap(each_run([mean_of(run) for run in runs]), clusters, clusters, 200, study)
        photos = pair_bootstrap(mean_of(np.mean(runs, axis=0)), clusters, clusters, 200, study)
        covered += both.low <= 0 <= both.high
        alone += photos.low <= 0 <= photos.high
    assert covered / 120 >= 0.90
    assert alone < covered


def test_runs_without_spread_change_nothing_and_one_cluster_has_no_interval():
    right, clusters = np.arange(12) % 3 > 0, np.repeat(np.arange(6), 2)
    one = pair_bootstrap(mean_of(right), clusters, clusters, 300, 4)
    same = pair_bootstrap(each_run([mean_of(right)] * 5), clusters, clusters, 300, 4)
    assert (same.low, same.high) == pytest.approx((one.low, one.high))
    lone = pair_bootstrap(each_run([mean_of(right), mean_of(~right)]), np.zeros(12), np.zeros(12), 300, 4)
    assert lone == Estimate(0.5, None, None, 12, 2)
    assert lone.to_dict() == {"value": 0.5, "low": None, "high": None, "n": 12, "runs": 2}


def table(scores: dict[str, list], same=None) -> pd.DataFrame:
    """Return predictions, val and test alike, of {model: a list of scores a run}; each photo is a cluster."""
    parts = []
    for model, runs in scores.items():
        for run, score in enumerate(runs):
            n = len(score)
            own = {"left": [f"p{i:02d}" for i in range(n)], "right": [f"p{i:02d}" for i in range(n)], "score": score}
            truth = np.arange(n) % 2 == 0 if same is None else same
            for split in ("val", "test"):
                parts.append(pd.DataFrame(own).assign(same=truth, split=split, model=model, run=run))
    return pd.concat(parts, ignore_index=True).assign(scheme="honest", kind="any", probability=np.nan)


def photos(n: int) -> pd.Series:
    return pd.Series({f"p{i:02d}": f"c{i:02d}" for i in range(n)})


def test_a_number_is_the_mean_over_runs_each_with_its_own_threshold():
    rng = np.random.default_rng(2)
    truth = np.arange(40) % 2 == 0
    runs = [10 * run + truth + rng.normal(0, 0.7, 40) for run in range(3)]  # another level each: no common threshold
    predictions = table({"net": runs, "fixed": [runs[0]]})
    scores = score_models(predictions.sample(frac=1, random_state=0), photos(40), n_boot=200)
    test = scores[scores["split"] == "test"].set_index(["model", "metric"])
    assert test.loc[("net", "auc"), "value"] == pytest.approx(np.mean([auc(truth, run) for run in runs]))
    assert test["runs"].groupby("model").max().to_dict() == {"fixed": 1, "majority class": 1, "net": 3}
    assert test.loc[("net", "accuracy"), "value"] > 0.7
    areas = run_areas(predictions)
    assert areas["run"].tolist() == [0, 0, 1, 2]
    assert areas["value"].tolist() == pytest.approx([auc(truth, run) for run in (runs[0], *runs)])
    threshold = scores[(scores["metric"] == "threshold") & (scores["model"] == "net")]["value"].item()
    assert threshold == scores[(scores["metric"] == "threshold") & (scores["model"] == "fixed")]["value"].item()
    assert first_run(predictions).groupby("model").size().to_dict() == {"fixed": 80, "net": 80}


def test_runs_on_other_pairs_are_refused():
    predictions = table({"net": [np.arange(6.0), np.arange(6.0)]})
    test = predictions[predictions["split"] == "test"]
    assert [part["run"].unique().tolist() for part in split_runs(test)] == [[0], [1]]
    with pytest.raises(ValueError, match=r"run 1 \(5 pairs\) was not scored on the pairs of run 0 \(6\)"):
        split_runs(test.iloc[:-1])


def test_a_verdict_counts_the_seeds_that_alone_say_the_same():
    truth = np.arange(60) % 2 == 0
    noise = np.random.default_rng(3).normal(0, 1, (6, 60))
    good, poor = 4 * truth + noise[0], 0.2 * truth + noise[1]
    nets = {"net": [4 * truth + noise[2], 4 * truth + noise[3], 4 * truth + noise[4], poor], "poor": [noise[5]]}
    found = compare_models(table(nets), photos(60), n_boot=999).iloc[0]
    assert (found["a"], found["verdict"], found["runs"], found["held"]) == ("net", "A better", 4, 3)
    steady = compare_models(table({"good": [good] * 3, "poor": [poor] * 2}), photos(60), n_boot=999).iloc[0]
    assert (steady["verdict"], steady["runs"], steady["held"]) == ("A better", 3, 3)
    once = compare_models(table({"good": [good], "poor": [poor]}), photos(60), n_boot=999).iloc[0]
    assert (once["runs"], once["held"]) == (1, 1)


def test_a_difference_that_hangs_on_the_seed_is_no_verdict():
    """Each run alone is sure; their means are not, since the runs point both ways."""
    rng = np.random.default_rng(4)
    values = {"a": np.array([0.9, 0.5, 0.9]), "b": np.array([0.7])}
    draws = {name: value + rng.normal(0, 0.01, (2000, len(value))) for name, value in values.items()}
    (row,) = judge_runs(values, draws, [("a", "b")], 30, seed=0).to_dict("records")
    assert row["difference"] == pytest.approx(np.mean([0.9, 0.5, 0.9]) - 0.7)
    assert (row["verdict"], row["runs"], row["held"]) == ("not distinguishable", 3, 0)
    one = values | {"a": np.array([0.9] * 9 + [0.69])}  # a single run of ten points the other way
    draws["a"] = one["a"] + rng.normal(0, 0.01, (2000, 10))
    (row,) = judge_runs(one, draws, [("a", "b")], 30, seed=0).to_dict("records")
    assert row["p_adjusted"] < 0.05
    assert (row["verdict"], row["held"]) == ("not distinguishable", 1)  # that one alone cannot tell
    steady = values | {"a": np.array([0.9, 0.88, 0.9])}
    draws["a"] = steady["a"] + rng.normal(0, 0.01, (2000, 3))
    (row,) = judge_runs(steady, draws, [("a", "b")], 30, seed=0).to_dict("records")
    assert (row["verdict"], row["held"]) == ("A better", 3)


def test_area_under_each_run_is_one_statistic():
    truth = np.arange(10) % 2 == 0
    scores = np.random.default_rng(6).normal(size=(2, 10))
    values = each_run([auc_of(truth, score) for score in scores])(np.ones((3, 10)))
    assert values.shape == (3, 2)
    np.testing.assert_allclose(values, np.tile([auc(truth, score) for score in scores], (3, 1)))
