"""Weights on disk: the same network gives the same bytes, and what people bring is read without running its code."""

import io
import json
import re
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor, nn

from likeness.errors import LayoutError, words
from likeness.paths import atomic

FORMAT = 1
# What a file begins with that is none, and what to do.
BEGINNINGS = {
    b"version https://git-lfs": "it is a pointer of Git LFS; run `git lfs pull` where it came from",
    b"<": "it is a web page; download the file itself",
    b"\x89HDF": "it is HDF5, as Keras writes it; bring PyTorch's weights",
    b"\x1f\x8b": "it is packed with gzip; unpack it",
}
# What torch.nn.DataParallel, torch.compile and FSDP put between the parts of a name (before it, it is a prefix).
WRAPPERS = re.compile(r"(?<=\.)(module|_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\.")
UNCOUNTED = "num_batches_tracked"  # files from before PyTorch 0.4.1, and frozen normalisation, do without
DEPTH = 3  # tables within tables
SHOWN = 3  # keys of a message


class Fit(NamedTuple):
    """What a table of weights holds for a network.

    state: {the network's name: weights}. faults: what does not fit, such as "'fc.weight' (missing)". part: the table's
    name and the prefix that it was found under, such as "model_ema.module".
    """

    state: dict[str, Tensor]
    faults: list[str]
    part: str


def write_weights(net: nn.Module, path: Path, meta: dict[str, object], **more: Any) -> Path:
    """Write a network's weights, its `config` (a dataclass), `meta` and `more`, plain values for JSON; return `path`.

    The file is written whole or not at all, and through memory, since torch writes a file's own name into it.
    """
    header = json.dumps({"format": FORMAT, "config": asdict(net.config), "meta": meta, **more}, sort_keys=True)
    state = {name: value.detach().cpu().contiguous() for name, value in net.state_dict().items()}
    buffer = io.BytesIO()
    torch.save({"header": header, "state": state}, buffer)
    with atomic(path) as temporary:
        temporary.write_bytes(buffer.getvalue())
    return Path(path)


def read_weights(path: Path) -> tuple[dict[str, Any] | None, Any]:
    """Return (header, state dict) of a file that `write_weights` wrote, (None, what it holds) of another one.

    Raises LayoutError for a file that holds no weights, FileNotFoundError where it is missing.
    """
    saved = read_saved(path)
    if not isinstance(saved, Mapping):
        raise LayoutError(f"{path}: holds no weights, but a {type(saved).__name__}; save a state dict")
    if not {"header", "state"} <= saved.keys():
        return None, saved
    try:
        return dict(json.loads(saved["header"])), saved["state"]
    except (ValueError, TypeError) as error:
        raise LayoutError(f"{path}: holds no weights: its header is no JSON: {words(error)}") from error


def read_saved(path: Path, fault: str = "holds no weights") -> Any:
    """Return what torch.save wrote, or safetensors. No code of the file is run.

    fault: what the message says of a file that cannot be read. Raises LayoutError in one line that says what the file
    seems to be and what to do, FileNotFoundError where it is missing.
    """
    try:
        # The options of a training script, as torchvision's own keep them beside the weights, run nothing either.
        if _is_safetensors(path):
            return load_file(path)
        with torch.serialization.safe_globals([Namespace]):
            return torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise
    except Exception as error:  # the bytes of a damaged file raise nearly anything
        raise LayoutError(f"{path}: {fault}: {_reason(Path(path), error)}") from error


def _is_safetensors(path: Path) -> bool:
    """Whether a file begins as safetensors do: with the length of its table, and the table, in JSON."""
    with Path(path).open("rb") as stream:
        return stream.read(10)[8:] == b'{"'


def _reason(path: Path, error: Exception) -> str:
    """Return why a file could not be read. PyTorch's own words advise to run what the file holds, and fill a page."""
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
    except OSError as closed:
        return f"it cannot be opened: {words(closed)}; check the file"
    if not head:
        return "it is empty; download or copy it again"
    begun = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for beginning, reason in BEGINNINGS.items():
        if begun.startswith(beginning):
            return reason
    if "TorchScript" in str(error):
        return "it is TorchScript; save its weights alone: torch.save(torch.jit.load(file).state_dict(), 'weights.pth')"
    held = re.search(r"Unsupported global: GLOBAL (\S+\w) was", str(error))
    if held:
        return (
            f"it holds {held[1][:80]}, more than weights, and nothing is read that could run code; save the weights "
            "alone: torch.save(model.state_dict(), 'weights.pth')"
        )
    if isinstance(error, MemoryError):
        return "there is not enough memory for it"
    return "it is cut off, damaged or not of PyTorch; download or copy it again"


