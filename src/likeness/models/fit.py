"""The one training loop."""

import hashlib
import json
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import lightning
import numpy as np
import pandas as pd
import torch

from likeness.models.pair_data import PhotoArrays
from likeness.models.pair_module import PairModule, Pairs, Plan
from likeness.models.scoring import embed_photos, platt_scale
from likeness.models.siamese import SiameseNet

OPTIMIZERS = ("sgd", "adamw")
PRECISIONS = {"32": "32-true", "bf16": "bf16-mixed"}
LAST = "last.ckpt"
CHATTY = ("lightning.pytorch", "lightning.fabric", "pytorch_lightning")


@dataclass(frozen=True)
class FitResult:
    """net: at its best epoch, on the CPU, in eval mode. history: epoch, train_loss, val_loss, val_accuracy."""

    net: SiameseNet
    history: pd.DataFrame
    best_epoch: int


def fit_pairs(
    net: SiameseNet,
    arrays: PhotoArrays,
    train: pd.DataFrame,
    validation: pd.DataFrame,
    *,
    margin: float = 0.2,
    optimizer: str = "sgd",
    lr: float = 1e-4,
    weight_decay: float = 0.0,
    batch_size: int = 24,
    epochs: int = 100,
    patience: int = 10,
    seed: int = 0,
    device: str = "auto",
    devices: int = 1,
    precision: str = "auto",
    augment: bool = True,
    checkpoints: Path | None = None,
    tracker: str = "none",
    tracker_folder: Path | None = None,
    progress: bool = False,
) -> FitResult:
    """Train `net` on the pairs `train` until `validation` (both: left, right, same) stops improving.

    The defaults are the original study's recipe. Early stopping looks at the validation loss; the best epoch's
    weights are returned, and for a metric loss its distances are scaled to probabilities on the validation pairs.
    margin: of the metric losses. devices: how many GPUs (or CPU processes) share each epoch's batches.
    precision: "auto" is bf16 on a GPU and 32 elsewhere.
    checkpoints: a folder in which the run keeps its state under a name made from all that its result depends on; a
    killed run, started again, goes on from its last whole epoch and ends with the same bits. Removed at the end.
    """
    plan = Plan(margin, optimizer, lr, weight_decay, batch_size, epochs, patience, seed, augment, progress, tracker,
                tracker_folder)  # fmt: skip
    _check(net, plan, train, validation, precision)
    rows = [
        (arrays.rows(p["left"]), arrays.rows(p["right"]), p["same"].to_numpy(bool, copy=True))
        for p in (train, validation)
    ]
    if net.config.tune == "last":
        seen = np.unique(np.concatenate(rows[0][:2]))
        net.standardise(torch.from_numpy(arrays.features[seen]))
    place = {"device": device, "devices": devices, "precision": precision}
    temporary = None if checkpoints else Path(tempfile.mkdtemp(prefix="likeness-fit-"))
    folder = temporary or Path(checkpoints) / run_name(net, arrays, *rows, plan, place)
    folder.mkdir(parents=True, exist_ok=True)
    state = _train(PairModule(net, arrays, *rows, plan, folder / LAST), place)
    net.load_state_dict(state["best"])
    net.to("cpu").eval()
    if net.head is None:
        _calibrate(net, arrays, rows[1])
    shutil.rmtree(folder)
    return FitResult(net, pd.DataFrame(state["history"]), state["best_epoch"])


def run_name(
    net: SiameseNet, arrays: PhotoArrays, train: Pairs, validation: Pairs, plan: Plan, place: dict[str, object]
) -> str:
    """Return 64 hex digits made from all that a run's result depends on."""
    values = {k: v for k, v in asdict(plan).items() if k not in ("progress", "tracker", "tracker_folder")}
    text = json.dumps([asdict(net.config), values, place, torch.__version__], sort_keys=True)
    digest = hashlib.sha256(text.encode())
    given = [value for name, value in vars(arrays).items() if name != "photo_ids" and value is not None]
    weights = [value.detach().cpu().numpy() for value in net.state_dict().values()]
    for array in [*given, *train, *validation, *weights]:
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _check(net: SiameseNet, plan: Plan, train: pd.DataFrame, validation: pd.DataFrame, precision: str) -> None:
    for name, value, allowed in (
        ("optimizer", plan.optimizer, OPTIMIZERS),
        ("precision", precision, ("auto", *PRECISIONS)),
    ):
        if value not in allowed:
            raise ValueError(f"{name} {value!r} is unknown; choose one of {', '.join(allowed)}")
    for name, pairs in (("training", train), ("validation", validation)):
        if pairs["same"].nunique() < 2:
            raise ValueError(f"{len(pairs)} {name} pairs are not of both kinds; check the split")
    if min(plan.epochs, plan.patience, plan.batch_size - 1) < 1:
        raise ValueError(f"epochs {plan.epochs} and patience {plan.patience} must be 1 or more, "
                         f"batch_size {plan.batch_size} 2 or more")  # fmt: skip


def _train(module: PairModule, place: dict[str, object]) -> dict[str, object]:
    """Run the Trainer from the last checkpoint, if there is one, and return the state of the last epoch."""
    gpu = place["device"] in ("auto", "cuda") and torch.cuda.is_available()
    precision = place["precision"] if place["precision"] != "auto" else "bf16" if gpu else "32"
    if gpu:
        module = module.to(memory_format=torch.channels_last)
    module.train()  # Lightning keeps the mode it finds, and a backbone comes in eval mode
    resumed = module.last if module.last.is_file() else None
    with _quiet(), _settings_restored():
        trainer = lightning.Trainer(
            accelerator={"cuda": "gpu"}.get(place["device"], place["device"]),
            devices=place["devices"],
            strategy="auto" if place["devices"] == 1 else _strategy(),
            precision=PRECISIONS[precision],
            max_epochs=module.plan.epochs,
            deterministic=True,
            benchmark=False,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            reload_dataloaders_every_n_epochs=1,
            use_distributed_sampler=False,
        )
        trainer.fit(module, ckpt_path=resumed, weights_only=True)
    if trainer.interrupted:
        raise KeyboardInterrupt
    return torch.load(module.last, map_location="cpu", weights_only=True)["fit"]


def _strategy() -> str:
    """Several processes: forked in a notebook, which cannot be started again from its file; else spawned."""
    from lightning.fabric.utilities.imports import _IS_INTERACTIVE

    return "ddp_notebook" if _IS_INTERACTIVE else "ddp_spawn"


def _calibrate(net: SiameseNet, arrays: PhotoArrays, validation: Pairs) -> None:
    """Set the scale from distance to logit by the validation pairs."""
    left, right, same = validation
    embeddings = embed_photos(net, arrays)
    distance = net.distance(embeddings[left], embeddings[right])
    slope, intercept = platt_scale(-distance.numpy(), same)
    net.platt.copy_(torch.tensor([-slope, intercept]))


@contextmanager
def _quiet() -> Iterator[None]:
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
def _settings_restored() -> Iterator[None]:
    """Put torch's global generator and its determinism switches back afterwards."""
    strict, warn = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    benchmark = torch.backends.cudnn.benchmark
    try:
        with torch.random.fork_rng(devices=list(range(torch.cuda.device_count()))):
            yield
    finally:
        torch.use_deterministic_algorithms(strict, warn_only=warn)
        torch.backends.cudnn.benchmark = benchmark
