from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from likeness.errors import LayoutError
from likeness.people.marks.frames import frames_of, on_photo, orientation_of
from likeness.photos.decode import decode

WIDTH, HEIGHT = 64, 48
SPOT = (50.5, 10.5)  # [px] on the pixels as they are stored: the middle of a white pixel


def stored(folder, turn, name="a.png", size=(WIDTH, HEIGHT)):
    """A black photo with one white pixel at SPOT, and an EXIF orientation."""
    image = Image.new("L", size)
    image.putpixel((50 * size[0] // WIDTH, 10 * size[1] // HEIGHT), 255)
    exif = Image.Exif()
    exif[0x0112] = turn
    image.save(folder / name, exif=exif)
    return folder / name


def sizes(*pairs):
    return np.array(pairs, dtype=float)


NOT_SAID = (np.nan, np.nan)


@pytest.mark.parametrize("turn", range(1, 9))
def test_marks_on_stored_pixels_turn_with_the_photo(tmp_path, turn):
    path = stored(tmp_path, turn)
    upright = np.asarray(decode(path).convert("L"))
    assert orientation_of(path) == turn
    (row,), (column,) = np.nonzero(upright)
    size = np.array(upright.shape[::-1], dtype=float)
    place = on_photo(np.array(SPOT), np.array([WIDTH, HEIGHT], dtype=float), turn, size)
    assert place.tolist() == [column + 0.5, row + 0.5]
    half = on_photo(np.array(SPOT) / 2, np.array([WIDTH, HEIGHT]) / 2, turn, size)
    assert half.tolist() == [column + 0.5, row + 0.5]


@pytest.mark.parametrize(
    ("stated", "upright"), [((640, 427), (4272, 2848)), ((1067, 1600), (2000, 3000)), ((64, 48), (64, 48))]
)
def test_a_copy_of_another_size_is_scaled(stated, upright):
    frames = frames_of(sizes(stated), sizes(upright), [Path("a.jpg")], Path("k.json"))
    assert frames.turn.tolist() == [1]
    corner = on_photo(np.array(stated, dtype=float), frames.size[0], 1, np.array(upright, dtype=float))
    assert corner.tolist() == list(upright)


def test_a_turned_size_is_turned_by_exif_and_speaks_for_the_file(tmp_path):
    paths = [stored(tmp_path, turn, f"{k}.png") for k, turn in enumerate((6, 3, 1, 8))]
    paths.append(stored(tmp_path, 5, "4.png", size=(64, 64)))
    upright = sizes((48, 64), (64, 48), (64, 48), (48, 64), (64, 64))
    stated = sizes((128, 96), (64, 48), (64, 48), NOT_SAID, (64, 64))
    frames = frames_of(stated, upright, paths, Path("k.json"))
    assert frames.turn.tolist() == [6, 3, 1, 8, 5]
    assert frames.size.tolist() == [[128, 96], [64, 48], [64, 48], [64, 48], [64, 64]]


def test_where_sizes_say_upright_too_only_the_turned_ones_turn(tmp_path):
    paths = [stored(tmp_path, turn, f"{k}.png") for k, turn in enumerate((6, 3, 8))]
    frames = frames_of(sizes((64, 48), (64, 48), (48, 64)), sizes((48, 64), (64, 48), (48, 64)), paths, Path("k.json"))
    assert frames.turn.tolist() == [6, 1, 1]


def test_upright_sizes_leave_the_marks_alone(tmp_path):
    paths = [stored(tmp_path, turn, f"{k}.png") for k, turn in enumerate((6, 3))]
    assert frames_of(sizes((48, 64), NOT_SAID), sizes((48, 64), (64, 48)), paths, Path("k")).turn.tolist() == [1, 1]


def test_another_shape_is_refused(tmp_path):
    path = stored(tmp_path, 1)
    for stated in ((640, 640), (480, 640)):  # stretched; turned, and no EXIF orientation to turn it by
        with pytest.raises(
            LayoutError, match=r"k\.json: a\.png was marked on \d+ x 640 px, but the photo has 64 x 48 px"
        ):
            frames_of(sizes(stated), sizes((64, 48)), [path], Path("k.json"))
