from dataclasses import replace

import numpy as np
import pytest

from likeness_demo.drawing.light import pick_light
from likeness_demo.people.face_shape import EYE, HeadFrame, pick_looks
from likeness_demo.people.hair import draw_back_hair, draw_front_hair, draw_glasses, draw_hat

FRAME = HeadFrame(x=100, y=100, unit=40)
LIGHT = pick_light(np.random.default_rng(0))


def looks(**person):
    plain = pick_looks(np.random.default_rng(4))
    return replace(plain, lips=1.2, person=replace(plain.person, **{"hat": "", "glasses": "", **person}))


def drawn(draw, who):
    image = np.full((260, 200, 3), 0.5, np.float32)
    before = image.copy()
    draw(image, who)
    return np.abs(image - before).max(axis=2) > 0.02


def front(image, who):
    draw_front_hair(image, FRAME, who, LIGHT, np.random.default_rng(1))


def back(image, who):
    draw_back_hair(image, FRAME, who, LIGHT, np.random.default_rng(1))


@pytest.mark.parametrize("style", ["short", "long", "curly", "bun"])
def test_hair_covers_the_crown_and_leaves_eyes_and_mouth_free(style):
    mask = drawn(front, looks(style=style))
    assert mask[48, 100]
    for u, v in ((EYE, 0), (-EYE, 0), (0, 0.9)):
        x, y = FRAME.at([(u, v)])[0]
        assert not mask[int(y), int(x)]


def test_bald_people_have_none_and_long_hair_falls_below_the_chin():
    assert not drawn(front, looks(style="bald")).any()
    assert not drawn(back, looks(style="short")).any()
    assert drawn(back, looks(style="long"))[100 + 80].any()


@pytest.mark.parametrize("hat", ["cap", "straw", "beanie"])
def test_hats_end_above_the_eyes(hat):
    mask = drawn(lambda image, who: draw_hat(image, FRAME, who), looks(hat=hat))
    assert mask[55, 100]
    assert not mask[98:].any()


def test_glasses_frame_the_eyes_and_sunglasses_tint_them():
    eye = tuple(int(k) for k in FRAME.at([(EYE, 0.03)])[0][::-1])
    clear = drawn(lambda image, who: draw_glasses(image, FRAME, who), looks(glasses="clear"))
    assert clear.any()
    assert not clear[eye]
    assert drawn(lambda image, who: draw_glasses(image, FRAME, who), looks(glasses="sun"))[eye]
    assert not drawn(lambda image, who: draw_glasses(image, FRAME, who), looks()).any()
