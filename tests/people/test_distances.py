import numpy as np
import pytest

from likeness.people.distances import (
    FEWEST_JOINTS,
    OKS_AREA,
    in_torso_lengths,
    nearest_pose,
    pairwise,
    torso_distances,
)
from likeness.people.joints import INDEX, SIGMAS, mirror, nobody, seen


def person(**places):
    made = nobody(1)[0]
    for name, (x, y) in places.items():
        made[INDEX[name]] = (x, y, 1.0)
    return made


def torso_at(x=0.0, y=0.0, size=10.0, **extra):
    """Mid-hip at (x, y), shoulders `size` above; hips and shoulders `size` apart."""
    half = size / 2
    return person(
        right_hip=(x - half, y), left_hip=(x + half, y),
        right_shoulder=(x - half, y - size), left_shoulder=(x + half, y - size), **extra,
    )  # fmt: skip


def similar(someone, scale, angle, shift):
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = someone.copy()
    moved[:, :2] = scale * someone[:, :2] @ turn.T + shift
    return moved


def crowd(count=12, seed=0):
    """Random bodies, with joints missing here and there, one without hips and one with a joint far off."""
    rng = np.random.default_rng(seed)
    people = np.stack([torso_at() for _ in range(count)])
    people[..., :2] = rng.normal(size=(count, 18, 2)) * 30 + 200
    people[..., 2] = 1.0
    limbs = np.array([i for i in range(18) if i not in (2, 5, 8, 11)])
    people[..., :2][rng.random((count, 18)) < 0.3 * np.isin(np.arange(18), limbs)] = np.nan
    people[3, INDEX["left_hip"], :2] = np.nan
    people[4, INDEX["nose"], :2] = 9999
    return people


def torso_distance(a, b):
    """The definition, for two people: the mean distance of shared joints in torso lengths."""
    apart = np.linalg.norm(in_torso_lengths(a) - in_torso_lengths(b), axis=-1)
    return np.nanmean(apart) if np.isfinite(apart).any() else np.nan


def oks(a, b):
    """COCO's definition, for two people in a common frame."""
    squared = ((in_torso_lengths(a) - in_torso_lengths(b)) ** 2).sum(axis=-1)
    alike = np.exp(-squared / (2 * OKS_AREA * (2 * SIGMAS) ** 2))
    return np.nanmean(alike) if np.isfinite(alike).any() else np.nan


def procrustes_distance(a, b):
    """The closed form, for two people: joints as complex numbers, centred and of unit norm."""
    both = seen(a) & seen(b)
    if both.sum() < FEWEST_JOINTS:
        return np.nan
    z, w = (person[both, 0] + 1j * person[both, 1] for person in (a, b))
    z, w = z - z.mean(), w - w.mean()
    norm = np.linalg.norm(z) * np.linalg.norm(w)
    return np.sqrt(max(0.0, 1 - (abs(np.vdot(z, w)) / norm) ** 2)) if norm > 1e-9 else np.nan


SCALAR = {"torso": torso_distance, "oks": oks, "procrustes": procrustes_distance}


def compare(name, a, b):
    """What `pairwise` says of two people."""
    return pairwise(name, np.stack([a, b]))[0, 1]


def test_one_joint_moved_by_half_a_torso_among_five():
    a = torso_at(right_knee=(0, 10))
    b = torso_at(right_knee=(3, 14))  # 5 px of a torso of 10 px, the other four joints agree
    assert compare("torso", a, b) == pytest.approx(0.5 / 5)


def test_torso_distance_ignores_place_and_size_but_not_rotation():
    a = torso_at(right_knee=(4, 12), nose=(1, -13))
    assert compare("torso", a, similar(a, 3, 0, (50, 70))) == pytest.approx(0, abs=1e-12)
    assert compare("torso", a, similar(a, 3, np.pi / 2, (50, 70))) > 0.5


def test_only_shared_joints_count():
    a = torso_at(right_knee=(0, 10))
    b = torso_at(left_knee=(0, 55))
    assert compare("torso", a, b) == 0


