from contextlib import nullcontext
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from sample_data import SETTINGS, prepare, sample_arrays, sample_pairs

from likeness.models.pose.pair_data import embed_photos
from likeness.models.pose.schemes import fit_pairs, predict_pairs, score_block
from likeness.models.pose.siamese import SiameseConfig, make_siamese


@pytest.fixture
def arrays():
    return sample_arrays("last", "photo+heatmaps")


def make(loss="bce"):
    return make_siamese(SiameseConfig("photo+heatmaps", "last", loss, 8, 32)).train()


def test_probabilities_are_those_of_the_pairs_one_by_one(arrays):
    net = make()
    pairs = sample_pairs(arrays, number=10).assign(kind="some", split="test")
    found = predict_pairs(net, arrays, pairs)
    assert net.training
    net.eval()
    for row in found.itertuples():
        a, b = (arrays.rows(pd.Series([photo])) for photo in (row.left, row.right))
        sides = [torch.from_numpy(arrays.features[i]) for i in (a, b)]
        poses = [torch.from_numpy(arrays.pose[i]).float() / 255 for i in (a, b)]
        logit = net.compare(*(net.embed(*side) for side in zip(sides, poses, strict=True))).item()
        assert row.score == pytest.approx(logit, abs=1e-5)
        assert row.probability == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-6)
    pd.testing.assert_frame_equal(found[list(pairs)], pairs)


@pytest.mark.parametrize("loss", ["bce", "triplet"])
def test_a_block_agrees_with_the_pairs(arrays, loss, monkeypatch):
    monkeypatch.setattr("likeness.models.pose.schemes.PAIRS", 10)
    net, ids = make(loss), np.array(arrays.photo_ids)
    embeddings, rows = embed_photos(net, arrays).numpy(), np.arange(len(ids))
    block = score_block(net, embeddings, rows, rows[::-1].copy()[:4])
    turned = score_block(net, embeddings, rows[::-1].copy()[:4], rows)
    np.testing.assert_allclose(block.T, turned, atol=1e-6)  # which photo is the query makes no difference
    pairs = pd.DataFrame([(a, b, False) for a in ids for b in ids[::-1][:4]], columns=["left", "right", "same"])
    expected = predict_pairs(net, arrays, pairs)["score"].to_numpy().reshape(block.shape)
    off = ids[:, None] != ids[::-1][:4]
    np.testing.assert_allclose(block, expected, atol=2e-3)  # the root is steep where a photo meets itself
    np.testing.assert_allclose(block[off], expected[off], atol=1e-5)
    assert block.dtype == np.float32
    if loss == "triplet":
        assert (block <= 0).all()


def test_embeddings_do_not_depend_on_the_chunk(arrays, monkeypatch):
    net = make()
    whole = embed_photos(net, arrays)
    monkeypatch.setattr("likeness.models.pose.pair_data.CHUNK", 5)
    torch.testing.assert_close(embed_photos(net, arrays), whole)


class Pretended(str):
    """The CPU, which says that it is a GPU."""

    type = "cuda"


@pytest.mark.parametrize(("given", "entered"), [({}, []), ({"half": True}, [("cuda", torch.bfloat16)])])
def test_a_gpu_computes_in_bf16_only_where_the_run_does(arrays, monkeypatch, given, entered):
    net, asked = make(), []
    expected = embed_photos(net, arrays)
    monkeypatch.setattr(net, "parameters", lambda: iter([SimpleNamespace(device=Pretended("cpu"))]))
    monkeypatch.setattr(torch, "autocast", lambda *how: asked.append(how) or nullcontext())
    torch.testing.assert_close(embed_photos(net, arrays, **given), expected)
    assert asked == entered


@pytest.mark.parametrize(("precision", "half"), [("32", False), ("bf16", True)])
def test_validation_keeps_the_precision_of_its_run(monkeypatch, precision, half):
    asked = []

    def noted(*given, half):
        asked.append(half)
        return embed_photos(*given)

    monkeypatch.setattr("likeness.models.pose.pair_module.embed_photos", noted)
    fit_pairs(*prepare(), **{**SETTINGS, "epochs": 1, "precision": precision})
    assert asked == [half]
