"""The scripts of benchmarks/ import each other by their bare names, as when they are run."""

import sys

from likeness import paths

sys.path.append(str(paths.root() / "benchmarks"))
