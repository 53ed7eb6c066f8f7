"""Two by two maps and masks."""

import numpy as np
import pytest
import torch

from likeness.explain.pointing import mask_shares, mass_inside, pointing_hits

MASKS = np.array([[[1, 0], [0, 0]]] * 4 + [[[0, 0], [0, 0]]], dtype=bool)
MAPS = torch.tensor([[[3.0, 1], [0, 0]], [[1, 3], [0, -4]], [[2, 2], [0, 0]], [[0, 0], [0, 0]], [[1, 0], [0, 0]]])


def test_hits_by_hand():
    np.testing.assert_array_equal(pointing_hits(MAPS, MASKS), [1, 0, 0.5, 0, np.nan])


def test_mass_by_hand():
    np.testing.assert_array_equal(mass_inside(MAPS, MASKS), [0.75, 0.25, 0.5, 0, np.nan])


def test_chance_is_the_share_of_the_mask():
    assert mask_shares(MASKS).tolist() == [0.25] * 4 + [0]
    rng = np.random.default_rng(0)
    masks = np.zeros((2000, 5, 5), dtype=bool)
    masks[:, :2, :3] = True
    assert pointing_hits(torch.from_numpy(rng.random((2000, 5, 5))), masks).mean() == pytest.approx(6 / 25, abs=0.03)


def test_shapes_must_fit():
    with pytest.raises(ValueError, match="maps have shape"):
        pointing_hits(MAPS[:2], MASKS)
