import shutil

import pandas as pd
import pytest

from likeness import paths
from likeness.errors import LayoutError
from likeness.people.face_matching import detection_counts, identify
from likeness.people.face_truth import face_truth, table_in
from likeness.people.faces import find_faces
from likeness.photos.collections import read_collection
from likeness.photos.manifest import build_manifest
from likeness.photos.voc.reader import Voc

SHARED = paths.root().parent / "shared" / "data"
BOX = ["x0", "y0", "x1", "y1"]
PHOTOS = pd.DataFrame(
    {"photo_id": ["a", "b", "c"], "path": ["raw/x/a.jpg", "raw/x/b.jpg", "raw/y/c.jpg"], "width": 100, "height": 80}
)


def write(folder, *lines):
    (folder / "faces.csv").write_text("\n".join(["image,identity,x0,y0,x1,y1", *lines]) + "\n")
    return folder


def test_a_table_by_file_name_in_the_order_of_the_photos(tmp_path):
    folder = write(
        tmp_path,
        "c.jpg,ann,1,2,30,40",
        "a.jpg,bob,0,0,10,10",
        "x/b.jpg,,5,5,120,90",
        "gone.jpg,eve,0,0,1,1",
        "a.jpg,cy,20,0,30,10",
    )
    truth, annotated, said = face_truth(PHOTOS, tmp_path, folder=folder)
    assert annotated.tolist() == [True] * 3
    assert said == ["the table faces.csv has 5 rows and names 4 pictures, 3 of which are here (not: 'gone.jpg')"]
    assert truth.drop(columns="difficult").to_numpy().tolist() == [
        ["a", 0, 0, 10, 10, "bob"],
        ["a", 20, 0, 30, 10, "cy"],
        ["b", 5, 5, 100, 80, ""],  # cut at the edge
        ["c", 1, 2, 30, 40, "ann"],
    ]
    pd.testing.assert_frame_equal(face_truth(PHOTOS, tmp_path, folder=folder / "faces.csv").faces, truth)


def test_a_byte_copy_brings_its_marks_to_the_picture_that_was_kept(tmp_path):
    quarantine = pd.DataFrame({"path": ["raw/z/copy.jpg"], "reason": "exact-duplicate", "detail": "raw/x/a.jpg"})
    folder = write(tmp_path, "copy.jpg,bob,0,0,10,10", "a.jpg,bob,0,0,10,10", "copy.jpg,ann,20,0,30,10")
    truth = face_truth(PHOTOS, tmp_path, folder=folder, quarantine=quarantine).faces.drop(columns="difficult")
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
    found = pd.DataFrame({"path": [f"{tmp_path}/raw/{name}.jpg" for name in ("x/a", "x/b", "y/c", "y/refused")],
                          "annotation": ["a.xml", "", "c.xml", "r.xml"]})  # fmt: skip
    marked = Voc(found, boxes.assign(difficult=True), pd.DataFrame({"path": []}), [])
    truth = face_truth(PHOTOS, tmp_path, marked=marked)
    assert truth.faces.to_numpy().tolist() == [["c", 1, 2, 3, 4, "", True]]
    assert truth.annotated.tolist() == [True, False, True]  # on a somebody saw no face, at b nobody looked


def test_nothing_known_is_an_empty_table(tmp_path):
    known = face_truth(PHOTOS, tmp_path, folder=write(tmp_path, "a.jpg,bob,0,0,10,10")).faces
    for empty in (
        face_truth(PHOTOS, tmp_path),
        face_truth(PHOTOS, tmp_path, folder=write(tmp_path)),
        face_truth(PHOTOS[:0], tmp_path),
    ):
        empty, annotated, _ = empty
        assert not annotated.any()
        assert (len(empty), empty.columns.tolist()) == (0, ["photo_id", *BOX, "identity", "difficult"])
        assert empty.dtypes.tolist() == known.dtypes.tolist()


def test_a_folder_may_hold_a_table_of_true_faces(tmp_path):
    assert table_in(tmp_path) is None
    write(tmp_path, "a.jpg,Ann,0,0,10,10")
    assert table_in(tmp_path) == table_in(tmp_path / "faces.csv") == tmp_path / "faces.csv"
    assert face_truth(PHOTOS, tmp_path, folder=table_in(tmp_path)).faces["identity"].tolist() == ["Ann"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a.jpg,bob,0,0,ten,10", r"faces\.csv, row 2: 0, 0, ten, 10 is no box"),
        ("a.jpg,bob,0,0,inf,10", r"row 2: 0, 0, inf, 10 is no box"),
        ("a.jpg,bob,10,0,10,10", r"row 2: a\.jpg: nothing of 10, 0, 10, 10 lies in the picture of 100 x 80"),
        ("a.jpg,bob,200,0,300,10", "nothing of 200, 0, 300, 10"),
        ("d.jpg,bob,0,0,10,10", r"names 1 pictures, 0 of which are here: it has 'd\.jpg', one is 'raw/x/a\.jpg'"),
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
    truth = face_truth(photos, tmp_path, quarantine=quarantine).faces
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
    truth = face_truth(photos, tmp_path, folder=tmp_path).faces
    counts = detection_counts(faces, truth, photo_ids=list(photos["photo_id"]))
    assert len(faces) >= 3
    assert counts[["found", "missed", "false"]].sum().tolist() == [len(faces), 0, 0]
