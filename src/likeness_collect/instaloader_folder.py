"""An Instaloader download that somebody already has, copied into the layout of the posts table; it is never changed."""

import lzma
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from likeness import paths
from likeness.errors import LayoutError
from likeness.photos.posts.files import COMMENTS
from likeness.photos.posts.json_posts import DAMAGE, read_instaloader, structure
from likeness.photos.posts.nodes import names_of, owner_of
from likeness.photos.walk import walk
from likeness_collect.errors import CollectError
from likeness_collect.instagram import date_of
from likeness_collect.pictures import FOLDER, picture_file
from likeness_collect.pseudonyms import KEY_FILE, Names, secret_key
from likeness_collect.store import Store
from likeness_collect.tables import plain, write_csv

COLUMNS = ("post_id", "user_id", "image", "likes", "followers", "taken_at", "collected_at", "caption", "hashtags",
           "mentions", "is_ad", "is_video", "place")  # fmt: skip
ALIAS = "INSERT OR REPLACE INTO aliases VALUES (?, ?)"


def import_instaloader(folder: Path, out: Path, *, keep_names: bool = False, collected_at: str = "") -> dict[str, int]:
    """Write posts.csv, failed.csv and images/ from a download, and return {"posts", "pictures", "failed"}.

    collected_at: an ISO date, when likes were counted, which no file of a download says; "" leaves it to params.yaml.
    Raises CollectError; LayoutError for a folder without posts.
    """
    folder, out = Path(folder), Path(out)
    if not folder.is_dir():
        raise LayoutError(f"{folder}: no such folder; give the folder of the download")
    if out.resolve().is_relative_to(folder.resolve()) or folder.resolve().is_relative_to(out.resolve()):
        why = "lies in the download, or around it, and that is never changed; choose another --out"
        raise CollectError(f"{out}: {why}")
    counted = date_of(collected_at)
    rows, refused = read_instaloader(folder)
    if not rows:
        raise LayoutError(f"{folder}: no post in it; give the folder of an Instaloader download")
    with Store(out) as store:
        names = Names(secret_key(store.folder / KEY_FILE), keep=keep_names)
        forgotten = {row[0] for row in store.reader.execute("SELECT user FROM forgotten")}
        known = list(dict.fromkeys(aliases(folder)))
        # Whoever was forgotten under one of two names is not written down under the other.
        gone = {user for pair in known if not forgotten.isdisjoint(map(names.pseudonym, pair)) for user in pair}
        store.write((ALIAS, pair) for pair in known if gone.isdisjoint(pair))
        users = [str(row["user_id"] or "") for row in rows]
        by_user = zip(rows, users, strict=True)
        kept = [row for row, user in by_user if user not in gone and names.pseudonym(user) not in forgotten]
        kept.sort(key=lambda row: (str(row["post_id"]), row["path"]))
        written = [post_row(row, out, names, keep_names, counted) for row in kept]
        write_csv(out / "posts.csv", COLUMNS, written)
        places = [(Path(path).relative_to(folder).as_posix(), why) for path, why in refused]
        # A download names its files after accounts.
        shown = sorted((place if keep_names else names.pseudonym(place), why) for place, why in places)
        write_csv(out / "failed.csv", ("file", "why"), shown)
    pictures = len({row[2] for row in written} - {""})
    return {"posts": len(written), "pictures": pictures, "failed": len(refused)}


def aliases(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield (name, number) of every account: so somebody can be forgotten by name though tables know the number."""
    for file in walk(folder, (".json", ".json.xz")).files:
        if file.name.endswith(COMMENTS):
            continue
        try:
            kind, node = structure(file)
        except (*DAMAGE, lzma.LZMAError):
            continue
        names = dict(names_of(node if kind == "Profile" else owner_of(node)))
        if len(names) == 2:
            yield names["username"], names["id"]


def post_row(row: dict[str, Any], out: Path, names: Names, keep_names: bool, collected_at: str) -> tuple[object, ...]:
    """Return one row of posts.csv, its picture copied."""
    caption = plain(row["caption"]) if isinstance(row["caption"], str) else ""
    post_id = str(row["post_id"] or "")
    return (
        post_id if keep_names or not post_id else "p" + names.pseudonym(post_id)[1:],
        names.user(str(row["user_id"] or "")),
        copy_picture(Path(row["image"]), out) if row["image"] else "",
        row["likes"], row["followers"], row["taken_at"], collected_at, names.text(caption),
        " ".join(map(plain, row["hashtags"])), " ".join(names.words(row["mentions"])),
        row["is_ad"], row["is_video"], plain(str(row["place"] or "")),
    )  # fmt: skip


def copy_picture(source: Path, out: Path) -> str:
    """Copy a picture under a name made of its bytes, and return its place below `out`."""
    sha256 = paths.file_sha256(source)
    suffix = ".jpg" if source.suffix.lower() == ".jpeg" else source.suffix.lower()
    file = picture_file(sha256, suffix)
    target = out / file
    if not (target.is_file() and target.stat().st_size == source.stat().st_size):
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = out / FOLDER / f".{sha256}{suffix}"
        try:
            shutil.copyfile(source, partial)
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return file
