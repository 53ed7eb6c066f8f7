"""The pictures in the README are those of this version."""

import re

from likeness import paths
from likeness.report.dag import dag_svg

ROOT = paths.root()


def test_the_dag_in_the_readme_is_current():
    assert (ROOT / "docs/dag.svg").read_text() == dag_svg(ROOT / "dvc.yaml") + "\n", "run make dag"


def test_every_file_the_readme_links_is_there():
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", (ROOT / "README.md").read_text())
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []
