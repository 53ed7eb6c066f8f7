"""Which format a file is in, by its first bytes (and its suffix where those are TIFF's), and what to do with it.

None of our libraries knows more than the formats it decodes; `mimetypes` goes by names alone. Camera raws:
https://exiftool.org/TagNames/EXIF.html (SubfileType, PhotometricInterpretation); HEIF's brands: ISO/IEC 23008-12.
"""

import struct
import zlib
from typing import BinaryIO

from PIL.TiffImagePlugin import ImageFileDirectory_v2

# What Pillow's decoders raise on damaged bytes, by experience and by their source.
DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    struct.error,
    zlib.error,
)
HEAD_BYTES = 4096
TIFF_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
PHOTO_SIGNATURES = (b"\xff\xd8", b"\x89PNG", b"GIF8", b"\0\0\0\x0cjP", *TIFF_SIGNATURES)
OTHER_SIGNATURES = {
    b"%PDF": "a PDF document",
    b"%!PS": "a PostScript document",
    b"PK\x03\x04": "a ZIP archive or office document",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"ID3": "an MP3 sound file",
    b"OggS": "an Ogg sound or video file",
    b"\x1aE\xdf\xa3": "a Matroska or WebM video",
    b"\x7fELF": "a program",
    b"MZ": "a program",
    b"bplist00": "a property list of macOS or iOS",
    b"version https://git-lfs": "a Git LFS pointer (`git lfs pull` fetches the photo)",
}
# Pictures in formats that are not decoded here: (where the bytes stand, the bytes, what it is).
PICTURES = (
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
    (8, b"CR\x02", "Canon raw (CR2)"),
    (6, b"HEAPCCDR", "Canon raw (CRW)"),
    (4, b"ftypcrx ", "Canon raw (CR3)"),
    (0, b"FUJIFILMCCD-RAW", "Fujifilm raw (RAF)"),
    (0, b"IIRO", "Olympus raw (ORF)"),
    (0, b"IIRS", "Olympus raw (ORF)"),
    (0, b"MMOR", "Olympus raw (ORF)"),
    (0, b"IIU\0", "Panasonic or Leica raw (RW2)"),
    (0, b"\0MRM", "Minolta raw (MRW)"),
    (0, b"FOVb", "Sigma raw (X3F)"),
    (8, b"IIII", "Phase One raw (IIQ)"),
    (8, b"MMMM", "Phase One raw (IIQ)"),
    (0, b"8BPS", "Photoshop document (PSD)"),
    (0, b"gimp xcf", "GIMP document (XCF)"),
    (0, b"\0\xffKA", "Affinity document"),
    (0, b"II\xbc\x01", "JPEG XR"),
    (0, b"v/1\x01", "OpenEXR"),
    (0, b"#?RADIANCE", "Radiance HDR"),
    (0, b"BPG\xfb", "BPG"),
    (0, b"qoif", "QOI"),
    (0, b"DDS ", "DirectDraw surface (DDS)"),
    (0, b"icns", "macOS icon"),
    (0, b"\0\0\x01\0", "Windows icon"),
    (0, b"AT&TFORM", "DjVu document"),
    (0, b"SIMPLE  =", "FITS image"),
    (128, b"DICM", "DICOM image"),
    (0, b"\xd7\xcd\xc6\x9a", "Windows metafile (WMF)"),
    (40, b" EMF", "Windows metafile (EMF)"),
)
HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
AVIF_BRANDS = frozenset({b"avif", b"avis"})
# HEIF with other codecs than HEVC and AV1.
OTHER_HEIF_BRANDS = frozenset({b"mif2", b"mif3", b"miaf", b"avci", b"avcs", b"vvic", b"vvis", b"evbi", b"evbs",
                               b"jpeg", b"jpgs", b"j2ki", b"j2is", b"unif"})  # fmt: skip
HEIF_BRANDS = HEIC_BRANDS | OTHER_HEIF_BRANDS
# Most raws are TIFF files, whose first picture is a thumbnail, so that the suffix must tell.
RAW_MAKERS = {
    **dict.fromkeys((".nef", ".nrw"), "Nikon"),
    **dict.fromkeys((".cr2", ".cr3", ".crw"), "Canon"),
    **dict.fromkeys((".arw", ".arq", ".sr2", ".srf"), "Sony"),
    **dict.fromkeys((".orf", ".ori"), "Olympus"),
    **dict.fromkeys((".rw2", ".rwl", ".raw"), "Panasonic or Leica"),
    **dict.fromkeys((".pef", ".ptx"), "Pentax"),
    **dict.fromkeys((".3fr", ".fff"), "Hasselblad"),
    **dict.fromkeys((".iiq", ".cap", ".eip"), "Phase One"),
    **dict.fromkeys((".kdc", ".dcr", ".dcs", ".k25"), "Kodak"),
    ".dng": "Adobe DNG",
    ".gpr": "GoPro",
    ".raf": "Fujifilm",
    ".srw": "Samsung",
    ".mos": "Leaf",
    ".mef": "Mamiya",
    ".mrw": "Minolta",
    ".mdc": "Minolta",
    ".erf": "Epson",
    ".x3f": "Sigma",
    ".bay": "Casio",
}
DEVELOP = "bring the JPEG of the same photo, or develop it to JPEG"
EXPORT = "save it as JPEG or PNG"
SUBFILE, PHOTOMETRIC, MAKE, SUB_IFDS, CFA_PATTERN, DNG_VERSION = 254, 262, 271, 330, 33422, 50706
SENSOR = frozenset({32803, 34892})  # photometric interpretation of sensors' values: colour filter array, linear raw
MOST_SUB_IFDS = 16


