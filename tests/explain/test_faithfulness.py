"""Insertion and deletion on a network that looks at one patch."""

import numpy as np
import pytest
import torch
from toys import PatchModel, noise_pairs, patch_masks

from likeness.explain.faithfulness import _states, cell_order, insertion_deletion


def test_cells_in_the_order_of_the_map():
    heat = torch.tensor([[0.0, 0, 3, 3], [0, 0, 3, 3], [1, 1, 0, 0], [1, 1, 0, 0]])
    assert cell_order(heat, 2).tolist() == [1, 2, 0, 3]


def test_states_go_from_nothing_to_everything():
    states = _states(torch.tensor([1, 2, 0, 3]), 2, 4, (4, 6))
    assert states.sum(dim=(1, 2, 3)).tolist() == [0, 6, 12, 18, 24]
    assert states[1, 0, :2, 3:].all()


def test_true_map_beats_random_and_reversed_map_loses():
    model, pairs = PatchModel(), noise_pairs(4)
    right = insertion_deletion(model, pairs, "left", patch_masks(4).float(), baseline=0.0)
    wrong = insertion_deletion(model, pairs, "left", -patch_masks(4).float(), baseline=0.0)
    assert (right["insertion"] > right["insertion_random"]).all()
    assert (right["deletion"] < right["deletion_random"]).all()
    assert (wrong["insertion"] < wrong["insertion_random"]).all()
    assert (wrong["deletion"] > wrong["deletion_random"]).all()


def test_area_of_a_network_that_ignores_the_photo():
    areas = insertion_deletion(PatchModel(scale=0.0), noise_pairs(2), "right", patch_masks(2).float())
    for area in areas.values():
        np.testing.assert_allclose(area, 0.5)


def test_area_by_hand():
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
    areas = insertion_deletion(model, pairs, "left", heat, cells=2, steps=4, baseline=0.0)
    assert areas["insertion"][0] == pytest.approx((before / 2 + after * 3.5) / 4, abs=1e-6)
    assert areas["deletion"][0] == pytest.approx((after / 2 + before * 3.5) / 4, abs=1e-6)


def test_pairs_called_different_are_scored_for_being_different():
    areas = insertion_deletion(PatchModel(scale=-0.02), noise_pairs(2), "left", patch_masks(2).float(), baseline=0.0)
    assert (areas["insertion"] > areas["insertion_random"]).all()


def test_same_seed_same_areas():
    one, two = (insertion_deletion(PatchModel(), noise_pairs(2), "left", patch_masks(2).float()) for _ in range(2))
    for name in one:
        np.testing.assert_array_equal(one[name], two[name])
