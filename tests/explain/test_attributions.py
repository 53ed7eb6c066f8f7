"""On linear networks every method has one right answer."""

from functools import partial

import pytest
import torch
from toys import SIZE, ConvModel, PatchModel, noise_pairs, patch_masks

from likeness.explain.attributions import blank_photo, grad_cam, integrated_gradients, map_methods
from likeness.explain.sides import SIDES, Pairs
from likeness.features.backbones import NoMap


def test_integrated_gradients_of_a_linear_network_is_weight_times_photo(black):
    model, pairs = PatchModel(), noise_pairs(3)
    maps = integrated_gradients(model, pairs, "left", steps=5)
    weight = model.linear.weight.reshape(3, 28, 28)
    torch.testing.assert_close(maps, (weight * pairs.left).sum(1).detach())
    assert (maps[~patch_masks(3)] == 0).all()


def test_integrated_gradients_add_up_for_both_photos():
    model, pairs = ConvModel().eval(), noise_pairs(2)
    for side in SIDES:
        maps = integrated_gradients(model, pairs, side, steps=25)
        blank = {"left": pairs.left, "right": pairs.right}
        blank[side] = blank_photo(blank[side])
        gap = model(pairs.left, pairs.right) - model(blank["left"], blank["right"])
        torch.testing.assert_close(maps.sum(dim=(1, 2)), gap.detach(), atol=1e-5, rtol=1e-4)


def test_grad_cam_equals_the_formula():
    model, pairs = ConvModel(), noise_pairs(9)  # more than a batch
    maps = grad_cam(model, pairs, "left", layer="conv")
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
    model = ConvModel()
    model.spare, model.encode_once = torch.nn.Identity(), model.encode
    with pytest.raises(ValueError, match="layer spare ran 0 times"):
        grad_cam(model, noise_pairs(1), "left", layer="spare")
    model.encode = lambda photo, pose: model.encode_once(photo + 0 * model.conv(photo).sum(), pose)
    with pytest.raises(ValueError, match="layer conv ran 2 times"):
        grad_cam(model, noise_pairs(1), "left", layer="conv")


def test_maps_of_pairs_called_different_speak_for_being_different(black):
    alike, unlike = (
        integrated_gradients(PatchModel(scale), noise_pairs(2), "left", steps=5) for scale in (0.02, -0.02)
    )
    torch.testing.assert_close(unlike, alike)


def test_pose_pictures_travel_along():
    pairs = noise_pairs(2)
    pairs = Pairs(pairs.left, pairs.right, torch.rand(2, 18, 8, 8), torch.rand(2, 18, 8, 8))
    assert integrated_gradients(ConvModel(), pairs, "left", steps=9).shape == (2, 28, 28)


def test_nothing_to_see_is_each_photos_mean_colour():
    photo = torch.tensor([[0.0, 1.0], [2.0, 3.0]]).reshape(1, 1, 2, 2).repeat(2, 3, 1, 1)
    photo[1] += 1
    assert blank_photo(photo).unique().tolist() == [1.5, 2.5]
    assert (blank_photo(photo)[0] == 1.5).all()


class Named(ConvModel):
    """ConvModel that names its layer, as the models of the studies do."""

    def grad_cam_layer(self, size: int) -> str:
        assert size == SIZE
        return "conv"


class Mapless(ConvModel):
    def grad_cam_layer(self, size: int) -> str:
        raise NoMap("swin keeps no map of the photo")

    def attention_layers(self, size: int) -> list[str]:
        raise NoMap("it attends to windows")


def test_the_two_methods_and_their_options():
    model, pairs = Named(), noise_pairs(2)
    methods, missing = map_methods(model, SIZE, 3)
    assert missing == {}
    expected = {
        "Integrated Gradients": partial(integrated_gradients, steps=3),
        "Grad-CAM": partial(grad_cam, layer="conv"),
    }
    assert list(methods) == list(expected)
    for name, method in expected.items():
        assert methods[name](model, pairs, "left").equal(method(model, pairs, "left"))


def test_a_network_without_a_map_is_said():
    methods, missing = map_methods(Mapless(), SIZE, 3)
    assert list(methods) == ["Integrated Gradients"]
    assert missing == {
        "Grad-CAM": "Grad-CAM is left out: swin keeps no map of the photo. Attention is left out: it attends to windows."
    }
