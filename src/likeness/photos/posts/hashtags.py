"""Hashtags and mentions, in captions and in lists: whole words of any script, compared without regard to case."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator

import numpy as np

from likeness.photos.posts.cells import is_absent

MOST_TAG = 150  # characters
MENTION = re.compile(r"(?<![a-z0-9])@([a-z0-9_]+(?:\.[a-z0-9_]+)*)")  # ASCII, and no part of a mail address
JOINERS = "\u200c\u200d"  # Persian and the scripts of India need them between letters
DOTTED_I = "i\u0307"
EMOJI_STYLE = "\ufe0e\ufe0f"  # marks, but of the emoji before them
BETWEEN = r"\s,;|\uff0c\uff1b\uff5c\u3001"  # words of a list; also the wide forms of Chinese and Japanese
SIGNS = {"#": "#\uff03", "@": "@\uff20"}
BRACKETS = "[](){}'\""  # around lists that were written as Python writes them
NOTHING = ("nan", "none", "null", "<na>")  # what programs write for a list that is not there


def lowered(word: str) -> str:
    """Return a word as it is written down: composed (NFC), in lower case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).lower())


def folded(word: str) -> str:
    """Return a word as hashtags are compared: composed (NFC), without regard to case in any script.

    Turkish writes its i with a dot in capitals too, which counts as i.

    >>> folded("STRASSE") == folded("stra\u00dfe"), folded("CAFE\u0301") == folded("caf\u00e9")
    (True, True)
    """
    if word.isascii():
        return word.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", word).casefold()).replace(DOTTED_I, "i")


def has_tag(tags: Iterable[str], wanted: str) -> bool:
    """Say whether hashtags hold one, in any case."""
    word = folded(wanted)
    return any(folded(tag) == word for tag in tags)


def tags_of(caption: object, sign: str) -> list[str]:
    """Return the hashtags (sign "#") or mentions ("@") in a caption, with their sign, `lowered`.

    A hashtag is letters with their marks, digits and underscores, in any script, as Instagram reads it; emoji end it.
    """
    if not isinstance(caption, str):
        return []
    if sign == "@":
        return [sign + word for word in MENTION.findall(unicodedata.normalize("NFC", caption).lower())]
    parts = unicodedata.normalize("NFC", caption).split("#")[1:]
    return [sign + lowered(word) for part in parts if (word := "".join(_leading_tag(part)))]


def signed_words(value: object, sign: str) -> list[str] | None:
    """Return the words of a list, `lowered`, each with its sign in front; None for neither text nor a list of it.

    Text is a list as JSON or Python writes it, or words between spaces, commas, semicolons, bars or signs ("#a#b").
    """
    if is_absent(value):
        return []
    if isinstance(value, str):
        value = _listed(value.strip())
    if not isinstance(value, list | tuple | np.ndarray) or not all(isinstance(word, str) for word in value):
        return None
    words = (part.strip() for word in value for part in re.split(f"[{SIGNS[sign]}]", word))
    return [sign + lowered(word) for word in words if word]


def _listed(text: str) -> list[object]:
    """Return the words of a list that was written as text."""
    if text.startswith("["):
        try:
            return list(json.loads(text))
        except ValueError:  # Python's quotes, or none
            pass
    words = [word.strip(BRACKETS) for word in re.split(f"[{BETWEEN}]+", text)]
    return [] if len(words) == 1 and words[0].lower() in NOTHING else list(words)


def _leading_tag(text: str) -> Iterator[str]:
    """Yield the letters of the hashtag that a text begins with."""
    for place, letter in enumerate(text[:MOST_TAG]):
        is_begun = place > 0
        if not (_is_letter(letter) or (is_begun and (_is_mark(letter) or _joins(letter, text[place + 1 : place + 2])))):
            return
        yield letter


def _is_letter(letter: str) -> bool:
    return letter.isalnum() or letter == "_"


def _is_mark(letter: str) -> bool:
    """Say whether a letter is a vowel sign, an accent or the like: Thai, Hindi, Tamil and Arabic need them."""
    return unicodedata.category(letter) in ("Mn", "Mc") and letter not in EMOJI_STYLE


def _joins(letter: str, following: str) -> bool:
    return letter in JOINERS and following != "" and (_is_letter(following) or _is_mark(following))
