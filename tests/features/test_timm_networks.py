import numpy as np
import pytest
import timm
import torch
from safetensors.torch import save_file
from torch import nn

from likeness.errors import LayoutError, MissingWeights
from likeness.features.backbones import load_backbone
from likeness.features.bundled import rename
from likeness.models.likability.posts_net import PostConfig, make_post_net
from likeness.paths import file_sha256

LITE = "timm:tf_efficientnet_lite0"
PHOTOS = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("name", "size", "dim", "own_size"),
    [
        ("timm:resnet18", 64, 512, 224),
        ("timm:vgg11", 64, 4096, 224),
        ("timm:mobilenetv4_conv_small", 64, 1280, 224),
        ("timm:convnext_atto", 64, 320, 224),
        ("timm:vit_small_patch14_dinov2.lvd142m", 56, 384, 518),
        ("timm:vit_base_patch16_siglip_224", 64, 768, 224),
        ("timm:vit_small_patch16_224", 64, 384, 224),
        ("timm:test_vit4", 64, 96, 160),
    ],
)
def test_any_network_of_timm_loads_by_its_name_and_embeds(name, size, dim, own_size):
    backbone = load_backbone(name, "none", image_size=size)
    assert (backbone.name, backbone.size, backbone.dim) == (name, own_size, dim)
    with torch.no_grad():
        features = backbone(backbone.normalise(PHOTOS[:, :, :size, :size]))
    assert features.shape == (2, dim)
    assert features.isfinite().all()
    assert not any(getattr(module, "inplace", False) for module in backbone.modules())


def test_features_are_those_before_the_class_layer():
    backbone = load_backbone("timm:test_vit", "none", seed=3)
    torch.manual_seed(3)
    model = timm.create_model("test_vit").eval()
    photos = torch.rand(2, 3, 160, 160)
    with torch.no_grad():
        expected = model.forward_head(model.forward_features(photos), pre_logits=True)
        torch.testing.assert_close(backbone(photos), expected)


def test_random_weights_follow_the_seed_and_leave_the_global_generator_alone():
    torch.manual_seed(11)
    expected = torch.rand(1)
    torch.manual_seed(11)
    one, two, other = (load_backbone("timm:test_resnet", "none", seed=seed) for seed in (5, 5, 6))
    assert torch.rand(1) == expected
    with torch.no_grad():
        assert torch.equal(one(PHOTOS), two(PHOTOS))
        assert not torch.equal(one(PHOTOS), other(PHOTOS))
    assert one.weights == "none-seed5"


def test_the_bundled_network_has_seen_photos():
    backbone = load_backbone(LITE, "bundled", image_size=128)
    random = load_backbone(LITE, "none")
    assert backbone.weights == "bundled-579344248a93e230"
    assert backbone.weights == load_backbone(LITE, "bundled", seed=5).weights  # no matter of chance
    np.testing.assert_allclose(backbone.normalise(torch.ones(1, 3, 1, 1)).numpy(), 1.0, atol=1e-6)
    np.testing.assert_allclose(backbone.normalise(torch.zeros(1, 3, 1, 1)).numpy(), -127 / 128, atol=1e-6)
    counted = backbone.trunk.bn1.running_var
    assert counted.std() > 0.1 > random.trunk.bn1.running_var.std()  # of photos that passed through it


def test_saved_tensors_take_the_places_of_the_networks_own_by_order_and_shape():
    own = {"stem.weight": torch.zeros(2, 3), "stem.bias": torch.zeros(2)}
    saved = {"_a": torch.ones(2, 3), "_b": torch.full((2,), 5.0)}
    found = rename(saved, own)
    assert list(found) == ["stem.weight", "stem.bias"]
    assert torch.equal(found["stem.bias"], saved["_b"])
    assert rename(dict(reversed(saved.items())), own) is None
    assert rename({"_a": saved["_a"]}, own) is None


@pytest.mark.parametrize("name", ["resnet18", "timm:resnet18"])
def test_a_network_that_no_package_carries_says_which_one_is(name):
    with pytest.raises(ValueError, match=rf"no package carries those of {name}, but of {LITE}"):
        load_backbone(name, "bundled")


