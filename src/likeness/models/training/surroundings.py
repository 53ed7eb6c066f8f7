"""What a training run leaves as it found it: the terminal and torch's global settings."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch

CHATTY = ("lightning.pytorch", "lightning.fabric", "pytorch_lightning")


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
