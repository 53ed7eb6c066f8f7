"""A bar on the terminal of whoever waits, and not a byte anywhere else."""

import os
import pty
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


def test_without_a_terminal_items_pass_in_silence(monkeypatch, capfd):
    monkeypatch.delenv(progress.TERMINAL, raising=False)
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


def test_items_are_not_read_ahead(monkeypatch):
    monkeypatch.delenv(progress.TERMINAL, raising=False)
    taken = []
    items = progress.track((taken.append(n) or n for n in range(3)), "Reading")
    assert (next(items), taken) == (0, [0])


def test_a_terminal_that_was_closed_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(progress.TERMINAL, str(tmp_path / "gone"))
    assert list(progress.track([1, 2], "Reading")) == [1, 2]
    assert list(tmp_path.iterdir()) == []


def test_watch_names_the_terminal_if_there_is_one(terminal, monkeypatch):
    monkeypatch.setenv(progress.TERMINAL, "")  # so that it is put back afterwards
    monkeypatch.delenv(progress.TERMINAL)
    _, device = terminal
    with open(os.devnull, "w") as stream:  # noqa: PTH123
        monkeypatch.setattr(sys, "stderr", stream)
        progress.watch()
    assert progress.TERMINAL not in os.environ
    with open(device, "w") as stream:  # noqa: PTH123
        monkeypatch.setattr(sys, "stderr", stream)
        progress.watch()
    assert os.environ[progress.TERMINAL] == device
