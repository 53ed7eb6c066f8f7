"""The explorer's page: what stands in it, that text stays text, and that 2,000 photos fit."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from likeness.compare.explored import Explored
from likeness.report.explore.page import SIDE, Explorer, content, explorer_page, tile_uris
from likeness.report.thumbnails import Thumbnails

LARGEST = 8_000_000  # bytes of a page


def explorer(photos: pd.DataFrame, near: list[list[int]], right: list[list[bool | None]]) -> Explorer:
    """Return an explorer with one model and the field site."""
    found = Explored(np.arange(len(near)), {"m": np.array(near)}, {"m": np.array(right, object)})
    return Explorer("pose", found, {"site": [[site] for site in photos["site"].iloc[: len(near)]]}, "✓ the same")


def test_the_script_reads_neighbours_and_judgements(photos: pd.DataFrame) -> None:
    told = content(explorer(photos, [[1, 2], [0, -1], [-1, -1]], [[True, False], [None, None], [None, None]]))
    assert told["models"] == [{"name": "m", "near": [[1, 2], [0], []], "right": ["10", "--", "--"]}]
    assert told["judged"] == {"m": "1--"}  # of the first neighbours
    assert told["fields"]["site"][0] == ["Louvre"]
    assert told["facts"] == {}


def test_hostile_names_stay_text(thumbs: Thumbnails, photos: pd.DataFrame, hostile: str) -> None:
    page = explorer_page(explorer(photos, [[1], [0]], [[True], [False]]), thumbs)
    assert page.count("<script") == 2  # ours, and the neighbours as JSON
    assert "<img src=x" not in page
    held = json.loads(re.search(r'id="content">(.*?)</script>', page)[1])
    assert held["fields"]["site"] == [["Louvre"], [hostile]]
    assert "2 of 6 photos, drawn at random" in page


def test_a_study_without_photos_says_so(thumbs: Thumbnails, photos: pd.DataFrame) -> None:
    thumbs.photos = photos.head(0)
    found = Explored(np.arange(0), {"m": np.empty((0, 0), int)}, {})
    assert "There is no photo to show." in explorer_page(Explorer("pose", found, {}, ""), thumbs)


def test_two_thousand_photos_of_noise_fit_on_a_page() -> None:
    class Noise(Thumbnails):
        def image(self, photo_id: str) -> Image.Image:
            pixels = np.random.default_rng(int(photo_id)).integers(0, 256, (SIDE, SIDE, 3))
            return Image.fromarray(pixels.astype(np.uint8))

    some = [str(number) for number in range(50)]
    uris = tile_uris(Noise(Path(), pd.DataFrame({"photo_id": some})), some * 40)  # nothing is harder to compress
    assert len(uris) == 2000
    assert sum(map(len, uris)) < LARGEST - 1_500_000  # the neighbours of twelve models need the rest
