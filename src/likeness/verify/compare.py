"""Two records side by side: stage by stage, verdict by verdict, operation by operation."""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, NamedTuple

from likeness.verify.records import STUDIES, Record, Stage

Result = Literal["same bytes", "within interval", "differs", "other inputs", "not run"]
NEAR = 1e-4  # by which a number without an interval may move


class Judged(NamedTuple):
    """What is said of one stage, and why."""

    stage: str
    result: Result
    detail: str


class Moved(NamedTuple):
    """A number that is another one here. low, high: of the record that is compared with; None without an interval."""

    name: str
    here: float
    there: float
    low: float | None
    high: float | None

    def is_outside(self) -> bool:
        """Return whether it left its interval, or moved by more than NEAR where it has none."""
        if self.low is None or self.high is None:
            return abs(self.here - self.there) > NEAR
        return not self.low <= self.here <= self.high


def judge_stages(here: Record, there: Record, stale: Collection[str] = ()) -> list[Judged]:
    """Say of each stage of `there` what became of it here.

    stale: stages whose outputs are missing here or older than what they depend on. A stage whose bytes differ is judged
    by the numbers of its study that its models led to, or all of them: each must lie within the other's interval.
    """
    made = {path for stage in (*here.stages.values(), *there.stages.values()) for path in stage.outputs}
    return [_judge(name, here, there, made, stale) for name in there.stages]


def _judge(name: str, here: Record, there: Record, made: Collection[str], stale: Collection[str]) -> Judged:
    mine, theirs = here.stages.get(name), there.stages[name]
    if mine is None or name in stale:
        return Judged(name, "not run", "run `make repro`")
    changed = [path for path, told in theirs.outputs.items() if mine.outputs.get(path) != told]
    if not changed:
        return Judged(name, "same bytes", "")
    other = other_inputs(mine, theirs, made)
    if other:
        return Judged(name, "other inputs", ", ".join(other[:3]) + (f" and {len(other) - 3} more" if other[3:] else ""))
    moved = [each for study in _studies(name) for each in moved_numbers(here, there, study, _model(name, there, study))]
    outside = [each for each in moved if each.is_outside()]
    if outside:
        return Judged(name, "differs", f"{len(outside)} of {len(moved)} numbers that moved: {_said(outside[0])}")
    return Judged(name, "within interval", f"{len(changed)} outputs; {len(moved)} numbers moved")


def _said(moved: Moved) -> str:
    interval = "" if moved.low is None else f" ({moved.low:.3f} to {moved.high:.3f})"
    return f"{moved.name} is {moved.here:.3f}, was {moved.there:.3f}{interval}"


def other_inputs(mine: Stage, theirs: Stage, made: Collection[str]) -> list[str]:
    """Return the parameters and files that differ, other than what another stage has made, or a folder of such."""
    keys = [key for key in {**theirs.parameters, **mine.parameters}
            if mine.parameters.get(key) != theirs.parameters.get(key)]  # fmt: skip
    files = [path for path in {**theirs.inputs, **mine.inputs} if mine.inputs.get(path) != theirs.inputs.get(path)]
    return keys + [path for path in files if not any(f"{each}/".startswith(f"{path}/") for each in made)]


def _studies(stage: str) -> tuple[str, ...]:
    found = tuple(study for study in STUDIES if study in stage.partition("@")[0].split("-"))
    return found or STUDIES  # the index of all reports


def _model(stage: str, record: Record, study: str) -> str | None:
    """Return the one model that a variant made, None for a stage that leads to all of them."""
    variant = stage.partition("@")[2]
    known = {model for models in record.scores.get(study, {}).values() for model in models}
    return variant if variant in known else None


def moved_numbers(here: Record, there: Record, study: str, model: str | None = None) -> list[Moved]:
    """Return the numbers of a study's scores.json that differ, of one model or of all; a missing one is NaN."""
    mine = dict(_leaves(here.scores.get(study, {}), model))
    return [
        Moved(name, leaf["value"] if (leaf := mine.get(name)) else float("nan"), old["value"], old["low"], old["high"])
        for name, old in _leaves(there.scores.get(study, {}), model)
        if mine.get(name) != old
    ]


def _leaves(scores: Mapping[str, Any], model: str | None) -> Iterator[tuple[str, dict[str, Any]]]:
    for split, models in scores.items():
        for name, values in models.items():
            if model in (None, name):
                yield from ((f"{split} > {name} > {metric}", leaf) for metric, leaf in values.items())


def changed_verdicts(here: Record, there: Record) -> dict[str, list[str]]:
    """Return {study: its conclusions that differ, in words}; a study that the other record lacks is left out.

    In how many seeds a verdict held is shown, and is no difference: it hangs on tests of single training runs.
    """
    found: dict[str, list[str]] = {}
    for study, topics in there.verdicts.items():
        mine = {
            (topic, name): word for topic, rows in here.verdicts.get(study, {}).items() for name, word in rows.items()
        }
        theirs = {(topic, name): word for topic, rows in topics.items() for name, word in rows.items()}
        found[study] = [
            f"{': '.join(filter(None, key))}: {mine.get(key, 'missing')}, was {theirs.get(key, 'missing')}"
            for key in sorted({**theirs, **mine})
            if concluded(mine.get(key)) != concluded(theirs.get(key))
        ]
    return found


def concluded(words: str | None) -> str | None:
    """Return a verdict without the number of seeds in which it held.

    >>> concluded("A better (4 of 5 seeds)")
    'A better'
    """
    return words and re.sub(r" \(\d+ of \d+ seeds\)$", "", words)


def changed_operations(here: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Return the operations that both have hashed and that give other bits here."""
    return [name for name in there if name in here and here[name] != there[name]]


def changed_versions(here: Record, there: Record) -> list[str]:
    """Return the libraries that compute, of which this machine has another version."""
    mine, theirs = (record.machine.get("packages", {}) for record in (here, there))
    return [f"{name} {mine.get(name, 'missing')} (was {version})" for name, version in theirs.items()
            if mine.get(name) != version]  # fmt: skip
