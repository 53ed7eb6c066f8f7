"""The museum's tables and pictures, in the layout that the faces study reads."""

import shutil
from pathlib import Path

import pytest
from aiohttp import web
from collected import invoke, send, table

from likeness.photos.museum import read_museum

OBJECTS = "objectid,accessioned,title,displaydate,attribution\n" + "".join(
    f'{number},1,"Painting, {number}",c. 16{number},Painter {number % 2}\n' for number in range(10, 20)
)


@pytest.fixture
def museum(server, picture):
    """Objects 10 to 19: 10 to 17 painted, 16 without a picture, 17 not open; 18 a frame only; 19 twice measured."""
    dimensions = "objectid,element,dimensiontype,dimension\n"
    dimensions += "".join(
        f"{number},{'Painted Surface' if number < 18 else 'frame'},height,1\n" for number in range(10, 20)
    )
    published = "uuid,iiifurl,iiifthumburl,viewtype,sequence,width,height,maxpixels,openaccess,depictstmsobjectid\n"
    for number in (*range(10, 16), 17, 18, 19):
        is_open = int(number != 17)
        published += f"u{number},{server.url}/iiif/u{number},x,primary,0,9,9,,{is_open},{number}\n"
        published += f"d{number},{server.url}/iiif/d{number},x,alternate,0,9,9,,{is_open},{number}\n"
    server.tables = {"objects.csv": OBJECTS, "objects_dimensions.csv": dimensions, "published_images.csv": published}
    for name in server.tables:
        server.routes[f"/data/{name}"] = lambda request, name=name: web.Response(text=server.tables[name])
    for number in range(10, 20):
        server.routes[f"/iiif/u{number}/full/!200,200/0/default.jpg"] = send(picture(number, size=(64, 48)))
    return server


@pytest.fixture
def run(museum, tmp_path, monkeypatch):
    monkeypatch.setenv("LIKENESS_NGA_URL", f"{museum.url}/data")

    def command(*words: str, status: int = 0, out: str = "nga"):
        fixed = ("--out", tmp_path / out, "--allow-private", "--size", 200, "--rate", 500, "--attempts", 3)
        return invoke("collect", "nga", *fixed, *words, status=status)

    return command


def pictures(folder: Path) -> list[str]:
    return sorted(file.name for file in (folder / "images").iterdir())


def test_the_study_reads_what_was_collected(museum, run, tmp_path):
    result = run("--limit", "0")
    assert result.output.startswith("6 pictures in")
    assert pictures(tmp_path / "nga") == [f"{number}.jpg" for number in range(10, 16)]
    found, left_out = read_museum(tmp_path / "nga")
    assert found["object_id"].tolist() == [str(number) for number in range(10, 16)]
    assert found["title"].tolist()[0] == "Painting, 10"
    assert found["artist"].tolist()[1] == "Painter 1"
    assert len(left_out) == 0
    published = table(tmp_path / "nga/published_images.csv")
    assert {row["depictstmsobjectid"] for row in published} == {str(number) for number in range(10, 16)}
    assert museum.log[0][2]["User-Agent"].startswith("likeness/")


def test_a_larger_limit_contains_the_smaller(museum, run, tmp_path):
    run("--limit", "2")
    two = pictures(tmp_path / "nga")
    asked = len(museum.log)
    run("--limit", "4")
    assert set(two) < set(pictures(tmp_path / "nga"))
    assert len(pictures(tmp_path / "nga")) == 4
    assert len(museum.log) == asked + 2  # no table, and no picture, twice
    run("--limit", "2")
    assert pictures(tmp_path / "nga") == two


def test_a_picture_whose_file_is_gone_is_fetched_again(museum, run, tmp_path):
    run("--limit", "0")
    asked = len(museum.log)
    (tmp_path / "nga/images/12.jpg").unlink()
    run("--limit", "0")
    assert len(museum.log) == asked + 1
    shutil.rmtree(tmp_path / "nga")
    run("--limit", "0")
    assert len(museum.log) == asked + 7  # the pictures; the tables lie in the state
    assert pictures(tmp_path / "nga") == [f"{number}.jpg" for number in range(10, 16)]


def test_other_settings_need_another_folder(run):
    run("--limit", "1")
    assert "another --element or --size" in run("--element", "frame", status=1).output


def test_an_element_that_nothing_has(run):
    assert "no object with the element 'gold'" in run("--element", "gold", status=1).output


def test_a_picture_that_is_none_is_listed(museum, run, tmp_path, picture):
    museum.routes["/iiif/u12/full/!200,200/0/default.jpg"] = send(picture(1, "PNG"), "image/png")
    del museum.routes["/iiif/u13/full/!200,200/0/default.jpg"]
    run("--limit", "0")
    failures = [(row["objectid"], row["why"]) for row in table(tmp_path / "nga/failed.csv")]
    assert failures == [("12", "is .png, though a JPEG was asked for"), ("13", "the server answers 404")]


def test_a_table_that_changed_is_one_line(museum, run):
    museum.tables["published_images.csv"] = "uuid,link\n"
    result = run(status=1)
    assert result.output.count("\n") == 1
    assert "no column 'iiifurl'; it has uuid, link" in result.output


def test_a_table_that_is_gone_is_one_line(museum, run, tmp_path):
    del museum.routes["/data/objects_dimensions.csv"]
    assert "objects_dimensions.csv: cannot be had: the server answers 404" in run(status=1).output
    assert [file.name for file in (tmp_path / "nga").iterdir() if file.suffix == ".csv"] == []
    assert list((tmp_path / "nga.state").glob("*.partial")) == []


def test_an_object_id_that_is_none_names_no_file(museum, run, tmp_path):
    evil = "../../evil"
    museum.tables["objects_dimensions.csv"] += f"{evil},painted surface,height,1\n"
    museum.tables["published_images.csv"] += f"e,{museum.url}/iiif/u10,x,primary,0,9,9,,1,{evil}\n"
    run("--limit", "0")
    assert not list(tmp_path.rglob("evil*"))
