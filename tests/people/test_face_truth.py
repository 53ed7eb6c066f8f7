import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from torchvision.ops import box_iou as torchvision_iou

from likeness import paths
from likeness.errors import LayoutError
from likeness.people.face_truth import box_iou, detection_counts, face_truth, identify, match_faces, table_in
from likeness.people.faces import find_faces, to_table
from likeness.photos.collections import read_collection
from likeness.photos.manifest import build_manifest

SHARED = paths.root().parent / "shared" / "data"
BOX = ["x0", "y0", "x1", "y1"]
PHOTOS = pd.DataFrame(
    {"photo_id": ["a", "b", "c"], "path": ["raw/x/a.jpg", "raw/x/b.jpg", "raw/y/c.jpg"], "width": 100, "height": 80}
)


def truth_of(*rows):
    return pd.DataFrame(rows, columns=["photo_id", *BOX, "identity"])


def write(folder, *lines):
    (folder / "faces.csv").write_text("\n".join(["image,identity,x0,y0,x1,y1", *lines]) + "\n")
    return folder


def test_a_table_by_file_name_in_the_order_of_the_photos(tmp_path):
    folder = write(
        tmp_path,
        "c.jpg,ann,1,2,30,40",
        "a.jpg,bob,0,0,10,10",
        "x/b.jpg,,5,5,500,500",
        "gone.jpg,eve,0,0,1,1",
        "a.jpg,cy,20,0,30,10",
    )
    truth = face_truth(PHOTOS, tmp_path, folder=folder)
    assert truth.to_numpy().tolist() == [
        ["a", 0, 0, 10, 10, "bob"],
        ["a", 20, 0, 30, 10, "cy"],
        ["b", 5, 5, 100, 80, ""],  # cut at the edge
        ["c", 1, 2, 30, 40, "ann"],
    ]
    pd.testing.assert_frame_equal(face_truth(PHOTOS, tmp_path, folder=folder / "faces.csv"), truth)


def test_a_byte_copy_brings_its_marks_to_the_picture_that_was_kept(tmp_path):
    quarantine = pd.DataFrame({"path": ["raw/z/copy.jpg"], "reason": "exact-duplicate", "detail": "raw/x/a.jpg"})
    folder = write(tmp_path, "copy.jpg,bob,0,0,10,10", "a.jpg,bob,0,0,10,10", "copy.jpg,ann,20,0,30,10")
    truth = face_truth(PHOTOS, tmp_path, folder=folder, quarantine=quarantine)
    assert truth.to_numpy().tolist() == [["a", 0, 0, 10, 10, "bob"], ["a", 20, 0, 30, 10, "ann"]]


def test_marks_of_annotations_are_faces_of_nobody_known(tmp_path):
    boxes = pd.DataFrame(
        {
            "path": [f"{tmp_path}/raw/y/c.jpg", f"{tmp_path}/raw/y/refused.jpg"],
            "name": "face",
            "x0": 1.0,
            "y0": 2.0,
            "x1": 3.0,
            "y1": 4.0,
        }
    )
    assert face_truth(PHOTOS, tmp_path, boxes=boxes).to_numpy().tolist() == [["c", 1, 2, 3, 4, ""]]


def test_nothing_known_is_an_empty_table(tmp_path):
    known = face_truth(PHOTOS, tmp_path, folder=write(tmp_path, "a.jpg,bob,0,0,10,10"))
    for empty in (
        face_truth(PHOTOS, tmp_path),
        face_truth(PHOTOS, tmp_path, folder=write(tmp_path)),
        face_truth(PHOTOS[:0], tmp_path),
    ):
        assert (len(empty), empty.columns.tolist()) == (0, ["photo_id", *BOX, "identity"])
        assert empty.dtypes.tolist() == known.dtypes.tolist()


