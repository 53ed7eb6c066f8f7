"""What Lightning's Trainer runs: the steps, the validation and the state that survives a kill."""

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Subset

from likeness.models import losses
from likeness.models.pair_batches import Batch, PairBatches
from likeness.models.pair_data import PhotoArrays
from likeness.models.scoring import compare_rows, embed_photos, platt_scale
from likeness.models.siamese import SiameseNet
from likeness.models.tracking import Silent, open_tracker
from likeness.progress import track

Pairs = tuple[np.ndarray, np.ndarray, np.ndarray]  # left rows, right rows, same; each (m,)
METRIC_LOSSES = {"triplet": losses.triplet_loss, "multi_similarity": losses.multi_similarity_loss}


@dataclass(frozen=True)
class Plan:
    """How a network is trained; the defaults are the original study's recipe.

    margin: of the metric losses. patience: epochs without a better validation loss before the run ends.
    augment: flips and colour jitter. tracker, tracker_folder: see tracking.open_tracker.
    """

    margin: float = 0.2
    optimizer: str = "sgd"
    lr: float = 1e-4
    weight_decay: float = 0.0
    batch_size: int = 24
    epochs: int = 100
    patience: int = 10
    seed: int = 0
    augment: bool = True
    progress: bool = False
    tracker: str = "none"
    tracker_folder: Path | None = None


class PairModule(lightning.LightningModule):
    """One training run. After each epoch `last` holds all that a resumed run needs to end like this one."""

    def __init__(self, net: SiameseNet, arrays: PhotoArrays, train: Pairs, validation: Pairs, plan: Plan, last: Path):
        super().__init__()
        self.net, self.arrays, self.pairs, self.validation = net, arrays, train, validation
        self.plan, self.last = plan, last
        self.history: list[dict[str, float]] = []
        self.best: dict[str, Tensor] = {}
        self.best_epoch = -1
        self.tracker, self._bar = Silent(), iter(())
        self._costs: list[tuple[Tensor, int]] = []

    def configure_optimizers(self) -> torch.optim.Optimizer:
        tuned = [parameter for parameter in self.net.parameters() if parameter.requires_grad]
        kind = {"sgd": torch.optim.SGD, "adamw": torch.optim.AdamW}[self.plan.optimizer]
        extra = {"momentum": 0.9} if self.plan.optimizer == "sgd" else {}
        return kind(tuned, lr=self.plan.lr, weight_decay=self.plan.weight_decay, **extra)

    def train_dataloader(self) -> DataLoader:
        """Return this epoch's batches; the Trainer asks anew each epoch."""
        batches = PairBatches(
            self.arrays,
            *self.pairs,
            batch_size=self.plan.batch_size,
            seed=self.plan.seed,
            epoch=self.current_epoch,
            augment=self.plan.augment,
            anchored=self.net.config.loss in METRIC_LOSSES,
        )
        world, rank = self.trainer.world_size, self.trainer.global_rank
        if len(batches) < world:
            raise ValueError(f"{len(batches)} batches for {world} devices; lower batch_size or devices")
        mine = range(rank, len(batches) - len(batches) % world, world)  # each device the same number
        return DataLoader(Subset(batches, mine), batch_size=None, shuffle=False)

    def transfer_batch_to_device(self, batch: Batch, device: torch.device, dataloader_idx: int) -> Batch:
        return batch.to(device)

    def on_train_start(self) -> None:
        if self.trainer.is_global_zero:
            self._open_tracker()
        if self.plan.progress and self.trainer.is_global_zero:
            left = (self.plan.epochs - len(self.history)) * self.trainer.num_training_batches
            self._bar = iter(track(range(left), "training", total=left, unit="batch"))

    def training_step(self, batch: Batch, number: int) -> Tensor:
        if number == 0:  # Lightning skips the hook on_train_epoch_start in the first epoch after a resume
            self._seed_dropout()
        next(self._bar, None)
        embeddings = self.net.embed(batch.photo, batch.pose)
        loss = self._loss(embeddings, batch.left, batch.right, batch.same, batch.relation)
        self._costs.append((loss.detach(), len(batch.same)))
        return loss

    def on_train_epoch_end(self) -> None:
        pairs = sum(count for _, count in self._costs)
        train_loss = sum(float(loss) * count for loss, count in self._costs) / pairs
        self._costs.clear()
        row = {"epoch": self.current_epoch, "train_loss": train_loss, **self.validate_pairs()}
        row = self.trainer.strategy.broadcast(row)  # all devices must stop together
        if not math.isfinite(row["train_loss"] + row["val_loss"]):
            raise ValueError(f"the loss is not finite after epoch {row['epoch']}; lower lr {self.plan.lr:g}")
        if not self.history or row["val_loss"] < self.history[self.best_epoch]["val_loss"]:
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

    def validate_pairs(self) -> dict[str, float]:
        """Return val_loss and val_accuracy; for a metric loss the latter is at the validation pairs' own threshold."""
        left, right, same = self.validation
        rows, places = np.unique(np.concatenate([left, right]), return_inverse=True)
        embeddings = embed_photos(self.net, self.arrays, rows)
        a, b = torch.from_numpy(places).to(embeddings.device).view(2, -1)
        known = torch.from_numpy(same).to(embeddings.device)
        relation = torch.full((len(rows), len(rows)), -1, dtype=torch.int8, device=embeddings.device)
        relation[a, b] = relation[b, a] = known.to(torch.int8)
        logit, similarity = compare_rows(self.net, embeddings[a], embeddings[b])
        training = self.net.training
        self.net.eval()
        with torch.no_grad():
            loss = self._loss(embeddings, a, b, known, relation)
        self.net.train(training)
        if self.net.head is None and bool(torch.isfinite(similarity).all()):
            slope, intercept = platt_scale(similarity.cpu().numpy(), same)
            logit = slope * similarity + intercept
        return {"val_loss": float(loss), "val_accuracy": float(((logit > 0) == known).float().mean())}

    def _loss(self, embeddings: Tensor, left: Tensor, right: Tensor, same: Tensor, relation: Tensor | None) -> Tensor:
        kind, margin = self.net.config.loss, self.plan.margin
        if kind in METRIC_LOSSES:
            return METRIC_LOSSES[kind](embeddings, relation == 1, relation >= 0, margin)
        if kind == "contrastive":
            return losses.contrastive_loss(self.net.distance(embeddings[left], embeddings[right]), same, margin)
        return losses.bce_loss(self.net.compare(embeddings[left], embeddings[right]), same)

    def _open_tracker(self) -> None:
        self.tracker = open_tracker(self.plan.tracker, self.plan.tracker_folder, self._settings())
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

    def _settings(self) -> dict[str, object]:
        plan = {k: v for k, v in asdict(self.plan).items() if k not in ("progress", "tracker", "tracker_folder")}
        return {**asdict(self.net.config), **plan}
