import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from likeness import paths
from likeness.models.training.surroundings import open_tracker, run_folders

ROWS = [{"epoch": 0, "train_loss": 0.7, "val_loss": 0.6, "val_accuracy": 0.5}, {"epoch": 1, "train_loss": 0.4,
        "val_loss": 0.5, "val_accuracy": 0.75}]  # fmt: skip


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def log(folder, name="dvclive"):
    tracker = open_tracker(name, folder, {"lr": 1e-4, "loss": "bce"})
    for row in ROWS:
        tracker.log(row)
    tracker.finish()


def test_dvclive_writes_the_curves_and_the_same_bytes_each_time(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    log(tmp_path / "one")
    first = contents(tmp_path / "one")
    assert json.loads(first["metrics.json"])["val"] == {"loss": 0.5, "accuracy": 0.75}
    assert first["plots/metrics/val/loss.tsv"].split() == [b"step", b"loss", b"0", b"0.6", b"1", b"0.5"]
    assert b"lr: 0.0001" in first["params.yaml"]
    log(tmp_path / "one")  # again over what is there
    log(tmp_path / "two")
    assert contents(tmp_path / "one") == contents(tmp_path / "two") == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


def test_only_dvclive_writes_into_the_output(tmp_path, monkeypatch):
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(paths, "root", lambda: tmp_path)
    output = tmp_path / "data/finetune/last-photo"
    for name in ("wandb", "dvclive"):
        log(run_folders(name, output, "last-photo")["tracker_folder"], name)
    assert {path.name for path in output.iterdir()} == {"live"}
    assert {path.name for path in (output / "live").iterdir()} == {"metrics.json", "params.yaml", "plots"}
    assert list(tmp_path.glob(".likeness/wandb/last-photo/wandb/offline-run-*/*.wandb"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [".likeness", "data"]
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)  # this copy of the project may have no history
    shutil.copy(Path(__file__).parents[3] / ".gitignore", tmp_path)
    asked = ["git", "check-ignore", "-q", ".likeness/wandb/last-photo"]
    assert subprocess.run(asked, cwd=tmp_path, check=False).returncode == 0


def test_a_missing_package_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(ImportError, match=r'pip install "likeness\[wandb\]"') as error:
        open_tracker("wandb", tmp_path, {})
    assert "\n" not in str(error.value)


def test_unknown_trackers_and_missing_folders_are_refused():
    with pytest.raises(ValueError, match="tracker 'mlflow' is unknown; choose one of none, dvclive, wandb"):
        open_tracker("mlflow", None, {})
    with pytest.raises(ValueError, match="tracker 'dvclive' needs a folder"):
        open_tracker("dvclive", None, {})


def test_a_run_keeps_its_log_with_its_output_and_its_state_in_the_cache(tmp_path, monkeypatch):
    for name in ("params.yaml", "dvc.yaml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert run_folders("dvclive", tmp_path / "data/finetune/last-photo", "last-photo") == {
        "tracker_folder": tmp_path / "data/finetune/last-photo/live",
        "checkpoints": tmp_path / "data/cache/checkpoints",
    }
