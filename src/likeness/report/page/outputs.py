"""An executed notebook made ready for export: numbered cells, quiet progress bars, nothing that differs by run."""

import re
from copy import deepcopy

from nbconvert.filters import strip_ansi
from nbformat import NotebookNode

ADDED_BY_PAPERMILL = frozenset({"injected-parameters", "papermill-error-cell-tag"})
TOLD = frozenset({"parameters", "injected-parameters"})
BAR = re.compile(r"^(?P<label>.*?):?\s*\d+%\|[^|]*\|\s*(?P<done>[^\s/]+)/(?P<total>\S+)(\s*\[.*)?$")
COUNTER = re.compile(r"^(?:(?P<label>.*?):\s*)?(?P<done>\d+)it \[.*\]$")
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
FOLDERS = re.compile(r"(?:~/|(?<![\w.:/~])/)(?:[^\s/:<>\"'()]+/)*?(?=src/likeness/|[^\s/:<>\"'()]+\.(?:py|so)\b)")
# Of a notebook without widgets, which a page has none of; of C++ libraries, whose logs hold times and threads.
NOISE = re.compile(
    r"TqdmWarning: IProgress not found|^[IWEF]\d{4} [\d:.]+ +\d+ \S+:\d+\] |^INFO: Created TensorFlow Lite "
    r"|^WARNING: All log messages before absl::InitializeLog"
)
KERNEL_FILE = re.compile(r"(?<![\w/])\d+\.py:\d+: ")
SCOPED_STYLE = re.compile(r"<style scoped>.*?</style>\s*", re.DOTALL)
STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Return a copy with cells numbered as in the source notebook and outputs a reader can use.

    Cells that papermill put in keep no number; its error notes are left out. What a run is told (the cell tagged
    `parameters`, and papermill's) stands with the code that reads it: one thing to fold out, not three.
    """
    notebook = deepcopy(notebook)
    cells, told, number, seen = [], [], 0, set[str]()
    for cell in notebook.cells:
        if "papermill-error-cell-tag" in tags(cell):
            continue
        number += not ADDED_BY_PAPERMILL & tags(cell)
        cell.id = f"cell-{number}"
        if TOLD & tags(cell) and not cell.outputs:
            told.append(cell.source)
            continue
        if cell.cell_type == "code":
            cell.source, told = "\n\n".join([*told, cell.source]), []
            cell.outputs = [once(output, seen) for output in tidy_outputs(cell.outputs)]
        cells.append(cell)
    notebook.cells = cells
    return notebook


def once(output: NotebookNode, seen: set[str]) -> NotebookNode:
    """Take style sheets out of an HTML output that an earlier output on the page has brought already."""

    def keep_first(match: re.Match[str]) -> str:
        known = match[0] in seen
        seen.add(match[0])
        return "" if known else match[0]

    if "text/html" in output.get("data", {}):
        output.data["text/html"] = STYLE.sub(keep_first, output.data["text/html"])
    return output


def tags(cell: NotebookNode) -> set[str]:
    """Return the cell's tags."""
    return set(cell.metadata.get("tags", []))


def failed_cell(notebook: NotebookNode) -> tuple[str, str] | None:
    """Return (id, "ErrorName: message") of the first cell that raised, None if every cell ran.

    The id is "cell-N", N counted from 1 in the notebook as it was written, prose included.
    """
    for cell in tidy(notebook).cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return cell.id, f"{output.ename}: {output.evalue}".strip()
    return None


def tidy_outputs(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Return the outputs with each stream in one piece and without addresses, paths and timings."""
    kept: list[NotebookNode] = []
    streams: dict[str, NotebookNode] = {}
    for output in outputs:
        if output.output_type == "stream" and output.name in streams:
            streams[output.name].text += output.text
            continue
        kept.append(output)
        if output.output_type == "stream":
            streams[output.name] = output
        elif output.output_type == "error":
            output.traceback = [without_paths(strip_ansi(line)) for line in output.traceback]
        else:
            output.data = {kind: tidy_data(kind, value) for kind, value in output.data.items()}
    for name, stream in streams.items():
        stream.text = summarise(stream.text) if name == "stderr" else replay(strip_ansi(stream.text))
    return [output for output in kept if output.output_type != "stream" or output.text.strip()]


def tidy_data(kind: str, value: object) -> object:
    """Return one representation of an output without pandas' style sheet and memory addresses."""
    if kind == "text/html" and isinstance(value, str):
        return SCOPED_STYLE.sub("", value)
    if kind == "text/plain" and isinstance(value, str):
        return ADDRESS.sub("", value)
    return value


def replay(text: str) -> str:
    """Return the text as a terminal would leave it: after a carriage return the line starts anew."""
    return "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in text.split("\n"))


def summarise(text: str) -> str:
    """Return stderr with each progress bar as one line, "label: done of total", and no timing or path.

    A bar's rate and clock differ in every run; what it counted does not. Of a warning the message is kept.
    """
    lines: dict[str, str] = {}
    before = ""
    for line in re.split(r"[\r\n]+", strip_ansi(text)):
        source = line[:2] == "  " and "Warning: " in before  # Python repeats the code line below the warning
        before = line
        if not line.strip() or source or NOISE.search(line):
            continue
        key, shown = counted(line.strip()) or 2 * (KERNEL_FILE.sub("", without_paths(line.rstrip())),)
        lines[key] = shown
    return "\n".join(lines.values())


def counted(line: str) -> tuple[str, str] | None:
    """Return (which bar, "label: done of total") for a line of a progress bar, None for another line."""
    bar = BAR.match(line) or COUNTER.match(line)
    if bar is None:
        return None
    label, total = bar["label"] or "progress", bar.groupdict().get("total")
    return f"bar {label}", f"{label}: {bar['done']}" + (f" of {total}" if total else "")


def without_paths(line: str) -> str:
    """Return the line with the folders of code files cut off, up to src/likeness: they name a machine, not a fault."""
    return FOLDERS.sub("", line)
