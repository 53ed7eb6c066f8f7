"""Annotations as LabelImg writes them, and files that only look like them."""

import time

import pytest
from PIL import Image

from likeness.errors import LayoutError
from likeness.photos.voc import VocError, read_voc, read_voc_xml

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
    found, boxes, left_out = read_voc(tmp_path)
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
    found, boxes, left_out = read_voc(tmp_path)
    assert found["annotation"].tolist() == [f"{tmp_path}/VOC2007/Annotations/x.xml"]
    assert rows(boxes, tmp_path) == [("VOC2007/JPEGImages/x.jpg", "face", 1, 2, 4, 5, False)]
    assert len(left_out) == 0


def test_boxes_end_at_the_picture_and_impossible_ones_are_named(tmp_path):
    picture(tmp_path, "a.png")
    objects = [box(-5, 0, 100, 7.5), box(20, 5, 10, 9), box(50, 1, 60, 9), box("nan", 1, 2, 3), box("", 1, 2, 3)]
    write(tmp_path, "a.xml", xml(*objects, "<object><name>a  b</name></object>"))
    _, boxes, left_out = read_voc(tmp_path)
    assert boxes[["x0", "y0", "x1", "y1"]].to_numpy().tolist() == [[0, 0, 40, 7.5]]
    assert left_out["reason"].tolist() == ["bad-box"] * 5
    assert left_out["detail"].str.split(":").str[0].tolist() == [
        "object 2 (face)",
        "object 3 (face)",
        "object 4 (face)",
        "object 5 (face)",
        "object 6 (a b)",
    ]
    assert "nothing of 50, 1, 60, 9 lies in the picture of 40 x 30 px" in left_out["detail"][1]
    assert "xmin is missing or no number" in left_out["detail"][2]


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
    found, boxes, left_out = read_voc(tmp_path)
    assert [(path, reason) for path, reason, _ in rows(left_out, tmp_path)] == [
        ("alone.xml", "no-picture"), ("broken.xml", "unreadable-picture"), ("c.xml", "no-xml"), ("plain.xml", "no-annotation"),
        ("renamed.xml", "second-annotation"), ("swapped.xml", "other-size"), ("two.xml", "several-pictures"),
    ]  # fmt: skip
    assert left_out["detail"].str.fullmatch(r"[^\n]+").all()
    assert "marks a picture of 30 x 40 px, but swapped.jpg has 40 x 30" in left_out["detail"][5]
    assert len(found) == 7
    used = set(found["annotation"]) - {""}
    assert len(used) + len(left_out) == 8
    assert len(boxes) == 0


def test_the_said_file_name_decides_between_two_and_helps_a_renamed_annotation(tmp_path):
    for name in ("a.png", "a.jpg", "b.jpg"):
        picture(tmp_path, name)
    write(tmp_path, "a.xml", xml(box(1, 1, 2, 2), filename="a.jpg"))
    write(tmp_path, "old-name.xml", xml(box(1, 1, 3, 3), filename="b.jpg", size=(0, 0)))
    _, boxes, left_out = read_voc(tmp_path)
    assert boxes["path"].str.rsplit("/").str[-1].tolist() == ["a.jpg", "b.jpg"]
    assert len(left_out) == 0


def test_a_said_file_name_leads_nowhere_else(tmp_path):
    picture(tmp_path, "elsewhere/secret.jpg")
    picture(tmp_path, "here/a.jpg")
    write(tmp_path, "here/b.xml", xml(box(1, 1, 2, 2), filename="../elsewhere/secret.jpg"))
    _, boxes, left_out = read_voc(tmp_path)
    assert (len(boxes), left_out["reason"].tolist()) == (0, ["no-picture"])


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
    found, boxes, left_out = read_voc(tmp_path)
    assert found["annotation"].tolist() == [""]
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
