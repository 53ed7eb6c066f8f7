import json
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from likeness.album.dates import Taken, by_name, by_takeout, on_one_clock, taken
from likeness.album.moments import bursts, look_parts, moments, place_parts, time_parts

NOWHERE = np.full((1, 2), np.nan)


def alike(n: int) -> np.ndarray:
    return np.tile(np.array([[1.0, 0.0]], np.float32), (n, 1))


def test_a_gap_that_is_long_beside_its_neighbours_parts():
    gaps = np.array([30.0] * 10 + [3600] + [30] * 10)
    assert np.flatnonzero(time_parts(gaps)).tolist() == [10]
    slow = np.array([1500.0] * 10 + [3600] + [1500] * 10)  # a walk with a photo every 25 minutes is one moment
    assert not time_parts(slow).any()
    assert time_parts(np.array([7 * 3600.0])).all()  # a night parts, whatever stands beside it
    assert not time_parts(np.array([1.0, 1, 200, 1, 1])).any()  # minutes never do


def test_far_apart_is_another_moment_and_an_unknown_place_is_not():
    paris, suburb, rome = (48.8566, 2.3522), (48.860, 2.355), (41.9028, 12.4964)
    assert place_parts(np.array([paris, suburb, rome])).tolist() == [False, True]
    assert not place_parts(np.array([paris, (np.nan, np.nan), rome])).any()
    # a degree of longitude at the equator is 111 km, and nothing at the pole
    assert place_parts(np.array([(0.0, 0.0), (0, 0.03)])).all()
    assert not place_parts(np.array([(89.999, 0.0), (89.999, 5)])).any()


def test_undated_photos_part_where_the_look_changes():
    features = np.array([[1, 0]] * 6 + [[0, 1]] * 6, np.float32)
    assert np.flatnonzero(look_parts(features)).tolist() == [5]
    seconds = np.concatenate([[0.0, 10, 20], np.full(12, np.nan)])
    found = moments(seconds, np.repeat(NOWHERE, 15, 0), np.vstack([alike(3), features]))
    assert found.tolist() == [0] * 3 + [1] * 6 + [2] * 6


def test_bursts_are_close_in_time_and_look_within_a_moment_and_copies_join_them():
    seconds = np.array([0.0, 2, 4, 60, 62, 64])
    features = np.array([[1, 0], [1, 0], [0, 1], [0, 1], [0, 1], [0, 1]], np.float32)
    none = np.array(list("abcdef"), object)
    assert bursts(seconds, np.zeros(6, int), features, none).tolist() == [0, 0, 1, 2, 2, 2]
    assert bursts(seconds, np.array([0, 0, 0, 0, 1, 1]), features, none).tolist() == [0, 0, 1, 2, 3, 3]
    copies = np.array(list("abcdea"), object)
    assert bursts(seconds, np.zeros(6, int), features, copies).tolist() == [0, 0, 1, 0, 0, 0]
    assert bursts(seconds[:0], np.zeros(0, int), features[:0], none[:0]).tolist() == []


@pytest.mark.parametrize(
    ("name", "when", "day_only"),
    [
        ("IMG_20190704_153012.jpg", datetime(2019, 7, 4, 15, 30, 12), False),
        ("PXL_20210807_153012345.MP.jpg", datetime(2021, 8, 7, 15, 30, 12), False),
        ("Screenshot_2019-07-04-15-30-12.png", datetime(2019, 7, 4, 15, 30, 12), False),
        ("WhatsApp Image 2019-07-04 at 15.30.12.jpeg", datetime(2019, 7, 4, 15, 30, 12), False),
        ("IMG-20190704-WA0001.jpg", datetime(2019, 7, 4), True),
        ("2019-07-04.jpg", datetime(2019, 7, 4), True),
    ],
)
def test_dates_in_names(name, when, day_only):
    assert by_name(name)[:4] == (when, None, "name", day_only)


@pytest.mark.parametrize(
    "name", ["IMG_1234.jpg", "20191345_000000.jpg", "00020190704.jpg", "DSC01234567.jpg", "20190231.jpg"]
)
def test_names_that_are_no_dates(name):
    assert by_name(name).local is None


def test_takeout_and_exif(tmp_path):
    photo = tmp_path / "a.jpg"
    Image.new("RGB", (64, 64)).save(photo)
    told = {"photoTakenTime": {"timestamp": "1562247012"}, "geoData": {"latitude": 48.5, "longitude": -2.25}}
    (tmp_path / "a.jpg.supplemental-metadata.json").write_text(json.dumps(told))
    assert by_takeout(photo) == Taken(datetime(2019, 7, 4, 13, 30, 12), 0.0, "takeout", False, 48.5, -2.25)
    assert taken(photo).source == "takeout"
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({36867: "2019:07:04 15:30:12", 36881: "+02:00"})
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 30.0, 0.0), 3: "W", 4: (2.0, 15.0, 0.0)})
    Image.new("RGB", (64, 64)).save(photo, exif=exif)
    found = taken(photo)
    assert found == Taken(datetime(2019, 7, 4, 15, 30, 12), 2.0, "exif", False, 48.5, -2.25)


def test_damaged_sidecars_tell_nothing(tmp_path):
    for content in (
        "",
        "[]",
        "{}",
        '{"photoTakenTime": {"timestamp": "x"}}',
        '{"photoTakenTime": {"timestamp": "9e99"}}',
    ):
        (tmp_path / "a.jpg.json").write_text(content)
        assert by_takeout(Path(tmp_path / "a.jpg")) == Taken()


def test_one_clock_for_a_phone_with_a_zone_and_a_camera_without():
    phone = Taken(datetime(2019, 7, 4, 15, 30), 2.0, "exif")
    camera = Taken(datetime(2019, 7, 4, 15, 31), None, "exif")
    takeout = Taken(datetime(2019, 7, 4, 13, 32), 0.0, "takeout")
    day = Taken(datetime(2019, 7, 4), None, "name", True)
    at = on_one_clock([phone, camera, takeout, Taken(), day])
    assert at[:3] == [datetime(2019, 7, 4, 13, minute) for minute in (30, 31, 32)]
    assert at[3] is None
    assert at[4] == datetime(2019, 7, 4, 10)
