"""From JPEG to feature: ours beside img2vec, imagededup and a plain DataLoader loop, and beside what bounds us all.

`python benchmarks/features.py` writes benchmarks/results/features.json and features.md. All networks have random
weights, which take as long as trained ones. On an NVIDIA GPU the extraction is timed there too.
"""

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from ceiling import matmul_ceiling, now
from feature_peers import available
from feature_words import as_markdown, table
from growth import exponent
from memory import memory_growth, small_photos
from torch.utils.flop_counter import FlopCounterMode

from likeness import paths
from likeness.cache import Cache
from likeness.features.backbones import Backbone, load_backbone
from likeness.features.extract import arithmetic, embed_batch, extract, load_image, prepare_backbone
from likeness.features.renderings import PHOTO
from likeness.machine import describe_machine, pick_device
from likeness.parallel import ahead
from photos import draw_photos

RESULTS = Path(__file__).parent / "results"
LAYERS, SIZE, BATCH = {"resnet18": "pool", "alexnet": "fc7"}, 224, 16
NEW_SHARE, MANY = 0.01, 10_000
GPU_BATCH, GPU_ROUNDS = 256, 20


def main() -> None:
    """Measure everything and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5, help="parts of the photos, in which the methods take turns")
    parser.add_argument("--small", type=int, nargs="*", default=[1000, 10_000, 50_000], help="photos, for the memory")
    parser.add_argument("--many", type=int, default=MANY, help="small photos, of which 1 % are new")
    asked = parser.parse_args()
    root = paths.root() / ".likeness/bench/photos"
    photos = draw_photos(root, asked.photos)
    peers, missing = available()
    small = root.parent / "small"
    gpu = torch.cuda.is_available()
    result = {
        "machine": describe_machine(["torch", "torchvision", "pillow", *(peer.package for peer in peers.values())]),
        "photos": asked.photos,
        "skipped": missing | ({} if gpu else {"cuda": "no NVIDIA GPU"}),
        "speed": [row for name in LAYERS for row in measure(name, photos, root, asked.rounds, peers)],
        "gpu": [on_device(name, photos, root, "cuda") for name in LAYERS if gpu],
        "again": [measure_again(name, photos, root) for name in LAYERS]
        + [measure_again("resnet18", small_photos(small, asked.many), small)],
        "growth": [grow(name, photos, root) for name in LAYERS],
        "memory": memory_growth(asked.small),
    }
    paths.write_json({**result, "table": table(result)}, RESULTS / "features.json")
    paths.write_text(as_markdown(result), RESULTS / "features.md")


def measure(name: str, photos: pd.DataFrame, root: Path, rounds: int, peers: dict) -> list[dict[str, object]]:
    """Return a row a method: photos/s and how many times as fast ours is, in each part of the photos."""
    backbone = load_backbone(name, "none", layer=LAYERS[name], image_size=SIZE)
    methods = {
        "ours": lambda part: ours(part, backbone, root),
        "ours, bf16": lambda part: ours(part, backbone, root, precision="bf16"),
        "limit": lambda part: limit(part, backbone, root),
    }
    methods |= {peer.name: peer.prepare(name, root) for peer in peers.values()}
    seconds: dict[str, list[float]] = {method: [] for method in methods}
    for run in methods.values():
        run(photos.iloc[:BATCH])  # what is loaded once is not timed
    order = list(methods)
    for turn, rows in enumerate(np.array_split(np.arange(len(photos)), rounds)):
        for method in order[turn % len(order) :] + order[: turn % len(order)]:
            seconds[method].append(methods[method](photos.iloc[rows]))
    mine, half = np.array(seconds["ours"]), np.array(seconds["ours, bf16"])
    return [
        {
            "network": name,
            "method": method,
            "photos_per_second": len(photos) / sum(spent),
            "times": spread(np.array(spent) / mine),
            "times_bf16": spread(np.array(spent) / half),
        }
        for method, spent in seconds.items()
    ]


def ours(
    photos: pd.DataFrame, backbone: Backbone, root: Path, cache: Cache | None = None, precision: str = "32"
) -> float:
    """Return the seconds of our extraction."""
    start = time.perf_counter()
    settings = {"image_size": SIZE, "batch_size": BATCH, "device": "cpu", "precision": precision}
    extract(photos, backbone, root=root, cache=cache, **settings)
    return time.perf_counter() - start


def limit(photos: pd.DataFrame, backbone: Backbone, root: Path) -> float:
    """Return the seconds of decoding with all cores and of the bare forward pass with all cores, each alone."""
    device = pick_device("cpu")
    prepared = prepare_backbone(backbone, device)
    start = time.perf_counter()
    rows = photos.to_dict("records")
    images = np.stack([*ahead(lambda row: load_image(row, root, PHOTO, SIZE), rows, window=8)])
    for begin in range(0, len(images), BATCH):
        embed_batch(prepared, images[begin : begin + BATCH], BATCH, device)
    return time.perf_counter() - start


def on_device(name: str, photos: pd.DataFrame, root: Path, device: str) -> dict[str, object]:
    """Return photos/s from the JPEG, images/s of the network alone, and its share of a matrix product's speed."""
    backbone = load_backbone(name, "none", layer=LAYERS[name], image_size=SIZE)
    settings = {"image_size": SIZE, "batch_size": GPU_BATCH, "device": device, "cache": None}
    extract(photos.iloc[:GPU_BATCH], backbone, root=root, **settings)  # what is loaded once is not timed
    start = now(device)
    extract(photos, backbone, root=root, **settings)
    whole = now(device) - start
    place = pick_device(device)
    precision = arithmetic("auto", place)
    prepared = prepare_backbone(backbone, place, precision)
    images = np.zeros((GPU_BATCH, SIZE, SIZE, 3), np.uint8)
    with FlopCounterMode(display=False) as counter:
        embed_batch(prepared, images, GPU_BATCH, place, precision)
    start = now(device)
    for _ in range(GPU_ROUNDS):
        embed_batch(prepared, images, GPU_BATCH, place, precision)
    alone = (now(device) - start) / GPU_ROUNDS
    return {
        "network": name,
        "device": torch.cuda.get_device_name() if device == "cuda" else "CPU",
        "photos_per_second": len(photos) / whole,
        "network_alone": GPU_BATCH / alone,
        "share_of_ceiling": counter.get_total_flops() / alone / matmul_ceiling(device),
    }


