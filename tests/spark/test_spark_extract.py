import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from PIL import Image

from likeness.cache import Cache
from likeness.features.backbones import load_backbone
from likeness.features.extract import extract, prepare_backbone
from likeness.features.face_features import crop_rendering
from likeness.features.renderings import MIRROR, PHOTO, Rendering
from likeness.photos.decode import PhotoError
from likeness.photos.manifest import inspect

pytest.importorskip("pyspark", reason="pyspark is not installed: make spark")

from likeness.spark import extract_spark, session
from likeness.spark.engine import extractor
from likeness.spark.extract_spark import SparkExtraction, extract_on_spark, features_to_parquet
from likeness.spark.jobs import SCHEMA, Sight, embed_files
from likeness.spark.photo_files import with_facts

torch.set_num_threads(1)
COLON = "é:ü.jpg"  # the name that Hadoop cannot open in a local folder
SETTINGS = {"image_size": 64, "batch_size": 4, "device": "cpu"}
pytestmark = pytest.mark.filterwarnings(
    "ignore:PySpark does not yet fully support pandas",
    "ignore:The copy keyword",
    "ignore:1 photos that no worker could read",
)


def read_features(out, session):
    """Return (features, failures) that `features_to_parquet` wrote, as `extract_on_spark` gives them."""
    told = session.read.schema(SCHEMA).parquet(str(out)).toPandas().sort_values("row")
    failed = told[told["reason"].notna()].set_index("row").rename_axis(None)
    features = np.stack([np.asarray(each, np.float32) for each in told.loc[told["reason"].isna(), "feature"]])
    return features, failed[["path", "reason", "detail"]].astype("str")


@pytest.fixture(scope="module")
def backbone():
    return load_backbone("resnet18", "none", seed=3)


@pytest.mark.parametrize("rendering", [PHOTO, MIRROR], ids=lambda rendering: rendering.name)
def test_features_equal_the_local_engine(spark, photos, backbone, tmp_path, rendering):
    root = tmp_path / "photos"
    expected, _ = extract(photos, backbone, root=root, cache=None, rendering=rendering, **SETTINGS)
    found, record, failures = extract_on_spark(
        photos, backbone, session=spark, root=root, rendering=rendering, **SETTINGS
    )
    assert record == SparkExtraction(rows=24, computed=24, cached=0, quarantined=0)
    assert failures.empty
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_an_address_is_read_like_a_folder_by_the_workers_and_what_they_cannot_open_by_the_driver(
    spark, photos, backbone, tmp_path
):
    """Every photo is black where a worker sees it, and white where the driver does."""

    def black_on_workers(image, _row):
        from pyspark import TaskContext

        return image.point(lambda _: 255 if TaskContext.get() is None else 0)

    whose = Rendering("whose", black_on_workers, PHOTO.key)
    with pytest.warns(UserWarning, match="1 photos that no worker could read were computed by the driver"):
        seen, *_ = extract_on_spark(
            photos, backbone, session=spark, root=f"file://{tmp_path}/photos", rendering=whose, **SETTINGS
        )
    colon = photos["path"].to_numpy() == COLON
    assert np.ptp(seen[~colon], axis=0).max() < 1e-5
    assert np.abs(seen[colon] - seen[0]).max() > 1e-3


