"""MTCNN (Zhang et al., 2016) over batches of photos of one size, so that no photo's faces depend on its batch."""

from collections.abc import Sequence

import numpy as np
import torch
from facenet_pytorch import MTCNN
from PIL import Image
from torch import Tensor, nn

from likeness.machine import pick_device
from likeness.repeatable.layout import channels_last

CROPS = 16  # face candidates that the second and third network judge at a time
FACE = 5 + 10  # numbers a face: x0, y0, x1, y1, score, then x, y of the five landmarks
PIXEL_DECIMALS, SCORE_DECIMALS = 2, 4  # kept of boxes and scores: the rest differs between machines


class EvenParts(nn.Module):
    """A network that always works on `rows` rows at a time, filled up with zeros.

    The order of a convolution's additions depends on the number of rows: without this a box moves by about 1e-4 px with
    its batch, which may decide where the next network's crop is cut, to a whole pixel.
    """

    def __init__(self, net: nn.Module, rows: int) -> None:
        super().__init__()
        self.net, self.rows = net, rows

    def forward(self, inputs: Tensor) -> tuple[Tensor, ...]:
        """Return the network's outputs, each (n, ...), of `inputs` (n, 3, h, w)."""
        parts = [self._part(part) for part in inputs.split(self.rows)]
        return tuple(torch.cat(output) for output in zip(*parts, strict=True))

    def _part(self, part: Tensor) -> list[Tensor]:
        filled = part.new_zeros((self.rows, *part.shape[1:]))
        filled[: len(part)] = part
        return [output[: len(part)] for output in self.net(filled)]


class DoubleSoftmax(nn.Module):
    """Softmax in double precision: in single precision all sure faces tie at exactly 1.0.

    The last non-maximum suppression sorts by score with an unstable sort, so that of two tied boxes on one face the
    batch would decide which stays (17 px apart on one of 80 photos).
    """

    def forward(self, logits: Tensor) -> Tensor:
        """Return probabilities (n, classes) float64."""
        return logits.double().softmax(dim=1)


def load_detector(device: str, min_face: int, thresholds: Sequence[float]) -> MTCNN:
    """Return MTCNN with the weights of its package on `device` ("auto": a GPU if there is one)."""
    detector = MTCNN(
        keep_all=True,
        select_largest=False,
        post_process=False,
        min_face_size=min_face,
        thresholds=list(thresholds),
        device=pick_device(device),
    )
    detector.onet.softmax6_1 = DoubleSoftmax()
    detector.pnet = EvenParts(detector.pnet, 1)  # its maps are large: one photo fills the processor
    detector.rnet = EvenParts(detector.rnet, CROPS)
    detector.onet = EvenParts(detector.onet, CROPS)
    return channels_last(detector).eval()


def detect(detector: MTCNN, images: Sequence[Image.Image]) -> list[np.ndarray]:
    """Return the faces in RGB images of one size, (n, 15) float64 each.

    x0, y0, x1, y1 [px of the image], score, then x and y [px] of the landmarks as `alignment.LANDMARKS` names them.
    """
    found = []
    for box, score, points in zip(*detector.detect(list(images), landmarks=True), strict=True):
        if box is None:
            found.append(np.zeros((0, FACE)))
        else:  # object arrays, as the package hands them over
            places = np.asarray(points, float).reshape(len(box), -1)
            found.append(np.column_stack([np.asarray(box, float), np.asarray(score, float), places]))
    return found


def to_photo(faces: np.ndarray, width: int, height: int, size: tuple[int, int]) -> np.ndarray:
    """Return faces (n, 5 or 15) found at `size` in px of the photo of width x height, rounded, best first.

    Boxes are cut at the photo's edges, and those outside it are left out; landmarks may lie beyond an edge.
    """
    scale = np.array([width / size[0], height / size[1]])
    boxes = np.clip(faces[:, :4] * np.tile(scale, 2), 0, [width, height] * 2).round(PIXEL_DECIMALS)
    points = (faces[:, 5:] * np.tile(scale, (faces.shape[1] - 5) // 2)).round(PIXEL_DECIMALS)
    found = np.column_stack([boxes, faces[:, 4].round(SCORE_DECIMALS), points])
    found = found[(found[:, 2] > found[:, 0]) & (found[:, 3] > found[:, 1])]
    return found[np.lexsort((found[:, 1], found[:, 0], -found[:, 4]))]
