"""Chromium without a network."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from screens import WIDE, Opened

from likeness.report.thumbnails import jpeg_uri

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")  # not the session: while it is open, no other test can run an event loop
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM}: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture
def pictures() -> list[str]:
    """Three small pictures as data URIs, 80 x 60 px."""
    return [jpeg_uri(Image.new("RGB", (80, 60), colour)) for colour in ("firebrick", "steelblue", "olive")]


@pytest.fixture
def open_report(browser: Any) -> Iterator[Callable[..., Opened]]:
    """Open a file with everything else blocked: open_report(path, width=WIDE, scheme="light", script=True) -> Opened."""
    contexts = []

    def open_one(path: Path, *, width: int = WIDE, scheme: str = "light", script: bool = True) -> Opened:
        screen = {"width": width, "height": 844}
        context = browser.new_context(viewport=screen, color_scheme=scheme, java_script_enabled=script)
        contexts.append(context)
        address = path.resolve().as_uri()
        opened = Opened(context.new_page())

        def decide(route: Any) -> None:
            if route.request.url == address:
                route.continue_()
            else:
                opened.requests.append(route.request.url)
                route.abort()

        def dismiss(dialog: Any) -> None:
            opened.dialogs.append(dialog.message)
            dialog.dismiss()

        context.route("**/*", decide)
        opened.page.on("console", lambda m: opened.errors.append(m.text) if m.type == "error" else None)
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.on("dialog", dismiss)
        opened.page.goto(address, wait_until="load")
        return opened

    yield open_one
    for context in contexts:
        context.close()
