import pytest
import torch
from torch import nn
from torchvision.models import get_model

from likeness.errors import MissingWeights
from likeness.features.backbones import NoMap, load_backbone
from likeness.paths import file_sha256

PHOTOS = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("name", "dim"),
    [
        ("resnet18", 512),
        ("squeezenet1_0", 512),
        ("mobilenet_v3_small", 576),
        ("alexnet", 256),
        ("shufflenet_v2_x0_5", 1024),
        ("densenet121", 1024),
        ("convnext_tiny", 768),
        ("regnet_x_400mf", 400),
    ],
)
def test_features_have_the_width_of_the_last_maps(name, dim):
    backbone = load_backbone(name, "none")
    assert backbone.dim == dim
    with torch.no_grad():
        assert backbone(PHOTOS).shape == (2, dim)
    assert not any(getattr(module, "inplace", False) for module in backbone.modules())


def test_pooled_features_are_the_mean_of_the_last_maps():
    backbone = load_backbone("resnet18", "none", seed=3)
    torch.manual_seed(3)
    model = get_model("resnet18", weights=None).eval()
    with torch.no_grad():
        x = model.maxpool(model.relu(model.bn1(model.conv1(PHOTOS))))
        expected = model.layer4(model.layer3(model.layer2(model.layer1(x)))).mean((2, 3))
        torch.testing.assert_close(backbone(PHOTOS), expected)


def test_hidden_layers_of_alexnet_are_taken_after_their_relu():
    backbone = load_backbone("alexnet", "none", layer="fc6", seed=3)
    torch.manual_seed(3)
    model = get_model("alexnet", weights=None).eval()
    with torch.no_grad():
        expected = model.classifier[:3](model.avgpool(model.features(PHOTOS)).flatten(1))
        torch.testing.assert_close(backbone(PHOTOS), expected)
    assert backbone.dim == 4096


def test_random_weights_follow_the_seed_and_leave_the_global_generator_alone():
    torch.manual_seed(11)
    expected = torch.rand(1)
    torch.manual_seed(11)
    one, two, other = (load_backbone("squeezenet1_0", "none", seed=seed) for seed in (5, 5, 6))
    assert torch.rand(1) == expected
    with torch.no_grad():
        assert torch.equal(one(PHOTOS), two(PHOTOS))
        assert not torch.equal(one(PHOTOS), other(PHOTOS))
    assert (one.weights, other.weights) == ("none-seed5", "none-seed6")


def test_missing_weights_name_the_file_and_the_folder_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(MissingWeights) as error:
        load_backbone("resnet50", "IMAGENET1K_V1")
    message = str(error.value)
    assert "resnet50-0676ba61.pth" in message
    assert str(tmp_path / "hub" / "checkpoints") in message
    assert "\n" not in message


def test_a_checkpoint_with_another_content_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / "squeezenet1_0-b66bff10.pth").write_bytes(b"not a checkpoint")
    with pytest.raises(ValueError, match="not the checkpoint of squeezenet1_0; copy it again") as error:
        load_backbone("squeezenet1_0", "DEFAULT")
    assert "\n" not in str(error.value)


