"""Pairs of photos that share what their arrangements share: difficulty per cluster, noise per pair."""

import numpy as np

from likeness.stats.bootstrap import pair_draws
from likeness.stats.clusters import cluster_codes
from likeness.stats.paired import difference_of


def make_pairs(clusters: int, each: int, rng: np.random.Generator):
    """Return same, left, right: `each` pairs inside every cluster, and as many between clusters."""
    inside = np.repeat(np.arange(clusters), each)
    left = rng.integers(0, clusters, clusters * each)
    right = (left + rng.integers(1, clusters, clusters * each)) % clusters
    same = np.arange(2 * clusters * each) < clusters * each
    return same, np.append(inside, left), np.append(inside, right)


def make_scores(same, left, right, rng: np.random.Generator, *, gap=1.0, shared=0.9, noise=0.5):
    """Return scores around `gap` (same) or 0, with a spread `shared` between clusters and `noise` between pairs."""
    effect = rng.normal(0, shared, left.max() + 1)
    between = (effect[left] - effect[right]) / np.sqrt(2)
    return gap * same + np.where(same, effect[left], between) + rng.normal(0, noise, len(same))


def compare_scores(statistic, same, score_a, score_b, left, right, *, n_boot=999, seed=0, larger_is_better=True):
    """Test two models of the same pairs by a statistic of weighted.py, the clusters of both photos resampled."""
    both = [statistic(same, score) for score in (score_a, score_b)]
    values = [each(np.ones((1, len(same))))[0] for each in both]
    draws = [pair_draws(each, left, right, n_boot, seed) for each in both]
    return difference_of(*values, *draws, cluster_codes(left, right)[1], larger_is_better=larger_is_better)
