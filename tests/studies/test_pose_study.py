"""A study of five photos on disk, read back and asked."""

import numpy as np
import pandas as pd
import pytest
import torch

from likeness import paths
from likeness.features.backbones import save_weights
from likeness.models.pose.siamese import SiameseConfig, load_siamese, make_siamese
from likeness.studies import pose
from likeness.studies.pose import Study

NAN = np.nan
EVERY = np.arange(5)
VARIANTS = ("last-photo", "full-photo", "full-photo+heatmaps")  # full-photo+skeleton was taken out of the matrix


@pytest.fixture
def photos():
    return pd.DataFrame(
        {
            "photo_id": list("abcde"),
            "arrangement": ["louvre/jump", "louvre/jump", "louvre/lean", None, "louvre/jump"],
            "duplicate_group": ["g1", "g2", "g3", "g4", "g5"],
            "site": "louvre",
            "group": "louvre",
            "split": "test",
        }
    )


@pytest.fixture
def study(tmp_path, photos):
    data = tmp_path / "data"
    paths.write_parquet(photos, data / "photos.parquet")
    paths.write_npy(np.full((5, 18, 2), NAN), data / "poses.npy")
    paths.write_csv(
        pd.DataFrame({"path": ["x.jpg"], "reason": ["empty"], "detail": ["0 bytes"]}), data / "quarantine.csv"
    )
    for row, view in enumerate(("photo", "mirror", "background")):
        paths.write_npy(np.full((5, 2), row, np.float32), data / "features" / f"{view}.npy")
    for row, variant in enumerate((*VARIANTS, "full-photo+skeleton")):
        folder = data / "finetune" / variant
        paths.write_parquet(pd.DataFrame({"model": [variant], "score": [float(row)]}), folder / "predictions.parquet")
        paths.write_parquet(pd.DataFrame({"epoch": [row]}), folder / "history.parquet")
        paths.write_npy(np.full((5, 3), row, np.float32), folder / "embeddings.npy")
    return Study(data, tmp_path / "models", VARIANTS)


