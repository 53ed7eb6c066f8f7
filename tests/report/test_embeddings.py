import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.report.faces.grids_seen import seen_grid
from likeness.report.faces.tables_embeddings import embeddings_table, of_copies, of_embeddings


@pytest.fixture
def pictures(tmp_path):
    for name in "abc":
        Image.new("RGB", (80, 60), "grey").save(tmp_path / f"{name}.png")
    photos = pd.DataFrame({"photo_id": list("abc"), "path": [f"{name}.png" for name in "abc"], "sha256": list("abc"),
                           "width": 80, "height": 60, "title": ["<b>", "", ""]})  # fmt: skip
    boxes = [("a", "each", 0, 0, 20, 20), ("b", "each", 5, 5, 25, 30), ("b", "each", 40, 5, 70, 50), ("a", "all", 0, 0, 20, 20),
             ("b", "all", 5, 5, 70, 50)]  # fmt: skip
    return photos, pd.DataFrame(boxes, columns=["photo_id", "kind", "x0", "y0", "x1", "y1"])


def test_a_row_a_picture_with_every_view(tmp_path, pictures):
    html = seen_grid(*pictures, tmp_path, 32)
    assert html.count('class="lk-row"') == 2  # c has no face
    assert html.count("<img") == 3 + 4
    assert "2 pictures, 32 x 32 px" in html
    assert "general view of &lt;b&gt;" in html
    assert "No picture has a face." in seen_grid(pictures[0], pictures[1][:0], tmp_path, 32)


def test_the_table_names_what_was_embedded(pictures):
    arrays = {"net-general": np.zeros((3, 1024)), "net-face": np.zeros((3, 1024))}
    html = embeddings_table(arrays, {"net": {"image_size": 96, "identity": "none-seed7"}})
    for words in ("net", "general", "face", "1,024", "96", "none-seed7"):
        assert f">{words}<" in html


def test_shared_boxes_are_counted(pictures):
    said = of_embeddings(*pictures, {"net": {}, "other": {}})
    assert "3 pictures and 3 faces were seen by 2 networks." in said
    assert "Of the 2 boxes around all faces of a picture 1 are the box of its only face" in said
    assert "only the general view remains" in of_embeddings(pictures[0], pictures[1][:0], {"net": {}})


def test_copies_are_read():
    said = of_copies(np.array([0.99, 0.97, 1.0]), np.array([0.5, 0.7]))
    assert (
        "3 near-duplicates: the cosine to the picture that it repeats is 0.990 in the median and 0.970 at the least"
        in said
    )
    assert "0.600" in said
    assert "No picture is a near-duplicate" in of_copies(np.zeros(0), np.array([0.5]))
    assert "1 near-duplicate: the cosine to the picture that it repeats is 0.990." in of_copies(
        np.array([0.99]), np.zeros(0)
    )
