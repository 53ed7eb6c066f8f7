"""Keyed hashes that stand for people: the same person is the same word, and nobody can be looked up without the key.

The key lies in the state folder beside the collected one, where `dvc add` does not take it; who deletes it makes the
tables' user ids meaningless for good.
"""

import contextlib
import hashlib
import hmac
import os
import re
import secrets
import tempfile
from pathlib import Path

from likeness_collect.errors import CollectError

KEY_FILE = "pseudonyms.key"
PREFIX = "u"
DIGITS = 16
# Account names as Instagram allows them, as photos/posts/hashtags.py reads them: never the domain of a mail address.
MENTION = re.compile(r"(?<![A-Za-z0-9])@([A-Za-z0-9_]+(?:\.[A-Za-z0-9_]+)*)")


def secret_key(path: Path) -> bytes:
    """Return the key in a file, made (32 random bytes, readable by its owner only) where there is none.

    The file appears whole: of two processes that start together the first one's key counts for both.
    """
    if not path.exists():
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)  # private to its owner
        try:
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(32) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
    key = path.read_text(encoding="ascii", errors="replace").strip()
    if not re.fullmatch(r"[0-9a-f]{64}", key):
        raise CollectError(f"{path}: is no key; bring back the one that was there, or collect anew")
    return bytes.fromhex(key)


def keyed_hash(key: bytes, word: str, digits: int = DIGITS) -> str:
    """Return the first hex digits of HMAC-SHA256 of a word."""
    return hmac.new(key, word.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:digits]


class Names:
    """How people are called in the tables: by pseudonym, or by name."""

    def __init__(self, key: bytes, *, keep: bool = False) -> None:
        """keep: leave names as they are."""
        self._key = key
        self._keep = keep

    def user(self, name: str) -> str:
        """Return what stands for an account, by its name or number; "" for an unknown one."""
        return name if self._keep or not name else self.pseudonym(name)

    def pseudonym(self, name: str) -> str:
        """Return the pseudonym of a name or number, upper and lower case alike."""
        return PREFIX + keyed_hash(self._key, name.strip().lstrip("@").lower())

    def text(self, caption: str) -> str:
        """Return a caption in which mentioned accounts are called as in the tables."""
        return caption if self._keep else MENTION.sub(lambda found: "@" + self.pseudonym(found[1]), caption)

    def words(self, mentions: list[str]) -> list[str]:
        """Return mentions ("@name") as accounts are called in the tables."""
        return [f"@{self.user(word.lstrip('@'))}" for word in mentions]
