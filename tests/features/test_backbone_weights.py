import hashlib

import pytest
import torch

from likeness.features.backbones import load_backbone, save_weights
from likeness.models.pose.siamese import SiameseConfig, load_siamese, make_siamese


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("network", [None, "squeezenet1_1", "timm:mobilenetv4_conv_small", "timm:test_vit"])
def test_a_network_comes_back_and_its_bytes_repeat(tmp_path, network):
    digests, tune = set(), "full" if network else "last"
    for name in ("one.pt", "two.pt"):
        backbone = load_backbone(network, "none", seed=4) if network else None
        feature_dim = backbone.dim if network else 512
        net = make_siamese(SiameseConfig("photo+skeleton", tune, "bce", feature_dim, 32), backbone, seed=2)
        save_weights(net, tmp_path / name, {"epochs": 3, "note": "é"})
        digests.add(digest(tmp_path / name))
    assert len(digests) == 1
    loaded, meta = load_siamese(tmp_path / "one.pt")
    assert meta == {"epochs": 3, "note": "é"}
    assert loaded.config == net.config
    assert not loaded.training
    for key, value in net.state_dict().items():
        assert torch.equal(value, loaded.state_dict()[key])
    if network:
        assert loaded.backbone.weights == "none-seed4"
        assert (loaded.backbone.mean, loaded.backbone.std) == (backbone.mean, backbone.std)


def test_other_files_are_refused_by_name(tmp_path):
    (tmp_path / "text.pt").write_text("<html>")
    (tmp_path / "word.pt").write_text("junk")  # torch takes its first byte for a long integer
    torch.save({"a": torch.zeros(2)}, tmp_path / "other.pt")
    for name in ("text.pt", "word.pt", "other.pt"):
        with pytest.raises(ValueError, match=f"{name}: not weights saved by likeness"):
            load_siamese(tmp_path / name)
