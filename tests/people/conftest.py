import pytest

from likeness.cache import Cache


class CountedCache(Cache):
    """A cache that tells what is in it."""

    def names(self):
        return {f"{file.parts[-3]}/{file.parent.name}{file.name}" for file in self.folder.glob("*/*/*")}


@pytest.fixture
def cache(tmp_path):
    return CountedCache(tmp_path / "cache")
