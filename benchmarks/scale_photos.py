"""Folders of as many small drawn photos as asked for, one a study, with what the study must be told about them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageDraw

from likeness import paths
from likeness.people.joints import INDEX, JOINTS
from likeness_demo.posts.corpus import as_text, user_likes
from likeness_demo.posts.plan import plan_posts

SIDE = 72  # px
POSTS_PER_USER, PICTURES_PER_PERSON = 6, 4
BODY = np.array([  # where the joints of somebody who stands upright are, in the order of JOINTS; px
    (36, 14), (36, 22), (31, 22), (28, 32), (27, 41), (41, 22), (44, 32), (45, 41), (32, 42), (31, 53), (31, 64),
    (40, 42), (41, 53), (41, 64), (35, 12), (37, 12), (33, 13), (39, 13),
], float)  # fmt: skip
LIMBS = (
    *(("neck", f"{side}_{part}") for side in ("right", "left") for part in ("shoulder", "hip")),
    *((f"{side}_{a}", f"{side}_{b}") for side in ("right", "left")
      for a, b in (("shoulder", "elbow"), ("elbow", "wrist"), ("hip", "knee"), ("knee", "ankle"))),
)  # fmt: skip


def draw_photos(study: str, folder: Path, count: int) -> None:
    """Write a study's photos and tables: the flat layout of pose, posts of likability, pictures of people of faces."""
    folder.mkdir(parents=True)
    DRAWN[study](folder, count)


def _people(folder: Path, count: int) -> None:
    rows = []
    for name, image, rng in _grounds(count):
        joints = BODY + rng.normal(0, 2.5, BODY.shape)
        pen = ImageDraw.Draw(image)
        for a, b in LIMBS:
            pen.line([tuple(joints[INDEX[a]]), tuple(joints[INDEX[b]])], (250, 240, 230), 3)
        image.save(folder / f"{name}.jpg", quality=85)
        rows += [(f"{name}.jpg", joint, *place.round(2), 1) for joint, place in zip(JOINTS, joints, strict=True)]
    paths.write_csv(pd.DataFrame(rows, columns=["image", "joint", "x", "y", "visible"]), folder / "joints.csv")


def _posts(folder: Path, count: int) -> None:
    users = count // POSTS_PER_USER
    table = plan_posts(users, count, seed=7)
    text = as_text(table.join(user_likes(table, users, seed=7)))
    paths.write_csv(text, folder / "posts.csv")
    for (_, image, _), name in zip(_grounds(count), text["image"], strict=True):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        image.save(folder / name, quality=85)


def _faces(folder: Path, count: int) -> None:
    rows = []
    for number, (name, image, rng) in enumerate(_grounds(count)):
        person = number // PICTURES_PER_PERSON
        x, y = rng.integers(4, SIDE - 40, 2).tolist()
        colour = tuple(np.random.default_rng([8, person]).integers(60, 250, 3).tolist())
        ImageDraw.Draw(image).ellipse((x, y, x + 32, y + 36), fill=colour, outline=(20, 20, 20))
        image.save(folder / f"{name}.jpg", quality=85)
        rows.append((f"{name}.jpg", f"person-{person}", x, y, x + 32, y + 36))
    paths.write_csv(pd.DataFrame(rows, columns=["image", "identity", "x0", "y0", "x1", "y1"]), folder / "faces.csv")


def _grounds(count: int) -> Iterator[tuple[str, Image.Image, np.random.Generator]]:
    """Yield a name, a square of coloured clouds that is like no other, and the numbers that it was drawn with."""
    for number in range(count):
        rng = np.random.default_rng([7, number])
        cells = rng.integers(0, 200, (9, 9, 3), dtype=np.uint8)
        yield f"{number:06d}", Image.fromarray(cells).resize((SIDE, SIDE), Image.Resampling.BICUBIC), rng


DRAWN = {"pose": _people, "likability": _posts, "faces": _faces}
