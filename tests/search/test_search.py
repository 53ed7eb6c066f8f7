import hashlib
import json
import shutil

import numpy as np
import pandas as pd
import pytest
import torch
from click.testing import CliRunner
from PIL import Image
from skimage.data import astronaut

from likeness.cli import main
from likeness.compare.face_views import face_vectors, similarity
from likeness.compare.same_person import SamePerson, write_same_person
from likeness.features.extract import extract
from likeness.features.extractors import extractor_of, load_extractor, recipe_of
from likeness.features.face_features import picture_features, write_face_features
from likeness.features.sight import split_sights
from likeness.features.vectors import write_face_weights
from likeness.features.whitening import whiten_all, write_whitenings
from likeness.paths import write_json, write_npy
from likeness.people.alignment import LANDMARKS
from likeness.people.crops import face_crops
from likeness.people.faces import find_faces
from likeness.photos.manifest import build_manifest
from likeness.search import ask as asking_module
from likeness.search.ask import SearchError, found_lines, read_query, search_each, write_found
from likeness.search.galleries import open_gallery, query_similarity, ranked_pictures
from likeness.search.query import embed_query

torch.set_num_threads(1)
HOSTILE = "<img src=x onerror=alert(1)>\x1b[31m"
HOW = {"weights": "none", "seed": 1, "image_size": 64, "batch_size": 4}
PREPARED = {"detector": "mtcnn", "face_size": 512, "min_face": 20, "thresholds": "0.6 0.7 0.7", "face_confidence": 0.9,
            "normalise": "none", "margin": 0.2}  # fmt: skip


def first_found(image, data, models, **choice):
    return next(search_each([image], data, models, **choice))


