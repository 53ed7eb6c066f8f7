"""Articulated people: limbs, clothes and a head drawn exactly at their joints."""

import numpy as np

from likeness.people.joints import INDEX
from likeness_demo.drawing.canvas import fill, mix, scaled
from likeness_demo.drawing.solids import Layer, ball, cloth, limb, mirrored, smooth
from likeness_demo.people.heads import draw_head
from likeness_demo.people.poses import FOOT, HIP, LIMBS, SHOULDER, TORSO, Pose, body_joints, direction, turned
from likeness_demo.people.wardrobe import Person


def place(pose: Pose, person: Person, x: float, ground: float, stature: float) -> np.ndarray:
    """Return the joints (18, 2) px of a person whose lower foot stands at height `ground`, mid-hip at x."""
    joints = body_joints(pose, person.width)
    sole = joints[[INDEX["right_ankle"], INDEX["left_ankle"]], 1].max() + FOOT
    return joints * stature + [x, ground - (sole + pose.lift) * stature]


def draw_person(layer: Layer, joints: np.ndarray, pose: Pose, person: Person, stature: float) -> None:
    """Draw a person at joints (18, 2) px: the far parts first."""
    far, near = ("left", "right") if pose.yaw >= 0 else ("right", "left")
    arms = [far, near]
    for side in arms:
        if side[0] in pose.behind:
            draw_arm(layer, joints, pose, person, stature, side)
    for side in (far, near):
        draw_leg(layer, joints, pose, person, stature, side)
    draw_hips(layer, joints, pose, person, stature)
    draw_torso(layer, joints, pose, person, stature)
    draw_head(layer, joints, pose, person, stature)
    for side in arms:
        if side[0] not in pose.behind:
            draw_arm(layer, joints, pose, person, stature, side)


def girth(person: Person) -> float:
    """Return how thick limbs are, as a factor."""
    return float(person.width**0.8)


def draw_arm(layer: Layer, joints: np.ndarray, pose: Pose, person: Person, stature: float, side: str) -> None:
    """Draw upper arm, forearm, hand and sleeve."""
    shoulder, elbow, wrist = (joints[INDEX[f"{side}_{part}"]] for part in ("shoulder", "elbow", "wrist"))
    unit = stature * girth(person)
    reach = direction(pose.limbs[LIMBS.index(f"{side[0]}_fore")])
    ball(layer, wrist + reach * 0.030 * stature, 0.021 * unit, 0.031 * stature, person.skin, tuple(reach))
    thumb = np.array([-reach[1], reach[0]]) * (1 if side == "left" else -1)
    root, tip = wrist + reach * 0.012 * stature, wrist + (reach * 0.034 + thumb * 0.020) * stature
    limb(layer, root, tip, 0.010 * unit, 0.007 * unit, person.skin)
    limb(layer, elbow, wrist, 0.0255 * unit, 0.0185 * unit, person.skin)
    limb(layer, shoulder, elbow, 0.033 * unit, 0.0265 * unit, person.skin)
    top = person.accent if person.pattern == "block" else person.top
    if person.sleeves >= 1:
        limb(layer, elbow, elbow + (wrist - elbow) * 0.92, 0.031 * unit, 0.024 * unit, top)
        limb(layer, shoulder, elbow, 0.0365 * unit, 0.031 * unit, top)
    elif person.sleeves > 0:
        limb(layer, shoulder, shoulder + (elbow - shoulder) * (person.sleeves + 0.25), 0.0375 * unit, 0.036 * unit, top)


def draw_leg(layer: Layer, joints: np.ndarray, pose: Pose, person: Person, stature: float, side: str) -> None:
    """Draw thigh, shin, shoe and trouser leg."""
    hip, knee, ankle = (joints[INDEX[f"{side}_{part}"]] for part in ("hip", "knee", "ankle"))
    unit = stature * girth(person)
    cloth_colour = scaled(person.bottom, 0.94 if side == "right" else 1.0)
    outward = 0.35 if side == "left" else -0.35
    ahead = np.array([0.88 * np.sin(np.radians(pose.yaw)) + outward * np.cos(np.radians(pose.yaw)), 0.40])
    shin = direction(pose.limbs[LIMBS.index(f"{side[0]}_shin")])
    heel = ankle + shin * 0.022 * stature
    toe = heel + (ahead * 0.058 if pose.lift < 0.05 else ahead * 0.03 + shin * 0.035) * stature
    bare = person.legs < 1 or person.skirt
    leg = person.skin if bare else cloth_colour
    limb(layer, knee, ankle, 0.037 * unit, 0.0225 * unit if bare else 0.028 * unit, leg)
    limb(layer, heel, toe, 0.024 * unit, 0.019 * unit, person.shoes)
    limb(layer, heel, toe, 0.015 * unit, 0.011 * unit, mix(person.shoes, (1, 1, 1), 0.15))
    limb(layer, hip, knee, 0.053 * unit, 0.039 * unit, leg)
    if bare and not person.skirt:
        limb(layer, hip, hip + (knee - hip) * (person.legs + 0.32), 0.056 * unit, 0.047 * unit, cloth_colour)


