import builtins

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from likeness.people import mediapipe_pose
from likeness.people.joints import INDEX

pytest.importorskip("mediapipe.python.solutions.pose", reason="mediapipe with its pose model is not installed")
pytestmark = pytest.mark.filterwarnings("ignore:SymbolDatabase")


@pytest.fixture(scope="module")
def portrait():
    return Image.fromarray(astronaut()).resize((256, 256), Image.Resampling.LANCZOS)


@pytest.fixture(scope="module")
def alone(portrait):
    return mediapipe_pose.find_people(portrait)


def beside(left, right):
    both = Image.new("RGB", (left.width + right.width, left.height))
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    return both


def test_the_astronaut_is_one_person_with_a_face_in_its_place(alone):
    assert alone.shape == (1, 18, 3)
    nose, right_eye, left_eye = alone[0, [INDEX["nose"], INDEX["right_eye"], INDEX["left_eye"]]]
    assert nose[:2] == pytest.approx([112, 60], abs=8)  # read off the picture
    assert right_eye[0] < nose[0] < left_eye[0]  # she faces us: her right is on our left
    assert ((alone[..., 2] >= 0) & (alone[..., 2] <= 1)).all()


def test_both_of_two_people_side_by_side_are_found(portrait, alone):
    people = mediapipe_pose.find_people(beside(portrait, portrait))
    assert len(people) == 2
    people = people[np.argsort(people[:, INDEX["nose"], 0])]
    assert people[0, INDEX["nose"], :2] == pytest.approx(alone[0, INDEX["nose"], :2], abs=10)
    assert people[1, INDEX["nose"], :2] == pytest.approx(alone[0, INDEX["nose"], :2] + [256, 0], abs=10)


def test_one_person_is_enough_if_one_is_asked_for(portrait):
    assert len(mediapipe_pose.find_people(beside(portrait, portrait), people=1)) == 1


def test_nobody_is_found_in_noise_and_in_a_tiny_photo():
    noise = np.random.default_rng(0).integers(0, 255, (120, 160, 3), np.uint8)
    assert mediapipe_pose.find_people(Image.fromarray(noise)).shape == (0, 18, 3)
    assert mediapipe_pose.find_people(Image.new("RGB", (8, 200))).shape == (0, 18, 3)


def test_same_photo_same_answer_whatever_came_before(portrait, alone):
    mediapipe_pose.find_people(Image.new("RGB", (100, 50), "white"))
    np.testing.assert_array_equal(mediapipe_pose.find_people(portrait), alone)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_turning_back_undoes_rot90(turns):
    pixels = np.zeros((20, 30, 3), np.uint8)
    pixels[4, 11] = 255
    y, x = np.argwhere(np.rot90(pixels, turns)[..., 0])[0] + 0.5
    person = np.tile([x, y, 1.0], (18, 1))
    back = mediapipe_pose._turned_back(person, turns, 30, 20)
    assert back[0].tolist() == [11.5, 4.5, 1.0]


def test_a_missing_library_is_one_line_that_says_what_to_do(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("mediapipe"):
            raise ImportError("libGL.so.1: cannot open shared object file")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    monkeypatch.setattr(mediapipe_pose, "_THREAD", type("Fresh", (), {})())
    with pytest.raises(mediapipe_pose.MediapipeMissing, match=r"libGL.*install mediapipe==0\.10\.14") as error:
        mediapipe_pose.find_people(Image.new("RGB", (64, 64)))
    assert "\n" not in str(error.value)


def test_the_larger_of_two_people_comes_first(portrait):
    both = Image.new("RGB", (400, 256))
    both.paste(portrait.resize((144, 144)), (0, 60))
    both.paste(portrait, (144, 0))
    people = mediapipe_pose.find_people(both)
    assert len(people) == 2
    assert people[0, INDEX["nose"], 0] > 144 > people[1, INDEX["nose"], 0]


def test_a_guess_is_made_only_where_nobody_is_confirmed_and_one_is_asked_for(monkeypatch):
    """Looks that are sure see nobody; unsure ones see five people, of whom the third is the middle."""
    places = iter([0.0, 90.0, 50.0, 49.0, 55.0])

    def look(view, confidence=mediapipe_pose.SURE):
        if confidence == mediapipe_pose.SURE:
            return None
        person = np.full((18, 3), next(places))
        person[:, 2] = 0.2
        return person

    monkeypatch.setattr(mediapipe_pose, "_look", look)
    monkeypatch.setattr(mediapipe_pose, "_turned_back", lambda person, *_: person)
    monkeypatch.setattr(mediapipe_pose, "mirror", lambda person, _width: person)
    photo = Image.new("RGB", (60, 40))
    assert len(mediapipe_pose.find_people(photo, 1)) == 0
    found = mediapipe_pose.find_people(photo, 1, guess=True)
    assert found[0, 0].tolist() == [50, 50, 0.2]
