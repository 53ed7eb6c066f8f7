"""Weights from a server on loopback: fetched, resumed after a kill, refused on a wrong checksum."""

import asyncio
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiohttp import web
from loopback import Loopback

from likeness_collect.checkpoints import FetchFailed, fetch, fetch_all

CONTENT = os.urandom(3_000_000)
NAME = f"net-{hashlib.sha256(CONTENT).hexdigest()[:8]}.pth"


@pytest.fixture
def server(tmp_path):
    (tmp_path / "served").write_bytes(CONTENT)
    with Loopback() as running:
        running.routes[f"/{NAME}"] = lambda request: web.FileResponse(tmp_path / "served")
        yield running


def test_a_file_comes_whole_under_its_name(server, tmp_path):
    file = tmp_path / "hub" / "checkpoints" / NAME
    assert fetch(f"{server.url}/{NAME}", file) == file
    assert file.read_bytes() == CONTENT
    assert [each.name for each in file.parent.iterdir()] == [NAME]


def test_what_was_killed_goes_on_where_it_stopped(server, tmp_path):
    whole = server.routes[f"/{NAME}"]

    async def slow(request):
        answer = web.StreamResponse(headers={"Content-Length": str(len(CONTENT))})
        await answer.prepare(request)
        await answer.write(CONTENT[:1_000_000])
        await asyncio.sleep(60)
        return answer

    server.routes[f"/{NAME}"] = slow
    file, part = tmp_path / NAME, tmp_path / f"{NAME}.part"
    code = (
        "import sys; from pathlib import Path; import huggingface_hub.constants as c; c.DOWNLOAD_CHUNK_SIZE = 100_000; "
        "from likeness_collect.checkpoints import fetch; fetch(sys.argv[1], Path(sys.argv[2]))"
    )
    running = subprocess.Popen([sys.executable, "-c", code, f"{server.url}/{NAME}", str(file)])
    end = time.monotonic() + 60
    while not (part.is_file() and part.stat().st_size > 500_000) and time.monotonic() < end:
        time.sleep(0.05)
    running.kill()
    running.wait()
    held = part.stat().st_size
    assert 500_000 < held < len(CONTENT)
    server.routes[f"/{NAME}"] = whole
    fetch(f"{server.url}/{NAME}", file)
    assert file.read_bytes() == CONTENT
    assert server.log[-1][2]["Range"] == f"bytes={held}-"
    assert not part.exists()


def test_all_of_it_may_have_been_there(server, tmp_path):
    """Killed between the last byte and the name."""
    (tmp_path / f"{NAME}.part").write_bytes(CONTENT)
    assert fetch(f"{server.url}/{NAME}", tmp_path / NAME).read_bytes() == CONTENT


def test_another_file_is_refused_and_not_kept(server, tmp_path):
    (tmp_path / "served").write_bytes(CONTENT[:-1] + b"!")
    with pytest.raises(FetchFailed, match=f"{NAME}: not the file that its name promises") as error:
        fetch(f"{server.url}/{NAME}", tmp_path / "weights" / NAME)
    assert "\n" not in str(error.value)
    assert not [*(tmp_path / "weights").iterdir()]


def test_one_that_fails_does_not_stop_the_others(server, tmp_path):
    wanted = [
        (f"{server.url}/absent-00000000.pth", tmp_path / "absent-00000000.pth"),
        (f"{server.url}/{NAME}", tmp_path / NAME),
    ]
    failed = fetch_all(wanted)
    assert failed[0].startswith(f"{server.url}/absent-00000000.pth: ")
    assert failed[1] == ""
    assert (tmp_path / NAME).is_file()


@pytest.mark.parametrize("honest", [True, False])
def test_the_hub_s_files_go_where_its_library_looks_for_them(server, tmp_path, honest):
    sha = hashlib.sha256(CONTENT).hexdigest()
    (tmp_path / "served").write_bytes(CONTENT if honest else CONTENT[::-1])

    def answer(request):
        return web.FileResponse(
            tmp_path / "served", headers={"ETag": f'"{sha}"', "X-Linked-Etag": f'"{sha}"', "X-Repo-Commit": "a" * 40}
        )

    server.routes["/timm/net.in1k/resolve/main/model.safetensors"] = answer
    server.routes[f"/timm/net.in1k/resolve/{'a' * 40}/model.safetensors"] = answer
    code = (
        "from pathlib import Path; from likeness_collect.checkpoints import fetch_all; "
        "print(fetch_all([('hf:timm/net.in1k/model.safetensors', Path('unused'))])); "
        "from huggingface_hub import try_to_load_from_cache as held; print(held('timm/net.in1k', 'model.safetensors'))"
    )
    environment = os.environ | {"HF_ENDPOINT": server.url, "HF_HOME": str(tmp_path / "hf"), "HF_HUB_OFFLINE": "0"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    why, file = done.stdout.splitlines()
    if honest:
        assert why == "['']"
        assert Path(file).read_bytes() == CONTENT
    else:
        assert "not the file that the hub promises; nothing was kept" in why
        assert file == "None"
