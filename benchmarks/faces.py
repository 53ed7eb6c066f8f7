"""Face detection on photos of 1080 px: ours beside facenet-pytorch's MTCNN, one photo at a time, and a Haar cascade.

`python benchmarks/faces.py` writes benchmarks/results/faces.json and faces.md. The cascade's file is no longer part of
OpenCV 5: `make bench` takes it from OpenCV 4; without it, its rows are left out and the reason is recorded.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from facenet_pytorch import MTCNN
from growth import exponent
from PIL import Image
from words import grown, machine_line, markdown_table

from likeness import paths
from likeness.machine import cores, describe_machine
from likeness.people.faces import find_faces
from photos import draw_photos

RESULTS = Path(__file__).parent / "results"
NO_CASCADE = "OpenCV 4, which holds the cascade's file, is not there: make bench fetches it"
CONFIDENCE, WANTED_RECALL, WANTED_RATE = 0.9, 0.99, 1000
METHODS = {
    "ours": "MTCNN at 512 px, a core a batch of 8",
    "facenet-pytorch": "MTCNN at 1080 px, one photo at a time",
    "Haar cascade": "OpenCV, frontal face, 1080 px grey",
}
CASCADE = "cv2/data/haarcascade_frontalface_default.xml"  # in the folder that `make bench` puts OpenCV 4 into
Finder = Callable[[pd.DataFrame, Path], set[str]]


def ours(photos: pd.DataFrame, root: Path) -> set[str]:
    """Return the photos (photo_id) with a face, as the likability study's filter sees them."""
    faces = find_faces(photos, root, cache=None, device="cpu")
    return set(faces.loc[faces["score"] >= CONFIDENCE, "photo_id"])


def facenet(photos: pd.DataFrame, root: Path) -> set[str]:
    """The same with the package's own detector, as its documentation uses it."""
    detector, found = MTCNN(keep_all=True, device="cpu"), set()
    for photo_id, path in zip(photos["photo_id"], photos["path"], strict=True):
        _, scores = detector.detect(Image.open(root / path))
        if scores[0] is not None and max(scores) >= CONFIDENCE:
            found.add(photo_id)
    return found


def haar(photos: pd.DataFrame, root: Path) -> set[str]:
    """The same with the cascade that the original study used."""
    cascade = cv2.CascadeClassifier(str(cascade_file()))
    pictures = {
        photo_id: cv2.imread(str(root / path), cv2.IMREAD_GRAYSCALE)
        for photo_id, path in zip(photos["photo_id"], photos["path"], strict=True)
    }
    return {name for name, grey in pictures.items() if len(cascade.detectMultiScale(grey, 1.1, 5, minSize=(40, 40)))}


def cascade_file() -> Path:
    """Return where the cascade lies once `make bench` has fetched it."""
    return paths.root() / ".likeness/bench/opencv4" / CASCADE


def finders() -> dict[str, Finder]:
    """Return what can be timed here."""
    here: dict[str, Finder] = {"ours": ours, "facenet-pytorch": facenet}
    return here | ({"Haar cascade": haar} if cascade_file().is_file() else {})


