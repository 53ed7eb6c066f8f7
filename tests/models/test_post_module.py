import numpy as np
import pytest
import torch
from post_samples import sample_arrays, sample_posts, sample_source

from likeness.models.likability.post_losses import cosine_loss, cross_entropy_loss
from likeness.models.likability.post_module import PostModule, PostPlan, post_logits
from likeness.models.likability.post_net import make_post_net

POSTS = np.arange(12)[:, None]
PAIRS = np.array([[0, 1], [2, 3], [4, 7], [9, 6]])  # the last one in the wrong order


def make(tmp_path, network="smallcnn", examples=POSTS, loss="cross_entropy", **plan):
    source = sample_source(network, side=8, loss=loss)
    net = make_post_net(source.config, backbone="", weights="none", seed=2)
    arrays = sample_arrays(sample_posts(), side=8)
    return PostModule(net, arrays, examples, examples, PostPlan(**plan), tmp_path / "last.ckpt")


@pytest.mark.parametrize(("name", "loss"), [("cross_entropy", cross_entropy_loss), ("cosine", cosine_loss)])
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
