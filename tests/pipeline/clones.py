"""Copies of the repository with a tiny corpus, in which `dvc repro` runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from likeness import paths

TINY = {
    "demo": {
        "pose": {"photos": 48, "sites": 5},
        "likability": {"users": 36, "posts": 170},
        "faces": {"identities": 9, "styles": 3, "groups": 2, "landscapes": 2, "characters": 14},
    },
    "pose": {
        "prepare": {"validation_share": 0.25, "test_share": 0.35},
        "features": {"image_size": 32},
        "finetune": {"last": {"epochs": 2, "seeds": 2}, "full": {"epochs": 1, "image_size": 32, "seeds": 2}},
        "report": {"bootstraps": 200, "saliency": {"pairs": 2, "steps": 5, "seeds": 1}, "mistakes": 2},
    },
    "likability": {
        "prepare": {"face_size": 128, "validation_share": 0.25, "test_share": 0.3},
        "features": {"image_size": 64},
        "classify": {
            "folds": 2,
            "c_lowest": -3,
            "c_highest": -1,
            "trees": 10,
            "shuffles": 10,
            "repeats": 5,
            "members": 5,
        },
        "finetune": {
            "alexnet": {"iterations": 2},
            "recipe": {"epochs": 1, "batch_size": 64, "seeds": 2},
            "pairs": {"factor": 1.2},
        },
        "report": {
            "bootstraps": 200,
            "top": 10,
            "bottom": 5,
            "saliency": {"posts": 2, "steps": 5, "seeds": 1},
        },
        "curate": {"keep": 5, "trial": {"photos": 2, "albums": 2, "moments": [2]}},
    },
    "faces": {
        "detector": {"recipe": {"epochs": 1}, "image_size": 96},
        "prepare": {"face_size": 256},
        "features": {"networks": "squeezenet1_1@none", "image_size": 48},
        "index": {"network": "squeezenet1_1@none"},
        "report": {"bootstraps": 200, "shown": 2, "saliency": {"pairs": 2, "steps": 5, "seeds": 1}},
    },
}


class Clone:
    """A working copy with its own git and DVC, in which commands run as a user's would."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        _copy_sources(paths.root(), folder)
        identity = ("-c", "user.name=likeness", "-c", "user.email=likeness@example.org")
        self.run("git", "init", "-q")
        self.run("git", "add", "-A")
        self.run("git", *identity, "commit", "-q", "-m", "a copy")  # dvclive asks git for the current commit

    def run(self, *command: str, **variables: str) -> str:
        """Return what the command printed; fail the test with it where the exit status is not 0."""
        done = self.call(*command, **variables)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def call(self, *command: str, **variables: str) -> subprocess.CompletedProcess:
        """Return the finished process, whatever its exit status; the clone's own sources come first."""
        return subprocess.run(
            command, cwd=self.folder, env=self.environment(variables), capture_output=True, text=True, timeout=1500,
            check=False,
        )  # fmt: skip

    def start(self, *command: str, **variables: str) -> subprocess.Popen:
        """Return a process that goes on by itself; what it prints goes into the file `log` beside the clone."""
        with self.log.open("wb") as stream:
            return subprocess.Popen(
                command, cwd=self.folder, env=self.environment(variables), stdout=stream, stderr=stream,
                start_new_session=True,
            )  # fmt: skip

    @property
    def log(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.log")

    def environment(self, variables: dict[str, str]) -> dict[str, str]:
        programs = Path(sys.executable).parent
        environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder / "src"),
            **variables,
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return environment

    def set(self, values: dict) -> None:
        """Set keys of params.yaml with `likeness use`."""
        overlay = self.folder / "overlay.yaml"
        with overlay.open("w") as stream:
            YAML(typ="safe", pure=True).dump(values, stream)
        self.run("likeness", "use", str(overlay))


def _copy_sources(source: Path, target: Path) -> None:
    if not (source / ".git").exists():
        pytest.skip("git knows which files are the project's, and this copy has no .git")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=source,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if name != "dvc.lock" and (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source / name, target / name)
