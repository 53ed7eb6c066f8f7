"""The extraction benchmark on a handful of small photos: what a GPU would run, and its page."""

import pytest
from feature_words import as_markdown, table
from memory import small_photos

import features

SPREAD = {"median": 2.0, "low": 1.5, "high": 2.5}


@pytest.fixture
def small(monkeypatch, tmp_path):
    """Six photos of 64 px, read at 64 px, two a batch."""
    for name, value in {"SIZE": 64, "BATCH": 2, "GPU_BATCH": 2, "GPU_ROUNDS": 2}.items():
        monkeypatch.setattr(features, name, value)
    root = tmp_path / "photos"
    return small_photos(root, 6), root


def test_a_device_is_told_with_its_share_of_a_matrix_product(small):
    row = features.on_device("resnet18", *small, "cpu")
    assert (row["network"], row["device"]) == ("resnet18", "CPU")
    assert row["photos_per_second"] > 0
    assert row["network_alone"] > 0
    assert row["share_of_ceiling"] > 0


def test_a_second_run_computes_the_new_photos_alone(small, monkeypatch):
    asked = []
    embed = features.extract

    def counted(photos, *rest, **settings):
        asked.append(len(photos) - sum(path.is_file() for path in settings["cache"].folder.rglob("*")))
        return embed(photos, *rest, **settings)

    monkeypatch.setattr(features, "NEW_SHARE", 1 / 3)
    monkeypatch.setattr(features, "extract", counted)
    row = features.measure_again("resnet18", *small)
    assert (row["photos"], row["width"], row["new"]) == (6, 64, 2)
    assert row["share"] == row["again"] / row["first"]
    assert asked == [4, 2]


def result(**changes: object) -> dict:
    speed = [
        {"network": "resnet18", "method": method, "photos_per_second": rate, "times": SPREAD, "times_bf16": SPREAD}
        for method, rate in (("ours", 40.0), ("ours, bf16", 20.0), ("limit", 40.0), ("img2vec_pytorch", 20.0))
    ]
    machine = {"cpu": "A processor", "cores": 2, "memory_gb": 8.0, "python": "3.11.7", "packages": {}}
    return {
        "machine": machine,
        "photos": 2000,
        "skipped": {"cuda": "no NVIDIA GPU"},
        "speed": speed,
        "gpu": [],
        "again": [{"network": "resnet18", "photos": 2000, "width": 1080, "first": 50.0, "again": 1.0, "new": 20,
                   "share": 0.02}],
        "growth": [{"network": "resnet18", "photos": [125, 500, 2000], "seconds": [3.0, 12.0, 50.0],
                    "exponent": 1.02}],
        "memory": [],
        **changes,
    }  # fmt: skip


def test_twice_img2vec_is_not_three_times():
    lines = {line["beside"]: line for line in table(result())}
    assert lines["img2vec_pytorch"]["met"] is False
    assert lines["decoding plus the bare network"]["met"] is True
    assert lines["the first run"]["met"] is True
    assert lines["cuda"]["figure"] == "skipped: no NVIDIA GPU"
    assert lines["img2vec_pytorch"]["growth"] == "exponent 1.02, 125 to 2,000 photos"


def test_three_times_may_be_in_bf16():
    faster = result()
    faster["speed"][-1] |= {"times_bf16": {**SPREAD, "median": 3.1}}
    lines = {line["beside"]: line for line in table(faster)}
    assert lines["img2vec_pytorch"]["met"] is True
    assert lines["img2vec_pytorch"]["goal"] == "3 times, in fp32 or bf16"


def test_a_gpu_has_a_section_of_its_own():
    assert "## On a GPU" not in as_markdown(result())
    gpu = [{"network": "alexnet", "device": "A card", "photos_per_second": 900.0, "network_alone": 9000.0,
            "share_of_ceiling": 0.4}]  # fmt: skip
    told = as_markdown(result(gpu=gpu, skipped={}))
    assert "| alexnet | A card | 900 | 9,000 | 40% |" in told
    assert table(result(gpu=gpu))[-2]["ours"] == "900 photos/s"
