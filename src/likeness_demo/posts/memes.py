"""Quote memes of the likability demo: cards of text, nobody in them."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from likeness_demo.drawing.canvas import (
    Colour,
    Rng,
    as_bytes,
    corners,
    fill,
    grid,
    mix,
    new_photo,
    noise,
    rgb,
    scaled,
)

FONTS = ("DejaVuSans-Bold", "DejaVuSerif-Bold", "DejaVuSerif-Italic", "DejaVuSans", "DejaVuSansMono-Bold")
STYLES = ("plain", "framed", "gradient", "notebook", "bars", "marble")
PAPERS = tuple(map(rgb, ("#f5f1e6", "#fbe3e4", "#e3f1ea", "#e6e6f5", "#fdf3c8", "#ffffff", "#1c1d21", "#22324a")))
STARTS = ("On Mondays I", "Coffee first, then", "Sleep late and", "Be brave and", "Work hard and",
          "Dream big and", "Life is too short to", "Never ask a cat to", "You only need to", "Every day is a chance to",
          "Don't forget to", "My plan is to", "Good things happen when you", "Keep calm and",
          "I came here to", "Someday I will")  # fmt: skip
MIDDLES = ("stay kind", "eat the cake", "call your mother", "read one more page", "take the long way", "miss the bus",
           "laugh out loud", "do nothing at all", "lose your keys", "forget the map", "start again", "ask for more",
           "wear odd socks", "dance in the rain", "be on time", "close the laptop", "water the plants")  # fmt: skip
ENDS = ("before noon.", "and mean it.", "for once.", "with a smile.", "like nobody minds.", "until it works.", "again.",
        "twice a week.", "no matter what.", "and tell no one.", "while it lasts.", "just because.")  # fmt: skip
NAMES = ("unknown", "a wise aunt", "nobody, ever", "the internet", "my dentist", "page 42", "")


@cache
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Return a font of those that come with Matplotlib, the same on every machine."""
    import matplotlib

    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf", size)


def draw_meme(size: tuple[int, int], seed: list[int]) -> np.ndarray:
    """Draw one card (height, width, 3) uint8 with a quotation of its own; size: (height, width) px."""
    rng, image = new_photo(seed, size)
    style = STYLES[rng.integers(len(STYLES))]
    paper = PAPERS[rng.integers(len(PAPERS))]
    image[:] = paper
    ink = draw_card(image, style, paper, rng)
    quote = " ".join(str(rng.choice(words)) for words in (STARTS, MIDDLES, ENDS))
    card = Image.fromarray(as_bytes(image))
    write_quote(card, quote, str(rng.choice(NAMES)), ink, 0.6 if style == "bars" else 0.82, rng)
    return np.asarray(card)


def draw_card(image: np.ndarray, style: str, paper: Colour, rng: Rng) -> Colour:
    """Draw a card's background in place; return the colour of its letters."""
    height, width = image.shape[:2]
    accent = tuple(rng.uniform(0.1, 0.75, 3))
    if style == "gradient":
        xx, yy = grid((0, 0, width, height))
        share = ((xx * rng.uniform(-1, 1) + yy) / (width + height) + 0.25)[..., None]
        one, other = (np.asarray(colour, np.float32) for colour in (accent, mix(accent, (1, 0.8, 0.6), 0.5)))
        image[:] = one * (1 - share) + other * share
        return (1.0, 1.0, 1.0)
    if style == "framed":
        inset = width * rng.uniform(0.04, 0.08)
        for edge, colour in ((inset, accent), (inset + 4, paper)):
            fill(image, [corners(edge, edge, width - edge, height - edge)], colour)
    elif style == "notebook":
        image[:] = rgb("#fbfaf2")
        for y in np.arange(20, height, rng.uniform(16, 24)):
            fill(image, [corners(0, y, width, y + 1.2)], rgb("#9fb8d6"))
        fill(image, [corners(34, 0, 36, height)], rgb("#d98080"))
        return (0.12, 0.15, 0.4)
    elif style == "bars":
        fill(image, [corners(0, 0, width, height * 0.2)], accent)
        fill(image, [corners(0, height * 0.8, width, height)], accent)
    elif style == "marble":
        veins = np.abs(noise(rng, height, width, 3, 5) - 0.5)
        image[:] = np.array([0.97, 0.96, 0.95], np.float32)
        image *= cv2.GaussianBlur(np.clip(0.80 + veins * 1.6, 0, 1), (0, 0), 1.0)[..., None]
        return (0.1, 0.1, 0.12)
    return (0.96, 0.95, 0.92) if sum(paper) < 1.5 else scaled(accent, 0.45)


def write_quote(card: Image.Image, quote: str, name: str, ink: Colour, share: float, rng: Rng) -> None:
    """Write a quotation in the largest letters that fit into `share` of the card, and who is said to have said it."""
    width, height = card.size
    face = FONTS[rng.integers(len(FONTS))]
    colour = tuple(round(255 * value) for value in ink)
    pen = ImageDraw.Draw(card)
    for size in range(52, 12, -2):
        letters = font(face, size)
        lines = wrap(quote, letters, 0.84 * width)
        tall = 1.25 * size * len(lines)
        if tall <= share * 0.85 * height and max(map(letters.getlength, lines)) <= 0.84 * width:
            break
    left = rng.random() < 0.4
    top = (height - tall) / 2 - 0.03 * height + rng.uniform(-0.03, 0.03) * height
    for k, line in enumerate(lines):
        x = 0.08 * width + 10 if left else (width - letters.getlength(line)) / 2
        pen.text((round(x), round(top + 1.25 * size * k)), line, font=letters, fill=colour)
    if name:
        small = font("DejaVuSans-Oblique", 13)
        text = f"\N{EM DASH} {name}"
        pen.text((round(0.9 * width - small.getlength(text)), round(top + tall + 8)), text, font=small, fill=colour)


def wrap(text: str, letters: ImageFont.FreeTypeFont, room: float) -> list[str]:
    """Break a text into lines of at most `room` px; a longer word has a line of its own."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        lines[-1:] = [longer] if letters.getlength(longer) <= room or not lines[-1] else [lines[-1], word]
    return lines
