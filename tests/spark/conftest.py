"""A standalone Spark cluster on loopback: one master and two workers, processes of the test's own."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from likeness.spark.session import SparkMissing, check_spark, spark_session
from photo_rows import photo_rows

SECONDS = 90  # until a process of the cluster is up


class Cluster:
    """Processes of a cluster; each leads a process group of its own, which also holds the executors it starts."""

    def __init__(self, folder: Path) -> None:
        import pyspark

        self.home, self.folder = Path(pyspark.__file__).parent, folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.master_url = f"spark://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen] = []
        self.wait(self.start("master.Master", "--port", str(self.port)), "New state: ALIVE")

    def start(self, name: str, *options: str) -> subprocess.Popen:
        command = [str(self.home / "bin/spark-class"), f"org.apache.spark.deploy.{name}", "--host", "127.0.0.1"]
        environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_HOME": str(self.home)}
        environment |= {"PYSPARK_PYTHON": sys.executable, "SPARK_DAEMON_MEMORY": "256m"}
        with self.log(len(self.processes)).open("wb") as stream:
            process = subprocess.Popen(
                [*command, "--webui-port", "0", *options], stdout=stream, stderr=stream, env=environment,
                cwd=self.folder, start_new_session=True,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def log(self, number: int) -> Path:
        return self.folder / f"{number}.log"

    def wait(self, process: subprocess.Popen, words: str) -> None:
        """Wait until a process has said these words."""
        log, end = self.log(self.processes.index(process)), time.monotonic() + SECONDS
        while words not in log.read_text(errors="replace"):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail(f"a process of the cluster did not start: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)

    def start_workers(self, count: int) -> None:
        """Two cores each, so that the session of the tests leaves one for a program that is submitted."""
        options = ["--cores", "2", "--memory", "2g", "--work-dir"]
        new = [
            self.start("worker.Worker", *options, str(self.folder / f"work-{len(self.processes)}"), self.master_url)
            for _ in range(count)
        ]
        for process in new:
            self.wait(process, "Successfully registered with master")

    def stop(self) -> None:
        for process in reversed(self.processes):
            try:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(20)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
            try:
                os.killpg(process.pid, signal.SIGKILL)  # executors that were left behind
            except ProcessLookupError:
                continue
            process.wait(20)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    try:
        check_spark()
    except SparkMissing as error:
        pytest.skip(str(error))
    cluster = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        cluster.start_workers(2)
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def spark(cluster):
    """A session with one executor on each of the two workers."""
    config = {"spark.cores.max": "2", "spark.executor.cores": "1", "spark.executor.memory": "768m"}
    session = spark_session(cluster.master_url, name="tests", config=config)
    yield session
    session.stop()


@pytest.fixture
def photos(tmp_path: Path) -> pd.DataFrame:
    """Two dozen photos in folders with awkward names, as a manifest knows them."""
    rng = np.random.default_rng(0)
    names = ["_zz/a.png", "_hidden.png", "a b%20.png", "k=v/[x]{y}*?.png", "é:ü.jpg", "~#&+'.jpg"]
    names += [f"sites/{number:02d}.jpg" for number in range(18)]
    for number, name in enumerate(names):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        size = (48 + 7 * number, 40 + 3 * number)
        coarse = rng.integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(path)
    return photo_rows(tmp_path / "photos", names)
