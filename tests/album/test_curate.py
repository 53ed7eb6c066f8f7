import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageFilter

from likeness.album.curate import COLUMNS, CurateError, album_features, curate_album, curate_or_say_why, group_numbers
from likeness.album.curator import CuratorMissing, fit_curator, load_curator, write_curator
from likeness.cache import Cache
from likeness.features.backbones import load_backbone
from likeness.features.colour import NAMES
from likeness.photos.manifest import build_manifest
from likeness.photos.readers import read_flat
from likeness.report.tables import safe_cells

sys.path.insert(0, str(Path(__file__).parents[1] / "photos"))
from photo_samples import scene

HOSTILE = "<img src=x onerror=alert(1)>.jpg"


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    """Six scenes, a smaller copy of one, a blurred one, a byte copy, and a file that is no photo."""
    folder = tmp_path_factory.mktemp("trip")
    (folder / "day 2").mkdir()
    rng = np.random.default_rng(0)
    for k, name in enumerate(["a.jpg", "b.jpg", "day 2/b.jpg", "=1+1.jpg", HOSTILE, "f.png"]):
        image = scene(k, (320, 240)).convert("RGB")
        noisy = np.clip(np.asarray(image, float) + rng.normal(0, 25, (240, 320, 3)), 0, 255).astype(np.uint8)
        Image.fromarray(noisy).save(folder / name)
    with Image.open(folder / "a.jpg") as photo:
        photo.resize((288, 216)).save(folder / "a small.jpg")
    scene(50).filter(ImageFilter.GaussianBlur(6)).save(folder / "soft.jpg")
    (folder / "copy.jpg").write_bytes((folder / "b.jpg").read_bytes())
    (folder / "broken.jpg").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def model(album, tmp_path_factory):
    photos, _ = build_manifest(read_flat(album), album)
    network = load_backbone("squeezenet1_0", "none", seed=1, image_size=64)
    recipe = {"backbone": "squeezenet1_0", "weights": "none", "identity": network.weights, "layer": "pool", "image_size": 64,
              "batch_size": 4, "precision": "32", "seed": 1, "colours": list(NAMES)}  # fmt: skip
    sets = album_features(photos, album, recipe, cache=None)
    liked = np.arange(len(photos)) % 2 == 0
    curator = fit_curator(sets, liked, np.arange(len(photos)).astype(str), members=5, seed=0, recipe=recipe)
    return curator.save(tmp_path_factory.mktemp("model") / "curator.npz")


