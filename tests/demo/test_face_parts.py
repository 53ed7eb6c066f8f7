from dataclasses import replace

import numpy as np

from likeness_demo.drawing.light import pick_light
from likeness_demo.people.face import draw_face
from likeness_demo.people.face_shape import EYE, MOUTH, HeadFrame, Mood, pick_looks

LIGHT = replace(pick_light(np.random.default_rng(0)), strength=0.3)
FRAME = HeadFrame(x=100, y=90, unit=50)


def face(**changes):
    looks = pick_looks(np.random.default_rng(2))
    looks = replace(looks, person=replace(looks.person, beard=False, skin=(0.9, 0.7, 0.6), hair=(0.1, 0.1, 0.1)))
    mood = changes.pop("mood", Mood(smile=0.8, teeth=False, gaze=0.0))
    if "beard" in changes:
        looks = replace(looks, person=replace(looks.person, beard=changes["beard"]))
    image = np.zeros((200, 200, 3), np.float32)
    draw_face(image, FRAME, looks, mood, LIGHT, np.random.default_rng(3))
    return image


def at(image, u, v):
    x, y = FRAME.at([(u, v)])[0]
    return image[int(y) - 1 : int(y) + 2, int(x) - 1 : int(x) + 2].mean(axis=(0, 1))


def test_only_the_head_is_painted_and_within_range():
    image = face()
    assert image.min() >= 0
    assert image.max() <= 1
    assert not image[:, :40].any()
    assert at(image, 0.6, 0.5).sum() > 1.2


def test_pupils_are_dark_whites_are_light_lips_are_red():
    image = face()
    for side in (-1, 1):
        assert at(image, side * EYE, 0.0).mean() < 0.35
        assert at(image, side * EYE + 0.14, 0.0).mean() > at(image, side * EYE, 0.0).mean() + 0.2
    lip, cheek = at(image, 0, MOUTH + 0.06), at(image, 0.6, 0.2)
    assert lip[0] / lip[1] > cheek[0] / cheek[1] + 0.1


def test_teeth_and_beard_show():
    assert at(face(mood=Mood(1.0, True, 0.0)), 0.0, MOUTH + 0.05).mean() > at(face(), 0.0, MOUTH + 0.05).mean() + 0.1
    assert at(face(beard=True), 0.0, 1.25).mean() < at(face(), 0.0, 1.25).mean() - 0.1
