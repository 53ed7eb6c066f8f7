"""Which detector is chosen decides whether one has to be trained before faces are looked for."""

import shutil
import subprocess
import sys

import pytest

from likeness import paths
from likeness.params.matrix import read_pipeline
from likeness.people.detectors import DETECTORS


@pytest.mark.parametrize(("detector", "ran"), [(name, name == "fasterrcnn") for name in DETECTORS])
def test_only_our_own_detector_is_trained_before_faces_are_looked_for(tmp_path, detector, ran):
    """The paths of dvc.yaml in a pipeline of the two stages: DVC itself says what it runs."""
    stages = read_pipeline(paths.root())
    needed = next(each for each in stages["faces-prepare"]["deps"] if "models/" in each)
    made = next(each for each in stages["faces-detector"]["outs"] if "models/" in each)
    (tmp_path / "dvc.yaml").write_text(
        f"stages:\n  faces-detector:\n    cmd: mkdir -p {made} && echo trained > {made}/w\n    outs: [{made}]\n"
        f'  faces-prepare:\n    cmd: echo done > out\n    deps: ["{needed}"]\n    outs: [out]\n'
    )
    (tmp_path / "params.yaml").write_text(f"faces:\n  prepare:\n    detector: {detector}\n")
    (tmp_path / "models/faces").mkdir(parents=True)
    for name in {*DETECTORS} - {"fasterrcnn"}:
        shutil.copy(paths.root() / "models/faces" / name, tmp_path / "models/faces" / name)
    for command in (["init", "--no-scm", "-q"], ["repro", "-q", "faces-prepare"]):
        subprocess.run([sys.executable, "-m", "dvc", *command], cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    assert (tmp_path / "out").exists()
    assert (tmp_path / made / "w").exists() == ran
