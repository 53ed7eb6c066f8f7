"""Small photos made for the tests: structured enough to be recognised, cheap enough to make by the dozen."""

import struct

import numpy as np
from PIL import Image

# Primaries and white in xy, and the gamma of well-known spaces.
D50, D65 = (0.3457, 0.3585), (0.3127, 0.3290)
SPACES = {
    "Display P3": ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060), D65, 2.2),
    "Adobe RGB": ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06), D65, 563 / 256),
    "ProPhoto": ((0.7347, 0.2653), (0.1596, 0.8404), (0.0366, 0.0001), D50, 1.8),
}
BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def scene(seed: int, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A smooth random picture: coarse colour noise, enlarged; other seeds give pictures that share nothing."""
    coarse = np.random.default_rng(seed).integers(0, 256, (12, 12, 3), dtype=np.uint8)
    return Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)


def corners(size: tuple[int, int] = (64, 40)) -> Image.Image:
    """Red top left, green top right, blue bottom left, white bottom right: shows every flip and turn."""
    image = Image.new("RGB", (2, 2))
    image.putdata([(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)])
    return image.resize(size, Image.Resampling.NEAREST)


def to_xyz(space: str) -> np.ndarray:
    """The matrix from linear RGB to XYZ under D50 (Lindbloom: primaries scaled to the white, Bradford adaptation)."""
    *primaries, white, _ = SPACES[space]
    xyz = np.array([[x / y, 1, (1 - x - y) / y] for x, y in (*primaries, white, D50)]).T
    cones = BRADFORD @ xyz[:, 3:]
    adapt = np.linalg.inv(BRADFORD) @ np.diag(cones[:, 1] / cones[:, 0]) @ BRADFORD
    return adapt @ (xyz[:, :3] * np.linalg.solve(xyz[:, :3], xyz[:, 3]))


def icc_profile(space: str) -> bytes:
    """A matrix profile (ICC version 2) of a space."""
    parts = {name: b"XYZ \0\0\0\0" + struct.pack(">3i", *np.round(column * 65536).astype(int))
             for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), to_xyz(space).T, strict=True)}  # fmt: skip
    parts[b"wtpt"] = b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)
    curve = b"curv\0\0\0\0\0\0\0\x01" + struct.pack(">H", round(SPACES[space][-1] * 256)) + b"\0\0"
    parts |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, body = struct.pack(">I", len(parts)), b""
    for name, part in parts.items():
        table += name + struct.pack(">2I", 132 + 12 * len(parts) + len(body), len(part))
        body += part
    head = struct.pack(">I4xI4s4s4s", 132 + 12 * len(parts) + len(body), 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    return (head + bytes(12) + b"acsp").ljust(128, b"\0") + table + body


def in_srgb(space: str, pixels: np.ndarray) -> np.ndarray:
    """Pixels (..., 3) of a space, 0 to 255, in sRGB by the formulas, clipped, not rounded."""
    srgb = np.array(
        [[3.1338561, -1.6168667, -0.4906146], [-0.9787684, 1.9161415, 0.0334540], [0.0719453, -0.2289914, 1.4052427]]
    )
    linear = np.clip((pixels / 255.0) ** SPACES[space][-1] @ (srgb @ to_xyz(space)).T, 0, 1)
    return 255 * np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def tiff(*directories: dict[int, tuple[int, tuple[int, ...] | bytes]], subs: int = 0, magic: bytes = b"II*\0") -> bytes:
    """A little-endian TIFF of directories {tag: (type, values)}; the last `subs` of them hang on the first by SubIFDs."""
    first = dict(directories[0])
    lengths = [2 + 12 * (len(each) + (not k and subs > 0)) + 4 for k, each in enumerate(directories)]
    places = [8 + sum(lengths[:k]) for k in range(len(directories))]
    if subs:
        first[330] = (4, tuple(places[-subs:]))
    data, out = b"", b""
    end = 8 + sum(lengths)
    for k, each in enumerate((first, *directories[1:])):
        out += struct.pack("<H", len(each))
        for tag, (kind, values) in sorted(each.items()):
            packed = values if isinstance(values, bytes) else struct.pack(f"<{len(values)}{'HI'[kind == 4]}", *values)
            where = packed.ljust(4, b"\0") if len(packed) <= 4 else struct.pack("<I", end + len(data))
            data += packed if len(packed) > 4 else b""
            out += struct.pack("<HHI", tag, kind, len(values)) + where
        chained = k + 1 < len(directories) - subs
        out += struct.pack("<I", places[k + 1] if chained else 0)
    return magic + struct.pack("<I", 8) + out + data
