"""A standalone Spark cluster on loopback with two workers of one core, and programs that are ended at a time limit."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

STARTS_IN = 60  # seconds, at most
START = 60  # seconds that a program may take besides what is timed


@contextmanager
def cluster(folder: Path, memory: str = "5g") -> Iterator[str]:
    """Start a master and two workers, each with one core; yield the master's address; end them all afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address, running = f"spark://127.0.0.1:{port}", []
    try:
        running.append(_start(["master.Master", "--port", str(port)], folder / "master.log"))
        _wait(folder / "master.log", "New state: ALIVE")
        for name in ("one", "two"):
            options = ["--cores", "1", "--memory", memory, "--work-dir", str(folder / name), address]
            running.append(_start(["worker.Worker", *options], folder / f"{name}.log"))
        for name in ("one", "two"):
            _wait(folder / f"{name}.log", "Successfully registered with master")
        yield address
    finally:
        for process in reversed(running):
            _end(process)


def run_with_limit(command: Sequence[str], limit: float) -> tuple[list[str], bool]:
    """Return the lines that a program prints within the limit [s], and whether it ended by itself; else it is ended.

    The program has START seconds more than what it times itself. Raises RuntimeError, with its last words, if it fails.
    """
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as words:
        process = subprocess.Popen(command, stdout=printed, stderr=words, env=environment, start_new_session=True)
        try:
            status = process.wait(limit + START)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(process)
        if status:
            words.seek(0)
            raise RuntimeError(f"{' '.join(command[1:])} failed: {words.read()[-2000:]}")
        printed.seek(0)
        whole = [line for line in printed if line.endswith("\n")]
    return whole, status is not None


def _start(options: Sequence[str], log: Path) -> subprocess.Popen:
    import pyspark

    home = Path(pyspark.__file__).parent
    name, *rest = options
    command = [str(home / "bin/spark-class"), f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1"]
    environment = os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_HOME": str(home),
        "PYSPARK_PYTHON": sys.executable,
    }
    with log.open("wb") as stream:
        return subprocess.Popen(
            [*command, "--webui-port", "0", *rest], stdout=stream, stderr=stream, env=environment,
            start_new_session=True,
        )  # fmt: skip


def _wait(log: Path, words: str) -> None:
    end = time.monotonic() + STARTS_IN
    while words not in log.read_text(errors="replace"):
        if time.monotonic() > end:
            raise RuntimeError(f"the cluster did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)


def _end(process: subprocess.Popen) -> None:
    """End a process that leads a group of its own, with all that it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
