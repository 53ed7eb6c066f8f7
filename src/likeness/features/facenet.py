"""FaceNet's network, InceptionResnetV1 with facenet-pytorch's weights, as a feature extractor; never downloaded."""

from pathlib import Path

import torch

from likeness.errors import MissingWeights
from likeness.features.backbones import Backbone
from likeness.paths import file_sha256
from likeness.weight_files import fit_state, read_saved

NAME = "facenet"
SIZE = 160  # px, the side of the faces that the published weights were trained on
CHECKPOINTS = {"vggface2": "20180402-114759-vggface2.pt", "casia-webface": "20180408-102900-casia-webface.pt"}
MEAN, STD = 127.5 / 255, 128 / 255  # facenet-pytorch's (x * 255 - 127.5) / 128, for x in [0, 1]
CLASSES = "logits."  # the layer of the people that were trained on; the embedding comes before it


def load_facenet(weights: str, seed: int = 0, image_size: int | None = None) -> Backbone:
    """Return FaceNet (Schroff et al., 2015) as facenet-pytorch builds it: faces (n, 3, h, w) -> (n, 512), of length 1.

    weights: "vggface2", "casia-webface", the path of a state dict, or "none" (random, from `seed`; the global generator
    is left alone). image_size: px that it will be used at.
    Raises MissingWeights for a checkpoint that is not here, ValueError for a file that does not fit or a size that the
    network does not take.
    """
    network, identity = _network(seed), f"none-seed{seed}"
    if weights != "none":
        file = _checkpoint(weights)
        identity = f"{weights}-{file_sha256(file)[:16]}" if weights in CHECKPOINTS else file_sha256(file)
        identity = "-".join(filter(None, (identity, _load(network, file))))
    backbone = Backbone(
        network, name=NAME, weights=identity, layer="embedding", size=SIZE, mean=(MEAN,) * 3, std=(STD,) * 3
    )
    if image_size is not None:
        backbone.check_size(image_size)
    return backbone.eval()


def _network(seed: int) -> torch.nn.Module:
    from facenet_pytorch import InceptionResnetV1

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return InceptionResnetV1(pretrained=None)  # told of weights, it would download them


def _checkpoint(weights: str) -> Path:
    """Return the file of the weights. facenet-pytorch keeps its own beside torch hub's folder, not in it."""
    if weights not in CHECKPOINTS:
        if not Path(weights).is_file():
            known = ", ".join([*CHECKPOINTS, "none"])
            raise MissingWeights(f"weights {weights!r} for {NAME}: neither a file nor one of {known}")
        return Path(weights)
    hub = Path(torch.hub.get_dir()) / "checkpoints"
    folders = [hub.parent.parent / "checkpoints", hub]
    found = [folder / CHECKPOINTS[weights] for folder in folders if (folder / CHECKPOINTS[weights]).is_file()]
    if not found:
        raise MissingWeights(
            f"{NAME} with {weights}: put {CHECKPOINTS[weights]} of facenet-pytorch into {folders[0]} "
            f'(TORCH_HOME/checkpoints), or set TORCH_HOME to where it lies, or choose weights "none"; '
            "nothing is downloaded"
        )
    return found[0]


def _load(network: torch.nn.Module, file: Path) -> str:
    """Put the weights of a file into the network, and return the part of it that was taken if several fit."""
    fault = "not a state dict of InceptionResnetV1; copy it again"
    found = fit_state(read_saved(file, fault), network.state_dict(), f"{file}: {fault}", (CLASSES,))
    network.load_state_dict(found.state, strict=False)
    return found.part
