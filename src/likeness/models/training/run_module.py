"""What Lightning's Trainer runs, whatever is learnt: epochs, early stopping, and the state that survives a kill."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from likeness.models.training.batches import ALONE, EpochBatches, Share
from likeness.models.training.surroundings import Tracker, open_tracker
from likeness.progress import track

NOT_SETTINGS = ("tracker", "tracker_folder")  # they change what is shown, not what is learnt


@dataclass(frozen=True)
class RunPlan:
    """How a network is trained.

    batch_size: examples a step, of all devices together.
    patience: epochs without a better one (see `cost`) before the run ends. augment: flips and colour jitter.
    tracker, tracker_folder: see surroundings.open_tracker.
    """

    optimizer: str = "sgd"
    lr: float = 1e-4
    weight_decay: float = 0.0
    batch_size: int = 24
    epochs: int = 100
    patience: int = 10
    seed: int = 0
    augment: bool = True
    tracker: str = "none"
    tracker_folder: Path | None = None

    def settings(self) -> dict[str, object]:
        """Return all that the result depends on."""
        return {name: value for name, value in asdict(self).items() if name not in NOT_SETTINGS}


class RunModule(lightning.LightningModule):
    """One training run. After each epoch `last` holds all that a resumed run needs to end like this one.

    Lightning's EarlyStopping and ModelCheckpoint watch one number of one file; the best epoch is chosen by several
    (`cost`), its weights and the history travel in the one file that a kill leaves whole, hence our own.
    A study says what is learnt: `batches`, `batch_loss` and `validate`. net: an nn.Module with a `config` dataclass.
    examples, validation: what of the study's `arrays` is learnt from, and what chooses the best epoch.
    share: what this process takes of each batch; all, if it is the only one. Several take the same steps as one would,
    but for the order of sums, for dropout (each draws its own), and for batch normalisation: on GPUs its statistics are
    the whole batch's, on CPUs, where PyTorch has none such, each process normalises by those of its own share, and the
    first one's running means are kept.
    """

    depends_on_epochs = False  # whether an epoch depends on how many there are to be, as by a schedule of the rate

    def __init__(self, net: nn.Module, arrays: Any, examples: Any, validation: Any, plan: RunPlan, last: Path):
        super().__init__()
        self.net, self.plan, self.last = net, plan, last
        self.arrays, self.examples, self.validation = arrays, examples, validation
        self.history: list[dict[str, float]] = []
        self.best: dict[str, Tensor] = {}
        self.best_epoch = -1
        self.share = ALONE
        self.tracker, self._bar = Tracker(), iter(())
        self._costs: list[tuple[Tensor, int]] = []

    def batches(self, epoch: int) -> EpochBatches:
        """Return this process's share of the batches of an epoch, a function of (seed, epoch) alone.

        Each batch has a method `to(device)`. All processes have the same number of batches.
        """
        raise TypeError(f"{type(self).__name__} does not say what its batches are")

    def batch_settings(self, epoch: int) -> dict[str, Any]:
        """Return what every kind of `EpochBatches` is told of the run."""
        plan = self.plan
        settings = {"batch_size": plan.batch_size, "seed": plan.seed, "augment": plan.augment}
        return settings | {"epoch": epoch, "share": self.share}

    def batch_loss(self, batch: Any) -> tuple[Tensor, int]:
        """Return the loss of one batch, a scalar, and how many examples it is the mean of.

        Over several processes: numbers whose mean is the loss of the whole batch, and the number of its examples.
        """
        raise TypeError(f"{type(self).__name__} does not say what its loss is")

    def validate(self) -> dict[str, float]:
        """Return val_loss and the study's other scores, such as val_accuracy, of the network as it is."""
        raise TypeError(f"{type(self).__name__} does not say how it is validated")

    def cost(self, row: dict[str, float]) -> tuple[float, ...]:
        """Return what the best epoch has the least of: the validation loss, if a study does not say otherwise."""
        return (row["val_loss"],)

    @property
    def is_half(self) -> bool:
        """Whether the run computes in bf16; Lightning sees to it in its own steps alone, not in `validate`."""
        return self.trainer.precision == "bf16-mixed"

    def configure_optimizers(self) -> torch.optim.Optimizer:
        tuned = [parameter for parameter in self.net.parameters() if parameter.requires_grad]
        rates = {"lr": self.plan.lr, "weight_decay": self.plan.weight_decay}
        if self.plan.optimizer == "sgd":
            return torch.optim.SGD(tuned, momentum=0.9, **rates)
        # In one pass over the weights: faster, and without MKL's square root, which differs between processors' makers.
        return torch.optim.AdamW(tuned, fused=True, **rates)

    def setup(self, stage: str) -> None:
        self.share = Share(self.trainer.global_rank, self.trainer.world_size)

    def train_dataloader(self) -> DataLoader:
        """Return this epoch's batches; the Trainer asks anew each epoch."""
        return DataLoader(self.batches(self.current_epoch), batch_size=None, shuffle=False)

    def transfer_batch_to_device(self, batch: Any, device: torch.device, dataloader_idx: int) -> Any:
        return batch.to(device)

    def on_train_start(self) -> None:
        if self.trainer.is_global_zero:
            self._open_tracker()
            left = (self.plan.epochs - len(self.history)) * self.trainer.num_training_batches
            self._bar = iter(track(range(left), "training", total=left, unit="batch"))

    def training_step(self, batch: Any, number: int) -> Tensor:
        if number == 0:  # Lightning skips the hook on_train_epoch_start in the first epoch after a resume
            self._seed_dropout()
        next(self._bar, None)
        loss, count = self.batch_loss(batch)
        self._costs.append((loss.detach(), count))
        return loss

    def on_train_epoch_end(self) -> None:
        examples = sum(count for _, count in self._costs)
        train_loss = sum(float(loss) * count for loss, count in self._costs) / examples
        train_loss = self.share.mean(train_loss, self.device)
        self._costs.clear()
        self.share.agree(self.net)
        row = {"epoch": self.current_epoch, "train_loss": train_loss, **self.validate()}
        row = self.trainer.strategy.broadcast(row)  # all devices must stop together
        if not math.isfinite(row["train_loss"] + row["val_loss"]):
            raise ValueError(f"the loss is not finite after epoch {row['epoch']}; lower lr {self.plan.lr:g}")
        if not self.history or self.cost(row) < self.cost(self.history[self.best_epoch]):
            self.best_epoch = self.current_epoch
            self.best = {name: value.detach().cpu().clone() for name, value in self.net.state_dict().items()}
        self.history.append(row)
        self.tracker.log(row)
        self.trainer.should_stop = self.is_over()
        self._save()

    def on_train_end(self) -> None:
        self.tracker.finish()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        checkpoint["fit"] = self.state()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        self.history, self.best, self.best_epoch = (checkpoint["fit"][k] for k in ("history", "best", "best_epoch"))

    def state(self) -> dict[str, Any]:
        """Return what a finished run is known by: history (one row an epoch), best (weights), best_epoch."""
        return {"history": self.history, "best": self.best, "best_epoch": self.best_epoch}

    def is_over(self) -> bool:
        """Return whether all epochs are done, or the last `patience` of them were no better."""
        done = len(self.history)
        return done >= self.plan.epochs or (done > 0 and done - 1 - self.best_epoch >= self.plan.patience)

    def track_again(self) -> None:
        """Log the whole history, as the finished run did: its files may have been removed since."""
        self._open_tracker()
        self.tracker.finish()

    def _open_tracker(self) -> None:
        settings = {**asdict(self.net.config), **self.plan.settings()}
        self.tracker = open_tracker(self.plan.tracker, self.plan.tracker_folder, settings)
        for row in self.history:  # of the run that was killed
            self.tracker.log(row)

    def _seed_dropout(self) -> None:
        """Make this epoch's dropout a function of (seed, epoch, device); `fit` puts the generator back."""
        seeds = np.random.SeedSequence([self.plan.seed, self.current_epoch, self.trainer.global_rank])
        torch.manual_seed(int(seeds.generate_state(1)[0]))

    def _save(self) -> None:
        """Replace `last` in one step, so that a kill leaves the old one or the new one."""
        temporary = self.last.with_suffix(".part")
        self.trainer.save_checkpoint(temporary)
        if self.trainer.is_global_zero:
            temporary.replace(self.last)
        self.trainer.strategy.barrier()
