import base64
import io

import numpy as np
import pytest
from PIL import Image

from likeness.people.joints import INDEX, nobody
from likeness.report.thumbnails import Thumbnails, jpeg_uri, overlay_heat, overlay_skeleton, shrink


def pixels(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))))


def grey(value: int, width: int = 60, height: int = 40) -> Image.Image:
    return Image.fromarray(np.full((height, width, 3), value, np.uint8))


def test_thumbnail_keeps_the_shape_and_the_content(thumbs):
    uri = thumbs.uri("id2")
    assert uri.startswith("data:image/jpeg;base64,")
    assert pixels(uri).shape == (40, 60, 3)
    assert abs(pixels(uri).mean() - 100) < 2  # photo number 2 is grey level 100


def test_bytes_are_a_function_of_the_photo_which_is_read_once(thumbs):
    again = Thumbnails(thumbs.root, thumbs.photos, thumbs.size)
    first = thumbs.uri("id1")
    assert first == again.uri("id1") != thumbs.uri("id2")
    (thumbs.root / "photo1.png").unlink()
    thumbs.image("id1").paste((255, 0, 0), (0, 0, 60, 40))  # on a copy
    assert thumbs.uri("id1") == first


def test_unknown_photo_is_named(thumbs):
    with pytest.raises(KeyError, match="'nowhere' is not in the photos table of 6 rows"):
        thumbs.uri("nowhere")


def test_names_fall_back_to_the_file(thumbs, photos):
    assert thumbs.name("id0") == "Louvre, jump"
    assert Thumbnails(thumbs.root, photos.assign(site=None, pose=None)).name("id0") == "photo0.png"


def test_small_photos_are_not_enlarged():
    assert shrink(grey(9, 30, 20), 160).size == (30, 20)
    assert shrink(grey(9, 1000, 1), 100).size == (100, 1)


@pytest.mark.parametrize(("size", "shape"), [((90, 9), (6, 60, 3)), ((9001, 9000), (60, 60, 3))])
def test_a_photo_that_the_manifest_accepted_is_not_refused(tmp_path, photos, size, shape):
    Image.new("L", size, 77).save(tmp_path / "photo0.png", "JPEG")
    assert np.asarray(Thumbnails(tmp_path, photos, size=60).image("id0")).shape == shape


def test_jpeg_has_no_metadata():
    image = grey(9)
    image.info["exif"] = b"Exif\x00\x00secret"
    image.info["comment"] = b"secret"
    assert b"secret" not in base64.b64decode(jpeg_uri(image).partition(",")[2])


def test_skeleton_is_drawn_where_the_joints_are():
    people = nobody(1)
    people[0, INDEX["nose"]] = (300, 100, 1)  # px of a photo of 600 x 400: the thumbnail's (30, 10)
    people[0, INDEX["neck"]] = (300, 300, 1)  # (30, 30)
    drawn = np.asarray(overlay_skeleton(grey(100), people, 600, 400)).astype(int)
    colourful = np.ptp(drawn, axis=2) > 60
    assert colourful[10:31, 30].all()
    assert not colourful[:, :25].any()
    assert not colourful[:, 36:].any()
    assert (drawn[5, 5] == 75).all()  # the rest is dimmed to three quarters


def test_nobody_leaves_the_photo():
    assert np.array_equal(overlay_skeleton(grey(100), nobody(0), 600, 400), grey(100))


def test_heat_is_bright_where_the_map_is():
    heat = np.zeros((4, 6))
    heat[0, 0] = -5.0  # only the magnitude counts
    drawn = np.asarray(overlay_heat(grey(100), heat, top=5.0)).astype(int)
    assert drawn[0, 0].sum() > 3 * drawn[39, 59].sum()
    assert np.ptp(drawn[39, 59]) < 5  # no evidence: no colour


def test_heat_scale_is_shared_when_given():
    heat = np.full((4, 6), 1.0)
    dim, bright = (np.asarray(overlay_heat(grey(100), heat, top)).mean() for top in (4.0, 1.0))
    assert dim < bright
    assert np.array_equal(overlay_heat(grey(100), heat * 0, None), overlay_heat(grey(100), heat * 0, top=1.0))


@pytest.mark.parametrize("heat", [np.zeros(4), np.full((2, 2), np.nan)])
def test_heat_refuses_nan_and_wrong_shapes(heat):
    with pytest.raises(ValueError, match=r"finite \(h, w\) map, got shape"):
        overlay_heat(grey(1), heat, None)
