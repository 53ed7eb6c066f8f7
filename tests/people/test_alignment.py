import numpy as np
import pytest
from PIL import Image
from scipy.optimize import least_squares

from likeness.people.alignment import LANDMARKS, aligned_face, landmarks_of, similarity_transform, template_points


def test_a_known_turn_scale_and_shift_is_found_exactly():
    rng = np.random.default_rng(0)
    points, angle = rng.normal(size=(5, 2)), np.deg2rad(37)
    turn = 2.5 * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    found = similarity_transform(points, points @ turn.T + [3, -7])
    np.testing.assert_allclose(found, np.column_stack([turn, [3, -7]]), atol=1e-12)


def test_of_all_similarities_it_is_the_one_with_the_least_squares():
    rng = np.random.default_rng(1)
    points, target = rng.normal(size=(5, 2)), rng.normal(size=(5, 2))

    def errors(numbers):
        a, b, x, y = numbers
        return (points @ np.array([[a, -b], [b, a]]).T + [x, y] - target).ravel()

    a, b, x, y = least_squares(errors, np.zeros(4)).x
    np.testing.assert_allclose(similarity_transform(points, target), [[a, -b, x], [b, a, y]], atol=1e-6)


def test_nothing_is_mirrored():
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])
    matrix = similarity_transform(corners, corners * [-1, 1])
    assert np.linalg.det(matrix[:, :2]) >= 0


@pytest.mark.parametrize(("points", "target"), [(np.zeros((5, 2)), np.ones((5, 2))), (np.ones((1, 2)),) * 2,
                                                (np.eye(2), np.ones((3, 2)))])  # fmt: skip
def test_points_that_say_nothing_are_refused(points, target):
    with pytest.raises(ValueError, match=r"coincide|give both"):
        similarity_transform(points, target)


@pytest.mark.parametrize(("angle", "scale"), [(0, 1.0), (25, 1.0), (-40, 2.5), (170, 0.6)])
def test_a_turned_face_comes_upright_with_its_landmarks_on_the_template(angle, scale):
    """Five coloured dots stand for a face; after alignment each lies where the template puts it, whatever the turn."""
    template, turn = template_points("arcface"), np.exp(1j * np.deg2rad(angle))
    places = 80 * scale * turn * ((template - 0.5) @ np.array([1, 1j])) + complex(200, 180)
    pixels, (down, across) = np.zeros((360, 400, 3), np.uint8), np.mgrid[:360, :400] + 0.5
    colours = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255)]
    for place, colour in zip(places, colours, strict=True):
        pixels[np.hypot(across - place.real, down - place.imag) < 4] = colour
    face = aligned_face(Image.fromarray(pixels), np.column_stack([places.real, places.imag]), template)
    assert face.width == face.height == round(80 * scale)
    shown = np.asarray(face).astype(float)
    for (x, y), colour in zip(template * face.width, colours, strict=True):
        alike = np.abs(shown - colour).sum(axis=2) < 60
        middle = np.argwhere(alike).mean(axis=0) + 0.5
        np.testing.assert_allclose(middle[::-1], [x, y], atol=1)


def test_what_lies_beyond_the_picture_repeats_its_edge():
    template = template_points("portrait")
    face = aligned_face(Image.new("RGB", (40, 40), (9, 80, 200)), template * 100 - 30, template)
    assert np.unique(np.asarray(face).reshape(-1, 3), axis=0).tolist() == [[9, 80, 200]]


def test_landmarks_count_only_where_all_ten_numbers_are_known():
    assert len(LANDMARKS) == 10
    assert landmarks_of(range(10)).tolist() == [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9]]
    assert landmarks_of([np.nan, *range(9)]) is None
    with pytest.raises(ValueError, match="template 'oval': choose one of arcface"):
        template_points("oval")
