"""reports/index.html: one card per report, with its picture, its headline numbers and a link."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

from likeness.params.matrix import pages_of
from likeness.paths import write_text
from likeness.report.html_text import bounds, large
from likeness.report.page.headline import DRAWN
from likeness.report.page.theme import render_page

QUESTION = "How alike are two photographs of people, and how likely is one to be liked?"
LEDE = (
    "Models are judged on photos they have never seen, and each such number stands beside the one that a careless "
    "split would have shown."
)
DEMO = "What you see here is a demo: its photos, posts and paintings are drawn, so that the truth is known."
QUESTIONS = {
    "pose": "Do two photos repeat the same pose at the same site?",
    "likability": "Will this photo be liked, given who posted it?",
    "faces": "Which other paintings or drawings show a face like this one?",
}
HEAD = 4096  # characters of a report that hold its title and description
TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
SUMMARY = re.compile(r'<meta name="description" content="(.*?)">', re.DOTALL)


def write_index(root: Path) -> Path:
    """Write reports/index.html under `root`, from reports/<study>/<page>.html and headlines/<page>.json beside it.

    Only pages of dvc.yaml's stages are listed: DVC leaves the page of a variant that was taken out of a matrix.
    A headline: {title, sentence, numbers: [{label, value, low, high}], picture, alt}, where picture is a data: address.
    A report without one gets a card from its own title and opening. Raises ValueError naming an incomplete headline.
    """
    reports = Path(root) / "reports"
    studies = [study_entry(reports, study, pages) for study, pages in current_pages(Path(root)).items() if pages]
    badges = [badge for study in studies for card in study["cards"] for badge in card["badges"]]
    lede = f"{DEMO} {LEDE}" if any(badge.startswith(DRAWN) for badge in badges) else LEDE
    html = render_page("reports.html.j2", question=QUESTION, lede=lede, studies=studies)
    return write_text(html + "\n", reports / "index.html")


def current_pages(root: Path) -> dict[str, list[Path]]:
    """Return {study: its pages that exist, also <page>.failed.html}, as in dvc.yaml, but the `report` first."""
    return {
        study: [
            page
            for name in sorted(names, key=lambda name: name != "report")
            for page in (root / "reports" / study / f"{name}{ending}.html" for ending in (".failed", ""))
            if page.is_file()
        ]
        for study, names in pages_of(root).items()
    }


def study_entry(reports: Path, study: str, pages: list[Path]) -> dict[str, Any]:
    """Return what the template needs to know about one study."""
    scores = reports / study / "scores.json"
    return {
        "name": study,
        "question": QUESTIONS.get(study, ""),
        "scores": f"{study}/scores.json" if scores.is_file() else "",
        "explorer": f"{study}/explore.html" if (reports / study / "explore.html").is_file() else "",
        "cards": [card(page) for page in pages],
    }


def card(page: Path) -> dict[str, Any]:
    """Return one card. Raises ValueError naming the headline's file if its picture is not embedded or has no alt."""
    source = page.parent / "headlines" / f"{page.stem}.json"
    headline = json.loads(source.read_text(encoding="utf-8")) if source.is_file() else {}
    picture, alt = headline.get("picture") or "", headline.get("alt") or ""
    if picture and not picture.startswith("data:image/"):
        raise ValueError(f"{source}: picture starts {picture[:24]!r}; it must be a data:image/ address")
    if picture and not alt.strip():
        raise ValueError(f"{source}: alt is empty; say what the picture shows")
    heading, summary = opening_of(page)
    return {
        "stage": page.stem.removesuffix(".failed"),
        "failed": page.stem.endswith(".failed"),
        "address": f"{page.parent.name}/{page.name}",
        "title": headline.get("title") or heading or page.stem,
        "sentence": headline.get("sentence") or summary,
        "numbers": [number(entry, str(source)) for entry in headline.get("numbers") or []],
        "picture": picture,
        "alt": alt,
        "badges": headline.get("badges") or [],
    }


def number(entry: dict[str, Any], where: str) -> dict[str, str]:
    """Return a headline number as text: {label, value, spread}. Raises ValueError if label or value is missing."""
    if "label" not in entry or "value" not in entry:
        raise ValueError(f"{where}: a headline number has {sorted(entry)}; it needs label and value")
    spread = bounds(entry.get("low"), entry.get("high"))
    return {"label": str(entry["label"]), "value": large(entry["value"]), "spread": spread}


def opening_of(page: Path) -> tuple[str, str]:
    """Return the heading and the first paragraph of a report as its template writes them in the page's head."""
    with page.open(encoding="utf-8") as stream:
        head = stream.read(HEAD)
    title, summary = TITLE.search(head), SUMMARY.search(head)
    heading = unescape(title[1]).rsplit(" · ", 2)[0].strip() if title else ""  # heading · study · likeness
    return heading, unescape(summary[1]) if summary else ""
