"""What classifiers, decompositions and nearest-neighbour searches come to: scikit-learn and faiss."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from likeness.operations.arithmetic import Operation
from likeness.operations.table import numbers

ROWS, COLUMNS, WIDE = 240, 20, 700


def operations() -> Iterator[Operation]:
    """Yield (name, what computes it)."""
    from sklearn.decomposition import PCA
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.isotonic import IsotonicRegression
    from sklearn.linear_model import LogisticRegression, Ridge, SGDClassifier
    from sklearn.metrics import average_precision_score, roc_auc_score
    from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances
    from sklearn.svm import SVC, LinearSVC

    x, wide, y = numbers(ROWS, COLUMNS, dtype="float64"), numbers(ROWS, WIDE, dtype="float64"), _labels()
    yield "scikit-learn PCA, full", lambda: _projected(PCA(8, svd_solver="full"), wide)
    yield "scikit-learn PCA, randomised", lambda: _projected(PCA(8, svd_solver="randomized", random_state=7), wide)
    yield "scikit-learn PCA, float32", lambda: _projected(PCA(8, svd_solver="full"), wide.astype(np.float32))
    yield "scikit-learn logistic regression", lambda: _fitted(LogisticRegression(max_iter=300), x, y)
    yield "scikit-learn logistic regression, wide", lambda: _fitted(LogisticRegression(max_iter=300), wide, y)
    yield "scikit-learn ridge regression", lambda: _fitted(Ridge(), wide, y.astype(float))
    yield "scikit-learn liblinear", lambda: _fitted(LinearSVC(C=0.1, dual=True, random_state=7, max_iter=3000), wide, y)
    yield "scikit-learn libsvm", lambda: SVC(kernel="linear", C=0.1).fit(wide, y).decision_function(wide)
    yield "scikit-learn libsvm, inner products", lambda: SVC(kernel="precomputed").fit(wide @ wide.T, y).dual_coef_
    yield "scikit-learn gradient descent", lambda: _fitted(SGDClassifier(random_state=7, average=True), x, y)
    yield "scikit-learn forest", lambda: RandomForestClassifier(20, random_state=7).fit(x, y).predict_proba(x)
    boosting = HistGradientBoostingClassifier(max_iter=20, early_stopping=False, random_state=7)
    yield "scikit-learn boosting", lambda: boosting.fit(x, y).decision_function(x)
    yield "scikit-learn isotonic regression", lambda: IsotonicRegression().fit(x[:, 0], y).predict(x[:, 0])
    yield "scikit-learn similarities", lambda: [cosine_similarity(wide), euclidean_distances(wide)]
    yield "scikit-learn scores", lambda: [roc_auc_score(y, x[:, 0]), average_precision_score(y, x[:, 0])]
    yield from _searches()


def _labels() -> NDArray[np.bool_]:
    rows = numbers(ROWS, COLUMNS, dtype="float64")
    return rows[:, 0] + rows[:, 1] / 2 + numbers(ROWS, seed=3, dtype="float64") > 0


def _projected(pca: Any, rows: NDArray[Any]) -> list[NDArray[Any]]:
    return [pca.fit_transform(rows), pca.components_]


def _fitted(model: Any, x: NDArray[Any], y: NDArray[Any]) -> list[NDArray[Any]]:
    model.fit(x, y)
    return [model.coef_, np.atleast_1d(model.intercept_)]


def _searches() -> Iterator[Operation]:
    import faiss

    vectors, queries = numbers(1500, 96), numbers(20, 96, seed=1)
    for name, kind in (("inner products", faiss.METRIC_INNER_PRODUCT), ("Euclidean", faiss.METRIC_L2)):
        for many in (1, 20):
            search = partial(_search, faiss.IndexFlat(96, kind), vectors, queries[:many])
            yield f"faiss exact, {name}, {many} queries", search
    yield "faiss codes", lambda: _coded(vectors, queries)


def _search(index: Any, vectors: NDArray[Any], queries: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    index.add(vectors)
    return index.search(queries, 10)


def _coded(vectors: NDArray[Any], queries: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    import faiss

    index = faiss.index_factory(96, "IVF16,PQ24x4fs")
    index.train(vectors)
    index.nprobe = 4
    return _search(index, vectors, queries)
