"""The poses of the demo: angles of an articulated body, and the 18 joints that follow from them.

Angles are degrees in the picture: 0 points down, 90 to the picture's right, -90 to its left, 180 up.
Lengths are shares of the person's stature; the proportions are those of an adult (Drillis & Contini, 1966),
with a slightly larger head, which reads better in a small photo.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from likeness.people.joints import JOINTS
from likeness_demo.drawing.canvas import Rng

LIMBS = ("r_upper", "r_fore", "l_upper", "l_fore", "r_thigh", "r_shin", "l_thigh", "l_shin")
TORSO, UPPER, FORE, THIGH, SHIN, FOOT = 0.285, 0.160, 0.140, 0.240, 0.235, 0.042
SHOULDER, HIP = 0.102, 0.056  # half widths
HEAD_UP, HEAD_WIDE, HEAD_HIGH = 0.117, 0.057, 0.076  # centre above the neck joint, half width, half height


@dataclass(frozen=True)
class Pose:
    """One pose. limbs: angles in the order of LIMBS; short: limbs seen at an angle, as a share of their length."""

    limbs: tuple[float, ...]
    yaw: float = 0.0  # -90 looks to the picture's left, 0 at the camera, 90 to its right
    torso: float = 0.0  # lean, towards the picture's right
    head: float = 0.0  # tilt beyond half of the lean
    gaze: float = 0.0  # yaw of the head beyond the body's
    lift: float = 0.0  # height above the ground, as a share of the stature
    seat: bool = False  # sits on something
    smile: float = 1.0
    short: dict[str, float] = field(default_factory=dict)
    behind: tuple[str, ...] = ()  # arms drawn behind the torso ("r", "l")
    prop: str = ""  # what the person holds or leans on


POSES: dict[str, tuple[Pose, ...]] = {
    "arms-wide": (Pose((-88, -92, 88, 92, -6, -3, 6, 3)),),
    "hands-up": (Pose((-158, -176, 158, 176, -5, -2, 5, 2), head=2, smile=1.3),),
    "hold-up": (
        Pose((62, 108, 98, 106, -16, -6, 12, 22), yaw=38, torso=9, gaze=-22, behind=("r",), short={"r_upper": 0.85}),
    ),
    "jump": (Pose((-142, -158, 142, 158, -42, 18, 38, -28), lift=0.17, smile=1.5, short={"r_shin": 0.8}),),
    "sit": (
        Pose((20, 52, 30, 58, 62, 4, 80, -3), yaw=52, gaze=-34, torso=-4, seat=True, short={"r_thigh": 0.9}),
    ),
    "point": (Pose((-38, 42, 112, 116, -9, -2, 8, 4), yaw=12, gaze=14, head=-2, short={"r_upper": 0.95}),),
    "kiss": (
        Pose((-34, -8, -40, -14, -3, -10, 14, -2), yaw=80, torso=22, head=12, smile=0.0, behind=("l",)),
    ),
    "star": (Pose((-126, -130, 126, 130, -31, -29, 31, 29), smile=1.3),),
    "flex": (Pose((-86, -172, 86, 172, -14, -8, 14, 8), head=-3, smile=0.8),),
    "lean": (
        Pose((-24, -12, 46, 28, 8, 14, 22, -24), yaw=-14, torso=-13, gaze=12, head=-4, prop="post"),
    ),
    "high-five": (
        Pose((-16, -8, 118, 150, -8, -2, 10, 6), yaw=34, gaze=-12, torso=4, smile=1.3),
        Pose((-118, -150, 16, 8, -10, -6, 8, 2), yaw=-34, gaze=12, torso=-4, smile=1.3),
    ),
    "back-to-back": (
        Pose((8, -82, -16, -88, -6, 4, 4, 6), yaw=-48, gaze=26, torso=5, behind=("r",), short={"r_fore": 0.75}),
        Pose((16, 88, -8, 82, -4, -6, 6, -4), yaw=48, gaze=-26, torso=-5, behind=("l",), short={"l_fore": 0.75}),
    ),
}  # fmt: skip
STANDING = (
    Pose((-10, -4, 10, 4, -4, -1, 4, 1)),
    Pose((-24, 8, 20, 34, -14, -24, 16, 2), yaw=68),
    Pose((-20, -34, 24, -8, -16, -2, 14, 24), yaw=-68),
    Pose((-14, 60, 14, -66, -5, -2, 5, 2), head=6),
    Pose((-12, -5, 22, 120, -4, -2, 7, 2), yaw=25),
)


def jitter(pose: Pose, rng: Rng) -> Pose:
    """Return the pose as another person would hold it: every angle a little off."""
    limbs = tuple(float(angle + rng.normal(0, 6.0)) for angle in pose.limbs)
    return replace(
        pose,
        limbs=limbs,
        yaw=float(np.clip(pose.yaw + rng.normal(0, 5), -90, 90)),
        torso=float(pose.torso + rng.normal(0, 2.2)),
        head=float(pose.head + rng.normal(0, 3.0)),
        gaze=float(pose.gaze + rng.normal(0, 6)),
        lift=float(pose.lift * rng.uniform(0.7, 1.4)),
    )


def direction(angle: float) -> np.ndarray:
    """Return the unit vector (x, y down) of a picture angle."""
    radians = np.radians(angle)
    return np.array([np.sin(radians), np.cos(radians)])


def turned(yaw: float, at: float, radius: float) -> float:
    """Return the sideways offset of a point at `at` degrees around a vertical cylinder turned by `yaw`."""
    return radius * float(np.sin(np.radians(yaw + at)))


def body_joints(pose: Pose, width: float = 1.0) -> np.ndarray:
    """Return the 18 joints (18, 2) in statures, y down, the mid-hip at the origin.

    width: build, about 0.9 (slim) to 1.2 (broad); it moves the shoulders and hips apart.
    """
    up = -direction(-pose.torso)
    across = np.array([-up[1], up[0]])  # towards the picture's right
    neck = TORSO * up
    points = {"neck": neck}
    for side, sign in (("right", -1), ("left", 1)):
        for joint, radius, centre in (("shoulder", SHOULDER, neck), ("hip", HIP, np.zeros(2))):
            points[f"{side}_{joint}"] = centre + across * turned(pose.yaw, 90 * sign, radius * width)
    chains = (("shoulder", "elbow", "upper", UPPER), ("elbow", "wrist", "fore", FORE),
              ("hip", "knee", "thigh", THIGH), ("knee", "ankle", "shin", SHIN))  # fmt: skip
    for start, end, limb, length in chains:
        for side in ("right", "left"):
            name = f"{side[0]}_{limb}"
            step = direction(pose.limbs[LIMBS.index(name)]) * length * pose.short.get(name, 1.0)
            points[f"{side}_{end}"] = points[f"{side}_{start}"] + step
    points |= head_joints(pose, neck)
    return np.array([points[name] for name in JOINTS])


def head_axes(pose: Pose) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the head's up and across unit vectors, and its yaw [degrees]."""
    up = -direction(-(0.5 * pose.torso + pose.head))
    return up, np.array([-up[1], up[0]]), float(np.clip(pose.yaw + pose.gaze, -90, 90))


def head_joints(pose: Pose, neck: np.ndarray) -> dict[str, np.ndarray]:
    """Return nose, eyes and ears on a head that is turned and tilted."""
    up, across, yaw = head_axes(pose)
    centre = neck + HEAD_UP * up
    places = {"nose": (0, 1.02, -0.14), "right_eye": (-27, 0.88, 0.12), "left_eye": (27, 0.88, 0.12),
              "right_ear": (-90, 0.98, 0.0), "left_ear": (90, 0.98, 0.0)}  # fmt: skip
    return {
        name: centre + across * turned(yaw, at, HEAD_WIDE * radius) + up * HEAD_HIGH * height
        for name, (at, radius, height) in places.items()
    }


def faces_camera(pose: Pose) -> dict[str, bool]:
    """Say for eyes and ears whether the head is turned so that the camera sees them."""
    yaw = head_axes(pose)[2]
    seen = {}
    for side, sign in (("right", -1), ("left", 1)):
        seen[f"{side}_eye"] = bool(np.cos(np.radians(yaw + 27 * sign)) > 0.12)
        seen[f"{side}_ear"] = bool(np.cos(np.radians(yaw + 90 * sign)) > -0.45)
    return seen
