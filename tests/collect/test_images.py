"""Pictures of a table: stored once, under names of our own, with everything that failed listed."""

import hashlib
import io
import os
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path

import pandas as pd
import pytest
from aiohttp import web
from collected import invoke, send, table, tree
from loopback import in_turn
from PIL import Image

from likeness_collect.images import plan
from likeness_collect.store import Store
from likeness_collect.tables import column


@pytest.fixture
def run(tmp_path):
    def command(*words: str, table: str = "table.csv", status: int = 0):
        fixed = ("--url-column", "url", "--out", tmp_path / "out", "--attempts", 4)
        return invoke("collect", "images", tmp_path / table, *fixed, *words, status=status)

    return command


def write(path: Path, *urls: str) -> None:
    pd.DataFrame({"id": range(len(urls)), "url": urls}).to_csv(path / "table.csv", index=False)


def test_pictures_and_their_table(server, run, tmp_path, picture):
    server.routes["/a"] = send(picture(1))
    server.routes["/b"] = send(picture(2, "PNG", (7, 9)), "image/png")
    server.routes["/same"] = send(picture(1))
    write(tmp_path, *(f"{server.url}/{name}" if name else "" for name in ("a", "b", "same", "a", "", "none")))
    result = run("--allow-private")
    assert result.output.startswith("3 pictures of 6 rows in")
    rows = table(tmp_path / "out/images.csv")
    assert [row["row"] for row in rows] == ["0", "1", "2", "3"]
    sha = hashlib.sha256(picture(1)).hexdigest()
    assert rows[0]["file"] == rows[2]["file"] == rows[3]["file"] == f"images/{sha[:2]}/{sha}.jpg"
    assert rows[0]["sha256"] == sha
    assert (rows[1]["width"], rows[1]["height"], Path(rows[1]["file"]).suffix) == ("7", "9", ".png")
    assert (tmp_path / "out" / rows[0]["file"]).read_bytes() == picture(1)
    assert len(tree(tmp_path / "out/images")) == 2
    assert server.count("/a") == 1
    failures = [(row["row"], row["why"]) for row in table(tmp_path / "out/failed.csv")]
    assert failures == [("4", "no address in this row"), ("5", "the server answers 404")]


def test_a_second_run_fetches_nothing_and_changes_nothing(server, run, tmp_path, picture):
    server.routes["/a"] = send(picture(1))
    write(tmp_path, f"{server.url}/a", f"{server.url}/none")
    run("--allow-private")
    before, asked = tree(tmp_path / "out"), len(server.log)
    run("--allow-private")
    assert (tree(tmp_path / "out"), len(server.log)) == (before, asked)
    write(tmp_path, f"{server.url}/none", f"{server.url}/a", f"{server.url}/a")  # another order, a row more
    run("--allow-private")
    assert [row["row"] for row in table(tmp_path / "out/images.csv")] == ["1", "2"]
    assert len(server.log) == asked


def test_a_picture_whose_file_is_gone_is_fetched_again(server, run, tmp_path, picture):
    for number in (1, 2, 3):
        server.routes[f"/{number}"] = send(picture(number))
    urls = [f"{server.url}/{number}" for number in (1, 2, 3)]
    write(tmp_path, *urls)
    run("--allow-private")
    before, asked = tree(tmp_path / "out"), len(server.log)
    (tmp_path / "out" / table(tmp_path / "out/images.csv")[1]["file"]).unlink()
    run("--allow-private")
    assert tree(tmp_path / "out") == before
    assert [path for _, path, _ in server.log[asked:]] == ["/2"]
    shutil.rmtree(tmp_path / "out")
    del server.routes["/3"]
    write(tmp_path, *urls[1:])  # the first is in no row any more, and not asked for
    run("--allow-private")
    assert sorted(path for _, path, _ in server.log[asked + 1 :]) == ["/2", "/3"]
    assert [row["row"] for row in table(tmp_path / "out/images.csv")] == ["0"]
    assert len(tree(tmp_path / "out/images")) == 1
    assert [(row["row"], row["why"]) for row in table(tmp_path / "out/failed.csv")] == [("1", "the server answers 404")]


