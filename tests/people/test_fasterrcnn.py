"""Our own detector: what it is built from, what it is saved as, and the table of faces that it gives."""

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torchvision.models import get_model
from torchvision.ops import FrozenBatchNorm2d

from likeness.errors import MissingWeights
from likeness.people import detector_net
from likeness.people.detector_net import build_detector, load_detector, save_detector
from likeness.people.fasterrcnn import find_faces_fasterrcnn, load_small, look, scaled_size
from photo_rows import save_photos

NETWORK = "fasterrcnn_mobilenet_v3_large_320_fpn"


@pytest.fixture(scope="module")
def net():
    return build_detector(NETWORK, "none", image_size=64, seed=3)


@pytest.fixture(scope="module")
def weights(net, tmp_path_factory):
    return save_detector(net, tmp_path_factory.mktemp("weights") / "detector.pt", {"epoch": 4})


@pytest.fixture
def photos(tmp_path):
    rng, images = np.random.default_rng(0), []
    for width, height in [(120, 90), (40, 80), (120, 90)]:
        pixels = rng.integers(0, 255, (height // 10, width // 10, 3), np.uint8)
        images.append(Image.fromarray(pixels).resize((width, height), 0))
    return save_photos(tmp_path, images).assign(photo_id=["id0", "id1", "id2"])


def same(one, other):
    return all(a.equal(b) for a, b in zip(one.state_dict().values(), other.state_dict().values(), strict=True))


def test_random_weights_are_a_function_of_the_seed(net):
    torch.manual_seed(1)
    assert same(net, build_detector(NETWORK, "none", image_size=64, seed=3))
    assert not same(net, build_detector(NETWORK, "none", image_size=64, seed=4))
    assert all(parameter.requires_grad for parameter in net.parameters())
    assert not any(isinstance(module, FrozenBatchNorm2d) for module in net.modules())
    assert net.roi_heads.box_predictor.cls_score.out_features == 2


def test_pictures_are_looked_at_as_large_as_asked(net):
    assert net.transform.min_size == (64,)
    assert net.transform.max_size == 64


def test_a_resnet_is_built_the_same_way():
    net = build_detector("fasterrcnn_resnet50_fpn", "none", image_size=128, seed=0)
    assert net.config.network == "fasterrcnn_resnet50_fpn"


def test_what_is_saved_is_read_back(net, weights, tmp_path):
    again, meta = load_detector(weights)
    assert meta == {"epoch": 4}
    assert again.config == net.config
    assert same(net, again)
    assert not again.training
    assert save_detector(again, tmp_path / "other.pt", meta).read_bytes() == weights.read_bytes()


def test_a_saved_detector_is_a_start_for_another(net, weights):
    again = build_detector(NETWORK, str(weights), image_size=96, seed=9)
    assert same(net, again)
    assert again.config.image_size == 96
    assert again.config.weights == "detector.pt"
    with pytest.raises(ValueError, match=f"a {NETWORK}, not a fasterrcnn_resnet50_fpn; name that as the network"):
        build_detector("fasterrcnn_resnet50_fpn", str(weights), image_size=96, seed=9)


def test_a_plain_state_dict_of_91_classes_keeps_all_but_its_class_layer(tmp_path):
    coco = get_model(NETWORK, weights=None, weights_backbone=None)
    torch.save(coco.state_dict(), tmp_path / "coco.pth")
    net = build_detector(NETWORK, str(tmp_path / "coco.pth"), image_size=64, seed=3)
    assert net.rpn.head.cls_logits.weight.equal(coco.rpn.head.cls_logits.weight)
    assert net.roi_heads.box_predictor.cls_score.weight.shape == (2, 1024)


def test_torchvisions_checkpoint_is_looked_up_and_frozen(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    name = "fasterrcnn_mobilenet_v3_large_320_fpn-907ea3f9.pth"
    with pytest.raises(MissingWeights, match=rf"COCO_V1: put {name} into .*; nothing is downloaded"):
        build_detector(NETWORK, "COCO_V1", image_size=64, seed=0)
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    torch.save(get_model(NETWORK, weights=None, weights_backbone=None).state_dict(), folder / name)
    net = build_detector(NETWORK, "DEFAULT", image_size=64, seed=0)
    assert net.config == detector_net.DetectorConfig(NETWORK, 64, "COCO_V1", 1e-5)
    assert any(isinstance(module, FrozenBatchNorm2d) for module in net.modules())
    assert not all(parameter.requires_grad for parameter in net.parameters())
    again, _ = load_detector(save_detector(net, tmp_path / "mine.pt", {}))
    picture = torch.rand(3, 48, 64)
    assert np.array_equal(look(net.eval(), [picture])[0], look(again, [picture])[0])
    (folder / name).write_bytes(b"not a checkpoint")
    with pytest.raises(ValueError, match=f"{name}: not the checkpoint of {NETWORK}; copy it again"):
        build_detector(NETWORK, "COCO_V1", image_size=64, seed=0)


def test_what_cannot_be_built_is_refused_in_one_line(tmp_path):
    with pytest.raises(ValueError, match=r"network 'yolo' is unknown; choose one of fasterrcnn_mobilenet"):
        build_detector("yolo", "none", image_size=64, seed=0)
    with pytest.raises(
        MissingWeights, match=r"weights 'gone\.pt' for .*: neither a file nor one of COCO_V1, DEFAULT, none"
    ):
        build_detector(NETWORK, "gone.pt", image_size=64, seed=0)
    torch.save({"a": torch.zeros(1)}, tmp_path / "odd.pt")
    with pytest.raises(ValueError, match=r"odd\.pt: not a state dict of .*: \d+ keys do not fit"):
        build_detector(NETWORK, str(tmp_path / "odd.pt"), image_size=64, seed=0)
    with pytest.raises(ValueError, match=r"odd\.pt: not a detector saved by likeness"):
        load_detector(tmp_path / "odd.pt")
    (tmp_path / "junk.pt").write_bytes(b"junk")
    with pytest.raises(ValueError, match=r"junk\.pt: holds no weights"):
        load_detector(tmp_path / "junk.pt")
    with pytest.raises(FileNotFoundError, match=r"gone\.pt is missing; the stage faces-detector makes it"):
        load_detector(tmp_path / "gone.pt")


def test_faces_come_as_a_table_in_px_of_the_photo(photos, weights, tmp_path):
    faces = find_faces_fasterrcnn(photos, tmp_path, weights, cache=None)
    assert list(faces) == ["face_id", "photo_id", "x0", "y0", "x1", "y1", "score"]
    assert set(faces["photo_id"]) <= set(photos["photo_id"])
    sizes = photos.set_index("photo_id").loc[faces["photo_id"], ["width", "height"]].to_numpy()
    assert (faces[["x0", "y0"]].to_numpy() >= 0).all()
    assert (faces[["x1", "y1"]].to_numpy() <= sizes).all()
    assert faces["score"].between(0.05, 1).all()
    for photo_id, each in faces.groupby("photo_id"):
        assert each["score"].is_monotonic_decreasing
        assert each["face_id"].tolist() == [f"{photo_id}-{k}" for k in range(len(each))]
    assert len(faces)  # random weights are unsure of everything, and see a face nearly everywhere
    cut = float(faces["score"].median())
    sure = find_faces_fasterrcnn(photos, tmp_path, weights, cache=None, confidence=cut)
    assert len(sure) == (faces["score"] >= cut).sum()


def test_boxes_are_scaled_back_from_the_size_looked_at(photos, tmp_path, weights, monkeypatch):
    seen = []

    def fake(net, pictures):
        seen.append(tuple(pictures[0].shape))
        return [np.array([[8.0, 6, 32, 24, 0.9]])]

    monkeypatch.setattr("likeness.people.fasterrcnn.look", fake)
    faces = find_faces_fasterrcnn(photos[:2], tmp_path, weights, cache=None)
    assert seen == [(3, 48, 64), (3, 64, 32)]  # the second one is 40 x 80
    assert faces[["x0", "y0", "x1", "y1"]].to_numpy().tolist() == [[15, 11.25, 60, 45], [10, 7.5, 40, 30]]


def test_a_photo_is_computed_once_and_whatever_is_beside_it(photos, tmp_path, weights, monkeypatch, cache):
    whole = find_faces_fasterrcnn(photos, tmp_path, weights, cache=cache, batch_size=2)
    assert len(cache.names()) == 3
    alone = find_faces_fasterrcnn(photos[1:2], tmp_path, weights, cache=None)
    pd.testing.assert_frame_equal(alone, whole[whole["photo_id"] == "id1"].reset_index(drop=True))
    monkeypatch.setattr("likeness.people.fasterrcnn.look", None)
    pd.testing.assert_frame_equal(find_faces_fasterrcnn(photos, tmp_path, weights, cache=cache), whole)
    sure = find_faces_fasterrcnn(photos, tmp_path, weights, cache=cache, confidence=0.4)
    assert len(sure) == (whole["score"] >= 0.4).sum()
    assert find_faces_fasterrcnn(photos[:0], tmp_path, weights, cache=cache).empty


def test_other_weights_have_other_entries_in_the_cache(photos, tmp_path, weights, net, cache):
    find_faces_fasterrcnn(photos[:1], tmp_path, weights, cache=cache)
    find_faces_fasterrcnn(photos[:1], tmp_path, save_detector(net, tmp_path / "b.pt", {"epoch": 5}), cache=cache)
    assert len(cache.names()) == 2


def test_impossible_settings_are_named(photos, tmp_path, weights):
    for setting, says in (
        ({"batch_size": 0}, "batch_size 0 must be at least 1"),
        ({"confidence": 0.01}, r"confidence 0\.01 must be at least 0\.05"),
        ({"confidence": 1.0}, "must be at least 0.05 and below 1"),
    ):
        with pytest.raises(ValueError, match=says):
            find_faces_fasterrcnn(photos, tmp_path, weights, cache=None, **setting)


def test_the_longest_side_is_as_asked(tmp_path):
    assert scaled_size(1080, 1350, 192) == (154, 192)
    assert scaled_size(30, 20, 192) == (192, 128)
    assert scaled_size(5000, 3, 192) == (192, 1)
    Image.new("RGB", (30, 20)).save(tmp_path / "small.png")
    assert load_small(tmp_path / "small.png", 96).size == (96, 64)
