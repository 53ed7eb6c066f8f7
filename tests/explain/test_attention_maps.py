"""Attention of small transformers, against the formula written out and against what a transformer must look at."""

from functools import partial

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data
from torch import Tensor, nn
from torchvision.models import get_model

from likeness.explain.attention_maps import attention_map, relevance
from likeness.explain.attributions import map_methods
from likeness.explain.scorecard import LIMIT, WORDS, scorecard
from likeness.explain.sides import Pairs
from likeness.explain.similarity_maps import SimilarPictures, random_similarity
from likeness.features.attention import NoMap, OpenAttention, attention_layers
from likeness.features.backbones import load_backbone

SIZE = 64


def noise(n: int, seed: int = 0) -> Pairs:
    generator = torch.Generator().manual_seed(seed)
    return Pairs(*(torch.rand(n, 3, SIZE, SIZE, generator=generator) for _ in range(2)))


@pytest.fixture(scope="module")
def model() -> SimilarPictures:
    return SimilarPictures(load_backbone("timm:test_vit", "none", seed=5), 0.5, 0.1, SIZE).eval()


def test_relevance_of_two_layers_worked_out_by_hand():
    """Four patches behind a class token, one head; only the class token's row is read at the end."""
    first, second = torch.zeros(5, 5), torch.zeros(5, 5)
    first[1, 2], first[0, 4] = 0.5, 0.2  # patch 1 looks at patch 2, the class token at patch 4
    second[0, 1], second[0, 3] = 0.6, 0.4
    up = torch.zeros(5, 5)
    up[0] = torch.tensor([0.0, 2.0, 0.0, -1.0, 0.0])  # what patch 3 gave speaks against the answer
    layers = [first[None, None], second[None, None]]
    found = relevance(layers, [torch.ones(1, 1, 5, 5), up[None, None]])
    # class token: itself 0.2 of patch 4; through patch 1: 1.2 of patch 1, and 1.2 * 0.5 of patch 2
    torch.testing.assert_close(found[0], torch.tensor([[1.2, 0.6], [0.0, 0.2]]))


def test_all_patches_are_read_where_they_are_averaged():
    attention = torch.eye(4)[None, None]
    found = relevance([attention], [torch.full((1, 1, 4, 4), 0.1)])
    torch.testing.assert_close(found, torch.full((1, 2, 2), 1.1 / 4))


def test_open_attention_is_torchs_own():
    torch.manual_seed(0)
    own = nn.MultiheadAttention(12, 3, batch_first=True).eval()
    opened = OpenAttention(12, 3).eval()
    opened.load_state_dict(own.state_dict())
    tokens = torch.rand(2, 7, 12)
    torch.testing.assert_close(opened(tokens, tokens, tokens)[0], own(tokens, tokens, tokens, need_weights=False)[0])


def test_torchvisions_transformer_keeps_its_features_and_shows_its_attention():
    backbone = load_backbone("vit_b_32", "none", seed=3)
    torch.manual_seed(3)
    plain = get_model("vit_b_32", weights=None).eval()
    plain.heads = nn.Identity()
    photos = torch.rand(1, 3, 224, 224)
    with torch.no_grad():
        torch.testing.assert_close(backbone(photos), plain(photos), atol=1e-4, rtol=1e-4)
    assert len(attention_layers(backbone, 224)) == 12


@pytest.mark.parametrize("name", ["timm:test_vit", "timm:test_vit4", "timm:vit_base_patch16_siglip_224"])
def test_each_photo_has_a_map_of_its_own(name):
    model = SimilarPictures(load_backbone(name, "none", seed=5), 0.5, 0.1, SIZE).eval()
    layers = model.attention_layers(SIZE)
    pairs = noise(3)
    maps = attention_map(model, pairs, "left", layers=layers)
    assert maps.shape == (3, SIZE, SIZE)
    assert maps.isfinite().all()
    assert maps.min() >= 0
    assert all(each.std() > 0 for each in maps)
    alone = attention_map(model, pairs.rows(1, 2), "left", layers=layers)
    torch.testing.assert_close(maps[1:2], alone, atol=1e-5, rtol=1e-3)  # of one photo, whatever is beside it


@pytest.mark.parametrize("name", ["timm:swin_tiny_patch4_window7_224", "timm:xcit_nano_12_p16_224"])
def test_attention_within_windows_or_among_channels_is_no_map(name):
    with pytest.raises(NoMap, match="no attention among all patches"):
        attention_layers(load_backbone(name, "none"), 224)


def test_a_transformer_is_mapped_by_its_attention(model):
    methods, missing = map_methods(model, SIZE, 2)
    assert list(methods) == ["Integrated Gradients", "Attention"]
    assert missing == {}


def crops(seed: int, side: int) -> Tensor:
    """Return 8 parts of a photograph, 100 to 300 px each, as squares of `side` px."""
    draw, photo = np.random.default_rng(seed), Image.fromarray(data.astronaut())
    found = []
    for _ in range(8):
        part = int(draw.integers(100, 300))
        x, y = (int(place) for place in draw.integers(0, 512 - part, size=2))
        found.append(np.asarray(photo.crop((x, y, x + part, y + part)).resize((side, side))))
    return torch.from_numpy(np.stack(found)).permute(0, 3, 1, 2).float() / 255


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_random_transformer_fails_the_randomisation_test(seed):
    """Its attention goes by what the patches look like, with other random weights too: it shows the photo."""
    backbone, side = load_backbone("timm:test_vit", "none", seed=seed), 96
    model = SimilarPictures(backbone, *random_similarity(backbone, crops(2, side)), side).eval()
    methods = {"Attention": partial(attention_map, layers=model.attention_layers(side))}
    effort = {"random_pairs": 8, "seeds": 2, "n_boot": 100, "seed": 0}
    pairs = Pairs(crops(0, side), crops(1, side))
    card = scorecard(model, pairs, methods, masks=None, clusters=list("abcdefgh"), **effort)
    row = card.table.set_index("test").loc["randomisation"]
    assert row["high"] > LIMIT
    assert not row["passed"]
    assert WORDS["randomisation"] in card.warnings["Attention"]


def test_attention_finds_the_patch_that_the_answer_is_drawn_from():
    """A class token that attends to one patch, by hand: its keys alone answer the class token's query."""
    model = Looker().eval()
    maps = attention_map(model, noise(2), "left", layers=["attn.attn_drop"])
    assert [int(each.flatten().argmax()) // SIZE // 16 for each in maps] == [2, 2]  # row of patches
    peak = [int(each.flatten().argmax()) % SIZE // 16 for each in maps]
    assert peak == [1, 1]


class Looker(nn.Module):
    """4 x 4 patches of 16 px and a class token, which attends to patch (2, 1) alone and answers with its brightness."""

    def __init__(self) -> None:
        super().__init__()
        self.attn = OpenAttention(17 + 1, 1)
        with torch.no_grad():
            for weights in self.attn.parameters():
                weights.zero_()
            query, key, value = self.attn.in_proj_weight.view(3, 18, 18)
            query[0, 0], key[0, 1 + 2 * 4 + 1], value[17, 17] = 40.0, 40.0, 1.0
            self.attn.out_proj.weight[17, 17] = 1.0

    def encode(self, photo: Tensor, pose: Tensor | None = None) -> Tensor:
        bright = nn.functional.avg_pool2d(photo.mean(1, keepdim=True), 16).flatten(1)
        place = torch.eye(17).expand(len(photo), -1, -1)
        tokens = torch.cat([place, nn.functional.pad(bright, (1, 0))[:, :, None]], dim=2)
        return self.attn(tokens)[0][:, 0, 17]

    def compare(self, left: Tensor, right: Tensor) -> Tensor:
        return left + right
