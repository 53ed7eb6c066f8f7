"""What is said of pictures, faces, detectors and features: the numbers are those of tables of a few rows."""

import numpy as np
import pandas as pd
import pytest
from shown import cells, said, says

from likeness.report.faces import reading_faces as reading


def test_every_picture_found_is_read_out():
    quarantine, photos = pd.DataFrame({"reason": ["empty", "damaged", "empty"]}), pd.DataFrame(index=range(4))
    says(reading.describe_collection_files(photos, quarantine, {"other-element": 2, "no-object-id": 0}),
         "9 pictures found: 4 accepted, 3 refused, 2 left out. Left out because of: other-element (2).",
         "2 empty, 1 damaged")  # fmt: skip
    says(
        reading.describe_collection_files(photos[:1], quarantine[:0], {}),
        "1 picture found: 1 accepted, 0 refused",
        "Nothing had",
    )


@pytest.mark.parametrize(
    ("faces", "words"),
    [
        ([0, 1, 3, 0], ["in 2 of 4 pictures (50 %), in 1 of them two or more: 4 faces in all", "less than 20 %"]),
        ([0, 0, 0, 0], ["in 0 of 4 pictures (0 %)", "the general view remains"]),
        ([], ["There is no picture to look for faces in."]),
    ],
)
def test_pictures_with_one_face_several_and_none(faces, words):
    photos = pd.DataFrame({"faces": faces, "face_share": np.multiply(faces, 0.1)})
    says(reading.describe_found_faces(photos, "mtcnn"), *words)


def test_marks_are_read_with_what_nobody_looked_at():
    truth = pd.DataFrame({"photo_id": ["a", "a"]})
    photos = pd.DataFrame({"photo_id": list("abcd"), "annotated": [True, True, False, False]})
    says(reading.describe_truth(truth, photos, ["faces.csv names 3 pictures"]),
         "2 faces marked on 2 annotated pictures, 1 of them without a face; 2 pictures not annotated: nothing is concluded "
         "from them. Faces.csv names 3 pictures.")  # fmt: skip
    says(reading.describe_truth(truth[:0], photos.assign(annotated=False), []), "No picture is annotated")
    assert "not annotated" not in said(reading.describe_truth(truth, photos[:2], []))


def test_what_can_be_judged_by():
    photos = pd.DataFrame({"artist": ["Ann", "Ann", "Bo", ""]})
    faces = pd.DataFrame({"identity": ["x", "x", "y", ""], "photo_id": ["p", "p", "q", "r"]})
    says(reading.describe_collection(photos, faces), "2 artists are known, of 3 of 4 pictures; 1 in more than one picture.",
         "2 identities are known, of 3 of 4 faces; 0 in more than one", "judge by artist.")  # fmt: skip
    says(reading.describe_collection(photos.assign(artist=""), faces.assign(identity="")), "No artist is known. Nobody shown",
         "show, but not judge")  # fmt: skip
    says(reading.describe_collection(photos[:2], faces[:2].assign(photo_id=["p", "q"])), "1 artist is known, of 2 of 2",
         "1 identity is known, of 2 of 2 faces; 1 in more", "judge by identity and by artist.")  # fmt: skip


def test_leaks_are_named():
    audit = pd.DataFrame(
        [("honest", "identities", "train-test", 0, 5, 0.0), ("honest", "artists", "train-test", 2, 4, 0.5),
         ("naive", "identities", "train-test", 4, 5, 0.8), ("naive", "groups", "train-val", 1, 5, 0.2)],
        columns=["scheme", "shared", "between", "count", "of", "share"],
    )  # fmt: skip
    says(reading.describe_face_leaks(audit), "shares 2 artists (train-test).", "random, 4 of 5 identities (train-test)")
    says(reading.describe_face_leaks(audit[:1]), "The honest split shares nothing.")
    says(reading.describe_face_leaks(audit[:0]), "Only one split holds pictures")


