import shutil
import struct
import threading
import zlib
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from photo_samples import corners, scene
from PIL import ExifTags, Image, ImageFile

from likeness.photos.decode import REASONS, PhotoError, decode, taken_at

WHITE, RED = (255, 255, 255), (255, 0, 0)


def refusal(path: Path, **limits) -> PhotoError:
    with pytest.raises(PhotoError) as caught:
        decode(path, **limits)
    error = caught.value
    assert error.reason in REASONS
    assert "\n" not in str(error)
    assert str(error).startswith(f"{path}: {error.reason}: ")
    assert str(path) not in error.detail
    return error


def png_declaring(width: int, height: int) -> bytes:
    """A valid PNG header that declares huge sides, with hardly any data behind it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b"")


def exif_bytes(orientation: int | None = None, date: str | None = None) -> Image.Exif:
    exif = Image.Exif()
    if orientation is not None:
        exif[ExifTags.Base.Orientation] = orientation
    if date is not None:
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = date
    return exif


# --- files that are refused -------------------------------------------------------------------------------


def test_empty_file(tmp_path):
    path = tmp_path / "a.jpg"
    path.touch()
    assert refusal(path).reason == "empty"
    with pytest.raises(PhotoError, match="empty"):
        taken_at(path)


@pytest.mark.parametrize("kind", ["jpg", "progressive.jpg", "png", "gif", "webp", "ppm", "tif", "bmp"])
@pytest.mark.parametrize("share", [0.5, 0.95])
@pytest.mark.parametrize("draft", [None, 64])
def test_truncated_file(tmp_path, kind, share, draft):
    whole, cut = tmp_path / f"whole.{kind}", tmp_path / f"cut.{kind}"
    scene(1, (256, 192)).save(whole, **({"progressive": True} if "progressive" in kind else {}))
    decode(whole)
    cut.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    assert refusal(cut, draft=draft).reason == "truncated"


def test_a_header_alone_is_truncated(tmp_path):
    path = tmp_path / "a.jpg"
    scene(1).save(path)
    path.write_bytes(path.read_bytes()[:20])
    assert refusal(path).reason == "truncated"


def test_truncated_stays_refused_when_another_library_allows_it(tmp_path, monkeypatch):
    path = tmp_path / "a.jpg"
    scene(1).save(path)
    path.write_bytes(path.read_bytes()[:-400])
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert refusal(path).reason == "truncated"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"<!DOCTYPE html>\n<html><body>404 Not Found</body></html>", "HTML"),
        ("\ufeff <html>é</html>".encode(), "HTML"),
        ("<html>not here</html>".encode("utf-16"), "HTML"),
        (b"BMW is no bitmap, though it starts like one", "text"),
        (("ü" * 5000).encode()[:4097], "text"),
        (b'{"error": "rate limit"}', "text"),
        (b"%PDF-1.7\n\xe2\xe3\xcf\xd3", "PDF"),
        (b"PK\x03\x04\x14\0\0\0", "ZIP"),
        (b"\0\0\0\x18ftypisom\0\0\2\0", "MP4"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "RIFF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n", "PostScript"),
    ],
)
def test_disguised_file(tmp_path, content, named):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    error = refusal(path)
    assert error.reason == "disguised"
    assert named in error.detail


def test_heic_is_unsupported_and_says_what_to_do(tmp_path):
    path = tmp_path / "a.heic"
    path.write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0" + bytes(100))
    error = refusal(path)
    assert error.reason == "unsupported"
    assert "convert it to JPEG" in error.detail


@pytest.mark.parametrize("content", [bytes(5000), bytes(range(128, 256)) * 20])
def test_unreadable_file(tmp_path, content):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    assert refusal(path).reason == "unreadable"


def test_damaged_png_is_unreadable_not_truncated(tmp_path):
    path = tmp_path / "a.png"
    scene(1).save(path)
    content = bytearray(path.read_bytes())
    content[200:400] = bytes(200)
    path.write_bytes(content)
    assert refusal(path).reason == "unreadable"


@pytest.mark.parametrize("side", [9_500, 12_000, 60_000])  # over our limit, over Pillow's warning, over its error
def test_decompression_bomb_is_refused_before_decoding(tmp_path, side):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_declaring(side, side))
    assert refusal(path).reason == "too-many-pixels"


def test_the_date_of_a_bomb_is_not_read(tmp_path):
    path = tmp_path / "bomb.png"
    path.write_bytes(png_declaring(12_000, 12_000))
    with pytest.raises(PhotoError, match="too-many-pixels"):
        taken_at(path)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
@pytest.mark.parametrize("kind", ["jpg", "png", "gif", "webp", "tif", "bmp", "ppm", "jp2", "avif"])
def test_random_damage_is_decoded_or_refused_but_never_escapes(tmp_path, kind):
    """Two hundred files with a few bytes overwritten, half of them in the header."""
    path = tmp_path / f"a.{kind}"
    exif = {"exif": exif_bytes(6, "2015:06:01 12:30:05")} if kind in ("jpg", "png", "webp", "avif") else {}
    scene(1, (96, 72)).save(path, **exif)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    refusals = []
    for k in range(200):
        damaged = bytearray(whole)
        reach = min(300, len(whole)) if k % 2 else len(whole)
        for _ in range(rng.integers(1, 8)):
            damaged[rng.integers(reach)] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            assert decode(path).mode == "RGB"
        except PhotoError as error:
            refusals.append(str(error))
    assert refusals
    assert not any("\n" in line for line in refusals)


def test_pixel_limit_is_exact(tmp_path):
    path = tmp_path / "a.png"
    scene(1, (100, 50)).save(path)
    assert decode(path, max_pixels=5000).size == (100, 50)
    error = refusal(path, max_pixels=4999)
    assert error.reason == "too-many-pixels"
    assert "100 x 50" in error.detail
    with pytest.raises(ValueError, match="max_pixels 1000000000: at most"):
        decode(path, max_pixels=1_000_000_000)


def test_small_side_is_exact(tmp_path):
    path = tmp_path / "a.png"
    scene(1, (100, 32)).save(path)
    assert decode(path, min_side=32).size == (100, 32)
    assert refusal(path, min_side=33).reason == "too-small"


def test_floating_point_pixels_are_unsupported(tmp_path):
    path = tmp_path / "a.tif"
    Image.fromarray(np.ones((40, 40), np.float32)).save(path)
    assert refusal(path).reason == "unsupported"


def test_missing_file_is_no_photo_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        decode(tmp_path / "gone.jpg")


def test_reasons_are_a_fixed_vocabulary():
    with pytest.raises(ValueError, match="'odd' is no reason"):
        PhotoError("a.jpg", "odd", "")


# --- every kind of pixels ---------------------------------------------------------------------------------


def test_name_does_not_matter(tmp_path):
    scene(1).save(tmp_path / "a.png")
    shutil.copy(tmp_path / "a.png", tmp_path / "b.jpg")
    assert decode(tmp_path / "b.jpg").tobytes() == scene(1).tobytes()


def test_cmyk_jpeg(tmp_path):
    path = tmp_path / "a.jpg"
    Image.new("CMYK", (40, 40), (0, 255, 255, 0)).save(path)  # magenta + yellow ink = red
    photo = decode(path)
    assert photo.mode == "RGB"
    assert np.abs(np.array(photo.getpixel((20, 20))) - RED).max() <= 3


@pytest.mark.parametrize("kind", ["png", "webp"])
def test_alpha_lies_on_white(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    image = Image.new("RGBA", (60, 40), (*RED, 255))
    image.paste((0, 0, 0, 0), (0, 0, 20, 40))  # transparent black: would be black without the paper
    image.paste((255, 0, 0, 128), (20, 0, 40, 40))
    image.save(path, **({"lossless": True, "exact": True} if kind == "webp" else {}))
    photo = decode(path)
    assert photo.getpixel((10, 20)) == WHITE
    assert photo.getpixel((30, 20)) == (255, 127, 127)
    assert photo.getpixel((50, 20)) == RED


def test_grey_with_alpha(tmp_path):
    image = Image.new("LA", (40, 40), (0, 0))
    image.paste((90, 255), (0, 0, 20, 40))
    image.save(tmp_path / "a.png")
    photo = decode(tmp_path / "a.png")
    assert (photo.getpixel((5, 5)), photo.getpixel((30, 5))) == ((90, 90, 90), WHITE)


def test_palette_with_transparency(tmp_path):
    image = Image.new("P", (40, 40), 0)
    image.putpalette([*(0, 0, 0), *RED, *(0, 0, 255)])
    image.paste(1, (20, 0, 40, 40))
    for name in ("a.png", "a.gif"):
        image.save(tmp_path / name, transparency=0)
        photo = decode(tmp_path / name)
        assert (photo.getpixel((5, 5)), photo.getpixel((30, 5))) == (WHITE, RED)


def test_transparent_colour_of_an_rgb_png(tmp_path):
    image = corners()
    image.save(tmp_path / "a.png", transparency=(0, 0, 255))
    photo = decode(tmp_path / "a.png")
    assert (photo.getpixel((2, 2)), photo.getpixel((2, 38))) == (RED, WHITE)


@pytest.mark.parametrize("kind", ["png", "tif"])
def test_sixteen_bit_grey_is_scaled(tmp_path, kind):
    values = np.zeros((40, 40), np.uint16)
    values[:, 10:20], values[:, 20:30], values[:, 30:] = 257, 32768, 65535
    Image.fromarray(values).save(tmp_path / f"a.{kind}")
    photo = decode(tmp_path / f"a.{kind}")
    assert [photo.getpixel((x, 5))[0] for x in (5, 15, 25, 35)] == [0, 1, 128, 255]


def test_sixteen_bit_pgm_is_scaled(tmp_path):
    values = np.full((40, 40), 32768, ">u2")
    (tmp_path / "a.pgm").write_bytes(b"P5 40 40 65535\n" + values.tobytes())
    assert decode(tmp_path / "a.pgm").getpixel((5, 5)) == (128, 128, 128)


def test_sixteen_bit_rgb_png(tmp_path):
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    pixels = np.full((40, 40, 3), (65535, 32768, 0), ">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    header = struct.pack(">IIBBBBB", 40, 40, 16, 2, 0, 0, 0)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + data)
    assert decode(tmp_path / "a.png").getpixel((5, 5)) == (255, 128, 0)


def test_thirty_two_bit_grey_of_unknown_scale_is_unsupported(tmp_path):
    Image.fromarray(np.full((40, 40), 70_000, np.int32)).save(tmp_path / "a.tif")
    assert refusal(tmp_path / "a.tif").reason == "unsupported"


def test_grey_and_black_and_white(tmp_path):
    (tmp_path / "a.pgm").write_bytes(b"P5 40 40 255\n" + bytes([77]) * 1600)
    assert decode(tmp_path / "a.pgm").getpixel((5, 5)) == (77, 77, 77)
    Image.new("1", (40, 40), 1).save(tmp_path / "a.png")
    assert decode(tmp_path / "a.png").getpixel((5, 5)) == WHITE


@pytest.mark.parametrize("kind", ["gif", "png", "webp", "tif"])
def test_animation_or_pages_give_the_first_frame(tmp_path, kind):
    path = tmp_path / f"a.{kind}"
    frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, (0, 255, 0), (0, 0, 255))]
    lossless = {"lossless": True} if kind == "webp" else {}
    frames[0].save(path, save_all=True, append_images=frames[1:], **lossless)
    with Image.open(path) as written:
        assert written.n_frames == 3
    assert decode(path).getpixel((5, 5)) == RED


# --- metadata ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("draft", [None, 64])
def test_every_exif_orientation_comes_out_upright(tmp_path, orientation, draft):
    """Store the picture as each orientation tag describes it; decoding must always give the same upright picture."""
    stored = {  # EXIF 2.32: where row 0 and column 0 of the stored picture lie in the upright one
        1: lambda a: a,
        2: lambda a: a[:, ::-1],
        3: lambda a: a[::-1, ::-1],
        4: lambda a: a[::-1],
        5: lambda a: a.swapaxes(0, 1),
        6: lambda a: a.swapaxes(0, 1)[::-1],
        7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
        8: lambda a: a.swapaxes(0, 1)[:, ::-1],
    }[orientation]
    path = tmp_path / "a.jpg"
    pixels = np.ascontiguousarray(stored(np.asarray(corners((320, 200)))))
    Image.fromarray(pixels).save(path, exif=exif_bytes(orientation), quality=95)
    photo = decode(path, draft=draft)
    assert photo.size == ((320, 200) if draft is None else (160, 100))
    width, height = photo.size
    inset = [(8, 8), (width - 8, 8), (8, height - 8), (width - 8, height - 8)]
    expected = [RED, (0, 255, 0), (0, 0, 255), WHITE]
    assert np.abs(np.array([photo.getpixel(xy) for xy in inset]) - expected).max() < 20


def test_orientation_in_png_and_webp(tmp_path):
    for kind in ("png", "webp"):
        corners().save(tmp_path / f"a.{kind}", exif=exif_bytes(6))
        assert decode(tmp_path / f"a.{kind}").size == (40, 64)


@pytest.mark.parametrize("exif", [b"Exif\0\0garbage", b"Exif\0\0II*\0\xff\xff\xff\xff", exif_bytes(9).tobytes()])
@pytest.mark.filterwarnings("error")
def test_damaged_exif_does_not_cost_the_photo(tmp_path, exif):
    path = tmp_path / "a.jpg"
    corners().save(path, exif=exif)
    assert decode(path).size == (64, 40)
    assert taken_at(path) is None


def test_draft_keeps_both_sides_at_least_as_asked(tmp_path):
    path = tmp_path / "a.jpg"
    scene(1, (1000, 600)).save(path)
    assert decode(path, draft=224).size == (500, 300)
    assert decode(path, draft=601).size == (1000, 600)


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2015:06:01 12:30:05", datetime(2015, 6, 1, 12, 30, 5)),
        ("0000:00:00 00:00:00", None),
        ("0001:01:01 00:00:00", None),
        ("    :  :     :  :  ", None),
        ("2019:13:01 10:11:12", None),
        ("2016:01:26 24:48:30", datetime(2016, 1, 26, 0, 48, 30)),  # a clock from 1 to 24
        ("2007:03:08 15:57: 7", datetime(2007, 3, 8, 15, 57, 7)),
        ("2019:7:1 9:5:3", datetime(2019, 7, 1, 9, 5, 3)),
        ("2019-07-01 10:11:12", datetime(2019, 7, 1, 10, 11, 12)),
        ("2019/07/01 10:11:12", datetime(2019, 7, 1, 10, 11, 12)),
        ("2019:07:01T10:11:12Z", datetime(2019, 7, 1, 10, 11, 12)),
        ("2019:07:01 10:11:12+02:00", datetime(2019, 7, 1, 10, 11, 12)),
        ("2019:07:01 10:11:12.123", datetime(2019, 7, 1, 10, 11, 12)),
        ("2019:07:01 10:11:12 PM", datetime(2019, 7, 1, 22, 11, 12)),
        ("2019:07:01 10:11", datetime(2019, 7, 1, 10, 11)),
        ("2019:07:01", datetime(2019, 7, 1)),
        (None, None),
    ],
)
def test_taken_at(tmp_path, text, date):
    scene(1).save(tmp_path / "a.jpg", exif=exif_bytes(3, text))
    assert taken_at(tmp_path / "a.jpg") == date


def test_threads_decode_alike_and_refuse_alike(tmp_path):
    """The warning filter is process-wide: many threads at once must neither let a bomb through nor a photo down."""
    scene(1).save(tmp_path / "a.jpg")
    (tmp_path / "bomb.png").write_bytes(png_declaring(12_000, 12_000))
    results = []

    def work():
        for _ in range(20):
            decode(tmp_path / "a.jpg")
            with pytest.raises(PhotoError, match="too-many-pixels"):
                decode(tmp_path / "bomb.png")
        results.append(True)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [True] * 4


def test_the_first_sound_date_in_the_order_of_trust(tmp_path):
    """DateTimeOriginal, then DateTimeDigitized, then DateTime, which editors change."""
    tags = {
        "DateTime": "2003:01:01 00:00:00",
        "DateTimeDigitized": "2002:01:01 00:00:00",
        "DateTimeOriginal": "2001:01:01 00:00:00",
    }
    for first, year in (("", 2001), ("DateTimeOriginal", 2002), ("DateTimeOriginal DateTimeDigitized", 2003)):
        exif = Image.Exif()
        for name, text in tags.items():
            place = exif if name == "DateTime" else exif.get_ifd(ExifTags.IFD.Exif)
            place[ExifTags.Base[name]] = "0000:00:00 00:00:00" if name in first.split() else text
        exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.OffsetTimeOriginal] = "+02:00"
        scene(1).save(tmp_path / "a.jpg", exif=exif)
        assert taken_at(tmp_path / "a.jpg") == datetime(year, 1, 1)
