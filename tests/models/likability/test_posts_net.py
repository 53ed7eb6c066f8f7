import numpy as np
import pytest
import torch
from posts_samples import SIDE, sample_source
from sklearn.linear_model import LogisticRegression

from likeness.features.backbones import NoMap, save_weights
from likeness.models.likability.posts_net import (
    NETWORKS,
    RIDGE,
    GridPool,
    PostConfig,
    PostNet,
    load_post_net,
    make_post_net,
)

ALL = pytest.mark.parametrize("network", NETWORKS)


def make(network, seed=0, **changes):
    source = sample_source(network, **changes)
    return make_post_net(source.config, backbone=source.backbone, weights=source.weights, seed=seed).eval()


def inputs(net, posts=2):
    generator = torch.Generator().manual_seed(0)
    metadata = torch.rand(posts, net.config.metadata, generator=generator) if net.config.metadata else None
    return torch.rand(posts, 3, SIDE, SIDE, generator=generator), metadata


@ALL
def test_every_network_gives_one_logit_a_post_and_follows_photo_and_seed(network):
    net = make(network)
    photo, metadata = inputs(net)
    leaf = photo.clone().requires_grad_()
    logit = net(leaf, metadata)
    assert logit.shape == (2,)
    logit.sum().backward()
    assert leaf.grad.abs().max() > 0
    torch.manual_seed(9)  # the global generator has no say
    assert torch.equal(logit, make(network)(photo, metadata))
    assert not torch.equal(logit, make(network, seed=1)(photo, metadata))


@ALL
def test_grad_cam_finds_a_map_of_at_least_four_cells(network):
    net = make(network)
    maps = []
    net.trunk.target_layer(SIDE).register_forward_hook(lambda _m, _i, output: maps.append(output))
    net(*inputs(net))
    assert len(maps) == 1
    assert maps[0].ndim == 4
    assert min(maps[0].shape[2:]) >= 4


def test_a_tiny_photo_has_no_map():
    with pytest.raises(NoMap, match="a photo of 3 px leaves no map"):
        make("smallcnn").trunk.target_layer(3)


@ALL
def test_a_network_comes_back_and_its_bytes_repeat(network, tmp_path):
    net = make(network, seed=4)
    file = save_weights(net, tmp_path / "one", {"note": "é"})
    loaded, meta = load_post_net(file)
    assert meta == {"note": "é"}
    assert loaded.config == net.config
    assert not loaded.training
    assert torch.equal(loaded(*inputs(net)), net(*inputs(net)))
    assert save_weights(loaded, tmp_path / "two", meta).read_bytes() == file.read_bytes()


def test_metadata_are_standardised_but_a_constant_keeps_its_unit():
    net = make("fusion")
    metadata = torch.tensor([[1.0, 10, 7], [3, 30, 7]])
    net.begin(metadata, torch.tensor([True, False]))
    known = torch.tensor([[-1.0, -1, 0], [1, 1, 0]])
    torch.testing.assert_close(net.known(metadata), torch.cat([known, known**2], dim=1))
    torch.testing.assert_close(net.scale, torch.tensor([1.0, 10, 1]))


def test_the_fusion_begins_at_what_metadata_alone_can_tell():
    net = make("fusion")
    photo, metadata = inputs(net, posts=20)
    liked = metadata[:, 0] > metadata[:, 1]
    net.begin(metadata, liked)
    net.eval()
    z = (metadata - metadata.mean(0)) / metadata.std(0, correction=0)
    z = torch.cat([z, z**2], dim=1).double().numpy()
    expected = LogisticRegression(C=RIDGE, max_iter=5000).fit(z, liked.numpy()).decision_function(z)
    np.testing.assert_allclose(net(photo, metadata).detach().numpy(), expected, atol=1e-4)
    assert torch.equal(net(photo, metadata), net(photo.flip(0), metadata))  # the photo adds nothing yet


def test_the_fusion_uses_both_photo_and_metadata():
    net = make("fusion")
    photo, metadata = inputs(net)
    logit = net(photo, metadata)
    assert not torch.equal(logit, net(photo.flip(0), metadata))
    assert not torch.equal(logit, net(photo, metadata.flip(0)))
    with pytest.raises(ValueError, match="fusion needs the 3 numbers of each post"):
        net(photo)


def test_wrong_networks_are_refused():
    with pytest.raises(ValueError, match="network 'vgg': choose one of alexnet, backbone"):
        PostNet(PostConfig("vgg", 64))
    with pytest.raises(ValueError, match="a backbone goes with alexnet and backbone alone"):
        PostNet(PostConfig("alexnet", 64))
    with pytest.raises(ValueError, match="backbone alexnet does not take photos of image_size 32 px"):
        make("alexnet", side=32)


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (6, 6), (7, 9), (13, 13)])
def test_the_grid_pools_as_torch_does(shape):
    maps = torch.rand(2, 4, *shape, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(GridPool(6)(maps), torch.nn.AdaptiveAvgPool2d(6)(maps))
    assert not any(isinstance(module, torch.nn.AdaptiveAvgPool2d) for module in make("alexnet").modules())
