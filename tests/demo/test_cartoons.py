import numpy as np
import pytest
from defusedxml.ElementTree import parse

from likeness_demo.faces.cartoon_heads import SHAPES, Pen, draw_head
from likeness_demo.faces.cartoons import LEAST, draw_cartoon, pick_cast
from likeness_demo.faces.tables import write_voc

CAST = pick_cast(7)


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_faces_are_large_enough_and_inside(count):
    for seed in range(6):
        faces = draw_cartoon(CAST, count, (208, 256), [2, seed]).faces
        assert faces.shape == (count, 4)
        assert (faces[:, :2] >= 0).all()
        assert (faces[:, 2:] <= (256, 208)).all()
        assert (faces[:, 2:] - faces[:, :2] >= LEAST).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_the_box_holds_the_head_and_nothing_else(shape):
    from dataclasses import replace

    who = replace(CAST[0], shape=shape, ears="none", eyes="pair", mouth="none", mark="none", skin=(0.2, 0.9, 0.3))
    image = np.ones((200, 200, 3), np.float32)
    x0, y0, x1, y1 = draw_head(Pen(image, 100, 100, 40, 0.2), who, (1.0, 0.0))
    drawn = (image != 1).any(axis=2)
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    assert (x0, y0, x1, y1) == pytest.approx((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1), abs=2)


def test_voc_counts_from_one(tmp_path):
    path = write_voc(tmp_path / "characters" / "a.xml", "a.jpg", (100, 200), [(0, 5, 40, 60)])
    tree = parse(path).getroot()
    assert tree.tag == "annotation"
    assert tree.findtext("filename") == tree.findtext("path") == "a.jpg"
    assert tree.findtext("folder") == "characters"
    assert [tree.findtext(f"size/{key}") for key in ("width", "height", "depth")] == ["200", "100", "3"]
    assert tree.findtext("object/name") == "face"
    assert [tree.findtext(f"object/bndbox/{key}") for key in ("xmin", "ymin", "xmax", "ymax")] == ["1", "6", "40", "60"]
    empty = parse(write_voc(tmp_path / "b.xml", "b.jpg", (10, 10), [])).getroot()
    assert empty.find("object") is None
