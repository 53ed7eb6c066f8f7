import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from likeness.errors import LayoutError
from likeness.photos.readers import fill_dates, known_dates, read_dates, read_flat, read_sites, unfit_dates


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_sites_layout(tmp_path):
    put(tmp_path, "Rome/wave/b.jpg", "Rome/wave/a.JPG", "Rome/_zz/c.png", "Oslo/jump up/d.webp")
    found = read_sites(tmp_path)
    assert [Path(path).name for path in found["path"]] == ["d.webp", "c.png", "a.JPG", "b.jpg"]
    assert found["site"].tolist() == ["Oslo", "Rome", "Rome", "Rome"]
    assert found["pose"].fillna("-").tolist() == ["jump up", "-", "wave", "wave"]
    assert found["arrangement"].fillna("-").tolist() == ["Oslo/jump up", "-", "Rome/wave", "Rome/wave"]


def test_whatever_stands_where_a_photo_should_is_listed(tmp_path):
    put(tmp_path, "Rome/wave/a.jpg", "Rome/wave/no-suffix", "Rome/wave/notes.txt", "Rome/wave/clip.mp4")
    put(tmp_path, "Rome/wave/.hidden.jpg", "Rome/wave/dates.csv", "Rome/wave/joints.json", "Rome/wave/Thumbs.db")
    put(tmp_path, "dates.csv", "README.md", "Rome/about.txt", ".git/x/a.jpg")
    (tmp_path / "Rome/wave/broken.jpg").symlink_to("nowhere")
    names = [Path(path).name for path in read_sites(tmp_path)["path"]]
    assert names == ["a.jpg", "broken.jpg", "clip.mp4", "no-suffix", "notes.txt"]


def test_sites_and_poses_are_one_however_their_letters_are_encoded(tmp_path):
    put(tmp_path, unicodedata.normalize("NFD", "Zürich/öffnen/a.jpg"), "Zürich/öffnen/b.jpg")
    found = read_sites(tmp_path)
    assert len(found) == 2
    assert found["arrangement"].unique().tolist() == ["Zürich/öffnen"]


@pytest.mark.parametrize("misplaced", ["a.jpg", "Rome/a.jpg", "Rome/wave/more/a.jpg", "Rome/a.NEF", "Rome/a.jxl"])
def test_photo_at_another_depth_is_an_error_not_a_loss(tmp_path, misplaced):
    put(tmp_path, "Rome/wave/b.jpg", misplaced)
    with pytest.raises(LayoutError, match=r"a photo outside a pose folder; the layout must be <folder>/<site>/<pose>"):
        read_sites(tmp_path)


@pytest.mark.parametrize("read", [read_sites, read_flat])
def test_missing_and_empty_folders(tmp_path, read):
    put(tmp_path, "table.csv", "empty/x/y/.hidden")
    with pytest.raises(LayoutError, match="no such folder"):
        read(tmp_path / "gone")
    with pytest.raises(LayoutError, match="is a file"):
        read(tmp_path / "table.csv")
    with pytest.raises(LayoutError, match="no photo in it") as caught:
        read(tmp_path / "empty")
    assert "\n" not in str(caught.value)


def test_flat_layout_lists_every_depth_sorted(tmp_path):
    put(tmp_path, "joints.csv", "images/b.jpg", "images/a.jpg", "c.pgm", "s1/1.pgm")
    found = read_flat(tmp_path)
    assert found.columns.tolist() == ["path"]
    assert [Path(p).relative_to(tmp_path).as_posix() for p in found["path"]] == [
        "c.pgm",
        "images/a.jpg",
        "images/b.jpg",
        "s1/1.pgm",
    ]


def test_linked_folders_are_followed(tmp_path):
    put(tmp_path, "elsewhere/a.jpg")
    (tmp_path / "flat").mkdir()
    (tmp_path / "flat/images").symlink_to(tmp_path / "elsewhere")
    assert read_flat(tmp_path / "flat")["path"].tolist() == [f"{tmp_path.as_posix()}/flat/images/a.jpg"]


