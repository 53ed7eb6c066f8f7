"""Our siamese networks in the shape that the explanations ask for."""

from torch import Tensor, nn

from likeness.explain.sides import layer_name
from likeness.models.pose.siamese import PhotoPairModel


class SiamesePair(nn.Module):
    """A PhotoPairModel as a PairModel: encode(photo, pose) -> embedding, compare(left, right) -> logit.

    Photos are (n, 3, h, w) in [0, 1]; the pose picture belongs to what is held fixed.
    """

    def __init__(self, pair: PhotoPairModel) -> None:
        super().__init__()
        self.pair = pair

    def encode(self, photo: Tensor, pose: Tensor | None = None) -> Tensor:
        """Return embeddings (n, d); where the backbone is frozen it runs here, on the photo."""
        if self.pair.net.config.tune == "last":
            photo = self.pair.backbone(self.pair.backbone.normalise(photo))
        return self.pair.net.embed(photo, pose)

    def compare(self, left: Tensor, right: Tensor) -> Tensor:
        """Return one logit (n,) per pair of embeddings."""
        return self.pair.net.compare(left, right)

    def grad_cam_layer(self, size: int | None = None) -> str:
        """Return the dotted name of the layer for Grad-CAM: the backbone's last maps of photos of `size` px."""
        return layer_name(self, self.pair.target_layer(size))
