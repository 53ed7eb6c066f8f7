"""Which of our joints a file's joint names mean: other programs write leftEye, l_eye, eye.L or a number.

The names of COCO, COCO-WholeBody, OpenPose, MediaPipe, MPII, PoseTrack, LSP and Human3.6M are known.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from likeness.errors import LayoutError
from likeness.people.joints import COCO17, INDEX, JOINTS, MEDIAPIPE33

BODY25 = (*JOINTS[:8], "", *JOINTS[8:], *[""] * 6)  # OpenPose's later model: the mid-hip, and three points of each foot
WHOLE_BODY = (*COCO17, *[""] * 116)  # COCO-WholeBody goes on with feet, face and hands
_BLAZE = {number: name for name, number in MEDIAPIPE33.items()}
# What a set of numbers for names means, by how many there are; 14 and 16 are two orders each.
NUMBERED = {17: COCO17, 18: JOINTS, 25: BODY25, 33: tuple(_BLAZE.get(k, "") for k in range(33)), 133: WHOLE_BODY}
SIDES = {"left": "left", "l": "left", "lt": "left", "right": "right", "r": "right", "rt": "right"}
PARTS = {part: part for part in ("eye", "ear", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")}
PARTS |= {"sho": "shoulder", "shldr": "shoulder", "elb": "elbow", "wri": "wrist", "kne": "knee", "ank": "ankle"}
FILLERS = {"joint", "keypoint", "kp", "kpt", "point", "p", "landmark", "body", "person", "coco"}
# Words of joints that are known and not among the 18.
OTHER_WORDS = frozenset({
    "head", "face", "mouth", "lip", "lips", "chin", "jaw", "brow", "eyebrow", "forehead", "toe", "bigtoe",
    "smalltoe", "heel", "foot", "hand", "palm", "finger", "forefinger", "thumb", "index", "middle", "ring", "pinky",
    "pelvis", "root", "spine", "thorax", "chest", "torso", "navel", "collar", "clavicle", "inner", "outer", "mid",
    "midhip", "center", "centre", "upper", "lower", "top", "bottom", "background", "headtop",
})  # fmt: skip
MOST_LISTED = 20


def our_joints(names: Iterable[object], where: str | Path) -> dict[str, str]:
    """Return {name: our joint} of all the names in a file, "" for a joint that is none of the 18 or is not known.

    Raises LayoutError, which lists the names, if fewer than half of them are known or none is one of the 18: marks
    under unknown names would leave everybody a nose, or nothing.
    """
    names = list(dict.fromkeys(str(name) for name in names))
    found = _by_number(names) or {name: _joint(name) for name in names}
    unknown = [name for name, joint in found.items() if joint is None]
    if 2 * len(unknown) > len(names) or not any(found.values()):
        listed = ", ".join(map(repr, (unknown or names)[:MOST_LISTED])) + ", ..." * (len(unknown) > MOST_LISTED)
        raise LayoutError(f"{where}: joint names that are not known: {listed}; use these: {', '.join(JOINTS)}")
    feet = {f"{side}_ankle" for side in ("left", "right")} - set(found.values())  # Human3.6M's foot is the ankle
    return {name: joint or _ankle(name, feet) for name, joint in found.items()}


def unknown_joints(names: Iterable[object]) -> list[str]:
    """Return the names that no known convention has, in order."""
    names = list(dict.fromkeys(str(name) for name in names))
    return [] if _by_number(names) else [name for name in names if _joint(name) is None]


def _by_number(names: Sequence[str]) -> dict[str, str] | None:
    """Return {name: joint} where all names are numbers from 0 or 1 on, perhaps after a word: "kp_3"."""
    words = [_words(name) for name in names]
    if not words or not all(len(word) == 1 and word[0].isdigit() for word in words):
        return None
    numbers = [int(word[0]) for word in words]
    order, first = NUMBERED.get(len(numbers)), min(numbers)
    if order is None or first > 1 or sorted(numbers) != list(range(first, first + len(numbers))):
        return None
    return {name: order[number - first] for name, number in zip(names, numbers, strict=True)}


def _joint(name: str) -> str | None:
    """Return our joint's name, "" for a joint that is not ours, None for a name that is not known."""
    words = _words(name)
    sides = [SIDES[word] for word in words if word in SIDES]
    rest = [PARTS.get(word, word) for word in words if word not in SIDES]
    joint = "_".join(sides + rest)
    if joint in INDEX:
        return joint
    known = OTHER_WORDS.intersection(rest) or rest in (["hip"], ["neck", "nose"])  # two of Human3.6M
    return "" if known else None


def _ankle(name: str, missing: set[str]) -> str:
    sides = {SIDES.get(word, word) for word in _words(name)} - {"foot"}
    joint = f"{sides.pop()}_ankle" if len(sides) == 1 and "foot" in _words(name) else ""
    return joint if joint in missing else ""


def _words(name: str) -> list[str]:
    """Return a name's words in small letters: "LEye", "eye.L", "left-eye", "leye" are a side and a part."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    words = []
    for word in re.findall(r"[a-z]+|\d+", spaced.lower()):
        glued = re.fullmatch(r"(left|right|l|r)([a-z]+)", word)
        split = glued and (glued[2] in PARTS or glued[2] == "foot")
        words += glued.groups() if split else [word]
    words = [word for word in words if word not in FILLERS]
    return words[1:] if len(words) > 1 and words[0].isdigit() else words  # "0_nose"
