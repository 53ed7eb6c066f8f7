"""reports/index.html: one card per report, with its picture, its headline numbers and a link."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from likeness.params.matrix import pages_of
from likeness.paths import write_text
from likeness.report.dag import dag_svg, read_stages
from likeness.report.html_text import DASH, interval
from likeness.report.page.audit import check_alt, check_offline
from likeness.report.page.html import TEMPLATES
from likeness.report.page.theme import stylesheet

QUESTION = "How alike are two photographs of people, and how likely is one to be liked?"
LEDE = (
    "Models are judged on photos they have never seen, and each such number stands beside the one that a careless "
    "split would have shown."
)
QUESTIONS = {
    "pose": "Do two photos repeat the same pose at the same site?",
    "likability": "Will this photo be liked, given who posted it?",
    "faces": "Which other paintings or drawings show a face like this one?",
}
HEAD = 4096  # characters of a report that hold its title and description


def write_index(root: Path) -> Path:
    """Write reports/index.html under `root`, from reports/<study>/<page>.html and headlines/<page>.json beside it.

    Only pages that the stages of dvc.yaml make are listed (all where there is no dvc.yaml): DVC leaves the page of
    a variant that was taken out of a matrix.
    A headline: {title, sentence, numbers: [{label, value, low, high}], picture, alt}, where picture is a data:
    address. A report without one gets a card from its own title and opening sentence.
    Raises ValueError naming the file if a headline is incomplete.
    """
    reports, order = Path(root) / "reports", stage_order(Path(root))
    pages = sorted(current_pages(Path(root)), key=lambda page: position(page, order))
    studies = [
        study_entry(reports, name, [page for page in pages if page.parent.name == name])
        for name in dict.fromkeys(page.parent.name for page in pages)
    ]
    dvc_yaml = Path(root) / "dvc.yaml"
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "likeness"), autoescape=True, undefined=StrictUndefined
    )
    html = environment.get_template("reports.html.j2").render(
        question=QUESTION,
        lede=LEDE,
        studies=studies,
        dag=dag_svg(dvc_yaml) if dvc_yaml.is_file() else "",
        css=stylesheet("index"),
    )
    check_alt(html)
    check_offline(html)
    return write_text(html + "\n", reports / "index.html")


def current_pages(root: Path) -> list[Path]:
    """Return the pages, <stage>.failed.html among them, that the stages of dvc.yaml make; all without a dvc.yaml."""
    found = list((root / "reports").glob("*/*.html"))
    if not (root / "dvc.yaml").is_file():
        return found
    made = pages_of(root)
    return [page for page in found if page.stem.removesuffix(".failed") in made.get(page.parent.name, [])]


def stage_order(root: Path) -> list[str]:
    """Return the stage names of dvc.yaml in dependency order; none where there is no dvc.yaml."""
    path = root / "dvc.yaml"
    return [node.name for node in read_stages(path)] if path.is_file() else []


def position(page: Path, order: list[str]) -> tuple[int, int, int, str]:
    """Return the sort key of reports/<study>/<stage>.html: studies and stages as in the DAG, unknown ones last.

    A study stands where its first stage does; its `report` comes first, the way there after it.
    """
    study, name = page.parent.name, f"{page.parent.name}-{page.stem}"
    of_study = [i for i, stage in enumerate(order) if stage.startswith(f"{study}-")]
    own = [i for i, stage in enumerate(order) if name == stage or name.startswith((f"{stage}-", f"{stage}."))]
    return min(of_study, default=len(order)), page.stem != "report", max(own, default=len(order)), str(page)


def study_entry(reports: Path, study: str, pages: list[Path]) -> dict[str, Any]:
    """Return what the template needs to know about one study."""
    metrics = reports / study / "metrics.json"
    return {
        "name": study,
        "question": QUESTIONS.get(study, ""),
        "metrics": f"{study}/metrics.json" if metrics.is_file() else "",
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
    described = Described(page)
    return {
        "stage": page.stem.removesuffix(".failed"),
        "failed": page.stem.endswith(".failed"),
        "address": f"{page.parent.name}/{page.name}",
        "title": headline.get("title") or described.heading or page.stem,
        "sentence": headline.get("sentence") or described.summary,
        "numbers": [number(entry, str(source)) for entry in headline.get("numbers") or []],
        "picture": picture,
        "alt": alt,
    }


def number(entry: dict[str, Any], where: str) -> dict[str, str]:
    """Return a headline number as text: {label, value, spread}. Raises ValueError if label or value is missing."""
    if "label" not in entry or "value" not in entry:
        raise ValueError(f"{where}: a headline number has {sorted(entry)}; it needs label and value")
    value, low, high = entry["value"], entry.get("low"), entry.get("high")
    shown = f"{value:,}" if isinstance(value, int) else value if isinstance(value, str) else interval(value)
    spread = "" if low is None or high is None else f"{low:.2f}{DASH if low >= 0 else ' to '}{high:.2f}"
    return {"label": str(entry["label"]), "value": minus(shown), "spread": minus(spread)}


def minus(shown: str) -> str:
    """Return a number's text with a minus sign in place of its hyphen."""
    return re.sub(r"(?<!\w)-(?=\d)", "−", shown)


class Described(HTMLParser):
    """What a report says of itself: `heading` from <title>, `summary` from its description."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.heading, self.summary, self.inside = "", "", False
        with page.open(encoding="utf-8") as stream:
            self.feed(stream.read(HEAD))
        self.heading = self.heading.rsplit(" · ", 2)[0].strip()  # as the template writes it: heading · study · likeness

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag == "title" and not self.heading
        named = dict(attrs)
        if tag == "meta" and named.get("name") == "description":
            self.summary = named.get("content") or ""

    def handle_endtag(self, tag: str) -> None:
        self.inside = False

    def handle_data(self, data: str) -> None:
        self.heading += data if self.inside else ""
