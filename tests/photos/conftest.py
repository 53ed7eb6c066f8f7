"""Where the real photos lie, for the tests that need them."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture
def shared() -> Path:
    """The folder of real photos beside the repository."""
    if not SHARED.is_dir():
        pytest.skip("no real photos: ../shared/data is not beside the repository")
    return SHARED
