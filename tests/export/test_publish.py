"""The reports for a web server: all pages that belong together, no link that leads nowhere, nothing overwritten."""

import pytest

from likeness.errors import UserError
from likeness.export.publish import links, publish

PIPELINE = "stages:\n  pose-report:\n    cmd: x\n  pose-prepare:\n    cmd: x\n"


@pytest.fixture
def root(tmp_path):
    """Return a repository with two pages of pose, its numbers, and the page of somebody's album."""
    reports = tmp_path / "root/reports"
    (reports / "pose").mkdir(parents=True)
    (reports / "albums/mine").mkdir(parents=True)
    (tmp_path / "root/dvc.yaml").write_text(PIPELINE)
    (reports / "index.html").write_text('<a href="pose/report.html#top">1</a><img src="data:image/png;base64,x">')
    (reports / "pose/report.html").write_text('<a href="../index.html"></a><a href="explore.html">2</a>')
    for name in ("pose/explore.html", "pose/scores.json", "albums/mine/gallery.html", "pose/old.html"):
        (reports / name).write_text("{}")
    return tmp_path / "root"


def test_pages_explorers_and_numbers_are_copied_albums_and_old_pages_are_not(root, tmp_path):
    publish(root, tmp_path / "out")
    copies = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*"))
    assert copies == ["index.html", "pose/explore.html", "pose/report.html", "pose/scores.json"]
    with pytest.raises(UserError, match="is not an empty folder"):
        publish(root, tmp_path / "out")


def test_what_a_page_carries_and_other_sites_are_no_links(root):
    page = root / "reports/pose/report.html"
    page.write_text('<a href="#a"></a><a href="https://dvc.org"></a><img src="data:x"><a href="a.html?b#c"></a>')
    assert links(page) == ["a.html"]


@pytest.mark.parametrize("link", ["missing.html", "/home/x.html", "file:///x.html", "../albums/mine/gallery.html"])
def test_a_link_that_would_lead_nowhere_stops_before_anything_is_copied(root, tmp_path, link):
    (root / "reports/pose/report.html").write_text(f'<a href="{link}">')
    with pytest.raises(UserError, match=r"reports/pose/report\.html: links to"):
        publish(root, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_an_index_there_is_nothing_to_publish(root, tmp_path):
    (root / "reports/index.html").unlink()
    with pytest.raises(UserError, match="run `make repro` first"):
        publish(root, tmp_path / "out")
