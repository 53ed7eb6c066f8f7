"""A kernel that is forked from a parent with the libraries is the kernel that its caller would have been."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from likeness import kernel, warm
from likeness.repeatable import variables

# What the parent of these tests loads: enough for a kernel and a figure, and little more.
SERVE = "import sys; from likeness import warm; warm.LIBRARIES = ('json', 'matplotlib.pyplot'); warm.serve(sys.argv[1])"
CODE = """
import json, os, sys
from pathlib import Path
facts = {"parent": os.getppid(), "folder": str(Path.cwd()), "nice": os.nice(0), "loaded": "matplotlib.pyplot" in sys.modules,
         "own": os.environ.get("OWN")}
print(json.dumps(facts))
"""


@contextmanager
def parent(folder, **environment):
    """A warm parent with few libraries: yields (its process id, the variable that names it)."""
    address = folder / "warm"
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(address)], stdin=subprocess.PIPE, env=variables(os.environ) | environment
    )
    while not address.exists() and process.poll() is None:
        time.sleep(0.01)
    try:
        yield process.pid, {warm.ADDRESS: str(address)}
    finally:
        process.kill()
        process.wait()


def notebook_outputs(environment, *cells):
    """Return the outputs of cells that a kernel of ours runs."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    manager_environment = os.environ | environment
    client = NotebookClient(notebook, kernel_name=kernel.NAME, timeout=120)
    client.execute(env=manager_environment)
    return [cell["outputs"] for cell in notebook["cells"]]


def test_the_fork_has_its_callers_place_environment_and_figures(tmp_path):
    with parent(tmp_path) as (pid, address):
        told, drawn = notebook_outputs(
            address | {"OWN": "yes"}, CODE, "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()"
        )
    facts = json.loads(told[0]["text"])
    assert facts == {"parent": pid, "folder": str(Path.cwd()), "nice": os.nice(0), "loaded": True, "own": "yes"}
    assert [list(each["data"]) for each in drawn if "data" in each] == [["text/plain", "image/png"]]
    assert all(each["output_type"] != "stream" for each in drawn)  # nothing is said that a page would quote


@pytest.mark.parametrize("environment", [{"OMP_NUM_THREADS": "2"}, {"LIKENESS_PROCESSOR": "native"}])
def test_libraries_loaded_under_other_settings_are_not_taken(tmp_path, environment):
    with parent(tmp_path) as (pid, address):
        ((told,),) = notebook_outputs(address | environment, CODE)
    facts = json.loads(told["text"])
    assert facts["parent"] != pid
    assert not facts["loaded"]


def test_a_parent_that_is_gone_is_done_without(tmp_path):
    ((told,),) = notebook_outputs({warm.ADDRESS: str(tmp_path / "gone")}, CODE)
    assert not json.loads(told["text"])["loaded"]


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(happened, seconds=20):
    end = time.monotonic() + seconds
    while not happened() and time.monotonic() < end:
        time.sleep(0.02)
    return happened()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc, which this system has not")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_kernel_ends_with_the_process_that_asked_for_it(tmp_path, how):
    connection = tmp_path / "kernel.json"
    with parent(tmp_path) as (pid, address):
        command = [sys.executable, "-m", "likeness.kernel", "-f", str(connection)]
        caller = subprocess.Popen(command, env=os.environ | address, stderr=subprocess.DEVNULL)
        assert wait_until(connection.exists)
        children = Path(f"/proc/{pid}/task/{pid}/children")
        (fork,) = children.read_text().split()
        caller.send_signal(how)
        caller.wait(timeout=20)
        assert wait_until(lambda: not is_running(fork))
        assert is_running(pid)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc, which this system has not")
def test_the_parent_ends_with_the_run_that_started_it():
    code = (
        "import os, time\nfrom likeness import warm\n"
        "with warm.warm_parent(os.environ) as address:\n    print(address, flush=True)\n    time.sleep(60)"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    run.stdout.readline()
    (started,) = Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()
    run.kill()
    run.wait()
    assert wait_until(lambda: not is_running(started), seconds=120)  # it looks once its libraries are loaded
