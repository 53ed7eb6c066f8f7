"""Which pixels of one photo speak for the model's own answer, the other photo held fixed? Maps by Captum.

Each method takes (model, pairs, side) and returns (n, h, w) float32 on the CPU; larger = speaks more for the answer.
Negative values speak against it (Grad-CAM and attention have none).
"""

from collections.abc import Callable
from functools import partial
from typing import Protocol

import torch
from captum.attr import IntegratedGradients, LayerAttribution, LayerGradCam
from torch import Tensor, nn

from likeness.explain.attention_maps import attention_map
from likeness.explain.sides import BATCH, OneSide, PairModel, Pairs, SideName, one_sided
from likeness.features.attention import NoMap

Method = Callable[[PairModel, Pairs, SideName], Tensor]


class Mapped(Protocol):
    """A model that names its layer for Grad-CAM on photos of `size` px, and those of attention, or raises NoMap."""

    def grad_cam_layer(self, size: int) -> str: ...

    def attention_layers(self, size: int) -> list[str]: ...


def map_methods(model: Mapped, size: int, steps: int) -> tuple[dict[str, Method], dict[str, str]]:
    """Return ({method: a map of what speaks for the model's own answer}, {method left out: why, in words}).

    Integrated Gradients of `steps` steps, and Grad-CAM, if the network keeps a map of a photo of `size` px; of a
    transformer, which keeps none, its attention.
    """
    methods: dict[str, Method] = {"Integrated Gradients": partial(integrated_gradients, steps=steps)}
    try:
        return methods | {"Grad-CAM": partial(grad_cam, layer=model.grad_cam_layer(size))}, {}
    except NoMap as error:
        why = f"Grad-CAM is left out: {error}."
    try:
        return methods | {"Attention": partial(attention_map, layers=model.attention_layers(size))}, {}
    except NoMap as error:
        return methods, {"Grad-CAM": f"{why} Attention is left out: {error}."}


def blank_photo(photo: Tensor) -> Tensor:
    """Return what stands for "nothing to see", shaped as photo (n, 3, h, w): each photo's own mean colour."""
    return photo.mean(dim=(2, 3), keepdim=True).expand_as(photo).clone()


def integrated_gradients(model: PairModel, pairs: Pairs, side: SideName, *, steps: int) -> Tensor:
    """Integrated Gradients (Sundararajan et al., 2017) from the blank photo, summed over the colour channels.

    A map adds up to the logit of the photo less that of the blank one, up to the error of `steps` steps.
    """
    maps = []
    for network, photo, fixed in one_sided(model, pairs, side, 1):
        found = IntegratedGradients(network).attribute(
            photo,
            baselines=blank_photo(photo.detach()),
            additional_forward_args=fixed,
            n_steps=steps,
            internal_batch_size=BATCH,
        )
        maps.append(found.sum(dim=1))
    return _joined(maps)


def grad_cam(model: PairModel, pairs: Pairs, side: SideName, *, layer: str) -> Tensor:
    """Grad-CAM (Selvaraju et al., 2017) at a convolutional layer of `encode`, resized to the photo (bilinear).

    layer: its dotted name in the model (see sides.layer_name). Raises ValueError if it does not run exactly once.
    """
    maps, checked = [], False
    for network, photo, fixed in one_sided(model, pairs, side, BATCH):
        module = model.get_submodule(layer)
        if not checked:
            _check_runs_once(network, module, layer, photo, fixed)
            checked = True
        found = LayerGradCam(network, module).attribute(photo, additional_forward_args=fixed, relu_attributions=True)
        maps.append(LayerAttribution.interpolate(found, tuple(photo.shape[2:]), "bilinear")[:, 0])
    return _joined(maps)


def _joined(maps: list[Tensor]) -> Tensor:
    return torch.cat(maps).detach().float().cpu()


def _check_runs_once(network: OneSide, layer: nn.Module, name: str, photo: Tensor, fixed: tuple) -> None:
    """Raise ValueError unless the layer runs exactly once in a forward pass."""
    runs = []
    handle = layer.register_forward_hook(lambda *_: runs.append(1))
    try:
        with torch.no_grad():
            network(photo, *fixed)
    finally:
        handle.remove()
    if len(runs) != 1:
        raise ValueError(
            f"layer {name} ran {len(runs)} times for one photo: Grad-CAM needs a layer inside encode, run once"
        )
