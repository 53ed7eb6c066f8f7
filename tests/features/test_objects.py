from collections import Counter

import numpy as np
import pytest
import torch
from PIL import Image
from skimage.data import chelsea, coffee
from torch import nn
from torchvision.models import SqueezeNet1_0_Weights, get_model

from likeness import paths
from likeness.cache import Cache
from likeness.errors import MissingWeights
from likeness.features.objects import (
    CLASSES,
    GROUPS,
    KNOWN,
    OTHER,
    SumByGroup,
    group_classifier,
    group_of_classes,
    load_classifier,
    object_features,
)
from photo_rows import save_photos

torch.set_num_threads(1)
CATEGORIES = SqueezeNet1_0_Weights.IMAGENET1K_V1.meta["categories"]
TORCH_HOME = paths.root().parent / "shared" / "weights" / "torch_home"


def test_every_class_is_in_one_group():
    words = [word for known in KNOWN.values() for word in known["names"]]
    assert [word for word, count in Counter(words).items() if count > 1] == []
    assert [word for word in words if word not in CATEGORIES] == []
    blocks = [block for known in KNOWN.values() for block in known["blocks"]]
    ranges = [number for first, last in blocks for number in range(first, last + 1)]
    assert len(ranges) == len(set(ranges))
    assert [word for word in words if CATEGORIES.index(word) in ranges] == []
    group = group_of_classes(CATEGORIES)
    assert group.shape == (CLASSES,)
    sizes = np.bincount(group, minlength=len(GROUPS))
    assert sizes.min() > 0
    assert sizes[GROUPS.index(OTHER)] == CLASSES - len(ranges) - len(words) < 100


@pytest.mark.parametrize(
    ("category", "group"),
    [
        ("Chihuahua", "dogs"),
        ("African hunting dog", "other animals"),
        ("Egyptian cat", "cats"),
        ("lion", "other animals"),
        ("great grey owl", "birds"),
        ("flamingo", "birds"),
        ("goldfish", "other animals"),
        ("pizza", "food and drink"),
        ("espresso", "food and drink"),
        ("seashore", "nature"),
        ("daisy", "nature"),
        ("sports car", "vehicles"),
        ("castle", "buildings and streets"),
        ("bow tie", "clothes and beauty"),
        ("laptop", "screens and electronics"),
        ("bookcase", "furniture and household"),
        ("scuba diver", "sports"),
        ("violin", "musical instruments"),
        ("comic book", "books and signs"),
        ("hammer", OTHER),
    ],
)
def test_a_class_lies_where_a_reader_looks_for_it(category, group):
    assert GROUPS[group_of_classes(CATEGORIES)[CATEGORIES.index(category)]] == group


def test_other_numbers_of_classes_are_refused():
    with pytest.raises(ValueError, match="knows 21 classes"):
        group_of_classes(CATEGORIES[:21])


def test_probabilities_of_a_group_are_summed():
    group = group_of_classes(CATEGORIES)
    logits = torch.zeros(2, CLASSES)  # all classes alike: each group's share of the 1,000
    logits[1, CATEGORIES.index("pizza")] = logits[1, CATEGORIES.index("espresso")] = 50.0  # nothing else counts
    found = SumByGroup(group)(logits).numpy()
    np.testing.assert_allclose(found[0], np.bincount(group) / CLASSES, rtol=1e-4)
    assert found[1, GROUPS.index("food and drink")] == pytest.approx(1.0)


class Fixed(nn.Module):
    """A classifier that sees a laptop in dark photos and a seashore in bright ones."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(100.0))

    def forward(self, photos):
        logits = torch.zeros(len(photos), CLASSES)
        light = photos.mean((1, 2, 3)) - 0.5
        logits[:, CATEGORIES.index("seashore")] = self.scale * light
        logits[:, CATEGORIES.index("laptop")] = -self.scale * light
        return logits


def test_photos_become_groups_in_their_order(tmp_path, monkeypatch):
    model = group_classifier(Fixed(), CATEGORIES, name="fixed", weights="1", size=32, mean=(0, 0, 0), std=(1, 1, 1))
    monkeypatch.setattr("likeness.features.objects.load_classifier", lambda *_: model)
    photos = save_photos(tmp_path, [Image.new("RGB", (40, 50), shade) for shade in ("white", "black", "white")])
    found, names = object_features(photos, tmp_path, backbone="fixed", cache=Cache(tmp_path / "cache"), device="cpu")
    assert names == list(GROUPS)
    assert found.shape == (3, len(GROUPS))
    assert found.dtype == np.float32
    assert [names[k] for k in found.argmax(axis=1)] == ["nature", "screens and electronics", "nature"]
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=1e-5)
    monkeypatch.setattr(Fixed, "forward", None)  # what the cache holds is not computed again
    monkeypatch.setattr("likeness.features.backbones.Backbone.check_size", lambda *_: None)
    again, _ = object_features(photos, tmp_path, backbone="fixed", cache=Cache(tmp_path / "cache"), device="cpu")
    np.testing.assert_array_equal(again, found)


def test_a_checkpoint_on_disk_is_read_whole(tmp_path, monkeypatch):
    """With the class layer, which features otherwise do without."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with torch.random.fork_rng():
        torch.manual_seed(0)
        model = get_model("squeezenet1_1", weights=None).eval()
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    torch.save(model.state_dict(), folder / "squeezenet1_1-b8a52dc0.pth")
    photo = torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected = model(photo).softmax(1)[0].numpy()
        found = load_classifier("squeezenet1_1")(photo)[0].numpy()
    group = group_of_classes(CATEGORIES)
    np.testing.assert_allclose(found, np.bincount(group, weights=expected), atol=1e-5)


def test_what_cannot_name_objects_is_refused_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(ValueError, match="'resnet5' is not"):
        load_classifier("resnet5")
    with pytest.raises(ValueError, match="vit_h_14 has no weights IMAGENET1K_V1"):
        load_classifier("vit_h_14")
    with pytest.raises(MissingWeights, match=r"squeezenet1_0-b66bff10\.pth") as error:
        load_classifier("squeezenet1_0")
    assert "\n" not in str(error.value)


@pytest.mark.skipif(not TORCH_HOME.is_dir(), reason="no ImageNet weights in ../shared/weights/torch_home")
def test_real_weights_see_a_cat_and_a_cup_of_coffee(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(TORCH_HOME))
    photos = save_photos(tmp_path, [Image.fromarray(chelsea()), Image.fromarray(coffee())])
    found, names = object_features(photos, tmp_path, backbone="squeezenet1_0", cache=None, device="cpu")
    assert [names[k] for k in found.argmax(axis=1)] == ["cats", "food and drink"]
    assert found.max(axis=1).min() > 0.5
