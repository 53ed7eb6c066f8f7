"""The one training loop."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import pandas as pd
import torch
from scipy.special import logit
from torch import nn

from likeness.models.pose.pair_data import PhotoArrays
from likeness.models.pose.pair_module import PairModule, Pairs, Plan
from likeness.models.pose.scoring import embed_photos
from likeness.models.pose.siamese import SiameseNet
from likeness.models.training.processes import STRATEGIES, choose_strategy
from likeness.models.training.run_module import RunModule, RunPlan
from likeness.models.training.surroundings import quiet, settings_restored
from likeness.stats.platt import platt_scale

OPTIMIZERS = ("sgd", "adamw")
PRECISIONS = {"32": "32-true", "bf16": "bf16-mixed"}
LAST = "last.ckpt"


@dataclass(frozen=True)
class FitResult:
    """net: at its best epoch, on the CPU, in eval mode. history: epoch, train_loss, val_loss, and the
    study's other scores, such as val_accuracy.

    kept: the folder with the finished run's state, if it was asked to be kept.
    """

    net: Any
    history: pd.DataFrame
    best_epoch: int
    kept: Path | None = None


def fit_pairs(
    net: SiameseNet,
    arrays: PhotoArrays,
    train: pd.DataFrame,
    validation: pd.DataFrame,
    *,
    device: str = "auto",
    devices: int = 1,
    strategy: str = "auto",
    precision: str = "auto",
    checkpoints: Path | None = None,
    keep: bool = False,
    **recipe: Any,
) -> FitResult:
    """Train `net` on the pairs `train` until `validation` (both: left, right, same) stops improving.

    Early stopping looks at the validation loss; the best epoch's weights are returned, and for a metric loss its
    distances are scaled to probabilities on the validation pairs.
    recipe: the fields of `Plan`. devices: how many GPUs (or CPU processes) share the photos of each batch; the steps
    and the curve are those of one (see `RunModule`). strategy: "auto" starts processes where there are several devices,
    "ddp" for one, too.
    precision: "auto" is bf16 on a GPU and 32 elsewhere.
    checkpoints: a folder in which the run keeps its state under a name made from all that its result depends on; a
    killed run, started again, goes on from its last whole epoch and ends with the same bits. Removed at the end,
    or with `keep` left for the caller to remove: until then the same run is not trained again.
    """
    plan = Plan(**recipe)
    place = {"device": device, "devices": devices, "strategy": strategy, "precision": precision}
    _check(plan, train, validation, place)
    rows = [_pair_rows(arrays, pairs) for pairs in (train, validation)]
    if net.config.tune == "last":
        seen = np.unique(np.concatenate(rows[0][:2]))
        net.standardise(torch.from_numpy(arrays.features[seen]))
    given = [value for name, value in vars(arrays).items() if name != "photo_ids" and value is not None]
    name = run_name(net, [*given, *rows[0], *rows[1]], plan, place)
    return fit_run(
        net,
        lambda last: PairModule(net, arrays, *rows, plan, last),
        name,
        place,
        checkpoints=checkpoints,
        keep=keep,
        finish=lambda: _calibrate(net, arrays, rows[1]) if net.head is None else None,
    )


def fit_run(
    net: nn.Module,
    make: Callable[[Path], RunModule],
    name: str,
    place: dict[str, object],
    *,
    checkpoints: Path | None,
    keep: bool,
    finish: Callable[[], None] = lambda: None,
) -> FitResult:
    """Run a module to its end, and return the network at its best epoch.

    make: the file of the last state -> the module that trains `net`. name: as `run_name` gives. place: device, devices,
    strategy, precision. finish: called with the best weights in the network, before the run's folder may go.
    """
    with _run_folder(checkpoints, name, keep) as folder:
        state = _train(make(folder / LAST), place)
        net.load_state_dict(state["best"])
        net.to("cpu").eval()
        finish()
    return FitResult(net, pd.DataFrame(state["history"]), state["best_epoch"], folder if keep and checkpoints else None)


def _pair_rows(arrays: PhotoArrays, pairs: pd.DataFrame) -> Pairs:
    return arrays.rows(pairs["left"]), arrays.rows(pairs["right"]), pairs["same"].to_numpy(bool, copy=True)


@contextmanager
def _run_folder(checkpoints: Path | None, name: str, keep: bool) -> Iterator[Path]:
    """Yield the run's folder; an error leaves it for the next attempt, success removes it, unless it is to be kept."""
    if checkpoints is None:
        with tempfile.TemporaryDirectory(prefix="likeness-fit-") as temporary:
            yield Path(temporary)
        return
    folder = Path(checkpoints) / name
    folder.mkdir(parents=True, exist_ok=True)
    yield folder
    if not keep:
        shutil.rmtree(folder)


