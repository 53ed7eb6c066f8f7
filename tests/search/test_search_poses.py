import json

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from PIL import Image
from sklearn.metrics.pairwise import cosine_similarity

from likeness.cli import main
from likeness.compare.rungs import fit_place_pose, place_pose_probability
from likeness.features.extract import extract
from likeness.features.extractors import load_extractor, recipe_of
from likeness.features.renderings import PHOTO, background
from likeness.paths import write_json, write_npy, write_parquet
from likeness.people.distances import pairwise
from likeness.people.estimate import Found
from likeness.people.joints import INDEX, JOINTS, body_only, mirror, nobody, to_arrays, to_table
from likeness.photos.manifest import build_manifest
from likeness.search import poses
from likeness.search.ask import SearchError, search_each, write_found

HOW = {"weights": "none", "seed": 1, "image_size": 64, "batch_size": 4}


def first_found(image, data, models, **choice):
    return next(search_each([image], data, models, **choice))


def somebody(seed, x=60, y=60):
    """A person with limbs at random places around an upright torso of 20 px."""
    person = np.ones((18, 3))
    person[:, :2] = np.random.default_rng(seed).uniform(-30, 30, (18, 2)) + [x, y]
    for side, across in (("right", -6), ("left", 6)):
        person[INDEX[f"{side}_hip"], :2], person[INDEX[f"{side}_shoulder"], :2] = (
            (x + across, y + 10),
            (x + across, y - 10),
        )
    return person


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A study of six photos: a pose, the same elsewhere, it mirrored, two others, and nobody."""
    root = tmp_path_factory.mktemp("poses")
    for name in ("params.yaml", "dvc.yaml"):
        (root / name).write_text("{}\n")
    raw, rng = root / "data/raw/photos", np.random.default_rng(0)
    raw.mkdir(parents=True)
    for name in "abcdef":
        Image.fromarray(rng.integers(0, 255, (120, 120, 3), dtype=np.uint8)).save(raw / f"{name}.png")
    photos, _ = build_manifest(pd.DataFrame({"path": sorted(map(str, raw.iterdir()))}), root)
    photos = photos.assign(site=["mill"] * 3 + ["gate"] * 3, split="train")
    pose = somebody(1)
    people = [pose, somebody(1, 70, 40), mirror(pose, 120.0), somebody(2), somebody(3)]
    tables = [to_table(name, person[None]) for name, person in zip(photos["photo_id"], people, strict=False)]
    data = root / "data/pose"
    write_parquet(photos, data / "photos.parquet")
    write_parquet(pd.concat(tables, ignore_index=True), data / "keypoints.parquet")
    network = load_extractor("squeezenet1_0", "none", seed=1)
    how = {"root": root, "cache": None, "image_size": 64, "batch_size": 1, "device": "cpu"}
    shown = background(dict(zip(photos["photo_id"], [*(person[None] for person in people), nobody(1)], strict=True)))
    write_npy(extract(photos, network, rendering=shown, **how)[0], data / "features" / "background.npy")
    write_npy(extract(photos, network, rendering=PHOTO, **how)[0], data / "features" / "photo.npy")
    write_json(recipe_of(network, **HOW), data / "features" / "recipe.json")
    ids = list(photos["photo_id"])
    pairs = pd.DataFrame([(ids[0], ids[1], True), (ids[0], ids[3], False), (ids[1], ids[4], False)],
                         columns=["left", "right", "same"])  # fmt: skip
    write_parquet(pairs.assign(split="train"), data / "pairs.parquet")
    return root


@pytest.fixture
def looker(monkeypatch):
    """What the estimator sees of the picture that asks: set people before asking."""
    seen = {"people": somebody(1)[None]}
    monkeypatch.setattr(poses, "find_people", lambda *_args, **_how: Found([seen["people"]], np.array([True])))
    return seen


@pytest.fixture
def query(tmp_path):
    path = tmp_path / "query.png"
    Image.fromarray(np.random.default_rng(9).integers(0, 255, (100, 140, 3), dtype=np.uint8)).save(path)
    return path


def ask(clone, image, **how):
    return first_found(image, clone / "data/pose", clone / "models/pose", study="pose", device="cpu", **how)


def test_a_pose_finds_itself_wherever_it_stands_and_its_mirror_image_after_that(clone, query, looker):
    found = ask(clone, query, view="pose", k=9)
    assert [path[-5] for path in found.table["path"]][:3] == ["a", "b", "c"]
    assert found.table["similarity"].iloc[:3].round(6).tolist() == [1, 1, round(float(np.exp(-0.25)), 6)]
    assert len(found.table) == found.pictures == 5  # nobody is in the last photo
    assert any("1 photo without a whole torso" in words for words in found.notes)


def test_the_second_person_of_the_picture_asks_too(clone, query, looker):
    looker["people"] = np.stack([somebody(7), somebody(2)])
    assert ask(clone, query, view="pose").table["path"].iloc[0].endswith("d.png")


def test_a_picture_without_anybody_is_told_in_one_line_and_may_ask_for_its_place(clone, query, looker):
    looker["people"] = nobody()
    with pytest.raises(poses.PoseError, match=r"query\.png: nobody was found in it.*try --view place"):
        ask(clone, query, view="pose")
    assert len(ask(clone, query, view="place", k=9).table) == 6


def test_a_photo_of_the_study_finds_its_own_place_by_its_background(clone, tmp_path, looker):
    Image.open(clone / "data/raw/photos/b.png").save(tmp_path / "again.bmp")  # the same pixels in another file
    looker["people"] = somebody(1, 70, 40)[None]
    found = ask(clone, tmp_path / "again.bmp", view="place")
    assert found.table["path"].iloc[0].endswith("b.png")
    assert found.table["similarity"].iloc[0] == pytest.approx(1, abs=1e-5)


def test_pose_and_place_are_weighed_as_the_training_pairs_show(clone, tmp_path, looker):
    """The query is the second photo once more, so that its answers are that row of the study's own matrices."""
    Image.open(clone / "data/raw/photos/b.png").save(tmp_path / "again.bmp")
    looker["people"] = somebody(1, 70, 40)[None]
    photos = pd.read_parquet(clone / "data/pose/photos.parquet")
    joints = to_arrays(pd.read_parquet(clone / "data/pose/keypoints.parquet"), list(photos["photo_id"]))[:, 0]
    matrices = (
        pairwise("torso", body_only(joints)),
        cosine_similarity(np.load(clone / "data/pose/features/background.npy")),
    )
    known = [[matrix[pair] for matrix in matrices] for pair in ((0, 1), (0, 3), (1, 4))]
    chance = place_pose_probability(fit_place_pose(known, [True, False, False]), np.stack([m[1] for m in matrices], 1))
    table = ask(clone, tmp_path / "again.bmp", view="both", k=9).table.sort_values("path")
    np.testing.assert_allclose(table["similarity"], chance, atol=2e-3)


