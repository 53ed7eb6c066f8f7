"""One or two sentences that read a grid of neighbours: how many are right, and what the wrong ones share."""

import pandas as pd

from likeness.report.html_text import Html, counted, note


def describe_neighbours(ranked: pd.DataFrame, photos: pd.DataFrame) -> Html:
    """Read the shown neighbours: how many are right, and how many of the wrong ones share only the pose, or the site.

    ranked: query, photo_id, right, a row a neighbour. photos: photo_id, and where they are known site and pose.
    """
    right = ranked["right"].astype(bool)
    asked = counted(ranked["query"].nunique(), "photo")
    lead = f"Of the {len(ranked)} nearest photos shown here for {asked}, {int(right.sum())} are right"
    if right.all() or not {"site", "pose"} <= set(photos.columns):
        return note(f"{lead}.")
    known, wrong = photos.set_index("photo_id"), ranked[~right]
    shared = {
        name: known[name].reindex(wrong["query"]).to_numpy() == known[name].reindex(wrong["photo_id"]).to_numpy()
        for name in ("pose", "site")
    }
    if not known.loc[wrong["query"], ["site", "pose"]].notna().all(axis=None):
        return note(f"{lead}.")
    pose, site = int((shared["pose"] & ~shared["site"]).sum()), int((shared["site"] & ~shared["pose"]).sum())
    return note(
        f"{lead}. Of the {len(wrong)} wrong ones, {pose} show the same pose at another site, {site} another pose at "
        f"the same site."
    )
