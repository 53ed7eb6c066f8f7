"""A tiny working copy, shared by the tests of one module."""

import pytest
from clones import TINY, Clone


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Clone:
    """A fresh working copy whose params.yaml asks for a tiny corpus."""
    working_copy = Clone(tmp_path_factory.mktemp("clone"))
    working_copy.set(TINY)
    return working_copy
