"""The Makefile on machines with other interpreters: what installs uv, and what uv then makes the environment of."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from likeness import paths

TOOLS = ("bash", "sh", "env", "rm", "mkdir", "touch", "cat", "chmod", "cp", "dirname", "uname", "ldd", "sed", "grep")
UV = shutil.which("uv") or next((str(file) for file in [paths.root() / ".uv/bin/uv"] if file.exists()), None)
MAKE = shutil.which("make")
# An interpreter that can do nothing but make an environment and install uv into it.
STUB = """#!/bin/bash
echo "${{0##*/}} $*" >> {log}
case "$*" in
    *"-m venv .uv") {venv} ;;
    *"--target .uv"*) mkdir -p .uv/bin; touch .uv/bin/uv; chmod +x .uv/bin/uv ;;
    *"pip install"*) touch .uv/bin/uv; chmod +x .uv/bin/uv ;;
esac
"""
MAKES_VENV = "mkdir -p .uv/bin; cp $0 .uv/bin/python"

pytestmark = pytest.mark.skipif(MAKE is None, reason="make is not installed")


@pytest.fixture
def machine(tmp_path):
    """A folder with the Makefile, and one of programs without any Python."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "clone").mkdir()
    shutil.copy(paths.root() / "Makefile", tmp_path / "clone")
    for tool in TOOLS:
        if found := shutil.which(tool):
            (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def make(machine, target, *more):
    """Run make where nothing is to be had but the folder of programs."""
    environment = {"PATH": str(machine / "bin"), "HOME": str(machine), "UV_OFFLINE": "1", "LANG": "C.UTF-8"}
    return subprocess.run(
        [MAKE, target, *more], cwd=machine / "clone", env=environment, capture_output=True, text=True, check=False
    )


def add_stub(machine, name, venv):
    file = machine / "bin" / name
    file.write_text(STUB.format(log=machine / "log", venv=venv))
    file.chmod(0o755)


@pytest.mark.parametrize("name", ["python3", "python", "python3.13", "python3.12"])
@pytest.mark.parametrize("venv", [MAKES_VENV, "exit 1"], ids=["venv", "no venv"])
def test_any_interpreter_installs_uv(machine, name, venv):
    """Debian's python3 has no venv without python3-venv; pip alone will do."""
    add_stub(machine, name, venv)
    ended = make(machine, ".uv/bin/uv")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert (machine / "clone" / ".uv" / "bin" / "uv").exists()
    assert f"{name} -m venv .uv" in (machine / "log").read_text()


def test_a_name_behind_which_nothing_runs_is_passed_over(machine):
    """As pyenv leaves python3 where no version is chosen."""
    (machine / "bin" / "python3").write_text("#!/bin/bash\nexit 127\n")
    (machine / "bin" / "python3").chmod(0o755)
    add_stub(machine, "python3.13", MAKES_VENV)
    assert make(machine, ".uv/bin/uv").returncode == 0


def test_without_an_interpreter_uv_is_one_line(machine):
    ended = make(machine, ".uv/bin/uv")
    assert ended.returncode
    assert [line for line in ended.stderr.splitlines() if not line.startswith("make: ***")] == [
        "make: uv can't be installed by a python3 that is here; apt-get install python3-venv, or install uv itself"
    ]
    assert not (machine / "clone" / ".uv").exists()


@pytest.mark.skipif(UV is None, reason="uv is not installed")
@pytest.mark.parametrize("name", ["python3", "python", f"python3.{sys.version_info.minor}"])
def test_uv_finds_the_interpreter_under_another_name(machine, name):
    (machine / "bin" / "uv").symlink_to(UV)
    (machine / "bin" / name).symlink_to(Path(sys.executable).resolve())
    ended = make(machine, ".venv/bin/python")
    assert (ended.returncode, ended.stderr) == (0, "")
    shown = "import sys; print(sys.version_info[:2])"
    told = subprocess.run([machine / "clone/.venv/bin/python", "-c", shown], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == str(sys.version_info[:2])


@pytest.mark.skipif(UV is None, reason="uv is not installed")
def test_an_interpreter_is_named_by_its_path(machine):
    (machine / "bin" / "uv").symlink_to(UV)
    (machine / "strange").symlink_to(Path(sys.executable).resolve())
    assert make(machine, ".venv/bin/python", f"PYTHON={machine / 'strange'}").returncode == 0


@pytest.mark.skipif(UV is None, reason="uv is not installed")
def test_where_no_interpreter_can_be_had_one_line_says_what_to_do(machine):
    (machine / "bin" / "uv").symlink_to(UV)
    ended = make(machine, ".venv/bin/python")
    assert ended.returncode
    told = [line for line in ended.stderr.splitlines() if not line.startswith("make: ***")]
    assert len(told) == 1
    assert told[0].startswith("make: no Python 3.11 or 3.12 is here and none can be fetched; install one")
    assert not (machine / "clone" / ".venv").exists()


def test_the_versions_of_the_makefile_are_those_of_the_project(machine):
    project = tomllib.loads((paths.root() / "pyproject.toml").read_text())["project"]
    minors = [int(each.rsplit(".", 1)[1]) for each in project["classifiers"] if each.count("3.")]
    assert project["requires-python"] == f">=3.{minors[0]},<3.{minors[-1] + 1}"
    shown = make(machine, "-pn", "help").stdout
    assert f"PYTHON = {' '.join(f'3.{minor}' for minor in minors)}" in shown
    assert f"(3, {minors[0]}) <= sys.version_info < (3, {minors[-1] + 1})" in shown
