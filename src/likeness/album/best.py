"""The best frame of a burst: what is wrong with each beside the others, in numbers that add up, and in words.

Each fault is in [0, 1] and told from the frames of one burst, which show the same: so no scene is called soft or dark
for what it is. The weights of the faults that pixels tell were fitted to planted damage (benchmarks/album.py) by a
softmax over the frames of a burst, on 130 photos that are not among those reported on. Those of faces are set by hand,
since no damage can be planted for a smile.
"""

import numpy as np
import pandas as pd

FITTED = {
    "blurred": 6.9,
    "smeared": 0.6,
    "grainy": 8.6,
    "smoothed": 1.9,
    "blocky": 3.9,
    "emptied": 6.0,
    "flat": 4.6,
    "glaring": 6.9,
    "washed out": 1.5,
    "other light": 5.8,
    "turned": 5.7,
    "askew": 2.3,
}
BY_HAND = {
    "eyes closed": 4.0,
    "turned away": 2.0,
    "less of a smile": 1.0,
    "face cut off": 2.0,
    "face out of focus": 5.0,
}
CLOSED, OPEN = 0.10, 0.20  # opening of an eye by its width: up to which it is closed, from which it is open
MAJORITY = 4  # frames that agree, before the others count as exceptions: of three, two prove little
SMALL = 0.01  # share of the photo's area below which faces are bystanders


def ramp(values, low: float, high: float) -> np.ndarray:
    """Return 0 up to `low`, 1 from `high`, and a line between."""
    return np.clip((np.asarray(values, float) - low) / (high - low), 0, 1)


def unlike_most(values: np.ndarray, spread: float) -> np.ndarray:
    """Return (n,) in [0, 1]: how far each value lies from the one that most agree with; zeros without one.

    Values agree that differ by `spread` at most. Half of them, and MAJORITY, must agree. NaN counts as 0.
    """
    values = np.nan_to_num(np.asarray(values, float))
    apart = np.abs(values[:, None] - values[None])
    agree = (apart <= spread).sum(axis=1)
    most = int(np.argmax(agree))
    if agree[most] < max(MAJORITY, len(values) / 2):
        return np.zeros(len(values))
    centre = np.median(values[apart[most] <= spread])
    return ramp(np.abs(values - centre), spread, 3 * spread)


def faults(frames: pd.DataFrame) -> pd.DataFrame:
    """Return what is wrong with each frame of one burst beside the others: the columns of FITTED, each in [0, 1].

    frames: `album.signs.SIGNS`, plain (of `album.leave_out`) and turn [degrees] against any one of them, NaN unknown.
    """
    f = frames
    stops = np.log2(np.maximum(f["brightness"], 0.01) ** 2.2)
    contrast = f["contrast"].clip(0.02)
    noise = np.log(f["noise"].clip(0.3))
    found = {
        "blurred": ramp(f["sharpness"].max() - f["sharpness"], 0, 0.2),
        "smeared": ramp(f["least_sharpness"].max() - f["least_sharpness"], 0, 0.15),
        "grainy": ramp(f["noise"], 2.5, 7),
        "smoothed": ramp(noise.quantile(0.75) - noise, 0.3, 1.5),
        "blocky": ramp(f["blocks"], 0.12, 0.4),
        "emptied": ramp(f["plain"] - f["plain"].min(), 0.1, 0.5),
        "flat": ramp(np.log2(contrast.max() / contrast), 0.1, 0.8),
        "glaring": ramp(f["glare"] - f["glare"].min(), 0.02, 0.15),
        "washed out": ramp(f["glare"] - f["glare"].min(), 0.15, 0.6),
        "other light": unlike_most(stops, 0.2),
        "turned": unlike_most(f["turn"], 1.2),
        "askew": ramp(np.log(f["level"].max() / f["level"].clip(1e-3)), 0, 0.5),
    }
    return pd.DataFrame(found, index=f.index)


def face_faults(frames: pd.DataFrame) -> pd.DataFrame:
    """Return what faces do worse in each frame of one burst than in the best of it: the columns of BY_HAND, in [0, 1].

    frames: `album.faces.FACE_SIGNS` and face_sharpness. A frame in which no face was found is not judged by faces.
    """
    f = frames
    seen = (f["face_share"].fillna(0) >= SMALL).to_numpy() & (f["faces"] > 0).to_numpy()
    eyes = ramp(f["eyes"], CLOSED, OPEN)
    found = {
        "eyes closed": np.nanmax(eyes, initial=0) - eyes,
        "turned away": f["facing"].max() - f["facing"],
        "less of a smile": ramp(f["smile"].max() - f["smile"], 0.05, 0.25),
        "face cut off": ramp(f["cut_off"] - f["cut_off"].min(), 0, 1),
        "face out of focus": ramp(f["face_sharpness"].max() - f["face_sharpness"], 0.02, 0.2),
    }
    return pd.DataFrame(found, index=f.index).where(pd.Series(seen, index=f.index), 0.0).fillna(0.0)


def costs(frames: pd.DataFrame) -> pd.DataFrame:
    """Return each frame's weighted faults, one column a fault; the frame with the least sum is the best."""
    found = pd.concat([faults(frames), face_faults(frames)], axis=1)
    return found * pd.Series(FITTED | BY_HAND)[found.columns]


def quality(photos: pd.DataFrame) -> pd.Series:
    """Return in [0, 1] how well each photo was taken, by itself: the mean of what is told of sharpness, light and eyes.

    photos: SIGNS and FACE_SIGNS. It only has to order photos of different scenes loosely.
    """
    sharp = photos["face_sharpness"].where(photos["face_share"] >= SMALL).fillna(photos["sharpness"])
    each = [
        ramp(sharp, 0.08, 0.35),
        1 - ramp(photos["noise"], 3, 8),
        1 - ramp(photos["glare"] + photos["dark"], 0.1, 0.6),
        ramp(photos["contrast"], 0.2, 0.7),
    ]
    eyes = ramp(photos["eyes"].where(photos["face_share"] >= SMALL), CLOSED, OPEN)
    return pd.Series(np.mean(each, axis=0) * (1 - 0.3 * np.nan_to_num(1 - eyes)), index=photos.index)
