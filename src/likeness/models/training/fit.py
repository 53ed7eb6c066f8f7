"""The one training loop: a run that is killed and started again ends with the same bits."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import pandas as pd
import torch
from torch import nn

from likeness.models.training.run_module import RunModule, RunPlan
from likeness.models.training.surroundings import STRATEGIES, choose_strategy, quiet, settings_restored

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


@dataclass(frozen=True)
class Machine:
    """Where a run is computed, and where its state lies meanwhile.

    devices: how many GPUs (or CPU processes) share each batch; the steps and the curve are those of one (see
    `RunModule`). strategy: "auto" starts processes where there are several devices, "ddp" for one, too.
    precision: "auto" is bf16 on a GPU and 32 elsewhere.
    checkpoints: a folder in which the run keeps its state under a name made from all that its result depends on; a
    killed run, started again, goes on from its last whole epoch and ends with the same bits. Removed at the end,
    or with `keep` left for the caller to remove: until then the same run is not trained again.
    """

    device: str = "auto"
    devices: int = 1
    strategy: str = "auto"
    precision: str = "auto"
    checkpoints: Path | None = None
    keep: bool = False

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
    kind: Callable[..., RunModule],
    net: nn.Module,
    arrays: Any,
    examples: Sequence[Any],
    plan: RunPlan,
    machine: Machine,
    finish: Callable[[], None] = lambda: None,
) -> FitResult:
    """Run a module to its end, and return the network at its best epoch.

    kind: the class of the study's module. arrays: a record of what is seen. examples: what of it is learnt from, and
    what validates; each rows (m, ...), or several such. finish: called with the best weights in the network, before the
    run's folder may go.
    """
    given = [array for array in vars(arrays).values() if isinstance(array, np.ndarray)]
    for part in examples:
        given += part if isinstance(part, tuple) else [part]
    with _run_folder(machine.checkpoints, _run_name(net, given, plan, machine), machine.keep) as folder:
        state = _train(kind(net, arrays, *examples, plan, folder / LAST), machine)
        net.load_state_dict(state["best"])
        net.to("cpu").eval()
        finish()
    kept = folder if machine.keep and machine.checkpoints else None
    return FitResult(net, pd.DataFrame(state["history"]), state["best_epoch"], kept)


def _run_name(net: nn.Module, given: Sequence[np.ndarray], plan: RunPlan, machine: Machine) -> str:
    """Return 64 hex digits made from all that a run's result depends on, each array that it is given in order."""
    text = json.dumps([asdict(net.config), plan.settings(), machine.settings(), torch.__version__], sort_keys=True)
    digest = hashlib.sha256(text.encode())
    weights = [value.detach().cpu().numpy() for value in net.state_dict().values()]
    for array in [*given, *weights]:
        digest.update(f"{array.dtype}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def fit_each(
    schemes: Iterable[str], fit: Callable[..., FitResult], tracker_folder: Path | None = None
) -> dict[str, FitResult]:
    """Return {scheme: fit(scheme, keep=True, tracker_folder=...)}; each scheme has a subfolder for its log.

    A finished scheme's state stays until all are finished, so that a kill during the second does not cost the first.
    """
    folders = {scheme: tracker_folder and tracker_folder / scheme for scheme in schemes}
    fits = {scheme: fit(scheme, keep=True, tracker_folder=folder) for scheme, folder in folders.items()}
    for kept in {result.kept for result in fits.values()} - {None}:
        shutil.rmtree(kept)
    return fits


def histories(fits: Mapping[str, FitResult]) -> pd.DataFrame:
    """Return the epochs of all schemes: scheme, epoch, train_loss, val_loss, val_accuracy, best (bool)."""
    tables = [
        fit.history.assign(scheme=scheme, best=fit.history["epoch"] == fit.best_epoch) for scheme, fit in fits.items()
    ]
    return pd.concat(tables, ignore_index=True)


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


def _train(module: RunModule, machine: Machine) -> dict[str, object]:
    """Run the Trainer from the last checkpoint, if there is one, and return the state of the last epoch.

    A run whose checkpoint is its last epoch's is not trained again; its curves are logged again.
    """
    if module.last.is_file():
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
