"""A file gets there whole or not at all."""

import stat

import numpy as np
import pandas as pd
import pytest

from likeness import paths


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """An empty repository; the working folder is two levels below its root."""
    for name in ("params.yaml", "dvc.yaml"):
        (tmp_path / name).touch()
    inside = tmp_path / "notebooks" / "pose"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)
    return tmp_path


def test_the_root_is_the_nearest_folder_with_both_files(repository):
    assert paths.root() == repository
    assert paths.root(repository) == repository
    (repository / "notebooks" / "params.yaml").touch()  # one of the two files is not enough
    assert paths.root() == repository
    (repository / "notebooks" / "dvc.yaml").touch()
    assert paths.root() == repository / "notebooks"


def test_folders_lie_below_the_root(repository):
    assert paths.data("pose") == repository / "data" / "pose"
    assert paths.models("pose") == repository / "models" / "pose"
    assert paths.reports("pose") == repository / "reports" / "pose"
    assert paths.cache() == repository / "data" / "cache"


def test_outside_a_repository_the_error_says_what_is_missing(tmp_path):
    with pytest.raises(paths.RepositoryNotFound, match=r"no.*params\.yaml and dvc\.yaml") as caught:
        paths.root(tmp_path)
    assert str(tmp_path) in str(caught.value)


def test_a_file_appears_when_it_is_whole(tmp_path):
    path = tmp_path / "deep" / "folder" / "table.csv"
    with paths.atomic(path) as temporary:
        temporary.write_text("half")
        assert not path.exists()
        assert temporary.parent == path.parent  # a rename across file systems would not be atomic
        assert temporary.suffix == ".csv"
        temporary.write_text("whole")
    assert path.read_text() == "whole"
    assert [file.name for file in path.parent.iterdir()] == ["table.csv"]


def test_a_file_can_be_read_by_others(tmp_path):
    assert stat.S_IMODE(paths.write_text("a", tmp_path / "a.txt").stat().st_mode) == 0o644


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = paths.write_text("old", tmp_path / "a.txt")

    def write():
        with paths.atomic(path) as temporary:
            temporary.write_text("new")
            raise error

    with pytest.raises(error):
        write()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["a.txt"]


def test_an_error_leaves_nothing_where_nothing_was(tmp_path):
    with pytest.raises(TypeError):
        paths.write_json({"a": object()}, tmp_path / "a.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [np.nan, float("inf")])
def test_json_refuses_what_is_not_json(tmp_path, value):
    paths.write_json({"a": 1}, tmp_path / "a.json")
    with pytest.raises(ValueError, match="Out of range float values are not JSON compliant"):
        paths.write_json({"a": [value]}, tmp_path / "a.json")
    assert (tmp_path / "a.json").read_text() == '{\n  "a": 1\n}\n'


def test_json_keeps_order_and_letters(tmp_path):
    path = paths.write_json({"b": "Île", "a": [1, 0.5, None]}, tmp_path / "a.json")
    assert path.read_bytes() == '{\n  "b": "Île",\n  "a": [\n    1,\n    0.5,\n    null\n  ]\n}\n'.encode()


def test_tables_are_written_without_their_index(tmp_path):
    table = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}, index=[7, 9])
    paths.write_csv(table, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_text() == "a,b\n1,x\n2,y\n"
    back = pd.read_parquet(paths.write_parquet(table, tmp_path / "a.parquet"))
    pd.testing.assert_frame_equal(back, table.reset_index(drop=True))
    paths.write_tables(tmp_path / "both", one=table, two=table[:1])
    assert [len(pd.read_parquet(tmp_path / f"both/{name}.parquet")) for name in ("one", "two")] == [2, 1]


def test_arrays_come_back_and_objects_are_refused(tmp_path):
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    back = np.load(paths.write_npy(array, tmp_path / "a.npy"))
    assert back.dtype == np.float32
    np.testing.assert_array_equal(back, array)
    with pytest.raises(ValueError, match="Object arrays cannot be saved"):
        paths.write_npy(np.array([object()]), tmp_path / "a.npy")
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), array)
    assert [file.name for file in tmp_path.iterdir()] == ["a.npy"]


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"abc")  # FIPS 180-2, appendix B.1
    assert paths.file_sha256(tmp_path / "a.txt").startswith("ba7816bf8f01cfea414140de5dae2223")
