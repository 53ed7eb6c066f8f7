"""The likability study reads back what its stages wrote."""

import numpy as np
import pandas as pd
import pytest

from likeness.paths import write_parquet
from likeness.studies.likability import LikabilityStudy, write_features, write_skipped

POSTS = pd.DataFrame(
    {"post_id": ["a", "b", "c"], "photo_id": ["p2", "p1", "p2"], "user_id": ["u", "v", "w"], "group": ["u", "v", "u"]}
)
PHOTOS = pd.DataFrame({"photo_id": ["p1", "p2"], "path": ["data/raw/mine/a/1.jpg", "data/raw/mine/b/2.jpg"]})


@pytest.fixture
def study(tmp_path):
    data = tmp_path / "data"
    write_parquet(POSTS, data / "posts.parquet")
    write_parquet(PHOTOS, data / "photos.parquet")
    arrays = {"fc6": np.array([[1.0], [2.0]], np.float32)}
    tables = {name: pd.DataFrame({f"{name}_x": [1.0, 2.0, 3.0]}) for name in ("metadata", "user")}
    write_features(data / "features", POSTS, PHOTOS, arrays, tables, {"fc6": ["only"]}, {"seed": 3})
    return LikabilityStudy(data, tmp_path / "models", ["fusion", "ranker"])


def test_features_of_photos_become_features_of_posts(study):
    assert study.spread_to_posts("fc6").tolist() == [[2.0], [1.0], [2.0]]
    assert study.names("fc6") == ["only"]
    assert study.names("fc7") == []
    assert study.recipe == {"seed": 3}
    assert study.photo_folder == "data/raw/mine"
    assert study.tables["user"]["user_x"].tolist() == [1.0, 2.0, 3.0]
    written = pd.read_parquet(study.data / "features/metadata.parquet")
    assert list(written) == ["post_id", "metadata_x"]
    assert written["post_id"].tolist() == ["a", "b", "c"]


def test_posts_of_joined_users_are_resampled_together(study):
    assert study.clusters.to_dict() == {"a": "u", "b": "v", "c": "u"}


def test_predictions_of_trained_models_are_joined_and_skipped_ones_named(study):
    one = pd.DataFrame({"left": ["a"], "model": ["metadata"]})
    write_parquet(one, study.data / "classify/predictions.parquet")
    write_parquet(one.assign(model="fusion"), study.data / "finetune/fusion/predictions.parquet")
    write_skipped(study.data / "classify", {"fc6, SVM": "no weights"})
    write_skipped(study.data / "finetune/fusion", {})
    write_skipped(study.data / "finetune/ranker", {"ranker": "no two posts of one user"})
    assert study.skipped == {"fc6, SVM": "no weights", "ranker": "no two posts of one user"}
    assert study.predictions["model"].tolist() == ["metadata", "fusion"]


def test_the_tests_by_shuffling_are_read_back(study):
    write_parquet(pd.DataFrame({"shuffle": [1, 2], "auc": [0.5, 0.4]}), study.data / "classify/null.parquet")
    write_parquet(pd.DataFrame({"feature": ["hour"], "value": [0.1]}), study.data / "classify/importance.parquet")
    assert study.null.tolist() == [0.5, 0.4]
    assert study.importance["feature"].tolist() == ["hour"]


def test_a_missing_stage_is_named(study):
    with pytest.raises(FileNotFoundError, match=r"classify/predictions\.parquet is missing; `dvc repro` makes it"):
        _ = LikabilityStudy(study.data, study.models).predictions
