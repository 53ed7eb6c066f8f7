"""A map that never asks the model is found out; one that does is not."""

import numpy as np
import pytest
import torch
from torch import nn
from toys import PatchModel, edge_map, noise_pairs

from likeness.explain.attributions import integrated_gradients
from likeness.explain.randomisation import randomisation_correlation, randomised, rank_correlation


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
    assert np.abs(correlation(integrated_gradients)).max() < 0.3


def test_a_constant_map_is_no_evidence():
    maps = torch.stack([torch.arange(4.0).view(2, 2), torch.zeros(2, 2), torch.arange(4.0).view(2, 2)])
    seen = []

    def method(_):  # the first network's third map is constant, the second network's is the trained one's
        seen.append(len(seen))
        return torch.stack([maps[0].flip(0), maps[0], torch.ones(2, 2) if len(seen) == 1 else maps[2]])

    found = randomisation_correlation(method, nn.Linear(1, 1), maps, seeds=2)
    # 0 1 2 3 against 2 3 0 1: every rank is off by two, 1 - 6 * 16 / (4 * 15) = -0.6
    assert found.tolist() == pytest.approx([-0.6, np.nan, 1], nan_ok=True)
