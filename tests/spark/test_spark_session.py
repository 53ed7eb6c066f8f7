import subprocess
import sys
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest

from likeness.features.renderings import MIRROR, PHOTO
from likeness.repeatable import AVX2, DETERMINISTIC, ONE_THREAD, PATIENT
from likeness.spark import engine
from likeness.spark import session as sessions
from likeness.spark.engine import extract_renderings, extractor
from likeness.spark.session import SparkMissing, check_spark, java_version, spark_session


def test_without_pyspark_one_line_says_what_to_install(monkeypatch):
    monkeypatch.setattr(sessions, "find_spec", lambda _name: None)
    with pytest.raises(
        SparkMissing, match=r"^engine spark needs pyspark: make spark, or pip install 'likeness\[spark\]'$"
    ):
        spark_session("local[1]")


def test_without_java_one_line_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setattr(sessions, "find_spec", lambda _name: object())
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SparkMissing, match="needs Java 17 or later, and there is none: install it"):
        check_spark()


@pytest.mark.parametrize(("told", "version"), [("1.8.0_392", 8), ("17.0.15", 17), ("25", 25), ("11.0.2-ea", 11)])
def test_the_version_of_java_is_read_and_an_old_one_refused(monkeypatch, tmp_path, told, version):
    java = tmp_path / "bin" / "java"
    java.parent.mkdir()
    java.write_text(f"#!/bin/sh\necho 'openjdk version \"{told}\" 2025-04-15' >&2\n")
    java.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    monkeypatch.setattr(sessions, "find_spec", lambda _name: object())
    assert java_version() == version
    if version < 17:
        with pytest.raises(SparkMissing, match=f"needs Java 17 or later, and this is {version}: set JAVA_HOME"):
            check_spark()
    else:
        check_spark()


@pytest.mark.parametrize("master", ["locally", "http://127.0.0.1:7077", "yarn-client", "spark://"])
def test_an_unknown_master_is_refused_before_anything_starts(monkeypatch, master):
    monkeypatch.setattr(sessions, "check_spark", lambda: None)
    with pytest.raises(ValueError, match=r"choose local\[\*\], local\[<cores>\], spark://<host>:<port>, yarn or k8s"):
        spark_session(master)


def test_executors_compute_with_the_instructions_of_the_driver(monkeypatch):
    """They do not inherit its environment, and their features enter its cache under the name of its instructions."""
    builder = MagicMock()
    builder.appName.return_value = builder.config.return_value = builder.master.return_value = builder
    session = SimpleNamespace(builder=builder, getActiveSession=lambda: None)
    monkeypatch.setitem(sys.modules, "pyspark", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "pyspark.sql", SimpleNamespace(SparkSession=session))
    monkeypatch.setattr(sessions, "check_spark", lambda: None)
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    pinned = {**ONE_THREAD, **PATIENT, **AVX2, **DETERMINISTIC, "ATEN_CPU_CAPABILITY": "avx512"}
    for name, value in pinned.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("MKL_ENABLE_INSTRUCTIONS")
    spark_session("spark://master:7077", config={"spark.executorEnv.OMP_NUM_THREADS": "2"})
    told = dict(call.args for call in builder.config.call_args_list)
    expected = pinned | {"OMP_NUM_THREADS": "2", "PYTHONWARNINGS": told["spark.executorEnv.PYTHONWARNINGS"]}
    del expected["MKL_ENABLE_INSTRUCTIONS"]  # not set here, so not there either
    start = "spark.executorEnv."
    assert {key.removeprefix(start): value for key, value in told.items() if key.startswith(start)} == expected


def test_an_unknown_engine_is_refused():
    with pytest.raises(ValueError, match="engine 'dask': choose one of local, spark"):
        extractor("dask")


def test_the_local_engine_is_the_local_function():
    from likeness.features.extract import extract

    assert extractor("local") is extract


def test_each_view_is_extracted_by_the_engine_that_is_asked_for(monkeypatch, tmp_path):
    asked = []

    def run(photos, backbone, *, rendering, **settings):
        asked.append(settings)
        return f"{rendering.name} of {photos}", None

    monkeypatch.setattr(engine, "extractor", lambda *given: asked.append(given) or run)
    where = {"engine": "spark", "spark_master": "local[2]", "device": "cpu", "precision": "32"}
    found = extract_renderings("photos", "net", [PHOTO, MIRROR], tmp_path, None, 64, 8, **where)
    assert found == {"photo": "photo of photos", "mirror": "mirror of photos"}
    given = {"root": tmp_path, "cache": None, "image_size": 64, "batch_size": 8}
    assert asked == [("spark", "local[2]"), *[given | {"device": "cpu", "precision": "32"}] * 2]


def test_a_second_session_elsewhere_is_refused(spark):
    assert spark_session("") is spark
    assert spark_session(spark.sparkContext.master) is spark
    with pytest.raises(
        ValueError, match=r"a Spark session runs on spark://127\.0\.0\.1:\d+; stop it before one on local"
    ):
        spark_session("local[1]")


def test_a_page_is_the_same_with_spark_installed():
    """pandera loads PySpark where it finds it; a warning of that would stand on the page of likability-prepare."""
    pytest.importorskip("pyspark", reason="pyspark is not installed: make spark")
    lines = (
        "import pandas as pd, sys; from likeness.photos.posts.table import POST_TYPES, failures\n"
        "failures(pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in POST_TYPES.items()}))\n"
        "assert 'pyspark' in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", lines], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
