"""The command `likeness export`: one study, one format, one empty folder."""

from pathlib import Path

from likeness import paths
from likeness.errors import UserError
from likeness.export.csv_files import write_csv_files
from likeness.export.fiftyone import write_fiftyone
from likeness.export.spotlight import write_spotlight
from likeness.export.tables import StudyTables, tables_of_faces, tables_of_likability, tables_of_pose
from likeness.studies import likability, pose
from likeness.studies.faces import FaceStudy

WRITERS = {"fiftyone": write_fiftyone, "spotlight": write_spotlight}  # and csv, which needs no files of photos


def export_study(study: str, form: str, folder: Path) -> None:
    """Write a finished study into an empty `folder`. form: csv or one of WRITERS. Raises UserError for a full one."""
    must_be_empty(folder)
    found, root = read_tables(study), paths.root()
    if form == "csv":
        write_csv_files(found, folder)
    else:
        WRITERS[form](found, root, folder.resolve())


def read_tables(study: str) -> StudyTables:
    """Return what a study of this repository came to. Raises FileNotFoundError naming what makes a missing file."""
    if study == "pose":
        return tables_of_pose(pose.read_study())
    if study == "faces":
        return tables_of_faces(FaceStudy(paths.data(study), paths.models(study)))
    return tables_of_likability(likability.read_study())


def must_be_empty(folder: Path) -> None:
    """Raise UserError where `folder` is a file or holds something; one that is missing is as good as empty."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder}: is not an empty folder; nothing in it is overwritten: name a new one")
