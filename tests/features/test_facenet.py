import numpy as np
import pytest
import torch
from facenet_pytorch import InceptionResnetV1

from likeness.errors import MissingWeights
from likeness.features.facenet import load_facenet
from likeness.paths import file_sha256

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def network():
    return load_facenet("none", seed=3)


@pytest.fixture(scope="module")
def state():
    """What a published checkpoint holds: the network, and the layer of the people that it was trained on."""
    torch.manual_seed(5)
    model = InceptionResnetV1(pretrained=None, classify=True, num_classes=7)
    assert "logits.weight" in model.state_dict()
    return model.state_dict()


def test_faces_become_512_numbers_of_length_one(network):
    faces = torch.rand(2, 3, 160, 160, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        found = network(network.normalise(faces))
    assert found.shape == (2, 512) == (2, network.dim)
    torch.testing.assert_close(found.norm(dim=1), torch.ones(2))
    assert (network.name, network.weights, network.size) == ("facenet", "none-seed3", 160)
    assert not network.training


def test_faces_are_normalised_as_facenet_pytorch_does(network):
    levels = torch.tensor([0, 127.5, 255]) / 255
    found = network.normalise(levels.view(1, 1, 1, 3).expand(1, 3, 1, 3))
    expected = torch.tensor([-127.5 / 128, 0, 127.5 / 128])
    torch.testing.assert_close(found[0, 1, 0], expected, atol=1e-6, rtol=0)


def test_random_weights_follow_the_seed_and_leave_the_global_generator_alone(network):
    torch.manual_seed(11)
    expected = torch.rand(1)
    torch.manual_seed(11)
    same, other = load_facenet("none", seed=3), load_facenet("none", seed=4)
    assert torch.rand(1) == expected
    face = torch.rand(1, 3, 96, 96)
    with torch.no_grad():
        assert torch.equal(same(face), network(face))
        assert not torch.equal(other(face), network(face))


@pytest.mark.parametrize("folder", ["checkpoints", "hub/checkpoints"])
def test_the_checkpoint_is_found_where_facenet_pytorch_or_torchvision_keep_theirs(tmp_path, monkeypatch, state, folder):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    file = tmp_path / folder / "20180402-114759-vggface2.pt"
    file.parent.mkdir(parents=True)
    torch.save(state, file)
    found = load_facenet("vggface2")
    assert found.weights == f"vggface2-{file_sha256(file)[:16]}"
    model = InceptionResnetV1(pretrained=None)
    model.load_state_dict({key: value for key, value in state.items() if not key.startswith("logits.")})
    face = torch.rand(1, 3, 96, 96)
    with torch.no_grad():
        torch.testing.assert_close(found(face), model.eval()(face))


def test_missing_weights_name_the_file_and_the_folder_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for weights, file in (
        ("vggface2", "20180402-114759-vggface2.pt"),
        ("casia-webface", "20180408-102900-casia-webface.pt"),
    ):
        with pytest.raises(MissingWeights) as error:
            load_facenet(weights)
        message = str(error.value)
        assert f"put {file} of facenet-pytorch into {tmp_path / 'checkpoints'}" in message
        assert "\n" not in message
    with pytest.raises(
        MissingWeights, match=r"'gone\.pt' for facenet: neither a file nor one of vggface2, casia-webface, none"
    ):
        load_facenet("gone.pt")
    assert not list(tmp_path.iterdir())  # nothing was downloaded, no folder made


def test_files_that_do_not_fit_are_refused_by_name(tmp_path, state):
    torch.save({key: value for key, value in state.items() if "block8" not in key}, tmp_path / "part.pt")
    (tmp_path / "text.pt").write_text("<html>")
    for name in ("part.pt", "text.pt"):
        with pytest.raises(ValueError, match=rf"{name}: not a state dict of InceptionResnetV1; copy it again") as error:
            load_facenet(str(tmp_path / name))
        assert "\n" not in str(error.value)


def test_a_size_that_the_network_does_not_take_is_one_line():
    with pytest.raises(
        ValueError, match=r"^backbone facenet does not take photos of image_size 32 px; it is made for 160"
    ):
        load_facenet("none", image_size=32)
    assert np.isfinite(load_facenet("none", image_size=96).dim)


def test_a_training_checkpoint_is_unwrapped(tmp_path, state):
    torch.save({"state_dict": {f"module.{key}": value for key, value in state.items()}}, tmp_path / "mine.pt")
    found = load_facenet(str(tmp_path / "mine.pt"))
    assert torch.equal(found.trunk.last_linear.weight, state["last_linear.weight"])
    assert found.weights == file_sha256(tmp_path / "mine.pt")
