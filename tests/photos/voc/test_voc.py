"""Annotations as LabelImg writes them, and files that only look like them."""

import time
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from likeness.errors import LayoutError
from likeness.photos.voc.pictures import picture_of, shelve
from likeness.photos.voc.reader import read_voc
from likeness.photos.voc.xml_file import VocError, read_voc_xml

OBJECT = """<object><name>{name}</name><pose>Unspecified</pose><truncated>0</truncated><difficult>{difficult}</difficult>
<bndbox><xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax></bndbox></object>"""


def box(*corners, name="face", difficult=0):
    return OBJECT.format(*corners, name=name, difficult=difficult)


def xml(*objects, filename="a.png", size=(40, 30), head=""):
    width, height = size
    return (
        f"{head}<annotation><folder>pics</folder><filename>{filename}</filename><path>C:\\pics\\{filename}</path>"
        f"<source><database>Unknown</database></source><size><width>{width}</width><height>{height}</height>"
        f"<depth>3</depth></size><segmented>0</segmented>{''.join(objects)}</annotation>"
    )


def picture(folder, name, size=(40, 30), **how):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, "white").save(folder / name, **how)


def write(folder, name, text, encoding="utf-8"):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode(encoding))


def rows(table, folder):
    return [(path.removeprefix(f"{folder.as_posix()}/"), *rest) for path, *rest in table.itertuples(index=False)]


def test_pictures_and_boxes_beside_each_other(tmp_path):
    picture(tmp_path, "a.png")
    picture(tmp_path, "b.jpg")
    picture(tmp_path, "sub/c.jpg")
    write(tmp_path, "a.xml", xml(box(1, 1, 10, 20), box(31, 11, 40, 30, name="cat", difficult=1)))
    write(tmp_path, "b.xml", xml(filename="b.jpg"))  # looked at, nobody there
    found, boxes, left_out, _ = read_voc(tmp_path)
    assert rows(found, tmp_path) == [("a.png", f"{tmp_path}/a.xml"), ("b.jpg", f"{tmp_path}/b.xml"), ("sub/c.jpg", "")]
    assert rows(boxes, tmp_path) == [("a.png", "face", 0, 0, 10, 20, False), ("a.png", "cat", 30, 10, 40, 30, True)]
    assert len(left_out) == 0
    assert rows(read_voc(tmp_path, "face")[1], tmp_path) == [("a.png", "face", 0, 0, 10, 20, False)]
    assert len(read_voc(tmp_path, "face, cat")[1]) == 2
    with pytest.raises(LayoutError, match=r"no object is named 'head'; the annotations name cat, face"):
        read_voc(tmp_path, "head")


def test_the_layout_of_the_development_kit(tmp_path):
    picture(tmp_path, "VOC2007/JPEGImages/x.jpg")
    write(tmp_path, "VOC2007/Annotations/x.xml", xml(box(2, 3, 4, 5), filename="x.jpg"))
    found, boxes, left_out, _ = read_voc(tmp_path)
    assert found["annotation"].tolist() == [f"{tmp_path}/VOC2007/Annotations/x.xml"]
    assert rows(boxes, tmp_path) == [("VOC2007/JPEGImages/x.jpg", "face", 1, 2, 4, 5, False)]
    assert len(left_out) == 0


def test_boxes_end_at_the_picture_and_an_impossible_one_costs_its_picture(tmp_path):
    """A picture with a mark that cannot be used is not one without that face."""
    bad = ["50, 1, 60, 9", "30, 1, 90, 9", "nan, 1, 2, 3", ", 1, 2, 3", "5, 5, 5, 5", "-1e308, 0, 1e308, 9"]
    for k in range(14):
        picture(tmp_path, f"{k:02}.png")
        other = [box(*bad[k].split(", "))] if k < len(bad) else []
        write(tmp_path, f"{k:02}.xml", xml(box(-5, 0, 39, 27.5), *other, filename=f"{k:02}.png"))
    write(tmp_path, "13.xml", xml("<object><name>a  b</name></object>", filename="13.png"))
    found, boxes, left_out, _ = read_voc(tmp_path)
    assert boxes[["x0", "y0", "x1", "y1"]].to_numpy().tolist() == [[0, 0, 39, 27.5]] * 7
    used = [path for path, annotation in rows(found, tmp_path) if annotation]
    assert used == ["06.png", "07.png", "08.png", "09.png", "10.png", "11.png", "12.png"]
    assert left_out["reason"].tolist() == ["bad-box"] * 7
    assert left_out["detail"].str.split(":").str[0].tolist() == ["object 2 (face)"] * 6 + ["object 1 (a b)"]
    assert "nothing of 50, 1, 60, 9 lies in the picture of 40 x 30 px" in left_out["detail"][0]
    assert "less than half of 30, 1, 90, 9 lies in" in left_out["detail"][1]
    assert "xmin is missing or no number" in left_out["detail"][2]
    assert "marks less than 2 px" in left_out["detail"][4]


