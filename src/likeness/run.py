"""Run one notebook with the values of params.yaml: an executed copy and a self-contained HTML page."""

import os
import re
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from likeness import kernel, paths, progress, repeatable, warm
from likeness.errors import UserError, words
from likeness.params import find_stage, load_parameters, load_variant, read_params
from likeness.params.matrix import pages_of
from likeness.params.section import Section, Stage


class NotebookFailed(RuntimeError):
    """A cell raised; the message names the notebook, the cell and the partial HTML."""


def run_stage(title: str, choices: Mapping[str, str]) -> Path:
    """Execute the stage's notebook and write reports/<study>/<stage>[-variant].html.

    title: the stage's name in dvc.yaml, such as pose-finetune.
    choices: the keys of its matrix, such as {"tune": "last", "stream": "photo"}.
    Returns the path of the HTML. Raises ParamsError before anything is run, NotebookFailed after a
    cell failed; then <stage>.failed.html holds the cells that ran, and the traceback.
    """
    stage = find_stage(title)
    root = paths.root()
    variant = load_variant(stage, choices).model_dump()
    values = load_parameters(read_params(root / "params.yaml"), stage, variant)
    name = "-".join([stage.name, *variant.values()])
    page = root / "reports" / stage.study / f"{name}.html"
    notebook, failure = _execute(root, stage, values, variant, name)
    return _publish(notebook, failure, page, stage, name)


def _execute(root: Path, stage: Stage, values: Section, variant: dict[str, str], name: str) -> tuple[Any, Any]:
    """Return the executed notebook and the error that stopped it, if one did.

    The notebook reads `values` itself, from params.yaml; it is told the variant.
    """
    import nbformat
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient.exceptions import DeadKernelError
    from papermill import execute_notebook
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    if dict(values.flat()).get("machine.precision") == "bf16":
        os.environ[repeatable.SWITCH] = repeatable.NATIVE  # AVX2 has no instruction for bfloat16
    kernel.set_own_folders(root / ".likeness")
    progress.watch()
    source = stage.path(root)
    copy = root / ".likeness" / "executed" / f"{stage.study}-{name}.ipynb"
    copy.parent.mkdir(parents=True, exist_ok=True)
    where = source.relative_to(root)
    try:
        nbformat.read(source, as_version=4)
    except (ValueError, LookupError, TypeError, AttributeError, nbformat.ValidationError) as error:
        raise UserError(f"{where}: is no notebook; restore it from the repository") from error
    failure = None
    # Each run has sockets of its own: stages side by side would otherwise take the first free name (or port) at once,
    # and one of them would end with the other's kernel. The folder is this user's alone.
    try:
        with tempfile.TemporaryDirectory(prefix="likeness-", dir=warm.short_folder()) as sockets:
            execute_notebook(
                str(source),
                str(copy),
                parameters=variant,
                cwd=str(root),
                kernel_name=kernel.NAME,
                progress_bar=sys.stderr.isatty(),
                config=Config({"KernelManager": {"transport": "ipc", "ip": f"{sockets}/kernel"}}),
                shutdown_kernel="immediate",  # all is written by then; a kernel that may take its time takes up to 3 s
            )
    except PapermillExecutionError as error:
        failure = error
    except DeadKernelError as error:
        raise NotebookFailed(f"{where}: the kernel died, most often for want of memory; try smaller batches") from error
    except NoSuchKernel as error:
        raise NotebookFailed(
            f"{where}: its kernel {kernel.NAME!r} is not installed here; `pip install --no-deps -e .` brings it"
        ) from error
    except RuntimeError as error:
        raise NotebookFailed(f"{where}: the kernel did not start: {words(error)}") from error
    return nbformat.read(copy, as_version=4), failure


def _publish(notebook: Any, failure: Any, page: Path, stage: Stage, name: str) -> Path:
    from likeness.report.page.html import export_html

    partial = page.with_suffix(".failed.html")
    siblings = {each: f"{each}.html" for each in pages_of(paths.root())[stage.study]}  # hold once all have run
    where = {"study": stage.study, "stage": name, "siblings": siblings | {"explore": "explore.html"}}
    html = export_html(notebook, title=name, folder=stage.path(paths.root()).parent, **where)
    paths.write_text(html, partial if failure else page)
    if failure:
        raise NotebookFailed(
            f"notebooks/{stage.study}/{stage.name}.ipynb: cell {failure.cell_index} raised "
            f"{failure.ename}: {_said(failure)}; read {partial.relative_to(paths.root())}"
        )
    partial.unlink(missing_ok=True)
    return page


def _said(failure: Any) -> str:
    """Return the first line of what an error in a cell said; where it said nothing, where it was raised."""
    lines = [line.strip() for line in str(failure.evalue or "").splitlines() if line.strip(" \t'\"")]
    if lines:
        return lines[0]
    if failure.ename == "MemoryError":
        return words(MemoryError())
    frames = re.findall(r"File (\S+):(\d+)", re.sub(r"\x1b\[[\d;]*m", "", "\n".join(failure.traceback or [])))
    return "it says no more" + (
        f", in {'/'.join(Path(frames[-1][0]).parts[-2:])}, line {frames[-1][1]}" if frames else ""
    )
