"""What is said of the comparison of views: the numbers are those of tables of a few rows."""

import face_tables
import numpy as np
import pandas as pd
import pytest
from shown import said, says

from likeness.report.faces import reading_views as reading
from likeness.report.reading import describe_comparisons

ORIGINAL = {"SSIM": {"x, face": 0.170, "x, general": 0.174}, "RMSE": {"x, face": 0.278, "x, general": 0.260}}
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
VALUES = {"resnet50, general": 0.25, "resnet50, face": 0.75}


def test_the_original_numbers_and_what_they_are_worth():
    says(reading.describe_originals(ALIKE, TOLD, ORIGINAL), "SSIM is 0.250 to 0.300 here, 0.170 to 0.174", "reach 0.200",
         "RMSE is 0.300 here, 0.260 to 0.278 in the original.", "Clearly different from random pictures: 1 of 2 by SSIM", reading.WHY)  # fmt: skip
    says(
        reading.describe_originals(ALIKE[:0], TOLD[:0], ORIGINAL),
        "No picture of the query set has neighbours",
        reading.WHY,
    )


def test_the_best_view_beside_chance_and_the_naive_number():
    says(reading.describe_views(face_tables.scores(VALUES), "identity"), "Of 40 query faces with a known identity, the face",
         "of resnet50", "highest recall@1", "the same person for 0.75 (0.65–0.85)", "0.12 with a random", "reads 0.81.")  # fmt: skip
    only = face_tables.scores(VALUES, "artist").query("scheme == 'honest' and network != ''").assign(n=1)
    words = said(reading.describe_views(only, "artist"))
    assert words.startswith("Of 1 query face with a known artist")
    assert "by the same artist for 0.75 (0.65–0.85) of them. Which" in words
    for table in (only, only[:0]):
        says(reading.describe_views(table, "identity"), "No query has a known identity", "nothing can be counted")


def test_whether_the_face_beats_the_whole_picture():
    table = face_tables.compared(
        [
            ("resnet50, face", "resnet50, general", 0.5, 0.0002),
            ("vgg16, general", "vgg16, face", 0.25, 0.01),
            ("squeezenet1_0, face", "squeezenet1_0, general", -0.0625, 0.5),
        ]
    )
    says(reading.describe_face_tests(table), "resnet50: the face view beats the general view by 0.50", "(adjusted p 0.0002)",
         "vgg16: the face view loses to the general view by 0.25", "general −0.06", "not distinguishable (adjusted p 0.5")  # fmt: skip
    for other in (table[:0], face_tables.compared([("a, faces", "a, general", 0.1, 0.1)])):
        says(reading.describe_face_tests(other), "were not compared by identity recall@1")
    says(describe_comparisons(table[2:], reading.FACES), "query faces")


BOTH, ONE, NONE, UNSURE = (
    (0.9, 0.8, 1.0, True),
    (0.3, 0.1, 0.6, False),
    (np.nan, np.nan, np.nan, None),
    (0.7, 0.6, 0.8, None),
)


@pytest.mark.parametrize(
    ("character", "style", "verdict"),
    [
        (BOTH, BOTH, "it keeps character and style."),
        (BOTH, ONE, "it keeps character."),
        (ONE, ONE, "neither can be called kept."),
        (NONE, None, "resnet50: no single view beats a random order"),
        (ONE, None, "30 % (10–60) of the character; the character cannot be called kept."),
        (
            BOTH,
            UNSURE,
            "90 % (80–100) of the character and 70 % (60–80) of the style; it keeps character, too few artists",
        ),
        (ONE, UNSURE, "the character cannot be called kept, too few artists for a verdict on style."),
        (UNSURE, UNSURE, "; too few people for a verdict on character, too few artists for a verdict on style."),
    ],
)
def test_what_is_kept_of_character_and_style(character, style, verdict):
    says(reading.describe_kept(face_tables.kept(character, style)), verdict, "Kept is the gain")


def test_nothing_is_kept_where_nothing_is_known():
    says(reading.describe_kept(face_tables.kept(None, None)), "No label is known")


SWEEP = face_tables.sweep([(0.0, 0.25, 0.75), (0.5, 0.5, 0.5), (1.0, 0.75, 0.25)])


