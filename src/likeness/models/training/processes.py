"""What surrounds a training run: its processes, one for each device, the terminal, and torch's global settings."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from lightning.pytorch.strategies import DDPStrategy
from lightning.pytorch.strategies.launchers.multiprocessing import _MultiProcessingLauncher
from torch.multiprocessing import ProcessRaisedException

STRATEGIES = ("auto", "ddp")
CHATTY = ("lightning.pytorch", "lightning.fabric", "pytorch_lightning")


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
