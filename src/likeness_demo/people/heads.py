"""Heads: face, hair, hat and glasses on a head that is turned and tilted."""

import numpy as np

from likeness.people.joints import INDEX
from likeness_demo.drawing.canvas import Colour, fill, mix, scaled, stroke
from likeness_demo.drawing.solids import Layer, ball, cloth, limb, smooth
from likeness_demo.people.poses import HEAD_HIGH, HEAD_UP, HEAD_WIDE, Pose, faces_camera, head_axes
from likeness_demo.people.wardrobe import Person

FACE_FROM = 90  # px of stature from which a face has features


class Head:
    """A head's own coordinates: (across, up) in half widths and half heights around its centre, to px."""

    def __init__(self, joints: np.ndarray, pose: Pose, stature: float) -> None:
        self.joints, self.pose = joints, pose
        up, across, self.yaw = head_axes(pose)
        self.up, self.across = up, across
        self.wide, self.high = HEAD_WIDE * stature, HEAD_HIGH * stature
        self.centre = joints[INDEX["neck"]] + up * HEAD_UP * stature
        self.side = float(np.sin(np.radians(self.yaw)))

    def at(self, across: float, up: float) -> np.ndarray:
        return self.centre + self.across * (across * self.wide) + self.up * (up * self.high)

    def curve(self, points: list[tuple[float, float]]) -> np.ndarray:
        return np.array([self.at(*point) for point in points])

    def ball(self, layer: Layer, across: float, up: float, rx: float, ry: float, colour: Colour) -> None:
        ball(layer, self.at(across, up), rx * self.wide, ry * self.high, colour, tuple(self.up))


def draw_back_hair(layer: Layer, head: Head, person: Person) -> None:
    """Draw what falls behind the neck: long hair, or a bun."""
    back = -0.35 * head.side
    if person.style == "long":
        points = [(back - 1.1, 0.4), (back - 1.22, -0.6), (back - 1.05, -1.55), (back, -1.7), (back + 1.05, -1.55),
                  (back + 1.22, -0.6), (back + 1.1, 0.4), (back, 0.9)]  # fmt: skip
        outline = smooth(head.curve(points))
        cloth(layer, outline, scaled(person.hair, 0.8), axis=head.up, half=1.3 * head.wide, middle=head.at(back, 0))
    elif person.style == "bun":
        head.ball(layer, back * 2.2, 1.12 - 0.3 * abs(head.side), 0.5, 0.38, person.hair)


def draw_head(layer: Layer, joints: np.ndarray, pose: Pose, person: Person, stature: float) -> None:
    """Draw neck, head, hair, face and hat at the joints (18, 2) px."""
    head = Head(joints, pose, stature)
    neck = joints[INDEX["neck"]]
    draw_back_hair(layer, head, person)
    base = neck - head.up * 0.012 * stature
    limb(layer, base, head.at(-0.1 * head.side, -0.55), 0.029 * stature, 0.026 * stature, scaled(person.skin, 0.88))
    seen = faces_camera(pose)
    head.ball(layer, 0, 0, 1.0 + 0.06 * abs(head.side), 1.0, person.skin)
    if abs(head.side) > 0.5:  # a chin and a nose that stand out in profile
        head.ball(layer, 0.42 * head.side, -0.62, 0.5, 0.32, person.skin)
    draw_hair(layer, head, person)
    for ear in ("right_ear", "left_ear"):
        if seen[ear]:
            at = joints[INDEX[ear]]
            ball(layer, at, 0.17 * head.wide, 0.24 * head.high, scaled(person.skin, 0.93), tuple(head.up))
    if stature >= FACE_FROM:
        draw_face(layer, head, person)
    draw_hat(layer, head, person)


