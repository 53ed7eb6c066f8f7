import numpy as np
import pytest
import torch
from PIL import Image

from likeness.errors import MissingWeights
from likeness.people import keypointrcnn
from likeness.people.joints import COCO17, INDEX
from likeness.torchvision_files import checkpoint_file


def output(scores, labels=None):
    """What torchvision gives for one photo: joint j of box b lies at (100 b + j, j), with logit 2."""
    count = len(scores)
    joints = torch.arange(17.0)
    points = torch.stack([joints.expand(count, 17) + 100 * torch.arange(count)[:, None], joints.expand(count, 17)], 2)
    return {
        "boxes": torch.zeros(count, 4),
        "labels": torch.ones(count, dtype=torch.int64) if labels is None else torch.tensor(labels),
        "scores": torch.tensor(scores),
        "keypoints": torch.cat([points, torch.ones(count, 17, 1)], 2),
        "keypoints_scores": torch.full((count, 17), 2.0),
    }


def test_the_surest_people_come_first_and_doubtful_ones_not_at_all():
    people = keypointrcnn.convert(output([0.8, 0.3, 0.99, 0.9]), people=2)
    assert people[:, INDEX["nose"], 0].tolist() == [200, 300]
    assert keypointrcnn.convert(output([0.8, 0.3, 0.99, 0.9]), people=9).shape == (3, 18, 3)


def test_joints_land_on_their_names_with_a_score():
    person = keypointrcnn.convert(output([0.9]), people=2)[0]
    for place, name in enumerate(COCO17):
        assert person[INDEX[name]].tolist() == [place, place, 0.5]
    assert person[INDEX["neck"], :2].tolist() == [5.5, 5.5]


def test_only_people_count():
    assert keypointrcnn.convert(output([0.9], labels=[0]), people=2).shape == (0, 18, 3)
    assert keypointrcnn.convert(output([]), people=2).shape == (0, 18, 3)


def test_joint_scores_by_hand():
    scores = keypointrcnn.joint_scores(np.array([-50.0, 0.0, 2.0, 4.0, 50.0]))
    assert scores == pytest.approx([0, 1 / (1 + np.e), 0.5, np.e / (1 + np.e), 1], abs=1e-6)


def test_missing_weights_name_file_and_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(MissingWeights) as error:
        keypointrcnn.load_model("cpu")
    message = str(error.value)
    assert "keypointrcnn_resnet50_fpn_coco-" in message
    assert str(tmp_path / "hub" / "checkpoints") in message
    assert "\n" not in message


@pytest.fixture(scope="module")
def small_model():
    """The network with random weights, on small inputs, so that a test takes seconds."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = keypointrcnn.build_model()
    model.transform.min_size, model.transform.max_size = (128,), 160
    model.roi_heads.score_thresh, model.roi_heads.detections_per_img = 0.0, 4
    return model


def photo(width, height, seed):
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8))


def test_a_batch_of_different_sizes_gives_each_photo_its_people(small_model, monkeypatch):
    monkeypatch.setattr(keypointrcnn, "MIN_PERSON", 0.0)
    found = keypointrcnn.find_people([photo(120, 80, 1), photo(64, 96, 2)], small_model, people=2)
    assert len(found) == 2
    for people, (width, height) in zip(found, [(120, 80), (64, 96)], strict=True):
        assert people.shape[1:] == (18, 3)
        assert len(people) <= 2
        assert (people[..., 0] <= width).all()
        assert (people[..., 1] <= height).all()
        assert ((people[..., 2] >= 0) & (people[..., 2] <= 1)).all()
    assert sum(len(people) for people in found) > 0


def test_the_whole_way_through_a_checkpoint_on_disk(tmp_path, monkeypatch, small_model):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    path = checkpoint_file(keypointrcnn.WEIGHTS)
    path.parent.mkdir(parents=True)
    torch.save(small_model.state_dict(), path)
    model = keypointrcnn.load_model("cpu")
    assert not model.training
    for name, values in model.state_dict().items():
        assert torch.equal(values, small_model.state_dict()[name]), name
