"""Hash every operation as another processor would compute it: `python benchmarks/processors.py Haswell EPYC-Rome`.

QEMU's user mode (Debian's package qemu-user) answers `cpuid` for the named model, with that maker's name, instructions
and cache sizes, and computes each instruction as IEEE 754 defines it; where an instruction is an approximation
(rsqrtps, rcpps) it gives another one than any real processor, which shows who uses it. It knows no AVX-512. An hour or
two a model.
"""

import argparse
import os
import shutil
import subprocess
import sys

from likeness.operations.committed import read_hashes
from likeness.repeatable import variables


def main() -> None:
    """Print, model by model, which operations give other bits than the committed table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", nargs="+", help="as `qemu-x86_64 -cpu help` lists them")
    program = shutil.which("qemu-x86_64") or sys.exit("qemu-x86_64 is not installed: apt-get install qemu-user")
    committed = read_hashes()["operations"]
    for model in parser.parse_args().models:
        command = [program, "-cpu", model, sys.executable, "-m", "likeness.repeatable", "--hashes"]
        told = subprocess.run(command, env=variables(os.environ), stdout=subprocess.PIPE, text=True, check=True).stdout
        found = {name: digits for digits, _, name in (line.partition("  ") for line in told.splitlines())}
        differing = [name for name in committed if found[name] != committed[name]]
        print(f"{model}: {len(committed) - len(differing)} of {len(committed)} operations give the committed bits")
        print("".join(f"  {name}\n" for name in differing), end="", flush=True)


if __name__ == "__main__":
    main()