def body_frame(joints: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return mid-hip [px] and the body's across and up unit vectors."""
    middle = (joints[INDEX["right_hip"]] + joints[INDEX["left_hip"]]) / 2
    up = joints[INDEX["neck"]] - middle
    up = up / max(np.hypot(*up), 1e-6)
    return middle, np.array([-up[1], up[0]]), up


def half_widths(pose: Pose, person: Person) -> tuple[float, float, float]:
    """Return half widths of shoulders, waist and hips as the camera sees them, in statures."""
    flat = abs(turned(pose.yaw, 90, 1.0))
    shoulders = max(SHOULDER * flat * person.width + 0.014, 0.062 * person.width)
    hips = max(HIP * flat * person.width + 0.036 * girth(person), 0.060 * person.width)
    return shoulders, 0.5 * (shoulders + hips) * (0.86 + 0.16 * (person.width - 1)), hips


def draw_hips(layer: Layer, joints: np.ndarray, pose: Pose, person: Person, stature: float) -> None:
    """Draw the pelvis, or a skirt down to the knees."""
    middle, across, up = body_frame(joints)
    hips = half_widths(pose, person)[2]
    if person.skirt:
        hem = [joints[INDEX[f"{side}_hip"]] * 0.28 + joints[INDEX[f"{side}_knee"]] * 0.72 for side in ("right", "left")]
        hem = sorted(hem, key=lambda point: float((point - middle) @ across))
        flare = across * 0.062 * stature
        corners = [middle - across * hips * stature * 1.02 + up * 0.05 * stature, hem[0] - flare, hem[1] + flare,
                   middle + across * hips * stature * 1.02 + up * 0.05 * stature]  # fmt: skip
        half = max(np.hypot(*(hem[1] - hem[0])) * 0.75, 0.1 * stature)
        cloth(layer, np.array(corners), person.bottom, axis=up, half=half, middle=middle)
        return
    half = mirrored([(-hips * 0.6, -0.075), (-hips, -0.03), (-hips * 0.95, 0.05)])
    outline = smooth([middle + (across * a + up * u) * stature for a, u in half])
    cloth(layer, outline, person.bottom, axis=up, half=hips * stature * 1.1, middle=middle)


def draw_torso(layer: Layer, joints: np.ndarray, pose: Pose, person: Person, stature: float) -> None:
    """Draw the top with its pattern, and a pack's straps."""
    middle, across, up = body_frame(joints)
    shoulders, waist, hips = half_widths(pose, person)
    side = [(hips * 1.02, -0.028), (waist * 1.02, 0.075), (waist * 1.08, 0.15), (shoulders * 1.06, 0.235),
            (shoulders * 1.04, TORSO - 0.008), (shoulders * 0.72, TORSO + 0.024), (0.030, TORSO + 0.036)]  # fmt: skip
    outline = smooth([middle + (across * a + up * u) * stature for a, u in mirrored(side)])  # hem, right, neck, left
    half = 1.12 * shoulders * stature
    cloth(layer, outline, person.top, axis=up, half=half, middle=middle)
    halves, heights = zip(*side[:5], strict=True)

    def band(low: float, high: float) -> np.ndarray:
        edge = mirrored([(np.interp(u, heights, halves), u) for u in np.linspace(low, high, 5)])
        return np.array([middle + (across * a * 0.985 + up * u) * stature for a, u in edge])

    if person.pattern == "stripes":
        for low in np.arange(0.0, TORSO - 0.04, 0.05):
            cloth(layer, band(low, low + 0.022), person.accent, axis=up, half=half, middle=middle)
    elif person.pattern == "block":
        cloth(layer, band(0.165, TORSO - 0.012), person.accent, axis=up, half=half, middle=middle)
    elif person.pattern == "print" and abs(pose.yaw) < 60:
        spot = middle + (across * 0.02 * np.sin(np.radians(pose.yaw)) + up * 0.185) * stature
        ball(Layer(layer.image, layer.light), spot, 0.036 * stature, 0.036 * stature, person.accent)
    if person.pack and abs(pose.yaw) < 70:
        strap = [(0.05, TORSO + 0.022), (0.068, 0.2), (0.07, 0.1), (0.086, 0.1), (0.086, 0.2), (0.07, TORSO + 0.02)]
        flat = max(0.35, np.cos(np.radians(pose.yaw)))
        for sign in (-1, 1):
            points = np.array([middle + (across * a * sign * flat + up * u) * stature for a, u in strap])
            fill(layer.image, [points], scaled(person.accent, 0.45))
