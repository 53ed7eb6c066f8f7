"""What the pose report opens with: how many pairs are decided rightly at new places, and by what."""

import pandas as pd

from likeness.compare.by_kind import OTHER_SITE, ceilings
from likeness.report import reading
from likeness.report.html_text import number
from likeness.report.opening import Opening, data_badge
from likeness.report.pose.grids_pairs import retrieval_rows
from likeness.report.pose.reading_kinds import pose_or_site
from likeness.report.seen import sight_badge
from likeness.report.thumbnails import Thumbnails
from likeness.studies.pose import Study

ACROSS, DOWN = 5, 2  # neighbours shown of a photo, and photos that ask


def pose_opening(
    study: Study,
    accuracy: pd.DataFrame,
    rungs: pd.DataFrame,
    kinds: pd.DataFrame,
    ranked: pd.DataFrame,
    thumbs: Thumbnails,
    best: str,
) -> Opening:
    """Return the opening. best: the model that is shown.

    accuracy, rungs: as for `summarise_study`. kinds: as `by_kind.called_same` gives. ranked: as `ranked_table` gives.
    """
    sentence, numbers = reading.summarise_study(accuracy, rungs, best, trained=bool(study.variants))
    if ceilings(kinds) is not None:
        sentence = f"{sentence} {pose_or_site(kinds, best)}"
        row = kinds[(kinds["model"] == best) & (kinds["kind"] == OTHER_SITE)].iloc[0]
        numbers = [*numbers[:2], number("called the same: same pose, another site", row)]
    rows = retrieval_rows(ranked, thumbs, ACROSS, DOWN)
    badges = [data_badge(study.photos["path"]), sight_badge(study.recipe)]
    caption = f"Photos that ask, and what {best} finds most like them; ✓: the same pose at the same place."
    return Opening(sentence, numbers[:3], rows, caption, badges)