@pytest.mark.parametrize(
    ("sweep", "weight", "words"),
    [
        (SWEEP, 0.5, "weighs 0.5; on validation queries identity recall@1 0.50 (face alone 0.75, picture 0.25), artist "
                     "share@5 0.50 (face alone 0.25, picture 0.75)."),
        (SWEEP.assign(recall_at_1=np.nan), 1.0, "weighs 1, at the edge of what was tried; on validation queries artist"),
        (SWEEP.assign(recall_at_1=np.nan, artist_share_at_5=np.nan), 0.5, "no label to choose by, so the face weighs 0.5."),
    ],
)  # fmt: skip
def test_the_weight_that_was_chosen_and_its_price(sweep, weight, words):
    says(reading.describe_weights(sweep, {"resnet50": weight}), words.replace("no label", "no query has a label"))


def test_the_maps_and_how_much_of_them_lies_on_faces():
    card = pd.DataFrame(
        [
            ("IG", "insertion", 0.8, 0.5, True),
            ("IG", "randomisation", 0.8, None, False),
            ("IG", "mass inside, faces", 0.25, 0.125, None),
            ("Grad-CAM", "mass inside, faces", 0.5, 0.125, None),
        ],
        columns=["method", "test", "value", "chance", "passed"],
    )
    pairs = pd.DataFrame({"left": ["p"]})
    says(
        reading.describe_maps(card, pairs),
        "1 pair explained; failed: IG randomisation. Grad-CAM puts 50 %",
        "cover 12 %",
    )
    says(reading.describe_maps(card[:1], pairs), "every test was passed. No face's place is known")
    says(reading.describe_maps(card[:0], pairs[:0]), "No query has a picture that it is like: there are no maps.")


def test_the_network_that_did_best_in_validation_is_shown():
    first = face_tables.sweep([(0.0, 0.25, 0.75), (0.5, 0.5, 0.5)])
    sweep = pd.concat([first, face_tables.sweep([(0.0, 0.75, 0.75), (0.5, 0.25, 0.75)], "vgg16")])
    nobody = sweep.assign(recall_at_1=np.nan)
    for table, weight, best in (
        (sweep, 0.5, "resnet50"),
        (sweep, 0.0, "vgg16"),
        (nobody, 0.5, "vgg16"),  # by the artist
        (nobody.assign(artist_share_at_5=np.nan), 0.5, "vgg16"),  # the first
    ):
        assert reading.network_to_show(table, {"resnet50": 0.5, "vgg16": weight}, ["vgg16", "resnet50"]) == best


ALL = face_tables.scores(VALUES | {"resnet50, combined": 0.5, "vgg16, face": 1.0})
TESTED = face_tables.compared([("resnet50, face", "resnet50, general", 0.5, 0.0002)])


@pytest.mark.parametrize(
    ("scores", "tested", "network", "end"),
    [
        (ALL, TESTED, "resnet50", "for 75 % of the faces, by the whole picture for 25 %: a difference that the paired test "
                                  "confirms."),
        (ALL, TESTED.assign(verdict="not distinguishable"), "resnet50", "a difference that may be chance."),
        (ALL, TESTED[:0], "resnet50", "by the whole picture for 25 %."),
        (ALL, TESTED, "vgg16", "vgg16 puts a picture of the same person first for 100 % of the faces."),
        (face_tables.scores(dict.fromkeys(VALUES, 0.75)), TESTED, "resnet50", "and by the whole picture for as many."),
        (face_tables.scores(VALUES, "artist"), TESTED, "resnet50", "by the whole picture for 25 %."),
        (ALL[:0], TESTED[:0], "resnet50", "nobody has said which of them are right."),
    ],
)  # fmt: skip
def test_the_study_in_one_sentence(scores, tested, network, end):
    assert said(reading.summarise_report(scores, tested, network)[0]).endswith(end)


def test_three_numbers_the_person_before_the_artist():
    both = pd.concat([ALL, face_tables.scores(VALUES, "artist")])
    numbers = reading.summarise_report(both, TESTED, "resnet50")[1]
    assert [(entry["label"], entry["value"]) for entry in numbers] == [
        ("same person first, by the face", 0.75),
        ("same person first, by the whole picture", 0.25),
        ("same artist first, by the whole picture", 0.25),
    ]
    assert reading.summarise_report(ALL[:0], TESTED[:0], "resnet50")[1] == []
