"""A loopback server, and a place for budgets, of each test's own."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from loopback import Loopback
from PIL import Image


@pytest.fixture
def server() -> Iterator[Loopback]:
    """A server that answers 404 until a test gives it routes."""
    with Loopback() as running:
        yield running


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Budgets of this test alone, no proxies, no tokens from outside, short pauses."""
    for name in (
        "LIKENESS_INSTAGRAM_TOKENS",
        "LIKENESS_CONTACT",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "http_proxy",
        "https_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LIKENESS_BUDGET", str(tmp_path / "budget" / "budget.sqlite"))
    monkeypatch.setenv("LIKENESS_BACKOFF", "0.01")


@pytest.fixture
def picture() -> Callable[..., bytes]:
    """Make a small picture of one colour: picture(red, kind="JPEG", size=(40, 30))."""

    def make(red: int, kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
        stream = io.BytesIO()
        Image.new("RGB", size, (red, 40, 90)).save(stream, kind)
        return stream.getvalue()

    return make
