from itertools import combinations

import numpy as np
import pytest

from likeness.people.joints import INDEX
from likeness_demo.people.figures import place
from likeness_demo.people.poses import (
    FORE,
    HIP,
    POSES,
    SHIN,
    SHOULDER,
    THIGH,
    TORSO,
    UPPER,
    Pose,
    body_joints,
    faces_camera,
    jitter,
)
from likeness_demo.people.wardrobe import dress

CROSS = Pose((-90, -90, 90, 90, 0, 0, 0, 0))


def test_a_cross_has_level_arms_and_upright_legs():
    joints = body_joints(CROSS)
    reach = SHOULDER + UPPER + FORE
    assert joints[INDEX["left_wrist"]] == pytest.approx([reach, -TORSO])
    assert joints[INDEX["right_wrist"]] == pytest.approx([-reach, -TORSO])
    assert joints[INDEX["left_ankle"]] == pytest.approx([HIP, THIGH + SHIN])
    assert joints[INDEX["neck"]] == pytest.approx([0, -TORSO])


def test_a_stronger_build_moves_shoulders_apart_and_profile_moves_them_together():
    wide = body_joints(CROSS, 1.2)
    assert wide[INDEX["left_shoulder"], 0] == pytest.approx(1.2 * SHOULDER)
    profile = body_joints(Pose(CROSS.limbs, yaw=90))
    assert profile[INDEX["left_shoulder"], 0] == pytest.approx(0, abs=1e-9)
    assert profile[INDEX["nose"], 0] > profile[INDEX["neck"], 0]  # looks to the right


def test_the_lower_foot_stands_on_the_ground_and_a_jump_leaves_it():
    person = dress(np.random.default_rng(1))
    standing = place(CROSS, person, 100, 400, 200)
    jumping = place(Pose(CROSS.limbs, lift=0.2), person, 100, 400, 200)
    assert 400 - standing[INDEX["left_ankle"], 1] == pytest.approx(0.042 * 200)
    assert standing[:, 1] - jumping[:, 1] == pytest.approx(np.full(18, 40.0))


def test_the_far_ear_is_hidden_in_profile():
    assert all(faces_camera(CROSS).values())
    seen = faces_camera(Pose(CROSS.limbs, yaw=80))
    assert seen["right_ear"]
    assert not seen["left_ear"]


def torso_distance(one, other):
    """Mean joint distance in torso lengths, centred at the mid-hip: the slow way."""
    bodies = []
    for joints in (one, other):
        hip = (joints[INDEX["right_hip"]] + joints[INDEX["left_hip"]]) / 2
        shoulder = (joints[INDEX["right_shoulder"]] + joints[INDEX["left_shoulder"]]) / 2
        bodies.append((joints - hip) / np.hypot(*(shoulder - hip)))
    return np.hypot(*(bodies[0] - bodies[1]).T).mean()


def test_jittered_poses_stay_closer_to_their_own_than_to_others():
    rng = np.random.default_rng(5)
    samples = []
    for name, poses in POSES.items():
        for _ in range(6):
            who = dress(rng)
            samples.append((name, body_joints(jitter(poses[0], rng), who.width)))
    same, other, nearest = [], [], {}
    for (i, (name, one)), (j, (name2, two)) in combinations(enumerate(samples), 2):
        distance = torso_distance(one, two)
        (same if name == name2 else other).append(distance)
        for a, b in ((i, j), (j, i)):
            nearest[a] = min(nearest.get(a, (9, b)), (distance, b))
    assert np.mean(same) < 0.4 * np.mean(other)
    hits = [samples[i][0] == samples[j][0] for i, (_, j) in nearest.items()]
    assert np.mean(hits) > 0.9
