import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import nn

from likeness.cache import Cache
from likeness.features.backbones import load_backbone
from likeness.features.extract import Extraction, embed_batch, extract, load_image, prepare_backbone
from likeness.features.renderings import MIRROR, PHOTO, Rendering, background
from photo_rows import save_photos

torch.set_num_threads(1)
SETTINGS = {"image_size": 32, "batch_size": 4, "device": "cpu"}
NEEDS_GPU = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


@pytest.fixture(scope="module")
def backbone():
    return load_backbone("squeezenet1_1", "none")


@pytest.fixture
def photos(tmp_path):
    rng = np.random.default_rng(0)
    noise = [rng.integers(0, 255, (40, 48, 3), dtype=np.uint8) for _ in range(6)]
    return save_photos(tmp_path, [Image.fromarray(pixels) for pixels in noise])


def test_only_the_photo_that_was_added_is_computed(tmp_path, photos, backbone):
    cache = Cache(tmp_path / "cache")
    opened = []
    seen = Rendering("photo", lambda image, row: opened.append(row["path"]) or image, PHOTO.key)
    settings = {**SETTINGS, "root": tmp_path, "cache": cache, "rendering": seen}
    first, record = extract(photos[:5], backbone, **settings)
    assert record == Extraction(rows=5, computed=5, cached=0)
    opened.clear()
    again, record = extract(photos, backbone, **settings)
    assert record == Extraction(rows=6, computed=1, cached=5)
    assert opened == [photos["path"].iloc[5]]
    np.testing.assert_array_equal(again[:5], first)
    assert again.dtype == np.float32
    assert again.shape == (6, 512)


def test_features_do_not_depend_on_the_other_photos_of_the_batch(tmp_path, photos, backbone):
    together, _ = extract(photos, backbone, root=tmp_path, cache=None, **SETTINGS)
    for row in (0, 3, 5):
        alone, _ = extract(photos.iloc[[row]], backbone, root=tmp_path, cache=None, **SETTINGS)
        np.testing.assert_allclose(alone[0], together[row], rtol=0, atol=1e-6)
    backwards, _ = extract(photos[::-1], backbone, root=tmp_path, cache=None, **SETTINGS)
    np.testing.assert_allclose(backwards[::-1], together, rtol=0, atol=1e-6)


def test_features_are_those_of_the_normalised_squashed_photo(tmp_path, photos, backbone):
    row = photos.iloc[0]
    image = Image.open(tmp_path / row["path"]).resize((32, 32), Image.Resampling.BILINEAR)
    values = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    with torch.no_grad():
        expected = backbone(((values - mean[:, None, None]) / std[:, None, None])[None])
    found, _ = extract(photos[:1], backbone, root=tmp_path, cache=None, **SETTINGS)
    np.testing.assert_allclose(found, expected.numpy(), atol=1e-5)


def test_a_mirrored_view_equals_the_mirrored_photo(tmp_path, photos, backbone):
    path = tmp_path / "turned.png"
    Image.open(tmp_path / photos["path"].iloc[0]).transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(path)
    turned = photos[:1].assign(path=path.name, sha256="0" * 64)
    cache = Cache(tmp_path / "cache")
    expected, _ = extract(turned, backbone, root=tmp_path, cache=cache, **SETTINGS)
    plain, _ = extract(photos[:1], backbone, root=tmp_path, cache=cache, **SETTINGS)
    found, record = extract(photos[:1], backbone, root=tmp_path, cache=cache, rendering=MIRROR, **SETTINGS)
    assert record.computed == 1  # the plain photo's entry is another one
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert np.abs(plain - expected).max() > 1e-5


def test_other_weights_or_sizes_are_not_taken_from_the_cache(tmp_path, photos, backbone):
    settings = {"root": tmp_path, "cache": Cache(tmp_path / "cache"), "batch_size": 4, "device": "cpu"}
    extract(photos[:2], backbone, image_size=32, **settings)
    for other, size in ((load_backbone("squeezenet1_1", "none", seed=1), 32), (backbone, 48)):
        _, record = extract(photos[:2], other, image_size=size, **settings)
        assert record == Extraction(rows=2, computed=2, cached=0)


def test_another_batch_size_or_torch_is_not_taken_from_the_cache(tmp_path, photos, backbone, monkeypatch):
    settings = {"root": tmp_path, "cache": Cache(tmp_path / "cache"), "image_size": 32, "device": "cpu"}
    extract(photos[:2], backbone, batch_size=4, **settings)
    assert extract(photos[:2], backbone, batch_size=4, **settings)[1].computed == 0
    assert extract(photos[:2], backbone, batch_size=2, **settings)[1].computed == 2
    monkeypatch.setattr(torch, "__version__", "9.9")
    assert extract(photos[:2], backbone, batch_size=4, **settings)[1].computed == 2