def draw_hair(layer: Layer, head: Head, person: Person) -> None:
    """Draw the hair on the skull, and the face in front of it."""
    side, back = head.side, -0.16 * head.side
    if person.style != "bald":
        puff = {"curly": 1.24, "long": 1.12}.get(person.style, 1.08)
        low = -0.35 if person.style in ("long", "curly") else 0.02
        arc = np.radians(np.linspace(180, 0, 13))
        points = [(back + puff * np.cos(a), 0.08 + (puff + 0.02) * np.sin(a)) for a in arc]
        points = [(back - puff * 0.97, low), *points, (back + puff * 0.97, low)]
        cloth(layer, head.curve(points), person.hair, axis=head.up, half=puff * head.wide, middle=head.at(back, 0))
    head.ball(layer, 0.30 * side, -0.17, 0.86 - 0.1 * abs(side), 0.82, person.skin)
    if person.style != "bald" and layer.mask is not None:
        shine = head.curve([(back - 0.45, 0.86), (back - 0.1, 0.98), (back + 0.3, 0.93)])
        stroke(layer.image, [shine], mix(person.hair, (1, 1, 1), 0.5), max(1, head.wide * 0.12), alpha=0.25)


def draw_face(layer: Layer, head: Head, person: Person) -> None:
    """Draw cheeks, eyes, brows, nose, mouth, beard and glasses."""
    image, skin, wide = layer.image, person.skin, head.wide
    side, flat = head.side, float(np.cos(np.radians(head.yaw)))
    middle = 0.86 * side
    if person.beard:
        points = [(middle - 0.72 * flat - 0.1, -0.18), (middle - 0.5 * flat, -0.45), (middle, -0.36),
                  (middle + 0.5 * flat, -0.45), (middle + 0.72 * flat + 0.1, -0.18), (middle + 0.5 * flat, -0.85),
                  (0.55 * side, -1.0), (middle - 0.5 * flat, -0.85)]  # fmt: skip
        fill(image, [head.curve(points)], scaled(person.hair, 0.95), alpha=0.75, blur=max(0.4, wide * 0.04))
    for cheek in (-38, 38):
        if np.cos(np.radians(head.yaw + cheek)) > 0.3:
            spot = np.sin(np.radians(head.yaw + cheek)) * 0.85
            fill(image, [oval_at(head, spot, -0.28, 0.2, 0.13)], (0.86, 0.36, 0.32), alpha=0.22, blur=wide * 0.06 + 0.3)
    for name in ("right_eye", "left_eye"):
        if faces_camera(head.pose)[name]:
            draw_eye(layer, head, head.joints[INDEX[name]], person)
    nose, bridge = head.joints[INDEX["nose"]], head.at(0.8 * side, 0.12)
    stroke(image, [np.array([bridge, nose])], scaled(skin, 0.72), max(0.8, wide * 0.07), alpha=0.45)
    limb(layer, nose - head.up * 0.2, nose, wide * 0.13, wide * 0.14, scaled(skin, 0.97))
    draw_mouth(layer, head, middle, flat, head.pose.smile, person)
    if person.glasses:
        draw_glasses(layer, head, person)


def oval_at(head: Head, across: float, up: float, rx: float, ry: float) -> np.ndarray:
    """Return an ellipse (n, 2) px in head coordinates."""
    angle = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    return np.array([head.at(across + rx * np.cos(a), up + ry * np.sin(a)) for a in angle])


def draw_eye(layer: Layer, head: Head, eye: np.ndarray, person: Person) -> None:
    """Draw one eye with its socket, iris, lid and brow."""
    image, wide, high = layer.image, head.wide, head.high
    flat = max(0.45, float(np.cos(np.radians(head.yaw))))
    angle = np.linspace(0, 2 * np.pi, 14, endpoint=False)[:, None]

    def ring(rx: float, ry: float, dx: float = 0) -> np.ndarray:
        across = head.across * (np.cos(angle) * rx * wide + dx * wide)
        return eye + (across + head.up * (np.sin(angle) * ry * high))

    fill(image, [ring(0.26 * flat, 0.17)], scaled(person.skin, 0.72), alpha=0.35, blur=0.4 + wide * 0.03)
    fill(image, [ring(0.19 * flat, 0.105)], (0.97, 0.96, 0.94))
    fill(image, [ring(0.095, 0.10, 0.05 * head.side)], mix(person.hair, (0.15, 0.1, 0.08), 0.6))
    lid, brow = (
        np.array([eye + head.across * a * wide * flat + head.up * u * high for a, u in points])
        for points in (((-0.2, 0.03), (0, 0.12), (0.2, 0.03)), ((-0.25, 0.24), (0, 0.31), (0.25, 0.25)))
    )
    stroke(image, [lid], scaled(person.skin, 0.35), max(0.8, wide * 0.05), alpha=0.8)
    stroke(image, [brow], scaled(mix(person.hair, (0.2, 0.15, 0.1), 0.3), 0.8), max(1.0, wide * 0.085), alpha=0.85)


