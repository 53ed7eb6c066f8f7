"""The command: read both records, compare them, hash the operations where bytes differ."""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from likeness.repeatable import variables
from likeness.repro import stale_stages
from likeness.verify import compare, words
from likeness.verify.records import read_committed, read_export, read_run, write_export


def verify_run(root: Path, against: Path | None = None, export: Path | None = None) -> tuple[Iterable[str], bool]:
    """Return (what to print, whether every verdict is the same as in the record that is compared with).

    against: another machine's export; default: the last commit. export: where to write this machine's record.
    The operations are hashed (20 s) only where some bytes differ, or for an export.
    Raises VerifyError where there is nothing to compare, ReproFailed where DVC cannot tell what was run.
    """
    there = read_export(against) if against else read_committed(root)
    here, stale = read_run(root, {}), stale_stages(root)
    judged = compare.judge_stages(here, there, stale)
    differing = None
    if export or any(each.result in ("within interval", "differs") for each in judged):
        here = read_run(root, hash_operations())
        differing = compare.changed_operations(here.operations, there.operations)
    if export:
        write_export(here, export)
    finished = all(each.result != "not run" for each in judged)
    verdicts = compare.changed_verdicts(here, there) if finished else None
    same = bool(verdicts) and not any(verdicts.values())
    return words.lines(here, there, judged, verdicts, differing, compare.changed_versions(here, there)), same


def hash_operations(emulator: Sequence[str] = ()) -> dict[str, str]:
    """Return {operation: hash} of this machine, from a process of its own: libraries read the settings when loaded.

    emulator: the start of a command that runs Python as another processor, such as ("qemu-x86_64", "-cpu", "Haswell").
    """
    command = [*emulator, sys.executable, "-m", "likeness.repeatable", "--hashes"]
    told = subprocess.run(command, env=variables(os.environ), capture_output=True, text=True, check=True).stdout
    return {name: digits for digits, _, name in (line.partition("  ") for line in told.splitlines())}
