import io

import numpy as np
import pytest
from photo_samples import SPACES, icc_profile, in_srgb, scene
from PIL import ExifTags, Image, ImageCms

from likeness.photos.colour_profiles import to_srgb
from likeness.photos.decode import decode

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image).astype(int)


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("kind", ["png", "tif", "webp", "jpg"])
def test_every_profile_comes_out_as_the_formulas_say(tmp_path, space, kind):
    path = tmp_path / f"a.{kind}"
    lossless = {"lossless": True} if kind == "webp" else {"quality": 100, "subsampling": 0} if kind == "jpg" else {}
    scene(1).save(path, icc_profile=icc_profile(space), **lossless)
    with Image.open(path) as stored:
        before = pixels(stored)
    after = pixels(decode(path))
    assert np.abs(after - in_srgb(space, before)).max() <= 2
    assert np.abs(after - before).max() > 10  # and not as if the numbers were sRGB's
    assert "icc_profile" not in decode(path).info


@pytest.mark.parametrize("profile", [SRGB, b"", b"no profile", SRGB[:200], icc_profile("Adobe RGB")[:-60], None])
def test_srgb_and_broken_profiles_leave_the_bits(tmp_path, profile):
    scene(1).save(tmp_path / "a.png", icc_profile=profile)
    assert decode(tmp_path / "a.png").tobytes() == scene(1).tobytes()


def test_transparency_is_kept_and_lies_on_white(tmp_path):
    image = Image.new("RGBA", (60, 40), (200, 60, 30, 255))
    image.paste((0, 0, 0, 0), (0, 0, 20, 40))
    image.save(tmp_path / "a.png", icc_profile=icc_profile("Adobe RGB"))
    photo = decode(tmp_path / "a.png")
    assert photo.getpixel((5, 5)) == (255, 255, 255)
    assert np.abs(np.array(photo.getpixel((40, 5))) - in_srgb("Adobe RGB", np.array([200, 60, 30]))).max() <= 2


def test_grey_pixels_with_an_rgb_profile_and_the_other_way_round(tmp_path):
    grey = scene(1).convert("L")
    grey.save(tmp_path / "a.png", icc_profile=icc_profile("ProPhoto"))
    after, expected = pixels(decode(tmp_path / "a.png")), in_srgb("ProPhoto", np.stack([pixels(grey)] * 3, axis=-1))
    assert np.abs(after - expected).max() <= 2
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    scene(1).save(tmp_path / "b.png", icc_profile=lab)
    assert decode(tmp_path / "b.png").tobytes() == scene(1).tobytes()


def test_adobe_rgb_that_a_camera_only_notes(tmp_path):
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] = 0xFFFF
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R03"}
    scene(1).save(tmp_path / "a.jpg", exif=exif, quality=100, subsampling=0)
    with Image.open(tmp_path / "a.jpg") as stored:
        before = pixels(stored)
    assert np.abs(pixels(decode(tmp_path / "a.jpg")) - in_srgb("Adobe RGB", before)).max() <= 2
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.IFD.Interop] = {1: "R98"}
    scene(1).save(tmp_path / "b.jpg", exif=exif, quality=100, subsampling=0)
    assert (pixels(decode(tmp_path / "b.jpg")) == before).all()


def test_a_photo_without_a_profile_is_the_same_object():
    image = scene(1)
    assert to_srgb(image) is image
    image.info["icc_profile"] = SRGB
    assert to_srgb(image) is image


def test_a_draft_is_converted_too(tmp_path):
    stream = io.BytesIO()
    Image.new("RGB", (800, 600), (40, 200, 60)).save(stream, "JPEG", icc_profile=icc_profile("Display P3"), quality=100)
    (tmp_path / "a.jpg").write_bytes(stream.getvalue())
    small = decode(tmp_path / "a.jpg", draft=100)
    assert small.size == (200, 150)
    assert np.abs(np.array(small.getpixel((9, 9))) - in_srgb("Display P3", np.array([40, 200, 60]))).max() <= 3
