"""The kinds of fault that users' folders hold, over every reader of weights and of the project's own files.

A kind's test goes over all readers of its area; `pytest tests/kinds` runs the eight kinds.
"""

import io
import json
import pickle
import struct
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torchvision.models import get_model, get_model_weights
from torchvision.models.detection import FasterRCNN_MobileNet_V3_Large_320_FPN_Weights as DetectorWeights

from likeness.album.curator import load_curator
from likeness.errors import LayoutError, UserError
from likeness.features.backbones import load_backbone, load_weights
from likeness.features.facenet import CHECKPOINTS, load_facenet
from likeness.models.likability.posts_net import load_post_net
from likeness.models.pose.siamese import load_siamese
from likeness.params.matrix import read_pipeline
from likeness.people import keypointrcnn
from likeness.people.detector_net import build_detector, load_detector
from likeness.weight_files import read_weights

NETWORK = "fasterrcnn_mobilenet_v3_large_320_fpn"


class Runs:
    """Writes a file where it is unpickled."""

    def __init__(self, target):
        self.target = str(target)

    def __reduce__(self):
        return (open, (self.target, "w"))


def saved(value: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def safetensors() -> bytes:
    header = json.dumps({"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4)


def archive() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, mean=np.zeros(500))
    return buffer.getvalue()


def published(weights) -> str:
    return f"hub/checkpoints/{weights.url.rsplit('/', 1)[1]}"


@dataclass(frozen=True)
class Reader:
    """name: of the file that it reads, in a folder that is TORCH_HOME too. read: folder -> what it gives."""

    name: str
    read: object


READERS = {
    "backbone's file": Reader("a.pth", lambda f: load_backbone("squeezenet1_1", str(f / "a.pth"))),
    "backbone's checkpoint": Reader(
        published(get_model_weights("squeezenet1_1").DEFAULT), lambda f: load_backbone("squeezenet1_1", "DEFAULT")
    ),
    "facenet's file": Reader("a.pt", lambda f: load_facenet(str(f / "a.pt"))),
    "facenet's checkpoint": Reader(f"checkpoints/{CHECKPOINTS['vggface2']}", lambda f: load_facenet("vggface2")),
    "detector's file": Reader("a.pt", lambda f: build_detector(NETWORK, str(f / "a.pt"), image_size=64, seed=0)),
    "detector's checkpoint": Reader(
        published(DetectorWeights.DEFAULT), lambda f: build_detector(NETWORK, "DEFAULT", image_size=64, seed=0)
    ),
    "keypoints' checkpoint": Reader(published(keypointrcnn.WEIGHTS), lambda f: keypointrcnn.load_model("cpu")),
    "any weights": Reader("a.pt", lambda f: read_weights(f / "a.pt")),
    "our detector": Reader("a.pt", lambda f: load_detector(f / "a.pt")),
    "our siamese network": Reader("a.pt", lambda f: load_siamese(f / "a.pt")),
    "our network of posts": Reader("a.pt", lambda f: load_post_net(f / "a.pt")),
    "our weights": Reader("a.pt", lambda f: load_weights(f / "a.pt", lambda *_: torch.nn.Linear(1, 1))),
    "curator": Reader("curator.npz", lambda f: load_curator(f / "curator.npz")),
    "pipeline": Reader("dvc.yaml", read_pipeline),
}
CONTENTS = {
    "empty": lambda folder: b"",
    "cut off": lambda folder: saved({"a": torch.zeros(300)})[:700],
    "archive cut off": lambda folder: archive()[:-30],
    "web page": lambda folder: b"<!DOCTYPE html>\n<html><body>Quota exceeded: too many downloads",
    "code": lambda folder: saved({"a": Runs(folder / "ran")}),
    "code, plain pickle": lambda folder: pickle.dumps({"a": Runs(folder / "ran")}),
    "safetensors": lambda folder: safetensors(),
    "a list": lambda folder: saved([1, 2]),
    "another table": lambda folder: saved({"a": torch.zeros(2)}),
    "an odd header": lambda folder: saved({"header": "{}", "state": {}}),
    "a header of nothing": lambda folder: saved({"header": "null", "state": None}),
}
READ_ANYTHING = {("any weights", each) for each in ("another table", "an odd header", "safetensors")}


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("reader", READERS)
def test_kind_8_a_file_that_is_none_is_one_line_that_names_it(tmp_path, monkeypatch, reader, content):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    file = tmp_path / READERS[reader].name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(CONTENTS[content](tmp_path))
    if (reader, content) in READ_ANYTHING:
        assert READERS[reader].read(tmp_path)
        return
    with pytest.raises(UserError) as caught:
        READERS[reader].read(tmp_path)
    told = str(caught.value)
    assert told.startswith(str(file))
    assert "\n" not in told
    assert len(told) > len(str(file)) + 15
    assert not (tmp_path / "ran").exists()


def test_kind_1_weights_of_another_network_show_a_key_of_each_side(tmp_path):
    torch.save(get_model("alexnet", weights=None).state_dict(), tmp_path / "a.pth")
    with pytest.raises(
        LayoutError, match=r"\d+ keys do not fit: it holds such as 'classifier\.\S+', and 'bn1\.bias' is needed"
    ):
        load_backbone("resnet18", str(tmp_path / "a.pth"))
