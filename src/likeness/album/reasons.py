"""Why each photo was kept or left out, in words that a person would use."""

import numpy as np
import pandas as pd

from likeness.album.best import BY_HAND, FITTED, OPEN, SMALL
from likeness.album.chosen_set import Picked

KEPT, LEFT, BURST, OUT = "kept", "could have been kept", "another frame is kept", "out"
NEVER, ASPECT, REFUSED = "never", "another shape", "refused"
# (faults that mean the same, what is said of a frame that has them, what of the one that has them least)
SAID = (
    (("blurred",), "less sharp", "the sharpest"),
    (("smeared",), "blurred by motion", "the sharpest"),
    (("grainy",), "grainy", "the cleanest"),
    (("blocky", "emptied", "smoothed"), "strongly compressed", "the cleanest"),
    (("flat",), "darker or paler", "the best exposed"),
    (("glaring", "washed out"), "washed out", "the best exposed"),
    (("other light",), "exposed unlike the others", "the best exposed"),
    (("turned", "askew"), "held askew", "the most level"),
    (("eyes closed",), "eyes closed", "eyes open"),
    (("turned away",), "looking away", "looking at the camera"),
    (("less of a smile",), "less of a smile", "the best smile"),
    (("face cut off",), "a face cut off", "nobody cut off"),
    (("face out of focus",), "the face out of focus", "the sharpest face"),
)
LITTLE = 0.3  # weighted fault below which nothing is said of it
LOOKING = 0.6  # `facing` from which somebody looks at the camera


def with_reasons(photos: pd.DataFrame, picked: Picked) -> pd.DataFrame:
    """Add the column reason. photos: as `curate` judged them, with state, order, out, best, frames, moment, forced."""
    groups = grouped_costs(photos)
    kept_in = photos[photos["state"] == KEPT].groupby("moment")["name"].agg(list).to_dict()
    standing = {burst: k for k, burst in photos.loc[photos["state"] == KEPT, "burst"][::-1].items()}
    taken = set(picked.photos)
    sizes = photos.groupby("moment")["path"].size()
    words = []
    for row in photos.itertuples():
        if row.state == KEPT:
            frames = photos.index[photos["burst"] == row.burst] if row.frames > 1 else []
            words.append(_kept(row, groups, frames, len(kept_in[row.moment]), int(sizes[row.moment])))
        elif row.state == OUT:
            words.append(row.out)
        elif row.state == BURST:
            best = standing.get(row.burst, int(row.best))
            words.append(worse(groups.loc[row.Index], groups.loc[best], photos["name"][best]))
        elif row.state == LEFT:
            words.append(_left(kept_in.get(row.moment), len(taken)))
        else:
            words.append({NEVER: "you asked never to keep it", ASPECT: "another shape than you asked for"}[row.state])
    return photos.assign(reason=words)


def grouped_costs(photos: pd.DataFrame) -> pd.DataFrame:
    """Return (n, len(SAID)) the weighted faults of each photo, those that mean the same added up."""
    known = {*FITTED, *BY_HAND}
    return pd.DataFrame(
        {k: photos[[name for name in names if name in known]].sum(axis=1) for k, (names, _, _) in enumerate(SAID)}
    )


def worse(costs: pd.Series, of_best: pd.Series, name: str) -> str:
    """Say what is wrong with a frame beside the best one of its burst, called `name`: the two gravest things."""
    more = (costs - of_best).sort_values(ascending=False)
    said = list(dict.fromkeys(SAID[k][1] for k in more.index[more > LITTLE]))[:2]
    return f"{' and '.join(said)}; {name} is the better frame" if said else f"as good as {name}, which stands for both"


def _kept(row, groups: pd.DataFrame, frames, in_moment: int, of_moment: int) -> str:
    parts = ["you asked for it"] if row.forced else []
    if row.frames > 1:
        rivals = groups.loc[[k for k in frames if k != row.Index]]
        gain = (rivals.median() - groups.loc[row.Index]).sort_values(ascending=False)
        gain = gain if gain.iloc[0] > LITTLE else (rivals.max() - groups.loc[row.Index]).sort_values(ascending=False)
        what = SAID[gain.index[0]][2] if gain.iloc[0] > LITTLE else "one"
        parts.append(f"{what} of {row.frames} in this burst")
    parts += [said] if (said := of_faces(row)) else []
    if in_moment == 1 and of_moment > row.frames:
        parts.append(f"stands for {of_moment} photos of this moment")
    elif in_moment == 1 and row.frames == 1:
        parts.append("the only photo of this moment")
    elif in_moment > 1:
        parts.append("shows this moment from another side" if row.order > 1 else "shows most of what the album shows")
    return "; ".join(parts)


def of_faces(row) -> str:
    """Say what the people of a photo do, where their faces are large enough to tell; "" where not."""
    if not row.faces or row.face_share < SMALL or np.isnan(row.facing):
        return ""
    who = {1: "", 2: "both "}.get(int(row.faces), f"all {int(row.faces)} ")
    said = [f"{who}looking at the camera"] if row.facing >= LOOKING else []
    said += ["eyes open"] if row.eyes >= OPEN and said else []
    return ", ".join(said)


def _left(kept: list[str] | None, keep: int) -> str:
    if kept is None:
        return f"its moment is not among those that the {keep} kept tell"
    if len(kept) == 1:
        return f"{kept[0]} already tells this moment"
    return f"{kept[0]} and {len(kept) - 1} more already tell this moment"
