"""Which pixels of one photo speak for the logit, the other photo held fixed? Maps by Captum.

Each method takes (model, pairs, side) and returns (n, h, w) float32 on the CPU; larger = speaks more for the
explained answer. Negative values speak against it (Grad-CAM has none).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Literal

import torch
from captum.attr import IntegratedGradients, LayerAttribution, LayerGradCam, Occlusion
from torch import Tensor, nn

from likeness.explain.sides import SIDES, OneSide, PairModel, Pairs, SideName, evaluating, fixed_arguments

Baseline = Literal["mean"] | float | tuple[float, float, float]
Method = Callable[[PairModel, Pairs, SideName], Tensor]


def baseline_photo(photo: Tensor, baseline: Baseline) -> Tensor:
    """Return what stands for "nothing to see", shaped as photo (n, 3, h, w).

    "mean": each photo's own mean colour; a number or three of them: that colour, in the units of `photo`
    (0.5 is grey for photos in [0, 1], 0 the training mean for normalised ones).
    """
    if isinstance(baseline, str):
        if baseline != "mean":
            raise ValueError(f"baseline is {baseline!r}: use mean or a colour")
        return photo.mean(dim=(2, 3), keepdim=True).expand_as(photo).clone()
    colour = torch.as_tensor(baseline, dtype=photo.dtype, device=photo.device).reshape(1, -1, 1, 1)
    return colour.expand_as(photo).clone()


def _batches(
    model: PairModel, pairs: Pairs, side: SideName, toward: str, batch: int
) -> Iterator[tuple[OneSide, Tensor, tuple]]:
    """Yield (network, photos, fixed arguments) for `batch` pairs at a time, the model in evaluation mode."""
    with evaluating(model):
        for start in range(0, len(pairs), batch):
            part = pairs.rows(start, start + batch)
            fixed = fixed_arguments(model, part, side, toward)
            yield OneSide(model, side), part.photo(side).detach().clone().requires_grad_(), fixed


def _joined(maps: list[Tensor]) -> Tensor:
    return torch.cat(maps).detach().float().cpu()


def integrated_gradients(
    model: PairModel,
    pairs: Pairs,
    side: SideName,
    *,
    steps: int = 25,
    baseline: Baseline = "mean",
    toward: str = "same",
    internal_batch_size: int = 8,
) -> Tensor:
    """Integrated Gradients (Sundararajan et al., 2017), summed over the colour channels.

    A map adds up to logit(photo) - logit(baseline), up to the error of `steps` steps.
    internal_batch_size: photos in memory at once; pairs are explained one by one.
    """
    maps = []
    for network, photo, fixed in _batches(model, pairs, side, toward, 1):
        found = IntegratedGradients(network).attribute(
            photo,
            baselines=baseline_photo(photo.detach(), baseline),
            additional_forward_args=fixed,
            n_steps=steps,
            internal_batch_size=internal_batch_size,
        )
        maps.append(found.sum(dim=1))
    return _joined(maps)


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


def grad_cam(
    model: PairModel, pairs: Pairs, side: SideName, *, layer: str, toward: str = "same", batch: int = 8
) -> Tensor:
    """Grad-CAM (Selvaraju et al., 2017) at a convolutional layer of `encode`, resized to the photo (bilinear).

    layer: its dotted name in the model (see sides.layer_name). Raises ValueError if it does not run exactly once.
    """
    maps, checked = [], False
    for network, photo, fixed in _batches(model, pairs, side, toward, batch):
        module = model.get_submodule(layer)
        if not checked:
            _check_runs_once(network, module, layer, photo, fixed)
            checked = True
        found = LayerGradCam(network, module).attribute(photo, additional_forward_args=fixed, relu_attributions=True)
        maps.append(LayerAttribution.interpolate(found, tuple(photo.shape[2:]), "bilinear")[:, 0])
    return _joined(maps)


def occlusion(
    model: PairModel,
    pairs: Pairs,
    side: SideName,
    *,
    window: int = 32,
    stride: int = 32,
    baseline: Baseline = "mean",
    toward: str = "same",
    batch: int = 8,
) -> Tensor:
    """Occlusion (Zeiler & Fergus, 2014): how far the logit falls without a window x window patch."""
    maps = []
    for network, photo, fixed in _batches(model, pairs, side, toward, 1):
        found = Occlusion(network).attribute(
            photo.detach(),
            sliding_window_shapes=(photo.shape[1], window, window),
            strides=(photo.shape[1], stride, stride),
            baselines=baseline_photo(photo.detach(), baseline),
            additional_forward_args=fixed,
            perturbations_per_eval=batch,
        )
        maps.append(found.mean(dim=1))  # the window covers all channels: they are equal
    return _joined(maps)


def both_sides(
    method: Method, model: PairModel, pairs: Pairs, sides: Sequence[SideName] = SIDES
) -> dict[SideName, Tensor]:
    """Return {"left": (n, h, w), "right": (n, h, w)}: each photo's map with the other photo held fixed.

    sides: those to explain; one where the model judges a single photo.
    """
    return {side: method(model, pairs, side) for side in sides}
