"""One small corpus for all tests of this floor: 40 photos of 4 sites."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from corpus_size import PHOTOS, SEED, SITES

from likeness_demo.pose.corpus import make_pose_demo


@dataclass(frozen=True)
class Corpus:
    photos: Path
    truth: Path

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_csv(self.truth / f"{name}.csv", keep_default_na=False)

    def coco(self) -> dict:
        return json.loads((self.truth / "keypoints.json").read_text())

    def people(self) -> dict[str, np.ndarray]:
        """Return the joints (people, 18, 3) of every readable photo."""
        coco = self.coco()
        found = {image["id"]: [] for image in coco["images"]}
        for person in coco["annotations"]:
            found[person["image_id"]].append(np.reshape(person["keypoints"], (18, 3)))
        return {image["file_name"]: np.array(found[image["id"]]).reshape(-1, 18, 3) for image in coco["images"]}


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    root = tmp_path_factory.mktemp("demo")
    made = Corpus(root / "demo-pose", root / "demo-pose-truth")
    make_pose_demo(made.photos, made.truth, photos=PHOTOS, sites=SITES, seed=SEED)
    return made
