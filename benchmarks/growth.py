"""How the cost grows with the work: the exponent of a power law."""

from collections.abc import Sequence

import numpy as np


def exponent(work: Sequence[float], seconds: Sequence[float]) -> float:
    """Return the exponent b of seconds = a * work ** b, fitted by least squares of the logarithms."""
    return float(np.polyfit(np.log(work), np.log(seconds), 1)[0])
