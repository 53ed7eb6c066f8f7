"""One small corpus a study for all tests of this floor, drawn once by two processes, and one face detector."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from corpora import MAKERS, SIZES


@dataclass(frozen=True)
class Corpus:
    photos: Path
    truth: Path

    def table(self, name: str) -> pd.DataFrame:
        """Read a table of the truth."""
        return pd.read_csv(self.truth / f"{name}.csv", keep_default_na=False)

    def raw(self, name: str) -> pd.DataFrame:
        """Read a table of the corpus itself as text."""
        return pd.read_csv(self.photos / f"{name}.csv", dtype=str, keep_default_na=False)

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
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Corpus]:
    """Return a study's corpus, drawn when it is first asked for."""
    made: dict[str, Corpus] = {}

    def corpus_of(study: str) -> Corpus:
        if study not in made:
            root = tmp_path_factory.mktemp(study)
            made[study] = Corpus(root / "p", root / "t")
            MAKERS[study](made[study].photos, made[study].truth, **SIZES[study], workers=2)
        return made[study]

    return corpus_of


@pytest.fixture(scope="session")
def find_faces() -> Iterator[Callable[[list], list[list[np.ndarray]]]]:
    """Return MTCNN as a function: pictures of one size -> for each the boxes with a score of 0.9 or more."""
    import torch
    from facenet_pytorch import MTCNN

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    detector = MTCNN()

    def find(pictures: list) -> list[list[np.ndarray]]:
        boxes, scores = detector.detect(pictures)
        return [
            [] if found is None else [box for box, score in zip(found, sure, strict=True) if score >= 0.9]
            for found, sure in zip(boxes, scores, strict=True)
        ]

    yield find
    torch.set_num_threads(threads)
