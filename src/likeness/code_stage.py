"""The stage `code`, which each `dvc repro` runs first: `python -m likeness.code_stage pose`."""

import sys
from pathlib import Path

from likeness import paths
from likeness.fingerprint import write_fingerprints


def run(root: Path, study: str) -> str:
    """Write the fingerprints of a study's stages; return "", or in one line what `dvc exp` lacks in its copy.

    `dvc exp run --temp` and `--queue` run in a copy of what git and DVC know, below .dvc/tmp of the repository.
    """
    write_fingerprints(root, study)
    if ".dvc" not in root.parts:
        return ""
    from likeness.obstacles import unknown_to_dvc  # half a second of imports that the usual run does without

    return "; ".join(
        f"{folder}: neither git nor DVC knows it, and an experiment of its own runs in a copy of what they know: "
        f"`dvc add {folder}` and `git add {folder}.dvc` first, or `dvc exp run` without --temp and --queue"
        for folder in unknown_to_dvc(root, study)
    )


if __name__ == "__main__":
    sys.exit(run(paths.root(), sys.argv[1]) or None)
