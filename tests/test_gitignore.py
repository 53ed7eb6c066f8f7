"""What Git takes of data/raw: what `dvc add` writes, and no photo."""

import subprocess

import pytest

from likeness import paths


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("data/raw/mine.dvc", False),
        ("data/raw/mine/1.jpg", True),
        ("models/faces/mtcnn", False),
        ("models/faces/x.pt", True),
    ],
)
def test_git_takes_what_dvc_add_writes_and_no_photo(path, ignored):
    if not (paths.root() / ".git").exists():
        pytest.skip("not a clone")
    told = subprocess.run(["git", "check-ignore", "--quiet", path], cwd=paths.root(), check=False)
    assert told.returncode == (0 if ignored else 1)
