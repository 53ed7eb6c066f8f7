"""The one training loop: a run that is killed and started again ends with the same bits, a finished one is recalled."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import pandas as pd
import torch
from torch import nn

from likeness.cache import prune
from likeness.fingerprint import fingerprint, modules_of
from likeness.models.training.run_module import RunModule, RunPlan
from likeness.models.training.surroundings import STRATEGIES, choose_strategy, quiet, settings_restored
from likeness.paths import atomic

OPTIMIZERS = ("sgd", "adamw")
PRECISIONS = {"32": "32-true", "bf16": "bf16-mixed"}
LAST = "last.ckpt"
MOST = 20 * 10**9  # bytes of finished runs; beyond, those used longest ago go


@dataclass(frozen=True)
class FitResult:
    """net: at its best epoch, on the CPU, in eval mode. history: epoch, train_loss, val_loss, and the
    study's other scores, such as val_accuracy.
    """

    net: Any
    history: pd.DataFrame
    best_epoch: int


Fits = Mapping[str, Sequence[FitResult]]  # {scheme: its training runs, each from a seed of its own}


@dataclass(frozen=True)
class Machine:
    """Where a run is computed, and where its state lies meanwhile.

    devices: how many GPUs (or CPU processes) share each batch; the steps and the curve are those of one (see
    `RunModule`). strategy: "auto" starts processes where there are several devices, "ddp" for one, too.
    precision: "auto" is bf16 on a GPU and 32 elsewhere.
    checkpoints: a folder in which the run keeps its state under a name made from all that its result depends on: a
    killed run, started again, goes on from its last whole epoch, a finished one is recalled, and one that is asked for
    more epochs goes on from its last, all with the same bits. `likeness cache --prune` removes old ones.
    """

    device: str = "auto"
    devices: int = 1
    strategy: str = "auto"
    precision: str = "auto"
    checkpoints: Path | None = None

    def settings(self) -> dict[str, object]:
        """Return all that the result depends on."""
        return {name: getattr(self, name) for name in ("device", "devices", "strategy", "precision")}


def split_settings(kind: type[RunPlan], settings: Mapping[str, Any]) -> tuple[Any, Machine]:
    """Return (a plan of this kind, the machine) from their fields in one mapping.

    Raises ValueError naming a setting that cannot be used, TypeError for an unknown one.
    """
    names = {field.name for field in fields(Machine)}
    machine = Machine(**{name: value for name, value in settings.items() if name in names})
    plan = kind(**{name: value for name, value in settings.items() if name not in names})
    _check(plan, machine)
    return plan, machine


def _check(plan: RunPlan, machine: Machine) -> None:
    for name, value, allowed in (
        ("optimizer", plan.optimizer, OPTIMIZERS),
        ("precision", machine.precision, ("auto", *PRECISIONS)),
        ("strategy", machine.strategy, STRATEGIES),
    ):
        if value not in allowed:
            raise ValueError(f"{name} {value!r} is unknown; choose one of {', '.join(allowed)}")
    if min(plan.epochs, plan.patience, plan.batch_size - 1) < 1:
        raise ValueError(f"epochs {plan.epochs} and patience {plan.patience} must be 1 or more, "
                         f"batch_size {plan.batch_size} 2 or more")  # fmt: skip
    if not 1 <= machine.devices <= plan.batch_size:
        raise ValueError(f"devices {machine.devices} must be 1 to {plan.batch_size}, the batch_size that they share")


def fit_run(
    kind: type[RunModule],
    net: nn.Module,
    arrays: Any,
    examples: Sequence[Any],
    plan: RunPlan,
    machine: Machine,
    finish: Callable[[], None] = lambda: None,
) -> FitResult:
    """Run a module to its end, and return the network at its best epoch.

    kind: the class of the study's module. arrays: a record of what is seen. examples: what of it is learnt from, and
    what validates; each rows (m, ...), or several such. finish: called with the best weights in the network.
    """
    given = [array for array in vars(arrays).values() if isinstance(array, np.ndarray)]
    for part in examples:
        given += part if isinstance(part, tuple) else [part]
    with tempfile.TemporaryDirectory(prefix="likeness-fit-") as temporary:
        checkpoints = machine.checkpoints or Path(temporary)
        folder = checkpoints / _run_name(kind, net, given, plan, machine) / str(plan.epochs)
        state = _train(kind(net, arrays, *examples, plan, folder / LAST), machine)
        prune(checkpoints, most=MOST)
    net.load_state_dict(state["best"])
    net.to("cpu").eval()
    finish()
    return FitResult(net, pd.DataFrame(state["history"]), state["best_epoch"])


def _run_name(
    kind: type[RunModule], net: nn.Module, given: Sequence[np.ndarray], plan: RunPlan, machine: Machine
) -> str:
    """Return 64 hex digits made from all that a run's epochs depend on, each array that it is given in order.

    How many epochs there are to be is no part of it, unless the rate of each step depends on it.
    """
    code = fingerprint(__name__, *modules_of(kind, type(net)))
    settings = plan.settings() | ({} if kind.depends_on_epochs else {"epochs": None})
    text = json.dumps([code, asdict(net.config), settings, machine.settings(), torch.__version__], sort_keys=True)
    digest = hashlib.sha256(text.encode())
    weights = [value.detach().cpu().numpy() for value in net.state_dict().values()]
    for array in [*given, *weights]:
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def fit_each(
    schemes: Collection[str], seeds: Sequence[int], fit: Callable[..., FitResult], tracker_folder: Path | None = None
) -> Fits:
    """Return {scheme: [fit(scheme, seed, tracker_folder=...) of each seed]}: the training runs of one network.

    The first of the schemes, on which all verdicts rest, is trained from each seed; the others, which show what another
    split would have claimed, from the first seed alone. Each run has a subfolder for its log: <scheme> the first, the
    others <scheme>-run-1 and so on.
    """

    def folder(scheme: str, run: int) -> Path | None:
        return tracker_folder and tracker_folder / (f"{scheme}-run-{run}" if run else scheme)

    return {
        scheme: [fit(scheme, seed, tracker_folder=folder(scheme, run)) for run, seed in enumerate(own)]
        for scheme, own in zip(schemes, (seeds, *[seeds[:1]] * len(schemes)), strict=False)
    }


def histories(fits: Fits) -> pd.DataFrame:
    """Return the epochs of all runs: scheme, run (from 0), epoch, train_loss, val_loss, val_accuracy, best (bool)."""
    tables = [
        fit.history.assign(scheme=scheme, run=run, best=fit.history["epoch"] == fit.best_epoch)
        for scheme, runs in fits.items()
        for run, fit in enumerate(runs)
    ]
    return pd.concat(tables, ignore_index=True)


def _begin(last: Path) -> None:
    """Begin a run with the state of the longest shorter one that differs in the number of epochs alone."""
    shorter = [path for path in last.parent.parent.glob(f"*/{LAST}") if int(path.parent.name) < int(last.parent.name)]
    last.parent.mkdir(parents=True, exist_ok=True)
    if shorter and not last.exists():
        with atomic(last) as temporary:
            shutil.copyfile(max(shorter, key=lambda path: int(path.parent.name)), temporary)


def _train(module: RunModule, machine: Machine) -> dict[str, object]:
    """Run the Trainer from the last checkpoint, if there is one, and return the state of the last epoch.

    A run whose checkpoint is its last epoch's is not trained again; its curves are logged again.
    """
    _begin(module.last)
    if module.last.is_file():
        os.utime(module.last)  # used now: old ones are pruned first
        module.on_load_checkpoint(torch.load(module.last, map_location="cpu", weights_only=True))
        if module.is_over():
            module.track_again()
            return module.state()
    gpu = machine.device in ("auto", "cuda") and torch.cuda.is_available()
    precision = machine.precision if machine.precision != "auto" else "bf16" if gpu else "32"
    module.train()  # Lightning keeps the mode it finds, and a backbone comes in eval mode
    resumed = module.last if module.last.is_file() else None
    with quiet(), settings_restored():
        trainer = lightning.Trainer(
            accelerator={"cuda": "gpu"}.get(machine.device, machine.device),
            devices=machine.devices,
            strategy=choose_strategy(machine.strategy, machine.devices),
            sync_batchnorm=gpu and machine.devices > 1,
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
