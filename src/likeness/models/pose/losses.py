"""Losses over photo pairs: small ones pull alike photos together, push others apart."""

import torch
import torch.nn.functional as F
from torch import Tensor

TRIPLETS = 2**27  # looked at a time: half a gigabyte
LOSSES = ("bce", "contrastive", "triplet", "multi_similarity")


def bce_loss(logit: Tensor, same: Tensor) -> Tensor:
    """Mean binary cross-entropy. logit: (batch,) float, same: (batch,) bool. Returns a scalar."""
    _same_shape(logit, same)
    return F.binary_cross_entropy_with_logits(logit, same.to(logit.dtype))


def contrastive_loss(distance: Tensor, same: Tensor, margin: float) -> Tensor:
    """Mean contrastive loss over photo pairs (Hadsell et al., 2006).

    distance: (batch,) float, between L2-normalised embeddings, in [0, 2].
    same: (batch,) bool, True where both photos show the same pose.
    margin: distance beyond which a different pair costs nothing; > 0.
    Returns a scalar tensor, differentiable in `distance`.
    Raises ValueError if the shapes differ or margin <= 0.

    >>> contrastive_loss(torch.tensor([0.5, 0.5]), torch.tensor([True, False]), margin=1.0)
    tensor(0.2500)
    """
    _same_shape(distance, same)
    _positive("margin", margin)
    return torch.where(same, distance.square(), (margin - distance).clamp(min=0).square()).mean()


def triplet_loss(embeddings: Tensor, same: Tensor, known: Tensor, margin: float, *, costly: bool = True) -> Tensor:
    """Mean over the triplets of a batch that still cost something (Hermans et al., 2017, "batch all").

    embeddings: (batch, dim) float, L2-normalised. same, known: (batch, batch) bool, symmetric: whether two photos
    belong together, and whether that is known at all; unknown pairs take no part, nor does the diagonal.
    margin: by how much an anchor's different photo must be farther away than its alike one; > 0.
    costly: False takes the mean over all triplets, which can be compared between epochs: fewer and harder costly ones
        would look like a loss that grows.
    Returns a scalar tensor, 0 where no triplet costs anything.
    """
    positive, negative = _relations(embeddings, same, known)
    _positive("margin", margin)
    anchors = max(1, TRIPLETS // max(1, len(embeddings)) ** 2)
    parts = zip(*(table.split(anchors) for table in (pair_distances(embeddings), positive, negative)), strict=True)
    totals, numbers = zip(*(_triplet_cost(*part, margin, costly) for part in parts), strict=True)
    return sum(totals[1:], totals[0]) / sum(numbers[1:], numbers[0]).clamp(min=1)


def multi_similarity_loss(
    embeddings: Tensor, same: Tensor, known: Tensor, margin: float, alpha: float = 2.0, beta: float = 50.0
) -> Tensor:
    """Multi-similarity loss with its pair mining (Wang et al., 2019, eq. 11 to 13; their alpha, beta, lambda 0.5).

    embeddings, same, known: as in `triplet_loss`. margin: the miner's epsilon (0.1 in the paper); > 0.
    Returns the mean over all photos of the batch; a photo without an informative pair adds 0.
    """
    positive, negative = _relations(embeddings, same, known)
    _positive("margin", margin)
    similarity = embeddings @ embeddings.T
    hardest_positive = similarity.masked_fill(~positive, torch.inf).amin(1, keepdim=True)
    hardest_negative = similarity.masked_fill(~negative, -torch.inf).amax(1, keepdim=True)
    pull = positive & (similarity - margin < hardest_negative)
    push = negative & (similarity + margin > hardest_positive)
    cost = _soft_sum(-alpha * (similarity - 0.5), pull) / alpha + _soft_sum(beta * (similarity - 0.5), push) / beta
    return cost.mean()


def pair_distances(embeddings: Tensor) -> Tensor:
    """Return Euclidean distances (batch, batch) between L2-normalised embeddings, in [0, 2]."""
    squared = (2 - 2 * embeddings @ embeddings.T).clamp(min=1e-12)  # the root's slope is infinite at 0
    return squared * squared.rsqrt()  # torch.sqrt is MKL's, whose last bit depends on the processor's maker


def _triplet_cost(
    distance: Tensor, positive: Tensor, negative: Tensor, margin: float, costly: bool
) -> tuple[Tensor, Tensor]:
    """Return what the triplets of some anchors cost, and how many count; each table (anchors, batch)."""
    cost = (distance[:, :, None] - distance[:, None, :] + margin).clamp(min=0)  # (anchor, positive, negative)
    triplets = positive[:, :, None] & negative[:, None, :]
    cost = cost * triplets
    return cost.sum(), ((cost > 0) if costly else triplets).sum()


def _soft_sum(exponent: Tensor, mask: Tensor) -> Tensor:
    """log(1 + sum of exp(exponent) where mask), per row: (batch,)."""
    kept = exponent.masked_fill(~mask, -torch.inf)
    return torch.logsumexp(torch.cat([torch.zeros_like(kept[:, :1]), kept], dim=1), dim=1)


def _relations(embeddings: Tensor, same: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
    size = (len(embeddings), len(embeddings))
    if tuple(same.shape) != size or tuple(known.shape) != size:
        raise ValueError(f"same {tuple(same.shape)} and known {tuple(known.shape)} must both be {size}")
    other = known & ~torch.eye(size[0], dtype=torch.bool, device=known.device)
    return same & other, ~same & other


def _same_shape(value: Tensor, same: Tensor) -> None:
    if value.shape != same.shape:
        raise ValueError(f"{tuple(value.shape)} values for {tuple(same.shape)} labels; give one label per value")


def _positive(name: str, value: float) -> None:
    if value <= 0:
        raise ValueError(f"{name} {value} must be above 0")
