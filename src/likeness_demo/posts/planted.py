"""Planted troubles of the likability demo: bad rows, damaged pictures, copies and re-posts, and a table of them."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from likeness_demo.drawing.files import ALTERED, PAGE, alter, write_jpeg
from likeness_demo.posts.plan import HASHTAG

COLUMNS = ("post_id", "image", "plant", "of", "detail")
AGE = timedelta(days=30)
SHOWN = ["kind", "close_up", "scenic", "subject", "height", "width"]  # what a copy shares with its original
BAD_ROWS = {  # the cell that is spoilt: its column, and what it holds
    "negative-likes": ("likes", "-5"),
    "zero-followers": ("followers", "0"),
    "future-date": ("taken_at", "three days after the collection"),
    "no-user": ("user_id", ""),
    "unreadable-likes": ("likes", "many"),
    "no-likes": ("likes", ""),
    "unreadable-date": ("taken_at", "yesterday"),
}
REPEATED, WITHOUT_ID = "duplicate-post", "no-post-id"  # rows beyond the planned posts
DAMAGES = ("truncated", "truncated", "disguised")


@dataclass(frozen=True)
class Plants:
    """Which rows of the plan carry which trouble, at most one each. copies, reposts: a copy's row -> its original's."""

    bad: dict[int, str]
    damaged: dict[int, str]
    missing: list[int]  # posts without a picture
    copies: dict[int, int]
    reposts: dict[int, int]
    repeated: int


def choose_plants(table: pd.DataFrame, seed: int) -> Plants:
    """Choose the rows that get a planted trouble, among posts that every filter would keep."""
    rng = np.random.default_rng([seed, 24])
    plain = table["hashtags"].map(lambda tags: HASHTAG in tags) & ~table["is_video"]
    plain &= table["collected_at"] - table["taken_at"] > AGE
    rows = [int(row) for row in rng.permutation(np.flatnonzero(plain))]
    count = len(table)

    def take(number: int) -> list[int]:
        return [rows.pop() for _ in range(number)]

    bad = dict(zip(take(len(BAD_ROWS)), BAD_ROWS, strict=True))
    damaged = dict(zip(take(len(DAMAGES)), DAMAGES, strict=True))
    missing, repeated = take(max(1, count // 90)), take(1)[0]
    copies: dict[int, int] = {}
    reposts: dict[int, int] = {}
    for wanted, same_user, found in ((max(1, count // 225), True, copies), (max(2, count // 75), False, reposts)):
        while len(found) < wanted:
            original = rows.pop()
            user = table.loc[original, "user"]
            fitting = [row for row in rows if (table.loc[row, "user"] == user) == same_user]
            if fitting:
                found[fitting[0]] = original
                rows.remove(fitting[0])
    return Plants(bad, damaged, missing, copies, reposts, repeated)


def share_pictures(table: pd.DataFrame, plants: Plants) -> pd.DataFrame:
    """Return the plan where copies show what their originals show, and posts without a picture name none."""
    table = table.copy()
    for row, original in {**plants.copies, **plants.reposts}.items():
        table.loc[row, SHOWN] = table.loc[original, SHOWN]
    table.loc[plants.missing, "image"] = ""
    return table


def plant_files(folder: Path, table: pd.DataFrame, plants: Plants) -> list[tuple[str, ...]]:
    """Damage, copy and re-post the drawn pictures in `folder`; return their rows of planted.csv."""
    rows = []
    shares = iter((0.6, 0.3))
    for row, kind in plants.damaged.items():
        path = folder / table.loc[row, "image"]
        share = next(shares) if kind == "truncated" else 0.0
        data = path.read_bytes()
        path.write_bytes(data[: int(share * len(data))] if share else PAGE)
        detail = f"the first {share:.0%} of the bytes" if share else "a web page"
        rows.append(planted(table, row, kind, detail=detail))
    for row, original in plants.copies.items():
        (folder / table.loc[row, "image"]).write_bytes((folder / table.loc[original, "image"]).read_bytes())
        rows.append(planted(table, row, "exact-duplicate", original, "the same bytes, the same user"))
    for number, (row, original) in enumerate(plants.reposts.items()):
        how = list(ALTERED)[number % len(ALTERED)]
        with Image.open(folder / table.loc[original, "image"]) as image:
            copy, quality = alter(image.convert("RGB"), how)
        write_jpeg(copy, folder / table.loc[row, "image"], table.loc[row, "taken_at"], quality=quality)
        rows.append(planted(table, row, "re-post", original, f"another user's photo, {ALTERED[how]}"))
    return rows


def planted(table: pd.DataFrame, row: int, plant: str, of: int | None = None, detail: str = "") -> tuple[str, ...]:
    """Return the COLUMNS of planted.csv about a row of the plan; `of`: the row of the original."""
    original = "" if of is None else table.loc[of, "post_id"]
    return table.loc[row, "post_id"], table.loc[row, "image"], plant, original, detail


def spoil_rows(text: pd.DataFrame, table: pd.DataFrame, plants: Plants) -> tuple[pd.DataFrame, list[tuple[str, ...]]]:
    """Return posts.csv (all text) with its bad rows, two of them appended, and their rows of planted.csv."""
    text = text.copy()
    rows = []
    for row, kind in plants.bad.items():
        column, value = BAD_ROWS[kind]
        if kind == "future-date":
            value = (table.loc[row, "collected_at"] + timedelta(days=3)).isoformat()
        text.loc[row, column] = value
        rows.append(planted(table, row, kind, detail=f"{column} is {value!r}"))
    again, nameless = text.loc[plants.repeated].copy(), text.loc[plants.repeated].copy()
    again["likes"] = str(int(again["likes"]) + 1)
    nameless[["post_id", "image"]] = ""
    repeats = "the last row but one of posts.csv repeats the id"
    rows.append(planted(table, plants.repeated, REPEATED, plants.repeated, repeats))
    rows.append(("", "", WITHOUT_ID, "", "the last row of posts.csv"))
    return pd.concat([text, pd.DataFrame([again, nameless])], ignore_index=True), rows


def filtered_rows(table: pd.DataFrame, plants: Plants) -> list[tuple[str, ...]]:
    """Return rows of planted.csv for sound posts that filters drop, and for those without a picture."""
    found = {
        "no-hashtag": np.flatnonzero(table["hashtags"].map(lambda tags: HASHTAG not in tags)),
        "young": np.flatnonzero(table["collected_at"] - table["taken_at"] < AGE),
        "video": np.flatnonzero(table["is_video"]),
        "no-picture": plants.missing,
    }
    return [planted(table, int(row), plant) for plant, rows in found.items() for row in rows]
