import sys
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skimage.data
from PIL import Image

from likeness.album import taste
from likeness.album.curate import COLUMNS, choose
from likeness.album.files import curate_album
from likeness.album.gallery import MOST, _fair, moment_title
from likeness.album.people import leaders
from likeness.album.planted import burst
from likeness.album.wishes import CurateError, Wishes, fits, listed
from likeness.cache import Cache

sys.path.insert(0, str(Path(__file__).parents[1] / "photos"))
from photo_samples import scene

HOSTILE = "<img src=x onerror=alert(1)>.jpg"
NOON = datetime(2024, 7, 4, 12)


def picture(seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    photo = np.full((200, 280, 3), draw.integers(60, 180, 3), np.uint8)
    for _ in range(30):
        x, y, w, h = draw.integers(0, 200, 2).tolist() + draw.integers(15, 80, 2).tolist()
        photo[y : y + h, x : x + w] = draw.integers(30, 220, 3)
    return photo


def coffee() -> np.ndarray:
    return np.asarray(Image.fromarray(skimage.data.coffee()).resize((300, 200)))


def save(pixels, path: Path, at: datetime | None) -> None:
    exif = Image.Exif()
    if at:
        exif.get_ifd(0x8769)[36867] = at.strftime("%Y:%m:%d %H:%M:%S")
    Image.fromarray(pixels).save(path, quality=95, exif=exif)


@pytest.fixture(scope="module")
def album(tmp_path_factory):
    """Two dated moments with a burst in the first, an undated photo, a screenshot, a copy, a black one, no photo."""
    folder = tmp_path_factory.mktemp("trip")
    (folder / "day 2").mkdir()
    for k, (kind, pixels) in enumerate(burst(coffee(), ["noise", "defocus", "under-exposure"], seed=1)):
        save(pixels, folder / f"burst {kind}.jpg", NOON + timedelta(seconds=k))
    save(picture(1), folder / "one.jpg", NOON + timedelta(minutes=2))
    save(picture(2), folder / HOSTILE, NOON + timedelta(days=1))
    save(picture(3), folder / "day 2/=1+1.jpg", NOON + timedelta(days=1, minutes=1))
    save(picture(4), folder / "undated.jpg", None)
    save(picture(5), folder / "Screenshot 1.jpg", None)
    save(np.zeros((100, 120, 3), np.uint8), folder / "black.jpg", NOON)
    (folder / "copy.jpg").write_bytes((folder / "one.jpg").read_bytes())
    (folder / "broken.jpg").write_bytes(b"")
    return folder


def snapshot(folder):
    return [(path, path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
            for path in sorted(folder.rglob("*"))]  # fmt: skip


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return Cache(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def curated(album, cache, tmp_path_factory):
    before, out = snapshot(album), tmp_path_factory.mktemp("kept")
    found = curate_album(album, out / "out", Wishes(keep=3), copy_to=out / "copies", xmp=True, cache=cache)
    assert snapshot(album) == before
    return found, out


def test_every_file_found_has_a_row_and_a_reason(curated):
    table = curated[0].table.set_index("path")
    assert len(table) == 12
    assert (table["state"] == "kept").sum() == 3
    assert table["reason"].str.len().gt(0).all()
    assert table.loc["black.jpg", "reason"] == "nearly black"
    assert table.loc["Screenshot 1.jpg", "reason"] == "a screenshot"
    assert table.loc["one.jpg", "reason"].startswith("exact-duplicate") or table.loc["copy.jpg", "state"] != "refused"
    assert table.loc["broken.jpg", "reason"].startswith("empty")


def test_a_burst_is_one_choice_and_its_best_frame_is_the_untouched_one(curated):
    table = curated[0].table.set_index("path")
    frames = table[table.index.str.startswith("burst ")]
    assert len(set(frames["burst"])) == 1
    assert frames.loc["burst noise.jpg", "reason"] == "grainy; burst untouched.jpg is the better frame"
    assert (frames["state"] == "another frame is kept").sum() == 3
    assert frames.loc["burst untouched.jpg", "state"] in ("kept", "could have been kept")


def test_moments_are_told_in_the_order_they_were_taken_with_undated_ones_last(curated):
    table = curated[0].table.set_index("path")
    assert table["moment"].dropna().nunique() >= 3
    assert (
        table.loc["one.jpg" if table.loc["one.jpg", "state"] != "refused" else "copy.jpg", "moment"]
        == table.loc["burst noise.jpg", "moment"]
    )
    assert table.loc[HOSTILE, "moment"] == table.loc["day 2/=1+1.jpg", "moment"]
    kept = table[table["state"] == "kept"]
    assert kept["moment"].nunique() == 3
    assert kept["taken"].dropna().is_monotonic_increasing
    page = (curated[1] / "out/gallery.html").read_text(encoding="utf-8")
    assert "Thursday 4 July 2024" in page
    assert "<img src=x" not in page
    assert "as far as files say" in page


def test_copies_ratings_and_a_table_that_a_spreadsheet_may_open(curated, album):
    found, out = curated
    kept = found.table.loc[found.table["state"] == "kept", "path"]
    for path in kept:
        assert (out / "copies" / path).read_bytes() == (album / path).read_bytes()
        assert 'xmp:Rating="5"' in (out / "copies" / f"{path}.xmp").read_text(encoding="utf-8")
    assert len([path for path in (out / "copies").rglob("*") if path.is_file()]) == 6
    written = pd.read_csv(out / "out/choices.csv", keep_default_na=False)
    assert list(written) == COLUMNS
    assert {"day 2/=1+1.jpg", HOSTILE} <= set(written["path"])


def test_the_same_album_gives_the_same_bytes(album, cache, curated, tmp_path):
    curate_album(album, tmp_path / "out", Wishes(keep=3), cache=cache)
    for name in ("gallery.html", "choices.csv"):
        assert (tmp_path / "out" / name).read_bytes() == (curated[1] / "out" / name).read_bytes()
    assert not (tmp_path / "out/xmp").exists()


def test_must_never_and_aspect(album, cache, tmp_path):
    (tmp_path / "must.txt").write_text("burst noise.jpg\n\n")
    (tmp_path / "never.txt").write_text(f"{HOSTILE}\nday 2/=1+1.jpg\n")
    wishes = Wishes(keep=2, must=tmp_path / "must.txt", never=tmp_path / "never.txt")
    table = choose(album, wishes, cache=cache).table.set_index("path")
    assert table.loc["burst noise.jpg", "state"] == "kept"
    assert "you asked for it" in table.loc["burst noise.jpg", "reason"]
    assert table.loc["burst untouched.jpg", "state"] == "another frame is kept"
    assert table.loc[[HOSTILE, "day 2/=1+1.jpg"], "reason"].eq("you asked never to keep it").all()
    upright = choose(album, Wishes(keep=3, aspect="portrait"), cache=cache)
    assert upright.picked.photos == []
    sizes = pd.Series([100, 100, 100]), pd.Series([200, 100, 50])
    assert [fits(*sizes, aspect).tolist() for aspect in ("portrait", "square", "landscape", "any")] == [
        [True, False, False], [False, True, False], [False, False, True], [True, True, True]]  # fmt: skip


def test_lists_that_name_no_photo_or_two(tmp_path):
    paths = pd.Series(["a/x.jpg", "b/x.jpg", "y.jpg"])
    file = tmp_path / "must.txt"
    file.write_text("y.jpg\na/x.jpg\n")
    assert listed(file, paths) == [2, 0]
    for line, message in (("z.jpg", "no photo of the album"), ("x.jpg", "the name of 2 photos; write the path")):
        file.write_text(f"y.jpg\n{line}\n")
        with pytest.raises(CurateError, match=f"must.txt, line 2: {line}: {message}"):
            listed(file, paths)


def test_what_the_user_can_put_right(album, tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words/a.txt").write_text("hello")
    for folder, output, message in (
        (tmp_path / "gone", tmp_path / "o", "gone: no such folder"),
        (album / "one.jpg", tmp_path / "o", "is a file, not a folder"),
        (tmp_path / "words", tmp_path / "o", "no photo in it; 1 files were refused"),
        (album, album / "best", "lies inside the album, which is only read"),
        (album, album / "one.jpg", "is a file; give a folder"),
    ):
        with pytest.raises(CurateError, match=message) as error:
            curate_album(folder, output, Wishes())
        assert "\n" not in str(error.value)
    linked = tmp_path / "linked"
    linked.mkdir()
    (linked / "trip").symlink_to(album)
    with pytest.raises(CurateError, match="lies inside the album"):
        curate_album(linked, tmp_path / "o", Wishes(), copy_to=album / "best")
    for wrong in ({"keep": 0}, {"per_moment": 0}, {"aspect": "wide"}):
        with pytest.raises(CurateError):
            Wishes(**wrong)
    assert not (tmp_path / "o").exists()


def test_another_file_in_the_place_of_a_copy_stays(album, cache, tmp_path):
    table = choose(album, Wishes(keep=1), cache=cache).table
    path = table.loc[table["state"] == "kept", "path"].iloc[0]
    (tmp_path / "copies" / path).parent.mkdir(parents=True)
    (tmp_path / "copies" / path).write_text("mine")
    with pytest.raises(CurateError, match="is there already and is another file"):
        curate_album(album, tmp_path / "out", Wishes(keep=1), copy_to=tmp_path / "copies", cache=cache)
    assert (tmp_path / "copies" / path).read_text() == "mine"


def test_a_model_of_drawn_posts_judges_no_real_album(tmp_path):
    recipe = dict.fromkeys(taste.RECIPE, "x") | {"posts": "data/raw/demo-likability/images"}
    with pytest.raises(CurateError, match="fitted to the demo's drawn posts"):
        taste.refuse_demo(Path("m.npz"), recipe, tmp_path / "holiday")
    taste.refuse_demo(Path("m.npz"), recipe, tmp_path / "demo-likability/images")
    taste.refuse_demo(Path("m.npz"), recipe | {"posts": "data/raw/mine"}, tmp_path / "holiday")
    with pytest.raises(CurateError, match="does not say its posts"):
        taste.refuse_demo(Path("m.npz"), {name: "x" for name in taste.RECIPE if name != "posts"}, tmp_path)


def test_raws_live_photos_sidecars_and_films_are_no_photos_of_the_album(cache, tmp_path):
    copy = tmp_path / "album"
    copy.mkdir()
    for k in range(3):
        save(picture(10 + k), copy / f"DSC_{k}.JPG", None)
        scene(k).save(copy / f"DSC_{k}.NEF", format="TIFF")
        (copy / f"DSC_{k}.MOV").write_bytes(b"\0\0\0\x14ftypqt  ")
        (copy / f"DSC_{k}.xmp").write_text("<x/>")
    found = curate_album(copy, tmp_path / "out", Wishes(keep=3), cache=cache)
    assert sorted(found.table["path"]) == ["DSC_0.JPG", "DSC_1.JPG", "DSC_2.JPG"]
    page = (tmp_path / "out/gallery.html").read_text(encoding="utf-8")
    assert "6 raws or films of a photo beside them" in page
    assert "the order of their names, since no file says when it was taken" in page


def test_thumbnails_are_shared_out_and_titles_are_days():
    assert _fair([500, 3, 40], MOST) == [157, 3, 40]
    assert sum(_fair([500, 500, 500], MOST)) <= MOST
    taken = pd.DataFrame({"taken": [NOON, NOON + timedelta(minutes=40)], "name": ["a", "b"]})
    assert moment_title(taken) == "Thursday 4 July 2024, 12:00 to 12:40"
    assert moment_title(taken.assign(taken=pd.NaT)) == "From a on"
    assert moment_title(taken.assign(taken=[NOON, NOON + timedelta(days=2)])) == "Thursday 4 July 2024 to 6 July 2024"


def test_faces_of_one_person_are_one_cluster():
    draw = np.random.default_rng(0)
    people = draw.normal(size=(3, 64))
    vectors = np.concatenate([people[[0, 1, 0, 2, 1, 0]] + 0.1 * draw.normal(size=(6, 64))])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert leaders(vectors.astype(np.float32)).tolist() == [0, 1, 0, 2, 1, 0]
