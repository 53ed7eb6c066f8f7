"""The examples: what the README prints of them, what they cost, and whether they apply."""

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


EXAMPLES = {path.name: path.read_text() for path in sorted((ROOT / "examples").glob("*.yaml"))}
PRINTED = re.findall(r"^```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.M | re.S)
COLLECTED = re.findall(r"^```yaml\n(.*?)```", (ROOT / "docs/collect.md").read_text(), re.M | re.S)


def within(example: dict, printed: dict) -> dict:
    """Return the example's values of the keys that are printed."""
    return {key: within(example[key], value) if isinstance(value, dict) else example[key]
            for key, value in printed.items()}  # fmt: skip


@pytest.mark.parametrize(("name", "study"), [("original", "pose"), ("original_likability", "likability")])
def test_the_readme_prints_the_values_of_the_example(name, study):
    example = read((ROOT / f"examples/{name}.yaml").read_text())[study]
    (printed,) = [block[study] for block in map(read, PRINTED) if study in block]
    for stage, values in printed.items():
        assert values == within(example[stage], values)


@pytest.mark.parametrize("name", ["original_likability", "instagram_profiles"])
def test_an_example_of_posts_leaves_nothing_of_the_demo(name):
    keys = read((ROOT / "params.yaml").read_text())["likability"]
    example = read((ROOT / f"examples/{name}.yaml").read_text())["likability"]
    pictureless = example["prepare"]["layout"] == "profiles"
    for stage, values in keys.items():
        for key, value in values.items():
            if pictureless and (stage, key) == ("curate", "album"):
                continue  # posts without pictures are no album
            assert "demo" not in str(value) or "demo" not in str(example.get(stage, {}).get(key, "demo")), (stage, key)


def test_heatmaps_of_ten_thousand_photos_fit_into_memory():
    size = read((ROOT / "examples/original.yaml").read_text())["pose"]["finetune"]["drawing"]["pose_size"]
    both = 2 * len(JOINTS) * size**2  # bytes a photo: one uint8 map a joint, and its mirror image
    assert 10_000 * both < 8 * 2**30


@pytest.mark.parametrize("text", [*EXAMPLES.values(), *PRINTED, *COLLECTED])
def test_every_example_is_valid_and_changes_something(tmp_path, text):
    for name in ("params.yaml", "dvc.yaml"):
        shutil.copy(ROOT / name, tmp_path / name)
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    (tmp_path / "overlay.yaml").write_text(text)
    assert apply_overlay(tmp_path, tmp_path / "overlay.yaml")
