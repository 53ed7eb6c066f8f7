"""Marks on photos: which photo, in which pixels, how many people; and files that are of other photos."""

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.errors import LayoutError
from likeness.people.marks.fitting import fit_marks
from likeness.people.marks.sources import annotation_source, read_annotations
from marks_files import coco, flat, joint_table, photo_table, places, write

BODY = flat(x=200, y=200, step=5)  # from (200, 200) to (280, 216)


def fit(file, photos, root="."):
    return fit_marks(read_annotations(file), photos, root)


def images(*names, **more):
    return [{"id": k, "file_name": name, **more} for k, name in enumerate(names)]


def each(names, keypoints=BODY, **more):
    marks = [{"image_id": k, "category_id": 1, "keypoints": keypoints} for k in range(len(names))]
    return coco(marks, images=images(*names, **more))


def test_the_kind_is_told_by_the_path(tmp_path):
    write(tmp_path / "people" / "a_keypoints.json", {"people": []})
    assert read_annotations(tmp_path / "people").names == ["a"]
    write(tmp_path / "joints.csv", joint_table("b.jpg,neck,1,2,1"))
    assert annotation_source(tmp_path) == tmp_path / "joints.csv"
    assert read_annotations(tmp_path).names == ["b.jpg"]
    write(tmp_path / "keypoints.json", coco([]))
    assert read_annotations(tmp_path).names == ["1.jpg"]
    with pytest.raises(LayoutError, match=r"marks\.xml: expected a COCO \.json"):
        read_annotations(tmp_path / "marks.xml")


def test_each_photo_takes_its_longest_name(tmp_path):
    file = write(tmp_path / "k.json", each(["1.jpg", "b/1.jpg", "b/2"]))
    found = fit(file, photo_table("1.jpg", "b/1.jpg", "b/2.jpg", "3.jpg"))
    assert [len(people) for people in found.people] == [1, 1, 1, 0]
    assert found.known.tolist() == [True, True, True, False]
    assert (found.account.named, found.account.found, found.account.unknown) == (3, 3, 1)


def test_names_are_compared_after_nfc(tmp_path):
    file = write(tmp_path / "k.json", each(["M\u00fcller/\u00e9.jpg"]))
    assert fit(file, photo_table("Mu\u0308ller/e\u0301.jpg")).known.all()


def test_renamed_pictures_are_known_by_their_first_name_where_it_is_one_pictures(tmp_path):
    names = ["1_jpg.rf.aa.jpg", "2_jpg.rf.bb.jpg", "2_jpg.rf.cc.jpg", "3_png.rf.dd.jpg"]
    file = write(tmp_path / "k.json", each(names))
    found = fit(file, photo_table("1.jpg", "2.jpg", "3.png"))
    assert found.known.tolist() == [True, False, True]  # the second one stands twice: turned or cropped copies
    assert found.account.strangers == ["2_jpg.rf.bb.jpg", "2_jpg.rf.cc.jpg"]


def test_a_name_that_fits_two_photos_is_of_neither(tmp_path):
    with pytest.raises(LayoutError, match=r"k\.json: '1\.jpg' fits several photos"):
        fit(write(tmp_path / "k.json", each(["1.jpg"])), photo_table("a/1.jpg", "b/1.jpg"))


def test_a_file_of_other_photos_is_refused_with_an_example_of_each_side(tmp_path):
    file = write(tmp_path / "k.json", each(["1.jpg", "x.jpg", "y.jpg", "z.jpg"]))
    with pytest.raises(
        LayoutError, match=r"1 of 4 names fit one of the photos here \(3\): it has 'x\.jpg', a photo is '.*2\.jpg'"
    ):
        fit(file, photo_table("1.jpg", "2.jpg", "3.jpg"))
    with pytest.raises(LayoutError, match=r"it has 'Z\.JPG', a photo is 'data/raw/x/z\.jpg', which differs in case"):
        fit(write(tmp_path / "k.json", each(["Z.JPG"])), photo_table("z.jpg"))
    with pytest.raises(LayoutError, match="names no photo"):
        fit(write(tmp_path / "k.json", each([])), photo_table("z.jpg"))


def test_a_part_of_a_large_file_and_a_file_of_a_part_are_fine(tmp_path):
    many = [f"{k}.jpg" for k in range(20)]
    account = fit(write(tmp_path / "k.json", each(many)), photo_table("3.jpg", "7.jpg")).account
    assert (account.named, account.found, len(account.strangers)) == (20, 2, 5)
    assert fit(write(tmp_path / "k.json", each(["3.jpg", "7.jpg"])), photo_table(*many)).account.unknown == 18


def test_marks_of_nobody_are_refused_and_say_what_was_left_out(tmp_path):
    with pytest.raises(LayoutError, match="marks no joint of anybody"):
        fit(write(tmp_path / "k.json", coco([], images=images("1.jpg", "2.jpg"))), photo_table("1.jpg", "2.jpg"))
    boxes = coco([{"image_id": 0, "bbox": [1, 2, 3, 4]}], images=images("1.jpg"))
    with pytest.raises(LayoutError, match="annotations without keypoints: 1"):
        fit(write(tmp_path / "k.json", boxes), photo_table("1.jpg"))


