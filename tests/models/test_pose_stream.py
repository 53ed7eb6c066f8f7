import pytest
import torch

from likeness.models.pose.pose_stream import PoseStream


def test_an_embedding_does_not_depend_on_the_batch():
    torch.manual_seed(0)
    stream = PoseStream(18, 32, 5).train()
    pose = torch.rand(4, 18, 32, 32)
    assert stream(pose).shape == (4, 5)
    torch.testing.assert_close(stream(pose)[2], stream(pose[2:3])[0])


def test_where_the_limb_is_matters():
    torch.manual_seed(0)
    stream = PoseStream(3, 32, 5)
    pose = torch.zeros(2, 3, 32, 32)
    pose[0, :, 4:8, 4:8] = 1
    pose[1, :, 20:24, 20:24] = 1  # the same shape, moved by a multiple of the stride
    first, second = stream(pose)
    assert (first - second).abs().max() > 1e-3


def test_a_size_that_the_strides_do_not_divide_is_refused():
    with pytest.raises(ValueError, match="pose_size 40 must be a multiple of 16"):
        PoseStream(3, 40, 5)
