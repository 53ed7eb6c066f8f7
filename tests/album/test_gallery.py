import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.album.gallery import (
    album_card,
    album_figure,
    album_page,
    describe_album,
    describe_choice,
    kept_cards,
    left_grid,
)
from likeness.album.selection import BLURRED, DUPLICATE, KEPT, LEFT
from likeness.report.style import alt_text
from likeness.report.thumbnails import Thumbnails

HOSTILE = "<img src=x onerror=alert(1)>.jpg"


@pytest.fixture
def album(tmp_path):
    rows = []
    reasons = {
        KEPT: "kept 1st: score 0.90, the highest",
        LEFT: "left out: score 0.70, below every photo kept (lowest 0.90)",
        DUPLICATE: f"left out: near-duplicate of {HOSTILE}, which scores higher",
        BLURRED: "left out: blurred (sharpness 1, limit 20)",
    }
    for k, (state, reason) in enumerate(reasons.items()):
        name = HOSTILE if state == KEPT else f"{k}.jpg"
        Image.new("RGB", (60, 40), (50 * k,) * 3).save(tmp_path / name)
        rows.append({"photo_id": f"p{k}", "path": name, "name": name, "rank": int(k == 0), "score": 0.9 - 0.2 * k,
                     "near_duplicates": "1" if k in (0, 2) else "", "state": state, "reason": reason})  # fmt: skip
    choices = pd.DataFrame(rows).assign(width=60, height=40, low=0.1, high=0.95)
    refused = pd.DataFrame({"path": ["<b>.jpg"], "reason": ["empty"], "detail": ["no bytes in it"]})
    return tmp_path, choices, refused


def page(album, keep=1):
    root, choices, refused = album
    return album_page(choices, refused, root, keep=keep, diversity=0.5, members=25)


def test_the_page_holds_every_photo_and_every_reason(album):
    html = page(album)
    assert "<h1>1 of 4 photos to keep</h1>" in html
    assert html.count("data:image/jpeg;base64,") == 4
    reasons = (
        "below every photo kept",
        "which scores higher",
        "blurred (sharpness 1, limit 20)",
        "empty (no bytes in it)",
    )
    assert all(words in html for words in reasons)
    for title in ("Kept", "Could have been kept", "Near-duplicates", "Blurred", "Refused"):
        assert f">{title} <small>" in html
    assert "stands for 1 near-duplicate too" in html
    assert "prefers-color-scheme: dark" in html
    assert page(album) == html  # the same bytes


def test_names_cannot_become_markup(album):
    html = page(album)
    assert "<img src=x" not in html
    assert "<b>.jpg" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;.jpg" in html
    assert "script" not in html.lower().replace("description", "")


def test_only_the_folders_name_is_told(album):
    assert str(album[0].parent) not in page(album)
    assert f"<bdi>{album[0].name}</bdi>" in page(album)


def test_the_interval_is_drawn_and_said(album):
    html = kept_cards(album[1], Thumbnails(album[0], album[1], 100))
    assert 'aria-label="score 0.90, middle 90 % of the models 0.10 to 0.95"' in html
    assert '<i style="left:10.0%;width:85.0%"></i><b style="left:90.0%">' in html
    assert "--shape:1.500" in html
    assert "the highest" in html
    assert "kept 1st" not in html  # the badge and the number say it


def test_fewer_photos_than_were_asked_for(album):
    assert "You asked for 3, and 1 photo of the album qualified: all of them are kept." in page(album, keep=3)


def test_an_album_where_nothing_is_sharp(album):
    root, choices, refused = album
    html = album_page(choices[choices["state"] == BLURRED], refused.head(0), root, keep=3, diversity=0.5, members=25)
    assert "No photo qualified: all are blurred." in html
    assert ">Refused <small>" not in html


def test_left_photos_say_their_score_once(album):
    thumbs = Thumbnails(album[0], album[1], 100)
    assert "<bdi>score 0.70, below every" in left_grid(album[1], thumbs, LEFT)
    assert "<bdi>score 0.30; blurred" in left_grid(album[1], thumbs, BLURRED)


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
