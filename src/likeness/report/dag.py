"""The stages of dvc.yaml and what depends on what, as a small drawing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from math import prod
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from likeness.report.palette import GRID, INK, MUTED

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 150, 44, 40, 20, 8  # px
FONT = "system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"
LOOKUP = re.compile(r"\$\{([\w.]+)\}")


@dataclass
class Node:
    """One stage: its name, how many variants its matrix has, and the stages it needs."""

    name: str
    variants: int
    needs: list[str] = field(default_factory=list)
    layer: int = 0


def read_stages(dvc_yaml: Path) -> list[Node]:
    """Return the stages in an order where each comes after what it needs, otherwise as written.

    Raises ValueError if the file names no stages, or if they need one another in a circle.
    """
    parsed = YAML(typ="safe").load(Path(dvc_yaml)) or {}
    stages: dict[str, Any] = parsed.get("stages") or {}
    if not stages:
        raise ValueError(f"{dvc_yaml}: no stages; the file must have a `stages:` section")
    known = lookup_table(dvc_yaml, parsed)
    outs = [
        (name, path)
        for name, stage in stages.items()
        for path in paths_of(stage, "outs", "metrics", "plots", known=known)
    ]
    nodes = []
    for name, stage in stages.items():
        deps = paths_of(stage, "deps", known=known)
        needs = {maker: None for maker, out in outs if maker != name and any(touches(dep, out) for dep in deps)}
        nodes.append(Node(name, prod(len(values) for values in stage.get("matrix", {}).values()), list(needs)))
    return layered(nodes, dvc_yaml)


def layered(nodes: list[Node], source: Path) -> list[Node]:
    """Return the nodes in dependency order, `layer` = 1 + the highest layer among what they need."""
    done: dict[str, Node] = {}
    while len(done) < len(nodes):
        node = next((n for n in nodes if n.name not in done and all(need in done for need in n.needs)), None)
        if node is None:
            waiting = ", ".join(n.name for n in nodes if n.name not in done)
            raise ValueError(f"{source}: stages need one another in a circle: {waiting}")
        node.layer = 1 + max((done[need].layer for need in node.needs), default=-1)
        done[node.name] = node
    return list(done.values())


def lookup_table(dvc_yaml: Path, parsed: dict[str, Any]) -> dict[str, Any]:
    """Return the values that ${...} in dvc.yaml may name: its `vars` and the params.yaml beside it."""
    table: dict[str, Any] = {}
    params = Path(dvc_yaml).with_name("params.yaml")
    if params.is_file():
        table.update(YAML(typ="safe").load(params) or {})
    for entry in parsed.get("vars") or []:
        table.update(entry if isinstance(entry, dict) else {})
    return table


def paths_of(stage: dict[str, Any], *kinds: str, known: dict[str, Any]) -> list[str]:
    """Return the stage's paths of the given kinds, ${a.b} filled in and per-variant parts cut off."""
    entries: Iterable[Any] = (entry for kind in kinds for entry in stage.get(kind) or [])
    texts = (entry if isinstance(entry, str) else next(iter(entry)) for entry in entries)
    return [re.sub(r"\$\{.*", "", LOOKUP.sub(lambda m: look_up(m, known), text)) for text in texts]


def look_up(match: re.Match[str], known: dict[str, Any]) -> str:
    """Return the value that ${a.b} names, or the text as it stands (a matrix item has no one value)."""
    value: Any = known
    for key in match[1].split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return match[0] if value is None else str(value)


def touches(dep: str, out: str) -> bool:
    """Return whether one path is the other or lies inside it; a path cut off at a variant matches what it begins."""
    dep, out = dep.rstrip("/"), out.rstrip("/")
    cut = out.endswith("-") and dep.startswith(out)
    return bool(out) and (dep == out or dep.startswith(out + "/") or out.startswith(dep + "/") or cut)


def dag_svg(dvc_yaml: Path) -> str:
    """Return the stages as boxes and their dependencies as arrows, an <svg> with a text alternative.

    Left to right, a column per layer; a stage with a matrix of six says "×6". Arrows that a longer path implies
    are left out. The colours are those of the charts, so the reports recolour them in dark mode.
    Raises ValueError as `read_stages`.
    """
    nodes = read_stages(dvc_yaml)
    rows: dict[int, int] = {}
    place: dict[str, tuple[int, int]] = {}
    for node in nodes:
        row = rows.get(node.layer, 0)
        rows[node.layer] = row + 1
        place[node.name] = (MARGIN + node.layer * (WIDTH + GAP_X), MARGIN + row * (HEIGHT + GAP_Y))
    width = 2 * MARGIN + len(rows) * (WIDTH + GAP_X) - GAP_X
    height = 2 * MARGIN + max(rows.values()) * (HEIGHT + GAP_Y) - GAP_Y
    arrows = [arrow(place[need], place[node.name]) for node in nodes for need in direct(node, nodes)]
    boxes = [box(node, *place[node.name]) for node in nodes]
    alt = "; ".join(f"{n.name} needs {', '.join(n.needs) or 'nothing made here'}" for n in nodes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">{"".join(arrows + boxes)}</svg>'
    )


def direct(node: Node, nodes: list[Node]) -> list[str]:
    """Return what the node needs, less what something else it needs already needs."""
    needs = {other.name: other.needs for other in nodes}

    def behind(name: str) -> set[str]:
        return {name}.union(*(behind(need) for need in needs[name]))

    implied = set().union(*(behind(far) for near in node.needs for far in needs[near]))
    return [need for need in node.needs if need not in implied]


def box(node: Node, x: int, y: int) -> str:
    """Return one stage as a rounded box with its name, and a second edge behind it where it has variants."""
    many = node.variants > 1
    behind = (
        f'<rect x="{x + 5}" y="{y + 5}" width="{WIDTH}" height="{HEIGHT}" rx="7" style="fill: none; stroke: {MUTED}"/>'
    )
    tag = f'<tspan style="fill: {MUTED}"> ×{node.variants}</tspan>' if many else ""
    return (
        f"{behind if many else ''}"
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="7" '
        f'style="stroke: {MUTED}; fill: {GRID}"/>'
        f'<text x="{x + WIDTH / 2:g}" y="{y + HEIGHT / 2 + 5:g}" text-anchor="middle" '
        f'style="fill: {INK}; font: 15px {FONT}">{escape(node.name)}{tag}</text>'
    )


def arrow(start: tuple[int, int], end: tuple[int, int]) -> str:
    """Return a curve from the right edge of one box to the left edge of another, with a head."""
    x0, y0, x1, y1 = start[0] + WIDTH, start[1] + HEIGHT / 2, end[0], end[1] + HEIGHT / 2
    bend = GAP_X / 2
    return (
        f'<path d="M{x0} {y0:g}C{x0 + bend:g} {y0:g} {x1 - bend:g} {y1:g} {x1 - 8} {y1:g}" '
        f'style="fill: none; stroke: {MUTED}; stroke-width: 1.4"/>'
        f'<path d="M{x1 - 1} {y1:g}l-9 -4.5v9z" style="fill: {MUTED}"/>'
    )