def scores(rows: list[tuple[str, str, str, str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["model", "scheme", "split", "metric", "value"])


def test_tables_come_back(study, photos):
    pd.testing.assert_frame_equal(study.photos, photos)
    assert study.quarantine.to_dict("records") == [{"path": "x.jpg", "reason": "empty", "detail": "0 bytes"}]
    assert {view: array[0, 0] for view, array in study.features.items()} == {"photo": 0, "mirror": 1, "background": 2}


def test_variants_are_in_alphabetical_order_everywhere(study):
    order = ["full-photo", "full-photo+heatmaps", "last-photo"]
    assert study.variants == order
    assert study.predictions.to_dict("list") == {"model": order, "score": [1.0, 2.0, 0.0]}
    assert {name: rows[0, 0] for name, rows in study.embeddings.items()} == dict(zip(order, [1, 2, 0], strict=True))
    assert study.history("full-photo+heatmaps")["epoch"].tolist() == [2]


def test_a_variant_that_was_not_trained_is_named(study):
    more = Study(study.data, study.models, [*VARIANTS, "last-photo+skeleton"])
    for ask in (lambda: more.predictions, lambda: more.embeddings, lambda: more.history("last-photo+skeleton")):
        with pytest.raises(FileNotFoundError, match=r"^variant last-photo\+skeleton: .* is missing; `dvc repro`"):
            ask()


def test_untrained_variants_are_skipped_and_named(study, monkeypatch):
    """Two of three are trained; then none of them is."""
    monkeypatch.setattr(pose.paths, "data", lambda name: study.data)
    monkeypatch.setattr(pose, "variants_of", lambda *_: [*VARIANTS, "last-photo+skeleton"])
    found = pose.read_study()
    assert (found.variants, list(found.skipped)) == (study.variants, ["last-photo+skeleton"])
    assert "dvc repro" in found.skipped["last-photo+skeleton"]
    monkeypatch.setattr(pose.paths, "data", lambda name: study.data / "elsewhere")
    nothing = pose.read_study()
    assert (nothing.variants, len(nothing.skipped)) == ([], len(VARIANTS) + 1)
    assert nothing.best_variant(pd.DataFrame()) is None


def test_a_photo_without_an_arrangement_is_resampled_with_its_duplicates(study):
    assert study.clusters.to_dict() == {
        "a": "louvre/jump",
        "b": "louvre/jump",
        "c": "louvre/lean",
        "d": "g4",
        "e": "louvre/jump",
    }


def test_photos_of_the_querys_arrangement_are_relevant_but_never_the_query(study):
    expected = np.zeros((5, 5), dtype=bool)
    for query, answer in (("a", "b"), ("a", "e"), ("b", "e")):
        row, column = "abcde".index(query), "abcde".index(answer)
        expected[row, column] = expected[column, row] = True
    np.testing.assert_array_equal(study.relevant(1, EVERY, EVERY), expected)
    found = study.relevant(1, np.array([4, 2]), np.array([4, 2, 0]))
    np.testing.assert_array_equal(found, [[False, False, True], [False] * 3])


def standing(*places: float) -> np.ndarray:
    """Poses (n, 18, 2) that differ in where all joints stand, on a line; NaN is a photo without marks."""
    return np.stack([np.full((18, 2), (place, 0.0 * place)) for place in places])


def test_without_arrangements_the_nearest_true_poses_are_relevant(tmp_path, photos):
    paths.write_parquet(photos.assign(arrangement=pd.Series([None] * 5, dtype=object)), tmp_path / "photos.parquet")
    paths.write_npy(standing(0, 1, 2, NAN, 4), tmp_path / "poses.npy")
    study = Study(tmp_path, tmp_path)
    found = {
        query: "".join(np.array(list("abcde"))[row])
        for query, row in zip("abcde", study.relevant(2, EVERY, EVERY), strict=True)
    }
    # b: a and c are equally near; c: b, then a before e, which is as near; d is known to nobody
    assert found == {"a": "bc", "b": "ac", "c": "ab", "d": "", "e": "bc"}
    assert study.relevant(9, EVERY, EVERY).sum() == 4 * 3  # every other photo with a known pose, not the query, not d
    np.testing.assert_array_equal(study.relevant(1, *[np.array([0, 4])] * 2), [[False, True], [True, False]])


def test_retrieval_is_judged_where_the_truth_is_known(study, tmp_path, photos):
    split = ["train", "test", "test", "test", "val"]
    paths.write_parquet(photos.assign(split=split), study.data / "photos.parquet")
    assert study.judged().tolist() == [0, 1, 2, 3, 4]  # d shows a site alone: a wrong answer, but an answer
    assert study.judged("test").tolist() == [1, 2, 3]

    flat = photos.assign(arrangement=pd.Series([None] * 5, dtype=object), split=split)
    paths.write_parquet(flat, tmp_path / "photos.parquet")
    poses = standing(0, 1, 2, NAN, 4)
    poses[2], poses[[0, 1, 4], 0] = NAN, NAN
    poses[2, 0] = 1  # knows its own pose, but nothing that it could be compared with
    paths.write_npy(poses, tmp_path / "poses.npy")
    assert Study(tmp_path, tmp_path).judged().tolist() == [0, 1, 4]
    assert Study(tmp_path, tmp_path).judged("test").tolist() == [1]


def test_of_near_duplicates_one_photo_asks_and_answers(study, photos):
    groups = ["g1", "g1", "g3", "g4", "g1"]  # a, b and e are copies of one photo
    split = ["train", "test", "test", "test", "test"]
    paths.write_parquet(photos.assign(duplicate_group=groups, split=split), study.data / "photos.parquet")
    assert study.judged().tolist() == [0, 2, 3]
    assert study.judged("test").tolist() == [1, 2, 3]  # b, the first of them in this split
    assert not study.relevant(1, study.judged(), study.judged()).any()  # what a had to find was itself


def test_the_best_variant_is_chosen_on_honest_validation_pairs(study):
    table = scores([
        ("full-photo", "honest", "val", "auc", 0.7),
        ("full-photo+heatmaps", "honest", "val", "auc", 0.7),
        ("last-photo", "honest", "val", "auc", 0.8),
        ("joints, OKS", "honest", "val", "auc", 0.99),  # no network
        ("full-photo+heatmaps", "honest", "test", "auc", 0.95),
        ("full-photo+heatmaps", "naive", "val", "auc", 0.96),
        ("full-photo+heatmaps", "honest", "val", "accuracy", 0.97),
    ])  # fmt: skip
    assert study.best_variant(table) == "last-photo"
    assert study.best_variant(table, tune="full") == "full-photo"  # a tie, decided by name
    assert study.best_variant(table[::-1], tune="full") == "full-photo"


def test_no_scored_variant_is_an_error_that_names_the_trained_ones(study):
    table = scores([("last-photo", "honest", "val", "auc", 0.8)])
    with pytest.raises(ValueError, match=r"no variant of tune 'full' .* trained are \['full-photo', .*'last-photo'\]"):
        study.best_variant(table, tune="full")


def test_a_study_without_a_tune_has_no_best_of_it(study):
    table = scores([("last-photo", "honest", "val", "auc", 0.8)])
    assert Study(study.data, study.models, ["last-photo"]).best_variant(table, tune="full") is None


def test_the_honest_network_comes_back_with_its_meta(study):
    config = SiameseConfig("photo", "last", "bce", feature_dim=4)
    for seed, scheme in enumerate(("honest", "naive")):
        save_weights(make_siamese(config, seed=seed), study.models / "last-photo" / f"{scheme}.pt", {"scheme": scheme})
    net, meta = load_siamese(study.weights("last-photo"))
    assert meta == {"scheme": "honest"}
    expected = make_siamese(config, seed=0)
    assert torch.equal(net.photo_project.weight, expected.photo_project.weight)
    assert study.weights("last-photo", "naive") == study.models / "last-photo" / "naive.pt"
