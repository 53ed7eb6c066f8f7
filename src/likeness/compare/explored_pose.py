"""Which photos answer which in the explorer of the pose study."""

import numpy as np
from numpy.typing import NDArray

from likeness.compare.explored import Truth
from likeness.studies.pose import Study


def same_pose(study: Study, relevant: int) -> Truth:
    """Return which photos answer which: those of the same site and pose, or the `relevant` nearest by marked joints."""
    is_known, named = study.truth.comparable(), study.truth.arrangement is not None

    def truth(a: NDArray[np.intp], b: NDArray[np.intp]) -> NDArray[np.object_]:
        sure = is_known[a][:, None] & (named | is_known[b])  # where poses have names, a photo without one is no answer
        return np.where(sure, study.relevant(relevant, a, b), None)

    return truth
