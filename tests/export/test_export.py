"""Exports of a study: what stands in them, and that the programs they are for open them."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from likeness.errors import UserError
from likeness.export import tables
from likeness.export.csv_files import write_csv_files
from likeness.export.fiftyone import write_fiftyone
from likeness.export.run import must_be_empty
from likeness.export.spotlight import write_spotlight
from likeness.export.tables import neighbours_of, tables_of_likability


def test_neighbours_are_the_most_alike_and_never_the_photo_itself(study):
    first = study.tables["neighbours"].query("rank == 1").set_index("photo_id")
    assert first["neighbour"].to_dict() == {"a": "b", "b": "a", "c": "a"}  # c is as unlike a as b: the first of both
    assert first["similarity"].tolist() == pytest.approx([0.8, 0.8, 0.0])
    unknown = neighbours_of({"none": lambda a, b: np.full((len(a), len(b)), np.nan)}, pd.Series(["a", "b"]))
    assert unknown.empty


def test_csv_has_a_line_about_every_file(study, tmp_path):
    write_csv_files(study, tmp_path / "out")
    told = (tmp_path / "out/README.txt").read_text().splitlines()
    files = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.csv")}
    assert {line.partition(": ")[0] for line in told} == files
    assert told[0].endswith("the split (3 rows)")
    assert pd.read_csv(tmp_path / "out/embeddings/net.v1.csv").to_numpy().tolist()[1] == ["b", 0.8, 0.6, 0.0]


def test_spotlight_sees_pictures_boxes_and_vectors(study, tmp_path, opened):
    write_spotlight(study, tmp_path / "root", tmp_path / "out")
    table = pd.read_parquet(tmp_path / "out/photos.parquet").set_index("photo_id")
    assert table.loc["a", "box"].tolist() == [0.5, 0.0, 0.75, 0.5]  # the surer of two faces
    assert table.loc["c", "nearest by net.v1"] == str(tmp_path / "root/a.png")
    assert table["probability by net.v1"].fillna(-1).tolist() == [0.25, -1, -1]
    script = """
import sys, pathlib
from renumics.spotlight import plugin_loader
from renumics.spotlight.data_source import create_datasource
from renumics.spotlight.data_store import DataStore
plugin_loader.load_plugins()
store = DataStore(create_datasource(pathlib.Path(sys.argv[1])), {})
print(len(store), *(store.dtypes[name] for name in ("image", "nearest by net.v1", "box", "net.v1")))
"""
    said = opened("renumics.spotlight", script, tmp_path / "out/photos.parquet")
    assert said.split() == ["3", "Image", "Image", "BoundingBox", "Embedding"]


def test_fiftyone_sees_faces_people_and_what_models_say(study, tmp_path, opened):
    (tmp_path / "out").mkdir()
    write_fiftyone(study, tmp_path / "root", tmp_path / "out")
    a, b, c = json.loads((tmp_path / "out/samples.json").read_text())["samples"]
    assert (a["filepath"], a["tags"], c["tags"]) == ("../root/a.png", ["val"], ["test"])  # a's post is for validation
    assert [face["bounding_box"] for face in a["faces"]["detections"]] == [[0, 0, 0.1, 0.5], [0.5, 0, 0.25, 0.5]]
    assert b["people"]["keypoints"][0]["points"] == [[0.5, 0.5]]  # the neck was not seen
    assert (a["by net_v1"]["label"], a["by net_v1"]["confidence"]) == ("not liked", 0.75)
    script = """
