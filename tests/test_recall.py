"""What is recalled is what was computed, and another argument, network or code computes anew."""

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from likeness import fingerprint as code
from likeness.explain import scorecard
from likeness.recall import recall
from likeness.stats import weighted

TABLE = pd.DataFrame({"a": ["x", "y"], "b": [1.5, None], "tags": [["q"], []]})


@pytest.fixture
def counted(monkeypatch):
    """A function of a module of ours that counts its calls."""
    calls = []

    def total(*args, **kwargs):
        calls.append((args, kwargs))
        return {"sum": np.arange(3.0), "table": TABLE}

    total.__module__ = "likeness.stats.weighted"
    return total, calls


def test_a_second_call_computes_nothing_and_gives_the_same(tmp_path, counted):
    function, calls = counted
    one, two = (recall(tmp_path, function, TABLE, 3, scale=[1.0, None]) for _ in range(2))
    assert len(calls) == 1
    np.testing.assert_array_equal(one["sum"], two["sum"])
    pd.testing.assert_frame_equal(one["table"], two["table"])
    (entry,) = (path for path in tmp_path.rglob("*") if path.is_file())
    entry.write_bytes(entry.read_bytes()[:-1])
    recall(tmp_path, function, TABLE, 3, scale=[1.0, None])
    assert len(calls) == 2  # what is damaged counts as absent
    recall(None, function, TABLE, 3, scale=[1.0, None])
    assert len(calls) == 3


def network(bias=0.0, slope=0.1):
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(2, 2), nn.LeakyReLU(slope))
    with torch.no_grad():
        net[0].bias += bias
    return net


DIFFERENT = [
    1, 1.0, True, "1", None, [1], (1,), [[1]], [1, 1], {"a": 1}, {"a": 2}, {"b": 1},
    np.array([1, 2]), np.array([1.0, 2.0]), np.array([[1, 2]]), np.array([1, 3]), np.array(["x", 1], object), np.array(["x", "1"], object), np.array(["x", "1"]), torch.tensor([1.0, 3.0]),
    TABLE, TABLE[["b", "a"]], TABLE.assign(b=[1.5, 2.0]), TABLE.set_axis([5, 6]), TABLE["a"], TABLE["a"].rename("z"),
    network(), network(bias=1.0), network(slope=0.2), network().eval(),
]  # fmt: skip


def test_every_argument_has_a_name_of_its_own(tmp_path, counted):
    function, calls = counted
    for value in DIFFERENT:
        recall(tmp_path, function, value)
    recall(tmp_path, function, value=1)
    assert len(calls) == len(DIFFERENT) + 1
    for value in DIFFERENT:
        recall(tmp_path, function, value)
    assert len(calls) == len(DIFFERENT) + 1


def test_what_cannot_be_told_by_its_content_is_refused(tmp_path, counted):
    for value in (tmp_path, object(), {"a": [open]}, np.array([object()])):
        with pytest.raises(TypeError, match="cannot be told by its content"):
            recall(tmp_path, counted[0], value)


def test_other_code_computes_anew(tmp_path, counted, monkeypatch):
    function, calls = counted
    recall(tmp_path, function, 1)
    changed = code.read_code(code.file_of(weighted.__name__).read_bytes() + b"X = 1\n")
    really = code.reached
    monkeypatch.setattr(code, "reached", lambda *names: really(*names) | {weighted.__name__: changed})
    code._fingerprint.cache_clear()
    recall(tmp_path, function, 1)
    code._fingerprint.cache_clear()
    assert len(calls) == 2


def test_a_networks_own_code_counts(tmp_path, counted, monkeypatch):
    """That of its parts, which the function does not import."""
    function, calls = counted
    net = network()
    net[1].__class__ = type("Ours", (nn.LeakyReLU,), {"__module__": scorecard.__name__})
    recall(tmp_path, function, net)
    asked = []
    monkeypatch.setattr("likeness.cache.fingerprint", lambda *modules: asked.append(modules) or "0")
    recall(tmp_path, function, net)
    assert asked == [("likeness.stats.weighted", scorecard.__name__)]
    assert len(calls) == 2
