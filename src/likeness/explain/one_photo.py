"""A network that judges one photo, in the shape that the explanations of pairs ask for."""

from torch import Tensor, nn

from likeness.explain.sides import Pairs, SideName, layer_name

LEFT: tuple[SideName, ...] = ("left",)


class OnePhoto(nn.Module):
    """A network forward(photo, metadata) -> (n,) logits as a PairModel whose pairs have a left photo only.

    The photo (n, 3, h, w), in [0, 1], is what the maps explain; the metadata (n, m), or None, belong to what is held
    fixed. Explain sides=LEFT of `one_photo_pairs`.
    """

    def __init__(self, net: nn.Module) -> None:
        super().__init__()
        self.net = net

    def encode(self, photo: Tensor, pose: Tensor | None = None) -> Tensor:
        """Return the logits (n,). pose: in this place the metadata (n, m), or None."""
        return self.net(photo, pose)

    def compare(self, left: Tensor, right: Tensor) -> Tensor:
        """Return the left photo's logits (n,): there is no other photo."""
        return left

    def grad_cam_layer(self, size: int) -> str:
        """Return the dotted name of the network's layer for Grad-CAM on photos of `size` px."""
        return layer_name(self, self.net.target_layer(size))


def one_photo_pairs(photos: Tensor, metadata: Tensor | None = None) -> Pairs:
    """Return photos (n, 3, h, w) as Pairs, each its own other photo, with metadata (n, m) where poses are kept.

    Raises ValueError where the two differ in number.
    """
    if metadata is not None and len(metadata) != len(photos):
        raise ValueError(f"{len(metadata)} rows of metadata for {len(photos)} photos: give one each")
    return Pairs(photos, photos, metadata, metadata)