def test_a_damaged_entry_is_computed_again(tmp_path, photos, backbone):
    settings = {**SETTINGS, "root": tmp_path, "cache": Cache(tmp_path / "cache")}
    first, _ = extract(photos, backbone, **settings)
    entry = sorted(path for path in (tmp_path / "cache").rglob("*") if path.is_file())[2]
    entry.write_bytes(entry.read_bytes()[:-3])
    again, record = extract(photos, backbone, **settings)
    assert record == Extraction(rows=6, computed=1, cached=5)
    np.testing.assert_array_equal(again, first)


def test_the_same_photo_twice_is_computed_once(tmp_path, photos, backbone):
    twice = photos.iloc[[0, 1, 0]]
    found, record = extract(twice, backbone, root=tmp_path, cache=None, **SETTINGS)
    assert record.computed == 2
    np.testing.assert_array_equal(found[0], found[2])


def test_features_that_are_not_finite_name_the_photo(tmp_path, photos):
    broken = load_backbone("squeezenet1_1", "none")
    with torch.no_grad():
        next(broken.parameters()).fill_(torch.nan)
    with pytest.raises(ValueError, match=r"^0\.png: squeezenet1_1 gives features that are not finite"):
        extract(photos, broken, root=tmp_path, cache=None, **SETTINGS)


@pytest.mark.parametrize("size", [(90, 9), (9001, 9000)])
def test_a_photo_that_the_manifest_accepted_is_not_refused(tmp_path, size):
    Image.new("L", size, 77).save(tmp_path / "a.jpg")
    seen = load_image({"path": "a.jpg"}, tmp_path, PHOTO, 32)
    assert np.array_equal(seen, np.full((32, 32, 3), 77))


def test_no_photos_give_no_rows(tmp_path, photos, backbone):
    found, record = extract(photos[:0], backbone, root=tmp_path, cache=None, **SETTINGS)
    assert found.shape == (0, 512)
    assert record == Extraction(0, 0, 0)


def test_the_background_view_changes_only_photos_with_people(photos, tmp_path):
    joints = np.full((1, 18, 3), np.nan)
    standing = {"neck": (24, 8), "right_shoulder": (20, 8), "left_shoulder": (28, 8), "right_hip": (21, 24),
                "left_hip": (27, 24), "right_knee": (21, 32), "left_knee": (27, 32)}  # fmt: skip
    from likeness.people.joints import JOINTS

    for name, place in standing.items():
        joints[0, JOINTS.index(name)] = (*place, 1.0)
    first, second = photos.iloc[0], photos.iloc[1]
    view = background({first["photo_id"]: joints, second["photo_id"]: np.full((1, 18, 3), np.nan)})
    image = Image.open(tmp_path / first["path"])
    shown = np.asarray(view.apply(image, first))
    changed = (shown != np.asarray(image)).any(axis=2)
    assert changed[16, 24]  # between shoulders and hips
    assert not changed[:, :4].any()
    assert view.apply(image, second) is image
    assert view.apply(image, photos.iloc[2]) is image
    moved = background({first["photo_id"]: joints + 1})
    keys = {view.key(first), moved.key(first), view.key(second), PHOTO.key(first)}
    assert len(keys) == 4


def test_a_photo_decoded_small_is_masked_at_its_own_scale(tmp_path):
    """JPEG `draft` may hand over a smaller image than the joints' photo."""
    joints = np.full((1, 18, 3), np.nan)
    joints[0, [1, 2, 5, 8, 11]] = [[200, 100, 1], [180, 100, 1], [220, 100, 1], [185, 200, 1], [215, 200, 1]]
    row = pd.Series({"photo_id": "a", "width": 400, "height": 300})
    noise = np.random.default_rng(0).integers(0, 255, (150, 200, 3), dtype=np.uint8)
    shown = np.asarray(background({"a": joints}).apply(Image.fromarray(noise), row))
    changed = (shown != noise).any(axis=2)
    assert changed[75, 100]
    assert not changed[:, :60].any()


def test_a_size_that_the_backbone_does_not_take_is_named_before_a_photo_is_read(tmp_path, photos):
    with pytest.raises(ValueError, match="backbone alexnet does not take photos of image_size 32 px"):
        extract(
            photos.assign(path="absent.png"), load_backbone("alexnet", "none"), root=tmp_path, cache=None, **SETTINGS
        )


@pytest.mark.parametrize("name", ["resnet18", "alexnet"])
def test_bfloat16_stays_within_two_percent_of_single_precision(tmp_path, photos, name):
    backbone, settings = load_backbone(name, "none"), {**SETTINGS, "image_size": 64, "root": tmp_path}
    exact, _ = extract(photos, backbone, cache=None, precision="32", **settings)
    rough, record = extract(photos, backbone, cache=None, precision="bf16", **settings)
    assert record.computed == 6
    assert rough.dtype == np.float32
    assert 0 < np.abs(rough - exact).max() < 0.02 * np.abs(exact).max()
    unit = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (exact, rough)]
    assert (unit[0] * unit[1]).sum(axis=1).min() > 0.9999


