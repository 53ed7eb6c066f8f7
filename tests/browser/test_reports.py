"""Every report in Chromium with the network blocked: quiet, with no script but ours, and no wider than the screen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat.v4 import new_notebook
from rich_report import code, failed_notebook, html_output, rich_notebook
from screens import PHONE, WIDE, Opened

from likeness.report.page.html import export_html
from likeness.report.page.index import write_index
from likeness.report.page.theme import SCRIPTS, script

REPORTS = sorted((Path(__file__).parents[2] / "reports").rglob("*.html"))
MADE = ["rich", "failed", "index"]
LOOKS = [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light"), (PHONE, "dark")]
DRAW_ALL = """Promise.all([...document.images].map(image => {
    image.loading = "eager";
    return image.decode().then(() => image.naturalWidth > 0, () => false);
}))"""
Open = Callable[..., Opened]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages made for these tests: a rich report, a failed one, and the index of both."""
    root = tmp_path_factory.mktemp("site")
    photos = root / "photos"
    photos.mkdir()
    (root / "dvc.yaml").write_text("stages: {pose-prepare: {cmd: a}, pose-report: {cmd: a}}\n")
    pages = {"rich": root / "reports/pose/report.html", "failed": root / "reports/pose/prepare.failed.html"}
    pages["rich"].parent.mkdir(parents=True)
    options = {"title": "t", "study": "pose", "siblings": {"prepare": "prepare.html", "report": "report.html"}}
    pages["rich"].write_text(export_html(rich_notebook(photos), stage="report", **options))
    pages["failed"].write_text(export_html(failed_notebook(), stage="prepare", **options))
    return pages | {"index": write_index(root)}


@pytest.fixture(
    params=[*MADE, *REPORTS], ids=lambda page: page if isinstance(page, str) else f"{page.parent.name}/{page.stem}"
)
def report(request: pytest.FixtureRequest, made: dict[str, Path]) -> Path:
    return made.get(request.param, request.param)


def widest(opened: Opened) -> int:
    return opened.page.evaluate("document.documentElement.scrollWidth")


def test_the_page_is_quiet_and_fits(open_report: Open, report: Path) -> None:
    for width, scheme in LOOKS:
        opened = open_report(report, width=width, scheme=scheme)
        assert opened.errors == []
        assert opened.requests == []
        assert opened.dialogs == []
        assert widest(opened) <= width


def test_every_picture_has_words_and_was_drawn(open_report: Open, report: Path) -> None:
    page = open_report(report).page
    assert page.evaluate("[...document.images].filter(i => !i.alt.trim() && i.role != 'presentation').length") == 0
    # Pictures far down an album wait until they are scrolled to: here all are asked for at once.
    assert all(page.evaluate(DRAW_ALL))
    assert page.evaluate("document.documentElement.lang") == "en"


def test_a_page_has_our_script_or_none_and_its_policy_names_it(open_report: Open, report: Path) -> None:
    page = open_report(report).page
    scripts = page.locator("script:not([type])").all_text_contents()
    policy = page.locator("meta[http-equiv]").get_attribute("content")
    known = [script(name) for name in SCRIPTS]
    assert [text for text in scripts if text not in [each.text for each in known]] == []
    assert [each.hash for each in known if each.hash in policy] == [each.hash for each in known if each.text in scripts]
    assert len(scripts) == (0 if page.title() == "likeness: reports" else 1)
    assert all(len(text.encode()) <= 15_000 for text in scripts)


def test_anchors_lead_somewhere_and_ids_are_unique(open_report: Open, report: Path) -> None:
    page = open_report(report).page
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    targets = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => decodeURIComponent(a.hash.slice(1)))"
    )
    assert set(targets) <= set(ids)


def test_dark_changes_page_and_charts(open_report: Open, made: dict[str, Path]) -> None:
    inks = []
    for scheme in ("light", "dark"):
        page = open_report(made["rich"], scheme=scheme).page
        inks.append(
            page.evaluate(
                """() => [getComputedStyle(document.body).backgroundColor,
                getComputedStyle(document.querySelector('svg text[style*="#1f2328"], svg [style*="fill: #1f2328"]')).fill]"""
            )
        )
    (light_page, light_ink), (dark_page, dark_ink) = inks
    assert light_ink == "rgb(31, 35, 40)"
    assert min(channels(dark_ink)) > 180 > max(channels(dark_page))
    assert min(channels(light_page)) > 240


def channels(colour: str) -> list[int]:
    """Return the three numbers of "rgb(1, 2, 3)"."""
    return [int(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]


def test_contents_stand_beside_the_text_or_fold(open_report: Open, made: dict[str, Path]) -> None:
    wide, phone = open_report(made["rich"]).page, open_report(made["rich"], width=PHONE).page
    assert wide.locator(".lk-contents").is_visible()
    assert not wide.locator(".lk-contents-folded").is_visible()
    assert not phone.locator(".lk-contents").is_visible()
    assert not phone.locator(".lk-contents-folded a").first.is_visible()
    phone.locator(".lk-contents-folded summary").click()
    assert phone.locator(".lk-contents-folded a").first.is_visible()


def test_code_opens_at_a_click(open_report: Open, made: dict[str, Path]) -> None:
    page = open_report(made["rich"]).page
    fold = page.locator(".lk-code").first
    assert not fold.locator("pre").is_visible()
    fold.locator("summary").click()
    assert fold.locator("pre").is_visible()


def test_all_code_open_still_fits_a_phone(open_report: Open, made: dict[str, Path]) -> None:
    opened = open_report(made["rich"], width=PHONE)
    opened.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert widest(opened) <= PHONE


def test_prose_keeps_a_readable_measure(open_report: Open, made: dict[str, Path]) -> None:
    page = open_report(made["rich"], width=1920).page
    characters = page.evaluate(
        """() => { const p = [...document.querySelectorAll('.lk-prose p')].sort((a, b) => b.textContent.length - a.textContent.length)[0];
        const range = document.createRange(); range.selectNodeContents(p);
        const lines = new Set([...range.getClientRects()].map(r => Math.round(r.bottom / 12))).size;
        return p.textContent.length / lines }"""
    )
    assert 45 <= characters <= 85


def test_hostile_text_from_our_fragments_stays_text(open_report: Open, made: dict[str, Path]) -> None:
    opened = open_report(made["rich"])
    assert opened.page.get_by_text("<script>alert(1)</script>").count() > 0
    assert opened.dialogs == []


def test_even_raw_hostile_markup_runs_nothing(open_report: Open, tmp_path: Path) -> None:
    raw = '<script>document.title = "ran"; alert(1)</script><b onclick="alert(2)">x</b><svg aria-label="x" onload="alert(3)"></svg>'
    path = tmp_path / "raw.html"
    path.write_text(export_html(new_notebook(cells=[code("raw", html_output(raw))]), title="t", study="s", stage="x"))
    opened = open_report(path)
    opened.page.locator("b").click()
    assert opened.page.title() == "t · s · likeness"
    assert opened.dialogs == []
    assert any("Content Security Policy" in error for error in opened.errors)
