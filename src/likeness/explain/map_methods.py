"""The two kinds of map that the reports show, and how their scorecards speak of a region that need not matter."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Protocol

from likeness.explain.attributions import Method, grad_cam, integrated_gradients
from likeness.explain.scorecard import Scorecard, warning_of
from likeness.features.backbones import NoMap

CELLS = 8  # a side, of insertion and deletion: small photos have no more to cover
POINTING = {"pointing": "pointing, faces", "mass inside": "mass inside, faces"}


class Mapped(Protocol):
    """A model that names its layer for Grad-CAM on photos of `size` px, or raises NoMap."""

    def grad_cam_layer(self, size: int) -> str: ...


def map_methods(model: Mapped, size: int, steps: int) -> tuple[dict[str, Method], dict[str, str]]:
    """Return ({method: a map of what speaks for the model's own answer}, {method left out: why, in words}).

    Integrated Gradients of `steps` steps from each photo's mean colour, and Grad-CAM, which is left out where the
    network keeps no map of a photo of `size` px.
    """
    methods: dict[str, Method] = {
        "Integrated Gradients": partial(integrated_gradients, steps=steps, baseline="mean", toward="decision")
    }
    missing = {}
    try:
        methods["Grad-CAM"] = partial(grad_cam, layer=model.grad_cam_layer(size), toward="decision")
    except NoMap as error:
        missing["Grad-CAM"] = f"Grad-CAM is left out: {error}."
    return methods, missing


def described_pointing(card: Scorecard, missing: Mapping[str, str]) -> Scorecard:
    """Return the scorecard with the pointing game at faces as a description: renamed, without a verdict or a warning.

    missing: as `map_methods` gives; its words stay.
    """
    passed = card.table["passed"].mask(card.table["test"].isin(POINTING), None)
    table = card.table.assign(passed=passed.astype(object).where(passed.notna(), None))
    tested = table[~table["test"].isin(POINTING)]
    warnings = {
        name: warning_of(name, rows.to_dict("records"), card.clusters)
        for name, rows in tested.groupby("method", sort=False)
    }
    return replace(card, table=table.replace({"test": POINTING}), warnings=card.warnings | missing | warnings)
