"""The command: read both records, compare them, hash the operations where bytes differ, and say what was found."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from likeness.repeatable import variables
from likeness.repro import stale_stages
from likeness.verify import compare
from likeness.verify.compare import Judged
from likeness.verify.records import Record, read_committed, read_export, read_run, write_export

SHOWN = 20  # rows of a list; the rest is counted


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
    return told_lines(here, there, judged, verdicts, differing, compare.changed_versions(here, there)), same


def hash_operations(emulator: Sequence[str] = ()) -> dict[str, str]:
    """Return {operation: hash} of this machine, from a process of its own: libraries read the settings when loaded.

    emulator: the start of a command that runs Python as another processor, such as ("qemu-x86_64", "-cpu", "Haswell").
    """
    command = [*emulator, sys.executable, "-m", "likeness.repeatable", "--hashes"]
    told = subprocess.run(command, env=variables(os.environ), capture_output=True, text=True, check=True).stdout
    return {name: digits for digits, _, name in (line.partition("  ") for line in told.splitlines())}


def told_lines(
    here: Record,
    there: Record,
    judged: Sequence[Judged],
    verdicts: Mapping[str, Sequence[str]] | None,
    operations: Sequence[str] | None,
    versions: Sequence[str],
) -> Iterator[str]:
    """Yield the report, line by line.

    verdicts: those that differ, None where a stage has not run. operations: those that differ, None where not hashed.
    """
    yield f"here          {_machine(here.machine)}"
    yield f"held against  {_machine(there.machine)}"
    if versions:
        yield f"versions      {', '.join(versions)}"
    width = max(len(each.stage) for each in judged)
    for each in judged:
        yield f"  {each.stage:<{width}}  {each.result}" + (f": {each.detail}" if each.detail else "")
    counts = Counter(each.result for each in judged)
    yield "stages        " + ", ".join(f"{count} {result}" for result, count in counts.most_common())
    if operations is not None:
        yield f"operations    {len(there.operations) - len(operations)} of {len(there.operations)} give the same bits"
        yield from _listed(operations)
    yield from _concluded(there, verdicts)


def _concluded(there: Record, verdicts: Mapping[str, Sequence[str]] | None) -> Iterator[str]:
    total = sum(len(rows) for topics in there.verdicts.values() for rows in topics.values())
    if verdicts is None or not total:
        yield "verdicts      not compared: " + ("there are none" if verdicts is not None else "run `make repro` first")
        return
    changed = [f"{study}: {row}" for study, rows in verdicts.items() for row in rows]
    yield f"verdicts      {total - len(changed)} of {total} are the same"
    yield from _listed(changed)


def _machine(machine: Mapping[str, Any]) -> str:
    return f"{machine['cpu']}, {machine['cores']} cores; torch {machine['packages']['torch']}"


def _listed(rows: Sequence[str]) -> Iterator[str]:
    yield from (f"  {row}" for row in rows[:SHOWN])
    if len(rows) > SHOWN:
        yield f"  and {len(rows) - SHOWN} more"
