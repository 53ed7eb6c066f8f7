"""The step of fine-tuning a siamese resnet18 beside a bare PyTorch loop, in turns in one process.

`python benchmarks/finetune.py` writes benchmarks/results/finetune.json and finetune.md: three minutes on two cores.
"""

import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from ceiling import matmul_ceiling
from finetune_steps import (
    METHODS,
    PAIRS,
    WARM,
    bare_steps,
    make_batches,
    make_net,
    make_pairs,
    our_steps,
    step_flops,
)
from finetune_words import as_markdown, table
from growth import exponent

from likeness.machine import describe_machine
from likeness.models.pose.schemes import fit_pairs
from likeness.paths import write_json, write_text

RESULTS = Path(__file__).parent / "results"
SIZES = {"cpu": 64, "cuda": 224}  # px
STEPS = {"cpu": 12, "cuda": 100}  # that are timed
ROUNDS = 9
GROWTH = (64, 256, 1024)  # pairs
HELD_OUT = 32  # pairs


def main() -> None:
    """Measure everything and write the results."""
    start = time.perf_counter()
    devices = ["cpu", *(["cuda"] if torch.cuda.is_available() else [])]
    result = {
        "machine": describe_machine(["lightning", "torch", "torchvision"]),
        "threads": torch.get_num_threads(),
        "pairs": PAIRS,
        "rounds": ROUNDS,
        "speed": [measure(device) for device in devices],
        "growth": [grow(device) for device in devices],
        "skipped": {} if "cuda" in devices else {"cuda": "no NVIDIA GPU"},
    }
    result["seconds"] = round(time.perf_counter() - start)
    write_json({**result, "table": table(result)}, RESULTS / "finetune.json")
    write_text(as_markdown(result), RESULTS / "finetune.md")


def measure(device: str) -> dict[str, object]:
    """Return both ways' seconds per step, their ratio round by round, and how far the device is from its ceiling."""
    size = SIZES[device]
    batches = make_batches(WARM + STEPS[device], size, device)
    gap = difference(device, batches)
    nets = {name: make_net(size, device) for name in METHODS}
    seconds: dict[str, list[float]] = {name: [] for name in METHODS}
    for turn in range(ROUNDS):
        for name in list(METHODS)[:: 1 if turn % 2 else -1]:
            seconds[name].append(METHODS[name](nets[name], batches, device))
    ours = float(np.median(seconds["ours"]))
    ratios = np.array(seconds["bare loop"]) / np.array(seconds["ours"])
    rate, ceiling = step_flops(nets["ours"], batches[0], device) / ours, matmul_ceiling(device)
    return {
        "device": torch.cuda.get_device_name() if device == "cuda" else "CPU",
        "precision": "bf16" if device == "cuda" else "fp32",
        "size": size,
        "steps": STEPS[device],
        "seconds_a_step": {name: float(np.median(values)) for name, values in seconds.items()},
        "photos_per_second": 2 * PAIRS / ours,
        "ratio": {"median": float(np.median(ratios)), "low": float(ratios.min()), "high": float(ratios.max())},
        "gflops": rate / 1e9,
        "ceiling_gflops": ceiling / 1e9,
        "share_of_ceiling": rate / ceiling,
        "difference": gap,
    }


def difference(device: str, batches: list) -> float:
    """Return the largest difference of a weight after a few steps of both ways: the arithmetic is the same, or not."""
    nets = [make_net(SIZES[device], device) for _ in METHODS]
    for net, steps in zip(nets, (our_steps, bare_steps), strict=True):
        steps(net, batches[: WARM + 3], device)
    both = zip(*(net.cpu().state_dict().values() for net in nets), strict=True)
    return max(float((one - two).abs().max()) for one, two in both)


def grow(device: str) -> dict[str, object]:
    """Return the seconds of `fit_pairs` for one epoch, all included, for growing numbers of pairs."""
    seconds = [_epoch(number, device) for number in GROWTH]
    return {"device": device, "pairs": GROWTH, "seconds": seconds, "exponent": exponent(GROWTH, seconds)}


def _epoch(number: int, device: str) -> float:
    arrays, (left, right, same) = make_pairs(number + HELD_OUT, SIZES[device])
    ids = np.array(arrays.photo_ids)
    pairs = pd.DataFrame({"left": ids[left], "right": ids[right], "same": same})
    net, begun = make_net(SIZES[device], device), time.perf_counter()
    fit_pairs(net, arrays, pairs[:number], pairs[number:], device=device, batch_size=PAIRS, epochs=1)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
