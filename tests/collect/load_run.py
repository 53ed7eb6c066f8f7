"""A collecting command as a process that is watched, and killed where a test wants it."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

COMMAND = [sys.executable, "-m", "likeness_collect.cli", "collect"]
LOOK = 0.1  # [s] between two looks at the process


@dataclass
class Watched:
    """seconds: wall time of the whole process. samples: (seconds since its start, jobs done, resident MB, open files).
    peak: most resident MB, by the kernel. said: its stdout."""

    seconds: float = 0.0
    samples: list[tuple[float, int, float, int]] = field(default_factory=list)
    peak: float = 0.0
    said: str = ""


def start(words: list[object], environment: dict[str, str], errors: int = subprocess.DEVNULL) -> subprocess.Popen:
    """Begin a command; errors: where stderr goes, for a pipe that nobody empties would stop a long run."""
    command, env = [*COMMAND, *map(str, words)], {**os.environ, **environment}
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=errors, text=True)


def run_watched(words: list[object], environment: dict[str, str], out: Path) -> Watched:
    """Run a command to its end, looking at its memory; it must succeed."""
    found = Watched()
    begin = time.perf_counter()
    process = start(words, environment)
    over = threading.Event()

    def look() -> None:
        while not over.wait(LOOK):
            memory, peak, files = state_of(process.pid)
            if memory:
                found.samples.append((time.perf_counter() - begin, done(out), memory, files))
                found.peak = max(found.peak, peak)

    watcher = threading.Thread(target=look)
    watcher.start()
    found.said = process.communicate()[0]
    found.seconds = time.perf_counter() - begin
    over.set()
    watcher.join()
    assert process.returncode == 0, found.said
    return found


def state_of(pid: int) -> tuple[float, float, int]:
    """Return a process's resident memory and its peak [MB] and open files, zeros if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        fields = {line.partition(":")[0]: line.split() for line in lines}
        files = len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - counts only
        return int(fields["VmRSS"][1]) / 1024, int(fields["VmHWM"][1]) / 1024, files
    except (OSError, KeyError):
        return 0.0, 0.0, 0


def done(out: Path) -> int:
    """Return how many jobs a run has committed."""
    file = out.with_name(f"{out.name}.state") / "state.sqlite"
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
            query = "SELECT count(*) FROM jobs WHERE kind IN ('user', 'image') AND state = 'done'"
            return db.execute(query).fetchone()[0]
    except sqlite3.Error:
        return 0


def kill_at(moments: list[tuple[int, float]], words: list[object], environment: dict[str, str], out: Path) -> list[int]:
    """Run, and SIGKILL, once for each moment: so many jobs done, and so many seconds later. Return the jobs done then.

    A quick machine may have ended the last run by then.
    """
    reached = []
    for jobs, later in moments:
        process = start(words, environment)
        while process.poll() is None and done(out) < jobs:
            time.sleep(0.05)
        time.sleep(later)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode == -signal.SIGKILL:
            reached.append(done(out))
    assert len(reached) >= len(moments) - 1, "the runs ended before they could be killed"
    return reached


def kill_in_tables(words: list[object], environment: dict[str, str], out: Path) -> bool:
    """Run, and SIGKILL while a table is written; return False where the run was too quick for that."""
    process = start(words, environment)
    while process.poll() is None and not any(out.glob(".*.csv")):
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL
