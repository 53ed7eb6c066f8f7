"""What belongs to a user in a folder of tables: rows, pictures and addresses that nobody else's rows name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from likeness_collect.tables import csv_header, csv_rows, write_csv

USER_COLUMNS = ("user_id", "user", "username", "owner")
PICTURE_COLUMNS = ("image", "file", "path")
ADDRESS_COLUMNS = ("image_url", "url", "key")  # key: of failed.csv


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
    """Say whether a row is the user's, or says that he could not be collected."""
    is_account = row.get("kind") == "user" and row.get("key", "").lower() in known
    return is_account or any(row.get(name, "").strip().lower() in known for name in USER_COLUMNS)


def drop_rows(table: Path, known: set[str], own: Belongings) -> int:
    """Rewrite a table without the user's rows and those of his pictures; return how many there were."""
    columns = csv_header(table)
    count = sum(is_of(row, known) or own.touches(row) for row in csv_rows(table))

    def kept() -> Iterator[list[str]]:
        for row in csv_rows(table):
            if not is_of(row, known) and not own.touches(row):
                yield [row[name] for name in columns]

    if count:
        write_csv(table, columns, kept())
    return count
