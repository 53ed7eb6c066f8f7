"""What makes two pictures alike, for a network whose features can be worked out."""

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from likeness.compare.face_queries import Answers
from likeness.explain.attributions import grad_cam, integrated_gradients
from likeness.explain.sides import Pairs
from likeness.explain.similarity_maps import (
    OTHER,
    SAME,
    UNKNOWN,
    SimilarPictures,
    load_pictures,
    matches_to_explain,
    random_similarity,
    similar_pictures,
    similarity_scorecard,
)
from likeness.features.backbones import Backbone, NoMap, load_backbone

SIZE = 64
EFFORT = {"steps": 2, "seeds": 1, "n_boot": 30, "seed": 0}
PAIRS = pd.DataFrame({"left": ["a", "c"], "right": ["b", "a"], "cluster": ["x", "y"]})
BOXES = pd.DataFrame({"photo_id": ["a"], "x0": [0.0], "y0": [0.0], "x1": [SIZE / 2.0], "y1": [float(SIZE)]})


class MeanColour(torch.nn.Module):
    """Features are the mean of each colour."""

    name = "mean colour"

    def normalise(self, photos: torch.Tensor) -> torch.Tensor:
        return photos

    def forward(self, photos: torch.Tensor) -> torch.Tensor:
        return photos.mean(dim=(2, 3))


def coloured(*colours) -> torch.Tensor:
    return torch.tensor(colours, dtype=torch.float32)[:, :, None, None].expand(-1, 3, 4, 4).clone()


@pytest.fixture
def pictures(tmp_path):
    rng = np.random.default_rng(0)
    for name in "abcd":
        Image.fromarray(rng.integers(0, 255, (SIZE, SIZE, 3), dtype=np.uint8)).save(tmp_path / f"{name}.png")
    photos = pd.DataFrame({"photo_id": list("abcd"), "path": [f"{name}.png" for name in "abcd"]})
    return photos.assign(width=SIZE, height=SIZE)


def measured(pictures, root) -> SimilarPictures:
    return similar_pictures(load_backbone("shufflenet_v2_x0_5", "none", seed=5), pictures, root, SIZE, seed=0)


def test_similarity_in_standard_deviations_of_random_pairs():
    photos = coloured((1, 0, 0), (0, 1, 0), (1, 1, 0))
    root = 0.5**0.5  # cosines: 0, root, root
    centre, scale = random_similarity(MeanColour(), photos)
    assert (centre, scale) == pytest.approx((2 * root / 3, np.std([0, root, root], ddof=1)))
    model = SimilarPictures(MeanColour(), centre, scale, 4)
    logit = model.compare(model.encode(photos[:1]), model.encode(photos[2:]))
    assert logit.tolist() == pytest.approx([(root - centre) / scale])
    torch.testing.assert_close(model.encode(7 * photos), model.encode(photos))


def test_random_pictures_must_differ():
    with pytest.raises(ValueError, match="2 pictures are too few"):
        random_similarity(MeanColour(), coloured((1, 0, 0), (0, 1, 0)))
    with pytest.raises(ValueError, match="mean colour finds all 3 pictures equally alike"):
        random_similarity(MeanColour(), coloured((1, 0, 0), (0.5, 0, 0), (0.2, 0, 0)))


def test_maps_are_those_of_the_similarity(pictures, tmp_path):
    card = similarity_scorecard(measured(pictures, tmp_path), pictures, PAIRS, BOXES, tmp_path, **EFFORT)
    assert list(card.maps) == ["Integrated Gradients", "Grad-CAM"]
    whole = load_pictures(pictures, list("abcd"), tmp_path, SIZE)
    backbone = load_backbone("shufflenet_v2_x0_5", "none", seed=5)
    model = SimilarPictures(backbone, *random_similarity(backbone, whole), SIZE).eval()
    pairs = Pairs(whole[[0, 2]], whole[[1, 0]])
    expected = integrated_gradients(model, pairs, "right", steps=2)
    torch.testing.assert_close(card.maps["Integrated Gradients"]["right"], expected, atol=1e-5, rtol=1e-3)
    expected = grad_cam(model, pairs, "left", layer=model.grad_cam_layer(SIZE))
    torch.testing.assert_close(card.maps["Grad-CAM"]["left"], expected, atol=1e-5, rtol=1e-3)
    pointing = card.table[card.table["test"] == "pointing, faces"]
    assert pointing["n"].tolist() == [2, 2]  # a is left of one pair and right of the other; b and c show nobody
    np.testing.assert_allclose(pointing["chance"], 0.5)
    assert all(passed is None for passed in pointing["passed"])


