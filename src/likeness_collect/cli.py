"""The commands `likeness collect ...` and `likeness forget`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from likeness_collect.cli_ending import OneLine, one_line, run

MOST_PIXELS = 80_000_000  # photos.decode.MAX_PIXELS, without what it imports
FOLDER = click.Path(file_okay=False, path_type=Path)
out_option = click.option("--out", required=True, type=FOLDER, help="folder to fill")


def network_options(workers: int) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Options of every command that fetches."""
    many, tries, seconds = click.IntRange(1, 1000), click.IntRange(1, 100), click.FloatRange(0.1)
    private = "also fetch from this machine and private networks (tests)"
    options = (
        click.option("--workers", default=workers, show_default=True, type=many, help="connections at once"),
        click.option("--attempts", default=8, show_default=True, type=tries, help="tries of each address"),
        click.option("--deadline", default=60.0, show_default=True, type=seconds, help="seconds of one try"),
        click.option("--allow-private", is_flag=True, help=private),
    )

    def decorate(command: Callable[..., object]) -> Callable[..., object]:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def limits(attempts: int, deadline: float, allow_private: bool, **more: Any) -> Any:
    """Return the limits of a fetcher; tests may shorten pauses."""
    from likeness_collect.fetch import Limits

    base = Limits()
    backoff = float(for_tests("LIKENESS_BACKOFF", allow_private) or base.backoff)
    cap = float(for_tests("LIKENESS_RETRY_AFTER_CAP", allow_private) or base.retry_after)
    return Limits(deadline=deadline, attempts=attempts, read=min(base.read, deadline), backoff=backoff,
                  retry_after=cap, **more)  # fmt: skip


def for_tests(variable: str, allow_private: bool) -> str:
    """Return an environment variable that only counts together with --allow-private."""
    return os.environ.get(variable, "") if allow_private else ""


@click.group(cls=OneLine)
def collect() -> None:
    """Fill data/raw/<name> from a service or a download; `dvc add` it afterwards (docs/collect.md)."""
    from likeness import progress

    progress.watch()


@collect.command()
@click.argument("table", type=click.Path(path_type=Path))
@click.option("--url-column", required=True, help="column of TABLE (.csv or .parquet) that holds the addresses")
@out_option
@click.option("--max-bytes", default=20_000_000, show_default=True, type=click.IntRange(1), help="of one picture")
@click.option("--max-pixels", default=MOST_PIXELS, type=click.IntRange(1, MOST_PIXELS), help="of one picture")
@click.option("--rate", default=0.0, type=click.FloatRange(0), help="requests per second, 0 for no limit")
@network_options(96)
def images(table: Path, url_column: str, out: Path, max_bytes: int, max_pixels: int, rate: float, workers: int,
           attempts: int, deadline: float, allow_private: bool) -> None:  # fmt: skip
    """Fetch the pictures that a table has the addresses of."""
    from likeness_collect.fetch import Fetcher
    from likeness_collect.images import collect_images, require_writable

    async def work() -> dict[str, int]:
        bounds = limits(attempts, deadline, allow_private, max_bytes=max_bytes)
        async with Fetcher(workers=workers, limits=bounds, allow_private=allow_private, rate=rate) as fetcher:
            return await collect_images(table, url_column, out, fetcher, workers=workers, max_pixels=max_pixels)

    require_writable(out)
    tally = run(work())
    click.echo(f"{tally['done']} pictures of {tally['rows']} rows in {out}; {failed(tally['failed'], out)}")


@collect.command()
@click.option("--hashtag", "hashtags", multiple=True, help="without its #; repeatable")
@click.option("--users", type=click.Path(path_type=Path), help="file of account names, one a line")
@out_option
@click.option("--since", default="", help="leave out older posts, such as 2026-01-31")
@click.option("--budget", default=200, show_default=True, type=click.IntRange(1), help="requests per token and hour")
@click.option("--tokens", type=click.Path(path_type=Path), help="file of access tokens, outside the repository")
@click.option("--images", "with_images", is_flag=True, help="fetch the pictures too")
@click.option("--keep-names", is_flag=True, help="real names and addresses of posts instead of pseudonyms")
@click.option("--wait/--no-wait", default=True, help="wait for the next hour where the budget is used up")
@click.option("--again", is_flag=True, help="ask anew for what is done; newer counts replace older ones")
@click.option(
    "--max-pages", default=10_000, show_default=True, type=click.IntRange(1), help="of one account or hashtag"
)
@network_options(96)
def instagram(hashtags: tuple[str, ...], users: Path | None, out: Path, since: str, budget: int, tokens: Path | None,
              with_images: bool, keep_names: bool, wait: bool, again: bool, max_pages: int, workers: int,
              attempts: int, deadline: float, allow_private: bool) -> None:  # fmt: skip
    """Ask Meta's Graph API for hashtags and professional accounts; tokens come from LIKENESS_INSTAGRAM_TOKENS."""
    from likeness_collect import session
    from likeness_collect.images import require_writable
    from likeness_collect.instagram import NOT_GIVEN, Wanted

    if not hashtags and users is None:
        raise click.UsageError("give --hashtag or --users")
    wanted = Wanted(hashtags, session.names_in(users), since, with_images, keep_names, again, max_pages)
    found = session.Settings(
        tokens_file=tokens, per_hour=budget, wait=wait, allow_private=allow_private,
        base_url=for_tests("LIKENESS_GRAPH_URL", allow_private),
        window=float(for_tests("LIKENESS_WINDOW_SECONDS", allow_private) or session.HOUR),
        collected_at=for_tests("LIKENESS_COLLECTED_AT", allow_private),
    )  # fmt: skip
    require_writable(out)
    bounds = limits(attempts, deadline, allow_private)
    tally = run(session.ask_instagram(wanted, out, found, bounds, workers=workers, say=whisper))
    click.echo(
        f"{tally['posts']} posts and {tally['users']} accounts in {out}; {failed(tally['failed'], out)}\n{NOT_GIVEN}"
    )