def test_a_folder_may_hold_a_table_of_true_faces(tmp_path):
    assert table_in(tmp_path) is None
    write(tmp_path, "a.jpg,Ann,0,0,10,10")
    assert table_in(tmp_path) == tmp_path / "faces.csv"
    assert face_truth(PHOTOS, tmp_path, folder=table_in(tmp_path))["identity"].tolist() == ["Ann"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a.jpg,bob,0,0,ten,10", r"faces\.csv, row 2: 0, 0, ten, 10 is no box"),
        ("a.jpg,bob,0,0,inf,10", r"row 2: 0, 0, inf, 10 is no box"),
        ("a.jpg,bob,10,0,10,10", r"raw/x/a\.jpg: nothing of the marked face 10, 0, 10, 10"),
        ("a.jpg,bob,200,0,300,10", "nothing of the marked face 200, 0, 300, 10"),
        ("d.jpg,bob,0,0,10,10", r"names none of the pictures; it has 'd\.jpg', one is 'raw/x/a\.jpg'"),
    ],
)
def test_impossible_marks_are_named(tmp_path, line, says):
    with pytest.raises(LayoutError, match=says):
        face_truth(PHOTOS, tmp_path, folder=write(tmp_path, line))


def test_a_name_of_two_pictures_is_refused(tmp_path):
    photos = PHOTOS.assign(path=["s1/1.pgm", "s2/1.pgm", "s2/2.pgm"])
    with pytest.raises(LayoutError, match=r"'1\.pgm' fits several pictures"):
        face_truth(photos, tmp_path, folder=write(tmp_path, "1.pgm,bob,0,0,10,10"))
    (tmp_path / "faces.csv").write_text("image,name\n")
    with pytest.raises(LayoutError, match=r"faces\.csv: no column 'identity'"):
        face_truth(photos, tmp_path, folder=tmp_path)
    with pytest.raises(LayoutError, match=r"none\.csv: cannot be opened"):
        face_truth(photos, tmp_path, folder=tmp_path / "none.csv")


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


@pytest.mark.skipif(not (SHARED / "faces").is_dir(), reason="no portraits in ../shared/data/faces")
def test_real_portraits_get_the_identity_of_their_folder(tmp_path):
    for person in ("s1", "s2", "s3"):
        for name in ("1.pgm", "2.pgm"):
            (tmp_path / person).mkdir(exist_ok=True)
            shutil.copy(SHARED / "faces" / person / name, tmp_path / person / name)
    found = read_collection(tmp_path, "identities").found
    photos, quarantine = build_manifest(found, tmp_path)
    photos["identity"] = found["identity"]
    assert len(quarantine) == 0
    truth = face_truth(photos, tmp_path, quarantine=quarantine)
    faces = find_faces(photos, tmp_path, cache=None, device="cpu")
    named = faces.assign(identity=identify(faces, truth, photos))
    assert named[named["identity"] != ""]["identity"].value_counts().to_dict() == {"s1": 2, "s2": 2, "s3": 2}


@pytest.mark.skipif(not (SHARED / "paintings").is_dir(), reason="no paintings in ../shared/data/paintings")
def test_marks_of_a_real_painting_find_their_faces(tmp_path):
    """What MTCNN finds in paintings, written down as a table of truth, is found again, and nothing else."""
    (tmp_path / "images").mkdir()
    for path in sorted((SHARED / "paintings" / "images").glob("*.jpg"))[:8]:
        shutil.copy(path, tmp_path / "images" / path.name)
    photos, _ = build_manifest(read_collection(tmp_path, "pictures").found, tmp_path)
    faces = find_faces(photos, tmp_path, cache=None, device="cpu", max_side=288)
    names = dict(zip(photos["photo_id"], photos["path"].str.rsplit("/").str[-1], strict=True))
    table = faces.assign(image=faces["photo_id"].map(names), identity="someone")
    table.to_csv(tmp_path / "faces.csv", index=False)
    truth = face_truth(photos, tmp_path, folder=tmp_path)
    counts = detection_counts(faces, truth, photo_ids=list(photos["photo_id"]))
    assert len(faces) >= 3
    assert counts[["found", "missed", "false"]].sum().tolist() == [len(faces), 0, 0]