def test_every_annotation_that_is_not_used_is_named_and_no_picture_is_lost(tmp_path):
    for name in ("b.jpg", "two.jpg", "two.png", "c.jpg", "swapped.jpg", "plain.jpg"):
        picture(tmp_path, name)
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    write(tmp_path, "alone.xml", xml(filename="gone.jpg"))
    write(tmp_path, "two.xml", xml(filename="one.jpg"))
    write(tmp_path, "b.xml", xml(filename="b.jpg"))
    write(tmp_path, "renamed.xml", xml(filename="b.jpg"))
    write(tmp_path, "broken.xml", xml(filename="broken.jpg"))
    write(tmp_path, "c.xml", "<annotation><size>")
    write(tmp_path, "swapped.xml", xml(size=(30, 40)))
    write(tmp_path, "plain.xml", "<html><body/></html>")
    for k in range(9):
        picture(tmp_path, f"good{k}.jpg")
        write(tmp_path, f"good{k}.xml", xml(filename=f"good{k}.jpg"))
    found, boxes, left_out, _ = read_voc(tmp_path)
    assert [(path, reason) for path, reason, _ in rows(left_out, tmp_path)] == [
        ("alone.xml", "no-picture"), ("broken.xml", "unreadable-picture"), ("c.xml", "no-xml"), ("plain.xml", "no-annotation"),
        ("renamed.xml", "second-annotation"), ("swapped.xml", "other-size"), ("two.xml", "several-pictures"),
    ]  # fmt: skip
    assert left_out["detail"].str.fullmatch(r"[^\n]+").all()
    assert "marks a picture of 30 x 40 px, but swapped.jpg has 40 x 30" in left_out["detail"][5]
    assert len(found) == 7 + 9
    used = set(found["annotation"]) - {""}
    assert len(used) + len(left_out) == 8 + 9
    assert len(boxes) == 0


def test_the_said_file_name_decides_between_two_and_helps_a_renamed_annotation(tmp_path):
    for name in ("a.png", "a.jpg", "b.jpg"):
        picture(tmp_path, name)
    write(tmp_path, "a.xml", xml(box(1, 1, 2, 2), filename="a.jpg"))
    write(tmp_path, "old-name.xml", xml(box(1, 1, 3, 3), filename="b.jpg", size=(0, 0)))
    _, boxes, left_out, _ = read_voc(tmp_path)
    assert boxes["path"].str.rsplit("/").str[-1].tolist() == ["a.jpg", "b.jpg"]
    assert len(left_out) == 0


def test_a_said_file_name_leads_nowhere_else(tmp_path):
    picture(tmp_path, "elsewhere/secret.jpg")
    picture(tmp_path, "here/a.jpg")
    write(tmp_path, "here/b.xml", xml(box(1, 1, 2, 2), filename="../elsewhere/secret.jpg"))
    with pytest.raises(
        LayoutError, match=r"0 of 1 annotations can be used \(1 no-picture\); such as .*here/b\.xml"
    ) as caught:
        read_voc(tmp_path)
    assert "\n" not in str(caught.value)
    write(tmp_path, "here/a.xml", xml(box(1, 1, 2, 2), filename="a.jpg"))
    _, boxes, left_out, _ = read_voc(tmp_path)
    assert (len(boxes), left_out["reason"].tolist()) == (1, ["no-picture"])


def test_a_photo_on_its_side_is_marked_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    picture(tmp_path, "a.jpg", (30, 40), exif=exif)
    write(tmp_path, "a.xml", xml(box(31, 21, 40, 30), filename="a.jpg", size=(40, 30)))
    assert read_voc(tmp_path)[1][["x0", "y0", "x1", "y1"]].to_numpy().tolist() == [[30, 20, 40, 30]]


