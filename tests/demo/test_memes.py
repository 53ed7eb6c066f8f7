import numpy as np
import pytest

from likeness_demo.posts.memes import ENDS, FONTS, MIDDLES, STARTS, STYLES, draw_card, draw_meme, font, wrap


@pytest.mark.parametrize("style", STYLES)
def test_letters_can_be_told_from_every_background(style):
    for seed in range(5):
        image = np.full((96, 96, 3), (0.9, 0.9, 0.85), np.float32)
        ink = np.array(draw_card(image, style, (0.9, 0.9, 0.85), np.random.default_rng(seed)))
        middle = image[30:66, 20:76].mean(axis=(0, 1))
        assert np.abs(ink - middle).sum() > 0.6


def test_wrap_breaks_between_words_only():
    letters = font("DejaVuSans", 20)
    room = letters.getlength("keep calm")
    assert wrap("keep calm and carry on", letters, room) == ["keep calm", "and carry", "on"]
    assert wrap("incomprehensibilities", letters, room) == ["incomprehensibilities"]


@pytest.mark.parametrize("name", FONTS)
def test_the_longest_quotation_fits(name):
    quote = " ".join(max(words, key=len) for words in (STARTS, MIDDLES, ENDS))
    letters = font(name, 14)
    lines = wrap(quote, letters, 0.84 * 288)
    assert max(map(letters.getlength, lines)) <= 0.84 * 288
    assert 1.25 * 14 * len(lines) <= 0.6 * 0.85 * 288


def test_mtcnn_finds_no_face_in_memes(find_faces):
    assert not any(find_faces([draw_meme((288, 288), [8, k]) for k in range(12)]))