def test_a_drawn_skeleton_asks_and_its_page_shows_it(clone, tmp_path):
    points = somebody(2)[: len(JOINTS)].ravel().tolist()
    file = tmp_path / "drawn.json"
    file.write_text(json.dumps({"people": [{"pose_keypoints_2d": points}]}))
    (found,) = (
        (each, write_found(each, clone, tmp_path / "page"))
        for each in search_each([], clone / "data/pose", clone / "models", study="pose", joints=file)
    )
    assert found[0].table["path"].iloc[0].endswith("d.png")
    assert found[0].table["similarity"].iloc[0] == pytest.approx(1)
    assert "exp(−d)" in found[1].read_text()
    file.write_text(json.dumps({"people": []}))
    with pytest.raises(poses.PoseError, match="shows nobody"):
        next(search_each([], clone / "data/pose", clone / "models", study="pose", joints=file))


def test_joints_ask_the_study_pose_alone(clone, tmp_path):
    with pytest.raises(SearchError, match="view 'pose': study faces has"):
        next(search_each([], clone / "data/faces", clone / "models", study="faces", joints=tmp_path / "q.json"))
    with pytest.raises(SearchError, match="leave --joints out"):
        next(search_each([], clone / "data", clone, study="pose", view="place", joints=tmp_path / "q.json"))
    told = CliRunner().invoke(main, ["search", "--study", "pose"])
    assert told.exit_code == 2
    assert "give --image FILE, or --joints FILE" in told.output
