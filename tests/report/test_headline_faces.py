import face_tables
import numpy as np
import pandas as pd

from likeness.report.faces.headline_faces import network_to_show, of_features, of_prepare, of_report

VALUES = {"resnet50, general": 0.25, "resnet50, face": 0.75, "resnet50, combined": 0.5, "vgg16, face": 1.0}
TESTED = face_tables.compared([("resnet50, face", "resnet50, general", 0.5, 0.0002)])


def test_the_network_that_did_best_in_validation_is_shown():
    sweep = pd.concat(
        [
            face_tables.sweep([(0.0, 0.25, 0.75), (0.5, 0.5, 0.5)]),
            face_tables.sweep([(0.0, 0.75, 0.75), (0.5, 0.25, 0.75)], "vgg16"),
        ]
    )
    both = ["vgg16", "resnet50"]
    assert network_to_show(sweep, {"resnet50": 0.5, "vgg16": 0.5}, both) == "resnet50"
    assert network_to_show(sweep, {"resnet50": 0.5, "vgg16": 0.0}, both) == "vgg16"
    nobody = sweep.assign(recall_at_1=np.nan)
    assert network_to_show(nobody, {"resnet50": 0.5, "vgg16": 0.5}, both) == "vgg16"  # by the artist
    nothing = nobody.assign(artist_share_at_5=np.nan)
    assert network_to_show(nothing, {"resnet50": 0.5, "vgg16": 0.5}, both) == "vgg16"  # the first


def test_the_study_in_one_sentence():
    sentence, numbers = of_report(face_tables.scores(VALUES), TESTED, "resnet50")
    lead = "By its face view, resnet50 puts a picture of the same person first for 75\u00a0% of the faces"
    assert sentence == f"{lead}, by the whole picture for 25\u00a0%: a difference that the paired test confirms."
    assert [entry["label"] for entry in numbers] == [
        "same person first, face view", "same person first, general view", "same person first, combined view",
    ]  # fmt: skip
    assert numbers[0]["value"] == 0.75
    perhaps = TESTED.assign(verdict="not distinguishable")
    assert of_report(face_tables.scores(VALUES), perhaps, "resnet50")[0].endswith("a difference that may be chance.")
    assert (
        of_report(face_tables.scores(VALUES), TESTED[:0], "resnet50")[0]
        == f"{lead}, by the whole picture for 25\u00a0%."
    )
    assert of_report(face_tables.scores(VALUES), TESTED, "vgg16")[0] == (
        "By its face view, vgg16 puts a picture of the same person first for 100\u00a0% of the faces."
    )


def test_equal_views_are_called_equal():
    equal = face_tables.scores({"resnet50, general": 0.75, "resnet50, face": 0.75})
    assert of_report(equal, TESTED, "resnet50")[0] == (
        "By its face view, resnet50 puts a picture of the same person first for 75\u00a0% of the faces, and by the whole "
        "picture for as many."
    )


def test_a_study_without_people_or_without_labels():
    sentence, numbers = of_report(face_tables.scores(VALUES, "artist"), TESTED, "resnet50")
    assert "puts a picture by the same artist first" in sentence
    assert len(numbers) == 3
    sentence, numbers = of_report(face_tables.scores(VALUES)[:0], TESTED[:0], "resnet50")
    assert sentence == "Pictures with a face like this one are shown; nobody has said which of them are right."
    assert numbers == []


def test_both_labels_give_at_most_four_numbers():
    both = pd.concat([face_tables.scores(VALUES), face_tables.scores(VALUES, "artist")])
    assert len(of_report(both, TESTED, "resnet50")[1]) == 4


def test_what_was_read_and_extracted():
    photos, faces = pd.DataFrame({"faces": [0, 2]}), pd.DataFrame({"face_id": ["a", "b"]})
    sentence, numbers = of_prepare(photos, faces, 3)
    assert sentence == "2 pictures read, 2 faces found in 1 of them."
    assert {entry["label"]: entry["value"] for entry in numbers} == {
        "pictures": 2, "with a face": 1, "faces": 2, "refused": 3,
    }  # fmt: skip
    sentence, _ = of_features(["a", "b"], photos, pd.DataFrame({"kind": ["each", "each", "all"]}))
    assert sentence == "2 pictures and 2 faces as seen by a, b."
