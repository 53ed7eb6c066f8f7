"""Fixtures shared by all floors."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from likeness import paths

SLOW = ("pipeline", "browser", "spark")  # folders, all of whose tests are slow


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of the slow folders, and give what shares expensive fixtures to one process.

    A file's tests share theirs; those of Spark a whole cluster.
    """
    for item in items:
        folder = item.path.parent.name
        if folder in SLOW:
            item.add_marker(pytest.mark.slow)
        item.add_marker(pytest.mark.xdist_group(folder if folder == "spark" else item.path.stem))


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with the repository's parameters, pipeline and notebooks, to be changed at will."""
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(paths.root() / name, tmp_path / name)
    shutil.copytree(paths.root() / "notebooks", tmp_path / "notebooks")
    return tmp_path


@pytest.fixture(autouse=True)
def environment_restored() -> Iterator[None]:
    """A command sets what libraries read when they are loaded: processes of later tests would compute otherwise."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
