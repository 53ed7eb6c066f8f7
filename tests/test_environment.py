"""pyproject.toml, the two lock files and environment.yml describe one environment."""

import re
import tomllib
from importlib.metadata import distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

from likeness import paths

ROOT = paths.root()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
LOCKS = [(ROOT / name).read_text() for name in ("requirements.lock", "requirements-spark.lock")]
LOCKED = dict(
    pair for lock in LOCKS for pair in re.findall(r"^([a-z0-9][\w.-]*)(?:\[[^]]*\])?==([^\s;]+)", lock, flags=re.M)
)
UNLOCKED = ("bench", "dlib", "onnx", "crate")  # peers to time, what reads face networks that people bring, an archive
EXTRAS = {name: items for name, items in PROJECT["optional-dependencies"].items() if name not in UNLOCKED}
DIRECT = [*PROJECT["dependencies"], *(item for extra in EXTRAS.values() for item in extra)]


@pytest.mark.parametrize("line", DIRECT)
def test_every_dependency_is_locked_to_a_version_it_allows(line):
    wanted = Requirement(line)
    version = LOCKED[canonicalize_name(wanted.name)]
    assert wanted.specifier.contains(version), f"{line} is locked to {version}; run make lock"


@pytest.mark.parametrize("lock", LOCKS, ids=["all", "spark"])
def test_every_locked_version_has_a_hash(lock):
    entries = re.split(r"\n(?=[a-z0-9])", lock)
    unhashed = [entry.split()[0] for entry in entries if "==" in entry and "--hash=sha256:" not in entry]
    assert unhashed == []


@pytest.mark.parametrize("lock", LOCKS, ids=["all", "spark"])
def test_the_lock_names_no_address(lock):
    assert not re.search(r"https?://|file:|--index|--find-links|\s@\s", lock)


@pytest.mark.parametrize("version", ["3.11", "3.12"])
def test_the_lock_holds_what_its_packages_need_under_each_python(version):
    """Resolved for the oldest Python, it must name what a later one needs besides."""
    unmet = []
    for item in distributions():
        if canonicalize_name(item.metadata["Name"]) not in LOCKED:
            continue
        for wanted in map(Requirement, item.requires or ()):
            here = {"python_version": version, "python_full_version": f"{version}.1", "extra": ""}
            locked = LOCKED.get(canonicalize_name(wanted.name))
            if wanted.name == "opencv-contrib-python" or (wanted.marker and not wanted.marker.evaluate(here)):
                continue
            if locked is None or not wanted.specifier.contains(locked, prereleases=True):
                unmet.append((item.metadata["Name"], str(wanted), locked))
    assert unmet == []


def test_what_is_installed_is_what_is_locked():
    installed = {canonicalize_name(item.metadata["Name"]): item.version for item in distributions()}
    wrong = {
        name: (installed[name], LOCKED[name])
        for name in LOCKED.keys() & installed.keys()
        if installed[name] != LOCKED[name]
    }
    assert wrong == {}, "run make repro, which installs the lock"


def test_conda_users_get_the_same_environment():
    environment = YAML(typ="safe", pure=True).load((ROOT / "environment.yml").read_text())
    pip = next(item["pip"] for item in environment["dependencies"] if isinstance(item, dict))
    assert pip == ["-r requirements.lock"]  # nothing else: pip refuses what has no hash beside what has one
    python = next(item for item in environment["dependencies"] if isinstance(item, str) and item.startswith("python="))
    assert PROJECT["requires-python"].startswith(f">={python.removeprefix('python=')}")
    assert [item for item in environment["dependencies"] if isinstance(item, str)] == [python, "git", "make", "pip"]


def test_no_window_system_is_needed():
    assert "opencv-contrib-python-headless" in LOCKED
    assert "opencv-contrib-python" not in LOCKED