BOMB = "<!DOCTYPE annotation [" + '<!ENTITY e0 "ha">' + "".join(
    f'<!ENTITY e{k + 1} "{f"&e{k};" * 10}">' for k in range(9)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        BOMB + "<annotation><filename>&e9;</filename></annotation>",
        '<!DOCTYPE annotation [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation><filename>&x;</filename></annotation>',
        '<!DOCTYPE annotation [<!ENTITY % x SYSTEM "https://example.org/x.dtd"> %x;]><annotation/>',
        '<!DOCTYPE annotation SYSTEM "https://example.org/voc.dtd"><annotation/>',
        '<!DOCTYPE annotation PUBLIC "-//VOC" "https://example.org/voc.dtd"><annotation/>',
        "<annotation>" + "<a>" * 100_000 + "</a>" * 100_000 + "</annotation>",
        "<annotation>" + " " * 5_000_000 + "</annotation>",
    ],
    ids=[
        "billion laughs",
        "file",
        "parameter entity",
        "outside document type",
        "public document type",
        "very deep",
        "very long",
    ],
)
def test_hostile_annotations_are_refused_at_once(tmp_path, text):
    write(tmp_path, "a.xml", text)
    picture(tmp_path, "a.png")
    start = time.process_time()
    with pytest.raises(VocError, match=r"a\.xml: unsafe-xml: ") as caught:
        read_voc_xml(tmp_path / "a.xml")
    assert time.process_time() - start < 2
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 600
    picture(tmp_path, "b.png")
    write(tmp_path, "b.xml", xml(filename="b.png"))
    found, boxes, left_out, _ = read_voc(tmp_path)
    assert found["annotation"].tolist() == ["", f"{tmp_path}/b.xml"]
    assert (len(boxes), left_out["reason"].tolist()) == (0, ["unsafe-xml"])


