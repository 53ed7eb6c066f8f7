"""What happens to photos: decoding, resizing, colours, drawing, hashes, likeness, and the detectors of packages."""

import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from likeness.operations.arithmetic import Operation
from likeness.operations.table import numbers


def operations() -> Iterator[Operation]:
    """Yield (name, what computes it). The picture is scikit-image's astronaut: a person and a face."""
    from skimage import data

    photo = Image.fromarray(data.astronaut())
    yield from _pillow(photo)
    yield from _opencv(np.asarray(photo))
    yield from _measures(photo)
    yield from _detectors(photo)


def _pillow(photo: Image.Image) -> Iterator[Operation]:
    jpeg, png = _encoded(photo, "JPEG"), _encoded(photo, "PNG")
    yield "JPEG encoded", lambda: jpeg
    yield "JPEG decoded", lambda: np.asarray(Image.open(io.BytesIO(jpeg)))
    yield "JPEG decoded at a reduced scale", lambda: _drafted(jpeg)
    yield "PNG encoded", lambda: png
    yield "WebP encoded and decoded", lambda: np.asarray(Image.open(io.BytesIO(_encoded(photo, "WEBP"))))
    for name in ("BILINEAR", "BICUBIC", "LANCZOS", "BOX"):
        yield f"Pillow resized, {name}", lambda name=name: np.asarray(photo.resize((97, 131), Image.Resampling[name]))
    yield "Pillow turned and blurred", lambda: np.asarray(photo.rotate(7.5).filter(ImageFilter.GaussianBlur(2.3)))
    yield "Pillow colours", lambda: [np.asarray(photo.convert(mode)) for mode in ("L", "HSV", "YCbCr")]
    yield "Pillow contrast", lambda: np.asarray(ImageOps.equalize(ImageOps.autocontrast(photo)))
    yield "Pillow drawn", _drawn


def _encoded(photo: Image.Image, kind: str) -> bytes:
    buffer = io.BytesIO()
    photo.save(buffer, kind, **({"quality": 90} if kind != "PNG" else {}))
    return buffer.getvalue()


def _drafted(jpeg: bytes) -> NDArray[np.uint8]:
    image = Image.open(io.BytesIO(jpeg))
    image.draft("RGB", (128, 128))
    return np.asarray(image)


def _drawn() -> NDArray[np.uint8]:
    canvas = Image.new("RGB", (96, 80), "white")
    pen = ImageDraw.Draw(canvas)
    pen.ellipse((10.5, 8.25, 70, 60), fill=(200, 120, 40))
    pen.line([(3, 4), (90.5, 71.25), (12, 66)], fill=(10, 20, 30), width=3)
    pen.text((8, 60), "likeness", fill=(0, 0, 0))
    return np.asarray(canvas)


def _opencv(photo: NDArray[np.uint8]) -> Iterator[Operation]:
    import cv2

    soft = photo.astype(np.float32) / 255

    def both(change: Callable[..., Any], *given: Any, **options: Any) -> Callable[[], list[Any]]:
        return lambda: [change(each, *given, **options) for each in (photo, soft)]

    for name in ("INTER_AREA", "INTER_CUBIC", "INTER_LINEAR", "INTER_LANCZOS4"):
        yield f"OpenCV resized, {name}", both(cv2.resize, (97, 131), interpolation=getattr(cv2, name))
    for name in ("RGB2GRAY", "RGB2HSV", "RGB2LAB", "RGB2YCrCb"):
        yield f"OpenCV colours, {name}", both(cv2.cvtColor, getattr(cv2, f"COLOR_{name}"))
    yield "OpenCV Gaussian blur", both(cv2.GaussianBlur, (0, 0), 2.3)
    yield "OpenCV Sobel and Laplace", lambda: [
        cv2.Sobel(photo[..., 0], cv2.CV_32F, 1, 0), cv2.Laplacian(soft[..., 0], cv2.CV_32F)
    ]  # fmt: skip
    rows, columns = np.mgrid[0:90, 0:120].astype(np.float32) * np.float32(4.0625)
    yield "OpenCV remapped", both(cv2.remap, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    turn = np.array([[0.9375, -0.25, 12.5], [0.25, 0.9375, -7.25]])
    yield "OpenCV warped", both(cv2.warpAffine, turn, (200, 180))
    yield "OpenCV drawn", _cv2_drawn


def _cv2_drawn() -> NDArray[np.uint8]:
    import cv2

    canvas = np.full((80, 96, 3), 255, np.uint8)
    corners = (numbers(1, 7, 2) * 10 + 45).astype(np.int32)
    cv2.fillPoly(canvas, corners, (200, 120, 40), cv2.LINE_AA)
    cv2.circle(canvas, (40, 30), 17, (10, 20, 30), 2, cv2.LINE_AA)
    cv2.fillConvexPoly(canvas, cv2.convexHull(corners[0]), (90, 90, 200))
    cv2.putText(canvas, "likeness", (5, 70), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
    return canvas


def _measures(photo: Image.Image) -> Iterator[Operation]:
    import imagehash
    from scipy import ndimage
    from skimage import color, measure, metrics

    small = np.asarray(photo.resize((96, 96), Image.Resampling.BOX))
    other = np.roll(small, 3, axis=1)
    yield "perceptual hash", lambda: imagehash.phash(photo, 16).hash
    likeness = partial(metrics.structural_similarity, small, other, channel_axis=2)
    yield "structural similarity", likeness
    yield "structural similarity, Gaussian", partial(likeness, gaussian_weights=True)
    yield "scikit-image colours", lambda: [color.rgb2hsv(small), color.rgb2lab(small)]
    yield "scikit-image entropy", lambda: measure.shannon_entropy(small)
    yield "SciPy filters", lambda: [ndimage.laplace(small.astype(float)), ndimage.gaussian_filter(small / 255, 1.7)]


def _detectors(photo: Image.Image) -> Iterator[Operation]:
    from facenet_pytorch import MTCNN

    detector = MTCNN(keep_all=True, post_process=False, device="cpu").eval()
    for name, net, side in (("P", detector.pnet, 61), ("R", detector.rnet, 24), ("O", detector.onet, 48)):
        crops = torch.from_numpy(numbers(3, 3, side, side) / 4)
        yield f"MTCNN, {name}-net", lambda net=net, crops=crops: list(net(crops))
    found = partial(detector.detect, [photo], landmarks=True)
    yield "MTCNN, boxes of a face", lambda: [np.asarray(each[0], float) for each in found()]
    yield "MediaPipe, joints of a person", lambda: _joints(photo)


def _joints(photo: Image.Image) -> NDArray[np.float64]:
    import mediapipe as mp

    with mp.solutions.pose.Pose(static_image_mode=True, model_complexity=1) as pose:
        found = pose.process(np.asarray(photo)).pose_landmarks.landmark
    return np.array([[joint.x, joint.y, joint.visibility] for joint in found])
