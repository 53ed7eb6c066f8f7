"""The album curator on real photos: which frame of a planted burst is kept, moments shown, and seconds by photos.

    python benchmarks/album.py planted FOLDER... [--photos 60]    writes results/album-planted.json and .md
    python benchmarks/album.py coverage FOLDER...                 writes results/album-coverage.json and .md
    python benchmarks/album.py times FOLDER [--sizes 500 2000 8000]

Of each folder's photos, in a seeded order, the first TUNED (at most 40 %) fitted the weights of `likeness.album.best`
(--fit does it again); the next ones are reported on.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from growth import exponent
from PIL import Image

from likeness.album import trials
from likeness.album.best import quality
from likeness.album.curate import choose, looks
from likeness.album.measure import load, signs_of
from likeness.album.planted import KINDS
from likeness.cache import Cache
from likeness.photos.manifest import build_manifest
from likeness.photos.walk import photo_files

RESULTS = Path(__file__).parent / "results"
TUNED = 90
SMALLEST = 120  # px of the shorter side


def ordered(folder: Path) -> list[Path]:
    """Return the folder's photos that are large enough, in a seeded order."""
    files = [path for path in photo_files(folder) if path.suffix.lower() in (".jpg", ".jpeg", ".png")]
    files = [path for path in files if min(Image.open(path).size) >= SMALLEST]
    return [files[k] for k in np.random.default_rng(0).permutation(len(files))]


def parted(folder: Path, photos: int) -> tuple[list[Path], list[Path]]:
    """Return the photos that weights are fitted on, and at most `photos` others."""
    files = ordered(folder)
    tuned = min(TUNED, int(0.4 * len(files)))
    return files[:tuned], files[tuned : tuned + photos]


def planted(folders: list[Path], photos: int, fit: bool) -> None:
    """Plant bursts in the photos that tuned nothing, and write who wins; with `fit`, print weights of the others."""
    plans = [trials.MIXED, *KINDS]
    tables = []
    for folder in folders:
        files = parted(folder, photos)[0 if fit else 1]
        frames = trials.planted_frames(map(load, files), plans, seed=0 if fit else 10_000)
        tables.append(frames.assign(photo=folder.parent.name + frames["photo"].astype(str)))
    frames = pd.concat(tables, ignore_index=True)
    if fit:
        print(json.dumps(trials.fit_weights(frames), indent=1))
        return
    kept = trials.winners(frames)
    each = kept[kept["plan"] == trials.MIXED]["kind"].value_counts(normalize=True)
    shuffled = trials.kept_untouched(trials.winners(frames, 100))
    by_kind = each.rename_axis("kind").reset_index(name="share")
    write("album-planted", {"kept": trials.kept_untouched(kept), "mixed": by_kind, "shuffled": shuffled})


def coverage(folders: list[Path], cache: Cache) -> None:
    """Write the share of known moments that 10 photos of 300 show, by each way to choose."""
    parts = []
    for folder in folders:
        found = pd.DataFrame({"path": [str(path) for path in ordered(folder)]})
        photos, _ = build_manifest(found, folder)
        parts.append((looks(photos, folder, cache), quality(signs_of(photos, folder, cache=cache)).to_numpy()))
    features, worth = (np.concatenate(each) for each in zip(*parts, strict=True))
    tables = [
        trials.coverage_table(features, worth, moments=[moments], photos=300, keep=moments, albums=40)
        for moments in (2, 5, 10, 20, 40)
    ]
    write("album-coverage", {"coverage": pd.concat(tables)})


def times(folder: Path, sizes: list[int]) -> None:
    """Write seconds and memory of `choose` on albums of several sizes, made of one folder's photos."""
    rows, source = [], ordered(folder)
    for size in sizes:
        with tempfile.TemporaryDirectory() as place:
            for k in range(size):
                with Image.open(source[k % len(source)]) as photo:
                    left = k // len(source)
                    photo.convert("RGB").crop((left, 0, photo.width, photo.height)).save(Path(place) / f"{k:05}.jpg")
            with tempfile.TemporaryDirectory() as kept:
                seconds = [timed(Path(place), Cache(Path(kept))) for _ in range(2)]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows.append({"photos": size, "seconds": seconds[0], "again": seconds[1], "megabytes": memory})
        print(rows[-1])
    table = pd.DataFrame(rows)
    found = {name: exponent(table["photos"], table[name]) for name in ("seconds", "again")} if len(rows) > 1 else {}
    write("album-times", {"times": table, "exponents": pd.DataFrame([found])})


def timed(folder: Path, cache: Cache) -> float:
    """Return the seconds that one choice takes."""
    start = time.perf_counter()
    choose(folder, cache=cache)
    return time.perf_counter() - start


def write(name: str, tables: dict[str, pd.DataFrame]) -> None:
    """Write tables as JSON and as Markdown, and print them."""
    rows = {key: json.loads(table.round(4).to_json(orient="records")) for key, table in tables.items()}
    (RESULTS / f"{name}.json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    parts = []
    for key, table in tables.items():
        head = f"| {' | '.join(table.columns)} |\n|{' --- |' * len(table.columns)}\n"
        body = "\n".join(f"| {' | '.join(map(str, row))} |" for row in table.round(3).itertuples(index=False))
        parts.append(f"## {key}\n\n{head}{body}\n")
    text = "\n".join(parts)
    (RESULTS / f"{name}.md").write_text(f"# {name}\n\n{text}", encoding="utf-8")
    print(text)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["planted", "coverage", "times"])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--photos", type=int, default=60)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000, 8000])
    parser.add_argument("--fit", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as kept:
        if asked.what == "planted":
            planted(asked.folders, asked.photos, asked.fit)
        elif asked.what == "coverage":
            coverage(asked.folders, Cache(Path(kept)))
        else:
            times(asked.folders[0], asked.sizes)


if __name__ == "__main__":
    main()
