"""The hashes of all operations: on this machine, and the committed table, made together with the committed lock."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from likeness.machine import describe_machine

FILE = Path(__file__).with_name("hashes.json")
# The libraries whose arithmetic a run rests on.
COMPUTE = ("numpy", "scipy", "torch", "torchvision", "scikit-learn", "faiss-cpu", "pillow", "scikit-image")
COMPUTE += ("opencv-contrib-python-headless", "facenet-pytorch", "captum", "mediapipe", "pandas", "pyarrow")
# TensorFlow Lite chooses its kernels by the processor, and no setting holds it. No stage of the demo calls it.
NOT_HELD = ("MediaPipe, joints of a person",)


def read_hashes() -> dict[str, Any]:
    """Return {"machine": as `describe_machine`, "operations": {name: hash}}."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def write_hashes(found: Mapping[str, str]) -> Path:
    """Replace the table by what this machine has found, and return its path."""
    content = {"machine": describe_machine(COMPUTE), "operations": dict(found)}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return FILE


def hashes() -> Iterator[tuple[str, str]]:
    """Yield (operation, hash of what it gives here)."""
    from likeness.operations import arithmetic, fits, networks, pictures  # torch and OpenCV: seconds, for this alone
    from likeness.operations.numbers import digest

    for room in (arithmetic, fits, pictures, networks):
        for name, compute in room.operations():
            yield name, digest(compute())
