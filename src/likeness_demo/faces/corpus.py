"""The demo corpus of the faces study: a museum's paintings, cartoon characters, and the truth about both."""

from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image, ImageEnhance

from likeness.paths import write_csv
from likeness_demo.drawing.files import QUALITY, processes, replaced
from likeness_demo.faces.cartoons import draw_cartoon, pick_cast
from likeness_demo.faces.painted import in_ink, in_stone, paint_sitters, paint_view
from likeness_demo.faces.plan import Work, check_plan, plan_works
from likeness_demo.faces.tables import dimension_table, image_table, object_table, write_voc

FACES = ("image", "identity", "x0", "y0", "x1", "y1")
PICTURES = ("image", "kind", "style", "identities")
PLANTED = ("path", "trouble", "of", "detail")
CARTOON_SIZES = ((224, 256), (240, 240), (256, 224), (208, 256))  # (height, width) px
COUNTS = (1, 2, 1, 3, 1, 2, 0, 2, 3, 1)  # characters on the pictures, in turn
KEPT = 0.45  # of a truncated file's bytes
DETAILS = {
    "no-painted-surface": "has no painted surface: not a painting",
    "missing-image": "listed in the tables, the file is not there",
    "truncated": f"the first {KEPT:.0%} of the bytes",
    "exact-duplicate": "the same bytes under another object id",
    "near-duplicate": "the same picture a little brighter, JPEG quality 62",
}


def make_faces_demo(folder: Path, truth_folder: Path, *, identities: int, styles: int, groups: int, landscapes: int,
                    characters: int, seed: int, workers: int = 2) -> None:  # fmt: skip
    """Draw a museum's paintings of `identities` sitters in `styles` styles, and `characters` cartoon pictures.

    Writes <folder>/paintings/objects.csv, objects_dimensions.csv, published_images.csv (the National Gallery of Art's
    open data) and images/<objectid>.jpg, with planted troubles among them; <folder>/characters/<name>.jpg and .xml
    (Pascal VOC, object "face"; some pictures have none); and into truth_folder, about every painting that can be read:
    faces.csv (image, identity, x0, y0, x1, y1 in px, where a face detector would see them; the image alone where there
    is none) and pictures.csv (image,
    kind, style, identities joined by spaces), and planted.csv (path below `folder`, trouble, of, detail).
    The same seed gives the same bytes, however many `workers`. Folders that an earlier call made are replaced; others
    raise FileExistsError. Raises ValueError on numbers with which the demo cannot be drawn.
    """
    check_plan(identities, styles, groups, landscapes, characters)
    works = plan_works(identities, styles, groups, landscapes, seed)
    with replaced(folder, truth_folder) as (root, truth):
        (root / "paintings" / "images").mkdir(parents=True)
        (root / "characters").mkdir()
        with processes(workers) as run:
            originals = [work for work in works if not work.of]
            paint = partial(draw_work, folder=root / "paintings" / "images")
            drawn = run(paint, originals, "demo paintings")
            run(partial(draw_character, folder=root / "characters", seed=seed), range(characters), "demo characters")
        found = dict(zip((work.objectid for work in originals), drawn, strict=True))
        spoil(works, root / "paintings" / "images")
        write_csv(object_table(works, seed), root / "paintings" / "objects.csv")
        write_csv(dimension_table(works, seed), root / "paintings" / "objects_dimensions.csv")
        write_csv(image_table(works, seed), root / "paintings" / "published_images.csv")
        write_truth(works, found, truth)


def draw_work(work: Work, folder: Path) -> np.ndarray:
    """Draw and write one work; return its faces (n, 4): x0, y0, x1, y1 px."""
    style, size, seed = work.manner, work.size, list(work.seed)
    if work.kind == "landscape":
        painting = paint_view(work.place, style, size, seed)
    elif work.kind in ("sculpture", "print"):
        painting = (in_stone if work.kind == "sculpture" else in_ink)(work.looks[0], size, seed)
    else:
        painting = paint_sitters(work.looks, style, [style.robes[name] for name in work.robes], size, seed)
    Image.fromarray(painting.image).save(folder / work.image, "JPEG", quality=QUALITY)
    return painting.faces


def draw_character(number: int, folder: Path, seed: int) -> None:
    """Draw and write one cartoon picture with its annotation."""
    size = CARTOON_SIZES[number % len(CARTOON_SIZES)]
    cartoon = draw_cartoon(pick_cast(seed), COUNTS[number % len(COUNTS)], size, [seed, 46, number])
    path = folder / f"character-{number + 1:03d}.jpg"
    Image.fromarray(cartoon.image).save(path, "JPEG", quality=90)
    write_voc(path.with_suffix(".xml"), path.name, size, cartoon.faces.tolist())


def spoil(works: list[Work], folder: Path) -> None:
    """Copy, damage and remove the files that the plan says."""
    for work in works:
        path = folder / work.image
        if work.plant == "exact-duplicate":
            path.write_bytes((folder / f"{work.of}.jpg").read_bytes())
        elif work.plant == "near-duplicate":
            with Image.open(folder / f"{work.of}.jpg") as image:
                ImageEnhance.Brightness(image.convert("RGB")).enhance(1.06).save(path, "JPEG", quality=62)
        elif work.plant == "truncated":
            data = path.read_bytes()
            path.write_bytes(data[: int(KEPT * len(data))])
        elif work.plant == "missing-image":
            path.unlink()


def write_truth(works: list[Work], found: dict[int, np.ndarray], folder: Path) -> None:
    """Write faces.csv, pictures.csv and planted.csv."""
    faces, pictures, planted = [], [], []
    for work in works:
        names = [f"sitter-{number + 1:02d}" for number in work.sitters]
        if work.plant:
            original = f"paintings/images/{work.of}.jpg" if work.of else ""
            planted.append((f"paintings/images/{work.image}", work.plant, original, DETAILS[work.plant]))
        if work.plant in ("truncated", "missing-image"):
            continue
        style = work.manner.key if work.kind in ("portrait", "group", "landscape") else ""
        pictures.append((work.image, work.kind, style, " ".join(names)))
        boxes = found[work.of or work.objectid]
        faces += [(work.image, name, *map(float, box)) for name, box in zip(names, boxes, strict=True)]
        faces += [] if names else [(work.image, *[None] * (len(FACES) - 1))]  # looked at: nobody is there
    for name, rows, columns in (
        ("faces", faces, FACES),
        ("pictures", pictures, PICTURES),
        ("planted", planted, PLANTED),
    ):
        write_csv(pd.DataFrame(rows, columns=list(columns)), folder / f"{name}.csv")
