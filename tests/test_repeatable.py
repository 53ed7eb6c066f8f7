"""The same bytes on any processor: what is pinned, who may unpin it, and that the libraries listen."""

import json
import os
import platform
import subprocess
import sys

import pytest

from likeness import repeatable
from likeness.repeatable import AVX2, DETERMINISTIC, NO_AVX512, ONE_THREAD, PATIENT, variables

HEARD = (
    "import json, cv2, faiss, numpy, torch; from threadpoolctl import threadpool_info\n"
    "simd = numpy.show_config('dicts')['SIMD Extensions']\n"
    "print(json.dumps({'torch': torch.backends.cpu.get_cpu_capability(), 'numpy': simd['found'], 'threads': "
    "torch.get_num_threads(), 'blas': [each.get('architecture') for each in threadpool_info()], "
    "'faiss': faiss.SIMDConfig.get_level_name()}))"
)


@pytest.fixture
def x86(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(repeatable, "instructions", lambda: ["avx2"])


def test_everything_is_pinned_and_the_rest_of_the_environment_kept(x86):
    found = variables({"HOME": "/home/somebody"})
    assert found == {"HOME": "/home/somebody", **ONE_THREAD, **PATIENT, **AVX2, **DETERMINISTIC}


def test_opencv_is_told_of_avx512_only_where_there_is_some(x86, monkeypatch):
    assert not set(NO_AVX512) & set(variables({}))
    monkeypatch.setattr(repeatable, "instructions", lambda: ["avx2", "avx512f"])
    assert variables({}).items() >= NO_AVX512.items()


def test_what_the_user_says_wins_where_the_results_stay_reproducible(x86):
    found = variables({"OMP_NUM_THREADS": "8", "ATEN_CPU_CAPABILITY": "avx512", "PYTHONHASHSEED": "5"})
    assert (found["OMP_NUM_THREADS"], found["ATEN_CPU_CAPABILITY"]) == ("8", "avx512")
    assert found["PYTHONHASHSEED"] == "0"


@pytest.mark.parametrize(
    ("own", "machine"), [({"LIKENESS_PROCESSOR": "native"}, "x86_64"), ({}, "arm64")], ids=["native", "arm64"]
)
def test_all_instructions_are_used_on_demand_and_where_there_is_no_avx2(monkeypatch, own, machine):
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert not set(AVX2) & set(variables(own))


def test_what_a_notebook_pinned_is_lifted_in_its_terminal_and_what_the_user_says_is_kept(x86):
    inside = variables({"OPENBLAS_CORETYPE": "Zen", "HOME": "/home/somebody"})
    found = variables(inside | {"LIKENESS_PROCESSOR": "native"})
    assert set(AVX2) & set(found) == {"OPENBLAS_CORETYPE"}
    assert (found["OPENBLAS_CORETYPE"], found["HOME"]) == ("Zen", "/home/somebody")
    assert variables(inside) == inside


@pytest.mark.skipif(platform.machine() not in repeatable.X86, reason="AVX2 is pinned on x86-64 only")
def test_the_libraries_listen():
    own = {name: value for name, value in os.environ.items() if name not in AVX2}
    told = subprocess.run(
        [sys.executable, "-c", HEARD], env=variables(own), capture_output=True, text=True, check=True
    ).stdout
    heard = json.loads(told.splitlines()[-1])
    assert heard["torch"] == "AVX2"
    assert not {"X86_V4", "AVX512_ICL", "AVX512_SPR"} & set(heard["numpy"])
    assert {name for name in heard["blas"] if name} == {"Haswell"}
    assert heard["faiss"] == "AVX2"
