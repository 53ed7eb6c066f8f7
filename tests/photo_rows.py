"""Photos on disk as the manifest knows them, without its checks."""

import hashlib
from pathlib import Path

import pandas as pd
from PIL import Image


def photo_rows(root, names):
    """Return photo_id, path, sha256, width, height of files below `root`."""
    rows = []
    for name in map(str, names):
        sha256 = hashlib.sha256((Path(root) / name).read_bytes()).hexdigest()
        with Image.open(Path(root) / name) as image:
            rows.append((sha256[:16], name, sha256, *image.size))
    return pd.DataFrame(rows, columns=["photo_id", "path", "sha256", "width", "height"])


def save_photos(folder, images, ending="png"):
    """Save images as 0.png, 1.png, ... and return their rows."""
    names = [f"{number}.{ending}" for number in range(len(images))]
    for name, image in zip(names, images, strict=True):
        image.save(Path(folder) / name)
    return photo_rows(folder, names)