def test_a_checkpoint_is_known_by_its_content(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    file = tmp_path / "hub" / "checkpoints" / "squeezenet1_0-b66bff10.pth"
    file.parent.mkdir(parents=True)
    torch.save(get_model("squeezenet1_0", weights=None).state_dict(), file)
    assert load_backbone("squeezenet1_0", "DEFAULT").weights == f"IMAGENET1K_V1-{file_sha256(file)[:16]}"


def test_a_state_dict_file_is_loaded_whatever_its_number_of_classes(tmp_path):
    torch.manual_seed(8)
    model = get_model("resnet18", weights=None, num_classes=7).eval()
    torch.save(model.state_dict(), tmp_path / "places.pth")
    backbone = load_backbone("resnet18", str(tmp_path / "places.pth"))
    model.fc = nn.Identity()
    with torch.no_grad():
        torch.testing.assert_close(backbone(PHOTOS), model(PHOTOS))
    assert backbone.weights == file_sha256(tmp_path / "places.pth")


def test_of_a_file_only_the_class_layer_may_be_missing(tmp_path):
    """A hidden layer that stayed random would give features of nothing."""
    state = get_model("alexnet", weights=None).state_dict()
    headless = {key: value for key, value in state.items() if not key.startswith("classifier.6.")}
    torch.save(headless, tmp_path / "headless.pth")
    backbone = load_backbone("alexnet", str(tmp_path / "headless.pth"), layer="fc7", seed=5)
    assert torch.equal(backbone.trunk[-1][4].weight, state["classifier.4.weight"])
    shallow = {key: value for key, value in headless.items() if not key.startswith("classifier.4.")}
    torch.save(shallow, tmp_path / "shallow.pth")
    with pytest.raises(
        ValueError, match=r"not a state dict of alexnet: 2 keys do not fit, first 'classifier\.4\.weight'"
    ):
        load_backbone("alexnet", str(tmp_path / "shallow.pth"), layer="fc7")


def test_a_class_layer_of_several_layers_is_dropped(tmp_path):
    model = get_model("resnet18", weights=None)
    model.fc = nn.Sequential(nn.Linear(512, 9), nn.Linear(9, 3))
    torch.save(model.state_dict(), tmp_path / "deep.pth")
    backbone = load_backbone("resnet18", str(tmp_path / "deep.pth"))
    assert torch.equal(backbone.trunk.conv1.weight, model.conv1.weight)


def test_files_that_do_not_fit_are_refused_by_name(tmp_path):
    torch.save(get_model("squeezenet1_0", weights=None).state_dict(), tmp_path / "other.pth")
    (tmp_path / "text.pth").write_text("<html>")
    (tmp_path / "word.pth").write_text("junk")  # torch takes its first byte for a long integer
    for file in ("other.pth", "text.pth", "word.pth"):
        with pytest.raises(ValueError, match=rf"{file}: not a state dict of resnet18") as error:
            load_backbone("resnet18", str(tmp_path / file))
        assert "\n" not in str(error.value)
    with pytest.raises(MissingWeights, match="neither a file nor one of IMAGENET1K_V1"):
        load_backbone("resnet18", str(tmp_path / "absent.pth"))


@pytest.mark.parametrize(
    ("name", "layer"), [("resnet5000", "pool"), ("resnet18", "fc6"), ("fasterrcnn_resnet50_fpn", "pool")]
)
def test_unknown_names_and_layers_are_refused(name, layer):
    with pytest.raises(ValueError, match=layer if layer != "pool" else name):
        load_backbone(name, "none", layer=layer)


def test_the_target_layer_is_the_last_one_that_maps_the_photo():
    resnet = load_backbone("resnet18", "none")
    assert resnet.target_layer() is resnet.trunk.layer4
    squeezenet = load_backbone("squeezenet1_0", "none")
    assert squeezenet.target_layer() is squeezenet.trunk[-1]
    with pytest.raises(ValueError, match="vit_b_32 keeps no map"):
        load_backbone("vit_b_32", "none").target_layer()


def test_networks_without_maps_have_no_target_layer():
    for name in ("vit_b_32", "swin_t"):  # swin: a channels-last map, which Grad-CAM would read the wrong way round
        with pytest.raises(NoMap, match=f"{name} keeps no map"):
            load_backbone(name, "none").target_layer()


@pytest.mark.parametrize(
    ("name", "size", "layer"),
    [
        ("googlenet", 64, "inception4e"),  # inception5b has 2 x 2 cells, and its branches see a part each
        ("squeezenet1_0", 64, "10"),  # a fire module of 512 channels before the pooling, not its expand3x3
        ("efficientnet_b0", 64, "features.5"),
        ("resnet18", 64, "layer3"),
    ],
)
def test_the_target_layer_is_on_the_main_path(name, size, layer):
    backbone = load_backbone(name, "none")
    assert backbone.target_layer(size) is backbone.trunk.get_submodule(layer)


@pytest.mark.parametrize(("name", "size"), [("vit_b_16", 64), ("alexnet", 48)])
def test_a_size_that_the_network_does_not_take_is_one_line(name, size):
    with pytest.raises(ValueError, match=rf"^backbone {name} does not take photos of image_size {size} px") as error:
        load_backbone(name, "none", image_size=size)
    assert "\n" not in str(error.value)
    assert load_backbone("squeezenet1_1", "none", image_size=size).dim == 512


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("mobilenet_v3", "mobilenet_v3_large or mobilenet_v3_small"),
        ("ResNet18", "resnet18"),
        ("rensnet50", "resnet50"),
        ("unheard-of", "resnet50 or vgg16"),
    ],
)
def test_an_unknown_name_is_answered_with_what_may_be_meant(name, meant):
    with pytest.raises(ValueError, match=rf"^backbone '{name}' is not .*, like {meant}"):
        load_backbone(name, "none")


