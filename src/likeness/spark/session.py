"""A Spark session on this machine or a cluster, or one line that says what is missing."""

import os
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from likeness.params.section import MASTER
from likeness.repeatable import NO_NEWS, PINNED

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

JAVA = 17  # the oldest that Spark 4 runs on
LOOPBACK = re.compile(r"local(\[[^]]+\])?|spark://(127\.0\.0\.1|localhost)(:\d+)?")
CONFIG = {
    "spark.executorEnv.PYTHONWARNINGS": f"ignore:{NO_NEWS}:FutureWarning",
    "spark.ui.enabled": "false",  # its web server would listen on all interfaces
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "64",  # tasks that look files up; the default is 10,000
    "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile=file:{Path(__file__).with_name('log4j2.properties')}",
}


class SparkMissing(RuntimeError):
    """pyspark or Java is not on this machine; the message says what to install."""


def spark_session(
    master: str = "local[*]", *, name: str = "likeness", config: Mapping[str, str] | None = None
) -> "SparkSession":
    """Return the running session, or a new one on `master`, with quiet logs.

    master: "local[*]", "local[<cores>]", "spark://<host>:<port>", "yarn", "k8s://<address>", or "" for the one that
    spark-submit was given. name: how the cluster lists it. config: Spark's own keys, before our defaults (CONFIG).
    Workers take the interpreter that PYSPARK_PYTHON names, this one where it is not set, and compute with the
    instructions that the driver computes with.
    Raises SparkMissing without pyspark or Java, ValueError for another master or where a session runs on another one.
    """
    check_spark()
    if master and not MASTER.fullmatch(master):
        raise ValueError(
            f"Spark master {master!r}: choose local[*], local[<cores>], spark://<host>:<port>, yarn or k8s://<address>"
        )
    warnings.filterwarnings("ignore", NO_NEWS, FutureWarning)
    from pyspark.sql import SparkSession

    running = SparkSession.getActiveSession()
    if running is not None and master not in ("", running.sparkContext.master):
        raise ValueError(f"a Spark session runs on {running.sparkContext.master}; stop it before one on {master}")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers would take the first python3 on their path
    builder = SparkSession.builder.appName(name)
    for key, value in (CONFIG | _pinned() | _addresses(master) | dict(config or {})).items():
        builder = builder.config(key, value)
    session = (builder.master(master) if master else builder).getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def check_spark() -> None:
    """Raise SparkMissing, with one line that says what to install, unless pyspark and Java are here."""
    if find_spec("pyspark") is None:
        raise SparkMissing("engine spark needs pyspark: make spark, or pip install 'likeness[spark]'")
    version = java_version()
    if version is None:
        raise SparkMissing(
            f"Spark needs Java {JAVA} or later, and there is none: install it (openjdk-{JAVA}-jre-headless), "
            "or set JAVA_HOME to where it lies"
        )
    if version < JAVA:
        raise SparkMissing(f"Spark needs Java {JAVA} or later, and this is {version}: set JAVA_HOME to a later one")


def java_version() -> int | None:
    """Return the major version of the Java that Spark would start, None where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin")) if home else shutil.which("java")
    if java is None:
        return None
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', told)  # 1.8 is Java 8
    return int(found.group(1)) if found else None


def _pinned() -> dict[str, str]:
    """Return what pins the driver's arithmetic, for executors: a cluster's do not inherit the driver's environment.

    Their features enter the driver's cache, under the name of the driver's instructions.
    """
    return {f"spark.executorEnv.{name}": os.environ[name] for name in PINNED if name in os.environ}


def _addresses(master: str) -> dict[str, str]:
    """Return where the driver listens: only on loopback, where nothing else must reach it."""
    loopback = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    return loopback if LOOPBACK.fullmatch(master) else {}
