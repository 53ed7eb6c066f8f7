"""The explorer of the pose study: every photo, and its neighbours under each rung of the ladder."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from likeness.compare.explored import explore
from likeness.compare.explored_pose import same_pose
from likeness.photos.pairs import Compare
from likeness.report.explore.page import SIDE, Explorer, days, file_names, write_explorer
from likeness.report.html_text import Html, is_missing
from likeness.report.thumbnails import Thumbnails
from likeness.studies.pose import Study

FIELDS = ("site", "pose", "split")


def explore_pose(study: Study, rungs: Mapping[str, Sequence[Compare]], root: Path, relevant: int, seed: int) -> Html:
    """Write reports/pose/explore.html and return a remark that leads there.

    rungs: {model: a rung for each training run}, of which the first answers. relevant: how many photos count as
    answers where no arrangement is known. root: of the photos' paths.
    """
    first = {model: runs[0] for model, runs in rungs.items()}
    found = explore(study.photos, first, same_pose(study, relevant), seed)
    shown = study.photos.iloc[found.rows]
    fields = {name: [[] if is_missing(value) else [str(value)] for value in shown[name]] for name in FIELDS}
    if study.truth.arrangement is not None:
        legend = "✓ the same pose at the same site, ✗ another pose or another site, no mark: the pose has no name."
    else:
        legend = (
            f"✓ one of the {relevant} nearest by the marked joints, ✗ another photo, no mark: no joints are marked."
        )
    facts = {"file": file_names(shown), "taken": days(shown["taken_at"])}
    return write_explorer(Explorer("pose", found, fields, legend, facts=facts), Thumbnails(root, study.photos, SIDE))
