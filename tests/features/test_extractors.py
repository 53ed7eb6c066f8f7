import pytest
import torch

from likeness.errors import MissingWeights
from likeness.features.extractors import RecipeError, extractor_of, load_extractor, recipe_of

torch.set_num_threads(1)


def test_networks_by_name():
    assert load_extractor("squeezenet1_0", "none", seed=2).weights == "none-seed2"
    assert load_extractor("facenet", "none", seed=2).size == 160
    assert load_extractor("alexnet", "none", layer="fc7").dim == 4096
    with pytest.raises(ValueError, match="image_size 48"):
        load_extractor("alexnet", "none", image_size=48)
    with pytest.raises(ValueError, match="'facenett' is not a torchvision"):
        load_extractor("facenett", "none")


def test_facenet_has_weights_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(MissingWeights, match="vggface2"):
        load_extractor("facenet", "vggface2", seed=0)


def test_the_same_network_is_had_again_from_its_recipe():
    first = load_extractor("squeezenet1_0", "none", seed=4)
    recipe = recipe_of(first, weights="none", image_size=0, batch_size=8, seed=4)
    assert recipe == {"backbone": "squeezenet1_0", "weights": "none", "identity": "none-seed4", "layer": "pool",
                      "image_size": 224, "batch_size": 8, "precision": "auto", "seed": 4}  # fmt: skip
    again = extractor_of(recipe, "pose-features")
    photo = torch.rand(1, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(first(photo), again(photo))
    facenet = recipe_of(load_extractor("facenet", "none"), weights="none", image_size=96, batch_size=8, seed=0)
    assert extractor_of(facenet, "faces-features").name == "facenet"


def test_weights_that_changed_say_what_to_run():
    recipe = recipe_of(load_extractor("squeezenet1_0", "none"), weights="none", image_size=64, batch_size=8, seed=0)
    with pytest.raises(RecipeError, match=r"weights are now none-seed0, .* with none-seed9; `dvc repro pose-features`"):
        extractor_of({**recipe, "identity": "none-seed9"}, "pose-features")
    del recipe["layer"]
    with pytest.raises(RecipeError, match="does not say their layer; `dvc repro -f pose-features`"):
        extractor_of(recipe, "pose-features")
