"""A disk that is really full, or can't be written: one line, nothing half-written, and the same command goes on.

The disk is a small file system in memory, in a mount namespace of the test's own; skipped where that is not allowed.
"""

import hashlib
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from aiohttp import web
from graph_server import GraphServer, post

COLLECT = [sys.executable, "-m", "likeness_collect.cli", "collect"]
ALONE = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]


def may_mount() -> bool:
    """Say whether this user may mount a file system of its own."""
    try:
        return not subprocess.run([*ALONE, "mount -t tmpfs tmpfs /mnt"], capture_output=True, check=False).returncode
    except OSError:
        return False


pytestmark = pytest.mark.skipif(not may_mount(), reason="no mount namespaces here (unshare --user --mount)")


def collect_on_a_small_disk(tmp_path: Path, words: list[object], size: str, environment: dict[str, str]) -> None:
    """Collect to a disk of `size`, then with more room. Leaves first/, second/ (copies of out), and rc, out, err of both."""
    command = shlex.join(map(str, [*COLLECT, *words, "--allow-private"]))
    disk, kept = tmp_path / "disk", shlex.quote(str(tmp_path))
    disk.mkdir()
    lines = [f"mount -t tmpfs -o size={size} tmpfs {shlex.quote(str(disk))}"]
    for name in ("first", "second"):
        lines += [
            f"{command} --out {shlex.quote(str(disk / 'me'))} >{kept}/{name}.out 2>{kept}/{name}.err",
            f"echo $? >{kept}/{name}.rc",
            f"cp -r {shlex.quote(str(disk / 'me'))} {kept}/{name}",
            f"mount -o remount,size=50m tmpfs {shlex.quote(str(disk))}",
        ]
    subprocess.run([*ALONE, "\n".join(lines)], env={**os.environ, **environment}, check=True, timeout=120)


def assert_one_line_about_the_disk(tmp_path: Path) -> None:
    said = (tmp_path / "first.err").read_text(encoding="utf-8")
    assert (tmp_path / "first.rc").read_text() == "1\n", said
    assert said.startswith("likeness: ")
    assert said.count("\n") == 1
    assert "room on the disk" in said or "make some" in said
    assert "the same command continues" in said
    assert (tmp_path / "first.out").read_text() == ""


def test_pictures_on_a_full_disk(server, tmp_path, picture):
    bodies = [picture(number, "BMP", (80, 60)) for number in range(120)]  # 14 kB each

    server.default = lambda request: web.Response(body=bodies[int(request.path[1:])], content_type="image/bmp")
    table = tmp_path / "t.csv"
    table.write_text("url\n" + "".join(f"{server.url}/{number}\n" for number in range(120)), encoding="utf-8")
    collect_on_a_small_disk(tmp_path, ["images", table, "--url-column", "url", "--workers", 8], "1m", {})
    assert_one_line_about_the_disk(tmp_path)
    files = [file for file in (tmp_path / "first").rglob("*") if file.is_file() and ".partial" not in file.parts]
    assert files
    assert all(file.stem == hashlib.sha256(file.read_bytes()).hexdigest() for file in files)  # whole, and no tables
    assert (tmp_path / "second.out").read_text().startswith("120 pictures of 120 rows"), (
        tmp_path / "second.err"
    ).read_text()
    kept = {file.read_bytes() for file in (tmp_path / "second/images").rglob("*.bmp")}
    assert kept == set(bodies)
    assert {file.name for file in (tmp_path / "second").iterdir()} == {"images", "images.csv", "failed.csv"}


def test_accounts_on_a_full_disk(server, tmp_path):
    users = {f"user{number}": [post(10 * number + k, caption="x" * 800) for k in range(2)] for number in range(600)}
    server.default = GraphServer(users=users)
    (tmp_path / "users.txt").write_text("\n".join(users), encoding="utf-8")
    environment = {"LIKENESS_INSTAGRAM_TOKENS": "1:EAA-token-one", "LIKENESS_GRAPH_URL": server.url}
    words = ["instagram", "--users", tmp_path / "users.txt", "--budget", 100_000, "--workers", 8]
    collect_on_a_small_disk(tmp_path, words, "700k", environment)
    assert_one_line_about_the_disk(tmp_path)
    assert [file for file in (tmp_path / "first").rglob("*") if file.is_file()] == []
    assert "1200 posts and 600 accounts" in (tmp_path / "second.out").read_text(), (tmp_path / "second.err").read_text()
    assert {file.name for file in (tmp_path / "second").iterdir()} == {"posts.csv", "users.csv", "failed.csv"}


def test_a_disk_that_is_only_read(tmp_path):
    (tmp_path / "t.csv").write_text("url\nhttps://example.org/a.jpg\n", encoding="utf-8")
    disk = tmp_path / "disk"
    disk.mkdir()
    words = shlex.join(map(str, [*COLLECT, "images", tmp_path / "t.csv", "--url-column", "url", "--out", disk / "me"]))
    script = f"mount -t tmpfs -o ro tmpfs {shlex.quote(str(disk))} && exec {words}"
    ended = subprocess.run([*ALONE, script], capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 1
    assert ended.stderr == f"likeness: {disk / 'me'}: cannot be written: Read-only file system; choose another --out\n"