def draw_mouth(layer: Layer, head: Head, middle: float, flat: float, smile: float, person: Person) -> None:
    """Draw lips: smile 0 puckers, 1 smiles, above 1.2 laughs with teeth."""
    image, red = layer.image, mix(scaled(person.skin, 0.65), (0.7, 0.2, 0.22), 0.55)
    middle *= 0.95
    if smile <= 0.1:
        fill(image, [oval_at(head, middle * 1.05, -0.5, 0.13, 0.1)], red)
        return
    half = 0.36 * max(flat, 0.4)
    upper = [(middle + a * half, -0.52 + 0.10 * smile * a * a) for a in np.linspace(-1, 1, 9)]
    if smile > 1.2:
        lower = [(middle + a * half, -0.52 + 0.1 * smile * a * a - 0.2 * (1 - a * a)) for a in np.linspace(1, -1, 9)]
        fill(image, [head.curve(upper + lower)], (0.45, 0.12, 0.12))
        teeth = [(x, u - 0.075 * (1 - ((x - middle) / half) ** 2)) for x, u in reversed(upper)]
        fill(image, [head.curve(upper + teeth)], (0.98, 0.97, 0.94))
    stroke(image, [head.curve(upper)], red, max(1.0, head.wide * 0.08), alpha=0.95)


def draw_glasses(layer: Layer, head: Head, person: Person) -> None:
    """Draw spectacles or sunglasses over the visible eyes."""
    seen = faces_camera(head.pose)
    eyes = [head.joints[INDEX[name]] for name in ("right_eye", "left_eye") if seen[name]]
    flat = max(0.5, float(np.cos(np.radians(head.yaw))))
    angle = np.linspace(0, 2 * np.pi, 16, endpoint=False)[:, None]
    wide = head.across * np.cos(angle) * 0.29 * flat * head.wide
    high = head.up * np.sin(angle) * 0.19 * head.high
    rims = [eye + wide + high for eye in eyes]
    if person.glasses == "sun":
        fill(layer.image, rims, (0.08, 0.08, 0.1), (0.2, 0.2, 0.24), vertical=True, alpha=0.94)
    stroke(layer.image, rims, (0.08, 0.07, 0.07), max(0.8, head.wide * 0.05), closed=True)
    if len(eyes) == 2:
        stroke(layer.image, [np.array(eyes)], (0.08, 0.07, 0.07), max(0.8, head.wide * 0.05), alpha=0.6)


def draw_hat(layer: Layer, head: Head, person: Person) -> None:
    """Draw a cap, a straw hat or a beanie."""
    if not person.hat:
        return
    back, colour = -0.1 * head.side, (0.87, 0.74, 0.48) if person.hat == "straw" else person.hat_colour
    dome = [(back + 1.1 * np.cos(a), 0.36 + 0.85 * np.sin(a)) for a in np.radians(np.linspace(180, 0, 13))]
    cloth(layer, head.curve(dome), colour, axis=head.up, half=1.2 * head.wide, middle=head.at(back, 0))
    if person.hat == "cap":
        tip = 0.62 * head.side
        head.ball(layer, tip, 0.36, 0.95 - 0.1 * abs(head.side), 0.15, scaled(colour, 0.85))
    elif person.hat == "straw":
        head.ball(layer, back, 0.42, 1.75, 0.2, colour)
        band = head.curve([(back - 1.05, 0.56), (back + 1.05, 0.56)])
        stroke(layer.image, [band], (0.35, 0.16, 0.12), max(1, head.high * 0.14), alpha=0.85)
    else:
        band = head.curve([(back - 1.08, 0.42), (back + 1.08, 0.42)])
        stroke(layer.image, [band], scaled(colour, 0.7), max(1, head.high * 0.24), alpha=0.9)
