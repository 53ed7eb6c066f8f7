"""What a saliency map is tested by: faithfulness, the pointing game, and networks with random weights.

Does the model's answer follow the pixels that a map calls important (insertion, deletion)? Does the map's strongest
point lie on what is known to matter (pointing)? Does it change when the weights are random (randomisation)? A map that
looks the same for random weights explains nothing.
"""

import copy
import warnings
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import ConstantInputWarning, spearmanr
from torch import Tensor, nn

from likeness.explain.attributions import blank_photo
from likeness.explain.sides import BATCH, OneSide, PairModel, Pairs, SideName, evaluating, fixed_arguments

RANDOM_ORDERS = 3  # of the same cells, beside a map's order


def cell_order(heat: Tensor, cells: int) -> Tensor:
    """Return (cells * cells,) cell indices of a map (h, w), most important first, ties to the lower index."""
    mean = torch.nn.functional.adaptive_avg_pool2d(heat[None, None].float(), cells).flatten()
    return torch.argsort(mean, descending=True, stable=True)


def _states(order: Tensor, cells: int, steps: int, size: tuple[int, int]) -> Tensor:
    """Return (steps + 1, 1, h, w) bool: which pixels are already taken after each step, none to all."""
    place = torch.empty_like(order)
    place[order] = torch.arange(len(order))
    rows = torch.arange(size[0]) * cells // size[0]
    columns = torch.arange(size[1]) * cells // size[1]
    place = place.reshape(cells, cells)[rows][:, columns]
    taken = torch.linspace(0, len(order), steps + 1).round()
    return place[None, None] < taken[:, None, None, None]


def _curve_area(network: OneSide, photo: Tensor, other: Tensor, taken: Tensor, fixed: tuple) -> float:
    """Return the mean answer in [0, 1] while `other` replaces `photo` (1, 3, h, w) where taken (trapezoid)."""
    answers = []
    for states in taken.to(photo.device).split(BATCH):
        arguments = [None if a is None else a.expand(len(states), *a.shape[1:]) for a in fixed]
        answers.append(torch.sigmoid(network(torch.where(states, other, photo), *arguments)))
    curve = torch.cat(answers).double()
    return float(torch.trapezoid(curve) / (len(curve) - 1))


@torch.no_grad()
def insertion_deletion(
    model: PairModel, pairs: Pairs, side: SideName, maps: Tensor, *, cells: int, steps: int, seed: int = 0
) -> dict[str, NDArray[np.float64]]:
    """Return (n,) areas under the curve: insertion, insertion_random, deletion, deletion_random, all in [0, 1].

    (Petsiuk et al., 2018, RISE.) The curve is the probability of the model's own answer on the whole photo (the same,
    or different). Insertion uncovers the photo from its mean colour, most important cells first (larger is better);
    deletion covers it (smaller is better). Cells of a grid, rather than single pixels, are taken away in the map's
    order, in so many `steps`; the random columns are the mean over RANDOM_ORDERS orders of the same cells, the
    yardstick, because they disturb the photo just as much. maps: (n, h, w), of the photos on `side`.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, list[float]] = {}
    with evaluating(model):
        network = OneSide(model, side)
        for i in range(len(pairs)):
            part = pairs.rows(i, i + 1)
            fixed, photo = fixed_arguments(model, part, side), part.photo(side)
            blank = blank_photo(photo)
            orders = [cell_order(maps[i], cells)]
            orders += [torch.from_numpy(rng.permutation(cells * cells)) for _ in range(RANDOM_ORDERS)]
            taken = [_states(order, cells, steps, tuple(photo.shape[2:])) for order in orders]
            for name, start, end in (("insertion", blank, photo), ("deletion", photo, blank)):
                areas = [_curve_area(network, start, end, states, fixed) for states in taken]
                found.setdefault(name, []).append(areas[0])
                found.setdefault(f"{name}_random", []).append(float(np.mean(areas[1:])))
    return {name: np.asarray(areas) for name, areas in found.items()}


def mask_shares(masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (n,) shares of the photo that masks (n, h, w) cover: the chance of a blind hit."""
    return np.asarray(masks, dtype=bool).mean(axis=(1, 2))


