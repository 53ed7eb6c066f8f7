"""How much memory an extraction takes as the photos become more."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from likeness import paths

SIDE, NETWORK = 64, "squeezenet1_1"  # px of the small photos
PROGRAM = r"""
import json, re, sys, time
import pandas as pd
from pathlib import Path
from likeness.features.backbones import load_backbone
from likeness.features.extract import extract
photos, root, network, side = pd.read_parquet(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
backbone, start = load_backbone(network, "none", image_size=side), time.perf_counter()
features, _ = extract(photos, backbone, root=root, cache=None, image_size=side, batch_size=32, device="cpu")
peak = int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) * 1024 / 1e6
print(json.dumps({"photos": len(photos), "peak_mb": peak, "features_mb": features.nbytes / 1e6,
                  "seconds": time.perf_counter() - start}))
"""


def memory_growth(counts: list[int]) -> list[dict[str, float]]:
    """Return photos, peak_mb (resident), features_mb (the result, which is part of it) and seconds for each count.

    Each in a process of its own.
    """
    root = paths.root() / ".likeness/bench/small"
    rows = []
    for count in counts:
        manifest = root.parent / f"small-{count}.parquet"
        small_photos(root, count).to_parquet(manifest)
        command = [sys.executable, "-c", PROGRAM, str(manifest), str(root), NETWORK, str(SIDE)]
        rows.append(json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout))
    return rows


def small_photos(root: Path, count: int) -> pd.DataFrame:
    """Return the photos table of `count` JPEGs of SIDE px, of noise; what is there already is kept."""
    rows = []
    for number in range(count):
        path = root / f"{number // 1000:03d}/{number:05d}.jpg"
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            cells = np.random.default_rng(number).integers(0, 255, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(cells).resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        rows.append({"photo_id": digest[:16], "path": str(path.relative_to(root)), "sha256": digest})
    return pd.DataFrame(rows).assign(width=SIDE, height=SIDE)