@pytest.mark.parametrize("missing", ["right_hip", "left_shoulder"])
def test_no_torso_no_distance(missing):
    a, b = torso_at(nose=(0, -12)), torso_at(nose=(0, -12))
    b[INDEX[missing], :2] = np.nan
    assert np.isnan(compare("torso", a, b))
    assert np.isnan(compare("torso", b, a))
    assert np.isnan(compare("oks", a, b))


def test_a_joint_beyond_six_torso_lengths_leaves_the_photo_out():
    a = torso_at()
    assert np.isfinite(compare("torso", a, torso_at(right_ankle=(0, 59.9))))
    assert np.isnan(compare("torso", a, torso_at(right_ankle=(0, 60.1))))


def test_hips_on_shoulders_have_no_torso_length():
    flat = torso_at(size=10)
    flat[[INDEX["right_shoulder"], INDEX["left_shoulder"]], 1] = 0
    assert np.isnan(compare("torso", flat, torso_at()))


def test_oks_by_hand():
    a = torso_at(right_wrist=(0, 10))
    b = torso_at(right_wrist=(3, 10))  # 0.3 torso lengths off; the four torso joints score 1
    wrist = np.exp(-(0.3**2) / (2 * OKS_AREA * (2 * 0.062) ** 2))
    assert compare("oks", a, b) == pytest.approx((4 + wrist) / 5)
    assert compare("oks", a, similar(b, 2, 0, (9, 9))) == pytest.approx((4 + wrist) / 5)
    assert compare("oks", a, a) == 1


def test_oks_is_more_forgiving_at_hips_than_at_eyes():
    a = torso_at(right_eye=(0, -15), right_knee=(0, 15))
    eye, knee = a.copy(), a.copy()
    eye[INDEX["right_eye"], 0] += 2
    knee[INDEX["right_knee"], 0] += 2
    assert compare("oks", a, knee) > compare("oks", a, eye)
    assert SIGMAS[INDEX["right_hip"]] > SIGMAS[INDEX["right_eye"]]


def test_procrustes_of_three_joints_turned_by_a_right_angle_is_zero():
    a = person(nose=(0, 0), neck=(4, 0), right_shoulder=(0, 3))
    assert compare("procrustes", a, similar(a, 1, np.pi / 2, (0, 0))) == pytest.approx(0, abs=1e-7)
    assert compare("procrustes", a, similar(a, 2.5, 1.0, (-7, 30))) == pytest.approx(0, abs=1e-7)


def test_procrustes_does_not_reflect():
    a = person(nose=(0, 0), neck=(4, 0), right_shoulder=(0, 3))
    b = a.copy()
    b[:, 0] *= -1
    assert compare("procrustes", a, b) > 0.3


def test_procrustes_by_hand():
    # an equilateral triangle against the same three joints on a line, one end to the other through the middle:
    # centred, unit norm: z = (1, w, w^2)/sqrt(3) and l = (-1, 0, 1)/sqrt(2); |<z, l>| = |w^2 - 1|/sqrt(6) = sqrt(3/6)
    w = np.exp(2j * np.pi / 3)
    a = person(nose=(1, 0), neck=(w.real, w.imag), right_shoulder=((w**2).real, (w**2).imag))
    b = person(nose=(-1, 0), neck=(0, 0), right_shoulder=(1, 0))
    assert compare("procrustes", a, b) == pytest.approx(np.sqrt(1 / 2))


def test_procrustes_agrees_with_a_search_over_rotations():
    a, b = crowd(seed=5)[:2]
    both = np.isfinite(a[:, 0]) & np.isfinite(b[:, 0])
    z, w = a[both, :2] - a[both, :2].mean(0), b[both, :2] - b[both, :2].mean(0)
    z, w = z / np.linalg.norm(z), w / np.linalg.norm(w)
    best = np.inf
    for angle in np.linspace(0, 2 * np.pi, 20001):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turned = z @ turn.T
        scale = max(0, (turned * w).sum())  # least squares over the scale
        best = min(best, np.linalg.norm(scale * turned - w))
    assert compare("procrustes", a, b) == pytest.approx(best, abs=1e-6)


