"""How far apart two poses are, whatever the place and size of the people.

A pose is a person (18, 3): x, y [px] and score; only joints seen in both people are compared, scores are not used.
"""

from collections.abc import Callable

import numpy as np

from likeness.people.joints import INDEX, SIGMAS, body_scale, mirror, seen, torso

FARTHEST = 6.0  # torso lengths from the mid-hip; no body reaches that far, so such a joint is a marking error
# Torso lengths that a mirrored pose, or one that is not both photos' first person's, is put further away: of 478 judged
# sport photos, hit@1 and hit@10 are 0.62 and 0.91 with these as without such answers (0.60 and 0.89 at 0.25 each).
MIRRORED_POSE, OTHER_PERSON = 0.25, 0.5
FEWEST_JOINTS = 3  # two points always match after a similarity transform

# Area of a person in squared torso lengths, which stands in for COCO's segment area: a standing adult of height h
# shows about 0.2 h^2 from the front, and the torso (mid-hip to mid-shoulder) is 0.29 h (Drillis and Contini, 1966).
OKS_AREA = 0.2 / 0.29**2


def oks_in_photo(a: np.ndarray, b: np.ndarray) -> float:
    """Object keypoint similarity of two (18, 3) people of one photo, in [0, 1]: are they one person found twice?

    COCO's measure in the photo's own frame, with the larger body's area. NaN if they share no joint.
    """
    area = OKS_AREA * max(body_scale(a), body_scale(b)) ** 2
    both = seen(a) & seen(b)
    if not both.any() or not area > 0:
        return np.nan
    squared = ((a[both, :2] - b[both, :2]) ** 2).sum(axis=-1)
    return float(np.exp(-squared / (2 * area * (2 * SIGMAS[both]) ** 2)).mean())


def box(person: np.ndarray) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 [px] around the seen joints of (18, 3). Raises ValueError if none is seen."""
    points = person[seen(person), :2]
    if not len(points):
        raise ValueError("no joint is seen, so there is no box around the person")
    return (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())


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


def torso_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean distance [torso lengths] of the joints that (..., 18, 3) people share, each centred at the mid-hip: (...).

    The shapes of `a` and `b` are broadcast. NaN where `pairwise` has it: without a torso, or without a shared joint.

    >>> person = np.zeros((18, 3))
    >>> person[:, 1] = np.arange(18)
    >>> float(torso_distances(person, 2 * person + 7))
    0.0
    """
    apart = np.linalg.norm(in_torso_lengths(a) - in_torso_lengths(b), axis=-1)
    shared = np.isfinite(apart).sum(axis=-1)
    return np.nansum(apart, axis=-1) / np.where(shared > 0, shared, np.nan)