def run_name(net: nn.Module, given: Sequence[np.ndarray], plan: RunPlan, place: dict[str, object]) -> str:
    """Return 64 hex digits made from all that a run's result depends on.

    given: every array that it learns from or is validated on, in a fixed order. net: with a `config` dataclass.
    """
    text = json.dumps([asdict(net.config), plan.settings(), place, torch.__version__], sort_keys=True)
    digest = hashlib.sha256(text.encode())
    weights = [value.detach().cpu().numpy() for value in net.state_dict().values()]
    for array in [*given, *weights]:
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _check(plan: Plan, train: pd.DataFrame, validation: pd.DataFrame, place: dict[str, object]) -> None:
    check_plan(plan, place)
    for name, pairs in (("training", train), ("validation", validation)):
        if pairs["same"].nunique() < 2:
            raise ValueError(f"{len(pairs)} {name} pairs are not of both kinds; check the split")


def check_plan(plan: RunPlan, place: dict[str, object]) -> None:
    """Raise ValueError naming a setting that cannot be used."""
    for name, value, allowed in (
        ("optimizer", plan.optimizer, OPTIMIZERS),
        ("precision", place["precision"], ("auto", *PRECISIONS)),
        ("strategy", place["strategy"], STRATEGIES),
    ):
        if value not in allowed:
            raise ValueError(f"{name} {value!r} is unknown; choose one of {', '.join(allowed)}")
    if min(plan.epochs, plan.patience, plan.batch_size - 1) < 1:
        raise ValueError(f"epochs {plan.epochs} and patience {plan.patience} must be 1 or more, "
                         f"batch_size {plan.batch_size} 2 or more")  # fmt: skip
    if not 1 <= place["devices"] <= plan.batch_size:
        raise ValueError(f"devices {place['devices']} must be 1 to {plan.batch_size}, the batch_size that they share")


def _train(module: RunModule, place: dict[str, object]) -> dict[str, object]:
    """Run the Trainer from the last checkpoint, if there is one, and return the state of the last epoch.

    A run whose checkpoint is its last epoch's is not trained again; its curves are.
    """
    if module.last.is_file():
        module.on_load_checkpoint(torch.load(module.last, map_location="cpu", weights_only=True))
        if module.is_over():
            module.track_again()
            return module.state()
    gpu = place["device"] in ("auto", "cuda") and torch.cuda.is_available()
    precision = place["precision"] if place["precision"] != "auto" else "bf16" if gpu else "32"
    module.train()  # Lightning keeps the mode it finds, and a backbone comes in eval mode
    resumed = module.last if module.last.is_file() else None
    with quiet(), settings_restored():
        trainer = lightning.Trainer(
            accelerator={"cuda": "gpu"}.get(place["device"], place["device"]),
            devices=place["devices"],
            strategy=choose_strategy(place["strategy"], place["devices"]),
            sync_batchnorm=gpu and place["devices"] > 1,
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


def _calibrate(net: SiameseNet, arrays: PhotoArrays, validation: Pairs) -> None:
    """Set the scale from distance to logit by the validation pairs.

    Distances that run against the validation pairs say nothing: every pair gets the share of same pairs.
    """
    left, right, same = validation
    embeddings = embed_photos(net, arrays)
    distance = net.distance(embeddings[left], embeddings[right])
    slope, intercept = platt_scale(-distance.numpy(), same)
    if slope <= 0:
        slope, intercept = 0.0, float(logit(np.mean(same)))
    net.platt.copy_(torch.tensor([-slope, intercept]))
