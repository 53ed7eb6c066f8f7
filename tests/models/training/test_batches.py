"""How processes share a batch: what each takes, and that together it is the whole."""

import numpy as np
import pytest
import torch
from detector_samples import sample_cartoons
from posts_samples import sample_arrays as post_arrays
from posts_samples import sample_posts
from sample_data import sample_arrays, sample_pairs

from likeness.models.faces.detector_data import DetectorBatches, detector_arrays
from likeness.models.likability.posts_module import PostBatches
from likeness.models.pose.pair_module import PairBatches
from likeness.models.training.batches import ALONE, EpochBatches, Share

THREE = [Share(rank, 3) for rank in range(3)]


@pytest.mark.parametrize(("number", "sizes"), [(6, [2, 2, 2]), (7, [3, 2, 2]), (2, [1, 1, 0])])
def test_each_row_is_one_processs_and_weights_make_the_mean(number, sizes):
    rows = [list(range(number))[share.rows(number)] for share in THREE]
    assert sorted(row for own in rows for row in own) == list(range(number))
    assert [len(own) for own in rows] == sizes
    values = np.arange(number) ** 2.0
    means = [share.weight(number) * values[share.taken(number)].mean() for share in THREE]
    assert np.mean(means) == pytest.approx(values.mean())


def test_one_process_takes_all_and_asks_nobody():
    outputs = torch.rand(5, 2, requires_grad=True)
    assert ALONE.gather(outputs, 5) is outputs
    assert ALONE.mean(0.3, torch.device("cpu")) == 0.3
    assert (list(range(5))[ALONE.rows(5)], ALONE.weight(5)) == ([0, 1, 2, 3, 4], 1)


def test_outputs_go_to_their_rows_and_gradients_come_back(monkeypatch):
    monkeypatch.setattr("torch.distributed.all_reduce", lambda value: value.mul_(2))  # the others send the same
    mine = torch.tensor([[1.0], [2.0]], requires_grad=True)
    whole = THREE[1].gather(mine, 6)
    assert whole[:, 0].tolist() == [0, 2, 0, 0, 4, 0]
    (whole[:, 0] * torch.arange(6)).sum().backward()
    assert mine.grad[:, 0].tolist() == [2 * 1, 2 * 4]


def test_a_process_without_a_row_looks_at_the_first_one_which_does_not_count(monkeypatch):
    monkeypatch.setattr("torch.distributed.all_reduce", lambda value: None)
    share = THREE[2]
    assert (share.taken(2), share.weight(2)) == (slice(0, 1), 0)
    mine = torch.tensor([[7.0]], requires_grad=True)
    whole = share.gather(mine, 2)
    whole.sum().backward()
    assert whole.tolist() == [[0], [0]]
    assert mine.grad.tolist() == [[0]]


@pytest.mark.parametrize("anchored", [False, True])
def test_photos_of_a_batch_of_pairs_are_shared_and_the_rest_is_whole(anchored):
    arrays = sample_arrays("full", "photo+skeleton")
    pairs = sample_pairs(arrays, number=20)
    rows = arrays.rows(pairs["left"]), arrays.rows(pairs["right"]), pairs["same"].to_numpy(bool, copy=True)

    def batch(share):
        given = {"batch_size": 7, "seed": 3, "epoch": 2, "augment": True, "anchored": anchored}
        return PairBatches(arrays, *rows, **given, share=share)[1]

    whole, parts = batch(ALONE), [batch(share) for share in THREE]
    assert whole.number == len(whole.photo)
    for name in ("photo", "pose"):
        for share, part in zip(THREE, parts, strict=True):
            assert torch.equal(getattr(part, name), getattr(whole, name)[share.rank :: 3])
    for part in parts:
        assert part.number == whole.number > len(part.photo)
        for name in ("left", "right", "same"):
            assert torch.equal(getattr(part, name), getattr(whole, name))
        assert part.relation is whole.relation is None or torch.equal(part.relation, whole.relation)


def test_photos_of_a_batch_of_posts_are_shared_and_answers_are_whole():
    arrays = post_arrays(sample_posts(), side=8, metadata=True)
    examples = np.array([[0, 1], [2, 3], [4, 7], [9, 6], [8, 5]])

    def batch(share):
        return PostBatches(arrays, examples, batch_size=5, seed=1, epoch=0, share=share)[0]

    whole, parts = batch(ALONE), [batch(share) for share in THREE]
    assert [len(part.photo) for part in parts] == [4, 3, 3]
    for name in ("photo", "metadata"):
        for share, part in zip(THREE, parts, strict=True):
            assert torch.equal(getattr(part, name), getattr(whole, name)[share.rank :: 3])
    for part in parts:
        assert torch.equal(part.liked, whole.liked)


def test_pictures_of_the_detector_are_shared(tmp_path):
    arrays = detector_arrays(*sample_cartoons(tmp_path), tmp_path, 48)

    def batch(share):
        return DetectorBatches(arrays, np.arange(8), batch_size=5, seed=1, epoch=0, share=share)[0]

    whole, parts = batch(ALONE), [batch(share) for share in THREE]
    assert (whole.number, whole.weight) == (5, 1)
    assert [part.weight for part in parts] == pytest.approx([6 / 5, 6 / 5, 3 / 5])
    for share, part in zip(THREE, parts, strict=True):
        for one, two in zip(part.pictures, whole.pictures[share.rank :: 3], strict=True):
            assert torch.equal(one, two)
        for one, two in zip(part.targets, whole.targets[share.rank :: 3], strict=True):
            assert torch.equal(one["boxes"], two["boxes"])
    assert {part.number for part in parts} == {5}


def test_a_study_must_say_what_a_batch_is():
    with pytest.raises(TypeError, match="EpochBatches does not say what a batch is"):
        EpochBatches(np.arange(4), batch_size=2, seed=0, epoch=0)[0]


class Numbers(EpochBatches):
    """Batches that are their examples and one draw."""

    def make_batch(self, examples, rng):
        return examples.tolist(), float(rng.random())


def test_a_batch_is_a_function_of_seed_epoch_and_number_alone():
    def batches(seed=3, epoch=2):
        return Numbers(np.arange(9), batch_size=4, seed=seed, epoch=epoch)

    one, same = batches(), batches()
    assert [one[number] for number in (1, 0)] == [same[number] for number in (1, 0)]  # in any order
    assert len({batches()[0][1], batches(seed=4)[0][1], batches(epoch=3)[0][1], one[1][1]}) == 4
    with pytest.raises(IndexError, match="batch 2 of 2"):
        one[2]


@pytest.mark.parametrize(
    ("examples", "size", "expected"),
    [(25, 7, [7, 7, 7, 4]), (25, 24, [25]), (25, 25, [25]), (25, 8, [8, 8, 9]), (5, 2, [2, 3])],
)
def test_each_example_comes_once_and_never_alone(examples, size, expected):
    order = np.random.default_rng(0).permutation(examples)
    batches = Numbers(order, batch_size=size, seed=0, epoch=0)
    assert [len(batches[number][0]) for number in range(len(batches))] == expected
    assert np.concatenate(batches.parts).tolist() == order.tolist()
