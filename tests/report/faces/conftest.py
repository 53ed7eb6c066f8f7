import pandas as pd
import pytest

from likeness.report.faces.thumbnails_faces import FaceThumbnails

BOX = {"x0": 10, "y0": 10, "x1": 60, "y1": 60}


@pytest.fixture
def crops() -> pd.DataFrame:
    """A face in id0 and in id1, two in id2, none in the other pictures; then the boxes around all."""
    faces = [("id0-0", "id0"), ("id1-0", "id1"), ("id2-0", "id2"), ("id2-1", "id2")]
    rows = [(face, photo, "each", face) for face, photo in faces]
    rows += [(f"{photo}-all", photo, "all", "") for photo in ("id0", "id1", "id2")]
    return pd.DataFrame(rows, columns=["crop_id", "photo_id", "kind", "face_id"]).assign(**BOX)


@pytest.fixture
def face_thumbs(tmp_path, photos, crops) -> FaceThumbnails:
    named = photos.assign(title=["Interior", "", "", "", "", ""], artist="", date="")
    return FaceThumbnails(tmp_path, named, 60, crops)
