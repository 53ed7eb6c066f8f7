"""Put on PYTHONPATH, this writes down which files of the repository each stage of `dvc repro` reads.

With LIKENESS_REVERSED folders are listed in another order.

One file of one absolute path a line per process: $LIKENESS_WATCH/<stage>.<process id>. A kernel is killed as soon as
its notebook has run, so that each line is written at once. What C++ opens by itself (cv2.imread) is not seen.
"""

import os
import sys
from pathlib import Path


def _watch(stage: str, folder: str) -> None:
    log = os.open(Path(folder, f"{stage}.{os.getpid()}"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    root = os.environ["DVC_ROOT"] + os.sep
    seen: set[str] = set()

    def hook(event: str, args: tuple) -> None:
        if event != "open" or isinstance(args[0], int) or args[0] is None:
            return
        if args[2] & (os.O_WRONLY | os.O_RDWR):  # written, not read
            return
        path = os.path.abspath(os.fsdecode(args[0]))  # noqa: PTH100 - no link is followed, no file looked at
        if path.startswith(root) and path not in seen:
            seen.add(path)
            os.write(log, f"{path}\n".encode())

    sys.addaudithook(hook)


def _reverse() -> None:
    """List folders in another order, as another file system would."""
    listdir, scandir = os.listdir, os.scandir

    class Reversed:
        def __init__(self, path: str = "."):
            with scandir(path) as entries:
                self.entries = iter(sorted(entries, key=lambda entry: entry.name, reverse=True))

        def __iter__(self):
            return self.entries

        def __next__(self):
            return next(self.entries)

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            return None

        close = __exit__

    os.listdir = lambda path=".": sorted(listdir(path), reverse=True)
    os.scandir = Reversed


if {"LIKENESS_REVERSED", "DVC_STAGE"} <= os.environ.keys():
    _reverse()

if {"LIKENESS_WATCH", "DVC_STAGE"} <= os.environ.keys():
    _watch(os.environ["DVC_STAGE"], os.environ["LIKENESS_WATCH"])
