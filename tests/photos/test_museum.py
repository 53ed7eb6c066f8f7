"""A museum's tables and pictures; the headers are those of the National Gallery of Art's open data."""

import csv
import shutil

import pytest

from likeness.errors import LayoutError
from likeness.photos.museum import read_museum
from likeness.photos.readers import photo_files

DIMENSIONS = ["objectid", "element", "dimensiontype", "dimension", "unitname"]
OBJECTS = ["objectid", "uuid", "accessioned", "accessionnum", "locationid", "title", "displaydate", "beginyear", "endyear",
           "visualbrowsertimespan", "medium", "dimensions", "inscription", "markings", "attributioninverted", "attribution",
           "provenancetext", "creditline", "classification", "subclassification", "visualbrowserclassification", "parentid",
           "isvirtual", "departmentabbr", "portfolio", "series", "volume", "watermarks", "lastdetectedmodification",
           "wikidataid", "customprinturl"]  # fmt: skip
PUBLISHED = ["uuid", "iiifurl", "iiifthumburl", "viewtype", "sequence", "width", "height", "maxpixels", "openaccess",
             "created", "modified", "depictstmsobjectid", "assistivetext"]  # fmt: skip


def write(path, columns, rows, encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as stream:
        table = csv.DictWriter(stream, columns, restval="", lineterminator="\r\n")
        table.writeheader()
        table.writerows(rows)


def dimensions(folder, *pairs, **how):
    rows = [
        {"objectid": o, "element": e, "dimensiontype": d, "dimension": "62.2"} for o, e in pairs for d in ("h", "w")
    ]
    write(folder / "objects_dimensions.csv", DIMENSIONS, rows, **how)


@pytest.fixture
def museum(tmp_path):
    """Six pictures and eight objects, each with a story of its own."""
    (tmp_path / "images").mkdir()
    for name in ("10.jpg", "11.jpg", "12.jpg", "13.jpg", "14.jpg", "view.jpg", "10.png"):
        (tmp_path / "images" / name).write_bytes(b"a picture, for the manifest to judge")
    elements = [("10", "painted surface"), ("10", "framed"), ("11", "Painted Surface"), ("12", "overall"),
                ("14", "painted surface"), ("20", "painted surface"), ("21", "painted surface"), ("22", "overall")]  # fmt: skip
    dimensions(tmp_path, *elements)
    titles = [("10", 'The "Little" Sitter,\r\n with a Dog', "c. 1505/1507", "Zoë the Éxample"), ("11", "", "", ""),
              ("12", "Bust", "1900", "Someone"), ("20", "Far", "", ""), ("10", "Again", "", "")]  # fmt: skip
    rows = [{"objectid": o, "title": t, "displaydate": d, "attribution": a} for o, t, d, a in titles]
    write(tmp_path / "objects.csv", OBJECTS, rows)
    write(tmp_path / "published_images.csv", PUBLISHED, [{"uuid": "u", "depictstmsobjectid": "20"}])
    return tmp_path


def reasons(left_out, folder):
    short = left_out["path"].str.removeprefix(folder.as_posix() + "/")
    return list(zip(short, left_out["object_id"], left_out["reason"], strict=True))


def test_only_objects_with_the_element_and_their_facts(museum):
    found, _ = read_museum(museum)
    assert found.columns.tolist() == ["path", "object_id", "title", "artist", "date"]
    assert found["path"].tolist() == [f"{museum.as_posix()}/images/{name}" for name in ("10.jpg", "11.jpg")]
    assert found.iloc[0].tolist()[1:] == ["10", 'The "Little" Sitter, with a Dog', "Zoë the Éxample", "c. 1505/1507"]
    assert found.iloc[1].tolist()[1:] == ["11", "", "", ""]
    assert read_museum(museum, " OVERALL ")[0]["object_id"].tolist() == ["12"]


def test_everything_else_has_a_reason(museum):
    found, left_out = read_museum(museum)
    assert reasons(left_out, museum) == [
        ("images/10.png", "10", "second-picture"),
        ("images/12.jpg", "12", "other-element"),
        ("images/13.jpg", "13", "no-dimensions"),
        ("images/14.jpg", "14", "no-object-row"),
        ("images/20.jpg", "20", "no-image-file"),
        ("images/21.jpg", "21", "no-image-file"),
        ("images/view.jpg", "", "no-object-id"),
        ("objects.csv", "10", "second-row"),
    ]
    assert left_out.loc[left_out["object_id"] == "12", "detail"].item() == "no painted surface, but overall"
    assert left_out["detail"].iloc[[4, 5]].str.contains("fetch it").tolist() == [True, False]
    pictures = {path.as_posix() for path in photo_files(museum / "images")}
    assert pictures <= set(found["path"]) | set(left_out["path"])
    assert not set(found["path"]) & set(left_out["path"])
    assert left_out["detail"].str.fullmatch(r"[^\n]+").all()


def test_without_the_optional_tables_titles_are_unknown_and_that_is_said(museum):
    (museum / "objects.csv").unlink()
    (museum / "published_images.csv").unlink()
    found, left_out = read_museum(museum)
    assert found["object_id"].tolist() == ["10", "11", "14"]
    assert (found[["title", "artist", "date"]] == "").all(axis=None)
    absent = left_out[left_out["reason"] == "no-table"]
    assert absent["path"].tolist() == [
        f"{museum.as_posix()}/{name}" for name in ("objects.csv", "published_images.csv")
    ]
    assert "unknown" in absent["detail"].iloc[0]


def test_a_byte_order_mark_is_no_part_of_the_first_column(museum):
    dimensions(museum, ("10", "painted surface"), encoding="utf-8-sig")
    assert read_museum(museum)[0]["object_id"].tolist() == ["10"]


def one_line(museum, match, element="painted surface"):
    with pytest.raises(LayoutError, match=match) as caught:
        read_museum(museum, element)
    assert "\n" not in str(caught.value)


def test_a_missing_column_names_file_and_column(museum):
    write(museum / "objects.csv", [name for name in OBJECTS if name != "attribution"], [])
    one_line(museum, r"objects\.csv: no column 'attribution'")
    (museum / "objects.csv").unlink()
    (museum / "objects_dimensions.csv").write_text("object;element\n10;painted surface\n")
    one_line(museum, r"objects_dimensions\.csv: no column 'objectid'.*here are object, element")
    (museum / "objects_dimensions.csv").write_text("")
    one_line(museum, r"objects_dimensions\.csv: is empty; bring a table with a header of objectid, element")


def test_a_table_in_another_encoding_is_refused(museum):
    write(museum / "objects.csv", OBJECTS, [{"objectid": "10", "attribution": "Zoë"}], encoding="cp1252")
    one_line(museum, r"objects\.csv: is not UTF-8 .*; save it as CSV UTF-8")


def test_a_table_of_a_header_alone_knows_nothing(museum):
    write(museum / "objects.csv", OBJECTS, [])
    one_line(museum, "no picture of an object with the element 'painted surface'")


def test_ragged_rows_are_refused(museum):
    (museum / "objects_dimensions.csv").write_text("objectid,element\n10,painted surface\n11,painted surface,7\n")
    one_line(museum, r"objects_dimensions\.csv, row 3: more or fewer cells than the header; correct that row")


def test_a_column_that_stands_twice_is_refused(museum):
    (museum / "objects_dimensions.csv").write_text("objectid,element,element\n10,painted surface,frame\n")
    one_line(museum, r"objects_dimensions\.csv: 2 columns 'element'")


def test_missing_parts_and_misspelt_elements_are_named(museum, tmp_path):
    one_line(
        museum,
        "element 'painted surfaces'; objects_dimensions.csv has framed, overall, painted surface",
        "painted surfaces",
    )
    (museum / "objects_dimensions.csv").unlink()
    one_line(museum, r"no objects_dimensions\.csv in it.*layout pictures")
    shutil.rmtree(museum / "images")
    one_line(museum, "no folder images in it")
    one_line(tmp_path / "nowhere", "nowhere: no such folder")


def test_real_paintings_beside_the_head_of_the_real_table(shared, tmp_path):
    (tmp_path / "images").symlink_to(shared / "paintings" / "images")
    shutil.copy(shared / "paintings" / "objects_dimensions_head.csv", tmp_path / "objects_dimensions.csv")
    found, left_out = read_museum(tmp_path)
    pictures = photo_files(shared / "paintings" / "images")
    with (tmp_path / "objects_dimensions.csv").open(newline="") as stream:
        painted = {row["objectid"] for row in csv.DictReader(stream) if row["element"] == "painted surface"}
    assert set(found["object_id"]) == painted & {path.stem for path in pictures}
    assert found["object_id"].tolist() == ["323"]  # the head of the table knows few of the pictures
    is_file = left_out["path"].isin([(tmp_path / "images" / path.name).as_posix() for path in pictures])
    assert len(found) + is_file.sum() == len(pictures) == 100
    assert set(left_out.loc[is_file, "reason"]) <= {"no-dimensions", "other-element"}