def test_a_training_checkpoint_is_unwrapped(tmp_path):
    """As torchvision's own training script saves it from several GPUs, with its averaged weights."""
    torch.manual_seed(8)
    model, averaged = (get_model("resnet18", weights=None, num_classes=7).eval() for _ in range(2))
    wrapped = {f"module.{key}": value for key, value in averaged.state_dict().items()}
    torch.save({"model": model.state_dict(), "epoch": 3}, tmp_path / "plain.pth")
    torch.save({"model": model.state_dict(), "model_ema": wrapped, "epoch": 3}, tmp_path / "ema.pth")
    for name, source, part in (("plain.pth", model, ""), ("ema.pth", averaged, "-model_ema.module")):
        backbone = load_backbone("resnet18", str(tmp_path / name))
        source.fc = nn.Identity()
        with torch.no_grad():
            torch.testing.assert_close(backbone(PHOTOS), source(PHOTOS))
        assert backbone.weights == file_sha256(tmp_path / name) + part  # the page says which part it was


def test_vgg_trained_with_its_features_in_parallel_fits(tmp_path):
    state = get_model("alexnet", weights=None).state_dict()
    torch.save(
        {"state_dict": {key.replace("features.", "features.module."): value for key, value in state.items()}},
        tmp_path / "places.pth.tar",
    )
    backbone = load_backbone("alexnet", str(tmp_path / "places.pth.tar"), layer="fc7")
    assert torch.equal(backbone.trunk[0][0].weight, state["features.0.weight"])


@pytest.mark.parametrize(
    ("name", "how"),
    [("googlenet", {"aux_logits": False}), ("googlenet", {"num_classes": 9}), ("mobilenet_v3_small", {})],
)
def test_heads_that_no_feature_needs_may_be_missing_or_of_another_size(tmp_path, name, how):
    model = get_model(name, weights=None, **({"init_weights": False} if name == "googlenet" else {}), **how)
    state = {key: value for key, value in model.state_dict().items() if not key.startswith("classifier.")}
    torch.save(state, tmp_path / "tuned.pth")
    backbone = load_backbone(name, str(tmp_path / "tuned.pth"))
    first = next(key for key in state if key.endswith("weight"))
    assert torch.equal(
        backbone.trunk.state_dict().get(first, backbone.state_dict().get(f"trunk.{first[9:]}")), state[first]
    )


def test_the_code_of_a_checkpoint_in_the_folder_is_not_run(tmp_path, monkeypatch):
    """torchvision's own reader would run it."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    file = tmp_path / "hub" / "checkpoints" / "squeezenet1_0-b66bff10.pth"
    file.parent.mkdir(parents=True)
    torch.save({"features.0.weight": Runs(tmp_path / "ran")}, file)
    with pytest.raises(
        ValueError, match=r"not the checkpoint of squeezenet1_0; copy it again: it holds .*open"
    ) as error:
        load_backbone("squeezenet1_0", "DEFAULT")
    assert not (tmp_path / "ran").exists()
    assert "\n" not in str(error.value)
    file.write_bytes(b"")
    with pytest.raises(ValueError, match="copy it again: it is empty"):
        load_backbone("squeezenet1_0", "DEFAULT")


class Runs:
    """Writes a file where it is unpickled."""

    def __init__(self, target):
        self.target = str(target)

    def __reduce__(self):
        return (open, (self.target, "w"))
