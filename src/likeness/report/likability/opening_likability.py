"""What the likability report opens with: what the photo adds to what is known without it, and two rows of photos."""

from pathlib import Path

import pandas as pd

from likeness.compare.every_account import EveryAccount
from likeness.compare.likability_study import METADATA, is_combined, sees_photo
from likeness.report.grids import Cell
from likeness.report.html_text import interval, number, signed
from likeness.report.opening import Opening, data_badge
from likeness.report.reading import signed_test
from likeness.report.seen import sight_badge
from likeness.report.thumbnails import Thumbnails
from likeness.studies.likability import LikabilityStudy

ACROSS = 6  # photos of a row
WITHOUT = "without the photo"


def likability_opening(study: LikabilityStudy, everyone: EveryAccount, areas: pd.DataFrame, root: Path) -> Opening:
    """Return the opening: every account judged once by classifiers that never saw it.

    everyone: as `likability_study.over_all` gives. areas: model, scheme, value, low, high: AUC on test posts of the
    single split. root: of the photos' paths.
    """
    auc = everyone.scores[everyone.scores["metric"] == "auc"].sort_values(["value", "model"], ascending=[False, True])
    seeing = auc[auc["model"].map(sees_photo)]
    best = (seeing if len(seeing) else auc).iloc[0]
    naive = areas[(areas["model"] == best["model"]) & (areas["scheme"] == "naive")]
    own = auc[auc["model"] == METADATA]
    how = _how(str(best["model"]))
    numbers = [number(f"AUC, every account once, {WITHOUT}", row) for _, row in own.iterrows()]
    numbers += [number(f"AUC, every account once, {how}", best)] if best["model"] != METADATA else []
    numbers += [number(f"AUC, posts at random, {how}", row) for _, row in naive.iterrows()]
    rows = _top_and_bottom(study, str(best["model"]), root) if len(seeing) else []
    taken_from = study.photos["path"] if study.has_pictures else []
    badges = [data_badge(taken_from), sight_badge(study.recipe)] if study.has_pictures else ["posts without pictures"]
    caption = f"The photos most likely to be liked, above, and least likely, below, by {best['model']}; ✓: it was so."
    return Opening(_answer(everyone, auc, best), numbers, rows, caption, badges)


def _how(model: str) -> str:
    if not sees_photo(model):
        return WITHOUT
    return "with the photo too" if is_combined(model) else "by the photo alone"


def _answer(everyone: EveryAccount, auc: pd.DataFrame, best: pd.Series) -> str:
    accounts = f"Over all {everyone.accounts[0]:,} accounts, each judged by classifiers that never saw it"
    known = auc.set_index("model")
    if best["model"] == METADATA or METADATA not in known.index:
        chance = "not distinguishable from" if best["low"] <= 0.5 else "better than"
        area = interval(best["value"], best["low"], best["high"])
        return f"{accounts}, {best['model']} reads an AUC of {area}: {chance} chance."
    plain, rich = (interval(*known.loc[name, ["value", "low", "high"]]) for name in (METADATA, best["model"]))
    lead = f"{accounts}, an AUC of {plain} is reached {WITHOUT}, and {rich} {_how(best['model'])} ({best['model']})"
    found = signed_test(everyone.tests, str(best["model"]), METADATA)
    if found is None:
        return f"{lead}."
    change, p, clear = found
    verb = "adds" if change > 0 else "costs"
    if clear:
        return f"{lead}: the photo {verb} {abs(change):.2f} (adjusted p {p:.3f})."
    return f"{lead}: whether the photo adds anything, these posts can't tell ({signed(change)}, adjusted p {p:.2f})."


def _top_and_bottom(study: LikabilityStudy, model: str, root: Path) -> list[list[Cell]]:
    """Return the photos that a cross-fitted model gives the highest probability, then the lowest, a photo once."""
    own = study.crossed[study.crossed["model"] == model].set_index("left")["probability"]
    posts = study.posts.assign(probability=study.posts["post_id"].map(own))
    posts = posts[posts["photo_id"] != ""].dropna(subset=["probability"])
    order = posts.sort_values(["probability", "post_id"], ascending=[False, True]).drop_duplicates("duplicate_group")
    thumbs = Thumbnails(root, study.photos)
    return [_row(part, thumbs, top) for part, top in ((order.head(ACROSS), True), (order.tail(ACROSS)[::-1], False))]


def _row(posts: pd.DataFrame, thumbs: Thumbnails, top: bool) -> list[Cell]:
    cells = []
    for post in posts.to_dict("records"):
        words = f"{post['probability']:.2f}, {'liked' if post['liked'] else 'not liked'}"
        cells.append(Cell(thumbs.uri(post["photo_id"]), f"probability {words}", words, post["liked"] == top))
    return cells