def snapshot(folder):
    return [(path, path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in sorted(folder.rglob("*"))]  # fmt: skip


@pytest.fixture(scope="module")
def curated(album, model, tmp_path_factory):
    """Three photos kept: the table of choices, the folder that was written, and the album as it was before."""
    before, out = snapshot(album), tmp_path_factory.mktemp("kept") / "out"
    return curate_album(album, model, out, keep=3, cache=Cache(out.parent / "cache")), out, before


def test_every_file_found_is_in_the_table_and_the_album_is_only_read(album, curated):
    table, out, before = curated
    assert snapshot(album) == before
    assert sorted(table["path"]) == sorted(read_flat(album)["path"].str.removeprefix(f"{album}/"))
    assert table["chosen"].sum() == 3
    assert table["rank"].tolist()[:3] == [1, 2, 3]
    told = table.dropna(subset=["score"])
    assert ((told["low"] <= told["score"]) & (told["score"] <= told["high"])).all()
    assert sorted(path.name for path in out.iterdir()) == ["choices.csv", "gallery.html"]


def test_every_file_has_its_reason(curated):
    by_path = curated[0].set_index("path")
    reason = by_path["reason"]
    assert reason["a small.jpg"].startswith("left out: near-duplicate of a.jpg, which ")
    assert by_path.loc["a small.jpg", "near_duplicates"] == by_path.loc["a.jpg", "near_duplicates"] != ""
    assert reason["soft.jpg"].startswith("left out: blurred (sharpness ")
    assert reason["copy.jpg"] == "refused: exact-duplicate, b.jpg"
    assert reason["broken.jpg"].startswith("refused: empty")
    assert by_path.loc["day 2/b.jpg", "name"] == "day 2/b.jpg"  # two photos are called b.jpg


def test_the_same_album_gives_the_same_bytes(album, model, curated, tmp_path):
    curate_album(album, model, tmp_path, keep=3)
    for name in ("gallery.html", "choices.csv"):
        assert (tmp_path / name).read_bytes() == (curated[1] / name).read_bytes()


def test_a_relative_album_is_read_too(album, model, tmp_path, monkeypatch):
    monkeypatch.chdir(album.parent)
    assert len(curate_album(Path(album.name), model, tmp_path / "out", keep=99)) == 10
    assert "You asked for 99" in (tmp_path / "out/gallery.html").read_text()


def test_the_table_is_safe_in_a_spreadsheet_and_the_page_in_a_browser(curated):
    written = pd.read_csv(curated[1] / "choices.csv", keep_default_na=False)
    assert list(written) == COLUMNS
    assert {"'=1+1.jpg", HOSTILE} <= set(written["path"])
    assert "<img src=x" not in (curated[1] / "gallery.html").read_text(encoding="utf-8")


def test_cells_that_a_spreadsheet_would_compute():
    table = pd.DataFrame({"path": ["=a", "+a", "-a", "@a", "\ta", "a=b"], "score": [-1.0] * 6})
    assert safe_cells(table)["path"].tolist() == ["'=a", "'+a", "'-a", "'@a", "'\ta", "a=b"]
    assert safe_cells(table)["score"].tolist() == [-1.0] * 6


def test_groups_are_numbered_as_they_are_met():
    assert group_numbers(pd.Series(["x", "y", "z", "y", "x"])) == ["1", "2", "", "2", "1"]


def test_what_the_user_can_put_right(album, model, tmp_path):
    empty, words = tmp_path / "empty", tmp_path / "words"
    empty.mkdir()
    words.mkdir()
    (words / "a.txt").write_text("hello")
    for folder, output, keep, message in (
        (tmp_path / "gone", tmp_path / "o", 3, "gone: no such folder"),
        (model, tmp_path / "o", 3, "is a file, not a folder"),
        (empty, tmp_path / "o", 3, "no photo in it"),
        (words, tmp_path / "o", 3, "no photo in it; 1 files were refused, the first is a.txt: "),
        (album, album / "best", 3, "lies inside the album, which is only read"),
        (album, album, 3, "lies inside the album"),
        (album, model, 3, "is a file; give a folder"),
        (album, tmp_path / "o", 0, "keep 0, diversity 0.5: keep at least 1 photo"),
    ):
        with pytest.raises(CurateError, match=message) as error:
            curate_album(folder, model, output, keep=keep)
        assert "\n" not in str(error.value)
    for diversity in (-1, float("nan")):
        with pytest.raises(CurateError, match="diversity at least 0"):
            curate_album(album, model, tmp_path / "o", keep=3, diversity=diversity)
    with pytest.raises(CuratorMissing, match="dvc repro likability-classify"):
        curate_album(album, tmp_path / "none.npz", tmp_path / "o", keep=3)
    assert not (tmp_path / "o").exists()


def test_where_there_is_no_model_the_reason_is_handed_on(album, model, tmp_path):
    write_curator(None, tmp_path / "models", "no pictures")
    place = tmp_path / "models" / "curator.npz"
    assert curate_or_say_why(album, place, tmp_path / "out", keep=3) == (None, "no pictures")
    assert (tmp_path / "out/none.txt").read_text() == "no pictures\n"
    table, why = curate_or_say_why(album, model, tmp_path / "out", keep=1)
    assert (table["chosen"].sum(), why) == (1, "")


def test_a_folder_that_the_album_links_to_is_only_read_too(album, model, tmp_path):
    linked = tmp_path / "album"
    linked.mkdir()
    (linked / "trip").symlink_to(album)
    with pytest.raises(CurateError, match="a folder that the album links to"):
        curate_album(linked, model, album / "best", keep=3)


def test_a_model_made_of_other_features(album, model):
    recipe = load_curator(model).recipe | {"identity": "none-seed9"}
    with pytest.raises(CurateError, match=r"weights are now none-seed1, and .* on those of none-seed9"):
        album_features(pd.DataFrame(), album, recipe, cache=None)
    del recipe["layer"]
    with pytest.raises(CurateError, match="does not say its layer"):
        album_features(pd.DataFrame(), album, recipe, cache=None)


def test_raws_live_photos_sidecars_and_device_folders_are_no_photos_of_the_album(album, model, tmp_path):
    """RAW beside JPEG: the thumbnail in the raw, or that of a network drive, is never kept in the photo's place."""
    copy = tmp_path / "album"
    copy.mkdir()
    for k in range(3):
        scene(k, (320, 240)).save(copy / f"DSC_{k}.JPG", format="JPEG")
        scene(k).save(copy / f"DSC_{k}.NEF", format="TIFF")
        (copy / f"DSC_{k}.MOV").write_bytes(b"\0\0\0\x14ftypqt  ")
        (copy / f"DSC_{k}.xmp").write_text("<x/>")
        small = copy / f"@eaDir/DSC_{k}.JPG/SYNOPHOTO_THUMB_XL.jpg"
        small.parent.mkdir(parents=True)
        scene(k).save(small)
    scene(9).save(copy / "alone.NEF", format="TIFF")
    table = curate_album(copy, model, tmp_path / "out", keep=3)
    assert sorted(table["path"]) == ["DSC_0.JPG", "DSC_1.JPG", "DSC_2.JPG", "alone.NEF"]
    assert not table.set_index("path").loc["alone.NEF", "chosen"]
    page = (tmp_path / "out/gallery.html").read_text(encoding="utf-8")
    assert "3 sidecars (3 .xmp)" in page
    assert "6 raws or films of a photo beside them" in page
    assert "1 left by devices and programs (1 @eaDir)" in page
