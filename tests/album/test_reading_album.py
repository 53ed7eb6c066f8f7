"""The figure of an album and the sentences about it are true for any album."""

import numpy as np
import pandas as pd

from likeness.album.reading_album import album_card, album_figure, describe_album, describe_choice
from likeness.album.selection import BLURRED, DUPLICATE, KEPT, LEFT
from likeness.report.style import alt_text

TABLE = pd.DataFrame({"state": [KEPT, LEFT, DUPLICATE, BLURRED, "refused"], "score": [0.6, 0.7, 0.5, 0.4, np.nan]})
TABLE = TABLE.assign(chosen=TABLE["state"] == KEPT, low=TABLE["score"] - 0.1, high=TABLE["score"] + 0.1)


def test_every_file_is_counted():
    said = describe_choice(TABLE, "", 1)
    assert "Of 5 files 1 are kept, 1 could have been; 1 are near-duplicates of a better one, 1 blurred, 1 no" in said
    assert "Fewer than the 2 asked for qualified." in describe_choice(TABLE, "", 2)
    assert "no pictures" in describe_choice(None, "the posts have no pictures", 2)


def test_scores_are_read():
    assert "score 0.60 in the median, others 0.50" in describe_album(TABLE)
    assert "33\u00a0% of the photos left out score more" in describe_album(TABLE)
    assert "All scored photos are kept" in describe_album(TABLE.iloc[:1])


def test_the_card():
    assert album_card(TABLE, "")["numbers"] == [{"label": "files found", "value": 5}, {"label": "kept", "value": 1}]
    assert album_card(None, "no model")["sentence"] == "No album was curated: no model."


def test_the_photos_of_an_album_by_score():
    table = pd.DataFrame({"path": list("abc"), "chosen": [True, False, False], "score": [0.6, 0.7, np.nan]})
    fig = album_figure(table.assign(low=table["score"] - 0.1, high=table["score"] + 0.1))
    assert [line.get_xydata().tolist() for line in fig.axes[0].lines] == [[[0, 0.7]], [[1, 0.6]]]
    assert alt_text(fig).endswith("The 1 kept ones score 0.60 to 0.60.")
