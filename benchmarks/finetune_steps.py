"""The step of fine-tuning two ways: ours under Lightning, and a loop of bare PyTorch with the same arithmetic."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from ceiling import now
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from likeness.features.backbones import load_backbone
from likeness.models.pose.losses import bce_loss
from likeness.models.pose.pair_data import PhotoArrays
from likeness.models.pose.pair_module import Batch, PairBatches, PairModule, Pairs, Plan
from likeness.models.pose.siamese import SiameseConfig, SiameseNet, make_siamese
from likeness.models.training.fit import Machine, fit_run

BACKBONE, PAIRS, WARM = "resnet18", 16, 2  # pairs a batch; steps that are not timed
RATE, MOMENTUM = 1e-4, 0.9


def make_net(size: int, device: str) -> SiameseNet:
    """Return the siamese network, all of it trained, random weights; dropout 0, so that both ways give the same."""
    config = SiameseConfig("photo", "full", "bce", 0, dropout=0.0)
    net = make_siamese(config, load_backbone(BACKBONE, "none", image_size=size, seed=1), seed=1).to(device)
    return net.to(memory_format=torch.channels_last) if device == "cuda" else net


def make_pairs(number: int, size: int) -> tuple[PhotoArrays, Pairs]:
    """Return `number` pairs of noise photos, each photo in one pair alone: a batch is 2 x PAIRS photos."""
    rng = np.random.default_rng(0)
    photos = rng.integers(0, 256, (2 * number, 3, size, size), dtype=np.uint8)
    rows = np.arange(2 * number)
    arrays = PhotoArrays([f"{row}" for row in rows], photos=photos)
    return arrays, (rows[::2].copy(), rows[1::2].copy(), np.arange(number) % 2 == 0)


def make_batches(steps: int, size: int, device: str) -> list[Batch]:
    """Return the batches of `steps` steps, in the device's memory."""
    arrays, pairs = make_pairs(4 * PAIRS, size)
    made = PairBatches(arrays, *pairs, batch_size=PAIRS, seed=0, epoch=0)
    ready = [made[number].to(torch.device(device)) for number in range(len(made))]
    return [ready[step % len(ready)] for step in range(steps)]


class Timed(PairModule):
    """Ours, with batches that are ready, and without a validation, which is no part of a step."""

    ready: list[Batch]
    begun = 0.0
    spent = 0.0

    def batches(self, epoch: int) -> list[Batch]:
        return self.ready

    def validate(self) -> dict[str, float]:
        return {"val_loss": 0.0, "val_accuracy": 0.0}

    def on_train_batch_end(self, outputs: object, batch: Batch, number: int) -> None:
        if number == WARM - 1:
            self.begun = now(self.device.type)
        if number == len(self.ready) - 1:
            self.spent = now(self.device.type) - self.begun


def our_steps(net: SiameseNet, batches: list[Batch], device: str) -> float:
    """Train one epoch as `fit_pairs` does; return seconds per step."""
    made: list[Timed] = []
    nothing = tuple(np.zeros(0, int) for _ in range(3))
    plan = Plan(lr=RATE, batch_size=PAIRS, epochs=1, augment=False)

    def make(*run: Any) -> Timed:
        made.append(Timed(*run))
        made[0].ready = batches
        return made[0]

    fit_run(make, net, PhotoArrays([]), [nothing, nothing], plan, Machine(device=device))
    return made[0].spent / (len(batches) - WARM)


def bare_steps(net: SiameseNet, batches: list[Batch], device: str) -> float:
    """Train one epoch by hand; return seconds per step. Deterministic algorithms, as ours."""
    net.to(device).train()
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE, momentum=MOMENTUM)
    begun = 0.0
    torch.use_deterministic_algorithms(True)
    for number, batch in enumerate(batches):
        if number == WARM:
            begun = now(device)
        optimizer.zero_grad()
        bare_loss(net, batch, device).backward()
        optimizer.step()
    spent = now(device) - begun
    torch.use_deterministic_algorithms(False)
    return spent / (len(batches) - WARM)


def bare_loss(net: SiameseNet, batch: Batch, device: str) -> Tensor:
    """Return the loss of a batch, on a GPU in bf16, as ours."""
    with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
        embeddings = net.embed(batch.photo, None)
        return bce_loss(net.compare(embeddings[batch.left], embeddings[batch.right]), batch.same)


METHODS: dict[str, Callable[[SiameseNet, list[Batch], str], float]] = {"ours": our_steps, "bare loop": bare_steps}


def step_flops(net: SiameseNet, batch: Batch, device: str) -> int:
    """Return the floating-point operations of one step, forward and backward, as PyTorch counts them."""
    with FlopCounterMode(display=False) as counter:
        bare_loss(net.to(device).train(), batch, device).backward()
    net.zero_grad()
    return counter.get_total_flops()
