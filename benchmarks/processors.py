"""Hash every operation as another processor would compute it: `python benchmarks/processors.py Haswell EPYC-Rome`.

QEMU's user mode (Debian's package qemu-user) answers `cpuid` for the named model, with that maker's name, instructions
and cache sizes, and computes each instruction as IEEE 754 defines it; where an instruction is an approximation
(rsqrtps, rcpps) it gives another one than any real processor, which shows who uses it. It knows no AVX-512. An hour or
two a model.
"""

import argparse
import shutil
import sys

from likeness.operations.table import read_hashes
from likeness.verify.compare import changed_operations
from likeness.verify.run import hash_operations


def main() -> None:
    """Print, model by model, which operations give other bits than the committed table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", help="as `qemu-x86_64 -cpu help` lists them")
    program = shutil.which("qemu-x86_64") or sys.exit("qemu-x86_64 is not installed: apt-get install qemu-user")
    committed = read_hashes()["operations"]
    for model in parser.parse_args().models:
        differing = changed_operations(hash_operations((program, "-cpu", model)), committed)
        print(f"{model}: {len(committed) - len(differing)} of {len(committed)} operations give the committed bits")
        print("".join(f"  {name}\n" for name in differing), end="", flush=True)


if __name__ == "__main__":
    main()
