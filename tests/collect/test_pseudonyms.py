"""Pseudonyms: the same for the same key and person, another for another, and names nowhere."""

import pytest

from likeness_collect.errors import CollectError
from likeness_collect.pseudonyms import Names, keyed_hash, secret_key


def test_the_hash_is_hmac_sha256():
    # RFC 4231, test case 2
    assert keyed_hash(b"Jefe", "what do ya want for nothing?", 64) == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_a_key_is_made_once_and_kept(tmp_path):
    file = tmp_path / "pseudonyms.key"
    key = secret_key(file)
    assert len(key) == 32
    assert secret_key(file) == key
    assert file.stat().st_mode & 0o077 == 0
    assert secret_key(tmp_path / "other.key") != key
    file.write_text("broken")
    with pytest.raises(CollectError, match="is no key"):
        secret_key(file)


def test_names_become_words():
    names = Names(b"k" * 32)
    assert names.user("Ada") == names.user("ada") == names.pseudonym("@ADA ")
    assert len(names.user("ada")) == 17
    assert names.user("ada") != names.user("bob")
    assert names.user("") == ""
    assert Names(b"l" * 32).user("ada") != names.user("ada")
    assert Names(b"k" * 32, keep=True).user("Ada") == "Ada"


def test_mentions_in_captions_are_called_as_in_the_tables():
    names = Names(b"k" * 32)
    said = names.text("With @Ada.b. and me@home.it")
    assert said == f"With @{names.user('ada.b')}. and me@home.it"
    assert names.words(["@ada.b"]) == [f"@{names.user('ada.b')}"]
    assert Names(b"k" * 32, keep=True).text("With @Ada") == "With @Ada"