def _checked(maps: Tensor, masks: NDArray[np.bool_]) -> tuple[NDArray, NDArray]:
    heat, masks = np.asarray(maps, dtype=float), np.asarray(masks, dtype=bool)
    if heat.shape != masks.shape or heat.ndim != 3:
        raise ValueError(f"maps have shape {heat.shape}, masks {masks.shape}: both must be (n, h, w)")
    return heat, masks


def pointing_hits(maps: Tensor, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (n,): 1 where the map's maximum lies inside the mask, 0 elsewhere, NaN where the mask is empty.

    (Zhang et al., 2018, without a tolerance.) Of several equal maxima each counts in its share. A map without
    any positive value points nowhere and misses.
    """
    heat, masks = _checked(maps, masks)
    top = heat.max(axis=(1, 2))
    peak = heat == top[:, None, None]
    hits = (peak & masks).sum(axis=(1, 2)) / peak.sum(axis=(1, 2))
    return np.where(masks.any(axis=(1, 2)), np.where(top > 0, hits, 0.0), np.nan)


def mass_inside(maps: Tensor, masks: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return (n,): share of the positive mass of the map inside the mask (Wang et al., 2020), NaN as above."""
    heat, masks = _checked(maps, masks)
    positive = np.maximum(heat, 0)
    total = positive.sum(axis=(1, 2))
    share = np.divide((positive * masks).sum(axis=(1, 2)), total, out=np.zeros(len(heat)), where=total > 0)
    return np.where(masks.any(axis=(1, 2)), share, np.nan)


def _reset(module: nn.Module) -> None:
    """Draw the module's own parameters anew, by its own recipe or else with the mean and spread they have."""
    own = list(module.parameters(recurse=False))
    recipe = getattr(module, "reset_parameters", None) or getattr(module, "_reset_parameters", None)
    if recipe is not None:
        recipe()
    for parameter in own if recipe is None else []:
        spread = parameter.std() if parameter.numel() > 1 else parameter.abs().sum() + 1
        parameter.normal_(float(parameter.mean()), float(spread))


def randomised(model: nn.Module, seed: int) -> nn.Module:
    """Return a copy of the model with all weights drawn by `seed`; the global random state is left as it was."""
    copied = copy.deepcopy(model)
    devices = sorted({p.device.index or 0 for p in model.parameters() if p.device.type == "cuda"})
    with torch.random.fork_rng(devices=devices), torch.no_grad():
        torch.manual_seed(seed)
        for module in copied.modules():
            _reset(module)
    return copied


def rank_correlation(maps: Tensor, others: Tensor) -> NDArray[np.float64]:
    """Return (n,) Spearman correlations of |map| between maps (n, h, w), in [-1, 1]; NaN where one is constant."""
    if maps.shape != others.shape:
        raise ValueError(f"maps have shape {tuple(maps.shape)} and {tuple(others.shape)}")
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConstantInputWarning)
        for one, two in zip(maps, others, strict=True):
            found.append(spearmanr(one.abs().flatten().numpy(), two.abs().flatten().numpy()).statistic)
    return np.asarray(found, dtype=float)


def randomisation_correlation(
    method: Callable[[nn.Module], Tensor], model: nn.Module, maps: Tensor, seeds: int, seed: int = 0
) -> NDArray[np.float64]:
    """Return (n,): correlation of each map with that of randomised networks, mean over `seeds` of them.

    (Adebayo et al., 2018, Sanity checks for saliency maps; here all layers are randomised at once.)
    method: model -> maps (n, h, w). maps: what it gives for the trained model. Near 0: the map depends on what
    was learnt; near 1: it shows the photo, not the model. NaN where a map, or all its random counterparts, are
    constant: an empty map is no evidence of anything.
    """
    each = np.stack([rank_correlation(maps, method(randomised(model, seed + i))) for i in range(seeds)])
    known = np.isfinite(each).sum(axis=0)
    return np.where(known > 0, np.nansum(each, axis=0) / np.maximum(known, 1), np.nan)
