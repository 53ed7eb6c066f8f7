import re

import numpy as np
import pandas as pd
import pytest
from shown import captions

from likeness.people.joints import INDEX, nobody, to_table
from likeness.report.page.theme import check_alt
from likeness.report.pose.grids_pairs import explanation, saliency_grid
from likeness.report.pose.grids_people import no_person_gallery, role_model_grid, skeleton_grid


@pytest.fixture
def keypoints() -> pd.DataFrame:
    """In id0 one person with three joints and one with two; in id1 one with two; nobody elsewhere."""
    two = nobody(2)
    for person, joints in ((0, ("nose", "neck", "right_hip")), (1, ("nose", "neck"))):
        for place, joint in enumerate(joints):
            two[person, INDEX[joint]] = (100 + 50 * person, 40 + 50 * place, 0.9 - 0.2 * person)
    return pd.concat([to_table("id0", two), to_table("id1", two[1:])], ignore_index=True)


def test_skeletons_are_counted_and_drawn(thumbs, keypoints):
    html = skeleton_grid(thumbs, keypoints, ["id0", "id1", "id2"])
    shown = captions(html)
    assert shown[0] == "Louvre, jump: 3 and 2 joints"
    assert shown[1].endswith(": 2 joints")
    assert shown[2] == "Louvre, jump: no joints"
    assert html.count("<img ") == 3
    assert thumbs.uri("id0") not in html  # something was drawn
    assert thumbs.uri("id2") in html  # nothing was
    assert "<script" not in html
    check_alt(html)


def test_photos_without_a_person_are_shown_and_counted(thumbs, keypoints):
    html = no_person_gallery(thumbs, keypoints, most=9)
    assert "found in 4 of 6 photos." in html
    assert html.count("<img ") == 4
    assert thumbs.uri("id0") not in html
    cut = no_person_gallery(thumbs, keypoints, most=2)
    assert "the first 2 are shown" in cut
    assert cut.count("<img ") == 2
    everywhere = pd.DataFrame({"photo_id": [f"id{n}" for n in range(6)]})
    assert "found in 0 of 6 photos." in no_person_gallery(thumbs, everywhere, most=2)


def test_photos_that_were_not_annotated_are_not_called_empty(thumbs, keypoints):
    thumbs.photos = thumbs.photos.assign(mask=["keypoints", "keypoints", "nobody", "unknown", "unknown", "unknown"])
    html = no_person_gallery(thumbs, keypoints, most=9)
    assert "found in 1 of 3 photos. Not annotated: 3 photos." in html
    assert html.count("<img ") == 1


PAIRS = pd.DataFrame(
    [("id0", "id2", True, 0.9), ("id1", "id4", False, 0.8)], columns=["left", "right", "same", "probability"]
)


def test_saliency_shows_photo_map_photo_map_per_method(thumbs, hostile):
    rng = np.random.default_rng(0)
    maps = {name: (rng.random((2, 7, 7)), rng.random((2, 7, 7))) for name in ("Grad-CAM", hostile)}
    html = saliency_grid(PAIRS, maps, thumbs)
    alts = re.findall(r'<img [^>]*alt="([^"]*)"', html)
    assert len(alts) == 2 * 2 * 4
    assert alts[:4] == [
        "left photo: Louvre, jump",
        "Grad-CAM map of the left photo: Louvre, jump",
        "right photo: Louvre, jump",
        "Grad-CAM map of the right photo: Louvre, jump",
    ]
    titles = re.findall(r"<strong>(.*?)</strong>", html)
    assert titles == [
        "✓ same pose; probability of same 0.90: right",
        "✗ different; probability of same 0.80: wrong",
    ]
    assert "<script" not in html
    check_alt(html)


def test_maps_of_a_pair_share_one_scale(thumbs):
    strong, weak = np.full((1, 4, 4), 1.0), np.full((1, 4, 4), 0.25)
    pair = pd.DataFrame({"left": ["id0"], "right": ["id0"], "same": [True]})
    pictures = re.findall(r'src="(data:[^"]*)"', saliency_grid(pair, {"x": (strong, weak)}, thumbs))
    equal = re.findall(r'src="(data:[^"]*)"', saliency_grid(pair, {"x": (strong, strong)}, thumbs))
    assert pictures[0] == pictures[2]  # the same photo
    assert pictures[1] != pictures[3]
    assert equal[1] == equal[3]


def test_saliency_refuses_maps_that_do_not_fit(thumbs):
    with pytest.raises(ValueError, match=r"Grad-CAM: \[1, 1\] maps for 2 rows"):
        saliency_grid(PAIRS, {"Grad-CAM": (np.zeros((1, 2, 2)), np.zeros((1, 2, 2)))}, thumbs)
    assert "lk-note" in saliency_grid(PAIRS.head(0), {}, thumbs)


def test_role_models_come_with_their_copies_in_order_of_time(thumbs, photos):
    photos["taken_at"] = pd.to_datetime(["2015-01-02", "2016-01-01", "2014-01-01", "2019-01-01", None, None])
    thumbs.photos = photos
    models = pd.DataFrame(
        {"arrangement": ["Louvre/jump"], "role_model": ["id2"], "taken_at": [pd.Timestamp("2014-01-01")]}
    )
    html = role_model_grid(models, thumbs)
    assert captions(html) == ["2014-01-01, role model: Louvre, jump", "2015-01-02, later photo"]
    assert "No arrangement" in role_model_grid(models.head(0), thumbs)


def test_where_no_network_was_explained_a_note_says_so(thumbs):
    assert "No network was tuned as a whole" in explanation(None, thumbs)