def test_crops_see_the_numbers_of_their_rows(spark, photos, backbone, tmp_path):
    crops = photos.loc[[3, 3, 9]].assign(x0=[0, 5, 10], y0=[0, 3, 2], x1=[30, 40, 60], y1=[20, 40, 50])
    expected, _ = extract(crops, backbone, root=tmp_path / "photos", cache=None, rendering=crop_rendering(), **SETTINGS)
    place = {"session": spark, "root": tmp_path / "photos"}
    found, record, _ = extract_on_spark(crops, backbone, rendering=crop_rendering(), **place, **SETTINGS)
    assert record.computed == 3
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def spoil(root: Path, photos: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Damage some files; return {path: (reason, detail)} as the local manifest quarantines them."""
    damage = {"sites/02.jpg": lambda data: data[:200], "sites/05.jpg": lambda data: b"", "a b%20.png": lambda data:
              b"%PDF-1.7" + data, "sites/07.jpg": lambda data: b"<html><body>no</body></html>"}  # fmt: skip
    for name, spoilt in damage.items():
        (root / name).write_bytes(spoilt((root / name).read_bytes()))
    (root / "sites/09.jpg").unlink()
    found = {path: inspect(path, root, 80_000_000, 32) for path in photos["path"]}
    return {path: (row["reason"], row["detail"]) for path, row in found.items() if "reason" in row}


def test_a_bad_photo_is_quarantined_as_locally_and_no_row_is_lost(spark, photos, backbone, tmp_path):
    root = tmp_path / "photos"
    photos = pd.concat([photos, photos.iloc[[8]]])  # a row whose features another row has too; sites/02.jpg is bad
    expected = spoil(root, photos)
    assert {reason for reason, _ in expected.values()} == {"truncated", "empty", "disguised", "unreadable"}
    found, record, failures = extract_on_spark(photos, backbone, session=spark, root=root, **SETTINGS)
    assert record == SparkExtraction(rows=25, computed=19, cached=0, quarantined=6)
    assert len(found) + len(failures) == len(photos)
    assert {row.path: (row.reason, row.detail) for row in failures.itertuples()} == expected
    assert failures["path"].tolist() == photos["path"].iloc[failures.index].tolist()
    kept = photos.reset_index(drop=True).drop(index=failures.index)
    alone, _ = extract(kept, backbone, root=root, cache=None, **SETTINGS)
    np.testing.assert_allclose(found, alone, rtol=0, atol=1e-5)
    with pytest.raises(PhotoError, match=r"a b%20\.png: disguised: holds a PDF document"):
        extractor("spark", spark.sparkContext.master)(photos, backbone, root=root, cache=None, **SETTINGS)


@pytest.mark.parametrize("size", [(90, 9), (9001, 9000)])
def test_a_photo_that_the_manifest_accepted_is_not_refused(monkeypatch, backbone, tmp_path, size):
    """What a worker does, done here, so that no cluster is needed."""

    def here(rows, network, sight, _sink, **_place):
        table = with_facts(rows).assign(content=[(tmp_path / path).read_bytes() for path in rows["path"]])
        yield embed_files(table, prepare_backbone(network, torch.device("cpu")), sight)

    monkeypatch.setattr(extract_spark, "run_jobs", here)
    monkeypatch.setattr(session, "spark_session", lambda _master: None)
    Image.new("L", size, 77).save(tmp_path / "a.jpg")
    photos = pd.DataFrame({"photo_id": ["a"], "path": ["a.jpg"], "sha256": ["0" * 64]})
    run = extractor(engine="spark", spark_master="local[1]", root=tmp_path, cache=None)
    found, record = run(photos, backbone, **SETTINGS)
    assert record == SparkExtraction(rows=1, computed=1, cached=0, quarantined=0)
    expected, _ = extract(photos, backbone, root=tmp_path, cache=None, **SETTINGS)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_the_cache_serves_both_engines(spark, photos, backbone, tmp_path):
    place, cache = {"root": tmp_path / "photos"}, Cache(tmp_path / "cache")
    run = extractor("spark", spark.sparkContext.master)
    first, record = run(photos[:20], backbone, cache=cache, **place, **SETTINGS)
    assert (record.rows, record.computed, record.cached) == (20, 20, 0)
    second, record = run(photos, backbone, cache=cache, **place, **SETTINGS)
    assert (record.rows, record.computed, record.cached) == (24, 4, 20)
    np.testing.assert_array_equal(second[:20], first)
    local, record = extract(photos, backbone, cache=cache, **place, **SETTINGS)
    assert record.computed == 0
    np.testing.assert_array_equal(local, second)


def test_no_photos_give_no_rows(spark, photos, backbone, tmp_path):
    found, record, failures = extract_on_spark(photos[:0], backbone, session=spark, root=tmp_path, **SETTINGS)
    assert found.shape == (0, 512)
    assert record == SparkExtraction(0, 0, 0, 0)
    assert failures.empty


def test_features_that_are_not_finite_name_the_photo(spark, photos, tmp_path):
    broken = load_backbone("resnet18", "none")
    with torch.no_grad():
        next(broken.parameters()).fill_(torch.nan)
    with pytest.raises(ValueError, match=r"^sites/00\.jpg: resnet18 gives features that are not finite"):
        extract_on_spark(photos[6:7], broken, session=spark, root=tmp_path / "photos", **SETTINGS)


def test_parquet_appears_whole_and_a_second_run_replaces_it(spark, photos, backbone, tmp_path):
    root, out = tmp_path / "photos", tmp_path / "out" / "features"
    bad = spoil(root, photos)
    sight = Sight(PHOTO, SETTINGS["image_size"], SETTINGS["batch_size"])
    expected, _, failures = extract_on_spark(photos, backbone, session=spark, root=root, **SETTINGS)
    for _ in range(2):
        record = features_to_parquet(photos, backbone, sight, out, session=spark, root=root)
        assert record == SparkExtraction(rows=24, computed=24 - len(bad), cached=0, quarantined=len(bad))
        found, refused = read_features(out, spark)
        np.testing.assert_array_equal(found, expected)
        pd.testing.assert_frame_equal(refused, failures)
    assert [path.name for path in out.parent.iterdir() if not path.name.startswith(".")] == ["features"]
    plain = pd.read_parquet(out)  # as any other program reads it
    assert sorted(plain["row"]) == list(range(24))
    with pytest.raises(ValueError, match="photos: is there, and holds no features; name another folder"):
        features_to_parquet(photos, backbone, sight, root, session=spark, root=root)


def test_the_loss_of_a_worker_changes_nothing(cluster, spark, photos, backbone, tmp_path):
    """One of two workers is killed while photos are computed; what it had is computed again by the other."""
    seen = tmp_path / "seen"
    seen.mkdir()

    def slow(image, row):
        import os
        import time

        time.sleep(0.4)
        (seen / f"{row['photo_id']}-{os.getpid()}").touch()
        return image

    rendering, settings = Rendering("slow", slow, PHOTO.key), {**SETTINGS, "batch_size": 2}
    expected, _ = extract(photos, backbone, root=tmp_path / "photos", cache=None, **settings)
    place = {"session": spark, "root": tmp_path / "photos"}
    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(extract_on_spark, photos, backbone, rendering=rendering, **place, **settings)
        while len({path.name.split("-")[1] for path in seen.iterdir()}) < 2 and not job.done():
            time.sleep(0.05)  # until both workers are at it
        victim = cluster.processes[1]
        os.kill(victim.pid, signal.SIGKILL)
        at_the_kill = len(list(seen.iterdir()))
        found, record, failures = job.result()
    assert victim.wait(20) == -signal.SIGKILL
    assert at_the_kill < len(photos)
    assert record.computed == len(photos)
    assert failures.empty
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
    cluster.start_workers(1)  # for the tests after this one


def test_the_documented_program_runs_under_spark_submit(cluster, spark, photos, backbone, tmp_path):
    from likeness.spark import submit

    photos = photos[photos["path"] != COLON]
    photos.to_parquet(tmp_path / "photos.parquet")
    command = [sys.executable, str(cluster.home / "bin/spark-submit")][1:]
    command += ["--master", cluster.master_url, "--conf", "spark.cores.max=1", "--conf", "spark.driver.host=127.0.0.1"]
    options = {"root": tmp_path / "photos", "out": tmp_path / "out", "backbone": "resnet18", "weights": "none"}
    options |= {"seed": 3, "image-size": 64, "batch-size": 4}
    given = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    environment = os.environ | {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1"}
    done = subprocess.run(
        [*command, submit.__file__, str(tmp_path / "photos.parquet"), *given],
        capture_output=True, text=True, env=environment, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.strip() == f"23 photos: 23 embedded, 0 quarantined; wrote {tmp_path / 'out'}"
    expected, _ = extract(photos, backbone, root=tmp_path / "photos", cache=None, **SETTINGS)
    np.testing.assert_allclose(read_features(tmp_path / "out", spark)[0], expected, rtol=0, atol=1e-5)
