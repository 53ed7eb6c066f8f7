import pytest
import torch
from torch import nn

from likeness.models.training.run_module import RunModule, RunPlan


def make(tmp_path, **plan):
    return RunModule(nn.Linear(2, 1), None, None, None, RunPlan(**plan), tmp_path / "last.ckpt")


def row(epoch, loss):
    return {"epoch": epoch, "train_loss": 1.0, "val_loss": loss, "val_accuracy": 0.5}


def test_a_run_is_over_after_its_last_epoch_or_when_patience_is(tmp_path):
    module = make(tmp_path, epochs=4, patience=2)
    assert not module.is_over()
    for epoch, (loss, best, over) in enumerate([(0.5, 0, False), (0.6, 0, False), (0.4, 2, False), (0.9, 2, True)]):
        module.history.append(row(epoch, loss))
        module.best_epoch = best
        assert module.is_over() == over
    module = make(tmp_path, epochs=9, patience=2)
    module.history, module.best_epoch = [row(epoch, 0.5 + epoch) for epoch in range(3)], 0
    assert module.is_over()


def test_settings_are_what_the_result_depends_on():
    one, two = RunPlan(seed=3), RunPlan(seed=3, tracker="dvclive")
    assert one.settings() == two.settings()
    assert one.settings()["seed"] == 3
    assert not {"tracker", "tracker_folder"} & set(one.settings())


def test_the_state_of_a_run_comes_back_from_its_checkpoint(tmp_path):
    one, two = make(tmp_path), make(tmp_path)
    one.history, one.best, one.best_epoch = [row(0, 0.5)], {"weight": torch.ones(1)}, 0
    checkpoint = {}
    one.on_save_checkpoint(checkpoint)
    two.on_load_checkpoint(checkpoint)
    assert two.state() == one.state()


def test_what_is_tuned_leaves_frozen_weights_out(tmp_path):
    module = make(tmp_path, optimizer="sgd", lr=0.1)
    module.net.bias.requires_grad_(False)
    (group,) = module.configure_optimizers().param_groups
    assert [tuple(value.shape) for value in group["params"]] == [(1, 2)]
    assert group["momentum"] == 0.9


def test_a_study_must_say_what_is_learnt(tmp_path):
    module = make(tmp_path)
    for call in (lambda: module.batches(0), lambda: module.batch_loss(None), module.validate):
        with pytest.raises(TypeError, match="RunModule does not say"):
            call()
