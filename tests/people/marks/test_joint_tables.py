import numpy as np
import pytest

from likeness.errors import LayoutError
from likeness.people.joints import INDEX
from likeness.people.marks.joint_tables import read_joint_table
from marks_files import joint_table, places


def read(tmp_path, *rows, encoding="utf-8", header="image,joint,x,y,visible"):
    (tmp_path / "joints.csv").write_text(joint_table(*rows, header=header), encoding=encoding)
    return read_joint_table(tmp_path / "joints.csv")


def test_invisible_and_negative_joints_are_absent(tmp_path):
    marks = read(
        tmp_path,
        "1.jpg,right_ankle,10,20,1",
        "1.jpg,left_ankle,-48,0,1",
        "1.jpg,left_knee,5,5,0",
        "1.jpg,right_shoulder,10,4,1",
        "1.jpg,left_shoulder,20,6,1",
        "1.jpg,head_top,1,1,1",
        "2.jpg,neck,-1,-1,0",
    )
    (person,) = marks.of(0)
    assert person[INDEX["right_ankle"]].tolist() == [10, 20, 1]
    assert person[INDEX["neck"]].tolist() == [15, 5, 1]
    assert len(places(person)) == 4
    assert len(marks.of(1)) == 0
    assert not marks.unplaced.any()


def test_names_stay_text(tmp_path):
    assert read(tmp_path, "0001,neck,1,2,1", "1,neck,1,2,1", "1.0,neck,1,2,1", "NA,neck,1,2,1").names == [
        "0001",
        "1",
        "1.0",
        "NA",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_semicolons_decimal_commas_and_encodings(tmp_path, encoding):
    header = "image;joint;x;y;visible"
    (person,) = read(tmp_path, "ü.jpg;neck;1,25;2;1", "ü.jpg;nose;3;4,5;1", encoding=encoding, header=header).people
    assert places(person) == {"neck": (1.25, 2), "nose": (3, 4.5)}


def test_a_number_that_may_be_a_thousand_is_refused(tmp_path):
    with pytest.raises(LayoutError, match=r"row 2: x '1,234'"):
        read(tmp_path, 'a.jpg,neck,"1,234",2,1', 'a.jpg,nose,"1,235",2,1')
    (person,) = read(tmp_path, 'a.jpg,neck,"1,234",2,1', 'a.jpg,nose,"1,2",2,1').people  # the second one says which
    assert places(person)["neck"] == (1.234, 2)


@pytest.mark.parametrize(("yes", "no"), [("yes", "no"), ("TRUE", "False"), ("1.0", "0.0"), ("Y", "n"), ("2", "-1")])
def test_words_for_visible(tmp_path, yes, no):
    (person,) = read(tmp_path, f"a.jpg,neck,1,2,{yes}", f"a.jpg,nose,1,2,{no}").people
    assert list(places(person)) == ["neck"]


def test_visible_may_hold_scores(tmp_path):
    (person,) = read(tmp_path, "a.jpg,neck,1,2,0.7", "a.jpg,nose,1,2,1", "a.jpg,left_eye,1,2,0").people
    assert person[INDEX["neck"], 2] == 0.7
    assert person[INDEX["nose"], 2] == 1
    assert np.isnan(person[INDEX["left_eye"], 0])


def test_an_empty_visible_is_unknown_and_not_no(tmp_path):
    marks = read(tmp_path, "a.jpg,neck,1,2,", "a.jpg,nose,,,", "b.jpg,nose,,,1")
    assert places(marks.people[0]) == {"neck": (1, 2)}
    assert marks.left_out == {
        "joints that are visible without a place": 1,
        "joints whose visible is empty (taken as marked)": 1,
    }
    assert marks.unplaced.tolist() == [False, True]


def test_a_joint_marked_twice_alike_is_one(tmp_path):
    assert len(places(read(tmp_path, "a.jpg,neck,1,2,1", "a.jpg,Neck,1,2,1").people[0])) == 1


def test_one_photo_under_two_encodings_of_its_name_is_one(tmp_path):
    marks = read(tmp_path, "M\u00fcller.jpg,neck,1,2,1", "./Mu\u0308ller.jpg,nose,1,2,1")
    assert marks.names == ["M\u00fcller.jpg"]
    assert len(places(marks.people[0])) == 2


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([], "no rows"),
        (["1.jpg,tail,1,1,1"], "'tail'"),
        (["1.jpg,neck,one,1,1"], "row 2: x is 'one'"),
        (["1.jpg,neck,1,1,1", "1.jpg,nose,1,1,perhaps"], "row 3: visible is 'perhaps'"),
        (["1.jpg,neck,1,1,7"], "row 2: a joint's visibility is 7"),
        (["1.jpg,neck,1,1,0.5", "1.jpg,nose,1,1,2"], "visibility is 0.5"),
        (["1.jpg,neck,1,1"], "row 2"),
        (["1.jpg,neck,1,1,1,1"], "row 2"),
        ([",neck,1,1,1"], "row 2: no image"),
        (["1.jpg,neck,1,1,1", "1.jpg,neck,5,1,1"], "row 3: '1.jpg' has another neck"),
        (['1.jpg,"neck,1,1,1', "2.jpg,neck,1,1,1"], "quote"),
    ],
)
def test_bad_rows_are_named(tmp_path, rows, says):
    with pytest.raises(LayoutError, match=says) as error:
        read(tmp_path, *rows)
    assert "joints.csv" in str(error.value)
    assert "\n" not in str(error.value)


def test_other_bad_tables_are_named(tmp_path):
    with pytest.raises(LayoutError, match=r"joints\.csv: no column 'visible'"):
        read(tmp_path, header="image,joint,x,y")
    with pytest.raises(LayoutError, match=r"joints\.csv: is not UTF-8"):
        read(tmp_path, "é.jpg,neck,1,2,1", encoding="latin-1")
    (tmp_path / "joints.csv").write_text("")
    with pytest.raises(LayoutError, match=r"joints\.csv: is empty"):
        read_joint_table(tmp_path / "joints.csv")