def portrait() -> Image.Image:
    return Image.fromarray(astronaut()).crop((60, 0, 380, 300))


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A repository with the faces and the pose study: her, her mirrored beside a grey half, noise, and noise again."""
    root = tmp_path_factory.mktemp("clone")
    for name in ("params.yaml", "dvc.yaml"):
        (root / name).write_text("{}\n")
    raw = root / "data/raw/paintings"
    raw.mkdir(parents=True)
    beside = Image.new("RGB", (640, 300), "grey")
    beside.paste(portrait().transpose(Image.Transpose.FLIP_LEFT_RIGHT), (320, 0))
    rng = np.random.default_rng(0)
    noises = [Image.fromarray(rng.integers(0, 255, (120, 160, 3), dtype=np.uint8)) for _ in range(2)]
    for name, image in zip(("a.png", "b.png", "c.png", "d.png"), (portrait(), beside, *noises), strict=True):
        image.save(raw / name)
    photos, _ = build_manifest(pd.DataFrame({"path": sorted(map(str, raw.iterdir()))}), root)
    assert photos["path"].tolist() == [f"data/raw/paintings/{name}.png" for name in "abcd"]
    photos = photos.assign(title=["=1+1", HOSTILE, "Noise", ""], artist="", date="1999", split="train")
    write_faces_study(root / "data/faces", photos, root)
    write_pose_study(root / "data/pose", photos.drop(columns=["title", "artist", "date"]), root)
    return root


def write_faces_study(data, photos, root, whiten=0):
    found = find_faces(photos, root, cache=None, device="cpu")
    assert found["photo_id"].tolist() == photos["photo_id"].tolist()[:2]
    more = {
        **found.iloc[1].to_dict(),
        "face_id": f"{found['photo_id'].iloc[1]}-1",
        "x0": 10,
        "y0": 10,
        "x1": 60,
        "y1": 60,
        **dict.fromkeys(LANDMARKS, np.nan),
    }
    faces = pd.concat([found, pd.DataFrame([more])], ignore_index=True)
    crops = face_crops(photos, faces, 0.2)
    arrays, networks = picture_features(
        photos,
        crops,
        split_sights("squeezenet1_0@none, resnet18@none"),
        root=root,
        cache=None,
        device="cpu",
        **{name: value for name, value in HOW.items() if name != "weights"},
    )
    arrays, whitenings = whiten_all(arrays, photos, crops, whiten)
    data.mkdir(parents=True)
    photos.to_parquet(data / "photos.parquet")
    crops.to_parquet(data / "crops.parquet")
    write_face_features(data / "features", photos, crops, arrays, {"networks": networks, "whiten": whiten})
    write_whitenings(data / "features", whitenings)
    write_json(PREPARED, data / "prepare.json")


def write_pose_study(data, photos, root):
    network = load_extractor("squeezenet1_0", "none", seed=1)
    recipe = recipe_of(network, **HOW)
    found, _ = extract(photos, network, root=root, cache=None, image_size=64, batch_size=4, device="cpu")
    write_npy(found, data / "features" / "photo.npy")
    photos.assign(site=["gate", "gate", "mill", "mill"]).to_parquet(data / "photos.parquet")
    write_json(recipe, data / "features" / "recipe.json")


@pytest.fixture
def query(tmp_path):
    """Her again, a little smaller: not one of the pictures, but like them."""
    path = tmp_path / "query.jpg"
    portrait().resize((288, 270)).save(path, quality=95)
    return path


def ask(clone, image, study="faces", **options):
    return first_found(image, clone / "data" / study, clone / "models" / study, study=study, device="cpu", **options)


@pytest.mark.parametrize("view", ["general", "face", "combined"])
def test_the_picture_that_is_like_the_query_comes_first(clone, query, view):
    before = query.read_bytes(), query.stat().st_mtime_ns
    found = ask(clone, query, view=view)
    assert found.table["path"].iloc[0] == "data/raw/paintings/a.png"
    assert found.table["similarity"].is_monotonic_decreasing
    assert found.table["rank"].tolist() == list(range(1, len(found.table) + 1))
    assert len(found.table) == found.pictures == (2 if view == "face" else 4)  # the others have no face
    assert (query.read_bytes(), query.stat().st_mtime_ns) == before
    if view != "general":
        assert found.table["crop_id"].iloc[0].endswith("-0")
        assert (len(found.faces), found.asked) == (1, 0)


def test_similarities_are_those_of_the_report(clone):
    """An independent way: the query is put among the pictures, and asks there."""
    data = clone / "data/faces"
    gallery = open_gallery("faces", data, "resnet18@none")
    photos, crops = gallery.photos, pd.read_parquet(data / "crops.parquet")
    vectors = face_vectors(photos, crops, np.asarray(gallery.general), np.asarray(gallery.face))
    asked = pd.DataFrame({"picture": [0], "face": [0]})
    for view in ("general", "face", "combined"):
        expected = similarity(vectors, asked, view, face_weight=0.3)[0]
        own = {"general": gallery.general[0], "face": gallery.face[0]}
        found, closest = query_similarity(gallery, own, view, 0.3)
        np.testing.assert_allclose(found[1:], expected[1:], atol=1e-9)
        assert found[0] == pytest.approx(1)
        assert closest.tolist() == ([-1] * 4 if view == "general" else [0, closest[1], -1, -1])


def test_the_features_of_the_query_are_made_as_the_gallerys_were(clone):
    gallery = open_gallery("faces", clone / "data/faces")
    crop = gallery.crops.iloc[[2]]
    own = gallery.photos.iloc[[1]]
    vectors = embed_query(gallery, extractor_of(gallery.recipe, "faces-features"), own, clone, crop, "cpu")
    np.testing.assert_allclose(vectors["general"], gallery.general[1], atol=1e-5)
    np.testing.assert_allclose(vectors["face"], gallery.face[2], atol=1e-5)


def test_whitened_features_are_asked_with_a_whitened_query(clone, tmp_path, query):
    photos = pd.read_parquet(clone / "data/faces/photos.parquet")
    write_faces_study(tmp_path / "faces", photos, clone, whiten=1)
    found = first_found(query, tmp_path / "faces", clone / "models/faces", device="cpu")
    assert set(found.table["similarity"].abs().round(6)) <= {0, 0.5, 1}  # one component: alike or opposite
    gallery = open_gallery("faces", tmp_path / "faces")
    assert gallery.general.shape == (4, 1)
    vectors = embed_query(gallery, extractor_of(gallery.recipe, "faces-features"), photos.iloc[[2]], clone, None, "cpu")
    np.testing.assert_allclose(vectors["general"], gallery.general[2], atol=1e-3)


def test_the_face_of_a_picture_that_is_most_alike_is_the_one_that_counts(clone):
    gallery = open_gallery("faces", clone / "data/faces")
    for row in (1, 2):  # both of the second picture
        found, closest = query_similarity(gallery, {"face": gallery.face[row]}, "face")
        assert closest[1] == row
        assert found[1] == pytest.approx(1)
    table = ranked_pictures(gallery, found, closest, 5)
    assert list(table)[-3:] == ["title", "date", "crop_id"]  # no artist is known
    assert table["crop_id"].iloc[0] == gallery.crops["crop_id"].iloc[2]


def test_a_picture_of_the_study_does_not_answer_itself(clone):
    found = ask(clone, clone / "data/raw/paintings/a.png", k=99)
    assert "data/raw/paintings/a.png" not in set(found.table["path"])
    assert found.pictures == 3
    assert "The picture is in the study itself, as data/raw/paintings/a.png; it is left out." in found.notes


def test_several_faces_are_counted_and_one_is_chosen(clone, tmp_path):
    two = Image.new("RGB", (640, 300), "grey")
    two.paste(portrait(), (0, 0))
    two.paste(portrait().transpose(Image.Transpose.FLIP_LEFT_RIGHT), (320, 0))
    two.save(tmp_path / "two.png")
    found = ask(clone, tmp_path / "two.png")
    assert (len(found.faces), found.asked) == (2, 0)
    assert found.faces["score"].is_monotonic_decreasing
    assert "2 faces in the picture, numbered from the surest." in found.notes
    assert ask(clone, tmp_path / "two.png", face=2).asked == 1
    with pytest.raises(SearchError, match=r"two\.png: face 3: choose 1 to 2"):
        ask(clone, tmp_path / "two.png", face=3)
    page = write_found(ask(clone, tmp_path / "two.png", face=2), clone, tmp_path / "out").read_text()
    assert "2 faces, number 2 asks" in page


def test_a_picture_without_a_face(clone, tmp_path):
    Image.new("RGB", (200, 150), "grey").save(tmp_path / "grey.png")
    with pytest.raises(
        SearchError, match=r"grey\.png: no face was found in it, so there is none to ask with; try --view general"
    ):
        ask(clone, tmp_path / "grey.png", view="face")
    found = ask(clone, tmp_path / "grey.png")
    assert found.asked is None
    assert found.notes[0] == "No face was found in the picture: only the whole picture counts."
    whole = ask(clone, tmp_path / "grey.png", view="general")
    np.testing.assert_allclose(found.table["similarity"], 0.5 * whole.table["similarity"], atol=1e-9)
    assert "only the whole picture counts" in write_found(found, clone, tmp_path / "out").read_text()


def test_marks_by_hand_are_answered_by_mtcnn(clone, tmp_path, query):
    data = tmp_path / "faces"
    shutil.copytree(clone / "data/faces", data)
    write_json({**PREPARED, "detector": "annotations"}, data / "prepare.json")
    found = first_found(query, data, clone / "models/faces", device="cpu")
    assert found.notes[0] == "The study's faces were marked by hand; the picture's were found by mtcnn."
    write_json({"detector": "mtcnn"}, data / "prepare.json")
    with pytest.raises(SearchError, match=r"prepare\.json: does not say the face_size; `dvc repro -f faces-prepare`"):
        first_found(query, data, clone / "models/faces", device="cpu")


def test_the_pose_study_knows_no_faces(clone, query):
    found = ask(clone, query, "pose", k=2)
    assert found.view == "general"
    assert list(found.table)[-2:] == ["site", "crop_id"]
    assert found.table["path"].iloc[0] == "data/raw/paintings/a.png"
    with pytest.raises(
        SearchError,
        match="view 'face': study pose has features of whole pictures, poses and places; choose general or pose or place or both",
    ):
        ask(clone, query, "pose", view="face")
    with pytest.raises(SearchError, match="network 'vgg16': the features of study pose are of squeezenet1_0"):
        ask(clone, query, "pose", network="vgg16")


def test_a_query_is_embedded_in_the_precision_of_the_features(clone, tmp_path, query):
    data = tmp_path / "pose"
    photos = pd.read_parquet(clone / "data/pose/photos.parquet")
    write_pose_study(data, photos, clone)
    exact = first_found(query, data, tmp_path, study="pose", k=1, device="cpu").table
    recipe = json.loads((data / "features/recipe.json").read_text(encoding="utf-8"))
    write_json({**recipe, "precision": "bf16"}, data / "features/recipe.json")
    rough = first_found(query, data, tmp_path, study="pose", k=1, device="cpu").table
    off = abs(rough["similarity"] - exact["similarity"]).iloc[0]
    assert 0 < off < 0.02
    write_json({name: value for name, value in recipe.items() if name != "precision"}, data / "features/recipe.json")
    with pytest.raises(SearchError, match="does not say their precision; `dvc repro -f pose-features`"):
        first_found(query, data, tmp_path, study="pose", device="cpu")


def test_the_likability_study_is_asked_by_its_deepest_layer(clone, tmp_path, query):
    data = tmp_path / "likability"
    photos = pd.read_parquet(clone / "data/pose/photos.parquet")
    network = load_extractor("alexnet", "none", seed=1, layer="fc7")
    found, _ = extract(photos, network, root=clone, cache=None, image_size=64, batch_size=4, device="cpu")
    write_npy(found, data / "features" / "fc7.npy")
    photos.to_parquet(data / "photos.parquet")
    recipe = {
        "backbone": "alexnet",
        "weights": "none",
        "identity": "none-seed1",
        "image_size": 64,
        "batch_size": 4,
        "precision": "32",
        "seed": 1,
    }
    write_json(recipe, data / "features" / "recipe.json")
    asked = first_found(query, data, tmp_path, study="likability", k=1, device="cpu")
    assert asked.table["path"].tolist() == ["data/raw/paintings/a.png"]
    photos[:0].to_parquet(data / "photos.parquet")
    with pytest.raises(SearchError, match="study likability has no pictures"):
        first_found(query, data, tmp_path, study="likability")


def test_the_page_and_the_table_are_safe_to_open(clone, query, tmp_path):
    found = ask(clone, query, network="squeezenet1_0@none")
    page = write_found(found, clone, tmp_path / "out")
    html = page.read_text(encoding="utf-8")
    assert html.count('<img src="data:image/jpeg;base64,') == 5  # the query, and four answers
    assert "<img src=x" not in html
    assert "\x1b" not in html
    assert "&lt;img src=x onerror=alert(1)&gt;" in html
    assert "<script" not in html.lower()
    assert str(tmp_path) not in html
    assert "4 pictures like this one" in html
    assert write_found(found, clone, tmp_path / "again").read_bytes() == page.read_bytes()
    table = pd.read_csv(tmp_path / "out/search.csv", keep_default_na=False)
    assert "'=1+1" in set(table["title"])
    assert table["path"].tolist() == found.table["path"].tolist()
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["search.csv", "search.html"]


def test_a_picture_whose_file_is_gone_is_still_listed(clone, query, tmp_path):
    found = ask(clone, query, view="general")
    html = write_found(found, tmp_path / "elsewhere", tmp_path / "out").read_text()
    assert html.count('class="lk-none"') == 4


def test_the_lines_of_the_terminal(clone, query):
    lines = found_lines(ask(clone, query, view="general", k=2))
    assert lines[0].split() == ["rank", "similarity", "title", "date", "path"]
    assert len(lines) == 3
    assert lines[1].startswith("1     ")
    assert not any("\x1b" in line or "\n" in line for line in found_lines(ask(clone, query, k=4)))


def test_what_the_user_can_put_right(clone, query, tmp_path):
    (tmp_path / "none").mkdir()
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("hello")
    cases = [
        ({"image": tmp_path / "gone.jpg"}, r"gone\.jpg: no such file; give a picture"),
        ({"image": tmp_path / "none"}, "none: no picture in it; give a picture, or a folder"),
        ({"image": tmp_path / "empty.jpg"}, r"empty\.jpg: empty: "),
        ({"image": tmp_path / "text.jpg"}, r"text\.jpg: [a-z-]+: "),
        ({"image": query, "k": 0}, "k 0: ask for at least 1 picture"),
        ({"image": query, "study": "art"}, "study 'art': choose one of faces, pose, likability"),
        ({"image": query, "network": "vgg16"}, "network 'vgg16': the features of study faces are of squeezenet1_0@none, resnet18@none"),
        ({"image": query, "view": "faces"}, "view 'faces': .* choose combined or face or general"),
        ({"image": query, "view": "general", "face": 1}, "face 1: the view general looks at the whole picture"),
        ({"image": query, "face_weight": 1.5}, "face weight 1.5: choose one between 0 and 1"),
        ({"image": query, "study": "likability"}, r"photos\.parquet is missing: .*; `dvc repro likability-features`"),
    ]  # fmt: skip
    for options, message in cases:
        with pytest.raises(SearchError, match=message) as error:
            ask(clone, **options)
        assert "\n" not in str(error.value)
    with pytest.raises(SearchError, match="is a file; give a folder"):
        write_found(ask(clone, query, view="general"), clone, query)


def test_features_of_other_weights_or_of_another_run(clone, query, tmp_path):
    data = tmp_path / "pose"
    shutil.copytree(clone / "data/pose", data)
    recipe = json.loads((data / "features/recipe.json").read_text())
    write_json({**recipe, "identity": "none-seed9"}, data / "features/recipe.json")
    with pytest.raises(SearchError, match="features were made with none-seed9; `dvc repro pose-features`"):
        first_found(query, data, tmp_path, study="pose")
    write_json({}, data / "features/recipe.json")
    with pytest.raises(SearchError, match="does not say their backbone; `dvc repro -f pose-features`"):
        first_found(query, data, tmp_path, study="pose")
    (data / "features/recipe.json").unlink()
    with pytest.raises(
        SearchError, match=r"recipe\.json is missing: study pose has not been run as far; `dvc repro pose-features`"
    ):
        first_found(query, data, tmp_path, study="pose")
    shutil.copy(clone / "data/pose/features/recipe.json", data / "features/recipe.json")
    write_npy(np.zeros((3, 512), np.float32), data / "features/photo.npy")
    with pytest.raises(SearchError, match=r"photo\.npy has 3 rows for 4 pictures or faces: they are of two runs"):
        first_found(query, data, tmp_path, study="pose")


def test_a_query_on_its_side_is_read_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (60, 40)).save(tmp_path / "side.jpg", exif=exif)
    row = read_query(tmp_path / "side.jpg").iloc[0]
    assert (row["width"], row["height"]) == (40, 60)
    assert row["sha256"] == hashlib.sha256((tmp_path / "side.jpg").read_bytes()).hexdigest()


def call(clone, monkeypatch, *arguments):
    monkeypatch.chdir(clone)
    result = CliRunner().invoke(main, ["search", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_the_command_prints_a_table_and_names_the_page(clone, query, tmp_path, monkeypatch):
    status, out, err = call(
        clone, monkeypatch, "--image", str(query), "--view", "face", "--k", "1", "--out", str(tmp_path / "out")
    )
    assert (status, err) == (0, "")
    assert out.splitlines()[0].split() == ["rank", "similarity", "title", "date", "path"]
    assert out.splitlines()[1].endswith("data/raw/paintings/a.png")
    assert out.splitlines()[-1] == f"open {tmp_path / 'out' / 'search.html'}"


def test_a_folder_of_pictures_asks_with_each_and_loads_the_study_once(clone, query, tmp_path, monkeypatch):
    opened, really = [], asking_module.open_gallery
    monkeypatch.setattr(asking_module, "open_gallery", lambda *given: opened.append(1) or really(*given))
    asking = tmp_path / "asking"
    asking.mkdir()
    shutil.copy(query, asking / "one.png")
    Image.fromarray(astronaut()[:300, 40:360, ::-1]).save(asking / "two.png")
    status, out, err = call(clone, monkeypatch, "--image", str(asking), "--k", "2", "--out", str(tmp_path / "out"))
    assert (status, err, len(opened)) == (0, "", 1)
    assert [line.split("/")[-2] for line in out.splitlines() if line.startswith("open ")] == ["one", "two"]
    alone = first_found(asking / "two.png", clone / "data/faces", clone / "models/faces", k=2, device="cpu")
    written = pd.read_csv(tmp_path / "out/two/search.csv")
    assert written["similarity"].tolist() == alone.table["similarity"].round(6).tolist()
    (asking / "three.txt").write_text("no picture")
    status, out, err = call(clone, monkeypatch, "--image", str(query), "--image", str(asking))
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "three.txt" in err


def test_the_command_ends_in_one_line_where_it_cannot(clone, tmp_path, monkeypatch):
    Image.new("RGB", (200, 150), "grey").save(tmp_path / "grey.png")
    status, out, err = call(clone, monkeypatch, "--image", str(tmp_path / "grey.png"), "--view", "face")
    assert (status, out) == (1, "")
    assert (
        err
        == f"likeness: {tmp_path}/grey.png: no face was found in it, so there is none to ask with; try --view general\n"
    )
    status, out, err = call(clone, monkeypatch, "--image", str(tmp_path / "grey.png"), "--study", "likability")
    assert (status, err.count("\n")) == (1, 1)
    assert not (clone / "reports").exists()


def test_the_face_weighs_what_the_study_chose(clone, query, tmp_path):
    """It was 0.5 whatever the report had chosen."""
    data = tmp_path / "faces"
    shutil.copytree(clone / "data/faces", data)

    def weight(**options):
        found = first_found(query, data, clone / "models/faces", device="cpu", **options)
        return found.face_weight, found.table["similarity"].to_numpy(), found.notes[-1] if found.notes else ""

    unchosen, _, note = weight()
    assert (unchosen, "no weight yet" in note) == (0.5, True)
    write_face_weights({"squeezenet1_0@none": 0.7, "resnet18@none": 0.6}, data)
    chosen, similarity, note = weight()
    assert (chosen, "the study's report chose for squeezenet1_0@none" in note) == (0.7, True)
    asked, expected, note = weight(face_weight=0.7)
    assert (asked, "as asked for" in note) == (0.7, True)
    np.testing.assert_array_equal(similarity, expected)
    assert weight(network="resnet18@none")[0] == 0.6
    assert weight(view="face")[::2] == (None, "")


def test_weights_are_said_without_rounding_noise(clone, query, tmp_path):
    html = write_found(ask(clone, query, face_weight=0.9), clone, tmp_path / "out").read_text()
    assert "0.9 times the similarity of the faces plus 0.1 times" in html


def test_the_probability_of_one_person_stands_beside_the_similarity(clone, query, tmp_path):
    """The answer's closest face counts, whatever the view; a picture without a face has none, and neither has a study
    without a calibration."""
    data = tmp_path / "faces"
    shutil.copytree(clone / "data/faces", data)
    worth = SamePerson(np.array([[8.0, -4.0], [8.0, -5.0], [8.0, -3.0]]), 9, 99)
    write_same_person({"squeezenet1_0@none": worth}, data)

    def found(**options):
        return first_found(query, data, clone / "models/faces", device="cpu", **options)

    face = found(view="face").table
    expected = 1 / (1 + np.exp(4 - 8 * face["similarity"]))
    np.testing.assert_allclose(face["probability"], expected, atol=1e-9)
    assert (face["probability_low"] < face["probability"]).all()
    assert (face["probability"] < face["probability_high"]).all()
    combined = found(view="combined", k=9)
    by_path = combined.table.set_index("path")["probability"]
    np.testing.assert_allclose(by_path[face["path"]], face["probability"])
    assert by_path.isna().sum() == len(by_path) - len(face) > 0
    heading, first = found_lines(combined)[:2]
    assert "same person" in heading
    assert f"{by_path.iloc[0]:.0%} (" in first
    page = write_found(combined, clone, tmp_path / "out").read_text()
    assert page.count("one person: ") == len(face)
    assert "probability_low" in (tmp_path / "out/search.csv").read_text().splitlines()[0]
    for other in (found(view="general"), found(network="resnet18@none")):
        assert "probability" not in other.table
