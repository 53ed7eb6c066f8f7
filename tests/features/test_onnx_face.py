import numpy as np
import pytest
import torch

from likeness.errors import LayoutError, MissingWeights
from likeness.features.extract import prepare_backbone
from likeness.features.extractors import load_extractor, recipe_of
from likeness.features.onnx_face import load_onnx
from likeness.features.sight import Sight


def field(number, content):
    """A field of a protocol buffer: a whole number below 128, or a text, bytes or message."""
    if isinstance(content, int):
        return bytes([number << 3, content])
    content = content.encode() if isinstance(content, str) else content
    length = len(content)
    size = bytes([length]) if length < 128 else bytes([length & 127 | 128, length >> 7])
    return bytes([number << 3 | 2]) + size + content


def value(name, shape):
    dims = b"".join(field(1, field(1, size) if isinstance(size, int) else field(2, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))


def network(path, batch="n", channels=3, side=8):
    """An ONNX file whose output is the mean of each channel: GlobalAveragePool of images (batch, 3, side, side)."""
    node = field(1, "images") + field(2, "means") + field(4, "GlobalAveragePool")
    shape = (batch, channels, side, side)
    graph = field(1, node) + field(2, "g") + field(11, value("images", shape))
    graph += field(12, value("means", (batch, channels, 1, 1)))
    path.write_bytes(field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13)))
    return path


@pytest.mark.parametrize(("prefix", "order"), [("onnx", [0, 1, 2]), ("onnx-bgr", [2, 1, 0])])
@pytest.mark.parametrize("batch", ["n", 1])
def test_an_onnx_file_sees_pixels_from_minus_one_to_one_in_its_order(tmp_path, prefix, order, batch):
    pytest.importorskip("onnxruntime")
    file = network(tmp_path / "means.onnx", batch)
    found = prepare_backbone(load_extractor(prefix, str(file)), torch.device("cpu"))
    levels = torch.tensor([[0, 0.5, 1], [0.25, 0.25, 0.75]])
    images = levels[:, :, None, None].expand(2, 3, 8, 8)
    expected = (2 * levels - 1)[:, order]
    torch.testing.assert_close(found(found.normalise(images)), expected)
    assert (found.size, found.dim, Sight(prefix, str(file)).name) == (8, 3, f"{prefix}@means")
    assert recipe_of(found, "none", 96, 4, 0)["image_size"] == 8


def test_a_file_that_is_none_is_told_in_one_line(tmp_path):
    with pytest.raises(MissingWeights, match=r"there is no file .*gone\.onnx; give the path"):
        load_onnx("onnx", tmp_path / "gone.onnx")
    pytest.importorskip("onnxruntime")
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(LayoutError, match=r"text\.onnx: is no network that onnxruntime reads"):
        load_onnx("onnx", tmp_path / "text.onnx")
    with pytest.raises(LayoutError, match=r"grey\.onnx: takes .*must take square images"):
        load_onnx("onnx", network(tmp_path / "grey.onnx", channels=1))


def test_numbers_do_not_depend_on_how_many_images_are_asked_at_once(tmp_path):
    pytest.importorskip("onnxruntime")
    found = load_onnx("onnx", network(tmp_path / "means.onnx"))
    images = torch.from_numpy(np.random.default_rng(0).random((5, 3, 8, 8), np.float32))
    assert torch.equal(found(images)[2:3], found(images[2:3]))