def test_detectors_a_sentence_a_collection():
    columns = ["collection", "detector", "pictures", "true", "found", "missed", "false"]
    rows = pd.DataFrame(
        [("cartoons", "mtcnn", 9, 10, 2, 8, 1), ("cartoons", "fasterrcnn", 9, 10, 9, 1, 0),
         ("paintings", "mtcnn", 5, None, 4, None, None)],
        columns=columns,
    ).astype(dict.fromkeys(columns[2:], "Int64"))  # fmt: skip
    says(reading.describe_detectors(rows), "Of the 10 true faces of cartoons, fasterrcnn finds 9 and misses 1, without a false",
         "mtcnn finds 2 and misses 8, with 1 false alarm.", "Of paintings no true box is known", "mtcnn 4.")  # fmt: skip
    says(reading.describe_detectors(rows[:0]), "No detector was run.")


def test_views_are_ordered_by_how_far_people_are_apart():
    pairs = {"general": ([0.1, 0.2], [True, False]), "face": ([0.9, 0.2], [True, False]), "faces": ([0.1], [True])}
    says(reading.describe_pair_similarity(pairs), "different people: face 1.00, general 0.00 (0.50")
    says(reading.describe_pair_similarity({"face": (np.zeros(0), np.zeros(0, bool))}), "No two pictures")


def test_whitening_and_none():
    ratios = {"resnet50 face": [0.5, 0.25], "resnet50 general": [0.5, 0.125]}
    says(reading.describe_variance(ratios, 2), "2 components keeps 62 % to 75 %", "the least of resnet50 general")
    says(reading.describe_variance({}, 0), "not whitened")


def test_the_table_names_what_was_embedded():
    arrays = {"net-general": np.zeros((3, 1024)), "net-face": np.zeros((2, 1024))}
    html = reading.embeddings_table(arrays, {"net": {"image_size": 96, "identity": "none-seed7"}})
    assert cells(html)[1:] == [["net", "general", "3", "1,024", "96", "none-seed7"],
                               ["net", "face", "2", "1,024", "96", "none-seed7"]]  # fmt: skip


def test_shared_boxes_are_counted():
    boxes = [
        ("a", "each", 0, 20),
        ("b", "each", 5, 25),
        ("b", "each", 40, 70),
        ("a", "all", 0, 20),
        ("b", "all", 5, 70),
    ]
    crops = pd.DataFrame(boxes, columns=["photo_id", "kind", "x0", "x1"]).assign(y0=0, y1=9)
    photos = pd.DataFrame(index=range(3))
    says(reading.describe_embeddings(photos, crops, {"net": {}, "other": {}}), "3 pictures and 3 faces were seen by 2 networks",
         "Of the 2 boxes around all faces of a picture 1 are", "in the 1 others")  # fmt: skip
    says(reading.describe_embeddings(photos, crops[:0], {"net": {}}), "only the general view remains")


def test_copies_are_read():
    says(reading.describe_copies(np.array([0.99, 0.97, 1.0]), np.array([0.5, 0.7])), "3 near-duplicates",
         "0.990 in the median and 0.970 at the least", "0.600")  # fmt: skip
    says(reading.describe_copies(np.array([0.99]), np.zeros(0)), "1 near-duplicate: ", "is 0.990.")
    says(reading.describe_copies(np.zeros(0), np.array([0.5])), "No picture is a near-duplicate")


def test_the_cards_of_what_was_read_and_extracted():
    photos, faces = pd.DataFrame({"faces": [0, 2]}), pd.DataFrame({"face_id": ["a", "b"]})
    sentence, numbers = reading.summarise_prepare(photos, faces, pd.DataFrame(index=range(3)))
    assert sentence == "2 pictures read, 2 faces found in 1 of them."
    assert numbers == {"pictures": 2, "with a face": 1, "faces": 2, "refused": 3}
    sentence, numbers = reading.summarise_features(["a", "b"], photos, pd.DataFrame({"kind": ["each", "each", "all"]}))
    assert said(sentence) == "2 pictures and 2 faces as seen by a, b."
    assert numbers == {"networks": 2, "pictures": 2, "faces": 2}
