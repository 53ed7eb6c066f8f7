import numpy as np
import pandas as pd
import pytest

from likeness.features.whitening import (
    fit_whitening,
    read_whitening,
    variance_kept,
    whiten,
    whiten_all,
    write_whitenings,
)

RNG = np.random.default_rng(0)


def test_whitened_rows_have_variance_one_and_no_correlation():
    rows = RNG.normal(size=(200, 6)) @ RNG.normal(size=(6, 6)) + 5
    found = whiten(rows, fit_whitening(rows, 4).matrix)
    np.testing.assert_allclose(found.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(np.cov(found.T), np.eye(4), atol=1e-4)
    assert found.dtype == np.float32


def test_a_case_worked_out_by_hand():
    rows = np.array([[3.0, 1], [-1, 1], [1, 2], [1, 0]])  # mean (1, 1); variances 8/3 and 2/3 along the axes
    whitening = fit_whitening(rows, 2)
    np.testing.assert_allclose(whitening.matrix, [[1, 1], [1 / np.sqrt(8 / 3), 0], [0, 1 / np.sqrt(2 / 3)]], atol=1e-12)
    np.testing.assert_allclose(whitening.ratio, [0.8, 0.2])
    np.testing.assert_allclose(whiten([[3, 1]], whitening.matrix), [[2 / np.sqrt(8 / 3), 0]], atol=1e-6)


def test_signs_and_bytes_do_not_depend_on_the_seed():
    rows = RNG.normal(size=(50, 8))
    np.testing.assert_array_equal(fit_whitening(rows, 5, seed=1).matrix, fit_whitening(rows, 5, seed=2).matrix)


@pytest.mark.parametrize(("components", "message"), [(10, "allow 1 to 4"), (0, "allow 1 to 4"), (5, "allow 1 to 4")])
def test_too_many_components_say_how_many_there_may_be(components, message):
    with pytest.raises(ValueError, match=message):
        fit_whitening(RNG.normal(size=(5, 8)), components)


def test_rows_that_do_not_vary_enough():
    rows = RNG.normal(size=(20, 2)) @ RNG.normal(size=(2, 6))
    with pytest.raises(ValueError, match="vary in 2 directions only"):
        fit_whitening(rows, 3)
    with pytest.raises(ValueError, match="vary in 0 directions only"):
        fit_whitening(np.ones((9, 3)), 1)
    with pytest.raises(ValueError, match="rows of 5 numbers, but the whitening is of 6"):
        whiten(rows[:, :5], fit_whitening(rows, 2).matrix)


@pytest.fixture
def study():
    photos = pd.DataFrame({"photo_id": [f"p{k}" for k in range(12)], "split": ["train"] * 8 + ["val", "test"] * 2})
    each = pd.DataFrame({"crop_id": photos["photo_id"] + "-0", "photo_id": photos["photo_id"], "kind": "each"})
    crops = pd.concat([each, each.iloc[2:].assign(kind="all")], ignore_index=True)
    arrays = {
        f"net-{view}": RNG.normal(size=(rows, 5)).astype(np.float32)
        for view, rows in (("general", 12), ("face", 12), ("faces", 10))
    }
    return arrays, photos, crops


def test_only_training_pictures_are_fitted_on(study, tmp_path):
    arrays, photos, crops = study
    whitened, fitted = whiten_all(arrays, photos, crops, 3)
    assert {name: array.shape for name, array in whitened.items()} == {
        "net-general": (12, 3),
        "net-face": (12, 3),
        "net-faces": (10, 3),
    }
    moved = {name: array.copy() for name, array in arrays.items()}
    moved["net-general"][8:] += 100
    moved["net-faces"][6:] += 100  # its first two pictures are not in it
    again = whiten_all(moved, photos, crops, 3)[1]
    for name in arrays:
        np.testing.assert_array_equal(again[name].matrix, fitted[name].matrix)
    np.testing.assert_allclose(whitened["net-faces"][:6].mean(axis=0), 0, atol=1e-5)
    assert list(variance_kept(fitted)) == ["net general", "net face", "net faces"]
    write_whitenings(tmp_path, fitted)
    np.testing.assert_array_equal(
        whiten(arrays["net-face"], read_whitening(tmp_path, "net-face")), whitened["net-face"]
    )


def test_no_components_leave_everything_as_it_is(study):
    arrays, photos, crops = study
    whitened, fitted = whiten_all(arrays, photos, crops, 0)
    assert fitted == {}
    assert all(whitened[name] is arrays[name] for name in arrays)


def test_the_array_with_too_few_rows_is_named(study):
    _, photos, crops = study
    with pytest.raises(ValueError, match=r"^net-general: whiten 8: 8 training rows"):
        whiten_all({"net-general": RNG.normal(size=(12, 20))}, photos, crops, 8)
