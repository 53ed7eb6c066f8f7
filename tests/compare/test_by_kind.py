"""Shares called the same by kind of pair, by hand."""

import numpy as np
import pandas as pd
import pytest

from likeness.compare.by_kind import called_same

KINDS = ["same-pose-same-site"] * 4 + ["same-pose-other-site"] * 2


def predictions() -> pd.DataFrame:
    """Two runs of six validation and six test pairs; validation parts them at 0.5, or at 1.5 in the second run."""
    parts = []
    for run, shift in ((0, 0.0), (1, 1.0)):
        for split in ("val", "test"):
            score = [0.9, 0.8, 0.7, 0.6, 0.4, 0.1] if split == "val" else [0.9, 0.8, 0.2, 0.7, 0.9, np.nan]
            left = [f"{split}{k}" for k in range(6)]
            parts.append(pd.DataFrame({
                "left": left, "right": [f"{name}x" for name in left], "same": [True] * 4 + [False] * 2, "kind": KINDS,
                "score": np.array(score) + shift, "split": split, "scheme": "honest", "model": "net", "run": run,
            }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def test_each_run_decides_at_its_own_threshold():
    table = predictions()
    names = pd.unique(table[["left", "right"]].to_numpy().ravel())
    found = called_same(table, pd.Series(names, index=names), ["net"]).set_index("kind")
    assert found.loc["same-pose-same-site", "value"] == pytest.approx(0.75)  # 0.2 lies below, 1.2 too
    assert found.loc["same-pose-other-site", "value"] == pytest.approx(0.5)  # NaN is called different
    assert found["n"].tolist() == [2, 4]
    assert found["same"].to_dict() == {"same-pose-other-site": False, "same-pose-same-site": True}
