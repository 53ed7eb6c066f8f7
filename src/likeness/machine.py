"""The machine: what a run or a benchmark ran on (nothing that names it), and the device that computes."""

import os
import platform
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

CPUINFO = Path("/proc/cpuinfo")
# A virtual machine's model name is often that of a whole family; these decide how fast a network runs on it.
INSTRUCTIONS = ("avx2", "avx512f", "avx512_bf16", "amx_bf16")


def describe_machine(packages: Sequence[str]) -> dict[str, object]:
    """Return the processor, the cores that may be used, memory [GB], Python and the versions of `packages`."""
    return {
        "cpu": _cpu(),
        "cores": cores(),
        "memory_gb": _memory_gb(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
    }


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def instructions() -> list[str]:
    """Return those of INSTRUCTIONS that the processor has, by Linux's names; none where Linux does not tell."""
    flags = _field(CPUINFO, "flags").split()
    return [name for name in INSTRUCTIONS if name in flags]


def pick_device(device: str) -> "torch.device":
    """Return the torch device named `device`; "auto" is the GPU where there is one, else the processor."""
    import torch  # seconds: only where something is computed

    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(device)


def _cpu() -> str:
    """Return such as "AMD EPYC (avx2, avx512f)"."""
    model, held = _field(CPUINFO, "model name") or platform.machine(), ", ".join(instructions())
    return f"{model} ({held})" if held else model


def _field(path: Path, name: str) -> str:
    """Return the first value of `name` in a file of "name : value" lines, "" where there is none."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "")


def _memory_gb() -> float | None:
    kib = _field(Path("/proc/meminfo"), "MemTotal").partition(" ")[0]
    return round(int(kib) * 1024 / 1e9, 1) if kib else None
