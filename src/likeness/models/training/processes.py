"""Several training processes on one machine, one for each device."""

from typing import Any

from lightning.pytorch.strategies import DDPStrategy
from lightning.pytorch.strategies.launchers.multiprocessing import _MultiProcessingLauncher
from torch.multiprocessing import ProcessRaisedException

from likeness.models.training.surroundings import quiet

STRATEGIES = ("auto", "ddp")


class Processes(DDPStrategy):
    """Distributed data parallel training in spawned processes, in scripts and in notebooks.

    Lightning forks in notebooks, since functions defined there cannot be sent to a new process. Nothing of ours is
    defined there, and a forked process can neither use a GPU that the notebook has looked at nor its OpenMP threads.
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
