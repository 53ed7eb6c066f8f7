"""Posts chosen, and the maps of a network that judges them."""

from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from toys import SIZE as TOY
from toys import patch_masks

from likeness.explain.attributions import grad_cam, integrated_gradients
from likeness.explain.posts_maps import (
    LEFT,
    OnePhoto,
    explain_network,
    face_masks,
    one_photo_pairs,
    posts_scorecard,
    posts_to_explain,
)
from likeness.explain.scorecard import scorecard
from likeness.explain.sides import OneSide, fixed_arguments
from likeness.features.backbones import NoMap, save_weights
from likeness.models.likability.posts_net import PostConfig, make_post_net

SIZE = 16
EFFORT = {"steps": 4, "seeds": 1, "n_boot": 50, "seed": 0}


class SmallPost(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(3)
            self.conv, self.dense = nn.Conv2d(3, 4, 4, stride=4), nn.Linear(6, 1)

    def forward(self, photo: Tensor, metadata: Tensor | None) -> Tensor:
        assert photo.max() <= 1
        seen = self.conv(photo).relu().mean(dim=(2, 3))
        extra = torch.zeros(len(photo), 2) if metadata is None else metadata
        return self.dense(torch.cat([seen, extra], dim=1))[:, 0]

    @property
    def trunk(self) -> nn.Module:
        return self

    def target_layer(self, size: int) -> nn.Module:
        assert size == SIZE
        return self.conv


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (n, 3, SIZE, SIZE), dtype=np.uint8)


def test_half_of_the_most_and_half_of_the_least_liked():
    posts = pd.DataFrame(
        {"post_id": list("abcdef"), "photo_id": ["1", "2", "", "4", "5", "6"], "user_id": "u",
         "ratio": [0.1, 0.9, 5.0, 0.5, 0.9, 0.3], "liked": True}
    )  # fmt: skip
    predictions = pd.DataFrame({"left": list("abcde"), "probability": [0.1, 0.2, 0.3, 0.4, 0.5], "threshold": 0.5})
    chosen = posts_to_explain(predictions, posts, 3)
    assert chosen["post_id"].tolist() == ["b", "e", "a"]  # c has no picture, f was not judged
    assert chosen["outcome"].tolist() == ["most liked", "most liked", "least liked"]
    assert chosen["probability"].tolist() == [0.2, 0.5, 0.1]
    assert posts_to_explain(predictions, posts, 100)["post_id"].tolist() == ["b", "e", "d", "a"]
    assert posts_to_explain(predictions.head(0), posts, 4).empty


def test_faces_where_they_lie_in_the_squashed_photo():
    photos = pd.DataFrame({"photo_id": ["a", "b"], "width": [200, 100], "height": [100, 100]})
    faces = pd.DataFrame(
        {"photo_id": ["a", "a"], "x0": [100, 0], "y0": [0, 75], "x1": [200, 50], "y1": [50, 100], "score": 0.9}
    )
    masks = face_masks(pd.Series(["b", "a"]), photos, faces, 4)
    assert not masks[0].any()
    assert masks[1].astype(int).tolist() == [[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0], [1, 0, 0, 0]]


def test_maps_speak_for_the_networks_own_answer():
    photos, metadata = noise(3), np.array([[50, 0], [-50, 0], [0, 0]], dtype=np.float32)
    net = SmallPost()
    card = posts_scorecard(net, photos, metadata, None, list("xyz"), **EFFORT)
    model = OnePhoto(net)
    pairs = one_photo_pairs(torch.from_numpy(photos).float() / 255, torch.from_numpy(metadata))
    expected = integrated_gradients(model, pairs, "left", steps=4)
    maps = {method: found for method, (found,) in card.arrays.items()}
    assert list(maps) == ["Integrated Gradients", "Grad-CAM"]
    np.testing.assert_allclose(maps["Integrated Gradients"], expected.numpy(), atol=1e-6)
    expected = grad_cam(model, pairs, "left", layer="net.conv")
    np.testing.assert_allclose(maps["Grad-CAM"], expected.numpy(), atol=1e-6)
    assert card.table["test"].unique().tolist() == ["insertion", "deletion", "randomisation"]
    assert card.table["n"].isin([3, 0]).all()


def test_pointing_at_faces_is_shown_but_no_test():
    masks = np.zeros((4, SIZE, SIZE), dtype=bool)
    masks[:3, :4, :4] = True  # the fourth photo shows nobody
    card = posts_scorecard(SmallPost(), noise(4), None, masks, list("wxyz"), **EFFORT)
    pointing = card.table[card.table["test"].str.endswith(", faces")]
    assert pointing["test"].tolist() == ["pointing, faces", "mass inside, faces"] * 2
    assert pointing["n"].tolist() == [3] * 4
    assert all(passed is None for passed in pointing["passed"])
    assert set(card.table["passed"]) <= {True, False, None}
    assert "masked region" not in (card.warning or "")


def test_without_a_map_grad_cam_is_left_out_with_a_word(monkeypatch):
    def no_map(*_):
        raise NoMap("swin_t keeps no map of the photo")

    monkeypatch.setattr(SmallPost, "target_layer", no_map)
    card = posts_scorecard(SmallPost(), noise(2), None, None, list("xy"), **EFFORT)
    assert list(card.maps) == ["Integrated Gradients"]
    assert "Grad-CAM is left out: swin_t keeps no map of the photo. Attention is left out: " in card.warning