@pytest.mark.parametrize(
    ("name", "layer", "said"),
    [
        ("timm:resnett18", "pool", "not a model of timm, like timm:resnet18 or "),
        ("timm:resnet18.nonsense", "pool", "no such weights; there are .*timm:resnet18.a1_in1k"),
        ("timm:vgg16", "fc7", 'choose "pool"'),
    ],
)
def test_an_unknown_name_tag_or_layer_is_one_line(name, layer, said):
    with pytest.raises(ValueError, match=said) as error:
        load_backbone(name, "none", layer=layer)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "size"), [("timm:vit_small_patch14_dinov2", 64), ("timm:swin_tiny_patch4_window7_224", 90)]
)
def test_a_size_that_the_network_does_not_take_is_one_line(name, size):
    with pytest.raises(ValueError, match=rf"^backbone {name} does not take photos of image_size {size} px") as error:
        load_backbone(name, "none", image_size=size)
    assert "\n" not in str(error.value)


@pytest.fixture
def homes(tmp_path, monkeypatch):
    """Empty folders of torch hub's and of Hugging Face's files."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hf"))
    return tmp_path


def test_missing_weights_name_the_file_the_folder_and_the_command(homes):
    with pytest.raises(MissingWeights) as error:
        load_backbone("timm:test_vit", "DEFAULT")
    message = str(error.value)
    assert "timm--test_vit.r160_in1k.safetensors" in message
    assert str(homes / "torch" / "hub" / "checkpoints") in message
    assert "likeness weights --fetch" in message
    assert "\n" not in message


@pytest.mark.parametrize("place", ["torch/hub/checkpoints/timm--test_vit.r160_in1k.safetensors", "cache"])
def test_published_weights_are_found_in_either_folder(homes, place):
    model = timm.create_model("test_vit")
    file = homes / place
    if place == "cache":
        snapshot = homes / "hf" / "models--timm--test_vit.r160_in1k"
        file = snapshot / "snapshots" / "abc" / "model.safetensors"
        (snapshot / "refs").mkdir(parents=True)
        (snapshot / "refs" / "main").write_text("abc")
    file.parent.mkdir(parents=True)
    save_file(model.state_dict(), file)
    backbone = load_backbone("timm:test_vit", "DEFAULT", image_size=64)
    assert backbone.weights == f"r160_in1k-{file_sha256(file)[:16]}"
    assert torch.equal(backbone.trunk.blocks[0].attn.qkv.weight, model.blocks[0].attn.qkv.weight)
    save_file({"norm.weight": torch.ones(64)}, file)
    with pytest.raises(LayoutError, match="not the weights of timm:test_vit; fetch or copy them again"):
        load_backbone("timm:test_vit", "DEFAULT")


def test_a_file_of_ones_own_fits_with_another_class_layer(tmp_path):
    model = timm.create_model("test_resnet", num_classes=7)
    save_file({f"backbone.{key}": value for key, value in model.state_dict().items()}, tmp_path / "own.safetensors")
    backbone = load_backbone("timm:test_resnet", str(tmp_path / "own.safetensors"))
    assert torch.equal(backbone.trunk.conv1[0].weight, model.conv1[0].weight)
    assert backbone.weights == file_sha256(tmp_path / "own.safetensors")
    with pytest.raises(MissingWeights, match=r"neither a file nor one of bundled, DEFAULT, none"):
        load_backbone("timm:test_resnet", "absent.pth")


def test_grad_cam_looks_at_the_bundled_networks_last_maps():
    backbone = load_backbone(LITE, "none")
    assert backbone.target_layer(128) is backbone.trunk.bn2  # 4 x 4 cells
    assert backbone.target_layer(96) is backbone.trunk.blocks[4]


@pytest.mark.parametrize("name", ["timm:test_efficientnet", "timm:test_vit"])
def test_a_network_of_posts_learns_through_all_of_it(name):
    net = make_post_net(PostConfig("backbone", 64), backbone=name, weights="none", seed=0).train()
    logit = net(torch.rand(4, 3, 64, 64))
    nn.functional.binary_cross_entropy_with_logits(logit, torch.tensor([0.0, 1.0, 0.0, 1.0])).backward()
    without = [key for key, weights in net.named_parameters() if weights.grad is None or not weights.grad.any()]
    assert not [key for key in without if not key.endswith("bias")]
