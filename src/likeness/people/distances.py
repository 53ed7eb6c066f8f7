"""How far apart two poses are, whatever the place and size of the people in their photos.

A pose is a person (18, 3): x, y [px] and score; only joints seen in both people are compared, scores are not used.
"""

from collections.abc import Callable

import numpy as np

from likeness.people.joints import INDEX, SIGMAS, seen

FARTHEST = 6.0  # torso lengths from the mid-hip; no body reaches that far, so such a joint is a marking error
FEWEST_JOINTS = 3  # two points always match after a similarity transform

# Area of a person in squared torso lengths, which stands in for COCO's segment area: a standing adult of height h
# shows about 0.2 h^2 from the front, and the torso (mid-hip to mid-shoulder) is 0.29 h (Drillis and Contini, 1966).
OKS_AREA = 0.2 / 0.29**2


def torso(person: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mid-hip (..., 2) [px] and torso length (...) [px] of (..., 18, 3); NaN where a hip or shoulder is missing."""
    hips = person[..., [INDEX["right_hip"], INDEX["left_hip"]], :2].mean(axis=-2)
    shoulders = person[..., [INDEX["right_shoulder"], INDEX["left_shoulder"]], :2].mean(axis=-2)
    length = np.linalg.norm(shoulders - hips, axis=-1)
    return hips, np.where(length > 0, length, np.nan)


def in_torso_lengths(people: np.ndarray) -> np.ndarray:
    """Joints (..., 18, 2) with the mid-hip at the origin and the torso as the unit of length.

    A person without hips and shoulders, or with a joint beyond FARTHEST torso lengths, becomes all NaN.
    """
    people = np.asarray(people, dtype=float)
    centre, length = torso(people)
    points = (people[..., :2] - centre[..., None, :]) / length[..., None, None]
    reach = np.linalg.norm(points, axis=-1)
    too_far = (reach > FARTHEST).any(axis=-1)  # comparisons with NaN are False: unseen joints don't count
    return np.where(too_far[..., None, None], np.nan, points)


def torso_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Mean distance of the joints that (18, 3) `a` and `b` share, in torso lengths, >= 0; smaller is closer.

    Each is centred at its mid-hip and divided by its torso length. NaN if a hip or shoulder is missing in either,
    or if a joint lies beyond 6 torso lengths.
    """
    apart = np.linalg.norm(in_torso_lengths(a) - in_torso_lengths(b), axis=-1)
    return float(np.nanmean(apart)) if np.isfinite(apart).any() else np.nan


def oks(a: np.ndarray, b: np.ndarray, area: float = OKS_AREA) -> float:
    """Object keypoint similarity of (18, 3) `a` and `b` in [0, 1]; larger is closer.

    COCO's measure (cocodataset.org, keypoint evaluation): the mean of exp(-d^2 / (2 area (2 sigma)^2)) over the
    shared joints. COCO compares two markings of one person in one photo; here both people are first brought to a
    common frame (mid-hip at the origin, torso length 1), and `area` [squared torso lengths] is that of an average
    body.
    NaN where torso_distance is.
    """
    squared = ((in_torso_lengths(a) - in_torso_lengths(b)) ** 2).sum(axis=-1)
    alike = np.exp(-squared / (2 * area * (2 * SIGMAS) ** 2))
    return float(np.nanmean(alike)) if np.isfinite(alike).any() else np.nan


def procrustes_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Full Procrustes distance of (18, 3) `a` and `b` in [0, 1]; smaller is closer (Dryden and Mardia, 2016, ch. 4).

    What is left of the shared joints' difference after the best shift, scale and rotation; a mirror image is not
    rotated onto itself. NaN with fewer than 3 shared joints, or if those of one person all coincide.
    In the plane the best rotation has a closed form: with joints as complex numbers, centred and of unit norm,
    the distance is sqrt(1 - |<a, b>|^2).
    """
    both = seen(a) & seen(b)
    if both.sum() < FEWEST_JOINTS:
        return np.nan
    z, w = (person[both, 0] + 1j * person[both, 1] for person in (a, b))
    z, w = z - z.mean(), w - w.mean()
    norm = np.linalg.norm(z) * np.linalg.norm(w)
    return float(np.sqrt(max(0.0, 1 - (abs(np.vdot(z, w)) / norm) ** 2))) if norm > 1e-9 else np.nan


def pairwise(name: str, people: np.ndarray) -> np.ndarray:
    """Compare all of (n, 18, 3) with each other: (n, n) float, NaN where undefined, equal to the scalar functions.

    name: "torso" (distance, torso lengths), "procrustes" (distance, [0, 1]) or "oks" (similarity, [0, 1]).
    """
    if name not in PAIRWISE:
        raise ValueError(f"unknown distance {name!r}; choose one of {', '.join(sorted(PAIRWISE))}")
    people = np.asarray(people, dtype=float)
    if people.ndim != 3 or people.shape[1:] != (len(INDEX), 3):
        raise ValueError(f"expected people of shape (n, {len(INDEX)}, 3), got {people.shape}")
    with np.errstate(invalid="ignore", divide="ignore"):
        return PAIRWISE[name](people)


def _mean_over_shared(people: np.ndarray, compare: Callable[[np.ndarray, int], np.ndarray]) -> np.ndarray:
    """Mean over shared joints of compare(squared distances (n, n), joint); one joint at a time spares memory."""
    points = in_torso_lengths(people)
    total, shared = np.zeros((2, len(people), len(people)))
    for joint in range(points.shape[1]):
        place = points[:, joint]
        squared = ((place[:, None] - place[None]) ** 2).sum(axis=-1)  # (n, n)
        both = np.isfinite(squared)
        total += np.where(both, compare(squared, joint), 0.0)
        shared += both
    return total / np.where(shared > 0, shared, np.nan)


def _pairwise_torso(people: np.ndarray) -> np.ndarray:
    return _mean_over_shared(people, lambda squared, _: np.sqrt(squared))


def _pairwise_oks(people: np.ndarray) -> np.ndarray:
    return _mean_over_shared(
        people, lambda squared, joint: np.exp(-squared / (2 * OKS_AREA * (2 * SIGMAS[joint]) ** 2))
    )


def _pairwise_procrustes(people: np.ndarray) -> np.ndarray:
    """All pairs at once: sums over the joints a pair shares are matrix products with the seen-masks."""
    mask = seen(people).astype(float)  # (n, 18)
    places = np.where(mask[..., None] > 0, people[..., :2], 0.0) @ np.array([1, 1j])
    centre = places.sum(axis=1, keepdims=True) / np.maximum(mask.sum(axis=1, keepdims=True), 1)
    z = (places - centre) * mask  # near the origin and of unit size: less is lost to rounding
    z = z / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), 1e-300)
    shared = mask @ mask.T
    shared = np.where(shared >= FEWEST_JOINTS, shared, np.nan)
    sums = z @ mask.T  # sums[i, j]: of person i over the joints shared with j
    power = (np.abs(z) ** 2) @ mask.T - np.abs(sums) ** 2 / shared
    product = z @ z.conj().T - sums * sums.T.conj() / shared
    power = np.where(power > 1e-12, power, np.nan)
    return np.sqrt(np.maximum(0.0, 1 - np.abs(product) ** 2 / (power * power.T)))


PAIRWISE = {"torso": _pairwise_torso, "oks": _pairwise_oks, "procrustes": _pairwise_procrustes}
