"""Rungs of four photos: all with all, pairs of them, and the study's own definition of alike."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from likeness.compare.rungs import (
    BASELINE,
    PLACE_POSE,
    every_rung,
    fit_place_pose,
    held_out,
    hits_among,
    place_and_pose,
    place_pose_probability,
    reported,
    untrained_predictions,
    untrained_rungs,
)
from likeness.features.backbones import save_weights
from likeness.models.pose.siamese import SiameseConfig, make_siamese
from likeness.people.joints import INDEX, to_table
from likeness.photos.pairs import pair_scores

BODY = {"right_hip": (10, 20), "left_hip": (14, 20), "right_shoulder": (10, 10), "left_shoulder": (14, 10)}  # torso: 10


def keypoints_of(people: dict[str, list[dict]]) -> pd.DataFrame:
    tables = []
    for photo, bodies in people.items():
        array = np.full((len(bodies), 18, 3), np.nan)
        for person, joints in zip(array, bodies, strict=True):
            for joint, place in joints.items():
                person[INDEX[joint]] = (*place, 1.0)
        tables.append(to_table(photo, array))
    return pd.concat(tables, ignore_index=True)


def wrist(x: float, y: float) -> dict:
    return BODY | {"right_wrist": (x, y)}


PHOTOS = pd.DataFrame({"photo_id": ["a", "b", "c", "d"]})
# the second person of b stands like a, but only the first one counts; d shows nobody
KEYPOINTS = keypoints_of({"a": [wrist(12, 0)], "b": [wrist(12, 5), wrist(12, 0)], "c": [wrist(17, 0)]})
FEATURES = np.array([[1, 0], [3, 0], [0, 2], [1, 1]], dtype=np.float32)


def everywhere(rung, photos=PHOTOS) -> np.ndarray:
    return rung(np.arange(len(photos)), np.arange(len(photos)))


def test_larger_is_more_alike_on_every_rung():
    found = untrained_rungs(PHOTOS, KEYPOINTS, {"photo": FEATURES})
    rungs = {name: everywhere(rung) for name, rung in found.items()}
    for name, rung in found.items():  # a block is a part of the whole
        part = rung(np.array([2, 0]), np.array([1, 3, 0]))
        np.testing.assert_allclose(part, rungs[name][[2, 0]][:, [1, 3, 0]], atol=1e-6)
    half = np.sqrt(0.5)
    cosine = [[1, 1, 0, half], [1, 1, 0, half], [0, 0, 1, half], [half, half, half, 1]]
    np.testing.assert_allclose(rungs["features, cosine"], cosine, atol=1e-6)
    euclidean = [[0, 2, 5**0.5, 1], [2, 0, 13**0.5, 5**0.5], [5**0.5, 13**0.5, 0, 2**0.5], [1, 5**0.5, 2**0.5, 0]]
    np.testing.assert_allclose(rungs["features, Euclidean"], -np.array(euclidean), atol=1e-6)
    # wrists half a torso apart, one of five joints
    torso = rungs["joints, torso distance"]
    np.testing.assert_allclose(torso[0, :3], [0, -0.1, -0.1], atol=1e-9)
    assert torso[1, 2] == pytest.approx(-np.sqrt(0.5) / 5)
    for name in ("joints, OKS", "joints, torso distance", "joints, Procrustes"):
        matrix = rungs[name]
        assert np.isnan(matrix[3]).all()
        assert np.isnan(matrix[:, 3]).all()
        assert matrix[0, 0] >= matrix[0, 1] > matrix[1, 2]
    assert rungs["joints, OKS"][0, 0] == 1
    assert rungs["joints, Procrustes"][0, 0] == pytest.approx(0, abs=1e-6)
    assert rungs["joints, Procrustes"][0, 1] < 0


def test_faces_do_not_count():
    looking = keypoints_of(
        {"a": [wrist(12, 0)], "b": [wrist(12, 5)], "c": [wrist(17, 0) | {"nose": (12, 2), "left_ear": (9, 2)}]}
    )
    expected, found = (untrained_rungs(PHOTOS, table, {"photo": FEATURES}) for table in (KEYPOINTS, looking))
    for name, rung in found.items():
        np.testing.assert_allclose(everywhere(rung), everywhere(expected[name]), atol=1e-9)


PAIRS = pd.DataFrame(
    [
        ("a", "b", True, "k1", "train", "val"),
        ("c", "a", False, "k2", "val", "train"),
        ("b", "d", False, "k3", "test", "train"),
        ("d", "c", True, "k4", "test", "val"),
    ],
    columns=["left", "right", "same", "kind", "split", "naive_split"],
)


def test_held_out_pairs_keep_the_split_of_their_scheme():
    honest, naive = held_out(PAIRS, "honest"), held_out(PAIRS, "naive")
    assert list(honest) == ["left", "right", "same", "kind", "scheme", "split"]
    assert honest[["left", "split"]].to_numpy().tolist() == [["c", "val"], ["b", "test"], ["d", "test"]]
    assert naive[["left", "split"]].to_numpy().tolist() == [["a", "val"], ["d", "val"]]
    assert set(honest["scheme"]) == {"honest"}


def test_models_without_training_score_both_schemes_and_promise_nothing():
    matrix = np.arange(16, dtype=float).reshape(4, 4)
    matrix[3, 2] = np.nan
    rungs = {"first": lambda a, b: matrix[np.ix_(a, b)], "second": lambda a, b: -matrix[np.ix_(a, b)]}
    table = untrained_predictions(rungs, PHOTOS["photo_id"], PAIRS)
    assert table["model"].tolist() == ["first"] * 5 + ["second"] * 5
    assert table["scheme"].tolist() == (["honest"] * 3 + ["naive"] * 2) * 2
    np.testing.assert_array_equal(table["score"], [8, 7, np.nan, 1, np.nan, -8, -7, np.nan, -1, np.nan])
    assert table["probability"].isna().all()
    assert table.index.tolist() == list(range(10))


@pytest.fixture
def corpus():
    """Twelve photos of two places; wrists say the pose. Photo 11 shows nobody."""
    ids = [f"p{number:02d}" for number in range(12)]
    people = {photo: [wrist(12 + 5 * (number % 3), 0)] for number, photo in enumerate(ids[:11])}
    rng = np.random.default_rng(0)
    background = np.eye(2)[[number // 6 for number in range(12)]] + rng.normal(0, 0.05, (12, 2))
    rows = [(a, b) for a in range(12) for b in range(a + 1, 12)]
    alike = [a % 3 == b % 3 and a // 6 == b // 6 for a, b in rows]
    table = pd.DataFrame(
        {"left": [ids[a] for a, _ in rows], "right": [ids[b] for _, b in rows], "same": alike, "kind": "some"}
    )
    table["split"] = np.resize(["train", "train", "val", "test"], len(table))
    table["naive_split"] = np.resize(["train", "train", "train", "train", "val"], len(table))
    return pd.DataFrame({"photo_id": ids}), keypoints_of(people), {"background": background}, table


def test_place_and_pose_learns_from_the_training_pairs_of_each_scheme(corpus):
    photos, keypoints, features, pairs = corpus
    table, rung = place_and_pose(photos, keypoints, features, pairs)
    assert table.groupby(["scheme", "split"]).size().to_dict() == {
        ("honest", "test"): 16,
        ("honest", "val"): 16 + (len(pairs) % 4 > 2),
        ("naive", "val"): len(pairs) // 5,
    }
    assert set(table["model"]) == {PLACE_POSE}
    np.testing.assert_array_equal(table["probability"], table["score"])

    def distance(left, right):  # wrists 0, 5 or 10 px apart, one of five joints, a torso of 10 px; NaN for nobody
        numbers = np.array([[int(photo[1:]) for photo in side] for side in (left, right)])
        apart = abs(numbers[0] % 3 - numbers[1] % 3) * 0.5 / 5
        return np.where((numbers == 11).any(axis=0), np.nan, apart)

    def likeness(left, right):
        a, b = (features["background"][[int(photo[1:]) for photo in side]] for side in (left, right))
        return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)

    def inputs(rows):
        return np.column_stack([f(rows["left"], rows["right"]) for f in (distance, likeness)])

    for scheme, column in (("honest", "split"), ("naive", "naive_split")):
        train, rest = (pairs[pairs[column] == "train"], pairs[pairs[column] != "train"])
        fitted = fit_place_pose(inputs(train), train["same"].to_numpy())
        own = table[table["scheme"] == scheme]
        assert own["left"].tolist() == rest["left"].tolist()
        np.testing.assert_allclose(own["probability"], place_pose_probability(fitted, inputs(rest)), atol=1e-6)

    honest = table[table["scheme"] == "honest"]
    np.testing.assert_allclose(pair_scores(rung, photos["photo_id"], honest), honest["probability"], atol=1e-9)
    assert everywhere(rung, photos).shape == (12, 12)
    assert np.isfinite(everywhere(rung, photos)).all()  # nobody in a photo is an answer too
    assert honest.loc[honest["same"], "probability"].mean() > honest.loc[~honest["same"], "probability"].max() - 0.2


def test_a_report_shows_honest_test_and_naive_validation_pairs():
    rows = [
        ("honest", "test", "accuracy", 1),
        ("honest", "val", "accuracy", 2),
        ("naive", "val", "accuracy", 3),
        ("honest", "test", "auc", 4),
        ("naive", "val", "auc", 5),
    ]
    scores = pd.DataFrame(rows, columns=["scheme", "split", "metric", "value"])
    assert reported(scores, "accuracy")["value"].tolist() == [1, 3]
    assert reported(scores, "auc").index.tolist() == [0, 1]


def planted(size=600):
    """Same when the joints are near and the backgrounds alike; a third of the negatives shows nobody."""
    rng = np.random.default_rng(0)
    same = np.arange(size) % 2 == 0
    distance = np.where(same, rng.normal(0.4, 0.2, size), rng.normal(1.4, 0.4, size))
    place = np.where(same, rng.normal(0.8, 0.1, size), rng.normal(0.5, 0.2, size))
    distance[(np.arange(size) % 6) == 1] = np.nan
    return np.column_stack([distance, place]), same


def test_near_joints_and_alike_places_are_probable():
    features, same = planted()
    model = fit_place_pose(features, same)
    probes = np.array([[0.2, 0.9], [0.2, 0.2], [1.8, 0.9], [np.nan, 0.9]])
    both, pose_only, place_only, nobody = place_pose_probability(model, probes)
    assert both > 0.9
    assert max(pose_only, place_only, nobody) < both - 0.3
    accuracy = ((place_pose_probability(model, features) > 0.5) == same).mean()
    assert accuracy > 0.95


def test_nobody_at_all_in_training_leaves_the_place():
    features, same = planted()
    features[:, 0] = np.nan
    probability = place_pose_probability(fit_place_pose(features, same), [[np.nan, 0.9], [np.nan, 0.1], [0.3, 0.9]])
    assert np.isfinite(probability).all()
    assert probability[0] > 0.5 > probability[1]


def test_wrong_shapes_and_one_kind_are_refused():
    features, same = planted(10)
    with pytest.raises(ValueError, match=r"\(10, 1\) must be \(pairs, 2\)"):
        fit_place_pose(features[:, :1], same)
    with pytest.raises(ValueError, match="10 pairs are all of one kind"):
        fit_place_pose(features, np.ones(10, dtype=bool))


@pytest.fixture
def study(tmp_path):
    """Twelve photos of four arrangements, two networks, and pairs whose splits hold both kinds."""
    rng = np.random.default_rng(0)
    ids = [f"p{number:02}" for number in range(12)]
    arrangement = np.arange(12) // 3
    left, right = np.triu_indices(12, 1)
    pairs = pd.DataFrame({"left": np.array(ids)[left], "right": np.array(ids)[right], "kind": "some"})
    pairs["same"] = arrangement[left] == arrangement[right]
    pairs["split"] = np.where(np.arange(len(pairs)) % 2, "train", "test")
    pairs["naive_split"] = np.where(np.arange(len(pairs)) % 3, "train", "val")
    said = pairs.assign(scheme="honest", split="test", run=0, probability=0.5, score=0.0)
    predictions = [said.assign(model=name) for name in ("full-photo", "last-photo")]
    photos = pd.DataFrame({"photo_id": ids, "arrangement": arrangement.astype(str), "site": "s", "group": "s"})
    photos["duplicate_group"], photos["split"] = ids, ["train", "test", "test"] * 4
    config = SiameseConfig("photo", "last", "contrastive", feature_dim=4, embedding_dim=6)
    for run in range(3):
        save_weights(make_siamese(config, seed=run), tmp_path / f"{run}.pt", {})
    return SimpleNamespace(
        photos=photos,
        keypoints=keypoints_of({photo: [wrist(*rng.integers(0, 20, 2))] for photo in ids}),
        features={view: rng.normal(size=(12, 4)).astype(np.float32) for view in ("photo", "background")},
        pairs=pairs,
        predictions=pd.concat(predictions, ignore_index=True),
        embeddings={name: rng.normal(size=(3, 12, 6)).astype(np.float32) for name in ("full-photo", "last-photo")},
        heads=lambda variant: [tmp_path / f"{run}.pt" for run in range(3)],
        variants=["full-photo", "last-photo"],
        clusters=photos.set_index("photo_id")["arrangement"],
        relevant=lambda nearest, queries, gallery: np.equal.outer(arrangement[queries], arrangement[gallery]),
    )


def test_every_rung_is_there_once_and_the_networks_last(study):
    found = every_rung(study)
    assert list(found.rungs) == [*found.untrained, PLACE_POSE, "full-photo", "last-photo"]
    assert set(found.predictions["model"]) == set(found.rungs)
    vectors = study.embeddings["last-photo"][2].astype(float)
    distance = np.linalg.norm(vectors[:3, None] - vectors[None, 5:], axis=2)  # the head of a contrastive network
    block = found.rungs["last-photo"][2](np.arange(3), np.arange(5, 12))
    np.testing.assert_allclose(block, -distance, atol=1e-5)
    assert found.unseen["scheme"].eq("honest").all()
    assert found.unseen["model"].value_counts()[BASELINE] == study.pairs["split"].eq("test").sum()
    assert found.networks["model"].unique().tolist() == ["full-photo", "last-photo"]


def test_without_a_trained_network_the_other_rungs_are_there(study):
    study.variants = []
    del study.predictions  # nothing to read
    found = every_rung(study)
    assert list(found.rungs) == [*found.untrained, PLACE_POSE]
    assert set(found.predictions["model"]) == set(found.rungs)
    assert found.predictions["same"].dtype == bool
    assert found.networks.empty


def test_hits_are_looked_for_among_the_given_photos_alone(study):
    rows = np.array([0, 1, 3, 4, 5])  # of two arrangements
    perfect = np.equal.outer(np.arange(12) // 3, np.arange(12) // 3).astype(float)
    right, wrong = (lambda a, b: perfect[np.ix_(a, b)]), (lambda a, b: -perfect[np.ix_(a, b)])
    rungs = {BASELINE: [wrong], "net": [right, right, wrong]}
    found = hits_among(study, rungs, rows, relevant=1, queries=9, n_boot=50, seed=0)
    assert (found.asked, found.gallery) == (5, 5)
    at_one = found.rungs[found.rungs["k"] == 1].set_index("model")
    assert at_one["n"].unique().tolist() == [5]
    assert at_one.loc[["net", BASELINE], "value"].tolist() == [pytest.approx(2 / 3), 0]
    assert at_one.loc["net", "runs"] == 3
    assert found.comparisons[["a", "b", "runs"]].drop_duplicates().to_numpy().tolist() == [["net", BASELINE, 3]]
