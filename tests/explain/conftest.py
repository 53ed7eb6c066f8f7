"""One thread, since two cores are shared and sums are to be the same on each machine; and a plain baseline."""

import pytest
import torch


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def black(monkeypatch):
    """Nothing to see is black: with it the right map of a linear network is weight times photo."""
    for module in ("attributions", "map_tests"):
        monkeypatch.setattr(f"likeness.explain.{module}.blank_photo", torch.zeros_like)
