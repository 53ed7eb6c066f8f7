"""Crude cartoons: round heads with two large eyes on a flat ground, among boxes and balls without a face."""

import hashlib

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

SIDE = 96  # px


def draw_cartoon(faces: int, seed: int, size: tuple[int, int] = (SIDE, SIDE)) -> tuple[Image.Image, np.ndarray]:
    """Return a picture of `size` (width, height) and its faces (n, 4) px; heads stand side by side."""
    rng, (width, height) = np.random.default_rng(seed), size
    image = Image.new("RGB", size, tuple(rng.integers(120, 255, 3).tolist()))
    pen, boxes = ImageDraw.Draw(image), []
    for x, y in rng.integers(0, (width - 12, height // 4), (2, 2)):
        pen.rectangle([x, y, x + 12, y + 8], fill=tuple(rng.integers(0, 120, 3).tolist()))
    for k in range(faces):
        wide = int(min(0.9 * width / faces, rng.uniform(0.35, 0.5) * width))
        x = int((k + 0.5) * width / faces - wide / 2)
        y = int(rng.uniform(0.25, 0.9 - wide / height) * height)
        pen.ellipse([x, y, x + wide, y + wide], fill=(240, 190, 120), outline=(20, 20, 20))
        for side in (0.32, 0.68):
            eye = [x + wide * (side - 0.13), y + 0.3 * wide, x + wide * (side + 0.13), y + 0.6 * wide]
            pen.ellipse(eye, fill=(255, 255, 255), outline=(0, 0, 0))
        boxes.append([x, y, x + wide + 1, y + wide + 1])
    return image, np.array(boxes, float).reshape(-1, 4)


def sample_cartoons(folder, counts=(1, 2, 1, 0, 1, 2, 1, 1)):
    """Write cartoons into `folder`; return photos (with split: the last four are "val") and boxes."""
    rows, boxes = [], []
    for k, count in enumerate(counts):
        size = (SIDE, SIDE) if k % 2 else (SIDE, 72)
        image, faces = draw_cartoon(count, seed=k, size=size)
        image.save(folder / f"{k}.png")
        sha256 = hashlib.sha256((folder / f"{k}.png").read_bytes()).hexdigest()
        rows.append((sha256[:16], f"{k}.png", sha256, *size, "val" if k >= len(counts) - 4 else "train"))
        boxes += [(sha256[:16], *face) for face in faces]
    photos = pd.DataFrame(rows, columns=["photo_id", "path", "sha256", "width", "height", "split"])
    return photos, pd.DataFrame(boxes, columns=["photo_id", "x0", "y0", "x1", "y1"])