def measure_again(name: str, photos: pd.DataFrame, root: Path) -> dict[str, object]:
    """Return the seconds of a first run, and of one more with 1 % of the photos new to the cache."""
    backbone = load_backbone(name, "none", layer=LAYERS[name], image_size=SIZE)
    new = max(1, round(NEW_SHARE * len(photos)))
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        cache = Cache(Path(folder))
        first = ours(photos.iloc[:-new], backbone, root, cache)
        again = ours(photos, backbone, root, cache)
    return {
        "network": name,
        "photos": len(photos),
        "width": int(photos["width"].max()),
        "first": first,
        "again": again,
        "new": new,
        "share": again / first,
    }


def grow(name: str, photos: pd.DataFrame, root: Path) -> dict[str, object]:
    """Return the seconds for 1/16, 1/4 and all of the photos, and the exponent of the growth."""
    backbone = load_backbone(name, "none", layer=LAYERS[name], image_size=SIZE)
    counts = [len(photos) // 16, len(photos) // 4, len(photos)]
    seconds = [ours(photos.iloc[:count], backbone, root) for count in counts]
    return {"network": name, "photos": counts, "seconds": seconds, "exponent": exponent(counts, seconds)}


def spread(values: np.ndarray) -> dict[str, float]:
    """Return the median of several ratios, the lowest and the highest."""
    return {"median": float(np.median(values)), "low": float(values.min()), "high": float(values.max())}


if __name__ == "__main__":
    main()
