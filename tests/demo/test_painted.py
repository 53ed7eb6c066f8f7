import numpy as np
import pytest

from likeness_demo.faces.brushwork import along, craquelure, flow, paint, spots
from likeness_demo.faces.frames import PROFILES, draw_frame, frame_width
from likeness_demo.faces.grounds import GROUNDS
from likeness_demo.faces.identities import pick_sitters
from likeness_demo.faces.painted import in_ink, in_stone, paint_sitters, paint_view
from likeness_demo.faces.styles import STYLES, Brush

SITTERS = pick_sitters(8, 7)
SIZES = {1: (200, 160), 2: (200, 256), 3: (240, 304)}


def painting(style, count=1, seed=1):
    people = [SITTERS[(seed + k) % 8] for k in range(count)]
    return paint_sitters(people, style, [next(iter(style.robes.values()))] * count, SIZES[count], [1, seed])


@pytest.mark.parametrize("count", [1, 2, 3])
def test_faces_lie_inside_the_frame_and_apart(count):
    for seed in range(4):
        made = painting(STYLES[seed], count, seed)
        height, width = SIZES[count]
        edge = frame_width(SIZES[count])
        assert made.faces.shape == (count, 4)
        assert (made.faces[:, :2] > edge).all()
        assert (made.faces[:, 2:] < np.array([width, height]) - edge).all()
        order = made.faces[np.argsort(made.faces[:, 0])]
        assert (order[1:, 0] > order[:-1, 2]).all()


def test_a_view_has_no_face_and_every_style_has_its_own_ground_and_frame():
    assert paint_view("pisa", STYLES[0], (120, 150), [1]).faces.shape == (0, 4)
    assert {style.ground for style in STYLES} == set(GROUNDS)
    assert {style.frame for style in STYLES} == set(PROFILES)
    assert len({style.workshop for style in STYLES}) == len(STYLES)


def test_busts_are_grey_and_prints_have_ink_on_paper():
    stone, ink = (draw(SITTERS[0], (200, 160), [3]) for draw in (in_stone, in_ink))
    assert np.ptp(stone.image.astype(int), axis=2).max() < 16
    assert ink.image[5, 5].astype(int) == pytest.approx([242, 232, 204], abs=6)
    assert stone.faces.shape == ink.faces.shape == (1, 4)


def test_strokes_follow_edges_and_the_brush_on_flat_ground():
    image = np.zeros((80, 80, 3), np.float32)
    image[:, 40:] = 1  # an edge from top to bottom
    brush = Brush(0.05, 3.0, 0.3, 0.0, 0.0, 0.0, 0.0)
    angle = flow(image, brush, np.random.default_rng(1))
    assert np.abs(np.cos(angle[20:60, 40])).max() < 0.1
    assert np.sin(2 * angle[40, 5]) == pytest.approx(np.sin(0.6), abs=0.01)


def test_paint_keeps_a_flat_picture_and_spares_faces():
    brush = Brush(0.05, 3.0, None, 0.0, 0.0, 0.0, 1.0)
    flat = np.full((60, 50, 3), 0.5, np.float32)
    nobody = np.zeros((60, 50), np.float32)
    assert paint(flat, brush, nobody, np.random.default_rng(1)) == pytest.approx(flat, abs=1 / 255)
    noisy = np.random.default_rng(2).random((60, 50, 3), dtype=np.float32)
    spared = paint(noisy, brush, nobody + 1, np.random.default_rng(1))
    assert spared == pytest.approx(noisy, abs=1e-6)
    assert np.abs(paint(noisy, brush, nobody, np.random.default_rng(1)) - noisy).mean() > 0.1


def test_averaging_along_lines_keeps_what_does_not_change_along_them():
    rows = np.zeros((40, 30, 3), np.float32) + np.random.default_rng(1).random((40, 1, 1), dtype=np.float32)
    level = np.zeros((40, 30), np.float32)
    assert along(rows, level, 6) == pytest.approx(rows, abs=1e-5)
    assert along(rows, level + np.float32(np.pi / 2), 6).std() < 0.7 * rows.std()


def test_spots_cover_the_picture_and_cracks_enclose_cells():
    points = spots((30, 50), 5, np.random.default_rng(1))
    assert len(points) == 60
    assert (points >= 0).all()
    assert (points <= (49, 29)).all()
    cracks = craquelure(120, 100, 20, np.random.default_rng(1))
    assert cracks.min() >= 0
    assert cracks.max() <= 1
    assert 0.02 < (cracks > 0.3).mean() < 0.25


@pytest.mark.parametrize("kind", PROFILES)
def test_frames_cover_the_margin_only(kind):
    image = np.zeros((100, 160, 3), np.float32) + np.float32([0, 1, 0])
    draw_frame(image, kind, np.random.default_rng(1))
    assert image[50, 80] == pytest.approx([0, 1, 0], abs=0.01)
    for margin in (image[:4], image[-4:], image[:, :4], image[:, -4:]):
        assert (margin[..., 1] - margin[..., 0]).max() < 0.5
