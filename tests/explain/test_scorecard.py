"""Known good and known bad maps get the right verdict, in words."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from toys import PatchModel, edge_map, noise_pairs, patch_masks

from likeness.explain.attributions import integrated_gradients
from likeness.explain.scorecard import Scorecard, described_pointing, scorecard

GRADIENTS = partial(integrated_gradients, steps=3)
EFFORT = {"masks": None, "seeds": 1, "random_pairs": 9, "n_boot": 20, "seed": 0}


@pytest.fixture(scope="module")
def card():
    masks = {"left": patch_masks(8).numpy(), "right": patch_masks(8).numpy()}
    methods = {"gradients": GRADIENTS, "edges": edge_map, "backwards": lambda *a: -GRADIENTS(*a)}
    effort = EFFORT | {"masks": masks, "seeds": 2, "random_pairs": 4, "n_boot": 200}
    with pytest.MonkeyPatch.context() as patch:
        for module in ("attributions", "map_tests"):
            patch.setattr(f"likeness.explain.{module}.blank_photo", torch.zeros_like)
        return scorecard(PatchModel(), noise_pairs(8), methods, clusters=range(8), **effort)


def result(card, method, test):
    return card.table[(card.table["method"] == method) & (card.table["test"] == test)].iloc[0]


def test_the_true_map_passes_every_test(card):
    for test in ("insertion", "deletion", "pointing", "randomisation"):
        assert result(card, "gradients", test)["passed"] is True, test
    assert card.warnings["gradients"] is None
    pointing = result(card, "gradients", "pointing")
    assert (pointing["value"], pointing["n"]) == (1, 16)
    assert pointing["chance"] == pytest.approx(64 / 28**2)
    assert result(card, "gradients", "mass inside")["value"] == pytest.approx(1)


def test_an_edge_detector_is_found_out(card):
    row = result(card, "edges", "randomisation")
    assert row["passed"] is False
    assert row["value"] == pytest.approx(1)
    assert row["n"] == 8  # two sides of four pairs
    assert "it shows the photo, not the model" in card.warnings["edges"]


def test_a_backwards_map_is_found_out(card):
    assert result(card, "backwards", "insertion")["passed"] is False
    assert result(card, "backwards", "deletion")["gain_high"] < 0
    assert result(card, "backwards", "pointing")["passed"] is False
    assert "no faster than a random order" in card.warning


def test_maps_are_handed_on(card):
    assert card.maps["edges"]["right"].shape == (8, 28, 28)


def test_no_masks_no_pointing_game():
    pairs, methods = noise_pairs(2), {"gradients": GRADIENTS}
    found = scorecard(PatchModel(), pairs, methods, clusters=range(2), **EFFORT)
    assert found.table["test"].tolist() == ["insertion", "deletion", "randomisation"]
    nobody = np.zeros((2, 28, 28), dtype=bool)
    given = EFFORT | {"masks": {"left": nobody, "right": nobody}}
    empty = scorecard(PatchModel(), pairs, methods, clusters=range(2), **given)
    pd.testing.assert_frame_equal(found.table, empty.table)


def test_one_cluster_is_too_little_for_a_verdict():
    found = scorecard(PatchModel(), noise_pairs(2), {"gradients": GRADIENTS}, clusters=["a", "a"], **EFFORT)
    assert found.table["passed"].tolist() == [None, None, True]
    assert found.warning == "gradients: read these maps with care: 1 independent pairs are too few to test them."
    with pytest.raises(ValueError, match="1 clusters for 2 pairs"):
        scorecard(PatchModel(), noise_pairs(2), {}, clusters=["a"], **EFFORT)


def flat(_, pairs, side):
    return torch.zeros(len(pairs), 28, 28)


def test_constant_maps_have_no_verdict_and_a_word():
    found = scorecard(PatchModel(), noise_pairs(3), {"flat": flat}, clusters=range(3), **EFFORT)
    row = result(found, "flat", "randomisation")
    assert np.isnan(row["value"])
    assert (row["n"], row["passed"]) == (0, None)
    assert "its maps are constant" in found.warning


def test_the_whole_interval_must_lie_below_the_limit(black, monkeypatch):
    monkeypatch.setattr("likeness.explain.scorecard.LIMIT", 0.25)
    first = noise_pairs(4).left[0]

    def half_edges(model, pairs, side):  # a map of the photo for one pair, of the model for the others
        own = (pairs.photo(side) == first).flatten(1).all(1)
        gradients = GRADIENTS(model, pairs, side)
        return torch.where(own[:, None, None], edge_map(model, pairs, side), gradients)

    effort = EFFORT | {"seeds": 2, "n_boot": 200}
    found = scorecard(PatchModel(), noise_pairs(4), {"mixed": half_edges}, clusters=range(4), **effort)
    row = result(found, "mixed", "randomisation")
    assert row["value"] < 0.25 < row["high"]
    assert not row["passed"]
    assert "it shows the photo, not the model" in found.warning


def test_twice_the_same(card, black):
    torch.testing.assert_close(card.maps["gradients"]["left"], GRADIENTS(PatchModel(), noise_pairs(8), "left"))


def test_the_pointing_game_becomes_a_description():
    tests = ["insertion", "pointing", "mass inside", "randomisation"]
    table = pd.DataFrame({"method": "m", "test": tests, "n": 4, "passed": [True, False, None, False]})
    card = Scorecard(table, {"m": "m: it misses the masked region", "Grad-CAM": "left out."}, {}, 4)
    found = described_pointing(card)
    assert found.table["test"].tolist() == ["insertion", "pointing, faces", "mass inside, faces", "randomisation"]
    assert found.table["passed"].tolist() == [True, None, None, False]
    assert list(found.warnings) == ["m", "Grad-CAM"]
    assert "region" not in found.warnings["m"]
    assert "random" in found.warnings["m"]
    assert card.table["test"].tolist() == tests
