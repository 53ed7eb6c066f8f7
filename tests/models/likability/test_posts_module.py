import math

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from posts_samples import sample_arrays, sample_posts, sample_source

from likeness.models.likability.posts_module import (
    LOSSES,
    PostBatches,
    PostModule,
    PostPlan,
    batch_of,
    cosine_loss,
    cross_entropy_loss,
    post_arrays,
    post_logits,
    ranking_loss,
)
from likeness.models.likability.posts_net import make_post_net

POSTS = np.arange(12)[:, None]
PAIRS = np.array([[0, 1], [2, 3], [4, 7], [9, 6]])  # the last one in the wrong order

LOGIT = torch.tensor([0.0, 2.0, -1.0, 3.0])
LIKED = torch.tensor([True, False, False, True])


def make(tmp_path, network="smallcnn", examples=POSTS, loss="cross_entropy", **plan):
    source = sample_source(network, side=8, loss=loss)
    net = make_post_net(source.config, backbone="", weights="none", seed=2)
    arrays = sample_arrays(sample_posts(), side=8)
    return PostModule(net, arrays, examples, examples, PostPlan(**plan), tmp_path / "last.ckpt")


@pytest.fixture
def pictured(tmp_path):
    """Three posts of two photos, half red and half blue, of unlike sizes."""
    for name, size in (("x", (80, 40)), ("y", (40, 90))):
        image = np.zeros((size[1], size[0], 3), np.uint8)
        image[:, : size[0] // 2, 0] = image[:, size[0] // 2 :, 2] = 200 if name == "x" else 100
        Image.fromarray(image).save(tmp_path / f"{name}.png")
    photos = pd.DataFrame({"photo_id": ["idx", "idy"], "path": ["x.png", "y.png"], "sha256": ["1", "2"]})
    posts = pd.DataFrame({"post_id": ["a", "b", "c"], "photo_id": ["idy", "idx", "idy"], "liked": [True, False, True]})
    return posts, photos, tmp_path


def test_arrays_hold_one_square_photo_a_post_in_their_order(pictured):
    arrays = post_arrays(*pictured, 8)
    assert (arrays.photos.shape, arrays.photos.dtype) == ((3, 3, 8, 8), np.uint8)
    assert arrays.photos[:, 0, 4, 0].tolist() == [100, 200, 100]  # red, at the left
    assert arrays.photos[:, 2, 4, 7].tolist() == [100, 200, 100]  # blue, at the right
    assert arrays.photos[:, 1].max() == 0
    assert arrays.liked.tolist() == [True, False, True]
    assert arrays.metadata is None
    known = post_arrays(*pictured, 8, np.arange(6.0).reshape(3, 2)).metadata
    assert (known.dtype, known.tolist()) == (np.float32, [[0, 1], [2, 3], [4, 5]])


def test_a_post_without_a_photo_is_refused_by_name(pictured):
    posts, photos, root = pictured
    posts.loc[1, "photo_id"] = ""
    with pytest.raises(ValueError, match="post b has no photo; leave it out"):
        post_arrays(posts, photos, root, 8)


def test_a_missing_number_is_refused_by_name(pictured):
    metadata = np.array([[0, 1], [2, np.nan], [4, 5]])
    with pytest.raises(ValueError, match="post b: number 1 of its metadata is nan; fill it in"):
        post_arrays(*pictured, 8, metadata)


def batches(augment=False, examples=None, **changes):
    arrays = sample_arrays(sample_posts(), side=8, metadata=True)
    examples = np.arange(21)[:, None] if examples is None else examples
    settings = {"batch_size": 4, "seed": 3, "epoch": 2, **changes}
    return arrays, PostBatches(arrays, examples, augment=augment, **settings)


def test_a_batch_holds_what_the_arrays_hold():
    arrays, found = batches()
    batch, rows = found[1], found.parts[1]
    np.testing.assert_allclose(batch.photo.numpy() * 255, arrays.photos[rows], atol=1e-4)
    np.testing.assert_array_equal(batch.metadata.numpy(), arrays.metadata[rows])
    assert batch.liked.tolist() == arrays.liked[rows].tolist()


def test_photos_are_altered_anew_each_epoch():
    first, again, later = (batches(augment=True, epoch=epoch)[1][0].photo for epoch in (2, 2, 3))
    assert torch.equal(first, again)
    assert not torch.equal(first, later)


def test_winners_come_first_and_their_losers_in_the_same_order():
    examples = np.array([[0, 1], [2, 3], [4, 5], [6, 7]])
    arrays, found = batches(examples=examples)
    (part,) = found.parts
    rows = np.concatenate([examples[part, 0], examples[part, 1]])
    np.testing.assert_allclose(found[0].photo.numpy() * 255, arrays.photos[rows], atol=1e-4)


def test_mirrored_posts_are_turned_and_the_others_are_not():
    arrays, _ = batches()
    batch = batch_of(arrays, np.array([0, 1]), np.array([True, False]))
    np.testing.assert_allclose(batch.photo[0].numpy() * 255, arrays.photos[0][..., ::-1], atol=1e-4)
    np.testing.assert_allclose(batch.photo[1].numpy() * 255, arrays.photos[1], atol=1e-4)


@pytest.mark.parametrize(("name", "loss"), LOSSES.items())
def test_posts_are_validated_at_one_half(tmp_path, name, loss):
    module = make(tmp_path, loss=name)
    logit = post_logits(module.net, module.arrays, POSTS[:, 0])
    liked = torch.from_numpy(module.arrays.liked[:12])
    found = module.validate()
    assert found["val_loss"] == pytest.approx(loss(logit, liked).item())
    assert found["val_accuracy"] == pytest.approx(np.mean((logit > 0).numpy() == liked.numpy()))
    assert module.net.training


def test_pairs_are_validated_by_their_order(tmp_path):
    module = make(tmp_path, "ranker", PAIRS)
    score = post_logits(module.net, module.arrays, np.arange(10)).numpy()
    ahead = score[PAIRS[:, 0]] - score[PAIRS[:, 1]]
    found = module.validate()
    assert found["val_loss"] == pytest.approx(np.log1p(np.exp(-ahead)).mean(), abs=1e-6)
    assert found["val_accuracy"] == (ahead > 0).mean()


def test_the_loss_of_a_batch_is_the_mean_over_its_posts_or_pairs(tmp_path):
    module = make(tmp_path, augment=False, batch_size=99)
    module.net.eval()
    loss, count = module.batch_loss(module.batches(0)[0])
    assert count == 12
    assert loss.item() == pytest.approx(module.validate()["val_loss"], abs=1e-5)
    module = make(tmp_path, "ranker", PAIRS, augment=False, batch_size=99)
    module.net.eval()
    loss, count = module.batch_loss(module.batches(0)[0])
    assert count == 4
    assert loss.item() == pytest.approx(module.validate()["val_loss"], abs=1e-5)


def rates(given, steps):
    schedule = given["lr_scheduler"]
    assert schedule["interval"] == "step"
    found = []
    for _ in range(steps):
        found.append(schedule["scheduler"].get_last_lr()[0])
        given["optimizer"].step()
        schedule["scheduler"].step()
    return found


def test_the_rate_falls_to_a_tenth_every_so_many_steps(tmp_path):
    found = rates(make(tmp_path, lr=1e-3, lr_step=3).configure_optimizers(), 7)
    assert found == pytest.approx([1e-3] * 3 + [1e-4] * 3 + [1e-5])


def test_without_a_step_the_rate_falls_along_a_cosine_to_the_last_epoch(tmp_path):
    found = rates(make(tmp_path, lr=1e-3, epochs=2, batch_size=4).configure_optimizers(), 7)  # 3 batches an epoch
    assert found == pytest.approx([1e-3 * (1 + np.cos(np.pi * step / 6)) / 2 for step in range(7)])


def sigmoid(value):
    return 1 / (1 + math.exp(-value))


def test_cross_entropy_of_one_logit_is_that_of_two_classes():
    by_hand = sum(-math.log(sigmoid(z if y else -z)) for z, y in zip(LOGIT.tolist(), LIKED.tolist(), strict=True)) / 4
    assert cross_entropy_loss(LOGIT, LIKED).item() == pytest.approx(by_hand, abs=1e-6)
    two = torch.stack([torch.zeros(4), LOGIT], dim=1)  # the classes "not liked" and "liked"
    torch.testing.assert_close(cross_entropy_loss(LOGIT, LIKED), torch.nn.functional.cross_entropy(two, LIKED.long()))


def test_cosine_loss_is_minus_the_cosine_with_the_one_hot_truth():
    softmax = torch.stack([torch.zeros(4), LOGIT], dim=1).softmax(1)
    truth = torch.nn.functional.one_hot(LIKED.long(), 2).float()
    torch.testing.assert_close(cosine_loss(LOGIT, LIKED), -torch.cosine_similarity(softmax, truth).mean())
    assert cosine_loss(torch.zeros(1), LIKED[:1]).item() == pytest.approx(-math.sqrt(0.5))


def test_cosine_loss_rewards_the_true_probability():
    """As the spherical score, it is proper: where 70 % are liked, no other answer than 0.7 costs less."""
    liked = torch.arange(10) < 7
    chances = torch.arange(5, 100, 5) / 100
    costs = [cosine_loss(torch.full((10,), math.log(p / (1 - p))), liked).item() for p in chances.tolist()]
    assert chances[int(torch.tensor(costs).argmin())] == pytest.approx(0.7)


def test_ranking_loss_counts_how_far_the_winner_is_ahead():
    winner, loser = torch.tensor([1.0, 0.5]), torch.tensor([1.0, 2.0])
    by_hand = (math.log(2) + math.log(1 + math.exp(1.5))) / 2
    assert ranking_loss(winner, loser).item() == pytest.approx(by_hand, abs=1e-6)


@pytest.mark.parametrize("loss", LOSSES.values())
def test_losses_have_a_finite_slope_even_where_the_network_is_sure(loss):
    logit = torch.tensor([60.0, -60.0], requires_grad=True)
    loss(logit, torch.tensor([False, False])).backward()
    assert torch.isfinite(logit.grad).all()


def test_an_unknown_loss_is_refused(tmp_path):
    with pytest.raises(ValueError, match="loss 'hinge': choose one of cross_entropy, cosine"):
        make(tmp_path, loss="hinge")
