"""The explorer of the likability study: every photo, and its neighbours in each layer of each network."""

from pathlib import Path

import numpy as np
import pandas as pd

from likeness.compare.explored import explore
from likeness.features.layers import layer_of
from likeness.features.vectors import cosines
from likeness.models.likability.recipes import layers_beside, layers_in
from likeness.report.explore.page import SIDE, Explorer, days, write_explorer
from likeness.report.html_text import Html
from likeness.report.likability.grids_posts import pseudonyms
from likeness.report.thumbnails import Thumbnails
from likeness.studies.likability import LikabilityStudy

LEGEND = "A photo’s words say whether it was liked, given the followers of its account; accounts are numbered."


class PostThumbnails(Thumbnails):
    """Thumbnails that are named by the account, as a number, and by whether the photo was liked."""

    def name(self, photo_id: str) -> str:
        """Return "user 17, liked"."""
        row = self.row(photo_id)
        return f"{row['account']}, {row['liked']}"


def explore_posts(study: LikabilityStudy, judged: pd.DataFrame, root: Path, seed: int) -> Html:
    """Write reports/likability/explore.html and return a remark that leads there.

    judged: predictions of one model for posts that it has not seen, with `threshold`. Of a photo that several posts
    show the first one speaks. root: of the photos' paths.
    """
    posts = study.posts.assign(account=pseudonyms(study.posts["user_id"]), posted=study.posts["taken_at"])
    posts["liked"] = posts["liked"].map({True: "liked", False: "not liked"})
    first = posts.drop_duplicates("photo_id").set_index("photo_id")[["post_id", "account", "liked", "ratio", "posted"]]
    photos = study.photos.join(first, on="photo_id")
    found = explore(photos, {name: cosines(study.features[layer]) for name, layer in layers(study).items()}, None, seed)
    shown = photos.iloc[found.rows]
    fields = {name: [[value] for value in shown[name]] for name in ("account", "liked", "split")}
    right = judged.assign(right=(judged["probability"] >= judged["threshold"]) == judged["same"]).set_index("left")
    answers = np.array([right["right"].get(post) for post in shown["post_id"]], object)
    models = {str(name): answers for name in judged["model"].unique()}
    facts = {"likes per follower": [f"{ratio:.3g}" for ratio in shown["ratio"]], "posted": days(shown["posted"])}
    explorer = Explorer("likability", found, fields, LEGEND, "liked or not, according to", models, facts)
    return write_explorer(explorer, PostThumbnails(root, photos, SIDE))


def layers(study: LikabilityStudy) -> dict[str, str]:
    """Return {layer of a network, in words: the name of its features}, of those that there are."""
    if not study.features:
        return {}
    names = list(study.features)
    own = study.recipe["sights"][0]
    inside = {layer_of(layer, own): layer for layer in layers_in(names) if layer in names}
    return inside | {name: name for name in layers_beside(names)}
