"""Where a network's weights lie and come from, their licence, and what they have seen."""

import json
import re
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import torch

from likeness.errors import MissingWeights
from likeness.features.bundled import BUNDLED, bundled_file
from likeness.features.dlib_face import NAME as DLIB
from likeness.features.dlib_face import weights_file
from likeness.features.facenet import CHECKPOINTS as FACES
from likeness.features.facenet import NAME as FACENET
from likeness.features.timm_networks import HUB_FILE, checkpoint, plain_file, pretrained_cfg
from likeness.features.timm_networks import PREFIX as TIMM
from likeness.torchvision_files import checkpoint_file

# {key: {"name", "until": year by which its pictures were there, "holds": where they are from, "tags", "source"}}.
# Years are those of the papers where these name no earlier one.
CORPORA = json.loads(Path(__file__).with_name("training_data.json").read_text(encoding="utf-8"))
FACENET_URL = "https://github.com/timesler/facenet-pytorch/releases/download/v2.2.9/"
FACENET_MB = {"vggface2": 112.0, "casia-webface": 116.0}  # with the layer of the people that were trained on
PACKAGES = {"mtcnn": ("facenet_pytorch", "MIT"), "mediapipe": ("mediapipe", "Apache-2.0")}


class Weights(NamedTuple):
    """The weights of one network.

    file: where they lie, or belong; None for random ones, and inside a package that has them in several. here: whether
    they are there. url: of the file, or "hf:<repository>/<file>"; "" where nothing can be fetched. megabytes: None
    where it is not known before. data: keys of CORPORA.
    """

    network: str
    word: str
    file: Path | None
    here: bool
    url: str = ""
    megabytes: float | None = None
    licence: str = ""
    data: tuple[str, ...] = ()


def weights_of_network(network: str, word: str) -> Weights:
    """Return what is known of a network's weights. word: as in params.yaml. Nothing is loaded, nothing is fetched.

    Raises ValueError for an unknown network or word.
    """
    if word == "none":
        return Weights(network, word, None, True)
    if network in PACKAGES:
        module, licence = PACKAGES[network]
        return Weights(network, word, None, find_spec(module) is not None, licence=licence, data=corpora(network))
    if network == DLIB:
        return _dlib(word)
    if word == BUNDLED:
        held = Weights(network, word, bundled_file(network), True, licence="Apache-2.0", data=corpora("in1k"))
        return _measured(held)
    if network == FACENET:
        return _facenet(word)
    if Path(word).is_file():
        return _measured(Weights(network, word, Path(word), True))
    return _timm(network) if network.startswith(TIMM) else _torchvision(network, word)


def corpora(tag: str) -> tuple[str, ...]:
    """Return the keys of CORPORA that a tag of weights names.

    >>> corpora("fb_wsl_ig1b_ft_in1k")
    ('imagenet-1k', 'ig1b')
    """
    words = {tag, *re.split(r"[_.]", tag.lower())}
    return tuple(key for key, corpus in CORPORA.items() if words & {*corpus["tags"]})


def trained_on(weights: Weights) -> str:
    """Return the names of what the weights were trained on, when it was collected and who says so."""
    known = [CORPORA[key] for key in weights.data]
    said = [f"{each['name']} (collected until {each['until']}; {each['source']})" for each in known]
    return ", ".join(said) or "not known here; see where they come from"


def _torchvision(network: str, word: str) -> Weights:
    from torchvision.models import get_model_weights

    known = get_model_weights(network)
    if word != "DEFAULT" and word not in known.__members__:
        raise ValueError(f"weights {word!r} for {network}: neither a file nor one of {', '.join(known.__members__)}")
    chosen = known.DEFAULT if word == "DEFAULT" else known[word]
    file = checkpoint_file(chosen)
    # ImageNet's own networks come with torchvision's licence; those that Instagram taught (SWAG) must not earn money.
    licence = "CC-BY-NC 4.0" if "SWAG" in chosen.name else "BSD-3-Clause"
    seen = corpora(chosen.name.replace("IMAGENET1K", "in1k"))
    return Weights(network, chosen.name, file, file.is_file(), chosen.url, chosen.meta["_file_size"], licence, seen)


def _timm(network: str) -> Weights:
    cfg = pretrained_cfg(network)
    file = plain_file(network)
    try:
        file, here = checkpoint(network), True
    except FileNotFoundError:
        here = False
    url = f"hf:{cfg.hf_hub_id}/{cfg.hf_hub_filename or HUB_FILE}" if cfg.hf_hub_id else cfg.url
    tag = cfg.tag or ""
    made = Weights(network, tag, file, here, url, None, cfg.license or "", corpora(tag))
    return _measured(made) if here else made._replace(megabytes=_size(network))


def _size(network: str) -> float:
    """Return the size of the weights [MB], of a network that is built without any."""
    import timm

    with torch.device("meta"):
        model = timm.create_model(network.removeprefix(TIMM))
    return sum(each.numel() * each.element_size() for each in model.state_dict().values()) / 1e6


def _dlib(word: str) -> Weights:
    """Return dlib's weights, which lie in a package that may be missing: CC0, as its README says."""
    try:
        file = weights_file()
    except MissingWeights:
        return Weights(DLIB, word, None, False, licence="CC0-1.0", data=corpora(DLIB))
    return _measured(Weights(DLIB, word, file, True, licence="CC0-1.0", data=corpora(DLIB)))


def _facenet(word: str) -> Weights:
    if word not in FACES:
        raise ValueError(f"weights {word!r} for {FACENET}: neither a file nor one of {', '.join(FACES)}")
    hub = Path(torch.hub.get_dir())
    folders = (hub.parent / "checkpoints", hub / "checkpoints")
    files = [folder / FACES[word] for folder in folders]
    file = next((each for each in files if each.is_file()), files[0])
    url = FACENET_URL + FACES[word]
    return Weights(FACENET, word, file, file.is_file(), url, FACENET_MB[word], "MIT", corpora(word))


def _measured(weights: Weights) -> Weights:
    return weights._replace(megabytes=weights.file.stat().st_size / 1e6)
