import pytest
from PIL import Image

from likeness.photos.identities import read_identities
from likeness.photos.readers import LayoutError


def put(folder, *names):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4)).save(folder / name) if not name.endswith(".txt") else (folder / name).write_text("")


def test_the_folder_is_the_identity(tmp_path):
    put(tmp_path, "s2/1.pgm", "s1/2.pgm", "s1/1.pgm", "s1/note.txt", "README.txt", "s1/.hidden.png")
    found = read_identities(tmp_path)
    assert found["path"].str.removeprefix(f"{tmp_path.as_posix()}/").tolist() == [
        "s1/1.pgm",
        "s1/2.pgm",
        "s1/note.txt",
        "s2/1.pgm",
    ]
    assert found["identity"].tolist() == ["s1", "s1", "s1", "s2"]


@pytest.mark.parametrize(
    ("name", "says"), [("1.png", r"1\.png: a photo outside"), ("a/b/1.png", r"a/b/1\.png: a photo outside")]
)
def test_photos_at_another_depth_are_named(tmp_path, name, says):
    put(tmp_path, "s1/1.png", name)
    with pytest.raises(LayoutError, match=says):
        read_identities(tmp_path)


def test_no_photo(tmp_path):
    with pytest.raises(LayoutError, match="no photo in it"):
        read_identities(tmp_path)
    with pytest.raises(LayoutError, match="no such folder"):
        read_identities(tmp_path / "nowhere")


def test_real_portraits(shared):
    found = read_identities(shared / "faces")
    assert found.groupby("identity").size().tolist() == [10] * 20
    assert set(found["identity"]) == {f"s{k}" for k in range(1, 21)}