def fit_state(saved: Any, own: Mapping[str, Tensor], fault: str, free: tuple[str, ...] = ()) -> Fit:
    """Return the weights for a network among what a file holds, under the network's names; `part` if several fit.

    saved: what `read_saved` gave: a state dict, or a training checkpoint that holds one (`state_dict`, `model` ...).
    Its names may have a prefix (`backbone.`, `encoder.` ...); what has another one belongs to other networks.
    own: the network's state dict. free: how the names begin that may be missing, or of another size or name: the class
    layer. Where several tables fit, the averaged weights are taken ("ema" is in their name), as timm does.
    Raises LayoutError that begins with `fault` where nothing fits, with some of the keys, or where several parts do.
    """
    needed = {name for name in own if _counts(name, free)}
    tables = list(_tables(saved))
    fits = [_fit(*each, prefix, own, free) for each in tables for prefix in _prefixes(each[1], needed)]
    whole = [fit for fit in fits if not fit.faults]
    if not whole:
        raise LayoutError(f"{fault}: {_unfit(fits, tables, needed)}")
    averaged = [fit for fit in whole if "ema" in re.split(r"[\W_]+", fit.part.lower())]
    chosen, *others = averaged or whole
    if any(not _same(chosen.state, other.state) for other in others):
        parts = ", ".join(repr(fit.part) for fit in whole[:SHOWN])
        raise LayoutError(f"{fault}: {len(whole)} parts of it fit, {parts}; save the one that you want alone")
    if broken := [key for key, value in chosen.state.items() if not value.isfinite().all()]:
        raise LayoutError(f"{fault}: {_keys(len(broken))} not hold finite numbers, first {broken[0]!r}")
    return chosen._replace(part=re.sub(r"[^\w.-]+", "_", chosen.part) if len(whole) > 1 else "")


def _tables(saved: Any, name: str = "", depth: int = DEPTH) -> Iterator[tuple[str, dict[str, Tensor]]]:
    """Yield (its name, {key without wrappers: weights}) of each table of weights in what a file holds."""
    if not isinstance(saved, Mapping):
        return
    table = {key: value for key, value in saved.items() if isinstance(key, str) and isinstance(value, Tensor)}
    plain = {WRAPPERS.sub("", key): value for key, value in table.items()}
    if table:
        yield name, plain if len(plain) == len(table) else table
    for key, value in saved.items() if depth else ():
        yield from _tables(value, f"{name}.{key}".lstrip("."), depth - 1)


def _prefixes(table: Mapping[str, Tensor], needed: set[str]) -> list[str]:
    """Return what has to be cut off the keys for most of the needed names; several where they name as many."""
    starts = ((key, at) for key in table for at in (0, *(dot.end() for dot in re.finditer(r"\.", key))))
    counts = Counter(key[:at] for key, at in starts if key[at:] in needed)
    return [prefix for prefix, count in counts.items() if count == max(counts.values())]


def _fit(name: str, table: dict[str, Tensor], prefix: str, own: Mapping[str, Tensor], free: tuple[str, ...]) -> Fit:
    """Return what of a table fits the network, and what does not: one of each sort first."""
    inside = {key.removeprefix(prefix): value for key, value in table.items() if key.startswith(prefix)}
    missing = [f"{key!r} (missing)" for key in own if key not in inside and _counts(key, free)]
    odd = [f"{key!r} (not of this network)" for key in inside if key not in own and _counts(key, free)]
    shapes = {key: value.shape for key, value in inside.items() if key in own and value.shape != own[key].shape}
    sized = [
        f"{key!r} ({_size(each)}, not {_size(own[key].shape)})" for key, each in shapes.items() if _counts(key, free)
    ]
    sorts = [missing, odd, sized]
    faults = [sort[0] for sort in sorts if sort] + [fault for sort in sorts for fault in sort[1:]]
    state = {key: inside[key] for key in own if key in inside and key not in shapes}
    return Fit(state, faults, ".".join(filter(None, (name, prefix.rstrip(".")))))


def _counts(key: str, free: tuple[str, ...]) -> bool:
    return not key.startswith(free) and not key.endswith(UNCOUNTED)


def _size(shape: torch.Size) -> str:
    return "x".join(map(str, shape)) or "a number"


def _same(one: Mapping[str, Tensor], other: Mapping[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(value, other[key]) for key, value in one.items())


def _unfit(fits: list[Fit], tables: list[tuple[str, dict[str, Tensor]]], needed: set[str]) -> str:
    """Return what is wrong with the part that fits best."""
    if fits:
        faults = min((fit.faults for fit in fits), key=len)
        return f"{_keys(len(faults))} not fit, first {', '.join(faults[:SHOWN])}"
    if not tables:
        return "it holds no table of weights; save model.state_dict()"
    held = max((table for _, table in tables), key=len)
    return f"{_keys(len(needed))} not fit: it holds such as {min(held)!r}, and {min(needed)!r} is needed"


def _keys(count: int) -> str:
    return "1 key does" if count == 1 else f"{count} keys do"
