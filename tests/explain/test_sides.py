"""The logit as a function of one photo, the other held fixed."""

import pytest
import torch
from torch import nn
from toys import ConvModel, noise_pairs

from likeness.explain.sides import OneSide, Pairs, evaluating, fixed_arguments, layer_name


def test_one_side_gives_the_logit_of_the_pair():
    model, pairs = ConvModel().eval(), noise_pairs(3)
    pairs = Pairs(pairs.left, pairs.right, torch.ones(3, 1, 2, 2), torch.zeros(3, 1, 2, 2))
    whole = model(pairs.left, pairs.right) + 1
    for side in ("left", "right"):
        found = OneSide(model, side)(pairs.photo(side), *fixed_arguments(model, pairs, side))
        torch.testing.assert_close(found, whole)


def test_decision_turns_the_sign_of_pairs_called_different():
    model, pairs = ConvModel().eval(), noise_pairs(2)
    poses = torch.zeros(2, 1, 2, 2)
    poses[0] = 9  # right pose counts against the same
    pairs = Pairs(pairs.left, pairs.right, torch.zeros(2, 1, 2, 2), poses)
    _, sign, *_ = fixed_arguments(model, pairs, "left")
    assert sign.tolist() == [-1, 1]


def test_modes_come_back_as_they_were():
    model = nn.Sequential(nn.Dropout(), nn.Linear(1, 1))
    model[1].eval()
    with evaluating(model):
        assert not model[0].training
    assert model[0].training
    assert not model[1].training


def test_layers_are_found_by_name():
    model = ConvModel()
    assert layer_name(model, model.conv) == "conv"
    with pytest.raises(ValueError, match="Linear is not a part of ConvModel"):
        layer_name(model, nn.Linear(1, 1))


def test_pairs_must_fit():
    with pytest.raises(ValueError, match=r"need \(n, 3, h, w\)"):
        Pairs(torch.zeros(1, 3, 4, 4), torch.zeros(2, 3, 4, 4))
    with pytest.raises(ValueError, match="of both photos or of neither"):
        Pairs(torch.zeros(1, 3, 4, 4), torch.zeros(1, 3, 4, 4), torch.zeros(1, 1, 2, 2))
    with pytest.raises(ValueError, match="side is 'top'"):
        noise_pairs(1).photo("top")


def test_compare_must_give_one_logit_per_pair():
    model = ConvModel().eval()
    model.compare = lambda left, right: left[0]
    with pytest.raises(ValueError, match=r"compare returned shape \(2, 2\) for 2 pairs"):
        OneSide(model, "left")(noise_pairs(2).left, None, torch.ones(2), torch.ones(2, 2), torch.ones(2))
