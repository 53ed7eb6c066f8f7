"""The DAG: stages after what they need, variants counted, a drawing that says the same in words."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from likeness.report.dag import dag_svg, direct, read_stages, touches
from likeness.report.page.audit import check_alt

DVC = """
vars: [{where: data/raw}]
stages:
  report: {cmd: a, deps: [models, data/photos.csv, {src: {}}], outs: [out.html]}
  train:
    cmd: a
    deps: ["${pose.folder}/x", data/photos.csv]
    matrix: {tune: [a, b], stream: [c, d, e]}
    outs: ["models/${item.tune}-${item.stream}"]
    metrics: [{scores.json: {cache: false}}]
  prepare: {cmd: a, deps: ["${where}"], outs: [data/photos.csv, feed]}
  demo: {cmd: a, outs: [data/raw/demo]}
"""


def write(folder: Path, text: str = DVC) -> Path:
    (folder / "params.yaml").write_text("pose: {folder: feed}\n")
    path = folder / "dvc.yaml"
    path.write_text(text)
    return path


def test_stages_in_dependency_order_with_layers_and_variants(tmp_path: Path) -> None:
    nodes = read_stages(write(tmp_path))
    assert [(n.name, n.layer, n.variants, n.needs) for n in nodes] == [
        ("demo", 0, 1, []),
        ("prepare", 1, 1, ["demo"]),
        ("train", 2, 6, ["prepare"]),
        ("report", 3, 1, ["train", "prepare"]),
    ]


def test_arrows_that_a_longer_path_implies_are_left_out(tmp_path: Path) -> None:
    nodes = read_stages(write(tmp_path))
    assert direct(nodes[-1], nodes) == ["train"]


@pytest.mark.parametrize(
    ("dep", "out", "expected"),
    [
        ("a/b", "a/b", True),
        ("a/b/c", "a/b", True),
        ("a", "a/b", True),
        ("a/bc", "a/b", False),
        ("a/b", "a/bc", False),
        ("a/b-c", "a/b-", True),
    ],
)
def test_touches(dep: str, out: str, expected: bool) -> None:
    assert touches(dep, out) is expected


def test_the_drawing_is_an_image_with_words(tmp_path: Path) -> None:
    svg = dag_svg(write(tmp_path))
    root = ElementTree.fromstring(svg)
    check_alt(svg)
    texts = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["demo", "prepare", "train ×6", "report"]
    assert "train needs prepare" in root.attrib["aria-label"]
    assert svg == dag_svg(tmp_path / "dvc.yaml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stages: {}", "no stages"),
        ("stages: {a: {deps: [x], outs: [y]}, b: {deps: [y], outs: [x]}}", "in a circle: a, b"),
    ],
)
def test_what_cannot_be_drawn(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_stages(write(tmp_path, text))
