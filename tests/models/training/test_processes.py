"""Two CPU processes (gloo) take the steps of one.

TOLERANCE: sums of single precision in another order; found: below 1e-6. Without dropout, which each process draws for
itself, and without batch normalisation, whose statistics on CPUs are each process's own.
"""

import os
import signal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from lightning.pytorch.strategies.launchers.multiprocessing import _MultiProcessingLauncher
from posts_samples import SETTINGS as POST_SETTINGS
from posts_samples import sample_arrays as post_arrays
from posts_samples import sample_posts, sample_source
from sample_data import SETTINGS, digest, sample_arrays, sample_pairs
from torch import nn
from torch.multiprocessing import ProcessExitedException, ProcessRaisedException

from likeness.models.likability.posts_module import PostModule, PostPlan
from likeness.models.likability.posts_net import make_post_net
from likeness.models.pose.pair_module import PairModule
from likeness.models.pose.schemes import fit_pairs
from likeness.models.pose.siamese import SiameseConfig, make_siamese
from likeness.models.training.fit import Machine, fit_run
from likeness.models.training.surroundings import Processes, choose_strategy

pytestmark = pytest.mark.slow

TOLERANCE = {"rtol": 1e-5, "atol": 1e-5}
POST_PAIRS = np.array([[0, 1], [2, 3], [4, 7], [6, 9], [8, 5], [10, 13], [12, 11], [14, 15], [16, 19]])


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # the processes take it over


class Killed(PairModule):
    """Of its two processes the second one is killed in the second epoch, once."""

    def batch_loss(self, batch):
        mark = self.last.with_name("killed")
        if self.history and self.share.rank == 1 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return super().batch_loss(batch)


def train_pairs(loss="multi_similarity", **changes):
    arrays = sample_arrays("last", "photo+skeleton")
    config = SiameseConfig("photo+skeleton", "last", loss, 8, 32, 16, "dense", dropout=0.0)
    pairs = sample_pairs(arrays, seed=0), sample_pairs(arrays, seed=1, number=30)
    return fit_pairs(make_siamese(config), arrays, *pairs, **{**SETTINGS, "optimizer": "sgd", "lr": 0.03, **changes})


def train_posts(normalised=False, **place):
    """Train a ranker; its photos are nine pairs, so that the processes' shares are unequal, in batches of four."""
    net = make_post_net(sample_source("ranker", 16, dropout=0.0).config, backbone="", weights="none", seed=2)
    if not normalised:
        net.trunk.blocks = nn.Sequential(*(part for part in net.trunk.blocks if not isinstance(part, nn.BatchNorm2d)))
    arrays = post_arrays(sample_posts(), side=16)
    plan = PostPlan(**{k: v for k, v in POST_SETTINGS.items() if k != "device"} | {"optimizer": "sgd", "batch_size": 4})
    return fit_run(PostModule, net, arrays, [POST_PAIRS, POST_PAIRS + 20], plan, Machine(device="cpu", **place))


def assert_alike(one, two):
    pd.testing.assert_frame_equal(one.history, two.history, check_exact=False, **TOLERANCE)
    assert one.best_epoch == two.best_epoch
    others = two.net.state_dict()
    for name, value in one.net.state_dict().items():
        torch.testing.assert_close(value, others[name], **TOLERANCE, msg=name)


def test_two_processes_learn_pairs_as_one_does_and_go_on_after_a_kill(tmp_path, monkeypatch):
    """Multi-similarity looks for the hardest pairs of a whole batch; 80 pairs in batches of 13, the last one of 2."""
    one = train_pairs(batch_size=13)
    monkeypatch.setattr("likeness.models.pose.schemes.PairModule", Killed)
    with pytest.raises(ProcessExitedException, match="SIGKILL"):
        train_pairs(batch_size=13, devices=2, checkpoints=tmp_path)
    (last,) = tmp_path.glob("*/*/last.ckpt")
    assert len(torch.load(last, weights_only=True)["fit"]["history"]) == 1
    two = train_pairs(batch_size=13, devices=2, checkpoints=tmp_path)
    assert one.history["train_loss"].iloc[-1] < 0.8 * one.history["train_loss"].iloc[0]
    assert_alike(one, two)
    assert len(list(tmp_path.glob("*/*/last.ckpt"))) == 1  # it went on in the same place


def test_two_processes_rank_posts_as_one_does(capfd):
    one, two = train_posts(), train_posts(devices=2)
    assert one.history["val_loss"].iloc[-1] < one.history["val_loss"].iloc[0]
    assert_alike(one, two)
    assert capfd.readouterr() == ("", "")


def test_one_process_of_its_own_gives_the_same_bits():
    one, two = train_pairs("bce"), train_pairs("bce", strategy="ddp")
    assert digest(one.net) == digest(two.net)
    assert one.history.equals(two.history)


NOTEBOOK = """
import sys
sys.path[:0] = {folders!r}
from test_processes import train_posts
train_posts(normalised=True, devices=2).history.to_csv({out!r}, index=False)
"""


def test_a_notebook_starts_processes_and_their_own_batch_statistics_stay_close(tmp_path):
    """With batch normalisation each process normalises by its own share: the curves are alike to two hundredths (found: 0.7 %)."""
    import nbformat
    from nbclient import NotebookClient

    source = NOTEBOOK.format(
        folders=[str(Path(__file__).parents[k]) for k in (0, 1)], out=str(tmp_path / "history.csv")
    )
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    found = pd.read_csv(tmp_path / "history.csv")
    one = train_posts(normalised=True).history
    for name in ("train_loss", "val_loss"):
        np.testing.assert_allclose(found[name], one[name], rtol=0.02)


def test_several_devices_or_ddp_start_processes():
    assert choose_strategy("auto", 1) == "auto"
    for strategy in (choose_strategy("auto", 2), choose_strategy("ddp", 1)):
        assert isinstance(strategy, Processes)


def test_what_a_process_refuses_is_refused_in_its_words(monkeypatch):
    told = ["\n\n-- Process 0 terminated with the following error:\nTraceback ...\nValueError: lower lr: 3\n"]

    def launch(self, function):
        raise ProcessRaisedException(told[0], 0, 1)

    monkeypatch.setattr(_MultiProcessingLauncher, "launch", launch)
    strategy = Processes()
    strategy._configure_launcher()
    with pytest.raises(ValueError, match=r"^lower lr: 3$"):
        strategy.launcher.launch(print)
    told[0] = "RuntimeError: 3"
    with pytest.raises(ProcessRaisedException):
        strategy.launcher.launch(print)