import sys, os, fiftyone as fo
data = fo.Dataset.from_dir(sys.argv[1], dataset_type=fo.types.FiftyOneDataset)
print(len(data), all(map(os.path.isfile, data.values("filepath"))), data.count("faces.detections"), sorted(data.count_sample_tags().items()))
print(data.values("net_v1")[1], data.values("people.keypoints.points")[1], data.values("liked.label"))
"""
    said = opened("fiftyone", script, tmp_path / "out").splitlines()[-2:]
    assert said == [
        "3 True 2 [('test', 2), ('val', 1)]",
        "[0.8, 0.6, 0.0] [[[0.5, 0.5]]] ['liked', 'not liked', None]",
    ]


def test_of_a_network_of_pose_the_first_run_answers(monkeypatch):
    """Its embeddings are listed, and what its own head says of them: here that the last photo is nearest to all."""
    said = pd.DataFrame([{"left": "a", "right": "b", "same": True, "kind": "k", "scheme": "honest", "split": "test",
                          "model": "net", "run": 0, "probability": 0.5, "score": 0.0}])  # fmt: skip
    first = lambda a, b: np.tile(b.astype(float), (len(a), 1))  # noqa: E731
    found = SimpleNamespace(predictions=said, rungs={"net": [first, None]})
    monkeypatch.setattr(tables, "every_rung", lambda study: found)
    runs, photos = np.arange(12, dtype=np.float32).reshape(2, 3, 2), pd.DataFrame({"photo_id": list("abc")})
    seen = {"resnet@x": np.ones((3, 4), np.float32)}
    held = tables.tables_of_pose(
        SimpleNamespace(photos=photos, pairs=said, keypoints=said, sights=seen, embeddings={"net": runs})
    )
    assert held.tables["neighbours"]["neighbour"].tolist() == ["c", "b", "c", "a", "b", "a"]
    assert held.embeddings["net"].rows.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert list(held.embeddings) == ["resnet@x", "net"]


def test_faces_are_found_by_the_face_and_pictures_by_the_whole(tmp_path):
    """Pictures a and b look alike, a and c show one person; d shows nobody and has no neighbour by the face."""
    photos = pd.DataFrame({"photo_id": list("abcd"), "duplicate_group": list("abcd")})
    crops = pd.DataFrame({"crop_id": ["a-0", "b-0", "c-0"], "face_id": ["a-0", "b-0", "c-0"], "photo_id": list("abc"),
                          "kind": "each"})  # fmt: skip
    general = np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1]], np.float32)
    face = np.array([[1, 0], [0, 1], [1, 0.1]], np.float32)
    study = SimpleNamespace(photos=photos, crops=crops, faces=crops, networks=["n"], data=tmp_path, crops_of=lambda _: crops,
                            general=lambda _: general, face=lambda _: face, together=lambda _: None)  # fmt: skip
    found = tables.tables_of_faces(study)
    first = found.tables["neighbours"].query("rank == 1").set_index(["model", "photo_id"])["neighbour"]
    assert first["n, general"].to_dict() == {"a": "b", "b": "a", "c": "d", "d": "c"}
    assert first["n, face"].to_dict() == {"a": "c", "b": "c", "c": "a"}
    assert [(name, held.ids.name) for name, held in found.embeddings.items()] == [
        ("n, general", "photo_id"),
        ("n, face", "face_id"),
    ]


def test_posts_without_pictures_have_neither_vectors_nor_neighbours():
    said = pd.DataFrame([{"left": "p1", "right": "p1", "same": True, "kind": "post", "scheme": "honest", "split": "test",
                          "model": "m", "run": 0, "probability": 0.5, "score": 0.0}])  # fmt: skip
    posts = pd.DataFrame({"post_id": ["p1"], "hashtags": [np.array(["#a", "#b"])]})
    empty = pd.DataFrame({"photo_id": []})
    held = SimpleNamespace(features={}, photos=empty, posts=posts, faces=empty, predictions=said)
    found = tables_of_likability(held)
    assert found.embeddings == {}
    assert found.tables["neighbours"].empty
    assert found.tables["predictions"][["post_id", "liked"]].to_numpy().tolist() == [["p1", True]]
    assert found.tables["posts"]["hashtags"].tolist() == ["#a #b"]


def test_a_folder_that_holds_something_is_refused(tmp_path):
    must_be_empty(tmp_path / "new")
    (tmp_path / "file").write_text("")
    for folder in (tmp_path, tmp_path / "file"):
        with pytest.raises(UserError, match="is not an empty folder"):
            must_be_empty(folder)
