"""The explorer in Chromium: a photo is chosen by click or key, its neighbours stand beside it, filters count."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from screens import PHONE, WIDE, Opened

from likeness.compare.explored import Explored
from likeness.report.explore.page import Explorer, explorer_page
from likeness.report.thumbnails import Thumbnails

NEAR = {"left": [[1, 2], [0, 2], [1, -1], [-1, -1]], "right": [[3, 1], [3, 2], [3, 0], [2, 1]]}
RIGHT = {"left": [[True, False], [None, True], [False, None], [None, None]], "right": [[False, False]] * 4}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The explorer of four photos at two sites under two models."""
    names, sites = ["a.png", "b.png", "c.png", "d.png"], ["louvre", "sphinx", "louvre", "<b>sphinx</b>"]
    for number, name in enumerate(names):
        Image.new("RGB", (60, 40), (60 * number, 90, 120)).save(tmp_path / name)
    photos = pd.DataFrame({"photo_id": names, "path": names, "width": 60, "height": 40, "site": sites})
    tables = ({name: np.array(rows, kind) for name, rows in table.items()}
              for table, kind in ((NEAR, int), (RIGHT, object)))  # fmt: skip
    fields = {"site": [[site] for site in sites], "split": [["test"]] * 4}
    explorer = Explorer("pose", Explored(np.arange(4), *tables), fields, "✓ the same pose", facts={"file": names})
    page = tmp_path / "explore.html"
    page.write_text(explorer_page(explorer, Thumbnails(tmp_path, photos)))
    return page


@pytest.fixture(params=[(WIDE, "light"), (PHONE, "dark")], ids=["wide", "phone"])
def page(request: pytest.FixtureRequest, open_report: Callable[..., Opened], path: Path) -> Iterator[Any]:
    width, scheme = request.param
    opened = open_report(path, width=width, scheme=scheme)
    yield opened.page
    assert opened.errors == opened.requests == opened.dialogs == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def answers(page: Any, model: str) -> list[str]:
    return page.get_by_role("list", name=model).get_by_role("img").evaluate_all("all => all.map(image => image.alt)")


def count(page: Any) -> str:
    return page.locator("output[aria-live]").inner_text()


def test_a_click_shows_the_neighbours_under_each_model(page: Any) -> None:
    page.get_by_role("button", name="louvre").nth(1).click()
    assert page.get_by_role("heading", level=2).inner_text() == "louvre"
    assert page.locator("#chosen dd").all_text_contents() == ["louvre", "test", "c.png"]
    assert answers(page, "left") == ["rank 1: sphinx (wrong)"]
    assert answers(page, "right") == ["rank 1: <b>sphinx</b> (wrong)", "rank 2: louvre (wrong)"]
    assert page.locator("#tiles [aria-pressed='true']").count() == 1
    assert page.locator('p[role="status"]').inner_text() == "Chosen: louvre"


def test_a_photo_in_which_a_model_sees_nothing_says_so(page: Any) -> None:
    page.locator(".lk-tile").nth(3).click()
    assert page.locator(".lk-nothing").inner_text().startswith("Nothing to compare")


def test_keys_walk_choose_and_go_on_from_a_neighbour(page: Any) -> None:
    assert page.locator(".lk-tile[tabindex='0']").count() == 1
    page.locator(".lk-tile").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    assert page.locator(".lk-tile").nth(2).get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="rank 1: <b>sphinx</b> (wrong)").press("Enter")
    assert page.locator(".lk-tile").nth(3).get_attribute("aria-pressed") == "true"
    assert page.evaluate("document.activeElement.textContent") == "<b>sphinx</b>"  # the new photo's heading


def test_filters_hide_photos_and_count_them(page: Any) -> None:
    assert count(page) == "4 of 4 photos shown"
    page.get_by_label("site").select_option("louvre")
    assert count(page) == "2 of 4 photos shown"
    page.get_by_label("is").select_option("0")
    assert count(page) == "1 of 4 photos shown"  # the third: the first neighbour under "left" is wrong
    assert page.locator(".lk-tile:visible").count() == 1
    page.get_by_role("button", name="Show all").click()
    assert count(page) == "4 of 4 photos shown"
    assert page.get_by_label("split").count() == 0  # one value is nothing to choose from


def test_without_a_script_every_photo_is_there(open_report: Callable[..., Opened], path: Path) -> None:
    page = open_report(path, script=False).page
    assert page.locator(".lk-tile").count() == 4
    assert page.locator("#plain").is_visible()
    assert not page.locator("#filters").is_visible()
