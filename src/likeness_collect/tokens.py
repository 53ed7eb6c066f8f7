"""Access tokens: from the environment or a file outside the repository, and never seen anywhere else."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, quote_plus

from likeness import paths
from likeness_collect.errors import CollectError

VARIABLE = "LIKENESS_INSTAGRAM_TOKENS"
HIDDEN = "(token)"
SHORTEST = 8  # characters: anything shorter is no token, and hiding it would hide half of every message
IN_ADDRESS = re.compile(r"(?i)(access_token|authorization|bearer)([=:%3d\s\"']+)[^\s&\"']+")


@dataclass
class Token:
    """secret: what is sent. name: its keyed hash, for the budget. account: the Instagram user id that asks."""

    secret: str = field(repr=False)
    name: str = ""
    account: str = ""


def read_tokens(file: Path | None) -> list[Token]:
    """Return the tokens of a file (one a line or comma-separated), else those of LIKENESS_INSTAGRAM_TOKENS.

    Each is written as "id:token", with the Instagram user id that asks, or as "token". Raises CollectError without
    naming any of them: for a file inside a repository, no token, or what is none.
    """
    where = VARIABLE if file is None else str(file)
    text = os.environ.get(VARIABLE, "") if file is None else outside_text(file)
    words = [word for word in re.split(r"[,\s]+", text) if word]
    if not words:
        raise CollectError(f"{where}: holds no access token; give some in {VARIABLE}, or in a file with --tokens")
    tokens: dict[str, Token] = {}
    for number, word in enumerate(words, 1):
        head, colon, tail = word.partition(":")
        account, secret = (head, tail) if colon and head.isdecimal() else ("", word)
        if len(secret) < SHORTEST or not re.fullmatch(r"[\x21-\x7e]+", secret):
            raise CollectError(f"{where}: entry {number} is no access token; write id:token, separated by commas")
        tokens.setdefault(secret, Token(secret, account=account))
    return list(tokens.values())


def outside_text(file: Path) -> str:
    """Return a file's text. Raises CollectError if it lies inside a repository, where it could be committed."""
    place = Path(file).expanduser().resolve()
    for folder in {place.parent, Path(os.path.abspath(file)).parent}:  # noqa: PTH100 - also where the link lies
        try:
            inside = paths.root(folder)
        except paths.RepositoryNotFound:
            continue
        raise CollectError(f"{file}: lies inside the repository {inside}; keep tokens outside of it")
    try:
        return place.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CollectError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or 'is no text'}") from None


class Redactor:
    """Takes secrets out of messages that others wrote."""

    def __init__(self, secrets: Sequence[str]) -> None:
        forms = {
            form for secret in secrets for form in (secret, quote(secret, safe=""), quote_plus(secret), quote(secret))
        }
        self._forms = sorted(forms, key=len, reverse=True)

    def __call__(self, text: str) -> str:
        """Return text on one line, at most 300 characters, without any of the secrets, also percent-encoded."""
        for form in self._forms:
            text = re.sub(re.escape(form), HIDDEN, text, flags=re.IGNORECASE)
        return " ".join(IN_ADDRESS.sub(rf"\1\2{HIDDEN}", text).split())[:300]
