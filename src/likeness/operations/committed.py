"""The committed table of hashes, made on one machine together with the committed lock."""

import json
from collections.abc import Mapping
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
