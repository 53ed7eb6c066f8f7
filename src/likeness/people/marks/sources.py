"""Whichever kind of file holds the marks."""

from pathlib import Path

from likeness.errors import LayoutError
from likeness.people.marks.coco import read_coco
from likeness.people.marks.joint_tables import read_joint_table
from likeness.people.marks.openpose import ENDING, read_openpose
from likeness.people.marks.record import Marks

TABLES = ("keypoints.json", "joints.csv")
READERS = {".json": read_coco, **dict.fromkeys((".csv", ".tsv", ".txt"), read_joint_table)}


def annotation_source(path: Path) -> Path:
    """Return keypoints.json or joints.csv where `path` is a folder that holds one, else `path` itself."""
    found = [path / name for name in TABLES if (path / name).is_file()]
    return found[0] if found else path


def read_annotations(path: Path) -> Marks:
    """Read whichever kind `path` is: a .json file (COCO), a table of joints, a folder that holds one, or OpenPose's."""
    path = annotation_source(Path(path))
    if path.is_dir():
        return read_openpose(path)
    if path.suffix.lower() not in READERS:
        raise LayoutError(f"{path}: expected a COCO .json, a table of joints .csv or a folder of *{ENDING} files")
    return READERS[path.suffix.lower()](path)