def test_nobody_is_told_from_unknown(tmp_path):
    marks = [{"image_id": 0, "category_id": 1, "keypoints": BODY}, {"image_id": 2, "bbox": [1, 2, 3, 4]}]
    file = write(tmp_path / "k.json", coco(marks, images=images("0.jpg", "1.jpg", "2.jpg")))
    found = fit(file, photo_table("0.jpg", "1.jpg", "2.jpg", "3.jpg"))
    assert found.known.tolist() == [True, True, False, False]
    assert (found.account.nobody, found.account.unknown) == (1, 2)


def test_marks_made_on_another_size_are_scaled(tmp_path):
    file = write(tmp_path / "k.json", each(["a.jpg"], width=320, height=240))
    found = fit(file, photo_table("a.jpg", width=1280, height=960))
    assert places(found.people[0][0])["nose"] == (800, 800)
    assert found.account.scaled == 1


def test_marks_on_pixels_that_exif_turns_are_turned(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("L", (640, 480)).save(tmp_path / "a.jpg", exif=exif)
    photos = pd.DataFrame({"path": ["a.jpg"], "width": [480], "height": [640]})
    found = fit(write(tmp_path / "k.json", each(["a.jpg"], width=640, height=480)), photos, tmp_path)
    assert places(found.people[0][0])["nose"] == (480 - 200, 200)  # a quarter turn clockwise
    assert found.account.turned == 1
    # without a size the joints may tell: these lie beyond the upright photo's right edge, and inside the stored pixels
    wide = flat(x=400, y=200, step=12)
    with pytest.raises(LayoutError, match=r"a\.jpg was marked on pixels that its EXIF orientation turns"):
        fit(write(tmp_path / "k.json", each(["a.jpg"], wide)), photos, tmp_path)
    fit(write(tmp_path / "k.json", each(["a.jpg"], flat(x=200, y=400, step=5))), photos, tmp_path)


@pytest.mark.parametrize("signed", [False, True])
def test_shares_become_pixels(tmp_path, signed):
    points = np.array(BODY, dtype=float).reshape(-1, 3)
    points[:, :2] /= [640, 480]
    points[:, :2] = 2 * points[:, :2] - 1 if signed else points[:, :2]
    found = fit(write(tmp_path / "k.json", each(["a.jpg"], points.ravel().tolist())), photo_table("a.jpg"))
    assert places(found.people[0][0])["nose"] == pytest.approx((200, 200))
    assert found.account.inside == found.account.joints == 18


def test_a_few_joints_near_the_corner_are_pixels(tmp_path):
    file = write(
        tmp_path / "joints.csv", joint_table("a.jpg,neck,0.5,1,1", "a.jpg,nose,1.5,0.5,1", "a.jpg,left_eye,2,3,1")
    )
    assert places(fit(file, photo_table("a.jpg")).people[0][0])["left_eye"] == (2, 3)
    file = write(tmp_path / "joints.csv", joint_table("a.jpg,neck,0.5,0.25,1"))
    assert places(fit(file, photo_table("a.jpg")).people[0][0])["neck"] == (0.5, 0.25)


def test_marks_of_larger_pictures_are_refused_with_an_example(tmp_path):
    file = write(tmp_path / "k.json", each(["a.jpg"], flat(x=600, y=800)))
    with pytest.raises(
        LayoutError, match=r"0 of 18 joints lie inside the photos: a\.jpg has 640 x 480 px and a nose at 600, 800"
    ):
        fit(file, photo_table("a.jpg"))


def test_marks_of_smaller_pictures_all_lie_in_one_quarter(tmp_path):
    names = [f"{k}.jpg" for k in range(4)]
    photos = photo_table(*names, width=4000, height=3000)
    with pytest.raises(LayoutError, match="every joint of 4 photos lies in the upper left quarter"):
        fit(write(tmp_path / "k.json", each(names)), photos)
    fit(write(tmp_path / "k.json", each(names[:3])), photos)  # so few may be so
    fit(write(tmp_path / "k.json", each(names, width=4000, height=3000)), photos)  # the file says that they are


def test_a_person_marked_twice_is_one(tmp_path):
    again = [value + (k % 3 < 2) for k, value in enumerate(BODY)]
    beside = [value + 100 * (k % 3 == 0) for k, value in enumerate(BODY)]
    marks = [{"image_id": 0, "category_id": 1, "keypoints": keypoints} for keypoints in (again, BODY, beside, BODY)]
    found = fit(write(tmp_path / "k.json", coco(marks, images=images("a.jpg"))), photo_table("a.jpg"))
    assert [places(person)["nose"] for person in found.people[0]] == [(201, 201), (300, 200)]
    assert found.account.twice == 2


def test_most_complete_first_and_ties_in_file_order(tmp_path):
    few = [*flat(3, x=10, y=10), *[0] * 42]
    marks = [{"image_id": 0, "category_id": 1, "keypoints": keypoints} for keypoints in (few, BODY, flat(x=300, y=300))]
    found = fit(write(tmp_path / "k.json", coco(marks, images=images("a.jpg"))), photo_table("a.jpg"))
    assert [places(person)["nose"][0] for person in found.people[0]] == [200, 300, 10]