@pytest.mark.parametrize(
    ("body", "content_type", "why"),
    [
        (b"<html>no picture</html>", "image/jpeg", "disguised: holds a web page"),
        (b"\x7fELF" + bytes(500), "image/png", "disguised: holds a program"),
        (b"%PDF-1.4 x", "application/pdf", "disguised: holds a PDF"),
        (bytes(range(256)), "image/jpeg", "unreadable"),
        ("png", "image/jpeg", "the server says image/jpeg, but it is PNG"),
        ("jpeg", "text/html", "the server says text/html, but it is JPEG"),
        ("jpeg", "application/json", "the server says application/json, but it is JPEG"),
    ],
)
def test_type_and_content_must_agree(server, run, tmp_path, picture, body, content_type, why):
    real = {"png": picture(1, "PNG"), "jpeg": picture(1)}.get(body, body) if isinstance(body, str) else body
    server.routes["/a"] = send(real, content_type)
    write(tmp_path, f"{server.url}/a")
    run("--allow-private")
    assert table(tmp_path / "out/failed.csv")[0]["why"].startswith(why)
    assert tree(tmp_path / "out/images") == {}
    assert server.count("/a") == 1


@pytest.mark.parametrize(
    "content_type", ["binary/octet-stream", "application/octet-stream", "Application/Octet-Stream", ""]
)
def test_a_type_that_says_nothing_leaves_it_to_the_bytes(server, run, tmp_path, picture, content_type):
    server.routes["/a"] = send(picture(1), content_type)
    server.routes["/b"] = send(b"<html>gone</html>", content_type)
    write(tmp_path, f"{server.url}/a", f"{server.url}/b")
    run("--allow-private")
    assert [row["file"][-4:] for row in table(tmp_path / "out/images.csv")] == [".jpg"]
    assert table(tmp_path / "out/failed.csv")[0]["why"].startswith("disguised: holds a web page")


def test_limits_of_bytes_and_pixels(server, run, tmp_path, picture):
    server.routes["/large"] = send(picture(1, "PNG", (100, 100)), "image/png")
    server.routes["/fat"] = send(picture(1, "BMP", (60, 60)), "image/bmp")
    write(tmp_path, f"{server.url}/large", f"{server.url}/fat")
    run("--allow-private", "--max-pixels", "5000", "--max-bytes", "5000")
    whys = [row["why"] for row in table(tmp_path / "out/failed.csv")]
    assert whys[0].startswith("too-many-pixels: declares 100 x 100 px")
    assert whys[1] == "is larger than 5000 bytes"


def test_a_large_picture_goes_by_the_disk(server, run, tmp_path, picture):
    body = picture(1, "BMP", (500, 400))  # 600 kB, more than is kept in memory
    server.routes["/a"] = send(body, "image/bmp")
    write(tmp_path, f"{server.url}/a")
    run("--allow-private")
    row = table(tmp_path / "out/images.csv")[0]
    assert (row["width"], row["height"], row["sha256"]) == ("500", "400", hashlib.sha256(body).hexdigest())
    assert (tmp_path / "out" / row["file"]).read_bytes() == body


def test_a_bomb_of_pixels_is_not_decoded(server, run, tmp_path):
    stream = io.BytesIO()
    Image.new("1", (12_000, 8_000)).save(stream, "PNG")
    server.routes["/a"] = send(stream.getvalue(), "image/png")
    write(tmp_path, f"{server.url}/a")
    run("--allow-private")
    assert table(tmp_path / "out/failed.csv")[0]["why"].startswith("too-many-pixels")


def test_planning_takes_the_same_memory_for_many_rows(tmp_path):
    """Peak of Python's own memory while rows are read and written down: it does not grow with their number."""
    peaks = {}
    for rows in (2_000, 20_000):
        (tmp_path / "t.csv").write_text("url\n" + "".join(f"https://x.test/{row}\n" for row in range(rows)))
        with Store(tmp_path / str(rows)) as store:
            tracemalloc.start()
            assert plan(store, column(tmp_path / "t.csv", "url")) == rows
            peaks[rows] = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert peaks[20_000] < 2 * peaks[2_000] + 200_000


def test_a_picture_that_is_cut_off_is_fetched_again(server, run, tmp_path, picture):
    whole = picture(1, size=(300, 300))
    server.routes["/a"] = in_turn(send(whole[:-400]), send(b""), send(whole))
    write(tmp_path, f"{server.url}/a")
    run("--allow-private")
    assert server.count("/a") == 3
    assert len(table(tmp_path / "out/images.csv")) == 1


