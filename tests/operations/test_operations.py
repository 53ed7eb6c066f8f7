"""Each operation that a run is made of gives the committed bits on this machine; where one does not, it is named."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest
import torch

from likeness.operations.networks import convolutions
from likeness.operations.table import NOT_HELD, digest, numbers, read_hashes
from likeness.repeatable import NATIVE, SWITCH, X86
from likeness.verify.run import hash_operations

SOURCE = Path(__file__).parents[2] / "src" / "likeness"
VECTOR_ROOTS = re.compile(r"torch\.(sqrt|asin|acos|atan)\(|(?<!np|th)\.sqrt\(\)|\*\* ?0\.5\b(?=.*\btorch\b)")


@pytest.mark.skipif(platform.machine() not in X86, reason="the committed hashes are of x86-64 processors")
@pytest.mark.skipif(os.environ.get(SWITCH) == NATIVE, reason=f"{SWITCH}={NATIVE} lifts the settings")
def test_every_operation_gives_the_committed_bits():
    committed = read_hashes()
    wanted = committed["machine"]["packages"]
    versions = {name: (version(name), held) for name, held in wanted.items() if version(name) != held}
    assert not versions, f"made with other versions: {versions}; `python -m likeness.repeatable --hashes --write`"
    found = hash_operations()
    assert found.keys() == committed["operations"].keys()
    held = {name: told for name, told in committed["operations"].items() if name not in NOT_HELD}
    assert {name for name, told in held.items() if found[name] != told} == set()


def test_a_hash_tells_bits_shapes_and_kinds_apart():
    one = np.ones(4, np.float32)
    others = [np.nextafter(one, 2), one.reshape(2, 2), one.astype(np.float64), np.ones(5, np.float32)]
    assert len({digest(each) for each in (one, *others)}) == 5
    assert digest(torch.ones(4)) == digest(one) == digest([one])


def test_the_inputs_are_exact():
    drawn = numbers(1000, seed=3, dtype="float64")
    assert (drawn == numbers(1000, seed=3).astype(float)).all()
    assert (drawn * 2**13 == np.rint(drawn * 2**13)).all()


def test_the_convolutions_of_the_backbones_in_use_are_hashed():
    kinds = list(convolutions())
    assert "conv 3>64, kernel 11, stride 4, groups 1, 224 px" in kinds  # AlexNet's first
    assert "conv 3>64, kernel 7, stride 2, groups 1, 128 px" in kinds  # ResNet18's first
    assert len(kinds) > 100


def test_no_network_or_loss_takes_a_root_whose_last_bit_depends_on_the_maker():
    """torch.sqrt is MKL's: on an AMD processor and under emulation a fifth of its results differ by one bit."""
    floors = ("models", "features", "people", "explain")
    lines = [
        f"{path.relative_to(SOURCE)}:{number}: {line.strip()}"
        for floor in floors
        for path in sorted((SOURCE / floor).rglob("*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if VECTOR_ROOTS.search(line.partition("#")[0])
    ]
    assert lines == []
