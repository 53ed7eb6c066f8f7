"""How well a score tells same pairs from different ones: ROC, DET, equal error rate, threshold.

A score is larger for pairs that are more alike. NaN means that the score is undefined (nobody was found
in a photo): such a pair ranks below every scored pair and is decided as "different", never left out.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.metrics import det_curve, roc_auc_score, roc_curve

from likeness.stats.weighted import check_pairs


def roc_points(same: ArrayLike, score: ArrayLike) -> tuple[NDArray, NDArray, NDArray]:
    """Return (false positive rate, true positive rate, threshold), each (m,), from (0, 0) to (1, 1)."""
    same, score = check_pairs(same, score)
    return roc_curve(same, score, drop_intermediate=False)


def det_points(same: ArrayLike, score: ArrayLike) -> tuple[NDArray, NDArray, NDArray]:
    """Return (false positive rate, false negative rate, threshold), each (m,) (Martin et al., 1997)."""
    same, score = check_pairs(same, score)
    return det_curve(same, score)


def auc(same: ArrayLike, score: ArrayLike) -> float:
    """Chance that a same pair scores above a different one, ties counting half, in [0, 1]; larger is better."""
    return float(roc_auc_score(*check_pairs(same, score)))


def equal_error_rate(same: ArrayLike, score: ArrayLike) -> tuple[float, float]:
    """Return (rate, threshold) where false positives and false negatives are equally frequent.

    The rate lies in [0, 1], smaller is better; between two points of the ROC curve it is read off the straight
    line that joins them, and the threshold is that of the nearer point.
    """
    false_positive, true_positive, threshold = roc_points(same, score)
    gap = 1 - true_positive - false_positive  # falls from 1 to -1 along the curve
    after = int(np.argmax(gap <= 0))
    before = after - 1
    share = gap[before] / (gap[before] - gap[after])
    rate = false_positive[before] + share * (false_positive[after] - false_positive[before])
    return float(rate), float(threshold[after if share > 0.5 or before == 0 else before])


def decide(score: ArrayLike, threshold: ArrayLike) -> NDArray[np.bool_]:
    """Return (n,) bool: True where a pair is called the same; an undefined score is called different.

    threshold: one for all pairs, or one for each.
    """
    return np.asarray(score, dtype=float) >= threshold


def best_threshold(same: ArrayLike, score: ArrayLike) -> float:
    """Return the threshold with the highest accuracy; choose it on validation pairs only.

    Candidates lie halfway between neighbouring scores, and at both ends. Of several equally good ones the
    middle one is taken. Undefined scores are called different whatever the threshold and do not count here.
    If none is defined it is 0: every pair is called different, whatever the number.
    """
    same, score = np.asarray(same, dtype=bool), np.asarray(score, dtype=float)
    same, score = same[~np.isnan(score)], score[~np.isnan(score)]
    if not score.size:
        return 0.0
    values, place = np.unique(score, return_inverse=True)
    same_at = np.bincount(place, weights=same)
    other_at = np.bincount(place, weights=~same)
    # correct[i]: pairs decided correctly when values[i:] are called the same
    correct = np.append(np.cumsum(same_at[::-1])[::-1], 0) + np.insert(np.cumsum(other_at), 0, 0)
    halfway = (values[1:] + values[:-1]) / 2
    candidates = np.concatenate([[values[0]], halfway, [np.nextafter(values[-1], np.inf)]])
    best = np.flatnonzero(correct == correct.max())
    return float(candidates[best[len(best) // 2]])
