"""The kinds of fault in users' files, over all readers of marks: COCO, OpenPose, a table of joints."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.errors import LayoutError
from likeness.people.estimate import find_people, keypoints_table
from likeness.people.joints import JOINTS
from likeness.people.marks.sources import read_annotations
from likeness.people.truth import annotated_poses
from marks_files import NAMES, coco, joint_table, photo_table, places, write

BODY = {name: (200.0 + 5 * k, 200.0 + k) for k, name in enumerate(JOINTS)}
CASES = Path(__file__).parents[3] / "shared" / "cases" / "annotations"


def as_coco(folder, people, **image):
    """Write {photo: [{joint: (x, y)}]} as a program would; a joint without a place is absent."""
    names = list(people)
    marks = [
        {
            "image_id": k,
            "category_id": 1,
            "keypoints": [v for name in JOINTS for v in (*person.get(name, (0, 0)), 2 * (name in person))],
        }
        for k, name in enumerate(names)
        for person in people[name]
    ]
    images = [{"id": k, "file_name": name, **image} for k, name in enumerate(names)]
    return write(folder / "keypoints.json", coco(marks, names=list(JOINTS), images=images))


def as_openpose(folder, people):
    for name, found in people.items():
        flat = [
            [v for joint in JOINTS for v in (*person.get(joint, (0, 0)), 0.9 * (joint in person))] for person in found
        ]
        content = {"version": 1.3, "people": [{"pose_keypoints_2d": values} for values in flat]}
        write(folder / "op" / f"{name.rpartition('.')[0]}_keypoints.json", content)
    return folder / "op"


def as_table(folder, people):
    """A table holds one person a photo, and an absent joint as a row that is not visible."""
    rows = [
        f"{name},{joint},{place[0]},{place[1]},1"
        for name, found in people.items()
        for joint, place in (found or [{}])[0].items()
    ] + [f"{name},neck,-1,-1,0" for name, found in people.items() if not found]
    return write(folder / "joints.csv", joint_table(*rows))


READERS = pytest.mark.parametrize("writer", [as_coco, as_openpose, as_table], ids=["coco", "openpose", "table"])


def one_line_error(file, photos):
    """What a reader says of a file that it cannot use, "" if it can; anything but its own error is a failure."""
    try:
        found(file, photos)
    except LayoutError as error:
        return str(error)
    return ""


def found(file, photos, root="."):
    return find_people("annotations", photos, root, annotations=file)


@READERS
def test_kind_1_marks_of_other_photos_or_of_nobody_are_an_error(tmp_path, writer):
    photos = photo_table("1.jpg", "2.jpg")
    for number, (people, says) in enumerate(
        (
            (
                {"x.jpg": [BODY], "y.jpg": [BODY]},
                r"0 of 2 names fit one of the photos here \(2\): it has 'x.*', a photo is 'data/raw/x/1\.jpg'",
            ),
            ({"1.jpg": [], "2.jpg": []}, "marks no joint of anybody"),
            (
                {"1.jpg": [{name: (x + 1000, y) for name, (x, y) in BODY.items()}]},
                r"0 of 18 joints lie inside .*640 x 480",
            ),
        )
    ):
        file = writer(tmp_path / str(number), people)
        for read in (lambda: found(file, photos), lambda: annotated_poses(photos, Path(), file)):  # noqa: B023
            with pytest.raises(LayoutError, match=says) as error:
                read()
            assert "\n" not in str(error.value)


@READERS
def test_kind_1_what_was_found_is_counted(tmp_path, writer):
    account = found(
        writer(tmp_path, {"1.jpg": [BODY], "2.jpg": [], "9.jpg": [BODY]}), photo_table("1.jpg", "2.jpg", "3.jpg")
    ).account
    assert (account.named, account.found, account.photos) == (3, 2, 3)
    assert (account.joints, account.inside) == (18, 18)
    assert [Path(name).stem for name in account.strangers] == ["9"]


@READERS
def test_kind_2_not_annotated_is_not_nobody(tmp_path, writer):
    told = found(writer(tmp_path, {"1.jpg": [BODY], "2.jpg": []}), photo_table("1.jpg", "2.jpg", "3.jpg"))
    assert told.known.tolist() == [True, True, False]
    assert keypoints_table(photo_table("1.jpg", "2.jpg", "3.jpg"), told)["photo_id"].unique().tolist() == ["id-1.jpg"]
    assert (told.account.nobody, told.account.unknown) == (1, 1)


def test_kind_3_every_row_of_a_table_is_read_or_named(tmp_path):
    rows = [f"{k}.jpg,{joint},{x},{y},1" for k in range(50) for joint, (x, y) in BODY.items()]
    file = write(tmp_path / "joints.csv", joint_table(*rows))
    assert np.isfinite(read_annotations(file).people[..., 0]).sum() == len(rows)
    for broken in ('7.jpg,"neck,1,2,1', "7.jpg,neck,1,2", "7.jpg,neck,1,2,1,3", "7.jpg,neck,x,2,1", "7.jpg,neck,1,2,1"):
        with pytest.raises(LayoutError, match=r"row \d+"):
            read_annotations(write(file, joint_table(*rows[:200], broken, *rows[200:])))


@READERS
@pytest.mark.parametrize("signed", [False, True])
def test_kind_4_shares_of_the_photo_become_pixels(tmp_path, writer, signed):
    if signed and writer is as_table:
        pytest.skip("a negative coordinate in a table is an unmarked joint")
    shares = {name: (x / 640, y / 480) for name, (x, y) in BODY.items()}
    shares = {name: (2 * x - 1, 2 * y - 1) for name, (x, y) in shares.items()} if signed else shares
    told = found(writer(tmp_path, {"1.jpg": [shares]}), photo_table("1.jpg"))
    for name, place in places(told.people[0][0]).items():
        assert place == pytest.approx(BODY[name])
    assert told.account.unit == ("-1 to 1" if signed else "0 to 1")


@READERS
def test_kind_4_marks_on_unrotated_pixels_are_turned_or_refused(tmp_path, writer):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("L", (640, 480)).save(tmp_path / "1.jpg", exif=exif)
    photos = pd.DataFrame({"photo_id": ["a"], "path": ["1.jpg"], "width": [480], "height": [640]})
    right = {name: (x + 350, y) for name, (x, y) in BODY.items() if name in JOINTS[:8]}  # beyond 480
    both = {name: BODY[name] for name in JOINTS[8:]} | right
    with pytest.raises(LayoutError, match="EXIF orientation"):
        found(writer(tmp_path, {"1.jpg": [both]}), photos, tmp_path)
    if writer is as_coco:
        told = found(writer(tmp_path, {"1.jpg": [both]}, width=640, height=480), photos, tmp_path)
        assert places(told.people[0][0])["nose"] == (480 - both["nose"][1], both["nose"][0])


def test_kind_4_marks_of_another_size_are_scaled_or_refused(tmp_path):
    half = {name: (x / 2, y / 2) for name, (x, y) in BODY.items()}
    told = found(as_coco(tmp_path, {"1.jpg": [half]}, width=320, height=240), photo_table("1.jpg"))
    assert places(told.people[0][0]) == BODY
    with pytest.raises(LayoutError, match="marked on 640 x 640 px, but the photo has 640 x 480 px"):
        found(as_coco(tmp_path, {"1.jpg": [half]}, width=640, height=640), photo_table("1.jpg"))


@READERS
def test_kind_5_names_are_compared_after_nfc_and_strangers_listed(tmp_path, writer):
    named, there = "Mu\u0308ller e\u0301.jpg", "M\u00fcller \u00e9.jpg"
    for written, on_disk in ((named, there), (there, named)):
        told = found(writer(tmp_path / written, {written: [BODY], "9.jpg": [BODY]}), photo_table(on_disk))
        assert told.known.all()
        assert [Path(name).stem for name in told.account.strangers] == ["9"]
    with pytest.raises(LayoutError, match="differs in case only"):
        found(
            writer(tmp_path / "case", {"A.JPG": [BODY]}), photo_table("a.jpg" if writer is not as_openpose else "a.JPG")
        )


def test_kind_6_what_systems_leave_in_a_folder_is_no_mark(tmp_path):
    folder = as_openpose(tmp_path, {"1.jpg": [BODY]})
    for name in ("._1_keypoints.json", "__MACOSX/1_keypoints.json", "@eaDir/1_keypoints.json"):
        write(folder / name, "\0\5\x16\7")
    assert found(folder, photo_table("1.jpg")).known.all()


@pytest.mark.parametrize(
    ("content", "names_it"),
    [
        ({"shapes": []}, "LabelMe"),
        ({"_via_img_metadata": {}}, "VIA"),
        ({"objects": []}, "Supervisely"),
        ({"people": []}, "OpenPose"),
    ],
)
def test_kind_7_other_formats_are_called_by_name(tmp_path, content, names_it):
    with pytest.raises(LayoutError, match=names_it):
        read_annotations(write(tmp_path / "k.json", content))


def _broken(value):
    """The value with each of its parts, one at a time, made something else."""
    for odd in (None, [], {}, "x", -1, 1e400, [[]]):
        yield odd
    parts = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for key, part in parts:
        for odd in _broken(part):
            copy = value.copy()
            copy[key] = odd
            yield copy
        if isinstance(value, dict):
            yield {name: part for name, part in value.items() if name != key}


@pytest.mark.parametrize("writer", [as_coco, as_openpose], ids=["coco", "openpose"])
def test_kind_8_no_traceback_from_odd_json(tmp_path, writer):
    file = writer(tmp_path, {"1.jpg": [BODY]})
    real = file if file.is_file() else file / "1_keypoints.json"
    content, said = json.loads(real.read_text()), []
    for odd in _broken(content):
        real.write_text(json.dumps(odd))
        said.append(one_line_error(file, photo_table("1.jpg")))
    said = [line for line in said if line]
    assert len(said) > 20
    assert all(str(real.parent) in line and "\n" not in line for line in said)


@pytest.mark.parametrize("column", range(5))
def test_kind_8_no_traceback_from_odd_cells(tmp_path, column):
    for odd in (
        "",
        "x",
        "-",
        "1e999",
        "1,5",
        "nan",
        "\u00fc",
        "0x10",
        "-7",
        "9" * 400,
        "_1",
        "1_0",
        "\u0661",
        "  ",
        "'",
    ):
        row = ["1.jpg", "neck", "250", "250", "1"]
        row[column] = f'"{odd}"'
        file = write(tmp_path / "joints.csv", joint_table("1.jpg,nose,240,240,1", ",".join(row)))
        said = one_line_error(file, photo_table("1.jpg"))
        assert not said or ("joints.csv" in said and "\n" not in said)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
@READERS
def test_kind_8_any_encoding_of_json_and_tables(tmp_path, writer, encoding):
    file = writer(tmp_path, {"1.jpg": [BODY]})
    real = file if file.is_file() else file / "1_keypoints.json"
    real.write_bytes(real.read_text().encode(encoding))
    assert found(file, photo_table("1.jpg")).known.all()
    real.write_bytes(b"\xe9" + real.read_bytes())
    with pytest.raises(LayoutError):
        found(file, photo_table("1.jpg"))


@pytest.mark.skipif(not CASES.is_dir(), reason="the small inputs beside the project are not here")
@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("scores_as_v.json", 18),
        ("bom.json", 18),
        ("cat_dash.json", 18),
        ("cat_null.json", 18),
        ("dup_annotation.json", 18),
        ("empty_keypoints_list.json", 18),
        ("mixed_bbox_only.json", 18),
        ("old_key", 18),
        ("scale3", 18),
        ("strvis.csv", 1),
        ("int_names.csv", 1),
        ("empty.csv", "is empty"),
        ("header.csv", "no rows"),
        ("latin.csv", "not UTF-8"),
    ],
)
def test_the_cases_that_people_reported(name, outcome):
    photos = photo_table("0001.png" if name == "int_names.csv" else "a.jpg")
    if isinstance(outcome, str):
        with pytest.raises(LayoutError, match=outcome):
            found(CASES / name, photos)
    else:
        told = found(CASES / name, photos)
        assert len(told.people[0]) == 1
        assert len(places(told.people[0][0])) == outcome
        if name == "scale3":
            assert places(told.people[0][0])["nose"] == (100, 37.5)
        if name == "scores_as_v.json":
            assert told.people[0][0, 0, 2] == 0.93


def test_names_of_the_categories_may_be_in_any_convention(tmp_path):
    for written in ([name.replace("_", "-") for name in NAMES], [str(k) for k in range(17)]):
        flat = [value for k in range(17) for value in (200 + k, 200, 2)]
        file = write(tmp_path / "k.json", coco([flat], names=written, images=[{"id": 7, "file_name": "1.jpg"}]))
        assert len(places(found(file, photo_table("1.jpg")).people[0][0])) == 18
