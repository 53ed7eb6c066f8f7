import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from likeness import cache as store
from likeness.cache import Cache


def test_a_stored_array_comes_back_as_it_was(tmp_path):
    cache = Cache(tmp_path)
    array = np.array([[1.5, -2.0], [3.0, 4.0]], dtype=np.float32)
    cache.put("ab12", array)
    found = cache.get("ab12")
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, array)
    assert cache.get("ab13") is None


def test_get_many_returns_only_what_is_there(tmp_path):
    cache = Cache(tmp_path)
    cache.put("aa", np.zeros(1))
    cache.put("bb", np.ones(1))
    assert sorted(cache.get_many(["aa", "bb", "cc"])) == ["aa", "bb"]


def test_the_key_depends_on_each_part():
    base = store.key("likeness.paths", {"backbone": "a", "size": 64}, "f" * 64, "photo")
    assert base == store.key("likeness.paths", {"size": 64, "backbone": "a"}, "f" * 64, "photo")
    others = {
        store.key("likeness.paths", {"backbone": "b", "size": 64}, "f" * 64, "photo"),
        store.key("likeness.paths", {"backbone": "a", "size": 65}, "f" * 64, "photo"),
        store.key("likeness.paths", {"backbone": "a", "size": 64}, "e" * 64, "photo"),
        store.key("likeness.paths", {"backbone": "a", "size": 64}, "f" * 64, "mirror"),
    }
    others.add(store.key("likeness.machine", {"backbone": "a", "size": 64}, "f" * 64, "photo"))
    assert len(others | {base}) == 6
    assert base.startswith("paths/")


def test_a_damaged_entry_counts_as_absent_and_can_be_replaced(tmp_path):
    cache = Cache(tmp_path)
    cache.put("abcd", np.arange(4.0))
    (entry,) = (path for path in tmp_path.rglob("*") if path.is_file())
    whole = entry.read_bytes()
    for damaged in (whole[:-1], whole[:-1] + b"\xff", b"", whole[:10]):
        entry.write_bytes(damaged)
        assert cache.get("abcd") is None
    cache.put("abcd", np.arange(4.0))
    assert entry.read_bytes() == whole


WRITER = """
import sys, numpy as np
from pathlib import Path
from likeness import cache as store
cache = store.Cache(Path(sys.argv[1]))
print("ready", flush=True)
while True:
    for number in range(20):
        cache.put(f"{number:02d}name", np.full(50_000, number))
"""


def test_kill_9_among_writers_leaves_only_whole_entries(tmp_path):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE) for _ in range(2)
    ]
    for writer in writers:
        assert writer.stdout.readline() == b"ready\n"
    time.sleep(0.5)
    for writer in writers:
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        writer.stdout.close()
    names = [f"{number:02d}name" for number in range(20)]
    stored = [name for name in names if (tmp_path / name[:2] / name[2:]).exists()]
    found = Cache(tmp_path).get_many(names)
    assert stored
    assert sorted(found) == stored
    assert all((array == int(name[:2])).all() for name, array in found.items())


def aged(cache, name, days, numbers=100):
    cache.put(name, np.zeros(numbers))
    (file,) = (path for path in cache.folder.rglob("*") if path.is_file() and path.name == name[-2:])
    then = time.time() - days * 86_400
    os.utime(file, (then, then))
    return file.stat().st_size


def test_kinds_and_their_sizes(tmp_path):
    cache = Cache(tmp_path)
    small, large = aged(cache, "faces/aa11", 0), aged(cache, "extract/bb22", 0, numbers=900)
    assert list(store.sizes(tmp_path).items()) == [("extract", (1, large)), ("faces", (1, small))]
    assert store.sizes(tmp_path / "none") == {}


@pytest.mark.parametrize("bound", ["age", "size"])
def test_what_was_used_longest_ago_is_pruned_first(tmp_path, bound):
    cache = Cache(tmp_path)
    size = max(aged(cache, f"faces/aa{days}{days}", days) for days in (1, 2, 3))
    assert cache.get("faces/aa33") is not None  # which is a use
    removed = store.prune(tmp_path, **({"older_than": 86_400 * 1.5} if bound == "age" else {"most": 2 * size}))
    assert removed == (1, size)
    assert set(cache.get_many(["faces/aa11", "faces/aa22", "faces/aa33"])) == {"faces/aa11", "faces/aa33"}
    assert store.prune(tmp_path, most=0)[0] == 2
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_somebody_has_just_made_stays(tmp_path):
    """Of a training run that will write its state there."""
    (tmp_path / "checkpoints/abc/3").mkdir(parents=True)
    aged(Cache(tmp_path), "faces/aa11", 9)
    assert store.prune(tmp_path, most=0)[0] == 1
    assert [path.name for path in tmp_path.rglob("*")] == ["checkpoints", "abc", "3"]
