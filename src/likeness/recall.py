"""Results that took long are kept by what they were made of: the arguments' content and the code that is reached."""

import hashlib
import pickle
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from likeness.cache import Cache, key
from likeness.fingerprint import modules_of

Result = TypeVar("Result")


def recall(folder: Path | None, function: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
    """Return function(*args, **kwargs): from the cache, or computed now and kept.

    function: of a module of ours, a function of its arguments alone. The arguments' content is part of the result's
    name, for networks their weights and the modules of their parts, so that a path or an object of another kind is
    refused with a TypeError. folder: of the cache; None computes. The first call and a later one give equal results:
    both are read from what was kept.
    """
    if folder is None:
        return function(*args, **kwargs)
    cache = Cache(folder)
    given = _Given()
    given.add((args, kwargs))
    method = {"function": function.__qualname__, "given": given.digest.hexdigest()}
    name = key((function.__module__, *given.modules), method, "", "")
    content = cache.read(name)
    if content is None:
        content = pickle.dumps(function(*args, **kwargs))
        cache.write(name, content)
    return pickle.loads(content)


def _settings(part: Any) -> dict[str, Any]:
    """Return the plain values that a part of a network holds beside its weights, such as a mean or a configuration."""

    def is_plain(value: Any) -> bool:
        if isinstance(value, tuple | list):
            return all(map(is_plain, value))
        return value is None or isinstance(value, bool | int | float | str) or is_dataclass(value)

    return {name: value for name, value in vars(part).items() if name[0] != "_" and is_plain(value)}


class _Given:
    """The content of arguments: its SHA-256, and the modules of ours that the networks among them are made of."""

    def __init__(self) -> None:
        self.digest, self.modules = hashlib.sha256(), set()

    def add(self, value: Any) -> None:
        """Take in a value, its type first: 1, True and "1" are three."""
        self.digest.update(f"{type(value).__name__}:".encode())
        torch = sys.modules.get("torch")
        if value is None or isinstance(value, bool | int | float | str | np.generic):
            self._text(repr(value))
        elif isinstance(value, np.ndarray):
            self._text(f"{value.dtype}{value.shape}")
            if value.dtype == object:
                self.add(value.ravel().tolist())
            else:
                self.digest.update(np.ascontiguousarray(value).data)
        elif isinstance(value, pd.DataFrame | pd.Series):
            frame = value.to_frame("series") if isinstance(value, pd.Series) else value
            self._text(repr(getattr(value, "name", None)))
            self._text(repr([(str(name), str(dtype)) for name, dtype in frame.dtypes.items()]))
            self.digest.update(frame.rename(columns=str).to_parquet(None))
        elif torch and isinstance(value, torch.Tensor):
            self.add(value.detach().cpu().numpy())
        elif torch and isinstance(value, torch.nn.Module):
            self.modules |= {*modules_of(*{type(part) for part in value.modules()})}
            self._text(repr(value))  # which parts it has, and their settings
            self.add(value.state_dict())
            self.add({name: _settings(part) for name, part in value.named_modules()})
        elif isinstance(value, Mapping):
            self.add([[str(name), each] for name, each in value.items()])
        elif isinstance(value, list | tuple):
            self._text(str(len(value)))
            for each in value:
                self.add(each)
        elif is_dataclass(value):
            self.add({field.name: getattr(value, field.name) for field in fields(value)})
        else:
            raise TypeError(f"a {type(value).__name__} cannot be told by its content; give what is read of it")

    def _text(self, text: str) -> None:
        self.digest.update(f"{len(text)}:{text}".encode())
