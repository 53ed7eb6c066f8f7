"""What accounts write: one document an account, judged by accounts that are not its own."""

import numpy as np
import pandas as pd
import pytest

from likeness.models.likability.account_words import account_documents, words_score
from likeness.stats.verification import auc


def sample(users: int = 40, each: int = 5) -> pd.DataFrame:
    """Return posts: of every other account all are liked, and it writes of the sea; the others write of work."""
    user = np.repeat(np.arange(users), each)
    liked = user % 2 == 0
    words = np.where(liked, "the sea, the waves", "office and meeting")
    ids = [f"u{number:02d}" for number in user]
    return written(pd.DataFrame({"user_id": ids, "group": ids, "caption": words, "liked": liked}))


def written(posts: pd.DataFrame) -> pd.DataFrame:
    """Return posts whose hashtags and mentions are empty."""
    return posts.assign(hashtags=[[]] * len(posts), mentions=[[]] * len(posts))


def test_a_document_holds_what_each_post_says_once_and_words_that_its_caption_lacks():
    posts = written(pd.DataFrame({"user_id": list("aabaab"), "caption": ["Sun", "sea #x", "", "sun", "", " "]}))
    posts["hashtags"] = [[], ["#x"], [], [], ["#y"], []]
    posts["mentions"] = [[], ["@b"], [], [], [], []]
    assert account_documents(posts).to_dict() == {"a": "sun\nsea #x @b\n#y", "b": ""}


def test_words_of_other_accounts_tell_which_account_is_liked():
    posts = sample()
    assert auc(posts["liked"], words_score(posts, folds=4, seed=0)) == 1.0


def test_likes_of_the_account_itself_have_no_part():
    posts = sample()
    posts.loc[posts["user_id"] == "u00", "liked"] = False  # writes of the sea all the same
    score = words_score(posts, folds=4, seed=0)
    assert score[posts["user_id"] == "u00"] == pytest.approx(1.0, abs=0.2)


def test_an_account_that_writes_nothing_gets_the_mean_of_the_training_posts():
    posts = sample()
    posts["caption"] = ""
    score = words_score(posts, folds=4, seed=0)
    assert score == pytest.approx(0.5, abs=0.01)
