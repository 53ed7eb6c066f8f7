"""Arithmetic on arrays: NumPy's, SciPy's, PyTorch's, and the BLAS and LAPACK behind each."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from scipy import fft, linalg, special, stats

from likeness.operations.table import numbers

Operation = tuple[str, Callable[[], Any]]
SHAPES = ((24, 512, 256), (128, 1000, 64), (64, 4096, 2), (7, 33, 5))  # rows, columns of the first, of the second
LONG = 1_000_003
KINDS = ("float32", "float64")
UNARY = ("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan", "tanh", "arctan", "cbrt", "log2", "log10")
# Without sqrt, asin, acos and atan: they are MKL's vector functions, whose last bits no setting holds, and nothing here
# calls them (tests/test_repeatable.py).
TORCH_UNARY = ("exp", "log", "log1p", "rsqrt", "reciprocal", "sin", "cos", "tanh", "erf", "sigmoid", "log_softmax")
TORCH_UNARY += ("softmax", "gelu", "softplus", "hardswish", "relu")
POSITIVE = ("log", "log1p", "rsqrt", "reciprocal")  # what they take


def operations() -> Iterator[Operation]:
    """Yield (name, what computes it)."""
    yield from _products()
    yield from _elementwise()
    yield from _sums()
    yield from _decompositions()


def _products() -> Iterator[Operation]:
    for n, k, m in SHAPES:
        for dtype in KINDS:
            a, b = numbers(n, k, dtype=dtype), numbers(k, m, seed=1, dtype=dtype)
            size = f"{n}x{k}x{m} {dtype}"
            for library, x, y in (("numpy", a, b), ("torch", torch.from_numpy(a), torch.from_numpy(b))):
                turned, other = (each.T.copy() if library == "numpy" else each.T.contiguous() for each in (x, y))
                yield f"{library} product NN {size}", lambda x=x, y=y: x @ y
                yield f"{library} product NT {size}", lambda x=x, other=other: x @ other.T
                yield f"{library} product TN {size}", lambda turned=turned, y=y: turned.T @ y
        yield f"torch linear {n}x{k}x{m}, forward and backward", lambda n=n, k=k, m=m: _linear(n, k, m)
    yield "numpy einsum", lambda: np.einsum("ij,kj->ik", numbers(50, 300), numbers(40, 300, seed=1))
    yield "torch batched product", lambda: torch.bmm(_tensor(4, 30, 50), _tensor(4, 50, 20, seed=1))


def _linear(n: int, k: int, m: int) -> list[torch.Tensor]:
    rows, weights, bias = _tensor(n, k, grad=True), _tensor(m, k, seed=1, grad=True), _tensor(m, seed=2, grad=True)
    out = F.linear(rows, weights, bias)
    out.backward(_tensor(n, m, seed=3))
    return [out, rows.grad, weights.grad, bias.grad]


def _elementwise() -> Iterator[Operation]:
    for dtype in KINDS:
        x = np.abs(numbers(10_007, dtype=dtype)) + np.asarray(2.0**-10, dtype)
        for name in UNARY:
            yield f"numpy {name} {dtype}", lambda name=name, x=x: getattr(np, name)(x)
        yield f"numpy power {dtype}", lambda x=x: x ** np.asarray(2.4, x.dtype)
        yield f"numpy arctan2 and hypot {dtype}", lambda x=x: [np.arctan2(x, x[::-1]), np.hypot(x, x[::-1])]
        signed = torch.from_numpy(numbers(101, 97, dtype=dtype))
        for name in TORCH_UNARY:
            rows = signed.abs() + 2.0**-10 if name in POSITIVE else signed
            yield f"torch {name} {dtype}", lambda name=name, rows=rows: _torch_unary(name, rows)
    for name in ("expit", "logit", "erf", "gammaln", "ndtri", "xlogy"):
        yield f"scipy {name}", lambda name=name: _special(name)
    yield "torch lengths", lambda: [torch.hypot(_tensor(997), _tensor(997, seed=1)), _tensor(97, 31).norm(dim=1)]
    yield "torch power", lambda: (_tensor(9_973).abs() + 0.5) ** 2.4
    yield "torch normal and uniform draws", _draws
    yield "numpy normal, exponential and gamma draws", _numpy_draws


def _torch_unary(name: str, rows: torch.Tensor) -> torch.Tensor:
    if name in ("softmax", "log_softmax"):
        return getattr(torch, name)(rows, 1)
    return getattr(torch if hasattr(torch, name) else F, name)(rows)


def _special(name: str) -> Any:
    x = (np.abs(numbers(9_973, dtype="float64")) + 2.0**-10) / 5
    return special.xlogy(x, x) if name == "xlogy" else getattr(special, name)(x)


def _draws() -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(7)
    drawn = [torch.empty(10_007).normal_(generator=generator), torch.empty(10_007).uniform_(generator=generator)]
    return [*drawn, torch.randperm(1000, generator=generator)]


def _numpy_draws() -> list[np.ndarray]:
    random = np.random.default_rng(7)
    return [random.normal(size=9_973), random.exponential(size=9_973), random.gamma(2.5, size=9_973)]


def _sums() -> Iterator[Operation]:
    for dtype in KINDS:
        x = numbers(LONG, dtype=dtype)
        table = numbers(997, 1003, dtype=dtype)
        rows = torch.from_numpy(table)
        for name in ("sum", "mean", "std", "cumsum"):
            yield f"numpy {name} of {LONG} {dtype}", lambda name=name, x=x: getattr(np, name)(x)
        yield f"numpy sums by axis {dtype}", lambda t=table: [t.sum(0), t.sum(1), t.mean(0), t.std(1)]
        yield f"torch sums by axis {dtype}", lambda t=rows: [t.sum(), t.sum(0), t.sum(1), t.var(0), t.norm(dim=1)]
        yield f"numpy norm and dot {dtype}", lambda x=x: [np.linalg.norm(x), np.dot(x, x[::-1].copy())]
    yield "torch cross entropy", lambda: F.cross_entropy(_tensor(64, 10), torch.arange(64) % 10)
    same = (_tensor(997, seed=1) > 0).float()
    yield "torch binary cross entropy", lambda: F.binary_cross_entropy_with_logits(_tensor(997), same)
    yield "scipy rank correlation", lambda: stats.spearmanr(numbers(997), numbers(997, seed=1)).statistic


def _decompositions() -> Iterator[Operation]:
    for dtype in KINDS:
        table, square = numbers(120, 40, dtype=dtype), _positive(60, dtype)
        yield f"numpy svd {dtype}", lambda t=table: np.linalg.svd(t, full_matrices=False)
        yield f"numpy eigh {dtype}", lambda s=square: np.linalg.eigh(s)
        yield f"numpy solve and lstsq {dtype}", lambda s=square, t=table: [
            np.linalg.solve(s, s[0]), np.linalg.lstsq(t, t[:, 0], rcond=None)[0]
        ]  # fmt: skip
        yield f"scipy qr {dtype}", lambda t=table: linalg.qr(t, mode="economic")
    yield "scipy cholesky", lambda: linalg.cho_factor(_positive(60, "float64"))[0]
    yield "scipy cosine transform", lambda: fft.dct(fft.dct(numbers(64, 64, dtype="float64"), axis=0), axis=1)
    yield "scipy Fourier transform", lambda: np.abs(fft.rfft2(numbers(96, 60, dtype="float64")))


def _positive(n: int, dtype: str) -> np.ndarray:
    a = numbers(n, n, dtype="float64")
    return (np.einsum("ij,kj->ik", a, a) / n + np.eye(n)).round(6).astype(dtype)  # rounded: the same on every machine


def _tensor(*shape: int, seed: int = 0, grad: bool = False) -> torch.Tensor:
    return torch.from_numpy(numbers(*shape, seed=seed)).requires_grad_(grad)
