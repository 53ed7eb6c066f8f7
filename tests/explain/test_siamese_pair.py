"""Our own networks, explained from photo to logit."""

from functools import partial

import pytest
import torch

from likeness.explain.attributions import both_sides, grad_cam, integrated_gradients
from likeness.explain.randomisation import randomised
from likeness.explain.siamese_pair import SiamesePair
from likeness.explain.sides import OneSide, Pairs, fixed_arguments
from likeness.features.backbones import load_backbone
from likeness.models.pose.siamese import PhotoPairModel, SiameseConfig, make_siamese


@pytest.fixture(params=["last", "full"])
def model(request):
    backbone = load_backbone("squeezenet1_0", "none")
    config = SiameseConfig("photo+heatmaps", request.param, "bce", feature_dim=backbone.dim, pose_size=16)
    net = make_siamese(config, None if request.param == "last" else backbone)
    return SiamesePair(PhotoPairModel(net, backbone if request.param == "last" else None))


@pytest.fixture
def pairs():
    generator = torch.Generator().manual_seed(0)
    photos = [torch.rand(2, 3, 96, 96, generator=generator) for _ in range(2)]
    return Pairs(*photos, *[torch.rand(2, 18, 16, 16, generator=generator) for _ in range(2)])


def test_the_logit_is_that_of_the_network(model, pairs):
    expected = model.pair(pairs.left, pairs.right, pairs.pose_left, pairs.pose_right)
    for side in ("left", "right"):
        found = OneSide(model, side)(pairs.photo(side), *fixed_arguments(model, pairs, side))
        torch.testing.assert_close(found, expected, atol=1e-5, rtol=1e-4)


def test_both_photos_get_maps(model, pairs):
    for method in (partial(integrated_gradients, steps=4), partial(grad_cam, layer=model.grad_cam_layer())):
        for maps in both_sides(method, model, pairs).values():
            assert maps.shape == (2, 96, 96)
            assert torch.isfinite(maps).all()
    assert integrated_gradients(model, pairs, "left", steps=4).abs().max() > 0


def test_random_copies_find_their_own_layer(model, pairs):
    layer = model.grad_cam_layer()
    trained = integrated_gradients(model, pairs, "left", steps=2)
    other = randomised(model, 1)
    assert grad_cam(other, pairs, "left", layer=layer).shape == (2, 96, 96)
    assert not torch.equal(integrated_gradients(other, pairs, "left", steps=2), trained)