def nearest_pose(query: np.ndarray, gallery: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far each photo is from a pose [torso lengths], and whether the pose is held as in a mirror there.

    query: (p, 18, 3), the people of the photo that asks. gallery: (n, q, 18, 3). Of two photos' people the two that are
    the nearest count; a mirrored pose counts MIRRORED_POSE further away, one that is not both photos' first person's
    OTHER_PERSON. Distances (n,) are NaN where nobody's torso is seen.
    """
    first = np.arange(len(query))[:, None, None] + np.arange(gallery.shape[1]) == 0
    ways = []
    for asked, further in ((query, 0.0), (mirror(query, 0.0), MIRRORED_POSE)):
        apart = torso_distances(asked[:, None, None], gallery[None])  # (p, n, q)
        apart = np.where(np.isnan(apart), np.inf, apart) + further + np.where(first, 0.0, OTHER_PERSON)
        ways.append(apart.min(axis=(0, 2)))
    nearest = np.minimum(*ways)
    return np.where(np.isinf(nearest), np.nan, nearest), ways[1] < ways[0]


def pairwise(name: str, people: np.ndarray, others: np.ndarray | None = None) -> np.ndarray:
    """Compare all of (n, 18, 3) with all `others` (m, 18, 3) by the joints that two share: (n, m) float.

    Without others: with each other. NaN where undefined.
    name: "torso": mean distance of the joints in torso lengths, each person centred at the mid-hip; smaller is closer.
    "oks": COCO's object keypoint similarity (cocodataset.org, keypoint evaluation) in [0, 1], larger is closer: the
    mean of exp(-d^2 / (2 area (2 sigma)^2)) in the same frame, with the area of an average body. Both are NaN where a
    hip or shoulder is missing, or a joint lies beyond 6 torso lengths.
    "procrustes": full Procrustes distance in [0, 1] (Dryden and Mardia, 2016, ch. 4), smaller is closer: what is left
    after the best shift, scale and rotation, without mirroring; with joints as complex numbers, centred and of unit
    norm, sqrt(1 - |<a, b>|^2). NaN with fewer than 3 shared joints, or where those of one person all coincide.

    >>> person = np.zeros((18, 3))
    >>> person[:, 1] = np.arange(18)
    >>> pairwise("torso", np.stack([person, person + 7.0])).round(6).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    if name not in PAIRWISE:
        raise ValueError(f"unknown distance {name!r}; choose one of {', '.join(sorted(PAIRWISE))}")
    people = np.asarray(people, dtype=float)
    others = people if others is None else np.asarray(others, dtype=float)
    for group in (people, others):
        if group.ndim != 3 or group.shape[1:] != (len(INDEX), 3):
            raise ValueError(f"expected people of shape (n, {len(INDEX)}, 3), got {group.shape}")
    with np.errstate(invalid="ignore", divide="ignore"):
        return PAIRWISE[name](people, others)


def torso_distance(points: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return the mean distance [torso lengths] of the joints that two poses share, NaN where they share none.

    points, others: (..., 18, 2), as `in_torso_lengths` gives; what stands before the joints is broadcast: (m, 18, 2)
    twice compares m pairs, (n, 1, 18, 2) with (m, 18, 2) all with all.
    """
    return _mean_over_shared(points, others, lambda squared, _: np.sqrt(squared))


def _mean_over_shared(
    points: np.ndarray, others: np.ndarray, compare: Callable[[np.ndarray, int], np.ndarray]
) -> np.ndarray:
    """Mean over shared joints of compare(squared distances (...), joint); one joint at a time spares memory."""
    total, shared = np.zeros((2, *np.broadcast_shapes(points.shape[:-2], others.shape[:-2])))
    for joint in range(points.shape[-2]):
        squared = ((points[..., joint, :] - others[..., joint, :]) ** 2).sum(axis=-1)
        both = np.isfinite(squared)
        total += np.where(both, compare(squared, joint), 0.0)
        shared += both
    return total / np.where(shared > 0, shared, np.nan)


def _pairwise_torso(people: np.ndarray, others: np.ndarray) -> np.ndarray:
    return torso_distance(in_torso_lengths(people)[:, None], in_torso_lengths(others))


def _pairwise_oks(people: np.ndarray, others: np.ndarray) -> np.ndarray:
    def closeness(squared: np.ndarray, joint: int) -> np.ndarray:
        return np.exp(-squared / (2 * OKS_AREA * (2 * SIGMAS[joint]) ** 2))

    return _mean_over_shared(in_torso_lengths(people)[:, None], in_torso_lengths(others), closeness)


def _pairwise_procrustes(people: np.ndarray, others: np.ndarray) -> np.ndarray:
    """All pairs at once: sums over the joints a pair shares are matrix products with the seen-masks."""
    (a, seen_a), (b, seen_b) = _unit_shapes(people), _unit_shapes(others)
    shared = seen_a @ seen_b.T
    shared = np.where(shared >= FEWEST_JOINTS, shared, np.nan)
    sums_a, sums_b = a @ seen_b.T, seen_a @ b.T  # of either person over the joints that both share
    power_a = (np.abs(a) ** 2) @ seen_b.T - np.abs(sums_a) ** 2 / shared
    power_b = seen_a @ (np.abs(b) ** 2).T - np.abs(sums_b) ** 2 / shared
    product = a @ b.conj().T - sums_a * sums_b.conj() / shared
    power_a, power_b = (np.where(power > 1e-12, power, np.nan) for power in (power_a, power_b))
    return np.sqrt(np.maximum(0.0, 1 - np.abs(product) ** 2 / (power_a * power_b)))


def _unit_shapes(people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return joints as complex numbers (n, 18), unseen ones 0, and which are seen (n, 18) float.

    Near the origin and of unit size: less is lost to rounding.
    """
    mask = seen(people).astype(float)
    places = np.where(mask[..., None] > 0, people[..., :2], 0.0) @ np.array([1, 1j])
    centre = places.sum(axis=1, keepdims=True) / np.maximum(mask.sum(axis=1, keepdims=True), 1)
    z = (places - centre) * mask
    return z / np.maximum(np.linalg.norm(z, axis=1, keepdims=True), 1e-300), mask


PAIRWISE = {"torso": _pairwise_torso, "oks": _pairwise_oks, "procrustes": _pairwise_procrustes}
