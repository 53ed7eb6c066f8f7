"""What the tests of the collectors share: the command, its files, and pictures as a server sends them."""

import csv
from pathlib import Path

from aiohttp import web
from click.testing import CliRunner, Result

from likeness_collect.cli import main
from likeness_collect.pseudonyms import Names


def invoke(*words: object, status: int = 0) -> Result:
    """Run a command in this process; it must end with this status."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == status, (result.output, result.exception)
    return result


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def tree(folder: Path) -> dict[str, bytes]:
    """Return {path below the folder: bytes} of every file in it, hidden ones too."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def names_of(out: Path) -> Names:
    """Return the pseudonyms of a collected folder."""
    return Names(bytes.fromhex((out.with_name(f"{out.name}.state") / "pseudonyms.key").read_text().strip()))


def send(body: bytes, content_type: str = "image/jpeg"):
    """Return a route that sends a picture."""
    return lambda request=None: web.Response(body=body, content_type=content_type)
