"""Forgetting a person: rows, pictures and state of a collected folder, and the word not to collect them again.

In an order that a kill can't spoil: pictures first, then tables, then the state that they are found by; the same
command finishes what was begun. Each table is replaced whole.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from likeness_collect.errors import CollectError
from likeness_collect.pictures import picture_file
from likeness_collect.pseudonyms import DIGITS, KEY_FILE, PREFIX, Names, secret_key
from likeness_collect.store import FILE, Store, state_folder
from likeness_collect.tables import csv_header, csv_rows, write_csv

USER_COLUMNS = ("user_id", "user", "username", "owner")
PICTURE_COLUMNS = ("image", "file", "path")
ADDRESS_COLUMNS = ("image_url", "url", "key")  # key: of failed.csv
JOB = "(SELECT id FROM jobs WHERE kind = 'image' AND key = ?)"
FORGET_ADDRESS = (
    f"DELETE FROM pictures WHERE job = {JOB}",
    f"DELETE FROM rows WHERE job = {JOB}",
    "DELETE FROM post_images WHERE image_url = ?",
    "DELETE FROM jobs WHERE kind = 'image' AND key = ?",
)
FORGET_NAME = (
    "DELETE FROM jobs WHERE kind = 'user' AND key = ?",
    "DELETE FROM post_images WHERE code IN (SELECT code FROM posts WHERE user = ?)",  # also somebody else's addresses
    "DELETE FROM posts WHERE user = ?",
    "DELETE FROM users WHERE name = ?",
    "DELETE FROM aliases WHERE ? IN (name, user)",
)
PSEUDONYM = re.compile(f"{PREFIX}[0-9a-f]{{{DIGITS}}}")
REMAINS = (
    "still to do: `dvc add` the folder anew, then `dvc repro`, which renews tables, features and reports; "
    "`dvc gc --workspace` drops older versions; delete data/cache, where features are kept by content, and copies that "
    "others have"
)


@dataclass
class Belongings:
    """pictures: files relative to the folder. addresses: of pictures."""

    pictures: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)

    def add(self, row: dict[str, str]) -> None:
        """Add what a row names."""
        self.pictures.update(row[name] for name in PICTURE_COLUMNS if row.get(name))
        self.addresses.update(row[name] for name in ADDRESS_COLUMNS if row.get(name))

    def touches(self, row: dict[str, str]) -> bool:
        """Say whether a row names any of it."""
        pictures = any(row.get(name) in self.pictures for name in PICTURE_COLUMNS if row.get(name))
        return pictures or any(row.get(name) in self.addresses for name in ADDRESS_COLUMNS if row.get(name))


@dataclass
class Removed:
    """What was removed: rows of tables by file name, picture files, rows of the state."""

    rows: dict[str, int] = field(default_factory=dict)
    pictures: int = 0
    state: int = 0


def forget_user(user: str, folder: Path) -> Removed:
    """Remove a user (name, number or pseudonym) from a collected folder and its state; return what was removed.

    Pictures that somebody else's rows show too are kept. Raises CollectError for a folder that holds no table.
    """
    folder = Path(folder)
    tables = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not tables and not (state_folder(folder) / FILE).is_file():
        raise CollectError(f"{folder}: no collected tables in it; give the folder that --out named")
    with Store(folder) as store:
        names = Names(secret_key(store.folder / KEY_FILE))
        known = called(user, store, names)
        own = in_tables(tables, known)
        in_state(store, known, own)
        removed = Removed()
        for picture in sorted(own.pictures):
            removed.pictures += remove_picture(folder, picture)
        for table in tables:
            if count := drop_rows(table, known, own):
                removed.rows[table.name] = count
        removed.state = forget_state(store, known, own, names)
    return removed


def called(user: str, store: Store, names: Names) -> set[str]:
    """Return all that a user is called: name and number, and the pseudonyms of both."""
    name = user.strip().lstrip("@").lower()
    if not name:
        raise CollectError("USER is empty; give a user's name, number or pseudonym")
    store.reader.create_function("pseudonym", 1, names.pseudonym, deterministic=True)
    found = (  # a pseudonym leads back to its name only through the state
        "SELECT name, name FROM users WHERE pseudonym(name) = ?1 UNION "
        "SELECT name, user FROM aliases WHERE ?1 IN (name, user, pseudonym(name), pseudonym(user))"
    )
    both = {name} | {one for row in store.reader.execute(found, (name,)) for one in row}
    return both | {names.pseudonym(one) for one in both}


def in_state(store: Store, known: set[str], own: Belongings) -> None:
    """Add a user's pictures and their addresses that only the state knows: older ones, or of a run without tables."""
    marks, values = ", ".join("?" * len(known)), tuple(known)
    shown = (
        "SELECT user, image_url FROM posts WHERE image_url <> '' UNION "
        "SELECT user, post_images.image_url FROM posts JOIN post_images USING (code)"
    )
    found = store.reader.execute(
        f"SELECT image_url FROM ({shown}) WHERE user IN ({marks}) "
        f"EXCEPT SELECT image_url FROM ({shown}) WHERE coalesce(user, '') NOT IN ({marks})",
        (*values, *values),
    )
    own.addresses.update(url for (url,) in found)
    fetched = "SELECT sha256, suffix FROM jobs JOIN pictures ON pictures.job = id WHERE kind = 'image' AND key = ?"
    holders = "SELECT key FROM jobs JOIN pictures ON pictures.job = id WHERE sha256 = ?"
    for url in sorted(own.addresses):
        for sha256, suffix in store.reader.execute(fetched, (url,)).fetchall():
            if own.addresses.issuperset(key for (key,) in store.reader.execute(holders, (sha256,))):
                own.pictures.add(picture_file(sha256, suffix))


