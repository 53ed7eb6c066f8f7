"""Weights that people bring: what is inside a file is found, and what is none is told in one line, its code never run."""

import argparse
import gzip
import json
import pickle
import struct
import zipfile
from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

from likeness import paths
from likeness.errors import LayoutError
from likeness.weight_files import fit_state, read_saved, read_weights

CASES = paths.root().parent / "shared" / "cases"


class Network(nn.Module):
    """A body of two layers, one of them in a part, and a head of three classes."""

    def __init__(self, classes: int = 3):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.part = nn.Sequential(nn.Conv2d(4, 5, 1), nn.BatchNorm2d(5))
        self.fc = nn.Linear(5, classes)


class Runs:
    """Writes a file where it is unpickled."""

    def __init__(self, target):
        self.target = str(target)

    def __reduce__(self):
        return (open, (self.target, "w"))


def weights(seed: int, classes: int = 3) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return Network(classes).state_dict()


def prefixed(prefix: str, state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {prefix + key: value for key, value in state.items()}


OWN, SAVED, OTHER = weights(0), weights(1), weights(2)
OPTIMIZER = {"state": {0: {"momentum_buffer": torch.zeros(4)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}


def fit(saved, **more):
    return fit_state(saved, OWN, "x.pth: odd", ("fc.",), **more)


def assert_is(found, state):
    body = [key for key in OWN if not key.startswith("fc.")]
    assert all(torch.equal(found.state[key], state[key]) for key in body if key in state)


PREFIXES = ["", "module.", "model.", "backbone.", "encoder.", "_orig_mod.", "module._orig_mod.", "model.module.", "net.body."]  # fmt: skip


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("table", [None, "state_dict", "model", "model_state_dict", "net", "ema", "any"])
def test_a_training_checkpoint_is_unwrapped(prefix, table):
    state = prefixed(prefix, SAVED)
    saved = state if table is None else {"epoch": 3, "optimizer": OPTIMIZER, table: OrderedDict(state), "best": None}
    found = fit(saved)
    assert_is(found, SAVED)
    assert torch.equal(found.state["fc.weight"], SAVED["fc.weight"])
    assert found.part == ""


@pytest.mark.parametrize("wrapper", ["module", "_orig_mod", "_fsdp_wrapped_module"])
def test_a_wrapper_around_a_part_is_left_out(wrapper):
    """As PyTorch's ImageNet example trains AlexNet and VGG: DataParallel around the features alone."""
    state = {key.replace("part.", f"part.{wrapper}."): value for key, value in SAVED.items()}
    assert_is(fit(state), SAVED)
    assert_is(fit(prefixed("module.", state)), SAVED)


def test_a_head_of_another_size_or_name_stays_as_it_was():
    found = fit(prefixed("module.", weights(1, classes=9)))
    assert_is(found, SAVED)
    assert "fc.weight" not in found.state
    body = {key: value for key, value in SAVED.items() if not key.startswith("fc.")}
    assert_is(fit(body), SAVED)
    assert_is(fit(prefixed("module.", {**body, "fc.0.weight": torch.zeros(2, 5)})), SAVED)
    beside = {**prefixed("backbone.", body), "head.fc.weight": torch.zeros(2, 5), "loss.weight": torch.zeros(3)}
    assert_is(fit({"state_dict": beside}), SAVED)
    assert_is(fit({**prefixed("module.", SAVED), "n_averaged": torch.tensor(3)}), SAVED)


def test_halves_old_files_and_frozen_normalisation_fit():
    half = {key: value.half() for key, value in SAVED.items() if not key.endswith("num_batches_tracked")}
    assert_is(fit(half), half)


def test_of_several_parts_the_averaged_one_is_taken_and_named_and_else_none():
    both = {"model": SAVED, "model_ema": prefixed("module.", OTHER), "args": argparse.Namespace(lr=1)}
    found = fit(both)
    assert_is(found, OTHER)
    assert found.part == "model_ema.module"
    assert_is(fit({"model": SAVED, "copy": prefixed("module.", SAVED)}), SAVED)
    for saved, parts in (
        ({"student": SAVED, "teacher": OTHER}, "'student', 'teacher'"),
        (prefixed("encoder_q.", SAVED) | prefixed("encoder_k.", OTHER), "'encoder_q', 'encoder_k'"),
        ({"demand": SAVED, "schema": OTHER}, "'demand', 'schema'"),  # no "ema" of its own
    ):
        with pytest.raises(LayoutError, match=rf"^x\.pth: odd: 2 parts of it fit, {parts}; save the one"):
            fit(saved)


@pytest.mark.parametrize(
    ("saved", "reason"),
    [
        ({**SAVED, "conv.weight": torch.zeros(4, 1, 1, 1)}, r"1 key does not fit, first 'conv\.weight' \(4x1x1x1, not 4x3x1x1\)$"),
        ({"conv.weight": SAVED["conv.weight"], "more": torch.zeros(1)}, r"8 keys do not fit, first 'conv\.bias' \(missing\), 'more' \(not of this network\), '[a-z.0]+' \(missing\)$"),
        (prefixed("model.", {**SAVED, "extra.bias": torch.zeros(2)}), r"1 key does not fit, first 'extra\.bias' \(not of this network\)$"),
        ({"layer.weight": torch.zeros(2)}, r"\d+ keys do not fit: it holds such as 'layer\.weight', and 'conv\.bias' is needed$"),
        ({**SAVED, "conv.bias": torch.full((4,), float("nan"))}, r"1 key does not hold finite numbers, first 'conv\.bias'$"),
        ([SAVED], r"it holds no table of weights"),
        (3, r"it holds no table of weights"),
        ({}, r"it holds no table of weights"),
        ({"model": None, 3: torch.zeros(2)}, r"it holds no table of weights"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_with_at_most_three_keys(saved, reason):
    with pytest.raises(LayoutError, match=rf"^x\.pth: odd: {reason}"):
        fit(saved)


def whole(tmp_path, **how) -> bytes:
    torch.save(SAVED, tmp_path / "whole.pth", **how)
    return (tmp_path / "whole.pth").read_bytes()


def packed(tmp_path, name: str, content: str) -> bytes:
    with zipfile.ZipFile(tmp_path / "packed.zip", "w") as file:
        file.writestr(name, content)
    return (tmp_path / "packed.zip").read_bytes()


def safetensors(_tmp_path) -> bytes:
    header = json.dumps({"conv.bias": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}).encode()
    return struct.pack("<Q", len(header)) + header + bytes(4)


def saved(tmp_path, value) -> bytes:
    torch.save(value, tmp_path / "saved.pth")
    return (tmp_path / "saved.pth").read_bytes()


DAMAGED = "cut off, damaged or not of PyTorch"
FAULTY = {
    "empty": (lambda _: b"", "it is empty; download or copy it again"),
    "cut off": (lambda folder: whole(folder)[:-400], DAMAGED),
    "cut off early": (lambda folder: whole(folder)[:9], DAMAGED),
    "cut off, old form": (lambda folder: whole(folder, _use_new_zipfile_serialization=False)[:200], DAMAGED),
    "zeros": (lambda _: bytes(5000), DAMAGED),
    "web page": (lambda _: b"\xef\xbb\xbf\n<!DOCTYPE html><html>Quota exceeded", "web page; download the file itself"),
    "JSON": (lambda _: b'{"error": "not found"}', DAMAGED),
    "Git LFS": (lambda _: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
    "gzip": (lambda folder: gzip.compress(whole(folder)), "unpack it"),
    "HDF5": (lambda _: b"\x89HDF\r\n\x1a\n" + bytes(99), "bring PyTorch's weights"),
    "AppleDouble": (lambda _: b"\0\5\x16\7\0\2\0\0Mac OS X", DAMAGED),
    "zip": (lambda folder: packed(folder, "x/readme.txt", "hi"), DAMAGED),
    "safetensors": (lambda _tmp_path: safetensors(_tmp_path)[:40], "cut off"),
    "code": (lambda folder: saved(folder, {"a": Runs(folder / "ran")}), r"holds _?io\.open, more than weights"),
    "code, plain pickle": (lambda folder: pickle.dumps({"a": Runs(folder / "ran")}), DAMAGED),
    "a whole model": (lambda folder: saved(folder, nn.Linear(2, 2)), r"holds torch\.nn\.modules\.linear\.Linear, more"),
}


@pytest.mark.parametrize("kind", FAULTY)
def test_a_file_that_is_none_is_told_in_one_line_with_what_to_do(tmp_path, kind):
    make, reason = FAULTY[kind]
    file = tmp_path / "weights.pth"
    file.write_bytes(make(tmp_path))
    with pytest.raises(LayoutError, match=reason) as caught:
        read_saved(file, "not a state dict of resnet18")
    assert str(caught.value).startswith(f"{file}: not a state dict of resnet18: ")
    assert "\n" not in str(caught.value)
    assert "weights_only" not in str(caught.value)  # no advice to run what the file holds
    assert not (tmp_path / "ran").exists()
    with pytest.raises(LayoutError, match="holds no weights"):
        read_weights(file)


@pytest.mark.parametrize("seed", range(60))
def test_damage_anywhere_is_one_line(tmp_path, seed):
    random = np.random.default_rng(seed)
    content = bytearray(whole(tmp_path, _use_new_zipfile_serialization=bool(seed % 2)))
    for place in random.integers(len(content), size=4):
        content[place] = random.integers(256)
    file = tmp_path / "weights.pth"
    file.write_bytes(content[: random.integers(len(content))] if seed % 3 == 0 else content)
    try:
        fit(read_saved(file))
    except LayoutError as error:
        told = str(error)
    else:
        told = "the damage did no harm"
    assert "\n" not in told
    assert len(told) > 20


def test_torchscript_is_told_by_name(tmp_path):
    torch.jit.save(torch.jit.script(nn.Linear(2, 2)), tmp_path / "script.pt")
    with pytest.raises(LayoutError, match=r"it is TorchScript; save its weights alone"):
        read_saved(tmp_path / "script.pt")


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_saved(tmp_path / "gone.pth")
    with pytest.raises(LayoutError, match="it cannot be opened: Is a directory"):
        read_saved(tmp_path)


def test_the_options_of_a_training_script_run_nothing(tmp_path):
    torch.save({"model": SAVED, "args": argparse.Namespace(lr=0.1, model="resnet18")}, tmp_path / "model_9.pth")
    assert_is(fit(read_saved(tmp_path / "model_9.pth")), SAVED)


@pytest.mark.skipif(not CASES.is_dir(), reason="no ../shared/cases on this machine")
def test_the_reported_file_is_one_line():
    with pytest.raises(LayoutError, match=r"empty_weights\.pth: holds no weights: it is empty"):
        read_weights(CASES / "other" / "empty_weights.pth")
