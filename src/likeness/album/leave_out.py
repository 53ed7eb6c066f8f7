"""What is no photo to keep, each with its reason in a person's words: blurred, black, screens, pages, pocket shots."""

import re

import cv2
import numpy as np
import pandas as pd

BLACK = 0.05  # brightness below which, with no contrast either, nothing is to be seen
EMPTY = 0.16  # contrast below which a picture shows nearly nothing
BLURRED = 0.10  # sharpness below which no edge is within some 3 px
PLAIN, LETTERS = 0.3, 500  # 250 photos and paintings have up to 448 strokes, drawn pages and screens 701 and more
PAPER = 0.45  # share of bright, colourless ground of a page
PATCH = 8  # px
SCREEN = re.compile(
    r"screen[-_ ]?shot|screen[-_ ]?capture|bildschirmfoto|captura|capture d|schermata|截屏|スクリーンショット", re.I
)
REASONS = ("nearly black", "shows nearly nothing", "a screenshot", "a page of text", "blurred")
PAGE_SIGNS = ("plain", "letters", "paper")


def page_signs(rgb: np.ndarray) -> dict[str, float]:
    """Return PAGE_SIGNS of a picture, uint8 (h, w, 3).

    plain: share of the patches of 8 px without any change in them. letters: strokes, dark or bright, as high as
    letters are, on ground that is plain. paper: share of the picture that is bright and without colour.
    """
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    height, width = (side // PATCH * PATCH for side in grey.shape)
    patches = grey[:height, :width].reshape(height // PATCH, PATCH, width // PATCH, PATCH).astype(np.float32)
    spread = patches.std(axis=(1, 3))
    colour = rgb.max(axis=2).astype(np.int16) - rgb.min(axis=2)
    paper = (grey > 150) & (colour < 40)
    return {"plain": float((spread < 0.7).mean()), "letters": float(letters(grey)), "paper": float(paper.mean())}


def letters(grey: np.ndarray) -> int:
    """Return how many strokes of a letter's size and shape stand in rows of such, in a grey picture uint8 (h, w)."""
    side = max(grey.shape)
    kernel = cv2.getStructuringElement(cv2.MORPH_RECT, (max(3, side // 40) | 1,) * 2)
    found = 0
    for change in (cv2.MORPH_BLACKHAT, cv2.MORPH_TOPHAT):
        strokes = (cv2.morphologyEx(grey, change, kernel) > 60).astype(np.uint8)
        _, _, stats, centres = cv2.connectedComponentsWithStats(strokes, connectivity=8)
        wide, high, area = (stats[1:, k] for k in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
        fits = (high >= 5) & (high <= side / 20) & (wide >= 2) & (wide <= 4 * high) & (area >= 0.15 * wide * high)
        rows = np.rint(centres[1:, 1][fits] / np.maximum(high[fits].mean() if fits.any() else 1, 1)).astype(int)
        counts = np.bincount(rows) if len(rows) else np.zeros(1, int)
        found = max(found, int(counts[counts >= 6].sum()))  # letters come in rows
    return found


def why_left_out(signs: pd.DataFrame) -> pd.Series:
    """Return for each photo "" or one of REASONS.

    signs: brightness, contrast, sharpness, plain, letters, paper, faces, name.
    """
    s = signs
    named = s["name"].str.contains(SCREEN)
    drawn = (s["plain"] >= PLAIN) & (s["letters"] >= LETTERS)
    page = (s["paper"] >= PAPER) & (s["letters"] >= LETTERS) & (s["faces"] == 0)
    tests = [
        (s["brightness"] < BLACK) & (s["contrast"] < 2 * EMPTY),
        s["contrast"] < EMPTY,
        named | (drawn & ~page),
        page,
        s["sharpness"] < BLURRED,
    ]
    return pd.Series(np.select(tests, REASONS, ""), index=signs.index)
