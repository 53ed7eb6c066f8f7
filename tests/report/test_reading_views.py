"""Sentences that read the comparison of views: the numbers in them are those of tables of a few rows."""

import re
from html import unescape

import face_tables
import numpy as np
import pandas as pd

from likeness.report.faces import reading_views as reading
from likeness.report.reading import of_comparisons


def said(note: str) -> str:
    """Return a note's words, spaces as a reader sees them."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", note)).replace("\u00a0", " ")


ORIGINAL = {"SSIM": (0.170, 0.174), "RMSE": (0.260, 0.278)}
ALIKE = pd.DataFrame(
    [("a, face", "SSIM", 0.25, "a"), ("a, general", "SSIM", 0.3, "a"), ("random pictures", "SSIM", 0.2, ""),
     ("a, face", "RMSE", 0.3, "a")],
    columns=["model", "metric", "value", "network"],
)  # fmt: skip
TOLD = pd.DataFrame(
    [("a, face", "random pictures", "SSIM", "A better"), ("a, general", "random pictures", "SSIM", "not distinguishable"),
     ("a, face", "a, general", "SSIM", "B better")],
    columns=["a", "b", "metric", "verdict"],
)  # fmt: skip


def test_the_original_numbers_and_what_they_are_worth():
    assert said(reading.of_originals(ALIKE, TOLD, ORIGINAL)) == (
        "SSIM is 0.250 to 0.300 here, 0.170 to 0.174 in the original; random pictures reach 0.200. RMSE is 0.300 here, "
        f"0.260 to 0.278 in the original. Told from random pictures: 1 of 2 by SSIM. {reading.WHY}"
    )
    assert reading.WHY.endswith("So they say little about faces.")
    nothing = said(reading.of_originals(ALIKE[:0], TOLD[:0], ORIGINAL))
    assert nothing == f"No picture of the query set has neighbours to compare it with. {reading.WHY}"


VALUES = {"resnet50, general": 0.25, "resnet50, face": 0.75}


def test_the_best_view_beside_chance_and_the_naive_number():
    assert said(reading.of_views(face_tables.scores(VALUES))) == (
        "Of 40 query faces with a known identity, the face view of resnet50 has the highest recall@1: the first picture "
        "shows the same person for 0.75 (0.65–0.85) of them, for 0.12 with a random ranking. With near-duplicates of the "
        "query left in it reads 0.81. Which differences are real is tested below."
    )
    only = face_tables.scores(VALUES, "artist").query("scheme == 'honest' and network != ''").assign(n=1)
    assert said(reading.of_views(only, "artist")).startswith(
        "Of 1 query face with a known artist, the face view of resnet50 has the highest recall@1: the first picture is by "
        "the same artist for 0.75 (0.65–0.85) of them. Which"
    )
    for table in (only, only[:0]):
        assert said(reading.of_views(table)) == (
            "No query has a known identity that another picture shares: nothing can be counted by identity."
        )


def test_whether_the_face_beats_the_whole_picture():
    table = face_tables.compared(
        [
            ("resnet50, face", "resnet50, general", 0.5, 0.0002),
            ("vgg16, general", "vgg16, face", 0.25, 0.01),
            ("squeezenet1_0, face", "squeezenet1_0, general", -0.0625, 0.5),
        ]
    )
    assert said(reading.of_face_test(table)) == (
        "resnet50: the face view beats the general view by 0.50 in identity recall@1 (adjusted p 0.0002). vgg16: the face "
        "view loses to the general view by 0.25 in identity recall@1 (adjusted p 0.0100). squeezenet1_0: face against "
        "general −0.06 in identity recall@1, not distinguishable (adjusted p 0.5000)."
    )
    none = (
        "The face and the general view were not compared by identity recall@1: no query has such a label, or a view is "
        "missing."
    )
    assert said(reading.of_face_test(table[:0])) == none
    assert said(reading.of_face_test(face_tables.compared([("a, faces", "a, general", 0.1, 0.1)]))) == none
    assert said(of_comparisons(table[2:], reading.FACES)) == (
        "Of 1 difference, none can be told from chance on these query faces."
    )


def test_what_is_kept_of_character_and_style():
    kept = [
        face_tables.kept((0.9, 0.8, 1.0, True), (0.75, 0.6, 0.9, True)),
        face_tables.kept((0.9, 0.8, 1.0, True), (0.3, 0.1, 0.6, False), "vgg16"),
        face_tables.kept((0.4, 0.2, 0.6, False), (0.3, 0.1, 0.6, False), "alexnet"),
        face_tables.kept((np.nan, np.nan, np.nan, None), None, "facenet"),
        face_tables.kept((0.4, 0.2, 0.6, False), None, "lenet"),
        face_tables.kept((0.9, 0.8, 1.0, True), (0.7, 0.6, 0.8, None), "vgg11"),
        face_tables.kept((0.9, 0.8, 1.0, False), (0.7, 0.6, 0.8, None), "vgg13"),
        face_tables.kept((0.9, 0.8, 1.0, None), (0.7, 0.6, 0.8, None), "vgg19"),
    ]
    words = said(reading.of_kept(pd.concat(kept)))
    assert words.startswith(
        "resnet50, combined: 90 % (80–100) of the character and 75 % (60–90) of the style; it keeps character and style. "
        "vgg16, combined: 90 % (80–100) of the character and 30 % (10–60) of the style; it keeps character. alexnet, "
        "combined: 40 % (20–60) of the character and 30 % (10–60) of the style; neither can be called kept. facenet: no "
        "single view beats a random order, so there is nothing to keep. lenet, combined: 40 % (20–60) of the character; "
        "the character cannot be called kept. vgg11, combined: 90 % (80–100) of the character and 70 % (60–80) of the style; it keeps character, "
        "too few artists for a verdict on style. vgg13, combined: 90 % (80–100) of the character and 70 % (60–80) of the "
        "style; the character cannot be called kept, too few artists for a verdict on style. vgg19, combined: 90 % (80–100) of the character and "
        "70 % (60–80) of the style; too few people for a verdict on character, too few artists for a verdict on style. "
        "Kept is the gain"
    )
    assert said(reading.of_kept(kept[0][:0])) == "No label is known, so nobody can say what the combined view keeps."


def test_the_weight_that_was_chosen_and_its_price():
    sweep = face_tables.sweep([(0.0, 0.25, 0.75), (0.5, 0.5, 0.5), (1.0, 0.75, 0.25)])
    assert said(reading.of_weights(sweep, {"resnet50": 0.5})) == (
        "resnet50: the face weighs 0.5; on validation queries identity recall@1 0.50 (face alone 0.75, picture 0.25), "
        "artist share@5 0.50 (face alone 0.25, picture 0.75)."
    )
    edge = said(reading.of_weights(sweep.assign(recall_at_1=np.nan), {"resnet50": 1.0}))
    assert edge.startswith(
        "resnet50: the face weighs 1, at the edge of what was tried; on validation queries artist share@5 0.25 (face"
    )
    unknown = sweep.assign(recall_at_1=np.nan, artist_share_at_5=np.nan)
    assert said(reading.of_weights(unknown, {"resnet50": 0.5})) == (
        "resnet50: no query has a label to choose by, so the face weighs 0.5."
    )
    assert said(reading.of_weights(sweep, {})) == "No weight was tried."


def test_the_maps_and_how_much_of_them_lies_on_faces():
    columns = ["method", "test", "value", "chance", "passed"]
    card = pd.DataFrame(
        [
            ("IG", "insertion", 0.8, 0.5, True),
            ("IG", "randomisation", 0.8, None, False),
            ("IG", "mass inside, faces", 0.25, 0.125, None),
            ("Grad-CAM", "mass inside, faces", 0.5, 0.125, None),
        ],
        columns=columns,
    )
    pairs = pd.DataFrame({"left": ["p"]})
    assert said(reading.of_maps(card, pairs)) == (
        "1 pair explained; failed: IG randomisation. Grad-CAM puts 50 % of its weight on faces, which cover 12 % of the "
        "pictures: the rest is what surrounds them."
    )
    assert said(reading.of_maps(card[:1], pairs)) == (
        "1 pair explained; every test was passed. No face's place is known, so nobody can say how much of a map lies on "
        "faces."
    )
    assert said(reading.of_maps(card, pairs[:0])) == "No pair was explained."
