"""Tokens are read from safe places only, and taken out of everything that is said."""

from urllib.parse import quote

import pytest

from likeness import paths
from likeness_collect.errors import CollectError
from likeness_collect.tokens import Redactor, Token, read_tokens

SECRET = "EAAD+x/y=z0123456789"


def test_from_the_environment(monkeypatch):
    monkeypatch.setenv("LIKENESS_INSTAGRAM_TOKENS", f"17841:{SECRET}, other-token-1,{SECRET}")
    tokens = read_tokens(None)
    assert [(token.secret, token.account) for token in tokens] == [(SECRET, "17841"), ("other-token-1", "")]


def test_from_a_file_outside(tmp_path):
    file = tmp_path / "tokens.txt"
    file.write_text(f"1:{SECRET}\nother-token-1\n")
    assert [token.account for token in read_tokens(file)] == ["1", ""]


def test_a_file_inside_a_repository_is_refused(tmp_path):
    for name in ("params.yaml", "dvc.yaml"):
        (tmp_path / name).touch()
    inside = tmp_path / "data" / "tokens.txt"
    inside.parent.mkdir()
    inside.write_text(SECRET)
    with pytest.raises(CollectError, match="lies inside the repository") as caught:
        read_tokens(inside)
    assert SECRET not in str(caught.value)
    link = tmp_path.parent / f"{tmp_path.name}-link"
    link.symlink_to(inside)
    with pytest.raises(CollectError, match="lies inside the repository"):
        read_tokens(link)
    with pytest.raises(CollectError, match="lies inside the repository"):
        read_tokens(paths.root() / "pyproject.toml")


@pytest.mark.parametrize("text", ["", " , ", "short", f"1:{SECRET},tiny", "snowman-☃-token"])
def test_what_is_no_token_is_not_repeated(text, monkeypatch):
    monkeypatch.setenv("LIKENESS_INSTAGRAM_TOKENS", text)
    with pytest.raises(CollectError, match="LIKENESS_INSTAGRAM_TOKENS") as caught:
        read_tokens(None)
    assert not any(word in str(caught.value) for word in ("tiny", SECRET, "snowman"))


def test_a_missing_file_is_one_line(tmp_path):
    with pytest.raises(CollectError, match=r"none\.txt: cannot be read: No such file"):
        read_tokens(tmp_path / "none.txt")


def test_a_token_is_no_part_of_its_repr():
    assert SECRET not in repr(Token(SECRET))


@pytest.mark.parametrize(
    "form", [SECRET, quote(SECRET), quote(SECRET, safe=""), quote(SECRET, safe="").lower(), SECRET.upper()]
)
def test_a_token_is_redacted_in_all_its_forms(form):
    assert Redactor([SECRET])(f"Error: {form}.\nsee above") == "Error: (token). see above"


def test_any_token_in_an_address_is_redacted():
    said = Redactor([SECRET])("https://x.org/me?access_token=EAAunknown&b=1 Authorization: Bearer-EAAunknown")
    assert "EAAunknown" not in said
    assert "b=1" in said