@collect.command()
@click.option("--element", default="painted surface", show_default=True, help="of objects_dimensions.csv")
@click.option("--limit", default=200, show_default=True, type=click.IntRange(0), help="objects, 0 for all")
@click.option("--size", default=1024, show_default=True, type=click.IntRange(16, 20_000), help="px of the longer side")
@click.option("--rate", default=4.0, show_default=True, type=click.FloatRange(0.01), help="requests per second")
@out_option
@network_options(4)
def nga(element: str, limit: int, size: int, rate: float, out: Path, workers: int, attempts: int, deadline: float,
        allow_private: bool) -> None:  # fmt: skip
    """Fetch paintings of the National Gallery of Art: open-data tables and IIIF pictures."""
    from likeness_collect.fetch import Fetcher
    from likeness_collect.images import require_writable
    from likeness_collect.museum import BASE, TABLE_BYTES, collect_museum

    async def work() -> dict[str, int]:
        base = for_tests("LIKENESS_NGA_URL", allow_private) or BASE
        large = limits(attempts, max(deadline, 900.0), allow_private, max_bytes=TABLE_BYTES)
        small = limits(attempts, deadline, allow_private)
        async with (
            Fetcher(workers=1, limits=large, allow_private=allow_private, rate=rate) as tables,
            Fetcher(workers=workers, limits=small, allow_private=allow_private, rate=rate) as pictures,
        ):
            return await collect_museum(
                out, tables, pictures, element=element, limit=limit, size=size, base_url=base, workers=workers
            )

    require_writable(out)
    tally = run(work())
    click.echo(f"{tally['done']} pictures in {out}; {failed(tally['failed'], out)}")


@collect.command()
@click.argument("folder", type=click.Path(path_type=Path))
@out_option
@click.option("--keep-names", is_flag=True, help="real account numbers and names instead of pseudonyms")
@click.option("--collected-at", default="", help="when the likes were counted, such as 2026-05-01")
def instaloader(folder: Path, out: Path, keep_names: bool, collected_at: str) -> None:
    """Copy an existing Instaloader download, FOLDER, into a posts table; FOLDER is only read."""
    from likeness_collect.instaloader_folder import import_instaloader

    tally = import_instaloader(folder, out, keep_names=keep_names, collected_at=collected_at)
    click.echo(f"{tally['posts']} posts and {tally['pictures']} pictures in {out}; {failed(tally['failed'], out)}")


@click.command()
@click.argument("user")
@click.option("--in", "folder", required=True, type=click.Path(path_type=Path), help="the collected folder")
def forget(user: str, folder: Path) -> None:
    """Delete all that was collected of USER (name, number or pseudonym), and do not collect them again."""
    from likeness_collect.forget import REMAINS, forget_user

    with one_line():
        removed = forget_user(user, folder)
        rows = ", ".join(f"{count} of {name}" for name, count in removed.rows.items()) or "none"
        click.echo(
            f"removed: rows {rows}; {removed.pictures} pictures; {removed.state} entries of the state\n{REMAINS}"
        )


def failed(count: int, out: Path) -> str:
    """Return how many failed, and where it says why."""
    return "nothing failed" if not count else f"{count} failed, listed in {out / 'failed.csv'}"


def whisper(line: str) -> None:
    """Say a line that is no result on stderr."""
    click.echo(f"likeness: {line}", err=True)


@click.group()
def main() -> None:
    """The commands of this module alone."""


main.add_command(collect)
main.add_command(forget)

if __name__ == "__main__":
    main()
