"""Insertion and deletion: does the model's answer follow the pixels that a map calls important?

(Petsiuk et al., 2018, RISE.) Cells of a grid, rather than single pixels, are taken away in the map's order;
a random order of the same cells is the yardstick, because it disturbs the photo just as much.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from likeness.explain.attributions import Baseline, baseline_photo
from likeness.explain.sides import OneSide, PairModel, Pairs, SideName, evaluating, fixed_arguments


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


def _curve_area(network: OneSide, photo: Tensor, other: Tensor, taken: Tensor, fixed: tuple, batch: int) -> float:
    """Return the mean answer in [0, 1] while `other` replaces `photo` (1, 3, h, w) where taken (trapezoid)."""
    answers = []
    for states in taken.to(photo.device).split(batch):
        arguments = [None if a is None else a.expand(len(states), *a.shape[1:]) for a in fixed]
        answers.append(torch.sigmoid(network(torch.where(states, other, photo), *arguments)))
    curve = torch.cat(answers).double()
    return float(torch.trapezoid(curve) / (len(curve) - 1))


@torch.no_grad()
def insertion_deletion(
    model: PairModel,
    pairs: Pairs,
    side: SideName,
    maps: Tensor,
    *,
    cells: int = 14,
    steps: int = 14,
    random_orders: int = 3,
    baseline: Baseline = "mean",
    batch: int = 8,
    seed: int = 0,
) -> dict[str, NDArray[np.float64]]:
    """Return (n,) areas under the curve: insertion, insertion_random, deletion, deletion_random, all in [0, 1].

    The curve is the probability of the model's own answer on the whole photo (the same, or different).
    Insertion uncovers the photo from the baseline colour, most important cells first (larger is better); deletion
    covers it (smaller is better). The random columns are the mean over `random_orders` orders of the same cells.
    maps: (n, h, w), of the photos on `side`; made with toward="decision" if pairs can be called different.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, list[float]] = {}
    with evaluating(model):
        network = OneSide(model, side)
        for i in range(len(pairs)):
            part = pairs.rows(i, i + 1)
            fixed, photo = fixed_arguments(model, part, side, "decision"), part.photo(side)
            blank = baseline_photo(photo, baseline)
            orders = [cell_order(maps[i], cells)]
            orders += [torch.from_numpy(rng.permutation(cells * cells)) for _ in range(random_orders)]
            taken = [_states(order, cells, steps, tuple(photo.shape[2:])) for order in orders]
            for name, start, end in (("insertion", blank, photo), ("deletion", photo, blank)):
                areas = [_curve_area(network, start, end, states, fixed, batch) for states in taken]
                found.setdefault(name, []).append(areas[0])
                found.setdefault(f"{name}_random", []).append(float(np.mean(areas[1:])))
    return {name: np.asarray(areas) for name, areas in found.items()}
