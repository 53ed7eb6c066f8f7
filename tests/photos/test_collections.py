from itertools import pairwise

import pandas as pd
import pytest
from PIL import Image

from likeness.errors import LayoutError
from likeness.photos.collections import FOUND, read_collection, read_identities, take_fraction
from likeness.photos.manifest import build_manifest

VOC = "<annotation><object><name>face</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>"


@pytest.fixture
def folder(tmp_path):
    for number in range(3):
        (tmp_path / "images").mkdir(exist_ok=True)
        Image.new("RGB", (40, 40 + number), "white").save(tmp_path / "images" / f"{number}.png")
    (tmp_path / "objects_dimensions.csv").write_text("objectid,element\n0,painted surface\n1,overall\n")
    (tmp_path / "images" / "2.xml").write_text(VOC)
    return tmp_path


def test_all_layouts_have_the_same_columns(folder):
    read = {layout: read_collection(folder, layout) for layout in ("museum", "identities", "voc", "pictures")}
    for collection in read.values():
        assert tuple(collection.found.columns) == FOUND
        assert set(map(str, collection.found.dtypes)) == {"str"}
        assert not collection.found.isna().any(axis=None)
        assert collection.left_out.columns.tolist() == ["path", "object_id", "reason", "detail"]
        assert collection.boxes.columns.tolist() == ["path", "name", "x0", "y0", "x1", "y1", "difficult"]
    assert read["museum"].found["object_id"].tolist() == ["0"]
    assert set(read["identities"].found["identity"]) == {"images"}
    assert read["voc"].found["annotation"].tolist() == ["", "", f"{folder}/images/2.xml"]
    assert read["voc"].boxes["path"].tolist() == [f"{folder}/images/2.png"]
    assert read["pictures"].found["path"].str.rsplit("/").str[-1].tolist() == ["0.png", "1.png", "2.png"]


def test_the_element_reaches_its_reader_and_other_layouts_are_named(folder):
    assert read_collection(folder, "museum", element="overall").found["object_id"].tolist() == ["1"]
    with pytest.raises(ValueError, match="unknown layout 'flat'; choose one of museum, identities, voc, pictures"):
        read_collection(folder, "flat")


def test_what_is_found_goes_into_the_manifest(folder):
    photos, quarantine = build_manifest(read_collection(folder, "voc").found, folder)
    assert (photos["path"].tolist(), len(quarantine)) == (["images/0.png", "images/1.png", "images/2.png"], 0)


def paths_of(*names):
    return pd.DataFrame({"path": names}, dtype="str")


def test_a_larger_part_contains_the_smaller():
    found = paths_of(*(f"data/images/{k:03}.jpg" for k in range(200)))
    parts = [set(take_fraction(found, fraction, 7)["path"]) for fraction in (0.001, 0.1, 0.25, 0.5, 0.99, 1)]
    assert [len(part) for part in parts] == [1, 20, 50, 100, 198, 200]
    assert all(small <= large for small, large in pairwise(parts))
    assert take_fraction(found, 0.5, 7)["path"].is_monotonic_increasing
    assert set(take_fraction(found, 0.5, 8)["path"]) != parts[3]
    assert 35 <= len(parts[3] & set(found["path"][:100])) <= 65  # from everywhere


def test_the_draw_depends_on_the_names_only():
    found = paths_of(*(f"here/images/{k}.jpg" for k in range(50)))
    moved = found.assign(path=found["path"].str.replace("here/", "/elsewhere/"))
    names = take_fraction(found, 0.3, 1)["path"].str.rsplit("/").str[-1].tolist()
    assert take_fraction(moved, 0.3, 1)["path"].str.rsplit("/").str[-1].tolist() == names
    backwards = take_fraction(found[::-1], 0.3, 1)["path"].str.rsplit("/").str[-1].tolist()
    assert backwards == names[::-1]
    alike = paths_of("a/s1/1.pgm", "b/s1/1.pgm", "c/s1/1.pgm")  # one lot: their paths decide
    assert take_fraction(alike[::-1], 0.5, 1)["path"].tolist() == ["b/s1/1.pgm", "a/s1/1.pgm"]


@pytest.mark.parametrize("fraction", [0, -0.1, 1.5, float("nan")])
def test_impossible_fractions(fraction):
    with pytest.raises(ValueError, match="fraction"):
        take_fraction(paths_of("a/1.jpg"), fraction, 0)


def test_real_pictures_without_tables(shared):
    collection = read_collection(shared / "paintings", "pictures")
    assert len(collection.found) == 100
    assert len(take_fraction(collection.found, 0.05, 7)) == 5


def put(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4)).save(folder / name) if not name.endswith(".txt") else (folder / name).write_text("")


def test_the_folder_is_the_identity(tmp_path):
    put(tmp_path, "s2/1.pgm", "s1/2.pgm", "s1/1.pgm", "s1/note.txt", "README.txt", "s1/.hidden.png")
    found = read_identities(tmp_path)
    assert found["path"].str.removeprefix(f"{tmp_path.as_posix()}/").tolist() == [
        "s1/1.pgm",
        "s1/2.pgm",
        "s1/note.txt",
        "s2/1.pgm",
    ]
    assert found["identity"].tolist() == ["s1", "s1", "s1", "s2"]


def test_a_folder_name_in_both_forms_is_one_person(tmp_path):
    """macOS decomposes letters, other systems compose them: after a copy between them both forms lie side by side."""
    put(tmp_path, "Zo\u00eb/1.pgm", "Zoe\u0308/2.pgm", "Zoe/3.pgm")
    assert sorted(read_identities(tmp_path)["identity"]) == ["Zoe", "Zo\u00eb", "Zo\u00eb"]
    composed = take_fraction(paths_of(*(f"a/Zo\u00eb/{k}.jpg" for k in range(50))), 0.3, 1)["path"]
    decomposed = take_fraction(paths_of(*(f"a/Zoe\u0308/{k}.jpg" for k in range(50))), 0.3, 1)["path"]
    assert composed.str.rsplit("/").str[-1].tolist() == decomposed.str.rsplit("/").str[-1].tolist()


@pytest.mark.parametrize(
    ("name", "says"), [("1.png", r"1\.png: a photo outside"), ("a/b/1.png", r"a/b/1\.png: a photo outside")]
)
def test_photos_at_another_depth_are_named(tmp_path, name, says):
    put(tmp_path, "s1/1.png", name)
    with pytest.raises(LayoutError, match=says):
        read_identities(tmp_path)


def test_no_photo(tmp_path):
    with pytest.raises(LayoutError, match="no photo in it"):
        read_identities(tmp_path)
    with pytest.raises(LayoutError, match="no such folder"):
        read_identities(tmp_path / "nowhere")


def test_real_portraits(shared):
    found = read_identities(shared / "faces")
    assert found.groupby("identity").size().tolist() == [10] * 20
    assert set(found["identity"]) == {f"s{k}" for k in range(1, 21)}
