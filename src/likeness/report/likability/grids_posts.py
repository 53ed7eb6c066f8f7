"""Grids of posts: photos kept and dropped for their faces, the most and least liked, neighbours, saliency maps.

Captions are strangers' words: escaped, set apart from the direction of our own text, and without the names of
accounts. Users are numbered.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from likeness.report.grids import Cell, Heats, Maps, cell, grid, heading, maps_grid, row_grid, spread_over
from likeness.report.html_text import Html, counted, is_missing, stack, text
from likeness.report.style import shorten
from likeness.report.thumbnails import Thumbnails, jpeg_uri, overlay_heat

CAPTION = 60  # characters of a caption that are shown
MOST = 12  # photos kept, and as many dropped, that are shown
MENTION = re.compile(r"@[\w.]+")


def pseudonyms(user_ids: pd.Series) -> pd.Series:
    """Return "user 17" for each post: users numbered from 1 in the order of their ids, the same for the same users."""
    codes, _ = pd.factorize(user_ids.astype(str), sort=True)
    return pd.Series([f"user {code + 1}" for code in codes], index=user_ids.index, dtype="str")


def caption_words(caption: Any) -> str:
    """Return a caption on one line of at most CAPTION characters, accounts that it names left out."""
    return "" if is_missing(caption) else shorten(MENTION.sub("@…", str(caption)), CAPTION)


def kept_dropped_grid(thumbs: Thumbnails, summary: pd.DataFrame, faces: pd.DataFrame) -> Html:
    """Return photos that have a face, then photos that have none, spread evenly over each list.

    summary: photo_id, faces (how many count). faces: photo_id, score: the caption says how sure the surest face is.
    """
    has_face = summary["faces"] > 0
    surest = dict(faces.groupby("photo_id")["score"].max().map("face {:.3f}".format))
    parts = []
    for chosen, what in ((has_face, "kept"), (~has_face, "dropped")):
        ids = list(summary.loc[chosen, "photo_id"])
        shown = spread_over(ids, MOST)
        words = [surest.get(photo, "no face found") for photo in shown]
        cells = [Cell(thumbs.uri(photo), f"{what} photo: {said}", said)
                 for photo, said in zip(shown, words, strict=True)]  # fmt: skip
        left = f", {len(shown)} of them shown" if len(shown) < len(ids) else ""
        parts.append(grid(cells, f"{what}: {counted(len(ids), 'photo')}{left}", f"No photo was {what}."))
    return stack(parts)


def ranked_posts_grid(posts: pd.DataFrame, thumbs: Thumbnails, n: int, largest: bool = True) -> Html:
    """Return the n posts with the most (or fewest) likes per follower, each with its rank, ratio, user and caption.

    posts: post_id, user_id, photo_id ("" = no picture), ratio, caption, of all posts that are ranked: users are
    numbered over all of them. Ties go to the smaller post_id. thumbs: of 96 px at most, for a page that stays light.
    """
    named = posts.assign(user=pseudonyms(posts["user_id"]))
    shown = named.sort_values(["ratio", "post_id"], ascending=[not largest, True]).head(n)
    cells = []
    for rank, row in enumerate(shown.to_dict("records"), 1):
        lead = f"{rank}. {row['ratio']:.3g} likes per follower, {row['user']}"
        words = caption_words(row["caption"])
        uri = thumbs.uri(row["photo_id"]) if row["photo_id"] else None
        below = Html(f"{text(lead)}<br><bdi>{text(words)}</bdi>") if words else lead
        cells.append(Cell(uri, f"rank {lead}{': ' if words else ''}{words}", below))
    kind = "most" if largest else "fewest"
    caption = f"the {len(shown)} of {len(posts):,} posts with the {kind} likes per follower"
    return grid(cells, caption, "No posts to show.")


def liked_neighbours_grid(ranked: pd.DataFrame, posts: pd.DataFrame, thumbs: Thumbnails) -> Html:
    """Return one row per query: its photo, then the liked photos of other users that are most similar to it.

    ranked: as compare.likes.liked_neighbours gives. posts: post_id, photo_id, ratio, liked.
    """
    of_post, rows = posts.set_index("post_id"), []
    for query, found in ranked.groupby("query", sort=False):
        post = of_post.loc[query]
        asked = f"query, {'liked' if post['liked'] else 'not liked'}: {post['ratio']:.3g} likes per follower"
        cells = [Cell(thumbs.uri(post["photo_id"]), asked, asked, kind="lk-query")]
        for row in found.sort_values("rank").itertuples():
            other = of_post.loc[row.post_id]
            words = f"similarity {row.value:.2f}, {other['ratio']:.3g} likes per follower"
            cells.append(Cell(thumbs.uri(other["photo_id"]), f"rank {row.rank}: {words}", words))
        rows.append(cells)
    caption = "Left: a test photo. Then the liked photos of other users that are most similar, the closest first."
    return row_grid(rows, caption, "No photo has a liked neighbour.")


def post_saliency_grid(explained: pd.DataFrame, maps: Maps, thumbs: Thumbnails) -> Html:
    """Return per post one row: the photo, and its map by each method, each map with a scale of its own.

    explained: photo_id, liked, ratio, outcome (in words), probability (of liked), threshold, as explain.posts_maps
    chooses them. maps: {method: (its maps (n, h, w),)}, as `maps_grid` takes them.
    """

    def cells(row: dict[str, Any], found: Heats) -> list[str]:
        image = thumbs.image(row["photo_id"])
        words, right = post_words(row)
        parts = [heading(words, right), cell(Cell(jpeg_uri(image), f"photo: {words}", "the photo"))]
        for method, (heat,) in found.items():
            uri = jpeg_uri(overlay_heat(image, np.asarray(heat, float), None))
            parts.append(cell(Cell(uri, f"{method} map: {words}", method)))
        return parts

    caption = "Bright: pixels that moved the network's answer most; each map has a scale of its own."
    return maps_grid(explained, maps, cells, caption, columns=len(maps) + 1)


def post_words(row: Mapping[str, Any]) -> tuple[str, bool]:
    """Return the sentence above a post's maps, and whether the model was right; liked is what reaches the threshold."""
    right = bool((row["probability"] >= row["threshold"]) == row["liked"])
    words = f"{row['outcome']}: {row['ratio']:.3g} likes per follower, {'liked' if row['liked'] else 'not liked'}"
    said = f"probability of liked {row['probability']:.2f} (called liked from {row['threshold']:.2f})"
    return f"{words}; {said}: {'right' if right else 'wrong'}", right
