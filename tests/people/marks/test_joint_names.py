import pytest

from likeness.errors import LayoutError
from likeness.people.joints import COCO17, JOINTS
from likeness.people.marks.joint_names import our_joints, unknown_joints


def camel(name):
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


WRITTEN = {
    "camelCase": camel,
    "CamelCase": lambda name: camel(name).capitalize() if "_" not in name else name.title().replace("_", ""),
    "kebab": lambda name: name.replace("_", "-"),
    "spaces": lambda name: name.replace("_", " ").title(),
    "capitals": str.upper,
    "side first, one letter": lambda name: name.replace("left", "l").replace("right", "r"),
    "side last": lambda name: ".".join(reversed(name.split("_"))).replace("left", "L").replace("right", "R"),
    "glued": lambda name: name.replace("_", ""),
    "glued letter": lambda name: name.replace("left_", "l").replace("right_", "r"),
    "capital letter": lambda name: name.title().replace("Left_", "L").replace("Right_", "R"),
    "numbered": lambda name: f"{COCO17.index(name)}_{name}",
    "plain numbers": lambda name: str(COCO17.index(name)),
    "numbers from one": lambda name: f"kp{COCO17.index(name) + 1}",
    "numbered words": lambda name: f"keypoint_{COCO17.index(name):02}",
}


@pytest.mark.parametrize("convention", WRITTEN)
def test_one_joint_in_many_spellings(convention):
    written = [WRITTEN[convention](name) for name in COCO17]
    assert list(our_joints(written, "k.json").values()) == list(COCO17)
    assert unknown_joints(written) == []


def test_mpii_posetrack_and_human36m():
    mpii = "r_ankle r_knee r_hip l_hip l_knee l_ankle pelvis thorax upper_neck head_top r_wrist r_elbow r_shoulder"
    found = our_joints(mpii.split(), "k.json")
    assert found["r_ankle"] == "right_ankle"
    assert found["r_wrist"] == "right_wrist"
    assert {name for name, joint in found.items() if not joint} == {"pelvis", "thorax", "upper_neck", "head_top"}
    assert our_joints(["rank", "rkne", "rsho", "lelb", "lwri"], "k")["rkne"] == "right_knee"
    human = [
        "Hip",
        "RHip",
        "RKnee",
        "RFoot",
        "LHip",
        "LKnee",
        "LFoot",
        "Spine",
        "Thorax",
        "Neck/Nose",
        "Head",
        "LShoulder",
    ]
    found = our_joints(human, "k.json")
    assert (found["RFoot"], found["LFoot"], found["Hip"], found["Neck/Nose"]) == ("right_ankle", "left_ankle", "", "")
    assert our_joints(["RFoot", "RAnkle"], "k.json") == {"RFoot": "", "RAnkle": "right_ankle"}


def test_mediapipe_and_whole_body_have_more_joints_than_ours():
    mediapipe = ["NOSE", "LEFT_EYE_INNER", "LEFT_EYE", "LEFT_EYE_OUTER", "MOUTH_LEFT", "LEFT_PINKY", "LEFT_FOOT_INDEX"]
    assert [joint for joint in our_joints(mediapipe, "k").values() if joint] == ["nose", "left_eye"]
    whole = [*COCO17, "left_big_toe", "right_heel", *(f"face-{k}" for k in range(68)), "left_forefinger1"]
    assert [joint for joint in our_joints(whole, "k").values() if joint] == list(COCO17)
    assert unknown_joints(whole) == []


def test_numbers_of_other_models():
    assert list(our_joints(range(18), "k").values()) == list(JOINTS)
    assert our_joints(range(25), "k")["9"] == "right_hip"
    assert our_joints(range(33), "k")["11"] == "left_shoulder"
    assert our_joints(reversed(range(17)), "k")["0"] == "nose"  # the number counts, not the order


@pytest.mark.parametrize("names", [["tail", "nose", "hoof"], range(14), range(16), range(3, 20), ["face-1"], []])
def test_too_few_known_names_are_refused_and_listed(names):
    with pytest.raises(LayoutError, match=r"k\.json: joint names that are not known") as error:
        our_joints(names, "k.json")
    assert all(repr(str(name)) in str(error.value) for name in names if name != "nose")


def test_fewer_than_half_unknown_are_left_out():
    assert our_joints(["nose", "tail"], "k") == {"nose": "nose", "tail": ""}
    assert unknown_joints(["nose", "tail"]) == ["tail"]
