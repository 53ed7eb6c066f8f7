"""Sentences that read pictures, faces and detectors: the numbers in them are those of tables of a few rows."""

import re
from html import unescape

import numpy as np
import pandas as pd

from likeness.report.faces import reading_faces as reading


def said(note: str) -> str:
    """Return a note's words, spaces as a reader sees them."""
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", note)).replace("\u00a0", " ")


def test_every_picture_found_is_read_out():
    quarantine = pd.DataFrame({"reason": ["empty", "damaged", "empty"]})
    photos = pd.DataFrame({"photo_id": list("abcd")})
    assert said(reading.of_read(9, photos, quarantine, {"other-element": 2, "no-object-id": 0})) == (
        "9 pictures found: 4 accepted, 3 refused, 2 left out. Left out because of: other-element (2). The most frequent "
        "reasons of refusal: 2 empty, 1 damaged."
    )
    assert said(reading.of_read(1, photos[:1], quarantine[:0], {})) == (
        "1 picture found: 1 accepted, 0 refused, 0 left out. Nothing had to be refused."
    )


def test_pictures_with_one_face_several_and_none():
    photos = pd.DataFrame({"faces": [0, 1, 3, 0], "face_share": [0.0, 0.1, 0.3, 0.0]})
    assert said(reading.of_found_faces(photos, "mtcnn")) == (
        "mtcnn found a face in 2 of 4 pictures (50 %), in 1 of them two or more: 4 faces in all. Half of the pictures "
        "with a face give it less than 20 % of their area."
    )
    assert said(reading.of_found_faces(photos.assign(faces=0), "mtcnn")) == (
        "mtcnn found a face in 0 of 4 pictures (0 %): the face views have nothing to work on, the general view remains."
    )
    assert said(reading.of_found_faces(photos[:0], "mtcnn")) == "There is no picture to look for faces in."


def test_what_can_be_judged_by():
    photos = pd.DataFrame({"artist": ["Ann", "Ann", "Bo", ""]})
    faces = pd.DataFrame({"identity": ["x", "x", "y", ""], "photo_id": ["p", "p", "q", "r"]})
    assert said(reading.of_collection(photos, faces)) == (
        "2 artists are known, of 3 of 4 pictures; 1 in more than one picture. 2 identities are known, of 3 of 4 faces; 0 "
        "in more than one picture. The report can judge by artist."
    )
    nothing = reading.of_collection(photos.assign(artist=""), faces.assign(identity=""))
    assert said(nothing) == "No artist is known. Nobody shown is known by name. The report can show, but not judge."
    one = reading.of_collection(photos[:2], faces[:2].assign(photo_id=["p", "q"]))
    assert said(one) == (
        "1 artist is known, of 2 of 2 pictures; 1 in more than one picture. 1 identity is known, of 2 of 2 faces; 1 in "
        "more than one picture. The report can judge by identity and by artist."
    )


def test_leaks_are_named():
    audit = pd.DataFrame(
        [
            ("honest", "identities", "train-test", 0, 5, 0.0),
            ("honest", "artists", "train-test", 2, 4, 0.5),
            ("naive", "identities", "train-test", 4, 5, 0.8),
            ("naive", "groups", "train-val", 1, 5, 0.2),
        ],
        columns=["scheme", "shared", "between", "count", "of", "share"],
    )
    assert said(reading.of_face_leaks(audit)) == (
        "The honest split shares 2 artists (train-test). With pictures split at random, 4 of 5 identities (train-test) "
        "would have been on both sides."
    )
    assert said(reading.of_face_leaks(audit[:1])) == "The honest split shares nothing."
    assert said(reading.of_face_leaks(audit[:0])).startswith("Only one split holds pictures")


def test_detectors_a_sentence_a_collection():
    columns = ["collection", "detector", "pictures", "true", "found", "missed", "false"]
    rows = pd.DataFrame(
        [
            ("cartoons", "mtcnn", 9, 10, 2, 8, 1),
            ("cartoons", "fasterrcnn", 9, 10, 9, 1, 0),
            ("paintings", "mtcnn", 5, None, 4, None, None),
        ],
        columns=columns,
    ).astype(dict.fromkeys(columns[2:], "Int64"))
    assert said(reading.of_detectors(rows)) == (
        "Of the 10 true faces of cartoons, fasterrcnn finds 9 and misses 1, without a false alarm; mtcnn finds 2 and "
        "misses 8, with 1 false alarm. Of paintings no true box is known, so that boxes can only be counted: mtcnn 4."
    )
    assert said(reading.of_detectors(rows[:0])) == "No detector was run."


def test_views_are_ordered_by_how_far_people_are_apart():
    pairs = {"general": ([0.1, 0.2], [True, False]), "face": ([0.9, 0.2], [True, False]), "faces": ([0.1], [True])}
    assert said(reading.of_pair_similarity(pairs)).startswith(
        "How often two pictures of the same person are more alike than two of different people: face 1.00, general 0.00 "
        "(0.50 is chance)."
    )
    assert said(reading.of_pair_similarity({"face": (np.zeros(0), np.zeros(0, bool))})).startswith("No two pictures")


def test_whitening_and_none():
    ratios = {"resnet50 face": [0.5, 0.25], "resnet50 general": [0.5, 0.125]}
    assert said(reading.of_variance(ratios, 2)) == (
        "Whitening to 2 components keeps 62 % to 75 % of the variance, the least of resnet50 general; it was fitted on "
        "training pictures."
    )
    assert said(reading.of_variance({}, 0)).startswith("The features are not whitened")
