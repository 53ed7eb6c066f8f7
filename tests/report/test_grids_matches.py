import numpy as np
import pandas as pd
import pytest

from likeness.report.faces.grids_matches import match_words, matches_grid
from likeness.report.page.audit import check_alt

PAIRS = pd.DataFrame({"left": ["id0", "id1"], "right": ["id2", "id3"], "value": [0.8, -0.1], "same": [True, False]})


def test_what_is_said_of_a_match():
    assert match_words({"value": 0.8, "same": True}) == ("same identity, similarity 0.800", True)
    assert match_words({"value": -0.1, "same": False, "outcome": "another one"}) == (
        "another one, similarity −0.100",
        False,
    )
    assert match_words({"value": 0.8, "same": None}) == ("identity unknown, similarity 0.800", None)


def test_query_and_match_side_by_side_with_their_maps(thumbs):
    maps = {"IG": (np.ones((2, 4, 4)), np.zeros((2, 4, 4))), "Grad-CAM": (np.ones((2, 4, 4)), np.zeros((2, 4, 4)))}
    html = matches_grid(PAIRS, maps, thumbs)
    assert html.count('<figure class="lk-cell">') == 2 * 2 * 4
    assert html.count('lk-wide"') == 2
    assert "✓ same identity, similarity 0.800" in html
    assert "✗ another identity, similarity −0.100" in html
    assert 'alt="IG map of the query: ' in html
    assert "<script" not in html
    check_alt(html)


def test_one_map_a_pair(thumbs):
    with pytest.raises(ValueError, match=r"IG: \[1, 2\] maps for 2 pairs"):
        matches_grid(PAIRS, {"IG": (np.ones((1, 4, 4)), np.ones((2, 4, 4)))}, thumbs)
    assert "No saliency maps to show." in matches_grid(PAIRS, {}, thumbs)
    assert "No saliency maps to show." in matches_grid(
        PAIRS[:0], {"IG": (np.ones((0, 4, 4)), np.ones((0, 4, 4)))}, thumbs
    )
