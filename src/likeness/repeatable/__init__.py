"""The settings under which a stage gives the same bytes: on any number of cores, and on any x86-64 processor with AVX2.

`python -m likeness.repeatable --hashes` prints what each operation gives under them on this machine.
"""

import platform
from collections.abc import Mapping

from likeness.machine import instructions

# Threads, hashing and cuBLAS change the last bits of a number from run to run unless they are pinned.
DETERMINISTIC = {"PYTHONHASHSEED": "0", "CUBLAS_WORKSPACE_CONFIG": ":4096:8"}
# Sums are the same on any number of cores, and studies side by side do not wait for each other's threads.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
# Threads that wait for each other spin for long by default: beside one busy process training takes ten times as long.
PATIENT = {"GOMP_SPINCOUNT": "1000"}
# Sums are taken in vectors as long as the processor has them, and their last bits depend on that length. All x86-64
# processors of the last ten years have those of AVX2. For NumPy, OpenCV, PyTorch, oneDNN, OpenBLAS and faiss:
AVX2 = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "OPENCV_IPP": "avx2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
    "FAISS_SIMD_LEVEL": "AVX2",
    # MKL takes another path on another maker's processor, whatever instructions both have. This is the one branch that
    # its Developer Guide documents as the same on "Intel or Intel compatible CPUs" (Conditional Numerical
    # Reproducibility): SSE2, without the instructions whose results are approximate. Its vector square root is not
    # held by it: see models/losses.py.
    "MKL_CBWR": "COMPATIBLE",
}
# OpenCV's own loops; said only to a processor that has these instructions, for elsewhere OpenCV prints a complaint.
NO_AVX512 = {"OPENCV_CPU_DISABLE": "AVX512-SKX"}
PINNED = (*DETERMINISTIC, *ONE_THREAD, *PATIENT, *AVX2, *NO_AVX512)
# Said by PySpark on every call, and by pandera where PySpark is installed: a page would quote it there alone.
NO_NEWS = "PySpark does not yet fully support pandas"
X86 = ("x86_64", "AMD64")
SWITCH, NATIVE = "LIKENESS_PROCESSOR", "native"


def variables(own: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a process needs, to be set before it loads NumPy.

    own: the environment as it is. What it says wins, but for DETERMINISTIC; with LIKENESS_PROCESSOR=native all
    instructions are used, and those settings in `own` that only repeat ours are left out: in a notebook's terminal they
    are not the user's.

    >>> variables({"OMP_NUM_THREADS": "8"})["OMP_NUM_THREADS"]
    '8'
    """
    pinned = AVX2 | (NO_AVX512 if "avx512f" in instructions() else {})
    if own.get(SWITCH) == NATIVE or platform.machine() not in X86:
        own = {name: value for name, value in own.items() if pinned.get(name) != value}
        pinned = {}
    return {**ONE_THREAD, **PATIENT, **pinned, **own, **DETERMINISTIC}
