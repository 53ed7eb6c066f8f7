"""What `likeness verify` prints."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from likeness.verify.compare import Judged
from likeness.verify.records import Record

SHOWN = 20  # rows of a list; the rest is counted


def lines(
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
