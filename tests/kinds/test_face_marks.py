"""What folders of faces really hold: each kind of fault, over all readers of the faces study.

A test is named after the kind: 1 nothing fits, 2 unknown is not none, 3 no row lost, 4 units and frame, 5 names, 8 one
line for every error.
"""

import unicodedata

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness import paths
from likeness.errors import LayoutError
from likeness.people.face_matching import detection_counts
from likeness.people.face_truth import face_truth
from likeness.photos.collections import read_collection
from likeness.photos.manifest import build_manifest
from likeness.report.faces.tables_faces import detector_rows

CASES = paths.root().parent / "shared" / "cases" / "voc"
XML = (
    "<annotation><filename>{name}</filename><size><width>{width}</width><height>{height}</height></size>"
    "<object><name>face</name><bndbox><xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax></bndbox></object></annotation>"
)
SIZE = (160, 120)
MARK = (21, 11, 60, 70)  # VOC's way to count: px 20 to 60, 10 to 70


def picture(folder, name, **how):
    """Write a picture of its own bytes."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(list(name.encode())).integers(0, 255, (*SIZE[::-1], 3), np.uint8)
    Image.fromarray(noise).save(path, **how)


def voc(folder, names, marks=None, *, file_names=None):
    """Write pictures, and an annotation for each mark; None marks all by MARK."""
    for k, name in enumerate(names):
        picture(folder, (file_names or names)[k])
        if marks is None or marks[k] is not None:
            said = XML.format(*(MARK if marks is None else marks[k]), name=name, width=SIZE[0], height=SIZE[1])
            (folder / f"{name.rsplit('.', 1)[0]}.xml").write_text(said, encoding="utf-8")


def table(folder, names, marks=None, *, file_names=None, encoding="utf-8", separator=","):
    """Write pictures and faces.csv."""
    rows = [["image", "identity", "x0", "y0", "x1", "y1"]]
    for k, name in enumerate(names):
        picture(folder, (file_names or names)[k])
        if marks is None or marks[k] is not None:
            x0, y0, x1, y1 = MARK if marks is None else marks[k]
            shift = 1 if marks is None else 0
            rows.append([name, "ann", x0 - shift, y0 - shift, x1, y1])
    text = "".join(separator.join(map(str, row)) + "\n" for row in rows)
    (folder / "faces.csv").write_text(text, encoding=encoding)


def museum(folder, names, *, file_names=None, encoding="utf-8", separator=","):
    """Write a museum's tables and pictures."""
    for name in file_names or names:
        picture(folder / "images", name)
    rows = "".join(f"{name.rsplit('.', 1)[0]}{separator}painted surface\n" for name in names)
    (folder / "objects_dimensions.csv").write_text(f"objectid{separator}element\n{rows}", encoding=encoding)


MARKERS, TABLES = {"voc": voc, "table": table}, {"table": table, "museum": museum}
READERS = MARKERS | TABLES


def read(folder, reader):
    """Return the photos, and what is known of their faces."""
    collection = read_collection(folder, {"table": "pictures"}.get(reader, reader))
    photos, quarantine = build_manifest(collection.found, folder)
    given = folder if reader == "table" else None
    return photos, face_truth(photos, folder, folder=given, marked=collection, quarantine=quarantine)


def one_line(folder, reader, *parts):
    with pytest.raises(LayoutError) as caught:
        read(folder, reader)
    said = str(caught.value)
    assert "\n" not in said
    assert all(part in said for part in parts), said
    return said


@pytest.mark.parametrize("reader", READERS)
def test_kind_1_marks_of_other_pictures_are_an_error_that_shows_both_sides(reader, tmp_path):
    names = [f"{k:04}.png" for k in range(6)]
    READERS[reader](tmp_path, names, file_names=[f"IMG_{name}" for name in names])
    one_line(tmp_path, reader, "0000", "IMG_0000")


