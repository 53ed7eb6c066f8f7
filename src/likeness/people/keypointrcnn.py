"""Several people in a photo by torchvision's Keypoint R-CNN (He et al., 2017), in batches, on a GPU if there is one."""

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import nn
from torchvision.models.detection import KeypointRCNN_ResNet50_FPN_Weights, keypointrcnn_resnet50_fpn

from likeness.errors import MissingWeights
from likeness.machine import pick_device
from likeness.people.joints import from_coco17, nobody
from likeness.repeatable.layout import channels_last
from likeness.torchvision_files import checkpoint_file
from likeness.weight_files import fit_state, read_saved

WEIGHTS = KeypointRCNN_ResNet50_FPN_Weights.DEFAULT
MIN_PERSON = 0.7  # box score from which a detection is a person
PERSON = 1  # its class number in COCO
# Joint scores are the maxima of heatmap logits: about 0 to 2 where nothing is seen, 5 to 20 on a clear joint.
LOGIT_HALF, LOGIT_SPREAD = 2.0, 2.0


def load_model(device: str = "auto") -> nn.Module:
    """Load the trained model onto `device` ("auto": a GPU if there is one). Nothing is downloaded.

    Raises MissingWeights with one line saying which file goes where, LayoutError in one line for a file that is none.
    """
    path = checkpoint_file(WEIGHTS)
    if not path.is_file():
        raise MissingWeights(
            f"estimator keypointrcnn: {path.name} is not in {path.parent}; put torchvision's file there "
            f"({WEIGHTS.url}) or set TORCH_HOME to the folder whose hub/checkpoints holds it"
        )
    fault = "not the checkpoint of Keypoint R-CNN; copy it again"
    model = build_model()
    found = fit_state(read_saved(path, fault), model.state_dict(), f"{path}: {fault}")
    model.load_state_dict(found.state, strict=False)
    return model.to(pick_device(device))


def build_model() -> nn.Module:
    """Make the network in evaluation mode, with random weights."""
    return channels_last(keypointrcnn_resnet50_fpn(weights=None, weights_backbone=None)).eval()


def find_people(photos: Sequence[Image.Image], model: nn.Module, people: int) -> list[np.ndarray]:
    """Find up to `people` people in each upright RGB photo of one batch; the photos may differ in size.

    Returns one (n_people, 18, 3) array a photo: x, y [px], score in [0, 1]; the surest box first.
    """
    device = next(model.parameters()).device
    batch = [
        torch.from_numpy(np.array(photo.convert("RGB"))).permute(2, 0, 1).to(device).float() / 255 for photo in photos
    ]
    with torch.inference_mode():
        return [convert(output, people) for output in model(batch)]


def convert(output: dict[str, torch.Tensor], people: int) -> np.ndarray:
    """Turn torchvision's output for one photo into (n_people, 18, 3).

    output: boxes (n, 4), labels (n,), scores (n,), keypoints (n, 17, 3), keypoints_scores (n, 17) logits.
    """
    output = {name: values.detach().float().cpu().numpy() for name, values in output.items()}
    sure = np.flatnonzero((output["labels"] == PERSON) & (output["scores"] >= MIN_PERSON))
    sure = sure[np.argsort(-output["scores"][sure], kind="stable")][:people]
    found = []
    for number in sure:
        points = output["keypoints"][number].astype(float)  # its third column is a constant 1
        points[:, 2] = joint_scores(output["keypoints_scores"][number])
        found.append(from_coco17(points))
    return np.stack(found) if found else nobody()


def joint_scores(logits: np.ndarray) -> np.ndarray:
    """Map heatmap logits to (0, 1) by a sigmoid: 0 -> 0.27, 2 (LOGIT_HALF) -> 0.5, 6 -> 0.88, 10 -> 0.98."""
    return 1 / (1 + np.exp(-(np.asarray(logits, dtype=float) - LOGIT_HALF) / LOGIT_SPREAD))
