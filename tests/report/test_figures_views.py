import numpy as np
import pandas as pd
import pytest

from likeness.report.faces.figures_views import known_pairs, pair_similarity_figure, separation, variance_figure
from likeness.report.style import alt_text, figure_svg


def test_pairs_of_known_people_in_different_pictures():
    features = np.array([[2.0, 0], [0, 1], [3, 0], [1, 1], [0, 5]])
    owners = pd.DataFrame(
        {
            "photo_id": ["p", "p", "q", "r", "s"],
            "identity": ["a", "b", "a", "", "b"],
            "duplicate_group": ["p", "p", "q", "r", "q"],
        }
    )
    similarity, same = known_pairs(features, owners)
    # p-0 with q: a and a; p-0 with s: a and b; p-1 with q: b and a; p-1 with s: b and b. Not p-0 with p-1, nor q with s.
    assert similarity.tolist() == [1, 0, 0, 1]
    assert same.tolist() == [True, False, False, True]
    assert known_pairs(features, owners.assign(identity=""))[0].shape == (0,)
    with pytest.raises(ValueError, match="4 feature rows for 5 owners"):
        known_pairs(features[:4], owners)


def test_separation_is_the_area_under_the_curve():
    assert separation([0.9, 0.1, 0.5], [True, False, False]) == 1
    assert separation([0.3, 0.1, 0.5], [True, False, False]) == 0.5
    assert np.isnan(separation([0.3], [True]))
    assert np.isnan(separation([], []))


def test_a_row_a_view():
    pairs = {"general": ([0.1, 0.2, 0.3], [True, False, False]), "face": ([0.9, 0.2], [True, False]), "empty": ([], [])}
    fig = pair_similarity_figure(pairs)
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["general: AUC 0.00", "face: AUC 1.00", "empty"]
    assert "general: 1 pair of the same person, 2 of others, AUC 0.00." in alt_text(fig)
    assert "empty: 0 pairs of the same person, 0 of others." in alt_text(fig)
    figure_svg(fig)
    with pytest.raises(ValueError, match="no view"):
        pair_similarity_figure({})


def test_variance_adds_up():
    fig = variance_figure({"resnet50 face": [0.5, 0.25], "resnet50 general": [0.5, 0.125]})
    assert fig.axes[0].lines[0].get_xydata().tolist() == [[1, 0.5], [2, 0.75]]
    assert "resnet50 face: 75\u00a0% with 2 components; resnet50 general: 62\u00a0% with 2 components." in alt_text(fig)
    figure_svg(fig)
    with pytest.raises(ValueError, match="nothing was whitened"):
        variance_figure({})
