import pytest
import torch

from likeness.features.backbones import load_backbone
from likeness.models.pose.siamese import PoseStream, SiameseConfig, make_siamese


def rand(*shape, seed=0):
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed))


def config(**changes):
    values = {"stream": "photo+heatmaps", "tune": "last", "loss": "bce", "feature_dim": 8, "pose_size": 32}
    return SiameseConfig(**{**values, **changes})


@pytest.mark.parametrize("head", ["dense", "cosine"])
@pytest.mark.parametrize("loss", ["bce", "contrastive"])
@pytest.mark.parametrize("stream", ["photo", "photo+skeleton", "photo+heatmaps"])
def test_the_order_of_the_two_photos_does_not_matter(stream, loss, head):
    net = make_siamese(config(stream=stream, loss=loss, head=head)).eval()
    channels = {"photo+skeleton": 3, "photo+heatmaps": 18}.get(stream)
    photos = rand(2, 5, 8)
    poses = rand(2, 5, channels, 32, 32) if channels else (None, None)
    sides = [net.embed(photo, pose) for photo, pose in zip(photos, poses, strict=True)]
    logit = net.compare(*sides)
    assert logit.shape == (5,)
    torch.testing.assert_close(logit, net.compare(*sides[::-1]))
    assert logit.unique().numel() > 1


def test_embeddings_have_length_one_and_both_streams_half_of_it():
    net = make_siamese(config())
    embedding = net.embed(rand(3, 8), rand(3, 18, 32, 32)).unflatten(1, (2, -1))
    torch.testing.assert_close(embedding.square().sum(2), torch.full((3, 2), 0.5))


def test_the_cosine_head_weighs_one_cosine_per_stream():
    net = make_siamese(config(head="cosine"))
    a, b = net.embed(rand(4, 8), rand(4, 18, 32, 32)), net.embed(rand(4, 8, seed=1), rand(4, 18, 32, 32, seed=1))
    cosines = torch.stack([torch.cosine_similarity(a[:, i], b[:, i]) for i in (slice(64), slice(64, None))], dim=1)
    expected = cosines @ net.head[1].weight[0] + net.head[1].bias
    torch.testing.assert_close(net.compare(a, b), expected)


def test_a_metric_network_turns_distance_into_a_logit():
    net = make_siamese(config(stream="photo", loss="triplet"))
    net.platt.copy_(torch.tensor([-3.0, 2.0]))
    a, b = net.embed(rand(4, 8)), net.embed(rand(4, 8, seed=1))
    distance = torch.stack([torch.dist(x, y) for x, y in zip(a, b, strict=True)])
    torch.testing.assert_close(net.compare(a, b), 2 - 3 * distance)
    torch.testing.assert_close(net.similarity(a, b), -distance)


def test_standardised_features_have_mean_0_and_deviation_1():
    net = make_siamese(config(stream="photo"))
    features = rand(20, 8) * torch.arange(8)  # the first never varies
    net.standardise(features)
    scaled = (features - net.centre) / net.spread
    torch.testing.assert_close(scaled.mean(0), torch.zeros(8), atol=1e-5, rtol=0)
    torch.testing.assert_close(scaled.std(0, correction=0)[1:], torch.ones(7))
    assert torch.isfinite(net.embed(features)).all()


def test_new_weights_follow_the_seed():
    one, two, other = (make_siamese(config(), seed=seed).state_dict() for seed in (1, 1, 2))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["photo_project.weight"], other["photo_project.weight"])


def test_a_fully_tuned_network_begins_as_one_on_its_backbones_features():
    backbone = load_backbone("squeezenet1_1", "none")
    last, full = (
        make_siamese(config(stream="photo", feature_dim=512)),
        make_siamese(config(stream="photo", tune="full", feature_dim=0), backbone),
    )
    photos = rand(2, 3, 64, 64)
    with torch.no_grad():
        torch.testing.assert_close(full.eval().embed(photos), last.embed(backbone(backbone.normalise(photos))))
    leaf = photos.clone().requires_grad_()
    full.compare(*full.embed(leaf).chunk(2)).sum().backward()
    assert leaf.grad.abs().max() > 0


def test_wrong_variants_are_refused():
    with pytest.raises(ValueError, match="tune 'all' is unknown; choose one of last, full"):
        config(tune="all")
    with pytest.raises(ValueError, match="if and only if it is to be tuned"):
        make_siamese(config(tune="full"))
    net = make_siamese(config())
    with pytest.raises(ValueError, match="pose pictures missing"):
        net.embed(rand(2, 8))
    with pytest.raises(ValueError, match="pose pictures given"):
        make_siamese(config(stream="photo")).embed(rand(2, 8), rand(2, 3, 32, 32))


def test_an_embedding_does_not_depend_on_the_batch():
    torch.manual_seed(0)
    stream = PoseStream(18, 32, 5).train()
    pose = torch.rand(4, 18, 32, 32)
    assert stream(pose).shape == (4, 5)
    torch.testing.assert_close(stream(pose)[2], stream(pose[2:3])[0])


def test_where_the_limb_is_matters():
    torch.manual_seed(0)
    stream = PoseStream(3, 32, 5)
    pose = torch.zeros(2, 3, 32, 32)
    pose[0, :, 4:8, 4:8] = 1
    pose[1, :, 20:24, 20:24] = 1  # the same shape, moved by a multiple of the stride
    first, second = stream(pose)
    assert (first - second).abs().max() > 1e-3


def test_a_size_that_the_strides_do_not_divide_is_refused():
    with pytest.raises(ValueError, match="pose_size 40 must be a multiple of 16"):
        PoseStream(3, 40, 5)
