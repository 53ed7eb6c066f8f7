"""Vectors whose neighbours can be worked out by hand, and exact search as the judge of the approximate one."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest

from likeness.features.index import Index, build_index
from likeness.features.index_files import load_index, save_index
from likeness.features.index_shortlist import Effort, _fewest_candidates

AXES = np.eye(3, dtype=np.float32)
CORNERS = np.array([[0, 0], [3, 4], [6, 8], [0, 1]], dtype=np.float32)


def clustered(n: int, dim: int = 32, seed: int = 1) -> np.ndarray:
    """Vectors around the same 40 centres, whatever the seed."""
    centres = np.random.default_rng(0).standard_normal((40, dim))
    rng = np.random.default_rng(seed)
    return (centres[rng.integers(0, 40, n)] + 0.4 * rng.standard_normal((n, dim))).astype(np.float32)


def slow_neighbours(vectors: np.ndarray, queries: np.ndarray, k: int, metric: str) -> np.ndarray:
    """Positions (q, k) by sorting every similarity or distance in double precision."""
    vectors, queries = vectors.astype(float), queries.astype(float)
    if metric == "cosine":
        cosine = queries @ vectors.T
        cosine /= np.linalg.norm(queries, axis=1)[:, None] * np.linalg.norm(vectors, axis=1)
        return np.argsort(-cosine, axis=1, kind="stable")[:, :k]
    distance = np.linalg.norm(queries[:, None] - vectors[None], axis=2)
    return np.argsort(distance, axis=1, kind="stable")[:, :k]


def share_found(found: np.ndarray, true: np.ndarray) -> float:
    return np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(found, true, strict=True)])


def test_cosine_by_hand():
    index = build_index(AXES * [[2], [5], [1]], ["a", "b", "c"])
    position, similarity = index.search([[1, 1, 0], [0, 0, -7]], 3)
    assert position.tolist() == [[0, 1, 2], [0, 1, 2]]  # equally near: in the order added
    np.testing.assert_allclose(similarity, [[0.5**0.5, 0.5**0.5, 0], [0, 0, -1]], atol=1e-6)
    assert [index.ids[at] for at in position[0]] == ["a", "b", "c"]
    assert (position.dtype, similarity.dtype) == (np.int64, np.float32)


def test_euclidean_by_hand():
    index = build_index(CORNERS, range(4), metric="euclidean")
    position, distance = index.search([[0, 0]], 4)
    assert position.tolist() == [[0, 3, 1, 2]]
    assert distance.tolist() == [[0, 1, 5, 10]]


def test_small_distances_are_not_blurred_by_large_vectors():
    vectors = np.full((64, 8), 1000, dtype=np.float32) + np.arange(64, dtype=np.float32)[:, None] / 64
    position, distance = build_index(vectors, range(64), metric="euclidean").search(vectors, 1)
    assert not distance.any()
    assert position.ravel().tolist() == list(range(64))


def test_fewer_than_k_leaves_the_rest_empty():
    position, similarity = build_index(AXES, "abc").search(AXES[:1], 5)
    assert position.tolist() == [[0, 1, 2, -1, -1]]
    assert np.isnan(similarity[0, 3:]).all()
    assert not np.isnan(similarity[0, :3]).any()
    assert build_index(AXES, "abc").search(np.zeros((0, 3)), 2)[0].shape == (0, 2)


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_exact_search_is_the_slow_formula(metric):
    vectors, queries = clustered(500), clustered(30, seed=2)
    found = build_index(vectors, range(500), metric=metric).search(queries, 7)[0]
    np.testing.assert_array_equal(found, slow_neighbours(vectors, queries, 7, metric))


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
@pytest.mark.parametrize("dim", [32, 7])
def test_approximate_search_keeps_its_promise(metric, dim):
    vectors, queries = clustered(4000, dim), clustered(200, dim, seed=2)
    index = build_index(vectors, range(4000), metric=metric, kind="approximate", seed=3)
    assert index.effort is not None
    assert index.effort.bytes_read(4000, dim) < 4000 * dim * 4
    assert index.shortlist.recall >= 0.99
    position, value = index.search(queries, 10)
    assert share_found(position, slow_neighbours(vectors, queries, 10, metric)) >= 0.985
    all_of_them = build_index(vectors, range(4000), metric=metric).search(queries[:1], 4000)
    exact = dict(zip(*(part.ravel() for part in all_of_them), strict=True))
    np.testing.assert_allclose(value[0], [exact[at] for at in position[0]], rtol=1e-5)
    single = np.concatenate([index.search(query[None], 10)[0] for query in queries[:20]])
    np.testing.assert_array_equal(single, position[:20])


def test_lists_are_used_where_vectors_lie_in_far_clusters():
    vectors = clustered(6000, 16)
    index = build_index(vectors * 1, range(6000), kind="approximate", recall=0.9, k=3)
    assert index.effort.lists > index.effort.probes >= 1
    assert "nearest of" in str(index.effort)


def test_more_neighbours_than_it_was_tuned_for_take_more_candidates():
    effort = Effort(lists=1, probes=1, candidates=30, neighbours=10)
    assert [effort.candidates_for(k) for k in (1, 10, 11, 20)] == [30, 30, 33, 60]
    vectors = clustered(3000)
    index = build_index(vectors, range(3000), kind="approximate")
    true = slow_neighbours(vectors, vectors[:50], 40, "cosine")
    assert share_found(index.search(vectors[:50], 40)[0], true) >= 0.97


@pytest.mark.parametrize("k", [700, 4200])
def test_a_search_for_more_than_the_probed_lists_hold_is_exact(k):
    vectors = clustered(4000, 16)
    index = build_index(vectors, range(4000), kind="approximate", recall=0.9, k=3)
    assert index.effort.probes < index.effort.lists
    position, value = index.search(vectors[:40], k)
    there = min(k, 4000)
    assert (position[:, :there] >= 0).all()
    assert not np.isnan(value[:, :there]).any()
    assert (position[:, there:] == -1).all()
    assert share_found(position[:, :there], slow_neighbours(vectors, vectors[:40], k, "cosine")) >= 0.9


def test_bytes_read_by_hand():
    # 8 numbers: 4 pieces of 4 bits are 2 bytes; 16 centroids and 10 vectors of 32 bytes each
    assert Effort(1, 1, 10, 10).bytes_read(1000, 8) == 2000 + 26 * 32
    assert Effort(20, 5, 10, 10).bytes_read(1000, 8) == 500 + 46 * 32


@pytest.mark.parametrize("n", [1, 2, 20])
def test_too_few_vectors_are_searched_exactly(n):
    index = build_index(clustered(n), range(n), kind="approximate")
    assert (index.effort, index.shortlist) == (None, None)
    assert index.search(clustered(n), 1)[0].ravel().tolist() == list(range(n))


def test_a_recall_of_one_is_kept_on_vectors_without_neighbourhoods():
    rng = np.random.default_rng(4)
    vectors = rng.standard_normal((2000, 256)).astype(np.float32)
    index = build_index(vectors, range(2000), kind="approximate", recall=1.0, k=100)
    queries = rng.standard_normal((20, 256)).astype(np.float32)
    found = index.search(queries, 100)[0]
    assert share_found(found, slow_neighbours(vectors, queries, 100, "cosine")) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("kind", ["exact", "approximate"])
@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_what_is_added_is_found_at_once(kind, metric):
    vectors = clustered(4000)
    index = build_index(vectors[:3000], range(3000), metric=metric, kind=kind)
    index.add(vectors[3000:3001], ["new"])
    position, value = index.search(vectors[3000:3001], 1)
    assert index.ids[position[0, 0]] == "new"
    assert value[0, 0] == pytest.approx(1 if metric == "cosine" else 0, abs=1e-6)
    index.add(vectors[3001:], range(3001, 4000))
    assert len(index) == 4000
    queries = clustered(200, seed=2)
    assert share_found(index.search(queries, 10)[0], slow_neighbours(vectors, queries, 10, metric)) >= 0.985


@pytest.mark.parametrize("kind", ["exact", "approximate"])
def test_a_file_holds_the_whole_index(tmp_path, kind):
    vectors = clustered(2500)
    index = build_index(vectors[:2000], [f"é{n}" for n in range(2000)], kind=kind, seed=5)
    index.add(vectors[2000:], range(500))
    path = save_index(index, tmp_path / "some.index")
    again = load_index(path)
    assert isinstance(again, Index)
    assert (again.ids, again.effort) == (index.ids, index.effort)
    assert kind == "exact" or again.shortlist.recall == index.shortlist.recall
    for one, other in zip(again.search(vectors[:99], 5), index.search(vectors[:99], 5), strict=True):
        np.testing.assert_array_equal(one, other)
    again.add(vectors[:1] + 9, ["later"])
    assert again.ids[again.search(vectors[:1] + 9, 1)[0][0, 0]] == "later"
    assert save_index(load_index(path), tmp_path / "other.index").read_bytes() == path.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["other.index", "some.index"]


BUILD = """
import sys
import {first}
import {second}
import numpy as np
from pathlib import Path
from likeness.features.index import build_index
from likeness.features.index_files import save_index
torch.ones(64, 64) @ torch.ones(64, 64)
faiss.omp_set_num_threads({threads})
vectors = np.random.default_rng(1).standard_normal((3000, 24)).astype(np.float32)
index = build_index(vectors, [str(n) for n in range(3000)], kind="approximate", seed=7)
assert index.effort and faiss.omp_get_max_threads() == {threads}
save_index(index, Path(sys.argv[1]))
torch.ones(64, 64) @ torch.ones(64, 64)
"""


def test_the_same_vectors_give_the_same_bytes_whichever_comes_first(tmp_path):
    digests = set()
    for first, second, threads in (("torch", "faiss", 1), ("faiss", "torch", 2)):
        script = BUILD.format(first=first, second=second, threads=threads)
        path = tmp_path / f"{first}.index"
        subprocess.run([sys.executable, "-c", script, str(path)], check=True, timeout=300)
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_damaged_and_foreign_files_are_refused(tmp_path):
    path = save_index(build_index(AXES, "abc"), tmp_path / "a.index")
    whole = path.read_bytes()
    for content in (whole[:-1], whole[:60], whole[:-3] + b"xyz", whole + b"0", whole[:20]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"a\.index is damaged: its checksum does not fit; build it again$"):
            load_index(path)
    for content in (b"", b"IxFI", b"likeness index 2\n" + whole[17:]):
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"a\.index is not an index that likeness wrote; build it again$"):
            load_index(path)
    with pytest.raises(ValueError, match="ids must be text or whole numbers"):
        save_index(build_index(AXES, [(1,), (2,), (3,)]), path)


@pytest.mark.parametrize(
    ("vectors", "ids", "options", "message"),
    [
        ([[1, np.nan]], "a", {}, "vector 0 holds a value that is not finite"),
        ([[1, 1], [1e30, 1]], "ab", {}, "vector 1 holds a value that is not finite, or too large to be squared"),
        ([[1, 1], [0, 0]], "ab", {}, "vector 1 is all zeros: it has no direction for the cosine; leave it out"),
        ([1, 2], "ab", {}, r"vector: shape \(2,\), but it must be \(rows, dimensions\)"),
        (AXES, "ab", {}, "2 ids for 3 vectors"),
        (AXES, "aba", {}, "id 'a' is there twice"),
        (np.zeros((0, 3)), "", {}, r"vectors have shape \(0, 3\): there is nothing to index"),
        (AXES, "abc", {"metric": "manhattan"}, "metric 'manhattan', kind 'exact': choose of"),
        (AXES, "abc", {"kind": "tree"}, "kind 'tree': choose of"),
        (AXES, "abc", {"recall": 1.1}, r"recall 1.1, k 10: recall must be in \(0, 1\]"),
        (AXES, "abc", {"k": 0}, "k at least 1"),
    ],
)
def test_bad_input_is_refused_in_one_line(vectors, ids, options, message):
    with pytest.raises(ValueError, match=message) as error:
        build_index(vectors, ids, **options)
    assert "\n" not in str(error.value)


def test_bad_queries_and_additions_are_refused_and_change_nothing():
    index = build_index(AXES, "abc")
    with pytest.raises(ValueError, match="k is 0"):
        index.search(AXES, 0)
    with pytest.raises(ValueError, match=r"query: shape \(1, 2\), but it must be \(rows, 3\)"):
        index.search([[1, 2]], 1)
    with pytest.raises(ValueError, match="query 1 is all zeros"):
        index.search([[1, 2, 3], [0, 0, 0]], 1)
    for vectors, ids, message in ((AXES[:1], "a", "id 'a' is there twice"), (AXES[:2] * 0, "de", "all zeros")):
        with pytest.raises(ValueError, match=message):
            index.add(vectors, ids)
    assert (len(index), index.ids) == (3, ["a", "b", "c"])


def test_the_share_found_decides_how_many_candidates_are_needed():
    found = np.array([[5, 1, 2, 3, 4]] * 4)  # the two true neighbours are first and third of five
    assert _fewest_candidates(found, np.array([[5, 2]] * 4), recall=1.0) == (3, 1.0)
    assert _fewest_candidates(found, np.array([[5, 2]] * 4), recall=0.5) == (
        2,
        0.5,
    )  # never fewer than there are neighbours
    assert _fewest_candidates(found, np.array([[5, 9]] * 4), recall=0.6) == (0, 0.0)
    uneven = np.array([[5, 1]] * 3 + [[9, 8]])  # 0.75 on average, but too few queries to be sure of it
    assert _fewest_candidates(found, uneven, recall=0.7) == (0, 0.0)


def test_zero_vectors_have_distances():
    index = build_index(CORNERS * 0 + [[0, 0], [1, 0], [0, 2], [0, 0]], range(4), metric="euclidean")
    assert index.search([[0, 0]], 2)[0].tolist() == [[0, 3]]
