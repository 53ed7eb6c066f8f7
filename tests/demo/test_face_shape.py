from dataclasses import replace

import numpy as np
import pytest

from likeness_demo.drawing.canvas import bump, step
from likeness_demo.drawing.light import pick_light
from likeness_demo.people import face_shape
from likeness_demo.people.face_shape import (
    EYE,
    MOUTH,
    NOSE,
    HeadFrame,
    Mood,
    half_width,
    lighting,
    outline,
    pick_looks,
    turned,
)

LOOKS = replace(
    pick_looks(np.random.default_rng(1)), **dict.fromkeys(face_shape.SPREADS, 1.0) | {"lines": 0.0, "freckles": 0.0}
)
CALM = Mood(smile=0.0, teeth=False, gaze=0.0)


def test_pixels_and_head_units_are_inverse():
    frame = HeadFrame(x=40, y=30, unit=10, roll=0.3)
    u, v = frame.coords((45, 33, 46, 34))  # one pixel, centre (45.5, 33.5)
    assert frame.at([(u[0, 0], v[0, 0])])[0] == pytest.approx((45.5, 33.5), abs=1e-4)
    assert HeadFrame(40, 30, 10).at([(1, 2)])[0] == pytest.approx((50, 50))


def test_outline_is_widest_beside_the_eyes_and_closed_at_crown_and_chin():
    assert half_width(np.array([-1.46, 0.05, 1.4]), LOOKS) == pytest.approx([0, 1, 0], abs=1e-6)
    shape = outline(LOOKS)
    assert np.abs(shape[:, 0]).max() == pytest.approx(1, abs=0.01)
    assert (shape[:, 1].min(), shape[:, 1].max()) == pytest.approx((-1.46, 1.4), abs=0.01)


def test_a_wider_jaw_leaves_the_upper_head_alone():
    wide = replace(LOOKS, jaw=1.1)
    assert half_width(np.array([-0.9]), wide) == pytest.approx(half_width(np.array([-0.9]), LOOKS))
    assert half_width(np.array([0.85]), wide) == pytest.approx(1.1 * half_width(np.array([0.85]), LOOKS))


def test_a_longer_face_and_a_broader_chin_act_below_the_eyes_a_narrow_forehead_above():
    long = replace(LOOKS, length=1.1)
    assert outline(long)[:, 1].max() == pytest.approx(1.54, abs=0.01)
    assert half_width(np.array([1.1]), long) == pytest.approx(half_width(np.array([1.0]), LOOKS), abs=0.02)
    broad, narrow = replace(LOOKS, chin=1.2), replace(LOOKS, forehead=0.9)
    assert half_width(np.array([0.05, 1.27]), broad) == pytest.approx([1.0, 1.2 * 0.38], abs=1e-3)
    assert half_width(np.array([-0.9, 0.05]), narrow) == pytest.approx([0.9 * 0.88, 1.0], abs=1e-3)


@pytest.mark.parametrize(
    ("part", "factor", "own", "spot"),
    [
        ("spacing", 1.1, (EYE * 1.1, 0.0), (EYE, 0.0)),
        ("drop", 1.2, (0.0, NOSE * 1.2), (0.0, NOSE)),
        ("length", 1.1, (0.0, MOUTH * 1.1), (0.0, MOUTH)),
        ("mouth", 1.3, (0.26, MOUTH), (0.2, MOUTH)),
    ],
)
def test_parts_lie_where_a_persons_proportions_put_them(part, factor, own, spot):
    u, v = face_shape.usual(*(np.array([x], np.float32) for x in own), replace(LOOKS, **{part: factor}))
    assert (u[0], v[0]) == pytest.approx(spot, abs=0.02)


def test_usual_proportions_change_nothing_and_slanted_eyes_rise_outwards():
    u, v = np.meshgrid(np.linspace(-0.9, 0.9, 9, dtype=np.float32), np.linspace(-1.4, 1.35, 9, dtype=np.float32))
    across, high = face_shape.usual(u, v, LOOKS)
    assert across == pytest.approx(u, abs=1e-5)
    assert high == pytest.approx(v, abs=0.06)  # a smooth curve through five heights
    spots = np.array([EYE - 0.15, EYE + 0.15], np.float32), np.zeros(2, np.float32)
    _, (inner, outer) = face_shape.usual(*spots, replace(LOOKS, slant=2.0))
    assert outer > inner  # the usual spot lies lower: the eye's outer corner has moved up


def test_a_turned_head_shows_its_middle_where_a_cylinder_would():
    u = np.array([[0.0, np.sin(0.3)]])
    v = np.full_like(u, 0.05)  # where the half width is 1
    assert turned(u, v, LOOKS, 0.0) == pytest.approx(u, abs=1e-5)
    assert turned(u, v, LOOKS, 0.3)[0, 1] == pytest.approx(0, abs=1e-3)
    assert turned(u, v, LOOKS, 0.3)[0, 0] == pytest.approx(-np.sin(0.3), abs=1e-3)


def test_bump_and_step():
    assert bump(np.array([0.0, 1.0]), np.array([0.0, 0.0]), (0, 0), (1, 1)) == pytest.approx([1, np.exp(-1)])
    assert step(np.array([-1, 0.0, 0.5, 1.0, 2]), 0, 1) == pytest.approx([0, 0, 0.5, 1, 1])


def test_the_nose_stands_out_and_the_eye_sockets_lie_back():
    points = {
        "nose": (0.0, 0.48),
        "cheek": (0.5, 0.48),
        "socket": (EYE, -0.1),
        "brow": (EYE, -0.27),
        "lip": (0.0, MOUTH - 0.06),
    }
    height = {
        name: float(face_shape.relief(np.array([u]), np.array([v]), LOOKS, CALM, 0.0)[0])
        for name, (u, v) in points.items()
    }
    assert height["nose"] > height["lip"] > height["cheek"]
    assert height["brow"] > height["socket"]


def test_a_slope_towards_the_light_is_brighter():
    light = replace(pick_light(np.random.default_rng(0)), sun_x=1.0, strength=0.7)
    slope = np.linspace(0, 1, 20)[None] * np.ones((20, 1))  # rises to the right, so it faces left
    assert lighting(slope[:, ::-1], 10, light).mean() > lighting(slope, 10, light).mean()


def test_people_differ_and_keep_their_looks():
    looks = [pick_looks(np.random.default_rng(k)) for k in range(30)]
    assert looks[0] == pick_looks(np.random.default_rng(0))
    assert len({one.person.skin for one in looks}) == 30
    assert {True, False} == {one.soft for one in looks}
    assert not any(one.soft and one.person.beard for one in looks)