def test_dates_are_read_and_put_before_exif(tmp_path):
    (tmp_path / "dates.csv").write_text(
        "path,date\na.jpg,2015-06-01\nRome/wave/b.jpg,2016-01-02T03:04:05\nx.jpg,2001-01-01\n"
    )
    dates = read_dates(tmp_path / "dates.csv")
    photos = pd.DataFrame({"path": ["raw/Oslo/wave/a.jpg", "raw/Oslo/wave/b.jpg", "raw/Rome/wave/b.jpg"]})
    photos["taken_at"] = pd.to_datetime(["2020-01-01", "2020-01-02", None]).astype("datetime64[us]")
    filled = fill_dates(photos, dates)
    assert filled.dtype == "datetime64[us]"
    assert filled.astype(str).tolist() == ["2015-06-01 00:00:00", "2020-01-02 00:00:00", "2016-01-02 03:04:05"]
    assert photos["taken_at"].iloc[0] == pd.Timestamp("2020-01-01")  # the input is untouched


def test_a_date_that_fits_several_photos_is_refused(tmp_path):
    (tmp_path / "dates.csv").write_text("path,date\na.jpg,2015-06-01\n")
    photos = pd.DataFrame({"path": ["x/a.jpg", "y/a.jpg"], "taken_at": pd.to_datetime([None, None])})
    with pytest.raises(ValueError, match=r"'a\.jpg' fits 2 photos"):
        fill_dates(photos, read_dates(tmp_path / "dates.csv"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("path,date\na.jpg,2015-06-01\nb.jpg,yesterday\n", r"dates\.csv, line 3: 'yesterday' is no ISO date"),
        ("path,date\na.jpg,2015-06-01\na.jpg,2015-06-02\n", r"dates\.csv, line 3: 'a\.jpg' names a photo again"),
        ("path,date\na.jpg,2015-06-01,x\n", r"dates\.csv, line 2: not two cells"),
        ('path,date\n"a.jpg,2015-06-01\n', r"dates\.csv, row 2: a quote"),
        ("", r"dates\.csv: is empty"),
        ("name,when\na.jpg,2015-06-01\n", r"dates\.csv: columns name, when; give exactly path,date"),
    ],
)
def test_bad_dates_name_file_and_line(tmp_path, text, fault):
    (tmp_path / "dates.csv").write_text(text)
    with pytest.raises(ValueError, match=fault):
        read_dates(tmp_path / "dates.csv")


ZONES = "path,date\na.jpg,2015-06-01T12:00:00Z\nb.jpg,2015-06-01T12:00:00+02:00\nc.jpg,2015-06-01\nd.jpg,2015:06:01 12:30:05\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_dates_with_a_zone_are_utc_in_any_table(tmp_path, encoding, separator):
    (tmp_path / "dates.csv").write_text(ZONES.replace(",", separator), encoding=encoding)
    dates = read_dates(tmp_path / "dates.csv")
    assert dates["date"].dtype == "datetime64[us]"
    assert dates["date"].astype(str).tolist() == [
        "2015-06-01 12:00:00",
        "2015-06-01 10:00:00",
        "2015-06-01 00:00:00",
        "2015-06-01 12:30:05",
    ]


def test_dates_find_names_whatever_their_letters_and_list_what_fits_nothing(tmp_path):
    name = "Müller.jpg"
    put(tmp_path, unicodedata.normalize("NFD", name), "b.JPG")
    found = read_flat(tmp_path)
    photos = found.assign(taken_at=pd.to_datetime([None, None]).astype("datetime64[us]"))
    (tmp_path / "dates.csv").write_text(
        f"path,date\n{name},2015-06-01\ngone.jpg,2015-06-02\nb.jpg,2015-06-03\n", encoding="utf-8"
    )
    assert known_dates(photos, tmp_path)[found["path"].str.contains("ller")].tolist() == [pd.Timestamp("2015-06-01")]
    assert unfit_dates(found, tmp_path) == ["gone.jpg", "b.jpg (there is b.JPG)"]
    assert unfit_dates(found, tmp_path / "elsewhere") == []


def test_dates_that_fit_no_photo_at_all_are_an_error(tmp_path):
    put(tmp_path, "a.jpg")
    (tmp_path / "dates.csv").write_text("path,date\nx.jpg,2015-06-01\n")
    photos = read_flat(tmp_path).assign(taken_at=pd.to_datetime([None]))
    with pytest.raises(
        LayoutError, match=r"dates\.csv: none of its 1 names fits a photo, such as 'x\.jpg'; here is .*a\.jpg"
    ):
        known_dates(photos, tmp_path)
    photos = photos.head(0)  # it was refused: its date is no error
    (tmp_path / "dates.csv").write_text("path,date\na.jpg,2015-06-01\n")
    assert known_dates(photos, tmp_path).empty
