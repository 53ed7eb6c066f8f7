"""Transformers whose attention can be seen: its weights pass through a module called attn_drop, as in timm."""

from math import isqrt

from torch import Tensor, nn
from torch.nn.functional import linear

CELLS = 4  # a side of the smallest map that says where something is


class NoMap(ValueError):
    """A network without anything that could be shown as a map of the photo."""


class OpenAttention(nn.MultiheadAttention):
    """nn.MultiheadAttention of a sequence to itself, (n, tokens, dim) -> the same, its weights under the same names.

    PyTorch's own gives no gradient of the attention (n, heads, tokens, tokens); here it passes through `attn_drop`.
    """

    def __init__(self, *sizes: int, dropout: float = 0.0) -> None:
        super().__init__(*sizes, dropout=dropout, batch_first=True)
        self.attn_drop = nn.Dropout(dropout)

    def forward(self, query: Tensor, *_same: Tensor, **_asked: object) -> tuple[Tensor, None]:
        joined = linear(query, self.in_proj_weight, self.in_proj_bias)
        q, k, v = joined.unflatten(2, (3, self.num_heads, self.head_dim)).permute(2, 0, 3, 1, 4)
        attention = self.attn_drop((q * self.head_dim**-0.5 @ k.transpose(-2, -1)).softmax(dim=-1))
        return self.out_proj((attention @ v).transpose(1, 2).flatten(2)), None


def open_attention(model: nn.Module) -> None:
    """Let a network, changed in place, compute its attention in the open: timm's, and torchvision's vit_*."""
    for name, module in [*model.named_modules()]:
        if hasattr(module, "fused_attn"):
            module.fused_attn = False
        if type(module) is nn.MultiheadAttention:
            opened = OpenAttention(module.embed_dim, module.num_heads, dropout=module.dropout)
            opened.load_state_dict(module.state_dict())
            model.set_submodule(name, opened)


def attention_layers(network: nn.Module, size: int) -> list[nn.Module]:
    """Return the modules whose outputs are the network's attention, first to last, of photos of `size` px.

    network: its `probe(size)` shows it a black photo. Raises NoMap unless each of at least 4 x 4 patches attends to all
    in every one: windows (Swin), a grid that shrinks, attention among channels (XCiT), or none at all.
    """
    found: list[nn.Module] = []
    tokens: list[int] = []  # that the modules around were given
    whole: list[bool] = []

    def note(layer: nn.Module, _inputs: object, output: Tensor) -> None:
        if output.shape[2] > 1:  # one token that attends to all others pools them; it passes nothing between them
            found.append(layer)
            whole.append(output.shape[0] == 1 and output.shape[2:] == (tokens[-1], tokens[-1]))

    layers = {name: module for name, module in network.named_modules() if name.rsplit(".", 1)[-1] == "attn_drop"}
    around = [network.get_submodule(name.rpartition(".")[0]) for name in layers]
    hooks = [each.register_forward_pre_hook(lambda _, inputs: tokens.append(inputs[0].shape[1])) for each in around]
    hooks += [layer.register_forward_hook(note) for layer in layers.values()]
    try:
        if layers:
            network.probe(size)
    finally:
        for hook in hooks:
            hook.remove()
    if not found or not all(whole) or isqrt(tokens[0]) < CELLS:
        raise NoMap("it has no attention among all patches of the photo")
    return found
