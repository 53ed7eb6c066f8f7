"""Every headline stands for a number that the committed run has, under the value that scores.json holds."""

import json

import pytest

from likeness import paths
from likeness.stats.headlines import HEADLINES, of_study


@pytest.mark.parametrize("study", HEADLINES)
def test_the_committed_headlines_are_all_there_and_few(study):
    scores, metrics = (
        json.loads((paths.reports(study) / f"{name}.json").read_text()) for name in ("scores", "metrics")
    )
    assert set(metrics) == set(HEADLINES[study])
    assert len(metrics) <= 12
    for name, (split, model, metric) in HEADLINES[study].items():
        if "{" not in model:
            assert metrics[name].items() <= scores[split][model][metric].items()


def test_a_choice_that_is_missing_is_an_error():
    with pytest.raises(KeyError, match="best"):
        of_study("pose")
