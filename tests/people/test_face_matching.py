import numpy as np
import pandas as pd
import pytest
import torch
from torchvision.ops import box_iou as torchvision_iou

from likeness.people.face_matching import BOX, box_iou, detection_counts, identify, match_faces
from likeness.people.faces import to_table

PHOTOS = pd.DataFrame({"photo_id": ["a", "b", "c"]})


def truth_of(*rows):
    return pd.DataFrame(rows, columns=["photo_id", *BOX, "identity"])


TRUTH = truth_of(("a", 0, 0, 10, 10, "ann"), ("a", 8, 0, 18, 10, "bob"), ("b", 0, 0, 10, 10, "cy"))
FACES = to_table(
    ["a", "c"],
    [
        np.array([[1, 0, 11, 10, 0.95], [0, 0, 10, 10, 0.9], [50, 50, 60, 60, 0.8], [9, 0, 19, 10, 0.7]]),
        np.array([[0, 0, 10, 10, 0.9]]),
    ],
)


def test_matching_by_hand_one_to_one_the_surest_first():
    matched = match_faces(FACES, TRUTH)
    assert matched["truth_row"].tolist() == [0, -1, -1, 1, -1]  # the second overlaps ann fully, but she is taken
    assert matched["iou"].tolist() == pytest.approx([9 / 11, 0, 0, 9 / 11, 0])
    assert match_faces(FACES, TRUTH, 0.9)["truth_row"].tolist() == [-1, 0, -1, -1, -1]
    backwards = match_faces(FACES[::-1], TRUTH)
    assert backwards.index.tolist() == [4, 3, 2, 1, 0]
    assert backwards["truth_row"].sort_index().tolist() == matched["truth_row"].tolist()
    for bad in (0, 1.1):
        with pytest.raises(ValueError, match="iou"):
            match_faces(FACES, TRUTH, bad)


def test_counts_and_misses_by_hand():
    assert detection_counts(FACES, TRUTH).to_numpy().tolist() == [["a", 2, 0, 2], ["b", 0, 1, 0], ["c", 0, 0, 1]]
    assert detection_counts(FACES, TRUTH, photo_ids=["c", "none", "a"]).to_numpy().tolist() == [
        ["c", 0, 0, 1],
        ["none", 0, 0, 0],
        ["a", 2, 0, 2],
    ]
    assert detection_counts(FACES[:0], TRUTH[:0]).columns.tolist() == ["photo_id", "found", "missed", "false"]


def test_identities_of_marks_and_of_folders():
    photos = PHOTOS.assign(identity=["", "s2", "s3"])
    assert identify(FACES, TRUTH, photos).tolist() == ["ann", "", "", "bob", "s3"]
    assert identify(FACES, TRUTH, PHOTOS).tolist() == ["ann", "", "", "bob", ""]
    two = to_table(["c"], [np.array([[0, 0, 9, 9, 0.9], [0, 0, 9, 9, 0.9], [0, 0, 9, 9, 0.95]])]).set_axis([5, 3, 1])
    assert identify(two, TRUTH[:0], photos).to_dict() == {5: "", 3: "", 1: "s3"}  # a second face is somebody else
    assert identify(FACES[:0], TRUTH, photos).tolist() == []


def greedy_by_hand(faces, truth, iou):
    """The definition, one face and one pair at a time."""
    taken, matched = set(), {}
    for face in sorted(faces.itertuples(), key=lambda face: -face.score):
        best = (0.0, -1)
        for row, mark in enumerate(truth.itertuples()):
            width = min(face.x1, mark.x1) - max(face.x0, mark.x0)
            height = min(face.y1, mark.y1) - max(face.y0, mark.y0)
            shared = max(width, 0) * max(height, 0)
            union = (face.x1 - face.x0) * (face.y1 - face.y0) + (mark.x1 - mark.x0) * (mark.y1 - mark.y0) - shared
            if mark.photo_id == face.photo_id and row not in taken and shared / union > best[0]:
                best = (shared / union, row)
        matched[face.Index] = best[1] if best[0] >= iou else -1
        taken |= {matched[face.Index]}
    return matched


@pytest.mark.parametrize("seed", range(20))
def test_matching_against_the_slow_definition(seed):
    rng = np.random.default_rng(seed)

    def boxes(count):
        corner = rng.uniform(0, 40, (count, 2))
        return np.column_stack([corner, corner + rng.uniform(10, 30, (count, 2))])

    truth = pd.DataFrame(boxes(12), columns=BOX).assign(photo_id=rng.choice(list("abc"), 12), identity="")
    found = [np.column_stack([boxes(count), rng.permutation(count) / count]) for count in rng.integers(0, 8, 3)]
    faces = to_table(["a", "b", "c"], found)
    assert match_faces(faces, truth, 0.3)["truth_row"].to_dict() == greedy_by_hand(faces, truth, 0.3)
    iou = torchvision_iou(torch.tensor(truth[BOX].to_numpy()), torch.tensor(faces[BOX].to_numpy()))
    assert box_iou(truth[BOX].to_numpy(), faces[BOX].to_numpy()) == pytest.approx(iou.numpy(), abs=1e-12)
    counts = detection_counts(faces, truth, 0.3)
    assert counts["found"].sum() + counts["missed"].sum() == len(truth)
    assert counts["found"].sum() + counts["false"].sum() == len(faces)
    shuffled = faces.iloc[
        rng.permutation(len(faces))
    ]  # scores are distinct within a picture: no result depends on order
    assert detection_counts(shuffled, truth, 0.3).equals(counts)
