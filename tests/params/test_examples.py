"""The example of the original study: what the README prints of it, and what it costs."""

import re

from ruamel.yaml import YAML

from likeness import paths
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
