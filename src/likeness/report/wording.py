"""The words in which figures, tables and sentences speak of what is judged: pairs of photos, or posts."""

from typing import NamedTuple


class Wording(NamedTuple):
    """What a report calls the things that a model tells apart; the defaults are those of pairs of photos."""

    item: str = "pair"
    positive: str = "same"  # "probability of same"
    positives: str = "same pairs"
    negatives: str = "different pairs"
    up: str = "same pose"  # in the legend of a histogram of both kinds
    down: str = "different"
    called: str = "the same"  # what a model calls the positive ones
    naive: str = "pairs at random"
    honest: str = "photos and sites apart"
    new: str = "new places"  # what only the honest split can speak of

    @property
    def items(self) -> str:
        """The plural of `item`."""
        return f"{self.item}s"


PAIRS = Wording()
POSTS = Wording(
    item="post",
    positive="liked",
    positives="liked posts",
    negatives="not-liked posts",
    up="liked",
    down="not liked",
    called="liked",
    naive="posts at random",
    honest="users apart",
    new="new users",
)
SCHEMES = {"honest": POSTS.honest, "naive": POSTS.naive}  # of posts, those that every model is judged on