def test_nothing_from_the_server_names_a_file(server, run, tmp_path, picture):
    def route(request: web.Request) -> web.Response:
        named = {"Content-Disposition": 'attachment; filename="../../../evil.jpg"', "Content-Type": "image/jpeg"}
        return web.Response(body=picture(1), headers=named)

    server.default = route
    write(tmp_path, f"{server.url}/..%2f..%2fevil.jpg", f"{server.url}/a/../../../evil.php")
    run("--allow-private")
    names = [name for name in tree(tmp_path) if "budget" not in name]
    assert not any("evil" in name for name in names)
    assert all(name.startswith(("out/", "out.state/", "table.csv")) for name in names)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("file:///etc/passwd", "only http and https are fetched, not file"),
        ("no address", "only http and https are fetched"),
        ("http://169.254.169.254/latest/meta-data", "169.254.169.254 is 169.254.169.254, which is no public address"),
        ("http://localhost/x", "which is no public address"),
        ("http://u:hidden@example.org/x", "the address holds a user name or password"),
    ],
)
def test_addresses_that_are_not_fetched(run, tmp_path, url, why):
    write(tmp_path, url)
    run()
    assert why in table(tmp_path / "out/failed.csv")[0]["why"]


def test_a_redirect_to_a_private_address_is_refused(server, run, tmp_path):
    server.routes["/a"] = lambda request: web.Response(status=302, headers={"Location": "file:///etc/passwd"})
    write(tmp_path, f"{server.url}/a")
    run("--allow-private")
    assert "only http and https" in table(tmp_path / "out/failed.csv")[0]["why"]


def test_parquet_is_read_too(server, run, tmp_path, picture):
    server.routes["/a"] = send(picture(1))
    pd.DataFrame({"url": [None, f"{server.url}/a"]}).to_parquet(tmp_path / "table.parquet")
    run("--allow-private", table="table.parquet")
    assert [row["row"] for row in table(tmp_path / "out/images.csv")] == ["1"]


def test_tables_that_cannot_be_read(run, tmp_path):
    assert "no such file" in run(status=1).output
    (tmp_path / "table.csv").write_text("id,link\n1,x\n")
    assert "no column 'url'; it has id, link" in run(status=1).output
    (tmp_path / "table.csv").write_bytes(b"url\n\xff\xfe\n")
    assert "cannot be read as a table" in run(status=1).output
    assert "not a .csv or .parquet table" in run(status=1, table="table.txt").output
    (tmp_path / "table.parquet").write_text("no parquet")
    assert "cannot be read as a table" in run(status=1, table="table.parquet").output


def test_an_unwritable_folder_is_one_line(tmp_path, run):
    write(tmp_path, "https://example.org/a.jpg")
    (tmp_path / "out").write_text("a file stands here")
    result = run(status=2)
    assert "is a file" in result.output
    if os.geteuid():  # root may write anywhere
        (tmp_path / "out").unlink()
        (tmp_path / "out").mkdir(mode=0o500)
        assert "cannot be written" in run(status=1).output


def test_no_network_is_one_line(tmp_path, run):
    write(tmp_path, *(f"http://127.0.0.1:9/{number}" for number in range(30)))
    result = run("--allow-private", status=1)
    assert result.output.startswith("likeness: nothing can be reached: no connection to 127.0.0.1")
    assert result.output.count("\n") == 1
    assert not (tmp_path / "out/images.csv").exists()


def test_a_full_disk_is_one_line(server, tmp_path, picture):
    """A limit on the size of files stands for the full disk; both end a write in the middle."""
    server.default = send(picture(1, "BMP", (200, 200)), "image/bmp")  # 120 kB
    write(tmp_path, *(f"{server.url}/{number}" for number in range(5)))
    code = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000));"
        "from likeness_collect.cli import main; main()"
    )
    words = ["collect", "images", tmp_path / "table.csv", "--url-column", "url", "--out", tmp_path / "out",
             "--allow-private"]  # fmt: skip
    result = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("likeness: ")
    assert result.stderr.count("\n") == 1
    assert "the same command continues" in result.stderr
    assert [name for name in tree(tmp_path / "out") if "/.partial/" not in name] == []
