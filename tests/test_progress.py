"""A bar on the terminal of whoever waits, and not a byte anywhere else."""

import os
import pty
import subprocess
import sys

import pytest

from likeness import progress


@pytest.fixture
def terminal():
    """A pseudo-terminal: (a function that returns what was drawn, its device)."""
    master, slave = pty.openpty()
    os.set_blocking(master, False)
    yield (lambda: os.read(master, 100_000).decode()), os.ttyname(slave)
    os.close(master)
    os.close(slave)


@pytest.fixture(autouse=True)
def nobody_watches(monkeypatch):
    for name in (progress.TERMINAL, progress.LOG):
        monkeypatch.setenv(name, "")  # so that it is put back afterwards
        monkeypatch.delenv(name)


def test_without_a_terminal_items_pass_in_silence(capfd):
    assert list(progress.track(iter("abc"), "Reading")) == ["a", "b", "c"]
    assert capfd.readouterr() == ("", "")


def test_the_bar_is_drawn_on_the_terminal_and_nowhere_else(terminal, monkeypatch, capfd):
    read, device = terminal
    monkeypatch.setenv(progress.TERMINAL, device)
    assert list(progress.track(iter("abcd"), "Reading", total=4, unit="file")) == ["a", "b", "c", "d"]
    drawn = read()
    assert "Reading:   0%" in drawn
    assert "0/4" in drawn
    assert "file/s" in drawn
    assert capfd.readouterr() == ("", "")


def test_items_are_not_read_ahead():
    taken = []
    items = progress.track((taken.append(n) or n for n in range(3)), "Reading")
    assert (next(items), taken) == (0, [0])


def test_a_terminal_that_was_closed_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(progress.TERMINAL, str(tmp_path / "gone"))
    assert list(progress.track([1, 2], "Reading")) == [1, 2]
    assert list(tmp_path.iterdir()) == []


def test_watch_names_the_terminal_if_there_is_one(terminal, monkeypatch):
    _, device = terminal
    with open(os.devnull, "w") as stream:  # noqa: PTH123
        monkeypatch.setattr(sys, "stderr", stream)
        progress.watch()
    assert progress.TERMINAL not in os.environ
    with open(device, "w") as stream:  # noqa: PTH123
        monkeypatch.setattr(sys, "stderr", stream)
        progress.watch()
    assert os.environ[progress.TERMINAL] == device


def test_a_log_gets_a_line_a_minute_with_rate_and_eta(tmp_path, monkeypatch, capfd):
    log, clock = tmp_path / "log", iter(range(0, 10_000, 25))
    log.touch()
    monkeypatch.setenv(progress.LOG, str(log))
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    assert list(progress.track(range(8), "people", total=8)) == list(range(8))
    lines = log.read_text().splitlines()
    assert len(lines) == 2  # at 75 and 150 of 200 seconds
    assert lines[0].startswith("people:  38%")
    assert "3/8 [01:15<02:05, 25.00s/photo]" in lines[0]
    assert capfd.readouterr() == ("", "")


def test_a_notebooks_kernel_writes_to_the_log_of_who_started_it(tmp_path):
    """Standard error of `likeness run`, not the kernel's own, which a page shows."""
    code = (
        "import subprocess, sys\nfrom likeness import progress\nprogress.watch()\n"
        "inner = 'from likeness import progress; progress.MINUTE = 0; list(progress.track([1], \"people\", total=1))'\n"
        "subprocess.run([sys.executable, '-c', inner], stderr=subprocess.DEVNULL, check=True)"
    )
    with (tmp_path / "log").open("w") as log:
        subprocess.run([sys.executable, "-c", code], stderr=log, check=True)
    assert (tmp_path / "log").read_text().startswith("people: 100%")
