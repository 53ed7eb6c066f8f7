"""The environment in which a stage gives the same bytes: on any number of cores, and with or without AVX-512."""

import platform
from collections.abc import Mapping

# Threads, hashing and cuBLAS change the last bits of a number from run to run unless they are pinned.
DETERMINISTIC = {"PYTHONHASHSEED": "0", "CUBLAS_WORKSPACE_CONFIG": ":4096:8"}
# Sums are the same on any number of cores, and studies side by side do not wait for each other's threads.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
# Threads that wait for each other spin for long by default: beside one busy process training takes ten times as long.
PATIENT = {"GOMP_SPINCOUNT": "1000"}
# Sums are taken in vectors as long as the processor has them, and their last bits hang on that length. All x86-64
# processors of the last ten years have those of AVX2. For NumPy, OpenCV, PyTorch, oneDNN, MKL, OpenBLAS and faiss:
AVX2 = {
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
    "OPENCV_IPP": "avx2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "OPENBLAS_CORETYPE": "Haswell",
    "FAISS_SIMD_LEVEL": "AVX2",
}
PINNED = (*DETERMINISTIC, *ONE_THREAD, *PATIENT, *AVX2)
# Said by PySpark on every call, and by pandera where PySpark is installed: a page would quote it there alone.
NO_NEWS = "PySpark does not yet fully support pandas"
X86 = ("x86_64", "AMD64")
SWITCH, NATIVE = "LIKENESS_PROCESSOR", "native"


def variables(own: Mapping[str, str], *, precision: str = "32") -> dict[str, str]:
    """Return the variables that a process needs, to be set before it loads NumPy.

    own: the environment as it is. What it says wins, but for DETERMINISTIC; with LIKENESS_PROCESSOR=native all
    instructions are used. precision: "bf16" also uses all, since AVX2 has none for bfloat16; those of AVX2 in `own` are
    left out then, unless they differ: in a terminal of `likeness lab` they are not the user's.
    """
    native = own.get(SWITCH) == NATIVE or precision == "bf16" or platform.machine() not in X86
    if native:
        own = {name: value for name, value in own.items() if AVX2.get(name) != value}
    return {**ONE_THREAD, **PATIENT, **({} if native else AVX2), **own, **DETERMINISTIC}
