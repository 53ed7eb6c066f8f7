import math

import pytest
import torch

from likeness.models.likability.post_losses import cosine_loss, cross_entropy_loss, loss_of, ranking_loss

LOGIT = torch.tensor([0.0, 2.0, -1.0, 3.0])
LIKED = torch.tensor([True, False, False, True])


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


def test_a_loss_is_known_by_its_name():
    assert loss_of("cosine", LOGIT, LIKED) == cosine_loss(LOGIT, LIKED)
    assert loss_of("cross_entropy", LOGIT, LIKED) == cross_entropy_loss(LOGIT, LIKED)
    with pytest.raises(ValueError, match="loss 'hinge': choose one of cross_entropy, cosine"):
        loss_of("hinge", LOGIT, LIKED)


def test_losses_have_a_finite_slope_even_where_the_network_is_sure():
    for name in ("cross_entropy", "cosine"):
        logit = torch.tensor([60.0, -60.0], requires_grad=True)
        loss_of(name, logit, torch.tensor([False, False])).backward()
        assert torch.isfinite(logit.grad).all()