def test_without_faces_nothing_points(pictures, tmp_path):
    model = measured(pictures, tmp_path)
    card = similarity_scorecard(model, pictures, PAIRS, BOXES.head(0), tmp_path, **EFFORT)
    assert card.table["test"].unique().tolist() == ["insertion", "deletion", "randomisation"]
    nothing = similarity_scorecard(model, pictures, PAIRS.head(0), BOXES, tmp_path, **EFFORT)
    assert list(nothing.table) == list(card.table)
    assert (len(nothing.table), nothing.maps, nothing.warning) == (0, {}, None)


def test_without_a_map_grad_cam_is_left_out_with_a_word(pictures, tmp_path, monkeypatch):
    def no_map(*_):
        raise NoMap("vit keeps no map of the photo")

    monkeypatch.setattr(Backbone, "target_layer", no_map)
    card = similarity_scorecard(measured(pictures, tmp_path), pictures, PAIRS, BOXES, tmp_path, **EFFORT)
    assert list(card.maps) == ["Integrated Gradients"]
    assert "Grad-CAM is left out: vit keeps no map of the photo. Attention is left out: " in card.warning


def queries(identities: str) -> pd.DataFrame:
    """Return a query per picture a, b, c ..., one letter each; "-" is nobody known."""
    names = [chr(ord("a") + row) for row in range(len(identities))]
    known = ["" if name == "-" else name for name in identities]
    return pd.DataFrame({"photo_id": names, "face_id": [f"{name}-0" for name in names], "identity": known})


def everything_known(right: np.ndarray) -> Answers:
    return Answers(right, np.ones_like(right))


def test_matches_take_turns_and_pair_no_pictures_twice():
    asked = queries("xxyy-z")
    photos = asked[["photo_id"]]
    same = asked["identity"].to_numpy()
    answers = everything_known((same[:, None] == same) & (same != "")[:, None])
    matches = np.array([1, 0, 0, 2, 0, 0]), np.full(6, 0.9)  # a-b twice; c-a; d-c; e-a; f-a
    found = matches_to_explain(asked, matches, answers, photos, 9, 0)
    assert len(found) == 5
    assert found["outcome"].tolist()[:3] == [SAME, OTHER, UNKNOWN]
    assert sorted("".join(sorted(pair)) for pair in found[["left", "right"]].to_numpy()) == [
        "ab",
        "ac",
        "ae",
        "af",
        "cd",
    ]
    unknown = found[found["outcome"] == UNKNOWN].iloc[0]
    assert (unknown["same"], unknown["cluster"], unknown["face_id"]) == (None, "e", "e-0")
    assert found[found["outcome"] == SAME]["same"].tolist() == [True, True]
    assert found["value"].tolist() == [0.9] * 5
    pd.testing.assert_frame_equal(found, matches_to_explain(asked, matches, answers, photos, 9, 0))
    assert len(matches_to_explain(asked, matches, answers, photos, 2, 0)) == 2
    answers.known[3, 2] = False  # nobody knows who is shown in c
    found = matches_to_explain(asked, matches, answers, photos, 9, 0).set_index("left")
    assert (found.loc["d", "same"], found.loc["d", "outcome"], found.loc["d", "cluster"]) == (None, UNKNOWN, "y")


def test_queries_without_a_similarity_have_no_match():
    asked = queries("xy")
    answers, none = everything_known(np.zeros((2, 2), bool)), (np.zeros(2, int), np.full(2, np.nan))
    found = matches_to_explain(asked, none, answers, asked[["photo_id"]], 4, 0)
    assert found.empty
    answers, none = everything_known(np.zeros((0, 2), bool)), (np.zeros(0, int), np.zeros(0))
    nobody = matches_to_explain(asked.head(0), none, answers, asked[["photo_id"]], 4, 0)
    assert list(nobody) == list(found)
