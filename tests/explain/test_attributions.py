"""On linear networks every method has one right answer."""

import pytest
import torch
from toys import ConvModel, PatchModel, noise_pairs, patch_masks

from likeness.explain.attributions import baseline_photo, both_sides, grad_cam, integrated_gradients, occlusion
from likeness.explain.sides import ForwardModel, Pairs


def test_integrated_gradients_of_a_linear_network_is_weight_times_photo():
    model, pairs = PatchModel(), noise_pairs(3)
    maps = integrated_gradients(model, pairs, "left", steps=5, baseline=0.0)
    weight = model.linear.weight.reshape(3, 28, 28)
    torch.testing.assert_close(maps, (weight * pairs.left).sum(1).detach())
    assert (maps[~patch_masks(3)] == 0).all()


def test_integrated_gradients_add_up_for_both_photos():
    model, pairs = ConvModel().eval(), noise_pairs(2)
    for side, maps in both_sides(integrated_gradients, model, pairs).items():
        blank = {"left": pairs.left, "right": pairs.right}
        blank[side] = baseline_photo(blank[side], "mean")
        gap = model(pairs.left, pairs.right) - model(blank["left"], blank["right"])
        torch.testing.assert_close(maps.sum(dim=(1, 2)), gap.detach(), atol=1e-5, rtol=1e-4)


def test_a_bare_forward_gives_the_same_map():
    model, pairs = ConvModel().eval(), noise_pairs(2)
    torch.testing.assert_close(
        integrated_gradients(ForwardModel(model), pairs, "right"), integrated_gradients(model, pairs, "right")
    )


def test_grad_cam_equals_the_formula():
    model, pairs = ConvModel(), noise_pairs(3)
    maps = grad_cam(model, pairs, "left", layer="conv", batch=2)
    model.eval()
    features, right = model.conv(pairs.left), model.encode(pairs.right)[0]
    weight = right / features[0, 0].numel()  # d logit / d features, the same everywhere
    expected = torch.relu((features * weight[:, :, None, None]).sum(1, keepdim=True))
    expected = torch.nn.functional.interpolate(expected, (28, 28), mode="bilinear")[:, 0]
    torch.testing.assert_close(maps, expected.detach())


def test_grad_cam_works_on_a_frozen_network_in_training_mode():
    model = ConvModel().requires_grad_(False).train()
    one, two = (grad_cam(model, noise_pairs(2), "right", layer="conv") for _ in range(2))
    torch.testing.assert_close(one, two)  # no dropout
    assert one.max() > 0
    assert model.training


def test_grad_cam_refuses_a_layer_that_runs_twice_or_never():
    with pytest.raises(ValueError, match=r"layer network.conv ran 2 times"):
        grad_cam(ForwardModel(ConvModel()), noise_pairs(1), "left", layer="network.conv")
    model = ConvModel()
    model.spare = torch.nn.Identity()
    with pytest.raises(ValueError, match="layer spare ran 0 times"):
        grad_cam(model, noise_pairs(1), "left", layer="spare")


def test_occlusion_of_a_linear_network_is_the_sum_under_the_window():
    model, pairs = PatchModel(), noise_pairs(1)
    maps = occlusion(model, pairs, "left", window=4, stride=4, baseline=0.0)
    exact = integrated_gradients(model, pairs, "left", steps=5, baseline=0.0)
    sums = torch.nn.functional.avg_pool2d(exact, 4) * 16
    torch.testing.assert_close(maps, sums.repeat_interleave(4, 1).repeat_interleave(4, 2), atol=1e-5, rtol=1e-4)


def test_toward_the_decision_turns_maps_of_different_pairs():
    model, pairs = PatchModel(scale=-0.02), noise_pairs(2)
    same = integrated_gradients(model, pairs, "left", baseline=0.0)
    decision = integrated_gradients(model, pairs, "left", baseline=0.0, toward="decision")
    torch.testing.assert_close(decision, -same)


def test_pose_pictures_travel_along():
    pairs = noise_pairs(2)
    pairs = Pairs(pairs.left, pairs.right, torch.rand(2, 18, 8, 8), torch.rand(2, 18, 8, 8))
    assert integrated_gradients(ConvModel(), pairs, "left", steps=9).shape == (2, 28, 28)


def test_baselines_by_hand():
    photo = torch.tensor([[0.0, 1.0], [2.0, 3.0]]).reshape(1, 1, 2, 2).repeat(1, 3, 1, 1)
    assert (baseline_photo(photo, "mean") == 1.5).all()
    assert baseline_photo(photo, (0.1, 0.2, 0.3))[0, :, 1, 1].tolist() == pytest.approx([0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="baseline is 'black'"):
        baseline_photo(photo, "black")
