"""Planted weights are found again, up to one scale."""

import numpy as np
import pandas as pd
import pytest

from likeness.compare.effects import agreement, recovered_effects

PLANTED = {"close_up": 0.5, "meme": -0.7, "hour": 0.01, "never": 3.0}


@pytest.fixture
def factors() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    ids = [f"p{n}" for n in range(120)]
    kind = rng.integers(0, 3, 120)
    return pd.DataFrame(
        {"close_up": kind == 0, "meme": kind == 1, "hour": rng.integers(0, 24, 120), "never": False}, index=ids
    ).astype(float)


def clusters(factors: pd.DataFrame) -> pd.Series:
    return pd.Series([f"u{n % 15}" for n in range(len(factors))], index=factors.index)


def logit(factors: pd.DataFrame, scale: float, noise: float = 0.0) -> pd.Series:
    value = sum(weight * factors[effect] for effect, weight in PLANTED.items())
    return 7 + scale * value + np.random.default_rng(1).normal(0, noise, len(factors))


@pytest.mark.parametrize("scale", [0.01, 1, 50])
def test_a_perfect_model_is_recovered_whatever_its_scale(factors, scale):
    table = recovered_effects(factors, PLANTED, logit(factors, scale)[::-1], clusters(factors), n_boot=50)
    known = table[table["effect"] != "never"]
    spread = factors[known["effect"]].std(ddof=0).to_numpy()
    np.testing.assert_allclose(known["planted"], [PLANTED[effect] for effect in known["effect"]] * spread)
    np.testing.assert_allclose(known["recovered"], known["planted"], atol=1e-9)
    assert known["planted"].is_monotonic_decreasing
    constant = table[table["effect"] == "never"].iloc[0]
    assert constant["planted"] == 0
    assert np.isnan(constant[["recovered", "low", "high"]].astype(float)).all()
    assert agreement(table) == (1, pytest.approx(1), 3)


def test_a_model_that_is_upside_down_is_not_turned_round(factors):
    table = recovered_effects(factors, PLANTED, logit(factors, -1), clusters(factors), n_boot=50)
    assert agreement(table).signs == 0
    assert agreement(table).ranks == pytest.approx(-1)


def test_noise_spreads_the_intervals(factors):
    wide, narrow = (
        recovered_effects(factors, PLANTED, logit(factors, 1, noise), clusters(factors), n_boot=200).set_index("effect")
        for noise in (0.5, 0.1)
    )
    spread = [(table["high"] - table["low"])["close_up"] for table in (wide, narrow)]
    assert spread[0] > 2 * spread[1] > 0
    row = narrow.loc["meme"]
    assert row["low"] < row["planted"] < row["high"]


def test_the_regression_is_that_of_least_squares(factors):
    value, used = logit(factors, 1, 0.5), ["close_up", "meme", "hour"]
    table = recovered_effects(factors, PLANTED, value, clusters(factors), n_boot=10).set_index("effect")
    design = np.column_stack([np.ones(len(factors)), factors[used]])
    weights = np.linalg.lstsq(design, value, rcond=None)[0][1:] * factors[used].std(ddof=0)
    found = table.loc[used, "recovered"]
    np.testing.assert_allclose(found / found["close_up"], weights / weights["close_up"])
    np.testing.assert_allclose((found**2).sum(), (table.loc[used, "planted"] ** 2).sum())


def test_a_constant_answer_recovers_nothing(factors):
    table = recovered_effects(factors, PLANTED, logit(factors, 0), clusters(factors), n_boot=10)
    assert table["recovered"].isna().all()
    assert agreement(table).n == 0


def test_one_user_gives_no_interval(factors):
    one = pd.Series("u", index=factors.index)
    table = recovered_effects(factors, PLANTED, logit(factors, 1), one, n_boot=10)
    assert table["low"].isna().all()
    assert table["recovered"].notna().sum() == 3


def test_what_is_missing_is_named(factors):
    with pytest.raises(ValueError, match="effect 'never' is not among the factors"):
        recovered_effects(factors.drop(columns="never"), PLANTED, logit(factors, 1), clusters(factors))
    with pytest.raises(ValueError, match=r"post p3 has no logit \(1 such posts\)"):
        recovered_effects(factors, PLANTED, logit(factors, 1).drop("p3"), clusters(factors))
