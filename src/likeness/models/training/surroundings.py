"""What surrounds a training run: its log, its processes, one for each device, the terminal, torch's global settings."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import torch
from lightning.pytorch.strategies import DDPStrategy
from lightning.pytorch.strategies.launchers.multiprocessing import _MultiProcessingLauncher
from torch.multiprocessing import ProcessRaisedException

from likeness import paths

STRATEGIES = ("auto", "ddp")
CHATTY = ("lightning.pytorch", "lightning.fabric", "pytorch_lightning")
Row = dict[str, float]


def _forget(*_row: Row) -> None:
    """Log nothing: a function of the module, since runs are sent to other processes."""


class Tracker(NamedTuple):
    """What takes one row of numbers per epoch, and what closes the run. By default the numbers are forgotten."""

    log: Callable[[Row], object] = _forget
    finish: Callable[[], object] = _forget


def _dvclive(folder: Path, settings: dict[str, object]) -> Tracker:
    """Write metrics.json, params.yaml and plots/metrics/*.tsv into `folder`: no timestamps, same run, same bytes.

    What an earlier run left in `folder` is replaced.
    """
    from dvclive import Live

    live = Live(dir=str(folder), save_dvc_exp=False, dvcyaml=None, report=None)
    live.log_params(settings)

    def log(row: Row) -> None:
        for name, value in row.items():
            if name != "epoch":
                live.log_metric(name.replace("_", "/", 1), value)
        live.next_step()

    return Tracker(log, live.end)


def _wandb(folder: Path, settings: dict[str, object]) -> Tracker:
    """Log to Weights & Biases; the environment variable WANDB_MODE=offline keeps everything in `folder`."""
    try:
        import wandb
    except ImportError as error:
        raise ImportError('tracker "wandb" needs the wandb package: pip install "likeness[wandb]"') from error
    quiet = wandb.Settings(silent=True, console="off")
    run = wandb.init(project="likeness", dir=str(folder), config=settings, settings=quiet)
    return Tracker(lambda row: run.log(dict(row)), run.finish)


TRACKERS = {"none": None, "dvclive": _dvclive, "wandb": _wandb}


def run_folders(tracker: str, output: Path, run: str) -> dict[str, Path]:
    """Return where a run keeps its log and its state, as `fit` takes them: tracker_folder, checkpoints.

    tracker: see open_tracker. output: the run's part of the stage's output. run: its name. dvclive's files are part of
    the output, the same bytes each time; wandb's have the time in their names and would change it, so they lie beside
    what git and DVC keep.
    """
    log = paths.root() / ".likeness" / "wandb" / run if tracker == "wandb" else output / "live"
    return {"tracker_folder": log, "checkpoints": paths.cache() / "checkpoints"}


def open_tracker(name: str, folder: Path | None, settings: dict[str, object]) -> Tracker:
    """Return the tracker `name`, which keeps its files in `folder`.

    Raises ValueError for an unknown name or a missing folder, ImportError where the package is missing.
    """
    if name not in TRACKERS:
        raise ValueError(f"tracker {name!r} is unknown; choose one of {', '.join(TRACKERS)}")
    if name == "none":
        return Tracker()
    if folder is None:
        raise ValueError(f"tracker {name!r} needs a folder for its files")
    folder.mkdir(parents=True, exist_ok=True)
    return TRACKERS[name](folder, settings)


class Processes(DDPStrategy):
    """Distributed data parallel training in spawned processes, in scripts and in notebooks.

    Lightning forks in notebooks, since functions defined there cannot be sent to a new process. Nothing of ours is
    defined there, and a forked process can neither use a GPU that the notebook has looked at nor its OpenMP threads.
    Lightning's own "ddp_spawn" refuses to run in a notebook, hence a launcher of our own.
    """

    def __init__(self) -> None:
        super().__init__(start_method="spawn")

    def _configure_launcher(self) -> None:
        self._launcher = _Launcher(self, start_method="spawn")


class _Launcher(_MultiProcessingLauncher):
    @property
    def is_interactive_compatible(self) -> bool:
        return True

    def launch(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        """Run the processes; what our code refuses in one of them is refused here, in its own words."""
        try:
            return super().launch(function, *args, **kwargs)
        except ProcessRaisedException as error:
            kind, _, words = str(error).strip().splitlines()[-1].partition(": ")
            if kind == "ValueError":
                raise ValueError(words) from error
            raise

    def _wrapping_function(self, *args: Any, **kwargs: Any) -> None:
        with quiet():
            super()._wrapping_function(*args, **kwargs)


def choose_strategy(name: str, devices: int) -> Any:
    """Return the Trainer's strategy: "auto" starts processes for several devices only, "ddp" for one too."""
    return Processes() if name == "ddp" or devices > 1 else "auto"


@contextmanager
def quiet() -> Iterator[None]:
    """Silence Lightning's remarks on hardware, workers and folders."""
    loggers = [logging.getLogger(name) for name in CHATTY]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="lightning")
            warnings.filterwarnings("ignore", message=".*does not have many workers.*")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def settings_restored() -> Iterator[None]:
    """Put torch's global generator and its determinism switches back afterwards."""
    strict, warn = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    benchmark = torch.backends.cudnn.benchmark
    try:
        with torch.random.fork_rng(devices=list(range(torch.cuda.device_count()))):
            yield
    finally:
        torch.use_deterministic_algorithms(strict, warn_only=warn)
        torch.backends.cudnn.benchmark = benchmark
