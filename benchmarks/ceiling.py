"""What a device can do at best: the speed of one large matrix product."""

import time

import torch


def matmul_ceiling(device: str) -> float:
    """Return the operations per second of a large matrix product in bf16 on a GPU, else fp32: the best of five."""
    size, kind = (8192, torch.bfloat16) if device == "cuda" else (2048, torch.float32)
    one, two = torch.rand(2, size, size, device=device, dtype=kind)
    repeats, best = 20 if device == "cuda" else 3, 0.0
    for _ in range(5):
        begun = now(device)
        for _ in range(repeats):
            one @ two
        best = max(best, repeats * 2 * size**3 / (now(device) - begun))
    return best


def now(device: str) -> float:
    """Return the time [s], after all that was given to a GPU is done."""
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()
