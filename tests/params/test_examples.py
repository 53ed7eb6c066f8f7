"""The example of the original study: what the README prints of it, and what it costs."""

import re
import shutil

import pytest
from ruamel.yaml import YAML

from likeness import paths
from likeness.params.overlay import apply_overlay
from likeness.people.joints import JOINTS

ROOT = paths.root()


def read(text: str) -> dict:
    return YAML(typ="safe", pure=True).load(text)


def test_the_readme_prints_the_values_of_the_example():
    example = read((ROOT / "examples/original.yaml").read_text())["pose"]
    blocks = re.findall(r"^```yaml\n(pose:.*?)```", (ROOT / "README.md").read_text(), re.M | re.S)
    printed = [read(block)["pose"] for block in blocks if "resnet50" in block]
    assert printed
    for stage, values in printed[0].items():
        assert values == {key: example[stage][key] for key in values}


def test_heatmaps_of_ten_thousand_photos_fit_into_memory():
    size = read((ROOT / "examples/original.yaml").read_text())["pose"]["finetune"]["pose_size"]
    both = 2 * len(JOINTS) * size**2  # bytes a photo: one uint8 map a joint, and its mirror image
    assert 10_000 * both < 8 * 2**30


EXAMPLES = {path.name: path.read_text() for path in sorted((ROOT / "examples").glob("*.yaml"))}
PRINTED = re.findall(r"^```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.M | re.S)


@pytest.mark.parametrize("text", [*EXAMPLES.values(), *PRINTED], ids=[*EXAMPLES, *map(str, range(len(PRINTED)))])
def test_every_example_is_valid_and_changes_something(tmp_path, text):
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "overlay.yaml").write_text(text)
    assert apply_overlay(tmp_path, tmp_path / "overlay.yaml")
