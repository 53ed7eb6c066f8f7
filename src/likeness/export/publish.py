"""The reports as a folder that any web server can show: the pages, their numbers, nothing else."""

import re
import shutil
from pathlib import Path

from likeness.errors import UserError
from likeness.export.run import must_be_empty
from likeness.report.page.index import current_pages

NUMBERS = ("metrics.json", "scores.json", "verdicts.json")
LINK = re.compile(r'(?:href|src)="([^"#?]*)[^"]*"')
ELSEWHERE = ("data:", "http:", "https:", "mailto:")


def files_to_publish(root: Path) -> list[Path]:
    """Return reports/index.html, the pages of dvc.yaml's stages that exist, explorers, and the studies' numbers.

    Pages of albums and searches are one person's and not among them. Raises UserError where there is no index.
    """
    reports = root / "reports"
    if not (reports / "index.html").is_file():
        raise UserError("reports/index.html is missing: run `make repro` first")
    found = [reports / "index.html"]
    for study, pages in current_pages(root).items():
        beside = [reports / study / name for name in ("explore.html", *NUMBERS)]
        found += [*pages, *(path for path in beside if path.is_file())]
    return list(dict.fromkeys(found))


def publish(root: Path, folder: Path) -> list[Path]:
    """Copy what `files_to_publish` names into an empty `folder`, and return the copies.

    Raises UserError where `folder` holds something, or a page links to a file of this machine or to one left behind:
    nothing is copied then.
    """
    must_be_empty(folder)
    files, reports = files_to_publish(root), root / "reports"
    there = {path.resolve() for path in files}
    for page in (path for path in files if path.suffix == ".html"):
        broken = [at for at in links(page) if at.startswith("/") or (page.parent / at).resolve() not in there]
        if broken:
            raise UserError(f"{page.relative_to(root)}: links to {broken[0]}, which is not published; `make repro`")
    copies = [folder / path.relative_to(reports) for path in files]
    for path, copy in zip(files, copies, strict=True):
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return copies


def links(page: Path) -> list[str]:
    """Return the files that a page links to or shows; what it carries within itself and other sites are left out."""
    found = LINK.findall(page.read_text(encoding="utf-8"))
    return [link for link in dict.fromkeys(found) if link and not link.startswith(ELSEWHERE)]
