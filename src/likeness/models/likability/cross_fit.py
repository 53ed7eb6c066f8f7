"""Every account judged once: grouped cross-fitting of the classifiers that are cheap.

A single split judges few accounts, and an interval over few is wide. Here the accounts are dealt to folds; each fold is
judged by models that were fitted on the others (Stone, 1974), in which inner folds, again of whole accounts, choose the
SVM's C or the number of boosting's trees (nested, as Varma and Simon, 2006), and bring scores to probabilities by what
they say of accounts that they were not fitted on. (Wide features are narrowed for boosting once an outer fold, by its
training posts: principal components know no labels.) So an account has no part in anything that it is judged by, but in
the line between liked and not, which the prepare stage drew.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from likeness.models.likability.classifiers import (
    Blocks,
    Recipe,
    boosting,
    equal_weights,
    narrow,
    one_thread,
)
from likeness.models.likability.predictions import COLUMNS
from likeness.models.likability.svm_curve import fit_svm
from likeness.stats.calibration import platt_scale

SCHEME, SPLIT = "cross-fitted", "test"
TREES = (50, 150)  # of boosting: one fit gives the answers after either number
INNER = 2  # folds


def cross_recipes(features: Sequence[str], layer: str, looks: Sequence[str]) -> list[Recipe]:
    """Return the classifiers that are cheap enough, those whose features there are. layer: the network's deepest."""
    seen = tuple(name for name in looks if name in features)
    wanted = [
        Recipe("user only, boosting", "boosting", ("user",)),
        Recipe("metadata, boosting", "boosting", ("metadata",)),
        Recipe("metadata, SVM", "svm", ("metadata",)),
        Recipe(f"{layer}, SVM", "svm", (layer,)),
    ]
    if layer in features:
        wanted.append(Recipe(f"{layer} + colour + metadata, boosting", "boosting", (layer, *seen, "metadata")))
    return [recipe for recipe in wanted if set(recipe.features) <= set(features)]


@one_thread
def cross_fit(
    feature_sets: Mapping[str, NDArray],
    recipes: Sequence[Recipe],
    posts: pd.DataFrame,
    *,
    folds: int,
    cs: Sequence[float],
    seed: int,
) -> pd.DataFrame:
    """Return what each recipe says of every post, by models that saw no post of its account: COLUMNS.

    feature_sets: {name: (posts, d)}, rows aligned with posts. posts: post_id, liked, group (an account, or several that
    share photos). folds: of the accounts. cs: values of the SVM's C. Raises ValueError for fewer than two accounts a
    fold.
    """
    liked, groups = posts["liked"].to_numpy(dtype=bool), posts["group"].to_numpy()
    if (accounts := len(np.unique(groups))) < 2 * max(folds, INNER):
        raise ValueError(f"{accounts} accounts are too few for {folds} folds; set folds to {accounts // 2} or fewer")
    folds = list(StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(liked, liked, groups))
    own = {"left": posts["post_id"], "right": posts["post_id"], "same": liked, "kind": "post", "run": 0}
    tables = []
    for recipe in recipes:
        blocks = [np.asarray(feature_sets[name], dtype=float) for name in recipe.features]
        score = np.empty(len(posts))
        for train, judged in folds:
            views = [narrow(block[train], seed) if recipe.kind == "boosting" else np.asarray for block in blocks]
            rows, asked = (
                [view(block[part]) for view, block in zip(views, blocks, strict=True)] for part in (train, judged)
            )
            score[judged] = nested_logit(recipe.kind, rows, liked[train], groups[train], asked, cs=cs, seed=seed)
        told = pd.DataFrame(own).assign(scheme=SCHEME, split=SPLIT, model=recipe.name)
        tables.append(told.assign(probability=expit(score), score=score)[COLUMNS])
    return pd.concat(tables, ignore_index=True)


def nested_logit(
    kind: str, rows: Blocks, liked: NDArray, groups: NDArray, asked: Blocks, *, cs: Sequence[float], seed: int
) -> NDArray[np.float64]:
    """Return the log-odds of liked (m,) of rows `asked`, by a model of `rows` whose setting inner folds have chosen.

    The setting has the largest area under the ROC curve over the rows, each judged by a fold without its account; what
    is said there also scales scores to log-odds (Platt). Scores that run against the labels say nothing.
    """
    inside = None
    for train, judged in StratifiedGroupKFold(INNER, shuffle=True, random_state=seed).split(liked, liked, groups):
        parts = [[block[part] for block in rows] for part in (train, judged)]
        said = scores_of(kind, parts[0], liked[train], parts[1], cs=cs, seed=seed)
        inside = np.empty((len(said), len(liked))) if inside is None else inside
        inside[:, judged] = said
    best = int(np.argmax([roc_auc_score(liked, said) for said in inside]))
    spread = inside[best].std() or 1.0
    slope, intercept = platt_scale(inside[best] / spread, liked)
    if slope <= 0:
        slope, intercept = 0.0, float(np.log(liked.mean() / (1 - liked.mean())))
    return slope * scores_of(kind, rows, liked, asked, cs=cs, seed=seed)[best] / spread + intercept


def scores_of(
    kind: str, rows: Blocks, liked: NDArray, asked: Blocks, *, cs: Sequence[float], seed: int
) -> NDArray[np.float64]:
    """Return the scores (settings, m) of rows `asked` by models of `rows`, of each C of an SVM or number of trees."""
    if kind == "svm":
        scaled = equal_weights(rows)
        judged = scaled(asked)
        return np.stack([plane.score(judged) for plane in fit_svm(scaled(rows), liked, cs)])
    if kind != "boosting":
        raise ValueError(f"kind {kind!r} is not cross-fitted; choose svm or boosting")
    seen, judged = (np.concatenate(part, axis=1) for part in (rows, asked))
    model = boosting(seed).set_params(max_iter=max(TREES)).fit(seen, liked)
    after = list(model.staged_decision_function(judged))
    return np.stack([after[trees - 1].ravel() for trees in TREES])