@pytest.mark.parametrize("reader", MARKERS)
def test_kind_2_half_of_a_collection_annotated(reader, tmp_path):
    names = [f"{k}.png" for k in range(12)]
    MARKERS[reader](tmp_path, names, [MARK if k % 2 else None for k in range(12)])
    photos, truth = read(tmp_path, reader)
    assert truth.annotated.tolist() == [bool(k % 2) for k in range(12)]
    found = truth.faces.iloc[:1].loc[[0] * 12].assign(photo_id=photos["photo_id"].to_numpy(), score=1.0)
    rows = detector_rows({"mtcnn": found}, truth.faces, photos.assign(annotated=truth.annotated), "half")
    assert rows[["pictures", "true", "found", "missed", "false"]].to_numpy().tolist() == [[6, 6, 6, 0, 0]]


def test_kind_2_a_faulty_mark_is_no_negative_example_and_a_difficult_face_counts_neither_way(tmp_path):
    voc(tmp_path, ["a.png", "b.png", "c.png"], [MARK, (200, 10, 260, 60), (21, 11, 60, 70)])
    hard = (tmp_path / "c.xml").read_text().replace("<bndbox>", "<difficult>1</difficult><bndbox>")
    (tmp_path / "c.xml").write_text(hard)
    photos, truth = read(tmp_path, "voc")
    assert truth.annotated.tolist() == [True, False, True]
    found = truth.faces.assign(score=1.0)
    ids = list(photos["photo_id"][[0, 2]])
    assert detection_counts(found, truth.faces, photo_ids=ids)[["found", "missed", "false"]].to_numpy().tolist() == [
        [1, 0, 0],
        [0, 0, 0],
    ]
    assert detection_counts(found[:0], truth.faces, photo_ids=ids)["missed"].tolist() == [1, 0]


@pytest.mark.parametrize("reader", TABLES)
@pytest.mark.parametrize(
    ("separator", "encoding"), [(";", "utf-16"), ("\t", "utf-8-sig"), ("|", "utf-8"), (";", "utf-16-le")]
)
def test_kind_3_every_row_of_a_table_is_read_however_it_was_written(reader, separator, encoding, tmp_path):
    names = [f"{k:04}.png" for k in range(5)]
    TABLES[reader](tmp_path, names, separator=separator, encoding=encoding)
    photos, truth = read(tmp_path, reader)
    assert len(photos) == 5
    assert len(truth.faces) == (5 if reader == "table" else 0)


@pytest.mark.parametrize("reader", TABLES)
@pytest.mark.parametrize(("old", "new"), [("0002", '"0002'), ("0002", "0002,extra,cell")])
def test_kind_3_a_row_that_cannot_be_read_is_named(reader, old, new, tmp_path):
    TABLES[reader](tmp_path, [f"{k:04}.png" for k in range(5)])
    path = tmp_path / ("faces.csv" if reader == "table" else "objects_dimensions.csv")
    path.write_text(path.read_text().replace(old, new))
    one_line(tmp_path, reader, f"{path.name}, row 4: ")


@pytest.mark.parametrize("reader", MARKERS)
@pytest.mark.parametrize(
    ("mark", "box"), [((0.25, 0.25, 0.5, 0.75), [40, 30, 80, 90]), ((60, 20, 21, 70), [21, 20, 60, 70])]
)
def test_kind_4_shares_are_scaled_and_swapped_corners_swapped(reader, mark, box, tmp_path):
    MARKERS[reader](tmp_path, ["a.png", "b.png"], [mark, mark])
    _, truth = read(tmp_path, reader)
    shift = np.array([1, 1, 0, 0]) * (reader == "voc" and mark[0] > 1)
    assert truth.faces[["x0", "y0", "x1", "y1"]].to_numpy().tolist() == [(np.array(box) - shift).tolist()] * 2


@pytest.mark.parametrize("reader", MARKERS)
def test_kind_4_what_nobody_can_tell_is_refused(reader, tmp_path):
    MARKERS[reader](tmp_path, ["a.png", "b.png"], [(60, 50, 40, 40)] * 2)
    one_line(tmp_path, reader, "swapped corners, or a width and a height")


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases/voc")
@pytest.mark.parametrize(
    ("case", "box"),
    [("swapped", [9, 9, 60, 60]), ("percent", [16, 12, 80, 60]), ("exif6_raw_coords", [60, 9, 111, 60]), ("gb2312", [9, 9, 60, 60])],
)  # fmt: skip
def test_kind_4_the_shared_cases(case, box):
    assert read_collection(CASES / case, "voc").boxes[["x0", "y0", "x1", "y1"]].to_numpy().tolist() == [box]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("reader", READERS)
