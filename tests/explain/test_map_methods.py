"""The methods that every scorecard shares."""

from functools import partial

import pandas as pd
from toys import SIZE, ConvModel, noise_pairs

from likeness.explain.attributions import grad_cam, integrated_gradients
from likeness.explain.map_methods import described_pointing, map_methods
from likeness.explain.scorecard import Scorecard
from likeness.features.backbones import NoMap


class Named(ConvModel):
    """ConvModel that names its layer, as the models of the studies do."""

    def grad_cam_layer(self, size: int) -> str:
        assert size == SIZE
        return "conv"


class Mapless(ConvModel):
    def grad_cam_layer(self, size: int) -> str:
        raise NoMap("vit keeps no map of the photo")


def test_the_two_methods_and_their_options():
    model, pairs = Named(), noise_pairs(2)
    methods, missing = map_methods(model, SIZE, 3)
    assert missing == {}
    expected = {
        "Integrated Gradients": partial(integrated_gradients, steps=3, baseline="mean", toward="decision"),
        "Grad-CAM": partial(grad_cam, layer="conv", toward="decision"),
    }
    assert list(methods) == list(expected)
    for name, method in expected.items():
        assert methods[name](model, pairs, "left").equal(method(model, pairs, "left"))


def test_a_network_without_a_map_is_said():
    methods, missing = map_methods(Mapless(), SIZE, 3)
    assert list(methods) == ["Integrated Gradients"]
    assert missing == {"Grad-CAM": "Grad-CAM is left out: vit keeps no map of the photo."}


def test_the_pointing_game_becomes_a_description():
    tests = ["insertion", "pointing", "mass inside", "randomisation"]
    table = pd.DataFrame({"method": "m", "test": tests, "n": 4, "passed": [True, False, None, False]})
    card = Scorecard(table, {"m": "m: it misses the masked region"}, {}, 4)
    found = described_pointing(card, {"Grad-CAM": "left out."})
    assert found.table["test"].tolist() == ["insertion", "pointing, faces", "mass inside, faces", "randomisation"]
    assert found.table["passed"].tolist() == [True, None, None, False]
    assert list(found.warnings) == ["m", "Grad-CAM"]
    assert "region" not in found.warnings["m"]
    assert "random" in found.warnings["m"]
    assert card.table["test"].tolist() == tests