def main() -> None:
    """Measure everything and write the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=4, help="parts that the photos are timed in")
    count, rounds = (value for _, value in sorted(vars(parser.parse_args()).items()))
    root = paths.root() / ".likeness/bench/photos"
    photos = draw_photos(root, count)
    seconds, found = measure(photos, root, rounds)
    growth = grow(photos, root)
    portrait = photos["kind"].isin(["close-up", "waist-up"])
    rows = [
        {
            "method": name,
            "setting": METHODS[name],
            "photos_per_minute": round(60 * count / sum(seconds[name])),
            "recall": float(photos.loc[portrait, "photo_id"].isin(found[name]).mean()),
            "false_alarms": float(photos.loc[~portrait, "photo_id"].isin(found[name]).mean()),
        }
        for name in found
    ]
    ratio = np.array(seconds["facenet-pytorch"]) / np.array(seconds["ours"])
    full = found["facenet-pytorch"] & set(photos.loc[portrait, "photo_id"])
    kept = len(found["ours"] & full) / len(full)
    result = {
        "machine": describe_machine(["facenet-pytorch", "torch", "opencv-contrib-python-headless"]),
        "photos": count,
        "portraits": int(portrait.sum()),
        "rows": rows,
        "times_facenet": {"median": float(np.median(ratio)), "low": float(ratio.min()), "high": float(ratio.max())},
        "of_what_facenet_finds": kept,
        "growth": growth,
        "skipped": {} if "Haar cascade" in found else {"Haar cascade": NO_CASCADE},
        "table": table(rows, ratio, kept, growth),
    }
    paths.write_json(result, RESULTS / "faces.json")
    paths.write_text(as_markdown(result), RESULTS / "faces.md")


def measure(photos: pd.DataFrame, root: Path, rounds: int) -> tuple[dict[str, list[float]], dict[str, set[str]]]:
    """Return ({method: seconds of each part of the photos}, {method: photos with a face}); methods take turns."""
    methods = finders()
    seconds: dict[str, list[float]] = {name: [] for name in methods}
    found: dict[str, set[str]] = {name: set() for name in methods}
    for finder in methods.values():
        finder(photos[:4], root)  # what is loaded once is not timed
    for turn, part in enumerate(np.array_split(np.arange(len(photos)), rounds)):
        names = list(methods)[turn % len(methods) :] + list(methods)[: turn % len(methods)]
        for name in names:
            start = time.perf_counter()
            found[name] |= methods[name](photos.iloc[part], root)
            seconds[name].append(time.perf_counter() - start)
    return seconds, found


def grow(photos: pd.DataFrame, root: Path) -> dict[str, object]:
    """Return the seconds of ours for 1/16, 1/4 and all of the photos, and the exponent of the growth."""
    counts, seconds = [len(photos) // 16, len(photos) // 4, len(photos)], []
    for count in counts:
        start = time.perf_counter()
        ours(photos.iloc[:count], root)
        seconds.append(time.perf_counter() - start)
    return {"photos": counts, "seconds": seconds, "exponent": exponent(counts, seconds)}


def table(rows: list[dict], ratio: np.ndarray, kept: float, growth: dict) -> list[dict[str, object]]:
    """Return the lines for the table of all benchmarks."""
    speed = {row["method"]: row for row in rows}
    mine, cascade = speed["ours"], speed.get("Haar cascade")
    rate = f"{mine['photos_per_minute']:,} photos a minute"
    return [
        {"what": "faces in photos of 1080 px", "ours": rate, "beside": "facenet-pytorch, one at a time",
         "figure": f"{np.median(ratio):.1f} times", "goal": "3 times", "met": bool(np.median(ratio) >= 3),
         "growth": grown(growth, "photos")},
        {"what": "faces in photos of 1080 px", "ours": rate, "beside": f"goal, {cores()} cores",
         "figure": rate, "goal": f"{WANTED_RATE:,} a minute", "met": mine["photos_per_minute"] >= WANTED_RATE,
         "growth": ""},
        {"what": "portraits found", "ours": f"recall {mine['recall']:.3f}", "beside": "what facenet-pytorch finds",
         "figure": f"{kept:.3f} of it", "goal": f"{WANTED_RECALL}", "met": kept >= WANTED_RECALL, "growth": ""},
        {"what": "portraits found", "ours": f"recall {mine['recall']:.3f}", "beside": "Haar cascade",
         "figure": f"recall {cascade['recall']:.3f}" if cascade else f"skipped: {NO_CASCADE}", "goal": "higher",
         "met": mine["recall"] > cascade["recall"] if cascade else None, "growth": ""},
    ]  # fmt: skip


def as_markdown(result: dict) -> str:
    """Return the page for a reader."""
    lines = [
        [row["method"], row["setting"], f"{row['photos_per_minute']:,}", f"{row['recall']:.3f}",
         f"{row['false_alarms']:.3f}"]
        for row in result["rows"]
    ]  # fmt: skip
    ratio = result["times_facenet"]
    skipped = "".join(f"\n{name} was skipped: {reason}.\n" for name, reason in result["skipped"].items())
    head = ["method", "setting", "photos a minute", "portraits found", "others said to have a face"]
    return (
        "# Face detection\n\nWritten by `python benchmarks/faces.py`; do not edit. "
        f"{result['photos']} drawn photos of 1080 px ({result['portraits']} portraits), from the JPEG to the faces; "
        f"methods take turns. {machine_line(result['machine'])}\n\n{markdown_table(head, lines)}\n"
        f"Ours is {ratio['median']:.1f} times as fast as facenet-pytorch, one photo at a time ({ratio['low']:.1f} to "
        f"{ratio['high']:.1f} in the parts), and finds {result['of_what_facenet_finds']:.3f} of the portraits that it "
        f"finds.\n{skipped}"
    )


if __name__ == "__main__":
    main()
