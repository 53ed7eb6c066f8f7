"""Where a training run's curves are logged while it runs."""

from pathlib import Path

Row = dict[str, float]
TRACKERS = ("none", "dvclive", "wandb")


class Tracker:
    """Takes one row of numbers per epoch; this one forgets them."""

    def log(self, row: Row) -> None:
        """Log one epoch."""

    def finish(self) -> None:
        """Close the run."""


class DvcLive(Tracker):
    """Writes metrics.json, params.yaml and plots/metrics/*.tsv into `folder`: no timestamps, same run, same bytes.

    What an earlier run left in `folder` is replaced.
    """

    def __init__(self, folder: Path, settings: dict[str, object]):
        from dvclive import Live

        folder.mkdir(parents=True, exist_ok=True)
        self.live = Live(dir=str(folder), save_dvc_exp=False, dvcyaml=None, report=None)
        self.live.log_params(settings)

    def log(self, row: Row) -> None:
        for name, value in row.items():
            if name != "epoch":
                self.live.log_metric(name.replace("_", "/", 1), value)
        self.live.next_step()

    def finish(self) -> None:
        self.live.end()


class WeightsAndBiases(Tracker):
    """Logs to Weights & Biases; the environment variable WANDB_MODE=offline keeps everything in `folder`."""

    def __init__(self, folder: Path, settings: dict[str, object]):
        try:
            import wandb
        except ImportError as error:
            raise ImportError('tracker "wandb" needs the wandb package: pip install "likeness[wandb]"') from error
        folder.mkdir(parents=True, exist_ok=True)
        quiet = wandb.Settings(silent=True, console="off")
        self.run = wandb.init(project="likeness", dir=str(folder), config=settings, settings=quiet)

    def log(self, row: Row) -> None:
        self.run.log(dict(row))

    def finish(self) -> None:
        self.run.finish()


def tracker_folder(name: str, output: Path, root: Path, run: str) -> Path:
    """Return where the tracker `name` keeps its files on the run `run`.

    dvclive's are part of the stage's `output`, the same bytes each time; wandb's have the time in their names and
    would change the output, so they lie in the repository's `root`, beside what git and DVC keep.
    """
    return root / ".likeness" / "wandb" / run if name == "wandb" else output / "live"


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
    return DvcLive(Path(folder), settings) if name == "dvclive" else WeightsAndBiases(Path(folder), settings)