def test_kind_5_names_are_compared_composed(reader, form, tmp_path):
    other = {"NFC": "NFD", "NFD": "NFC"}[form]
    names = [unicodedata.normalize(form, f"Zoë {k}.png") for k in range(3)]
    READERS[reader](tmp_path, names, file_names=[unicodedata.normalize(other, name) for name in names])
    photos, truth = read(tmp_path, reader)
    assert (len(photos), truth.annotated.sum()) == (3, 0 if reader == "museum" else 3)


@pytest.mark.parametrize("name", ["{}", "{}.png", "people/{}.png", r"C:\marks\people\{}.png", "./people/{}.png"])
def test_kind_5_names_with_and_without_folder_and_text_as_it_stands(name, tmp_path):
    names = [f"{k:04}" for k in range(3)]
    table(tmp_path, [name.format(k) for k in names], file_names=[f"people/{k}.png" for k in names])
    photos, truth = read(tmp_path, "table")
    assert truth.annotated.all()
    assert truth.said == ["the table faces.csv has 3 rows and names 3 pictures, 3 of which are here"]
    assert (truth.faces["photo_id"] == photos["photo_id"]).all()


def test_kind_5_one_person_in_a_folder_and_a_table_is_one(tmp_path):
    picture(tmp_path, "Zoe\u0308/1.png")
    (tmp_path / "faces.csv").write_text(
        "image,identity,x0,y0,x1,y1\nZo\u00eb/1.png,Zo\u00eb,20,10,60,70\n", encoding="utf-8"
    )
    collection = read_collection(tmp_path, "identities")
    photos, _ = build_manifest(collection.found, tmp_path)
    truth = face_truth(photos, tmp_path, folder=tmp_path, marked=collection)
    assert set(collection.found["identity"]) | set(truth.faces["identity"]) == {"Zo\u00eb"}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "content",
    [b"", b"\xff", b"\0" * 600, b"\xef\xbb\xbf", "Zo\u00eb,1\n".encode("cp1252"), b"{}", b"<annotation/", b'"', b"\n\n\n", b"a" * 2_000_000],
    ids=["empty", "byte", "zeros", "mark alone", "latin-1", "json", "xml", "quote", "lines", "long"],
)  # fmt: skip
def test_kind_8_whatever_the_file_holds_the_error_is_one_line(reader, content, tmp_path):
    READERS[reader](tmp_path, ["1.png"])
    name = {"voc": "1.xml", "table": "faces.csv", "museum": "objects_dimensions.csv"}[reader]
    (tmp_path / name).write_bytes(content)
    assert len(one_line(tmp_path, reader, name)) < 1000
    (tmp_path / name).unlink()
    (tmp_path / name).symlink_to("gone")
    if reader != "table":
        one_line(tmp_path, reader, name)


@pytest.mark.parametrize("cell", ["ten", "", "inf", "nan", "1,5", "1e999", "--"])
def test_kind_8_a_cell_that_is_no_number_is_named_with_its_row(cell, tmp_path):
    table(tmp_path, ["1.png", "2.png"])
    text = (tmp_path / "faces.csv").read_text().replace(",", ";").replace("\n2.png;ann;20", f"\n2.png;ann;{cell}")
    (tmp_path / "faces.csv").write_text(text)
    one_line(tmp_path, "table", "faces.csv, row 3: ")
    voc(tmp_path / "voc", ["1.png", "2.png"])
    xml = tmp_path / "voc" / "2.xml"
    xml.write_text(xml.read_text().replace("<xmin>21<", f"<xmin>{cell}<"))
    left_out = read_collection(tmp_path / "voc", "voc").left_out
    assert left_out["reason"].tolist() == ["bad-box"]
    assert "xmin is missing or no number" in left_out["detail"][0]


def test_kind_8_an_empty_table_knows_nothing(tmp_path):
    table(tmp_path, ["1.png"], [None])
    _, truth = read(tmp_path, "table")
    assert (len(truth.faces), truth.annotated.any()) == (0, False)
    assert isinstance(truth.faces, pd.DataFrame)
