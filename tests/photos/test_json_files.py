"""JSON in any encoding; what is none is one line."""

import json

import pytest

from likeness.errors import LayoutError
from likeness.photos.json_files import read_json


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_encodings(tmp_path, encoding):
    (tmp_path / "a.json").write_text(json.dumps({"é": [1]}, ensure_ascii=False), encoding=encoding)
    assert read_json(tmp_path / "a.json") == {"é": [1]}


@pytest.mark.parametrize("content", [b"", b"\n", b"{", b"\xff\x00\xe9", b"\xe9", b"[" * 100_000])
def test_what_is_no_json_is_one_line(tmp_path, content):
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(LayoutError, match=r"a\.json") as caught:
        read_json(tmp_path / "a.json")
    assert "\n" not in str(caught.value)


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(LayoutError, match=r"no\.json"):
        read_json(tmp_path / "no.json")