def remove_picture(folder: Path, picture: str) -> int:
    """Remove one picture file below the folder and return how many were removed; no other file is touched."""
    place = (folder / picture).resolve()
    if not place.is_relative_to(folder.resolve()) or not place.is_file() or place.suffix == ".csv":
        return 0
    place.unlink()
    return 1


def forget_state(store: Store, known: set[str], own: Belongings, names: Names) -> int:
    """Remove the user from the state, remember (by keyed hash) not to collect them again; return the rows removed."""
    before = store.db.total_changes
    store.write(
        [(sql, (url,)) for url in own.addresses for sql in FORGET_ADDRESS]
        + [(sql, (one,)) for one in known for sql in FORGET_NAME]
    )
    removed = store.db.total_changes - before
    hashes = {one for one in known if PSEUDONYM.fullmatch(one)} | {names.pseudonym(one) for one in known}
    store.write([("INSERT OR IGNORE INTO forgotten VALUES (?)", (one,)) for one in sorted(hashes)])
    store.reader.close()  # a reader would keep old pages alive
    store.db.execute("VACUUM")  # deleted rows would stay readable in the file
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return removed


def in_tables(tables: Iterable[Path], known: set[str]) -> Belongings:
    """Return the pictures and addresses that only the user's rows name.

    Tables with a column of users come first; the others, such as images.csv, belong to whom their addresses belong to.
    """
    own, others = Belongings(), Belongings()
    by_kind = sorted(tables, key=lambda table: not names_users(table))
    for table in by_kind:
        of_users = names_users(table)
        for row in csv_rows(table):
            is_mine = is_of(row, known) if of_users else own.touches(row) and not others.touches(row)
            (own if is_mine else others).add(row)
    return Belongings(own.pictures - others.pictures, own.addresses - others.addresses)


def names_users(table: Path) -> bool:
    """Say whether a table has a column of users."""
    return any(name in USER_COLUMNS for name in csv_header(table))


def is_of(row: dict[str, str], known: set[str]) -> bool:
    """Say whether a row is the user's, or says that they could not be collected."""
    is_account = row.get("kind") == "user" and row.get("key", "").lower() in known
    return is_account or any(row.get(name, "").strip().lower() in known for name in USER_COLUMNS)


def drop_rows(table: Path, known: set[str], own: Belongings) -> int:
    """Rewrite a table without the user's rows and those of their pictures; return how many there were."""
    columns = csv_header(table)
    count = sum(is_of(row, known) or own.touches(row) for row in csv_rows(table))

    def kept() -> Iterator[list[str]]:
        for row in csv_rows(table):
            if not is_of(row, known) and not own.touches(row):
                yield [row[name] for name in columns]

    if count:
        write_csv(table, columns, kept())
    return count
