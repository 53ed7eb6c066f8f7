"""The model-randomisation test: a map that looks the same for random weights explains nothing.

(Adebayo et al., 2018, Sanity checks for saliency maps; here all layers are randomised at once.)
"""

import copy
import warnings
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.stats import ConstantInputWarning, spearmanr
from torch import Tensor, nn


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
    """Return a copy of the model with all weights drawn anew; the same seed gives the same weights.

    The global random state is left as it was.
    """
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
    method: Callable[[nn.Module], Tensor], model: nn.Module, maps: Tensor, seeds: int = 3, seed: int = 0
) -> NDArray[np.float64]:
    """Return (n,): correlation of each map with that of randomised networks, mean over `seeds` of them.

    method: model -> maps (n, h, w). maps: what it gives for the trained model. Near 0: the map depends on what
    was learnt; near 1: it shows the photo, not the model. NaN where a map, or all its random counterparts, are
    constant: an empty map is no evidence of anything.
    """
    each = np.stack([rank_correlation(maps, method(randomised(model, seed + i))) for i in range(seeds)])
    known = np.isfinite(each).sum(axis=0)
    return np.where(known > 0, np.nansum(each, axis=0) / np.maximum(known, 1), np.nan)
