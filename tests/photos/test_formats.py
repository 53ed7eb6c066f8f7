"""HEIC, camera raws and pictures that nothing here decodes: decoded, or named with what to do."""

import struct
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from photo_samples import corners, icc_profile, in_srgb, scene, tiff
from PIL import ExifTags, Image

from likeness.photos.contents import orientation
from likeness.photos.decode import PhotoError, decode, open_image, taken_at
from likeness.photos.formats import RAW_MAKERS

heif = pytest.importorskip("pillow_heif", reason="the encoder of HEIC is not installed")
CASES = Path(__file__).resolve().parents[3] / "shared" / "cases" / "photos"


def refusal(path: Path) -> PhotoError:
    with pytest.raises(PhotoError) as caught:
        decode(path)
    assert "\n" not in str(caught.value)
    return caught.value


def write_heic(path: Path, image: Image.Image, **settings) -> None:
    heif.from_pillow(image).save(path, **{"quality": 95, "chroma": 444, **settings})


# --- HEIC ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turned", range(1, 9))
def test_heic_comes_out_upright_once(tmp_path, turned):
    """The encoder writes the turn as HEIF's own property, which the codec applies; EXIF names it once more."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turned
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2015:06:01 12:30:05"
    stored = corners((320, 200)) if turned < 5 else corners((200, 320))
    write_heic(tmp_path / "a.heic", stored, exif=exif.tobytes())
    turn = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # Pillow's transposition of each
    upright = stored.transpose(Image.Transpose(turn[turned])) if turned in turn else stored
    photo = decode(tmp_path / "a.heic")
    assert photo.size == upright.size == (320, 200)
    assert np.abs(np.asarray(photo, int) - np.asarray(upright, int)).mean() < 3
    assert str(taken_at(tmp_path / "a.heic")) == "2015-06-01 12:30:05"
    with (tmp_path / "a.heic").open("rb") as stream, open_image(stream) as image:
        assert image.size == (320, 200)
        assert orientation(image) == 1


def test_heic_profile_and_alpha(tmp_path):
    write_heic(tmp_path / "a.heic", Image.new("RGB", (64, 64), (40, 200, 60)), icc_profile=icc_profile("Display P3"))
    assert (
        np.abs(
            np.array(decode(tmp_path / "a.heic").getpixel((9, 9))) - in_srgb("Display P3", np.array([40, 200, 60]))
        ).max()
        <= 4
    )
    write_heic(tmp_path / "b.heic", Image.new("RGBA", (64, 64), (0, 0, 0, 0)))
    assert min(decode(tmp_path / "b.heic").getpixel((9, 9))) >= 250


def test_heic_is_read_by_content_with_limits_and_damage_has_its_reason(tmp_path):
    path = tmp_path / "a.jpg"
    write_heic(path, scene(1, (320, 240)))
    assert decode(path, draft=64).size == (320, 240)  # no thumbnail in its place
    whole = path.read_bytes()
    with pytest.raises(PhotoError, match="too-many-pixels"):
        decode(path, max_pixels=1000)
    path.write_bytes(whole[: len(whole) * 2 // 3])
    assert refusal(path).reason == "truncated"
    rng = np.random.default_rng(0)
    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(5):
            damaged[rng.integers(len(whole))] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            assert decode(path).mode == "RGB"
        except PhotoError as error:
            assert "\n" not in str(error)  # noqa: PT017


def test_avif_with_another_brand_first(tmp_path):
    scene(1, (64, 64)).save(tmp_path / "a.avif")
    content = (tmp_path / "a.avif").read_bytes()
    assert content[8:12] == b"avif"
    (tmp_path / "b.heif").write_bytes(content[:8] + b"mif1" + content[12:])
    assert decode(tmp_path / "b.heif").size == (64, 64)


@pytest.mark.parametrize(
    "brand", ["heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs", "mif1", "msf1", "vvic", "avci", "j2ki"]
)
def test_brands_of_heif_are_named(tmp_path, brand):
    (tmp_path / "a.heic").write_bytes(b"\0\0\0\x18ftyp" + brand.encode() + b"\0\0\0\0mif1heic" + bytes(4000))
    error = refusal(tmp_path / "a.heic")
    assert error.reason == "unsupported"
    assert "HEIC" in error.detail
    assert brand in error.detail
    assert "convert it to JPEG" in error.detail


def test_without_the_codec_heic_is_refused_in_one_line(tmp_path, monkeypatch):
    write_heic(tmp_path / "a.heic", scene(1))
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    error = refusal(tmp_path / "a.heic")
    assert error.reason == "unsupported"
    assert "pip install pillow-heif" in error.detail


# --- camera raws --------------------------------------------------------------------------------------------


def thumbnail(**more) -> dict:
    """The directory of a thumbnail of 64 x 48 px whose pixels Pillow can read, as raws begin with."""
    plain = {254: (4, (1,)), 256: (4, (64,)), 257: (4, (48,)), 258: (3, (8, 8, 8)), 259: (3, (1,)), 262: (3, (2,)), 271: (2, b"NIKON\0"),
             273: (4, (0,)), 277: (3, (3,)), 278: (4, (48,)), 279: (4, (64 * 48 * 3,))}  # fmt: skip
    return {**plain, **more}


SENSOR = {254: (4, (0,)), 256: (4, (6000,)), 257: (4, (4000,)), 259: (3, (34713,)), 262: (3, (32803,))}


def with_pixels(content: bytes) -> bytes:
    return content + bytes(64 * 48 * 3)


@pytest.mark.parametrize("suffix", RAW_MAKERS)
def test_a_tiff_named_as_a_raw_is_no_photo(tmp_path, suffix):
    path = tmp_path / f"a{suffix.upper()}"
    scene(1).save(path, format="TIFF")
    error = refusal(path)
    assert error.reason == "unsupported"
    assert RAW_MAKERS[suffix] in error.detail
    assert "JPEG" in error.detail
    with pytest.raises(PhotoError, match="unsupported"):
        taken_at(path)


@pytest.mark.parametrize("name", ["a.tif", "a.jpg", "a"])
@pytest.mark.parametrize(
    "content",
    [
        tiff(thumbnail(), SENSOR, subs=1),
        tiff(thumbnail(), {**SENSOR, 262: (3, (34892,))}, subs=1),  # linear raw, as of iPhones
        tiff(thumbnail(), {**SENSOR, 262: (3, (2,))}, subs=1),
        tiff(thumbnail(), SENSOR),  # one after the other
        tiff({**thumbnail(), 254: (4, (0,)), 50706: (1, b"\1\4\0\0")}),  # a DNG by its version
    ],
    ids=["colour filter array", "linear", "reduced", "chained", "DNG"],
)
def test_a_raw_is_told_by_its_structure_whatever_its_name(tmp_path, name, content):
    (tmp_path / name).write_bytes(with_pixels(content))
    error = refusal(tmp_path / name)
    assert error.reason == "unsupported"
    assert "raw" in error.detail


def test_a_scan_with_a_smaller_copy_behind_it_stays_a_photo(tmp_path):
    full = {**thumbnail(), 254: (4, (0,)), 273: (4, (400,))}
    small = {**thumbnail(), 273: (4, (400,))}
    for subs in (0, 1):
        (tmp_path / "a.tif").write_bytes(tiff(full, small, subs=subs).ljust(400, b"\0") + bytes(64 * 48 * 3))
        assert decode(tmp_path / "a.tif").size == (64, 48)


def test_a_jpeg_named_as_a_raw_stays_a_photo(tmp_path):
    scene(1).save(tmp_path / "a.NEF", format="JPEG")
    assert decode(tmp_path / "a.NEF").size == (160, 120)


# --- pictures in other formats --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"\xff\x0a" + bytes(range(200)), "JPEG XL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(200), "JPEG XL"),
        (b"II*\0\x10\0\0\0CR\x02\0" + bytes(200), "CR2"),
        (b"\0\0\0\x18ftypcrx \0\0\0\1crx isom" + bytes(200), "CR3"),
        (b"II\x1a\0\0\0HEAPCCDR" + bytes(200), "CRW"),
        (b"FUJIFILMCCD-RAW 0201" + bytes(200), "RAF"),
        (b"IIRO\x08\0\0\0" + bytes(200), "ORF"),
        (b"IIRS\x08\0\0\0" + bytes(200), "ORF"),
        (b"MMOR\0\0\0\x08" + bytes(200), "ORF"),
        (b"IIU\0\x18\0\0\0" + bytes(200), "RW2"),
        (b"\0MRM" + bytes(200), "MRW"),
        (b"FOVb" + bytes(200), "X3F"),
        (b"II*\0\x08\0\0\0IIII" + bytes(200), "IIQ"),
        (b"8BPS\0\1" + bytes(200), "PSD"),
        (b"gimp xcf v011\0", "XCF"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"<svg/>", "SVG"),
        (b"v/1\x01" + bytes(200), "OpenEXR"),
        (b"icns" + bytes(200), "icon"),
        (bytes(128) + b"DICM" + bytes(200), "DICOM"),
    ],
)
@pytest.mark.parametrize("name", ["a.jpg", "a"])
def test_known_pictures_are_named_with_what_to_do(tmp_path, content, named, name):
    (tmp_path / name).write_bytes(content)
    error = refusal(tmp_path / name)
    assert error.reason == "unsupported"
    assert named in error.detail
    assert "JPEG" in error.detail.partition(";")[2]


def test_illustrator_films_and_archives(tmp_path):
    (tmp_path / "a.ai").write_bytes(b"%PDF-1.5\n" + bytes(200))
    assert "Illustrator" in refusal(tmp_path / "a.ai").detail
    for atom in (b"moov", b"mdat", b"wide"):
        (tmp_path / "a.mov").write_bytes(struct.pack(">I", 8) + atom + bytes(200))
        assert "QuickTime" in refusal(tmp_path / "a.mov").detail
    (tmp_path / "a.jpg").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n")
    assert "git lfs pull" in refusal(tmp_path / "a.jpg").detail
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.jpg", b"")
    assert refusal(tmp_path / "a.zip").reason == "disguised"


def test_the_cases_of_raws_and_heic():
    if not CASES.is_dir():
        pytest.skip("no ../shared/cases beside the repository")
    for name in (
        "raw.CR2",
        "raw.RAF",
        "raw.ORF",
        "raw.RW2",
        "codestream.jxl",
        "brand_heim.heic",
        "raw_album/DSC_0000.NEF",
    ):
        assert refusal(CASES / name).reason == "unsupported"