@pytest.mark.parametrize("network", ["smallcnn", "fusion"])
def test_a_network_of_the_study_is_read_back_and_explained(tmp_path, network):
    told = ["hour"] if network == "fusion" else []
    net = make_post_net(PostConfig(network, SIZE, metadata=len(told)), backbone="", weights="none", seed=0)
    save_weights(net.eval(), tmp_path / "honest.pt", {"told": told})
    for name, pixels in zip("abcd", noise(4), strict=True):
        Image.fromarray(pixels.transpose(1, 2, 0)).save(tmp_path / f"{name}.png")
    posts = pd.DataFrame({"post_id": ["1", "2", "3", "4"], "photo_id": list("abcd"), "group": list("uuvw"),
                          "ratio": [0.4, 0.3, 0.2, 0.1], "liked": [True, True, False, False]})  # fmt: skip
    photos = pd.DataFrame({"photo_id": list("abcd"), "path": [f"{name}.png" for name in "abcd"], "width": SIZE})
    faces = pd.DataFrame({"photo_id": ["a"], "x0": [0], "y0": [0], "x1": [8], "y1": [8]})
    study = SimpleNamespace(
        posts=posts, photos=photos.assign(height=SIZE), faces=faces, weights=lambda name: tmp_path / "honest.pt",
        tables={"metadata": pd.DataFrame({"hour": [1.0, 2, 3, 4], "age": 0.0})}, features={},
    )  # fmt: skip
    predictions = pd.DataFrame({"left": posts["post_id"], "probability": 0.5, "threshold": 0.4})
    explained, card = explain_network(network, study, predictions, tmp_path, posts=3, **EFFORT)
    assert explained["post_id"].tolist() == ["1", "2", "4"]
    known = None if not told else np.array([[1], [2], [4]], np.float32)
    masks = face_masks(explained["photo_id"], study.photos, faces, SIZE)
    alone = posts_scorecard(net, noise(4)[[0, 1, 3]], known, masks, list("uuw"), **EFFORT)
    pd.testing.assert_frame_equal(card.table, alone.table)


class PatchPost(nn.Module):
    """logit = w . photo + the sum of the metadata, where w is 0 but on the patch."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 1, 1, bias=False)
        self.conv.weight.data.fill_(0.02)

    def forward(self, photo: Tensor, metadata: Tensor | None) -> Tensor:
        logit = (self.conv(photo)[:, 0] * patch_masks(1)).sum(dim=(1, 2))
        return logit if metadata is None else logit + metadata.sum(dim=1)

    @property
    def trunk(self) -> nn.Module:
        return self

    def target_layer(self, size: int) -> nn.Module:
        return self.conv


def photos(n: int) -> Tensor:
    return torch.rand(n, 3, TOY, TOY, generator=torch.Generator().manual_seed(0)) + 0.5


def test_the_logit_is_that_of_the_network():
    model, metadata = OnePhoto(PatchPost()), torch.tensor([[1.0, 2.0], [-3.0, -90.0]])
    pairs = one_photo_pairs(photos(2), metadata)
    pose, sign, *other = fixed_arguments(model, pairs, "left")
    found = OneSide(model, "left")(pairs.left, pose, torch.ones(2), *other)
    torch.testing.assert_close(found, model.net(pairs.left, metadata))
    assert sign.tolist() == [1, -1]  # the metadata decide, and the map speaks for the decision


@pytest.mark.parametrize("metadata", [None, torch.ones(2, 4)])
def test_every_method_maps_the_left_photo_only(black, metadata):
    model, pairs = OnePhoto(PatchPost()), one_photo_pairs(photos(2), metadata)
    assert model.grad_cam_layer(TOY) == "net.conv"
    for method in (
        partial(integrated_gradients, steps=3),
        partial(grad_cam, layer=model.grad_cam_layer(TOY)),
    ):
        assert method(model, pairs, "left").shape == (2, TOY, TOY)
    exact = integrated_gradients(model, pairs, "left", steps=3)
    torch.testing.assert_close(exact, 0.02 * pairs.left.sum(dim=1) * patch_masks(2), atol=1e-5, rtol=1e-4)


def test_the_scorecard_of_one_side_counts_each_photo_once(black):
    model, pairs = OnePhoto(PatchPost()), one_photo_pairs(photos(6), torch.zeros(6, 1))
    methods = {"gradients": partial(integrated_gradients, steps=3)}
    masks = {"left": patch_masks(6).numpy()}
    effort = {"seeds": 1, "random_pairs": 8, "n_boot": 100, "seed": 0}
    card = scorecard(model, pairs, methods, sides=LEFT, masks=masks, clusters=list("abcdef"), **effort)
    assert card.table["n"].tolist() == [6] * 5
    tests = card.table.set_index("test")
    assert tests.loc[["insertion", "deletion", "pointing"], "passed"].tolist() == [True] * 3
    assert list(card.maps["gradients"]) == ["left"]


def test_metadata_must_fit():
    with pytest.raises(ValueError, match="3 rows of metadata for 2 photos"):
        one_photo_pairs(photos(2), torch.zeros(3, 1))
