import numpy as np
import pytest

from likeness.models.pose.place_pose import fit_place_pose, place_pose_probability


def planted(size=600):
    """Same when the joints are near and the backgrounds alike; a third of the negatives shows nobody."""
    rng = np.random.default_rng(0)
    same = np.arange(size) % 2 == 0
    distance = np.where(same, rng.normal(0.4, 0.2, size), rng.normal(1.4, 0.4, size))
    place = np.where(same, rng.normal(0.8, 0.1, size), rng.normal(0.5, 0.2, size))
    distance[(np.arange(size) % 6) == 1] = np.nan
    return np.column_stack([distance, place]), same


def test_near_joints_and_alike_places_are_probable():
    features, same = planted()
    model = fit_place_pose(features, same)
    probes = np.array([[0.2, 0.9], [0.2, 0.2], [1.8, 0.9], [np.nan, 0.9]])
    both, pose_only, place_only, nobody = place_pose_probability(model, probes)
    assert both > 0.9
    assert max(pose_only, place_only, nobody) < both - 0.3
    accuracy = ((place_pose_probability(model, features) > 0.5) == same).mean()
    assert accuracy > 0.95


def test_nobody_at_all_in_training_leaves_the_place():
    features, same = planted()
    features[:, 0] = np.nan
    probability = place_pose_probability(fit_place_pose(features, same), [[np.nan, 0.9], [np.nan, 0.1], [0.3, 0.9]])
    assert np.isfinite(probability).all()
    assert probability[0] > 0.5 > probability[1]


def test_wrong_shapes_and_one_kind_are_refused():
    features, same = planted(10)
    with pytest.raises(ValueError, match=r"\(10, 1\) must be \(pairs, 2\)"):
        fit_place_pose(features[:, :1], same)
    with pytest.raises(ValueError, match="10 pairs are all of one kind"):
        fit_place_pose(features, np.ones(10, dtype=bool))