def test_weights_rounded_once_give_what_autocast_gives_that_rounds_them_in_every_batch():
    backbone, cpu = load_backbone("resnet18", "none"), torch.device("cpu")
    images = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)
    plain, rounded = prepare_backbone(backbone, cpu), prepare_backbone(backbone, cpu, "bf16")
    assert {weights.dtype for weights in plain.parameters()} == {torch.float32}
    assert torch.bfloat16 in {weights.dtype for weights in rounded.parameters()}
    same = [embed_batch(network, images, 2, cpu, "bf16") for network in (plain, rounded)]
    assert np.array_equal(*same)
    assert {weights.dtype for weights in backbone.parameters()} == {torch.float32}  # the caller's own is as it was


@pytest.mark.parametrize("precision", ["32", "bf16"])
def test_what_was_prepared_shares_memory_and_the_caller_s_network_stays_as_it_was(precision):
    backbone, cpu = load_backbone("alexnet", "none"), torch.device("cpu")
    before = {name: (weights, weights.detach().clone()) for name, weights in backbone.named_parameters()}
    prepared = prepare_backbone(backbone, cpu, precision)
    for name, weights in backbone.named_parameters():
        same, values = before[name]
        assert weights is same
        assert (weights.dtype, weights.device, weights.requires_grad) == (torch.float32, cpu, True)
        assert weights.stride() == values.stride()
        assert torch.equal(weights, values)
    assert prepared.trunk[3].weight.is_contiguous(memory_format=torch.channels_last)
    assert not prepared.trunk[3].weight.is_contiguous()
    if precision == "32":
        assert prepared.trunk[3].weight.data_ptr() == backbone.trunk[3].weight.data_ptr()


@pytest.mark.parametrize("device", ["meta", pytest.param("cuda", marks=NEEDS_GPU)])
def test_a_network_is_prepared_for_another_device_twice(device):
    backbone = load_backbone("resnet18", "none")
    for _ in range(2):
        prepared = prepare_backbone(backbone, torch.device(device), "bf16")
        assert {weights.device.type for weights in prepared.parameters()} == {device}
        assert {tensor.device.type for tensor in (*backbone.parameters(), *backbone.buffers())} == {"cpu"}
        backbone.check_size(64)


TIMM = (
    "timm:tf_efficientnet_lite0",
    "timm:mobilenetv4_conv_small",
    "timm:test_byobnet",
    "timm:test_nfnet",
    "timm:test_vit",
)


@pytest.mark.parametrize("name", ["resnet18", "densenet121", "mobilenet_v3_small", "googlenet", "convnext_tiny", *TIMM])
def test_batch_normalisation_is_folded_and_the_features_stay(name):
    backbone, cpu = load_backbone(name, "none"), torch.device("cpu")
    norms = [module for module in backbone.modules() if isinstance(module, nn.BatchNorm2d)]
    for seed, norm in enumerate(norms):  # as after training: no norm is the identity
        draw = np.random.default_rng(seed)
        norm.running_mean[:] = torch.from_numpy(draw.normal(0, 0.1, norm.num_features))
        norm.running_var[:] = torch.from_numpy(draw.uniform(0.8, 1.2, norm.num_features))
    images = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)
    with torch.no_grad():
        plain = backbone(backbone.normalise(torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255)).numpy()
    folded = prepare_backbone(backbone, cpu)
    assert np.abs(embed_batch(folded, images, 2, cpu) - plain).max() < 1e-5 * np.abs(plain).max()
    left = sum(isinstance(module, nn.BatchNorm2d) for module in folded.modules())
    assert left < len(norms) or not norms
    assert sum(isinstance(module, nn.BatchNorm2d) for module in backbone.modules()) == len(norms)


def test_features_of_other_instructions_are_not_taken_from_the_cache(tmp_path, photos, backbone, monkeypatch):
    settings = {**SETTINGS, "root": tmp_path, "cache": Cache(tmp_path / "cache")}
    for capability, computed in {"AVX2": 2, "AVX512": 2}.items():
        monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda capability=capability: capability)
        assert [extract(photos[:2], backbone, **settings)[1].computed for _ in range(2)] == [computed, 0]


def test_each_precision_has_entries_of_its_own_and_another_is_refused(tmp_path, photos, backbone):
    settings = {**SETTINGS, "root": tmp_path, "cache": Cache(tmp_path / "cache")}
    extract(photos[:2], backbone, **settings)
    assert extract(photos[:2], backbone, precision="32", **settings)[1].computed == 0  # what auto is without a GPU
    assert extract(photos[:2], backbone, precision="bf16", **settings)[1].computed == 2
    with pytest.raises(ValueError, match="precision 'fp16': choose one of auto, 32, bf16"):
        extract(photos[:2], backbone, precision="fp16", **settings)


def test_the_number_of_cores_changes_no_bit(tmp_path, photos, backbone):
    found = []
    for threads in (1, 2):
        torch.set_num_threads(threads)
        found.append(extract(photos, backbone, root=tmp_path, cache=None, **{**SETTINGS, "batch_size": 2})[0])
    torch.set_num_threads(1)
    np.testing.assert_array_equal(*found)
