"""Insertion and deletion, the pointing game and the randomisation test, on maps whose answer is known."""

from functools import partial

import numpy as np
import pytest
import torch
from torch import nn
from toys import PatchModel, edge_map, noise_pairs, patch_masks

from likeness.explain.attributions import integrated_gradients
from likeness.explain.map_tests import (
    _states,
    cell_order,
    insertion_deletion,
    mask_shares,
    mass_inside,
    pointing_hits,
    randomisation_correlation,
    randomised,
    rank_correlation,
)

EFFORT = {"cells": 14, "steps": 14}
MASKS = np.array([[[1, 0], [0, 0]]] * 4 + [[[0, 0], [0, 0]]], dtype=bool)
MAPS = torch.tensor([[[3.0, 1], [0, 0]], [[1, 3], [0, -4]], [[2, 2], [0, 0]], [[0, 0], [0, 0]], [[1, 0], [0, 0]]])


def test_cells_in_the_order_of_the_map():
    heat = torch.tensor([[0.0, 0, 3, 3], [0, 0, 3, 3], [1, 1, 0, 0], [1, 1, 0, 0]])
    assert cell_order(heat, 2).tolist() == [1, 2, 0, 3]


def test_states_go_from_nothing_to_everything():
    states = _states(torch.tensor([1, 2, 0, 3]), 2, 4, (4, 6))
    assert states.sum(dim=(1, 2, 3)).tolist() == [0, 6, 12, 18, 24]
    assert states[1, 0, :2, 3:].all()


def test_true_map_beats_random_and_reversed_map_loses(black):
    model, pairs = PatchModel(), noise_pairs(4)
    right = insertion_deletion(model, pairs, "left", patch_masks(4).float(), **EFFORT)
    wrong = insertion_deletion(model, pairs, "left", -patch_masks(4).float(), **EFFORT)
    assert (right["insertion"] > right["insertion_random"]).all()
    assert (right["deletion"] < right["deletion_random"]).all()
    assert (wrong["insertion"] < wrong["insertion_random"]).all()
    assert (wrong["deletion"] > wrong["deletion_random"]).all()


def test_area_of_a_network_that_ignores_the_photo():
    areas = insertion_deletion(PatchModel(scale=0.0), noise_pairs(2), "right", patch_masks(2).float(), **EFFORT)
    for area in areas.values():
        np.testing.assert_allclose(area, 0.5)


def test_area_by_hand(black):
    """One cell in four carries the logit: sigmoid(0) before it is uncovered, sigmoid(z) after."""
    model, pairs = PatchModel(), noise_pairs(1)
    model.linear.weight.data = torch.zeros(3, 28, 28).index_fill_(1, torch.arange(14), 0.0).reshape(1, -1)
    model.linear.weight.data.view(3, 28, 28)[:, :14, :14] = 0.01
    model.requires_grad_(False)
    other = model.encode(pairs.right)
    logit = float(model.encode(pairs.left) + other)
    before, after = 1 / (1 + np.exp(-float(other))), 1 / (1 + np.exp(-logit))
    heat = torch.zeros(1, 28, 28)
    heat[:, :14, :14] = 1
    areas = insertion_deletion(model, pairs, "left", heat, cells=2, steps=4)
    assert areas["insertion"][0] == pytest.approx((before / 2 + after * 3.5) / 4, abs=1e-6)
    assert areas["deletion"][0] == pytest.approx((after / 2 + before * 3.5) / 4, abs=1e-6)


def test_pairs_called_different_are_scored_for_being_different(black):
    areas = insertion_deletion(PatchModel(scale=-0.02), noise_pairs(2), "left", patch_masks(2).float(), **EFFORT)
    assert (areas["insertion"] > areas["insertion_random"]).all()


def test_same_seed_same_areas():
    one, two = (
        insertion_deletion(PatchModel(), noise_pairs(2), "left", patch_masks(2).float(), **EFFORT) for _ in range(2)
    )
    for name in one:
        np.testing.assert_array_equal(one[name], two[name])


def test_hits_by_hand():
    np.testing.assert_array_equal(pointing_hits(MAPS, MASKS), [1, 0, 0.5, 0, np.nan])


def test_mass_by_hand():
    np.testing.assert_array_equal(mass_inside(MAPS, MASKS), [0.75, 0.25, 0.5, 0, np.nan])


def test_chance_is_the_share_of_the_mask():
    assert mask_shares(MASKS).tolist() == [0.25] * 4 + [0]
    rng = np.random.default_rng(0)
    masks = np.zeros((2000, 5, 5), dtype=bool)
    masks[:, :2, :3] = True
    assert pointing_hits(torch.from_numpy(rng.random((2000, 5, 5))), masks).mean() == pytest.approx(6 / 25, abs=0.03)


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="maps have shape"):
        pointing_hits(MAPS[:2], MASKS)


class Loose(nn.Module):
    """A parameter that belongs to no standard layer."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.arange(5.0))
        self.single = nn.Parameter(torch.tensor([2.0]))
        self.norm = nn.BatchNorm1d(3)


def test_all_weights_change_and_the_original_stays():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), Loose())
    model[1].norm.running_mean += 5
    before = {name: value.clone() for name, value in model.state_dict().items()}
    state = torch.get_rng_state()
    other = randomised(model, 0)
    assert torch.equal(torch.get_rng_state(), state)
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name])
    for name in ("0.weight", "0.bias", "1.scale", "1.single", "1.norm.running_mean"):
        assert not torch.equal(other.state_dict()[name], before[name]), name
    again, third = randomised(model, 0), randomised(model, 1)
    assert torch.equal(again[0].weight, other[0].weight)
    assert not torch.equal(third[0].weight, other[0].weight)


def test_rank_correlation_by_hand():
    one = torch.tensor([[[1.0, -2], [3, 4]], [[1, 2], [3, 4]], [[0, 0], [0, 0]]])
    two = torch.tensor([[[2.0, 4], [-6, 8]], [[4, 3], [2, 1]], [[1, 2], [3, 4]]])
    assert rank_correlation(one, two).tolist() == pytest.approx([1, -1, np.nan], nan_ok=True)
    with pytest.raises(ValueError, match="maps have shape"):
        rank_correlation(one, two[:1])


def test_edges_fail_and_gradients_pass():
    model, pairs = PatchModel(), noise_pairs(2)

    def correlation(method):
        return randomisation_correlation(lambda m: method(m, pairs, "left"), model, method(model, pairs, "left"), 2)

    np.testing.assert_allclose(correlation(edge_map), 1)
    assert np.abs(correlation(partial(integrated_gradients, steps=25))).max() < 0.3


def test_a_constant_map_is_no_evidence():
    maps = torch.stack([torch.arange(4.0).view(2, 2), torch.zeros(2, 2), torch.arange(4.0).view(2, 2)])
    seen = []

    def method(_):  # the first network's third map is constant, the second network's is the trained one's
        seen.append(len(seen))
        return torch.stack([maps[0].flip(0), maps[0], torch.ones(2, 2) if len(seen) == 1 else maps[2]])

    found = randomisation_correlation(method, nn.Linear(1, 1), maps, seeds=2)
    # 0 1 2 3 against 2 3 0 1: every rank is off by two, 1 - 6 * 16 / (4 * 15) = -0.6
    assert found.tolist() == pytest.approx([-0.6, np.nan, 1], nan_ok=True)
