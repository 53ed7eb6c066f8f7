from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.report.thumbnails import Thumbnails

HOSTILE = '"><img src=x onerror=alert(1)><script>alert(2)</script>'


@pytest.fixture
def hostile() -> str:
    return HOSTILE


@pytest.fixture
def photos(tmp_path: Path) -> pd.DataFrame:
    """Six photos of two sites, 300 x 200 px, each of one grey level of its own; a site's name is hostile."""
    rows = []
    for number in range(6):
        name = f"photo{number}.png"
        Image.fromarray(np.full((200, 300, 3), 40 * number + 20, np.uint8)).save(tmp_path / name)
        site, pose = ("Louvre", HOSTILE)[number % 2], ("jump", "lean")[number // 3]
        rows.append({"photo_id": f"id{number}", "path": name, "width": 300, "height": 200, "site": site, "pose": pose})
    table = pd.DataFrame(rows)
    table["arrangement"] = table["site"] + "/" + table["pose"]
    table["duplicate_group"] = ["a", "a", "b", "c", "c", "c"]
    return table


@pytest.fixture
def thumbs(tmp_path: Path, photos: pd.DataFrame) -> Thumbnails:
    return Thumbnails(tmp_path, photos, size=60)
