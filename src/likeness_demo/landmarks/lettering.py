"""Lettering on signs: OpenCV's stroke letters, placed in site units."""

import cv2
import numpy as np

from likeness_demo.drawing.canvas import Colour, blend, window
from likeness_demo.landmarks.shot import Shot

FONTS = {
    "plain": cv2.FONT_HERSHEY_SIMPLEX,
    "serif": cv2.FONT_HERSHEY_TRIPLEX,
    "script": cv2.FONT_HERSHEY_SCRIPT_COMPLEX,
}
DRAWN = 64  # px: letters are drawn at this height, then scaled


def lettering(
    shot: Shot,
    text: str,
    x: float,
    y: float,
    height: float,
    colour: Colour,
    *,
    font: str = "plain",
    weight: float = 0.16,
) -> None:
    """Write text centred at (x, y); height of capitals and stroke weight (share of the height) in site units."""
    cover = letters(text, font, weight)
    target_h = height * shot.scale * cover.shape[0] / DRAWN
    target_w = target_h * cover.shape[1] / cover.shape[0] * shot.squeeze
    if target_h < 3:
        return
    px, py = shot.at([(x, y)])[0]
    corners = np.array([(px - target_w / 2, py - target_h / 2), (px + target_w / 2, py + target_h / 2)])
    box = window(corners, 1, shot.image.shape)
    if box is None:
        return
    scale_x, scale_y = target_w / cover.shape[1], target_h / cover.shape[0]
    shift = np.float32([[scale_x, 0, corners[0, 0] - box[0]], [0, scale_y, corners[0, 1] - box[1]]])
    if scale_y < 0.7:
        cover = cv2.GaussianBlur(cover, (0, 0), 0.35 / scale_y)
    layer = cv2.warpAffine(cover, shift, (box[2] - box[0], box[3] - box[1]), flags=cv2.INTER_LINEAR)
    blend(shot.image, box, colour, np.clip(layer, 0, 1))


def letters(text: str, font: str, weight: float) -> np.ndarray:
    """Return the cover (h, w) of a line of text with capitals DRAWN px high."""
    thickness = max(1, round(weight * DRAWN))
    scale = cv2.getFontScaleFromHeight(FONTS[font], DRAWN, thickness)
    (width, _), below = cv2.getTextSize(text, FONTS[font], scale, thickness)
    pad = thickness + below
    mask = np.zeros((DRAWN + 2 * pad, width + 2 * pad), np.uint8)
    cv2.putText(mask, text, (pad, pad + DRAWN), FONTS[font], scale, 255, thickness, cv2.LINE_AA)
    return mask.astype(np.float32) / 255
