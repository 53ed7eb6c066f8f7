"""The small network that looks at the people's skeletons alone."""

from itertools import pairwise

from torch import Tensor, nn

CHANNELS = {"photo": 0, "photo+skeleton": 3, "photo+heatmaps": 18}  # of the pose picture, by stream
STRIDE = 16


class PoseStream(nn.Module):
    """Four strided convolutions and a linear layer: (n, channels, size, size) in [0, 1] -> (n, dim).

    channels: 3 for drawn skeletons, 18 for one heatmap per joint; size: side in px, a multiple of 16. A photo
    without people is all zeros. The last maps are flattened, not averaged: where a limb is matters here. Group
    normalisation, so that a photo's embedding does not depend on the batch it is in.
    """

    def __init__(self, channels: int, size: int, dim: int, width: int = 16):
        super().__init__()
        if size % STRIDE:
            raise ValueError(f"pose_size {size} must be a multiple of {STRIDE}")
        widths = [channels, width, 2 * width, 2 * width, 2 * width]
        blocks = []
        for before, after in pairwise(widths):
            blocks += [nn.Conv2d(before, after, 3, stride=2, padding=1, bias=False), nn.GroupNorm(8, after), nn.ReLU()]
        self.maps = nn.Sequential(*blocks)
        self.project = nn.Linear(2 * width * (size // STRIDE) ** 2, dim)

    def forward(self, pose: Tensor) -> Tensor:
        return self.project(self.maps(pose).flatten(1))
