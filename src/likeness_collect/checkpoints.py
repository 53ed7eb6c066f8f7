"""Weights of networks from where their libraries publish them: resumed where they stopped, and checked."""

import re
from pathlib import Path

from likeness.errors import UserError, words
from likeness.paths import file_sha256

HASH = re.compile(r"-([0-9a-f]{8,64})\.")  # torch hub's files carry the beginning of their SHA-256 in their names
HUB = "hf:"


class FetchFailed(UserError):
    """A file that did not come, or came as another one; the message is one line that says which."""


def fetch_all(wanted: list[tuple[str, Path]]) -> list[str]:
    """Bring files, (url, where it goes) each, and return for each why it did not come, "" if it did."""
    from huggingface_hub.utils import logging

    logging.set_verbosity_error()  # it would tell each try
    return [_why_not(url, file) for url, file in wanted]


def _why_not(url: str, file: Path) -> str:
    try:
        fetch(url, file)
    except FetchFailed as error:
        return str(error)
    return ""


def fetch(url: str, file: Path) -> Path:
    """Bring one file, and return where it lies. url: of the file, or "hf:<repository>/<file>" of Hugging Face's hub.

    A file of torch hub's goes to `file`, through `<file>.part`, from which a later run goes on; one of the hub into
    HF_HOME, whose library does the same. Raises FetchFailed in one line, also for a file of another SHA-256 than its
    name or the hub says, which is not kept.
    """
    if not url.startswith(HUB):
        return _from_address(url, file)
    repository, _, name = url.removeprefix(HUB).rpartition("/")
    return _from_hub(repository, name)


def _from_address(url: str, file: Path) -> Path:
    """The library's own resumes where it stopped; torch's download_url_to_file begins anew."""
    from huggingface_hub.file_download import http_get

    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    expected = HASH.search(file.name)
    try:
        with part.open("ab") as stream:
            http_get(url, stream, resume_size=stream.tell(), displayed_filename=file.name)
    except Exception as error:  # of several libraries below
        if not expected or not file_sha256(part).startswith(expected[1]):  # else all of it was there
            raise FetchFailed(f"{url}: {words(error)[:160]}") from error
    if expected and not file_sha256(part).startswith(expected[1]):
        part.unlink()
        raise FetchFailed(f"{url}: not the file that its name promises (SHA-256 {expected[1]}...); nothing was kept")
    return part.replace(file)


def _from_hub(repository: str, name: str) -> Path:
    from huggingface_hub import hf_hub_download

    try:
        file = Path(hf_hub_download(repository, name))
    except Exception as error:
        raise FetchFailed(f"{repository}/{name}: {words(error)[:160]}") from error
    blob = file.resolve()
    if re.fullmatch(r"[0-9a-f]{64}", blob.name) and file_sha256(blob) != blob.name:  # large files are named by it
        file.unlink()
        blob.unlink()
        raise FetchFailed(f"{repository}/{name}: not the file that the hub promises; nothing was kept")
    return file
