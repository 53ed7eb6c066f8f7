import numpy as np
import pandas as pd
import pytest
import torch
from sample_data import sample_arrays, sample_pairs
from sklearn.linear_model import LogisticRegression

from likeness.models.pose.scoring import embed_photos, predict_pairs, score_matrix
from likeness.models.pose.siamese import SiameseConfig, make_siamese
from likeness.stats.platt import platt_scale


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
        logit = net(*sides, *poses).item()
        assert row.score == pytest.approx(logit, abs=1e-5)
        assert row.probability == pytest.approx(1 / (1 + np.exp(-logit)), abs=1e-6)
    pd.testing.assert_frame_equal(found[list(pairs)], pairs)


@pytest.mark.parametrize("loss", ["bce", "triplet"])
def test_the_matrix_agrees_with_the_pairs(arrays, loss):
    net = make(loss)
    ids = arrays.photo_ids[5:15]
    matrix = score_matrix(net, arrays, ids)
    np.testing.assert_array_equal(matrix, matrix.T)
    pairs = pd.DataFrame([(a, b, False) for a in ids for b in ids], columns=["left", "right", "same"])
    expected = predict_pairs(net, arrays, pairs)["score"].to_numpy().reshape(10, 10)
    np.testing.assert_allclose(matrix, expected, atol=2e-3)  # the root is steep where a photo meets itself
    off = ~np.eye(10, dtype=bool)
    np.testing.assert_allclose(matrix[off], expected[off], atol=1e-5)
    if loss == "triplet":
        assert (matrix <= 0).all()


def test_embeddings_do_not_depend_on_the_chunk(arrays, monkeypatch):
    net = make()
    whole = embed_photos(net, arrays)
    monkeypatch.setattr("likeness.models.pose.scoring.CHUNK", 5)
    torch.testing.assert_close(embed_photos(net, arrays), whole)


def test_platt_scaling_finds_the_planted_slope():
    rng = np.random.default_rng(0)
    score = rng.normal(0, 1, 20_000)
    same = rng.random(20_000) < 1 / (1 + np.exp(-(2.5 * score - 0.7)))
    slope, intercept = platt_scale(score, same)
    assert slope == pytest.approx(2.5, abs=0.12)
    assert intercept == pytest.approx(-0.7, abs=0.08)
    model = LogisticRegression(C=100.0).fit(score[:, None], same)
    assert (slope, intercept) == (model.coef_[0, 0], model.intercept_[0])
    with pytest.raises(ValueError, match="3 validation pairs are all of one kind"):
        platt_scale(score[:3], np.ones(3, dtype=bool))
