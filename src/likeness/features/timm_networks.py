"""timm's networks, with random weights, those of a package, a cached file or a file of one's own; never downloaded."""

import difflib
import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

from likeness.errors import LayoutError, MissingWeights, words
from likeness.features.bundled import BUNDLED, carrier_of, load_bundled
from likeness.features.checkpoints import Network, load_file
from likeness.paths import file_sha256
from likeness.weight_files import read_saved

PREFIX = "timm:"  # of timm's names in params.yaml, after which comes timm's own, with or without a tag
HUB_FILE = "model.safetensors"  # what timm's repositories on the Hugging Face hub call their weights


def timm_network(name: str, weights: str, layer: str, seed: int) -> Network:
    """Return timm's network `name` ("timm:resnet18.a1_in1k"). The arguments and what is raised: see `load_backbone`.

    "DEFAULT" are the weights of the name's tag, or of timm's first one. The network takes photos as its tag says.
    """
    if layer != "pool":
        raise ValueError(f'layer {layer!r} of {name}: of timm\'s networks choose "pool"')
    cfg = pretrained_cfg(name)
    view = {"size": cfg.input_size[-1], "mean": tuple(cfg.mean), "std": tuple(cfg.std)}
    if weights == BUNDLED:
        carrier = carrier_of(name)
        view |= {"mean": (carrier.mean,) * 3, "std": (carrier.std,) * 3}
        model = _create(name, seed)
        identity = load_bundled(model, name)
    elif weights == "DEFAULT":
        file = checkpoint(name)
        model, identity = _pretrained(name, file), f"{cfg.tag or 'DEFAULT'}-{file_sha256(file)[:16]}"
    else:
        model, identity = _create(name, seed), f"none-seed{seed}"
        if weights != "none":
            layers = (cfg.classifier,) if isinstance(cfg.classifier, str) else cfg.classifier or ()
            known = [BUNDLED, "DEFAULT", "none"]
            identity = load_file(model, name, Path(weights), tuple(f"{each}." for each in layers), known)
    model.reset_classifier(0)
    return Network(model, identity, **view)


def pretrained_cfg(name: str):
    """Return timm's record of a network: sizes, means, where its weights lie, their licence.

    Raises ValueError in one line for a name or a tag that timm does not have.
    """
    import timm

    own = name.removeprefix(PREFIX)
    architecture = own.split(".")[0]
    if not timm.is_model(architecture):
        close = difflib.get_close_matches(architecture, timm.list_models(), 3, 0.5) or ["resnet18"]
        meant = " or ".join(PREFIX + each for each in close)
        raise ValueError(f"backbone {name!r} is not a model of timm, like {meant}")
    try:
        return timm.get_pretrained_cfg(own)
    except RuntimeError as error:
        tagged = ", ".join(PREFIX + each for each in timm.list_pretrained(f"{architecture}.*")[:8])
        raise ValueError(f"backbone {name!r} has no such weights; there are {tagged or 'none'}") from error


def checkpoint(name: str) -> Path:
    """Return the file of a network's published weights, from the Hugging Face cache or the folder of checkpoints.

    Raises MissingWeights that names the file and the folder, ValueError where none were published.
    """
    from huggingface_hub import try_to_load_from_cache

    cfg = pretrained_cfg(name)
    plain = plain_file(name)
    if cfg.hf_hub_id:
        held = try_to_load_from_cache(cfg.hf_hub_id, cfg.hf_hub_filename or HUB_FILE)
        if isinstance(held, str | os.PathLike) and Path(held).is_file():
            return Path(held)
    if plain.is_file():
        return plain
    source = f"{cfg.hf_hub_filename or HUB_FILE} of huggingface.co/{cfg.hf_hub_id} as " if cfg.hf_hub_id else ""
    raise MissingWeights(
        f"{name} with weights DEFAULT: run `likeness weights --fetch` beside a network, or put {source}{plain.name} "
        f'into {plain.parent} (TORCH_HOME/hub/checkpoints), or choose weights "none"; a stage downloads nothing'
    )


def plain_file(name: str) -> Path:
    """Return where a network's published weights lie outside the Hugging Face cache: TORCH_HOME/hub/checkpoints."""
    cfg = pretrained_cfg(name)
    if not cfg.hf_hub_id and not cfg.url:
        raise ValueError(f'{name} has no published weights; choose a file, or weights "none"')
    own = f"{cfg.hf_hub_id.replace('/', '--')}{Path(cfg.hf_hub_filename or HUB_FILE).suffix}" if cfg.hf_hub_id else ""
    return Path(torch.hub.get_dir()) / "checkpoints" / (own or cfg.url.rsplit("/", 1)[1])


def _create(name: str, seed: int, **more: Any) -> nn.Module:
    """Return timm's network with its class layer. A transformer that can be told takes photos of any size."""
    import timm

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        try:
            return timm.create_model(name.removeprefix(PREFIX), dynamic_img_size=True, **more)
        except TypeError as error:
            if "dynamic_img_size" not in str(error):
                raise
        torch.manual_seed(seed)
        return timm.create_model(name.removeprefix(PREFIX), **more)


def _pretrained(name: str, file: Path) -> nn.Module:
    fault = f"not the weights of {name}; fetch or copy them again"
    saved = read_saved(file, fault)
    try:  # timm renames what other libraries named, and refuses what is missing
        return _create(name, 0, pretrained=True, pretrained_cfg_overlay={"state_dict": saved})
    except (RuntimeError, LookupError, TypeError, AttributeError) as error:
        raise LayoutError(f"{file}: {fault}: {words(error)[:200]}") from error
