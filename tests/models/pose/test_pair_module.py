import numpy as np
import pytest
import torch
from sample_data import sample_arrays, sample_pairs

from likeness.models.pose.pair_module import PairBatches, PairModule, Plan
from likeness.models.pose.siamese import SiameseConfig, make_siamese
from likeness.models.training.batches import colour_factors, scale_colours


def make(tune="full", stream="photo+skeleton", **changes):
    arrays = sample_arrays(tune, stream)
    pairs = sample_pairs(arrays, number=50)
    rows = arrays.rows(pairs["left"]), arrays.rows(pairs["right"]), pairs["same"].to_numpy(bool, copy=True)
    settings = {"batch_size": 8, "seed": 3, "epoch": 2, **changes}
    return PairBatches(arrays, *rows, **settings), arrays, rows


def test_each_pair_comes_once_an_epoch():
    for anchored in (False, True):
        batches, _, rows = make(anchored=anchored)
        order = np.concatenate(batches.parts)
        assert sorted(order.tolist()) == list(range(len(rows[0])))


def test_each_photo_of_a_batch_is_there_once_and_pairs_point_at_it():
    batches, arrays, rows = make(augment=False)
    for number, part in enumerate(batches.parts):
        batch = batches[number]
        seen = np.unique(np.concatenate([rows[0][part], rows[1][part]]))
        assert len(batch.photo) == len(seen)
        for side, ids in ((batch.left, rows[0][part]), (batch.right, rows[1][part])):
            np.testing.assert_allclose(batch.photo[side].numpy() * 255, arrays.photos[ids], atol=1e-4)
            np.testing.assert_allclose(batch.pose[side].numpy() * 255, arrays.pose[ids], atol=1e-4)
        assert batch.same.tolist() == rows[2][part].tolist()


def test_both_photos_of_a_pair_and_their_skeletons_are_mirrored_together():
    batches, arrays, rows = make(tune="last")
    flips = []
    for number, part in enumerate(batches.parts):
        batch = batches[number]
        for pair, row in enumerate(part):
            states = []
            for side, ids in ((batch.left, rows[0]), (batch.right, rows[1])):
                shown = (batch.pose[side[pair]].numpy() * 255).round().astype(np.uint8)
                plain = np.array_equal(shown, arrays.pose[ids[row]])
                assert plain or np.array_equal(shown, arrays.pose_mirror[ids[row]])
                states.append(plain)
            assert states[0] == states[1]
            flips.append(states[0])
    assert 0.2 < np.mean(flips) < 0.8


def test_the_relation_knows_all_training_pairs_among_the_batch_and_nothing_else():
    batches, _, rows = make(anchored=True, augment=False)
    known = {frozenset(pair): same for *pair, same in zip(*(side.tolist() for side in rows), strict=True)}
    batch = batches[1]
    part = batches.parts[1]
    ids = np.unique(np.concatenate([rows[0][part], rows[1][part]])).tolist()
    for i, a in enumerate(ids):
        for j, b in enumerate(ids):
            expected = known.get(frozenset((a, b)), -1) if a != b else -1
            assert batch.relation[i, j].item() == int(expected)
    assert make()[0][0].relation is None


@pytest.mark.parametrize(("loss", "tabled"), [("bce", False), ("contrastive", False), ("triplet", True)])
def test_validation_holds_a_table_of_all_photos_for_metric_losses_alone(loss, tabled, tmp_path, monkeypatch):
    _, arrays, rows = make(tune="last", stream="photo+heatmaps")
    net = make_siamese(SiameseConfig("photo+heatmaps", "last", loss, arrays.feature_dim, 32))
    module, judged = PairModule(net, arrays, None, rows, Plan(), tmp_path / "last.ckpt"), []
    original = PairModule._loss
    monkeypatch.setattr(PairModule, "is_half", False)
    monkeypatch.setattr(PairModule, "_loss", lambda *a: (judged.append(a[2]), original(*a))[1])
    found = module.validate()
    assert np.isfinite(found["val_loss"])
    (batch,) = judged
    assert (batch.relation is not None) == tabled
    if tabled:
        assert torch.equal(batch.relation[batch.left, batch.right], torch.from_numpy(rows[2]).to(torch.int8))


def test_anchored_batches_hold_fewer_photos():
    counts = {}
    for anchored in (False, True):
        batches, _, _ = make(anchored=anchored, augment=False)
        counts[anchored] = sum(len(batches[number].photo) for number in range(len(batches)))
    assert counts[True] < counts[False]


def test_colour_jitter_keeps_grey_photos_grey_and_values_in_range():
    grey = torch.full((4, 3, 6, 6), 0.5)
    shown = scale_colours(grey, colour_factors(4, np.random.default_rng(0)))
    torch.testing.assert_close(shown[:, 0], shown[:, 2])
    assert shown.amax((1, 2, 3)).unique().numel() == 4  # each photo its own brightness
    photos = torch.rand(4, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    shown = scale_colours(photos, colour_factors(4, np.random.default_rng(0)))
    assert 0 <= shown.min() <= shown.max() <= 1
    assert 0.01 < (shown - photos).abs().mean() < 0.3