@pytest.mark.parametrize(
    "content",
    [b"", b"\0\1\2", b"<annotation>&undefined;</annotation>", b"<annotation></other>", b'<?xml version="1.0" encoding="klingon"?><annotation/>',
     b'<?xml version="1.0" encoding="utf-8"?><annotation><filename>\xe9</filename></annotation>'],
)  # fmt: skip
def test_what_is_no_xml_is_one_line(tmp_path, content):
    (tmp_path / "a.xml").write_bytes(content)
    with pytest.raises(VocError, match=r"a\.xml: no-xml: cannot be parsed") as caught:
        read_voc_xml(tmp_path / "a.xml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "iso-8859-1"])
def test_other_encodings_that_say_so_are_read(tmp_path, encoding):
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    write(tmp_path, "a.xml", xml(box(1, 2, 3, 4, name="Zoë"), filename="Zoë.jpg", head=head), encoding)
    annotation = read_voc_xml(tmp_path / "a.xml")
    assert (annotation.filename, annotation.size, annotation.objects[0].name) == ("Zoë.jpg", (40, 30), "Zoë")


def test_a_folder_without_pictures(tmp_path):
    write(tmp_path, "a.xml", xml())
    with pytest.raises(LayoutError, match="no picture in it"):
        read_voc(tmp_path)


@pytest.mark.parametrize(
    ("declared", "written", "name"),
    [("gb2312", "gb2312", "人脸"), ("gb2312", "gbk", "镕"), ("GBK", "gbk", "人脸"), ("big5", "big5", "人臉"), ("Shift_JIS", "shift_jis", "顔"),
     ("euc-kr", "euc-kr", "얼굴"), ("x-sjis", "cp932", "顔①"), ("ks_c_5601-1987", "cp949", "똠"), ("windows-874", "cp874", "หน้า"),
     ("windows-1251", "cp1251", "лицо"), ("koi8-r", "koi8-r", "лицо"), ("utf-16", "utf-8", "Zoë"), ("utf-16", "utf-16-le", "Zoë"),
     ("gb2312", "utf-8-sig", "人脸"), ("utf8", "utf-8", "人脸")],
)  # fmt: skip
def test_what_is_declared_is_read_and_what_the_bytes_show_goes_first(tmp_path, declared, written, name):
    head = f'<?xml version="1.0" encoding="{declared}"?>\n'
    write(tmp_path, "a.xml", xml(box(1, 2, 30, 20, name=name), filename=f"{name}.jpg", head=head), written)
    annotation = read_voc_xml(tmp_path / "a.xml")
    assert (annotation.filename, annotation.objects[0].name) == (f"{name}.jpg", unicodedata.normalize("NFC", name))


@pytest.mark.parametrize("encoding", ["gb2312", "shift_jis", "utf-16"])
def test_a_bomb_in_another_encoding_is_one_too(tmp_path, encoding):
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    write(tmp_path, "a.xml", head + BOMB + "<annotation><filename>&e9;</filename></annotation>", encoding)
    with pytest.raises(VocError, match=r"a\.xml: unsafe-xml: "):
        read_voc_xml(tmp_path / "a.xml")


def corners(voc):
    return voc.boxes[["x0", "y0", "x1", "y1"]].to_numpy().tolist()


def turned(folder, name, orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture(folder, name, size, exif=exif)


STORED = {1: [9, 9, 60, 50], 2: [100, 9, 151, 50], 3: [100, 70, 151, 111], 4: [9, 70, 60, 111], 5: [9, 9, 50, 60],
          6: [70, 9, 111, 60], 7: [70, 100, 111, 151], 8: [9, 100, 50, 151]}  # fmt: skip


@pytest.mark.parametrize("orientation", range(1, 9))
def test_marks_on_stored_pixels_turn_with_the_picture_or_are_refused(tmp_path, orientation):
    turned(tmp_path, "a.jpg", orientation, (160, 120))
    write(tmp_path, "a.xml", xml(box(10, 10, 60, 50), filename="a.jpg", size=(160, 120)))
    for marks in ("auto", "stored"):
        if marks == "auto" and orientation in (2, 3, 4):
            with pytest.raises(
                LayoutError, match=rf"1 unknown-turn.*EXIF orientation {orientation}.*set marks: upright"
            ):
                read_voc(tmp_path, marks=marks)
        else:
            assert corners(read_voc(tmp_path, marks=marks)) == [STORED[orientation]]
    size = (120, 160) if orientation > 4 else (160, 120)
    write(tmp_path, "a.xml", xml(box(10, 10, 60, 50), filename="a.jpg", size=size))
    assert corners(read_voc(tmp_path, marks="upright")) == [[9, 9, 60, 50]]


@pytest.mark.parametrize("size", [(0, 0), (90, 90), (1, 1), (100, 100), (-1, -1)])
def test_a_square_picture_or_one_without_a_stated_size_does_not_tell(tmp_path, size):
    turned(tmp_path, "a.jpg", 6, (90, 90))
    turned(tmp_path, "b.jpg", 6, (90, 90))
    write(tmp_path, "a.xml", xml(box(0.1, 0.1, 0.5, 0.5), filename="a.jpg", size=size))
    write(tmp_path, "b.xml", xml(filename="b.jpg", size=size))  # without a face: no turn matters
    voc = read_voc(tmp_path)
    assert (voc.found["annotation"].ne("").tolist(), voc.left_out["reason"].tolist()) == (
        [False, True],
        ["unknown-turn"],
    )


def test_marks_made_on_another_size_are_scaled(tmp_path):
    for name in ("a", "b", "c"):
        picture(tmp_path, f"{name}.jpg", (400, 300))
    write(tmp_path, "a.xml", xml(box(1, 1, 100, 60), filename="a.jpg", size=(800, 600)))
    write(tmp_path, "b.xml", xml(box(41, 31, 60, 60), filename="b.jpg", size=(100, 75)))
    write(tmp_path, "c.xml", xml(box(1, 1, 60, 60), filename="c.jpg", size=(300, 300)))  # cut, not scaled
    voc = read_voc(tmp_path)
    assert corners(voc) == [[0, 0, 50, 30], [160, 120, 240, 240]]
    assert voc.left_out["reason"].tolist() == ["other-size"]
    assert voc.said == ["the marks of 2 annotations are scaled to the picture's size"]


@pytest.mark.parametrize("unit", [1, 100])
def test_a_size_of_1_or_100_says_shares_or_percent(tmp_path, unit):
    picture(tmp_path, "a.jpg", (400, 300))
    write(
        tmp_path,
        "a.xml",
        xml(box(*(unit * share for share in (0.1, 0.1, 0.5, 0.9))), filename="a.jpg", size=(unit, unit)),
    )
    assert corners(read_voc(tmp_path)) == [pytest.approx([40, 30, 200, 270])]


def test_swapped_corners_train_no_negative(tmp_path):
    for k in range(6):
        picture(tmp_path, f"{k}.jpg", (160, 120))
        numbers = (60, 110, 110, 50) if k == 0 else (10 + 20 * k, 20, 60 + 20 * k, 70)
        write(tmp_path, f"{k}.xml", xml(box(*numbers), filename=f"{k}.jpg", size=(160, 120)))
    voc = read_voc(tmp_path)
    assert corners(voc)[0] == [59, 49, 110, 110]
    assert voc.said == ["the marks of 1 annotation are turned round, their corners swapped"]
    write(tmp_path / "few", "a.xml", xml(box(60, 50, 40, 40), filename="a.jpg", size=(160, 120)))
    picture(tmp_path / "few", "a.jpg", (160, 120))
    voc = read_voc(tmp_path)
    assert voc.left_out["detail"].str.contains("swapped corners, or a width and a height").tolist() == [True]
    assert voc.found.set_index("path").loc[f"{tmp_path}/few/a.jpg", "annotation"] == ""


def test_annotations_in_a_folder_of_their_own(tmp_path):
    """Kaggle's and LabelImg's way: annotations/ beside images/, the same folders below both."""
    for part in ("train", "val"):
        picture(tmp_path, f"images/{part}/1.JPG", (160, 120), format="JPEG")
        write(tmp_path, f"annotations/{part}/1.XML", xml(box(10, 10, 60, 50 + len(part)), filename="", size=(160, 120)))
    voc = read_voc(tmp_path)
    assert voc.found["annotation"].tolist() == [f"{tmp_path}/annotations/{part}/1.XML" for part in ("train", "val")]
    assert voc.boxes["y1"].tolist() == [55, 53]
    write(tmp_path, "annotations/1.xml", xml(filename="1.JPG", size=(160, 120)))
    assert read_voc(tmp_path).left_out["reason"].tolist() == ["several-pictures"]


def test_names_are_compared_composed_and_paths_of_windows_are_names(tmp_path):
    picture(tmp_path, "Zoe\u0308.jpg")
    picture(tmp_path, "b.jpg")
    picture(tmp_path, "c.jpg")
    write(tmp_path, "Zo\u00eb.xml", xml(box(1, 1, 9, 9), filename="Zo\u00eb.jpg"))
    path = "<annotation><path>D:\\marks\\b.jpg</path><Object><NAME>f</NAME><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax>"
    write(tmp_path, "old.xml", f"{path}<ymax>9</ymax></bndbox></Object></annotation>")
    write(tmp_path, "c.jpg.xml", xml(box(1, 1, 9, 9), filename="c"))
    assert corners(read_voc(tmp_path)) == [[0, 0, 9, 9]] * 3


def test_a_box_outside_of_any_object_is_no_picture_without_a_face(tmp_path):
    write(tmp_path, "a.xml", "<annotation><face><bndbox><xmin>1</xmin></bndbox></face></annotation>")
    with pytest.raises(VocError, match=r"no-annotation: a <bndbox> outside of any <object>"):
        read_voc_xml(tmp_path / "a.xml")


def test_a_folder_whose_annotations_belong_to_other_pictures_stops_in_one_line(tmp_path):
    for k in range(10):
        picture(tmp_path, f"IMG_{k}.jpg")
        write(tmp_path, f"{k}.xml", xml(box(1, 1, 9, 9), filename=f"{k}.jpg"))
    with pytest.raises(LayoutError, match=r"0 of 10 .*10 no-picture.*no 0\.jpg .*called IMG_0\.jpg") as caught:
        read_voc(tmp_path)
    assert "\n" not in str(caught.value)
    with pytest.raises(ValueError, match="unknown marks 'raw'"):
        read_voc(tmp_path, marks="raw")


def test_time_grows_with_the_files_not_with_their_square(tmp_path):
    shelf = shelve(
        [Path(f"images/s{k}/1.jpg") for k in range(20_000)], [Path("annotations/s0/1.xml")], ignore_case=False
    )
    start = time.process_time()
    for k in range(20_000):
        assert picture_of(Path(f"annotations/s{k}/1.xml"), "", shelf) == Path(f"images/s{k}/1.jpg")
    assert time.process_time() - start < 10
