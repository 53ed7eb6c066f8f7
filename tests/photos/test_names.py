"""Names in tables and names on disk: letters, folders, case."""

import unicodedata

import pytest

from likeness.photos.names import fit_names, ignores_case

PATHS = ["raw/Müller/1.jpg", "raw/b/2.JPG", "raw/c/2.JPG"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("stored", ["NFC", "NFD"])
def test_letters_are_compared_composed(form, stored):
    paths = [unicodedata.normalize(stored, path) for path in PATHS]
    assert fit_names([unicodedata.normalize(form, "Müller/1.jpg")], paths).rows == [[0]]


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("1", [0]),
        ("raw/b/2.JPG", [1]),
        ("b\\2.JPG", [1]),
        ("./b/2", [1]),
        ("2.JPG", [1, 2]),
        ("x/2.JPG", []),
        ("er/1.jpg", []),
    ],
)
def test_a_name_is_a_path_or_its_end(name, fits):
    assert fit_names([name, "1.jpg"], PATHS).rows == [fits, [0]]


def test_folders_of_another_machine_are_taken_off():
    assert fit_names(["/home/x/b/2.JPG", "/home/x/c/2.JPG"], PATHS).rows == [[1], [2]]
    assert fit_names(["C:\\x\\1.jpg"], PATHS).rows == [[0]]


def test_case_counts_where_the_file_system_says_so():
    fits = fit_names(["b/2.jpg"], PATHS)
    assert fits.rows == [[]]
    assert fits.near == {"b/2.jpg": "raw/b/2.JPG"}
    assert fit_names(["b/2.jpg"], PATHS, ignore_case=True).rows == [[1]]


def test_this_file_system_is_asked(tmp_path):
    folder = tmp_path / "abc"
    folder.mkdir()
    assert ignores_case(folder) == (tmp_path / "ABC").exists()