def test_procrustes_needs_three_joints_that_do_not_coincide():
    two = person(nose=(0, 0), neck=(4, 0))
    point = person(nose=(2, 2), neck=(2, 2), right_shoulder=(2, 2))
    three = person(nose=(0, 0), neck=(4, 0), right_shoulder=(0, 3))
    assert np.isnan(compare("procrustes", two, three))
    assert np.isnan(compare("procrustes", point, three))
    assert np.isnan(pairwise("procrustes", np.stack([point, three]))[0, 1])


@pytest.mark.parametrize("name", SCALAR)
def test_pairwise_equals_the_definitions(name):
    people = crowd()
    slow = np.array([[SCALAR[name](a, b) for b in people] for a in people])
    fast = pairwise(name, people)
    assert np.isnan(slow).any() == (name != "procrustes")
    off = ~np.eye(len(people), dtype=bool)  # on the diagonal sqrt(1 - 1) leaves 1e-8
    np.testing.assert_allclose(fast[off], slow[off], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(np.diag(fast), np.diag(slow), atol=1e-7)


def test_pairwise_names_what_it_cannot_do():
    with pytest.raises(ValueError, match="'cosine'"):
        pairwise("cosine", crowd())
    with pytest.raises(ValueError, match=r"\(12, 1, 18, 3\)"):
        pairwise("torso", crowd()[:, None])
    assert pairwise("torso", np.empty((0, 18, 3))).shape == (0, 0)


def test_normalised_joints_have_the_torso_as_unit():
    points = in_torso_lengths(torso_at(100, 200, 50)[None])[0]
    assert points[INDEX["right_hip"]] == pytest.approx([-0.5, 0])
    assert points[INDEX["left_shoulder"]] == pytest.approx([0.5, -1])


def standing() -> np.ndarray:
    """Somebody with arms and legs at random places, torso upright and of length 10 px."""
    person = np.ones((18, 3))
    person[:, :2] = np.random.default_rng(5).uniform(-8, 8, (18, 2)) + [40, 40]
    for side, across in (("right", -3), ("left", 3)):
        person[INDEX[f"{side}_hip"], :2], person[INDEX[f"{side}_shoulder"], :2] = (40 + across, 45), (40 + across, 35)
    return person


def test_torso_distances_of_any_shapes_are_those_of_pairwise():
    rng = np.random.default_rng(0)
    people = np.stack([standing()] * 5) + np.append(rng.normal(size=(5, 18, 2)), np.zeros((5, 18, 1)), axis=2)
    people[1, INDEX["left_knee"], :2] = np.nan
    people[2, INDEX["left_hip"], :2] = np.nan  # no torso
    np.testing.assert_allclose(torso_distances(people[:, None], people[None]), pairwise("torso", people), atol=1e-12)
    assert np.isnan(torso_distances(people[2], people[0]))


def test_the_nearest_pose_is_looked_for_among_all_people_and_in_the_mirror():
    person, other = standing(), standing()
    other[INDEX["left_wrist"], 1] -= 9 * 18 / 10  # nine tenths of a torso, times 18 joints
    gallery = np.stack([np.stack([other, nobody(1)[0]]), np.stack([nobody(1)[0], mirror(person, 80.0) + [7, 7, 0]]),
                        nobody(2), np.stack([2 * person, other])])  # fmt: skip
    distance, mirrored = nearest_pose(person[None], gallery)
    np.testing.assert_allclose(distance, [0.09, 0.25 + 0.5, np.nan, 0], atol=1e-9)  # mirrored, and not the first
    assert mirrored.tolist() == [False, True, False, False]
    both, _ = nearest_pose(np.stack([nobody(1)[0], person]), gallery)
    np.testing.assert_allclose(both, distance + [0.5, 0, 0, 0.5], atol=1e-9)
