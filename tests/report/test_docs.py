"""What the README shows and links is that of this version."""

import re

from likeness import paths
from likeness.params.matrix import read_pipeline

ROOT = paths.root()
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_diagram_in_the_readme_names_every_stage_and_no_other():
    diagram = README.partition("```mermaid\nflowchart LR\n")[2].partition("```")[0]
    assert set(re.findall(r"[\w-]*\w", diagram)) == set(read_pipeline(ROOT)) - {
        "code"
    }  # it only says which of the others to run


def test_every_file_the_readme_links_is_there():
    links = re.findall(r"\]\(((?!http)[^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []
