"""A network of one photo, explained by the methods made for pairs."""

from functools import partial

import pytest
import torch
from torch import Tensor, nn
from toys import SIZE, patch_masks

from likeness.explain.attributions import both_sides, grad_cam, integrated_gradients, occlusion
from likeness.explain.one_photo import LEFT, OnePhoto, one_photo_pairs
from likeness.explain.scorecard import scorecard
from likeness.explain.sides import OneSide, fixed_arguments


class PatchPost(nn.Module):
    """logit = w . photo + the sum of the metadata, where w is 0 but on the patch."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 1, bias=False)
        self.conv.weight.data.fill_(0.02)

    def forward(self, photo: Tensor, metadata: Tensor | None) -> Tensor:
        logit = (self.conv(photo)[:, 0] * patch_masks(1)).sum(dim=(1, 2))
        return logit if metadata is None else logit + metadata.sum(dim=1)

    def target_layer(self, size: int) -> nn.Module:
        return self.conv


def photos(n: int) -> Tensor:
    return torch.rand(n, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0)) + 0.5


def test_the_logit_is_that_of_the_network():
    model, metadata = OnePhoto(PatchPost()), torch.tensor([[1.0, 2.0], [-3.0, -90.0]])
    pairs = one_photo_pairs(photos(2), metadata)
    found = OneSide(model, "left")(pairs.left, *fixed_arguments(model, pairs, "left"))
    torch.testing.assert_close(found, model.net(pairs.left, metadata))
    _, sign, *_ = fixed_arguments(model, pairs, "left", "decision")
    assert sign.tolist() == [1, -1]  # the metadata decide, and the map speaks for the decision


@pytest.mark.parametrize("metadata", [None, torch.ones(2, 4)])
def test_every_method_maps_the_left_photo_only(metadata):
    model, pairs = OnePhoto(PatchPost()), one_photo_pairs(photos(2), metadata)
    assert model.grad_cam_layer(SIZE) == "net.conv"
    for method in (
        partial(integrated_gradients, steps=3, baseline=0.0),
        partial(occlusion, window=4, stride=4),
        partial(grad_cam, layer=model.grad_cam_layer(SIZE)),
    ):
        maps = both_sides(method, model, pairs, LEFT)
        assert list(maps) == ["left"]
        assert maps["left"].shape == (2, SIZE, SIZE)
    exact = integrated_gradients(model, pairs, "left", steps=3, baseline=0.0)
    torch.testing.assert_close(exact, 0.02 * pairs.left.sum(dim=1) * patch_masks(2), atol=1e-5, rtol=1e-4)


def test_the_scorecard_of_one_side_counts_each_photo_once():
    model, pairs = OnePhoto(PatchPost()), one_photo_pairs(photos(6), torch.zeros(6, 1))
    methods = {"gradients": partial(integrated_gradients, steps=3, baseline=0.0, toward="decision")}
    masks = {"left": patch_masks(6).numpy()}
    effort = {"baseline": 0.0, "seeds": 1, "n_boot": 100}
    card = scorecard(model, pairs, methods, sides=LEFT, masks=masks, clusters=list("abcdef"), **effort)
    assert card.table["n"].tolist() == [6] * 5
    tests = card.table.set_index("test")
    assert tests.loc[["insertion", "deletion", "pointing"], "passed"].tolist() == [True] * 3
    assert list(card.maps["gradients"]) == ["left"]


def test_metadata_must_fit():
    with pytest.raises(ValueError, match="3 rows of metadata for 2 photos"):
        one_photo_pairs(photos(2), torch.zeros(3, 1))
