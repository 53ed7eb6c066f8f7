"""Variants and pages are what dvc.yaml says, whatever lies in the folders."""

import pytest

from likeness import paths
from likeness.params.matrix import pages_of, variants_of

PIPELINE = """
stages:
  pose-prepare: {cmd: a}
  pose-finetune: {cmd: a, matrix: {tune: [last, full], stream: [photo, photo+skeleton]}}
  faces-report: {cmd: a}
  pose-report: {cmd: a}
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "dvc.yaml").write_text(PIPELINE)
    return tmp_path


def test_variants_are_the_product_of_the_matrix_in_its_order(root):
    assert variants_of(root, "pose-finetune") == [
        "last-photo",
        "last-photo+skeleton",
        "full-photo",
        "full-photo+skeleton",
    ]
    assert variants_of(root, "pose-report") == []
    with pytest.raises(ValueError, match="no stage 'pose-train'; there are pose-prepare, pose-finetune"):
        variants_of(root, "pose-train")


def test_pages_are_named_after_the_stage_and_its_variant(root):
    assert pages_of(root) == {
        "pose": [
            "prepare",
            "finetune-last-photo",
            "finetune-last-photo+skeleton",
            "finetune-full-photo",
            "finetune-full-photo+skeleton",
            "report",
        ],
        "faces": ["report"],
    }


def test_the_repository_names_the_outputs_of_its_variants():
    text = (paths.root() / "dvc.yaml").read_text()
    assert "models/pose/${item.tune}-${item.stream}" in text  # the names below are those of the folders
    assert "last-photo+heatmaps" in variants_of(paths.root(), "pose-finetune")
