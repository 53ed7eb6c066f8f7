"""The kernel of the notebooks: IPython's own, started with the settings under which they give the same bytes.

Named by its kernel specification (`share/jupyter/kernels/likeness`), it is what `likeness run`, `make lab` and a plain
`jupyter lab` start alike. Libraries read the settings when they are loaded, and Python one of them when it starts.
"""

import os
import sys
from pathlib import Path

from likeness import warm
from likeness.repeatable import variables

NAME = "likeness"


def main() -> None:
    """Become the kernel that the command line describes, forked from a parent with the libraries where one is there."""
    environment, address = variables(os.environ), os.environ.get(warm.ADDRESS)
    if address and (status := warm.relay(address, sys.argv[1:], environment)) is not None:
        sys.exit(status)
    os.execve(sys.executable, [sys.executable, "-m", "ipykernel_launcher", *sys.argv[1:]], environment)


def set_own_folders(folder: Path) -> None:
    """Keep the user's IPython start-up files and matplotlibrc, and news of matplotlib's font cache, off the page."""
    os.environ |= {"IPYTHONDIR": str(folder / "ipython"), "MPLCONFIGDIR": str(folder / "matplotlib")}
    if not any((folder / "matplotlib").glob("fontlist-*.json")):
        import matplotlib.font_manager  # noqa: F401 - builds its cache; a kernel says so where that takes 5 s


if __name__ == "__main__":
    main()
