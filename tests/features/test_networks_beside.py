"""Networks and what they have seen, as params.yaml names them."""

import numpy as np
import pandas as pd
import pytest

from likeness.features.sight import Sight, embed_sights, split_sights
from likeness.params import ParamsError, parameters


def test_a_list_names_networks_and_weights():
    assert split_sights("timm:x@bundled,  vgg16@none") == [Sight("timm:x", "bundled"), Sight("vgg16", "none")]
    assert split_sights("") == []


def test_names_are_fit_for_files():
    assert Sight("timm:x", "models/own.pth").name == "x@own"
    assert Sight("vgg16", "none").name == "vgg16@none"
    assert not Sight("vgg16", "none").trained


@pytest.mark.parametrize("text", ["vgg16", "@none", "vgg16@", "vgg16@none, vgg16@none", "vgg16@none,,resnet50@none"])
def test_a_list_that_does_not_say_which_weights_is_refused(text):
    with pytest.raises(ParamsError, match=r"beside: is .*NETWORK@WEIGHTS"):
        parameters("pose.features", beside=text)


def test_each_network_sees_every_photo_once():
    def extract(photos, network, *, image_size, batch_size):
        return np.full((len(photos), 2), network.dim + image_size + batch_size, np.float32), None

    photos = pd.DataFrame({"photo_id": ["a", "b"]})
    found = embed_sights(photos, split_sights("squeezenet1_1@none"), extract, image_size=64, batch_size=2, seed=0)
    assert {name: array.tolist() for name, array in found.items()} == {"squeezenet1_1@none": [[578, 578]] * 2}