def raw_photo(stream: BinaryIO, suffix: str) -> str | None:
    """Name the camera raw that a file is, as "Nikon raw (NEF)"; None if it is none. The stream is left anywhere.

    suffix: of the file's name. A TIFF is a raw where the suffix is a raw's, where a directory holds a sensor's values,
    or where the first picture is a smaller copy of another: Pillow would give that thumbnail for the photo.
    """
    stream.seek(0)
    head = stream.read(16)
    if not head.startswith((b"II", b"MM")):
        return None
    if (named := _picture(head)) and " raw " in named:
        return named
    if not head.startswith(TIFF_SIGNATURES):
        return None
    if maker := RAW_MAKERS.get(suffix.lower()):
        return f"{maker} raw ({suffix[1:].upper()})"
    return _raw_in_tiff(stream)


def _raw_in_tiff(stream: BinaryIO) -> str | None:
    try:
        first = _directory(stream)
        others = first.get(SUB_IFDS, ())
        others = [_directory(stream, place) for place in (others if isinstance(others, tuple) else (others,))]
        directories = [first, *others[:MOST_SUB_IFDS]]
        if DNG_VERSION in first:
            return "Adobe DNG raw (DNG)"
        is_sensor = any(each.get(PHOTOMETRIC) in SENSOR or CFA_PATTERN in each for each in directories)
        is_thumbnail = first.get(SUBFILE, 0) & 1 and (others or first.next)
        return f"{str(first.get(MAKE, 'camera')).strip()} raw (TIFF)" if is_sensor or is_thumbnail else None
    except DAMAGE:
        return None  # the decoder will say what is wrong


def _directory(stream: BinaryIO, place: int = 0) -> ImageFileDirectory_v2:
    """Read a TIFF's directory at a place in the file [bytes], 0 for the first."""
    stream.seek(0)
    head = stream.read(8)
    directory = ImageFileDirectory_v2(head + stream.read(8) if 43 in head[2:4] else head)  # 43: BigTIFF
    stream.seek(place or directory.next)
    directory.load(stream)
    return directory


def is_heif(head: bytes) -> bool:
    """Say whether a file is HEIF (HEIC and its relatives, not AVIF), by its first 12 bytes."""
    return head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS


def has_heif_codec() -> bool:
    """Make Pillow open HEIF (HEIC) by pillow-heif, without its thumbnails; say whether that is installed."""
    try:
        from pillow_heif import register_heif_opener

        register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    except ImportError:
        return False
    return True


def unsupported(head: bytes, suffix: str) -> str | None:
    """Say in one line which picture it is that nothing here decodes, and what to do; None if it may be another thing.

    suffix: of the file's name.
    """
    if is_heif(head):
        brand = head[8:12].decode()
        if not has_heif_codec():
            return (
                "HEIC (a phone's photo), whose codec is not installed; `pip install pillow-heif`, or convert it to JPEG"
            )
        return f"HEIC (brand {brand}) in a form that its codec does not read; convert it to JPEG or copy it again"
    if named := _picture(head):
        return f"{named}; {DEVELOP if ' raw ' in named else EXPORT}"
    if suffix.lower() == ".ai" and head.startswith((b"%PDF", b"%!PS")):
        return f"Illustrator drawing (AI); {EXPORT}"
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<svg" in head and b"<html" not in head.lower():
        return f"SVG drawing; {EXPORT}"
    return None


def _picture(head: bytes) -> str | None:
    return next((name for place, mark, name in PICTURES if head[place : place + len(mark)] == mark), None)


def other_content(head: bytes) -> str | None:
    """Name what a file that is no photo holds, by its first bytes; None if they could belong to a photo."""
    if head.startswith(PHOTO_SIGNATURES) or is_netpbm(head):
        return None
    for signature, name in OTHER_SIGNATURES.items():
        if head.startswith(signature):
            return name
    if head[:4] == b"RIFF":
        return None if head[8:12] in (b"WEBP", b"") else "a sound or video file (RIFF)"
    if head[4:8] in (b"moov", b"mdat", b"wide", b"pnot") or (
        head[4:8] == b"ftyp" and head[8:12] not in HEIF_BRANDS | AVIF_BRANDS
    ):
        return "an MP4 or QuickTime video"
    text = as_text(head)
    if text is None:
        return None
    return "a web page (HTML) or XML" if text.lstrip("\ufeff \t\r\n").startswith("<") else "text"


def is_netpbm(head: bytes) -> bool:
    """Say whether the bytes begin like PBM, PGM or PPM: P1 to P6 and white space."""
    return len(head) > 2 and head[:1] == b"P" and head[1:2] in b"123456" and head[2:3].isspace()


def as_text(head: bytes) -> str | None:
    """Return the bytes as text, or None if they are not text in UTF-8 or UTF-16 with a byte-order mark."""
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    text = head.decode(encoding, errors="ignore")  # the last character may be cut in half
    lost = len(head) - len(text.encode(encoding))
    is_printable = all(letter.isprintable() or letter.isspace() for letter in text.lstrip("\ufeff"))
    return text if text and is_printable and lost <= 3 else None
