"""Sport photos with hand-marked joints (Leeds Sports Pose), where they lie beside the repository."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.people import mediapipe_pose
from likeness.people.distances import pairwise
from likeness.people.estimate import find_people, keypoints_table
from likeness.people.joints import INDEX, body_scale, to_arrays
from photo_rows import photo_rows

LSP = Path(__file__).resolve().parents[3] / "shared" / "data" / "lsp"
pytestmark = [
    pytest.mark.skipif(not (LSP / "joints.csv").is_file(), reason=f"no Leeds Sports Pose photos at {LSP}"),
    pytest.mark.filterwarnings("ignore:SymbolDatabase"),
]
BODY = [INDEX[f"{side}_{part}"] for side in ("right", "left") for part in ("shoulder", "hip", "knee", "ankle")]


@pytest.fixture(scope="module")
def photos():
    files = sorted((LSP / "images").glob("*.jpg"))[:240:10]
    return photo_rows(LSP, [f"images/{file.name}" for file in files])


@pytest.fixture(scope="module")
def truth(photos):
    marks = keypoints_table(photos, find_people("annotations", photos, LSP, annotations=LSP / "joints.csv"))
    return to_arrays(marks, list(photos["photo_id"]))[:, 0]


@pytest.fixture(scope="module")
def found(photos):
    return to_arrays(
        keypoints_table(photos, find_people("mediapipe", photos, LSP, workers=1)), list(photos["photo_id"]), people=2
    )


def test_nearly_every_photo_has_a_person_near_the_marks(truth, found):
    there = np.isfinite(found[:, 0, INDEX["neck"], 0])
    assert there.sum() >= 20
    scale = np.array([body_scale(person) for person in truth])[:, None]
    apart = np.linalg.norm(found[:, 0, BODY, :2] - truth[:, BODY, :2], axis=-1) / scale
    assert (apart[np.isfinite(apart)] < 0.3).mean() > 0.6


def test_true_and_found_distances_go_together(truth, found):
    upper = np.triu_indices(len(truth), 1)
    a, b = pairwise("torso", truth)[upper], pairwise("torso", found[:, 0])[upper]
    both = np.isfinite(a) & np.isfinite(b)
    assert both.sum() > 50
    assert pd.Series(a[both]).corr(pd.Series(b[both]), method="spearman") > 0.25  # unrelated distances: 0 +- 0.1


def test_of_two_photos_side_by_side_mostly_both_people_are_found():
    files = sorted((LSP / "images").glob("*.jpg"))
    both, told_apart = 0, 0
    for left, right in zip(files[100:110], files[300:310], strict=True):
        halves = [Image.open(path).convert("RGB") for path in (left, right)]
        halves = [half.resize((round(half.width * 400 / half.height), 400)) for half in halves]
        if not all(len(mediapipe_pose.find_people(half, 1)) for half in halves):
            continue  # whoever is not found alone cannot be asked for in company
        pair = Image.new("RGB", (halves[0].width + halves[1].width, 400))
        pair.paste(halves[0], (0, 0))
        pair.paste(halves[1], (halves[0].width, 0))
        sides = {bool(person[BODY, 0].mean() > halves[0].width) for person in mediapipe_pose.find_people(pair)}
        both, told_apart = both + 1, told_apart + (len(sides) == 2)
    assert both >= 5
    assert told_apart / both >= 0.5
