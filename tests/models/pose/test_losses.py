import math

import pytest
import torch

from likeness.models.pose.losses import bce_loss, contrastive_loss, multi_similarity_loss, pair_distances, triplet_loss


def batch(size=7, seed=0, unknown=True):
    """Return unit embeddings, a symmetric relation and which of it is known."""
    generator = torch.Generator().manual_seed(seed)
    embeddings = torch.nn.functional.normalize(torch.randn(size, 4, generator=generator, dtype=torch.float64), dim=1)
    labels = torch.randint(0, 3, (size,), generator=generator)
    known = torch.rand(size, size, generator=generator) < 0.7 if unknown else torch.ones(size, size, dtype=torch.bool)
    return embeddings, labels[:, None] == labels, known | known.T


def test_bce_of_a_worked_example():
    logit = torch.tensor([0.0, math.log(3)])  # probabilities 1/2 and 3/4
    found = bce_loss(logit, torch.tensor([True, False]))
    assert found.item() == pytest.approx((math.log(2) + math.log(4)) / 2)


def test_contrastive_of_a_worked_example():
    distance = torch.tensor([0.5, 0.2, 1.5])
    found = contrastive_loss(distance, torch.tensor([True, False, False]), margin=1.0)
    assert found.item() == pytest.approx((0.25 + 0.64 + 0) / 3)


def test_triplet_equals_the_loop_over_all_triplets():
    for seed in range(4):
        embeddings, same, known = batch(seed=seed)
        costs = []
        for a in range(7):
            for p in range(7):
                for n in range(7):
                    if p != a and n != a and known[a, p] and known[a, n] and same[a, p] and not same[a, n]:
                        near, far = (torch.dist(embeddings[a], embeddings[i]).item() for i in (p, n))
                        costs.append(max(0.0, near - far + 0.3))
        expected = sum(costs) / max(1, sum(cost > 0 for cost in costs))
        assert costs
        assert triplet_loss(embeddings, same, known, 0.3).item() == pytest.approx(expected, abs=1e-6)
        over_all = triplet_loss(embeddings, same, known, 0.3, costly=False).item()
        assert over_all == pytest.approx(sum(costs) / len(costs), abs=1e-6)


@pytest.mark.parametrize("costly", [True, False])
def test_triplets_looked_at_anchor_by_anchor_cost_the_same(costly, monkeypatch):
    embeddings, same, known = batch()
    whole = triplet_loss(embeddings, same, known, 0.3, costly=costly)
    monkeypatch.setattr("likeness.models.pose.losses.TRIPLETS", 3 * 49)  # three anchors of seven photos, then one
    assert triplet_loss(embeddings, same, known, 0.3, costly=costly).item() == pytest.approx(whole.item(), abs=1e-12)


def test_over_all_triplets_a_collapsed_network_costs_the_most():
    # two kinds a right angle apart, and one photo among the wrong ones: few triplets cost, but those a lot
    apart = torch.eye(2)[[0, 0, 0, 0, 0, 1, 1, 1, 1, 0]]
    same = torch.tensor([True] * 5 + [False] * 5)
    same, known = same[:, None] == same[None, :], torch.ones(10, 10, dtype=torch.bool)
    collapsed = torch.ones(10, 2) / 2**0.5
    judged = [triplet_loss(each, same, known, 1.0, costly=False).item() for each in (apart, collapsed)]
    trained = [triplet_loss(each, same, known, 1.0).item() for each in (apart, collapsed)]
    assert judged[0] < judged[1]
    assert trained[0] > trained[1]


def test_multi_similarity_equals_the_loop():
    for seed in range(4):
        embeddings, same, known = batch(size=9, seed=seed)
        total = 0.0
        for a in range(9):
            others = [i for i in range(9) if i != a and known[a, i]]
            s = {i: float(embeddings[a] @ embeddings[i]) for i in others}
            positives, negatives = [i for i in others if same[a, i]], [i for i in others if not same[a, i]]
            pull = [s[i] for i in positives if negatives and s[i] - 0.1 < max(s[j] for j in negatives)]
            push = [s[i] for i in negatives if positives and s[i] + 0.1 > min(s[j] for j in positives)]
            total += math.log(1 + sum(math.exp(-2 * (v - 0.5)) for v in pull)) / 2
            total += math.log(1 + sum(math.exp(50 * (v - 0.5)) for v in push)) / 50
        assert total > 0
        assert multi_similarity_loss(embeddings, same, known, 0.1).item() == pytest.approx(total / 9, abs=1e-9)


@pytest.mark.parametrize("loss", [triplet_loss, multi_similarity_loss])
def test_metric_losses_without_any_known_pair_are_zero_and_have_finite_gradients(loss):
    embeddings, same, _ = batch()
    for known in (torch.zeros(7, 7, dtype=torch.bool), torch.ones(7, 7, dtype=torch.bool)):
        leaf = embeddings.clone().requires_grad_()
        value = loss(leaf, same, known, 0.2)
        value.backward()
        assert torch.isfinite(leaf.grad).all()
        assert (value.item() == 0) == (not known.any())


def test_distances_between_equal_embeddings_have_a_finite_slope():
    leaf = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], requires_grad=True)
    distance = pair_distances(leaf)
    assert distance[0, 1].item() < 1e-5
    assert distance[0, 2].item() == pytest.approx(math.sqrt(2))
    distance.sum().backward()
    assert torch.isfinite(leaf.grad).all()


def test_wrong_shapes_and_margins_are_refused():
    embeddings, same, known = batch()
    with pytest.raises(ValueError, match="give one label per value"):
        bce_loss(torch.zeros(3), torch.zeros(2, dtype=torch.bool))
    with pytest.raises(ValueError, match=r"margin 0 must be above 0"):
        contrastive_loss(torch.zeros(2), torch.zeros(2, dtype=torch.bool), 0)
    with pytest.raises(ValueError, match=r"must both be \(7, 7\)"):
        triplet_loss(embeddings, same[:3], known, 0.2)
    with pytest.raises(ValueError, match=r"margin -1 must be above 0"):
        multi_similarity_loss(embeddings, same, known, -1)
