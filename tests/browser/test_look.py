"""Looking closer at a report: pictures open, tables sort, grids show the right or the wrong answers alone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from nbformat.v4 import new_notebook
from rich_report import code, html_output, photo_table
from screens import PHONE, Opened

from likeness.report.figures_photos import split_figure
from likeness.report.grids import Cell, grid, row_grid
from likeness.report.page.html import export_html
from likeness.report.style import figure_html
from likeness.report.tables import table

FOCUSED = "document.activeElement.alt"


@pytest.fixture
def page(open_report: Callable[..., Opened], tmp_path: Path, pictures: list[str]) -> Any:
    """A page with a grid of three pictures, two rows of answers, a table and a chart."""
    a, b, c = pictures
    plain = grid([Cell(a, "first", "one.jpg"), Cell(b, "second", "two.jpg, sphinx"), Cell(c, "third")], "All.")
    judged = row_grid([
        [Cell(a, "query 1", kind="lk-query"), Cell(b, "x", right=True), Cell(c, "y", right=False)],
        [Cell(c, "query 2", kind="lk-query"), Cell(a, "z", right=False)],
    ])  # fmt: skip
    rows = pd.DataFrame({"model": ["a", "b", "c", "d"], "value": ["0.50 (0.4–0.6)", "−0.12", "–", "1,200"]})
    chart = figure_html(split_figure(photo_table(), "site"))
    parts = {"g": plain, "r": judged, "t": table(rows), "c": chart}
    cells = [code(name, html_output(part)) for name, part in parts.items()]
    path = tmp_path / "report.html"
    path.write_text(export_html(new_notebook(cells=cells), title="t", study="pose", stage="report"))
    opened = open_report(path, width=PHONE)
    yield opened.page
    assert opened.errors == opened.requests == []
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= PHONE


def words(page: Any) -> str:
    return page.locator(".lk-look-words").inner_text()


def test_a_click_opens_a_picture_and_escape_gives_the_focus_back(page: Any) -> None:
    page.get_by_alt_text("second").click()
    dialog = page.get_by_role("dialog", name="Picture, enlarged")
    assert dialog.is_visible()
    assert words(page).split("\n") == ["2 of 3: two.jpg, sphinx", "second"]
    assert dialog.locator("img").bounding_box()["width"] == 240  # three times its own 80 px
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate(FOCUSED) == "second"


def test_the_keyboard_opens_walks_and_comes_back_to_the_last_picture(page: Any) -> None:
    page.get_by_alt_text("first").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUSED) == "second"
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    assert words(page) == "3 of 3: third"  # without a caption its words are the alt text
    page.keyboard.press("ArrowRight")
    assert words(page).startswith("1 of 3: one.jpg")
    page.keyboard.press("Escape")
    page.wait_for_function(f"{FOCUSED} === 'first'")


def test_the_pictures_of_one_place_are_one_stop_of_the_tab_key(page: Any) -> None:
    assert page.locator("[data-look]").count() == 9
    assert page.locator("img[tabindex='0']").count() == 2
    page.get_by_alt_text("second").focus()
    assert page.get_by_alt_text("second").get_attribute("tabindex") == "0"
    assert page.locator("img[tabindex='0']").count() == 2


def test_a_chart_opens_by_its_button_wider_than_a_phone(page: Any) -> None:
    button = page.get_by_role("button", name="Enlarge: ")
    button.press("Enter")
    assert page.locator(".lk-look svg").bounding_box()["width"] > 600
    page.keyboard.press("Escape")
    page.wait_for_function("document.activeElement.className === 'lk-open'")
    page.locator("main svg").click()
    assert page.get_by_role("dialog").is_visible()


def test_a_table_sorts_up_down_and_back(page: Any) -> None:
    heading = page.get_by_role("columnheader", name="value")
    orders = []
    for _ in range(3):
        heading.get_by_role("button").press("Enter")
        names = "".join(page.locator("tbody th").all_text_contents())
        orders.append((heading.get_attribute("aria-sort"), names))
    assert orders == [("ascending", "badc"), ("descending", "dabc"), (None, "abcd")]  # c has no value: last


def test_right_and_wrong_answers_can_be_seen_alone(page: Any) -> None:
    bar = page.get_by_role("group", name="Which answers to show")
    assert bar.count() == 1
    bar.get_by_role("button", name="right").click()
    assert bar.locator("[aria-live]").inner_text() == "1 of 3 answers shown"
    assert page.locator(".lk-row img:visible").evaluate_all("all => all.map(i => i.alt)") == ["query 1", "x (right)"]
    bar.get_by_role("button", name="wrong").click()
    assert page.locator(".lk-row:visible").count() == 2
    bar.get_by_role("button", name="All").click()
    assert page.locator(".lk-row img:visible").count() == 5
