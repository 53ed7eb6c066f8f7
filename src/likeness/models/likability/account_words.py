"""What an account writes: does it tell how often the account's posts are liked?"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import StratifiedGroupKFold

ALPHAS = (0.1, 0.3, 1.0, 3.0, 10.0)  # of the ridge; leaving out one training account after another chooses


def account_documents(posts: pd.DataFrame) -> pd.Series:
    """Return what each account writes, {user_id: what its posts say, each once, a line each}; "" for nothing.

    posts: user_id, caption, hashtags and mentions (lists of words, in lower case, with # and @).
    """
    lines = [_line(*cells) for cells in zip(posts["caption"], posts["hashtags"], posts["mentions"], strict=True)]
    written = pd.Series(lines, index=posts.index, dtype=object).groupby(posts["user_id"])
    return written.agg(lambda said: "\n".join(line for line in pd.unique(said) if line))


def _line(caption: str, hashtags: Sequence[str], mentions: Sequence[str]) -> str:
    """Return a caption in lower case, and those of the post's hashtags and mentions that do not stand in it."""
    caption = caption.strip().lower()
    return " ".join([caption, *(word for word in (*hashtags, *mentions) if word not in caption)]).strip()


def words_score(posts: pd.DataFrame, *, folds: int, seed: int) -> NDArray[np.float64]:
    """Return (posts,) how likely a post is to be liked by what its account writes, from accounts that are not its own.

    Ridge regression of the accounts' shares of liked posts on runs of two to five characters within words (tf-idf), so
    that no language needs words cut out of it. What an account without text scores is the mean of the training posts.
    posts: as `account_documents`, with liked and group (an account, or several that share photos).
    """
    documents = account_documents(posts)
    liked, groups = posts["liked"].to_numpy(dtype=float), posts["group"].to_numpy()
    score = np.empty(len(posts))
    for train, judged in StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(liked, liked, groups):
        accounts = posts.iloc[train].groupby("user_id")["liked"].agg(["mean", "size"])
        asked = documents.loc[posts["user_id"].iloc[judged].unique()]
        told = _told(documents.loc[accounts.index], accounts["mean"], accounts["size"], asked)
        said = told.fillna(liked[train].mean())
        score[judged] = posts["user_id"].iloc[judged].map(said).to_numpy()
    return score


def _told(documents: pd.Series, share: pd.Series, weight: pd.Series, asked: pd.Series) -> pd.Series:
    """Return what a ridge on `documents` says of each document in `asked`: NaN where it is empty."""
    has, writes = (documents != "").to_numpy(), (asked != "").to_numpy()
    told = pd.Series(np.nan, index=asked.index)
    if has.sum() < 2 or not writes.any():
        return told
    counts = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), min_df=2, max_features=50_000, sublinear_tf=True)
    rows = counts.fit_transform(documents[has])
    model = RidgeCV(ALPHAS).fit(rows, share[has], sample_weight=weight[has])
    told[writes] = model.predict(counts.transform(asked[writes]))
    return told
