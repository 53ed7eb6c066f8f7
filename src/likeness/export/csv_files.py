"""A study as CSV files, with a line about each."""

from pathlib import Path

import pandas as pd

from likeness.export.tables import MOST, TOP, StudyTables, Vectors
from likeness.paths import write_csv, write_text

TOLD = {
    "photos": "a row per picture: paths within the repository, sizes in pixels after EXIF's turn, and the split",
    "posts": "a row per post, with the splits by account, by date and at random; captions stand as they were written",
    "pairs": "a row per pair of photos, with the split by site and the one at random",
    "predictions": "what each model says of what it was not trained on: a row per model, training run and pair or post",
    "boxes": "a row per face: corners and landmarks in pixels of the upright picture",
    "keypoints": "a row per photo, person and joint: x and y in pixels of the upright picture",
    "neighbours": f"the {TOP} nearest photos of each (of a sample of {MOST:,} where there are more) by each model",
}


def write_csv_files(study: StudyTables, folder: Path) -> None:
    """Write each table as <name>.csv, vectors as embeddings/<name>.csv, and README.txt, a line a file."""
    lines = []
    for name, table in study.tables.items():
        write_csv(table, folder / f"{name}.csv")
        lines.append(f"{name}.csv: {TOLD[name]} ({len(table):,} rows)")
    for name, held in study.embeddings.items():
        write_csv(_columns(held), folder / "embeddings" / f"{name}.csv")
        count, length = held.rows.shape
        lines.append(f"embeddings/{name}.csv: {held.ids.name} and a vector of {length:,} numbers ({count:,} rows)")
    write_text("\n".join(lines) + "\n", folder / "README.txt")


def _columns(held: Vectors) -> pd.DataFrame:
    table = pd.DataFrame(held.rows.astype("float64").round(6))
    table.insert(0, held.ids.name, held.ids.to_numpy())
    return table
