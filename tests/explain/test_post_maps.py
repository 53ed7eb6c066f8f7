"""Posts chosen, and the maps of a network that judges them."""

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from likeness.explain.attributions import grad_cam, integrated_gradients
from likeness.explain.one_photo import OnePhoto, one_photo_pairs
from likeness.explain.post_maps import as_maps, face_masks, post_scorecard, posts_to_explain
from likeness.features.backbones import NoMap

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
    card = post_scorecard(net, photos, metadata, None, list("xyz"), **EFFORT)
    model = OnePhoto(net)
    pairs = one_photo_pairs(torch.from_numpy(photos).float() / 255, torch.from_numpy(metadata))
    expected = integrated_gradients(model, pairs, "left", steps=4, baseline="mean", toward="decision")
    maps = as_maps(card.maps)
    assert list(maps) == ["Integrated Gradients", "Grad-CAM"]
    np.testing.assert_allclose(maps["Integrated Gradients"], expected.numpy(), atol=1e-6)
    expected = grad_cam(model, pairs, "left", layer="net.conv", toward="decision")
    np.testing.assert_allclose(maps["Grad-CAM"], expected.numpy(), atol=1e-6)
    assert card.table["test"].unique().tolist() == ["insertion", "deletion", "randomisation"]
    assert card.table["n"].isin([3, 0]).all()


def test_pointing_at_faces_is_shown_but_no_test():
    masks = np.zeros((4, SIZE, SIZE), dtype=bool)
    masks[:3, :4, :4] = True  # the fourth photo shows nobody
    card = post_scorecard(SmallPost(), noise(4), None, masks, list("wxyz"), **EFFORT)
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
    card = post_scorecard(SmallPost(), noise(2), None, None, list("xy"), **EFFORT)
    assert list(card.maps) == ["Integrated Gradients"]
    assert card.warning.endswith("Grad-CAM is left out: swin_t keeps no map of the photo.")
