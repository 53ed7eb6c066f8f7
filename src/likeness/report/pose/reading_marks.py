"""Sentences that read a file of marks: what it names, what was found of it, and what was done to it."""

from likeness.people.marks.account import Account
from likeness.people.marks.scales import PIXELS
from likeness.report.html_text import Html, counted, note, percent, warning

MOSTLY = 0.95  # of the names, or of the joints: below it a reader must see that something may be wrong


def describe_marks(account: Account | None) -> Html:
    """Read what became of a file of marks; nothing where a network looked. A warning where much of it did not fit."""
    if account is None:
        return Html()
    inside = account.inside / account.joints if account.joints else 0.0
    said = (
        f"{account.file.name} names {counted(account.named, 'photo')}: {account.found} of them are among the "
        f"{account.photos:,} here. {counted(account.joints, 'joint')} are marked in these, {percent(inside, 1)} of "
        f"them inside the photo. With nobody marked in them: {counted(account.nobody, 'photo')}."
    )
    parts = [said, *_unknown(account), *_treatment(account), *_rest(account)]
    fits = account.found >= MOSTLY * min(account.named, account.photos) and inside >= MOSTLY
    return (note if fits else warning)(" ".join(parts))


def _unknown(account: Account) -> list[str]:
    """Say of how many photos the file says nothing: they are not photos of nobody."""
    said = f"Not annotated: {counted(account.unknown, 'photo')}; whether people are in them is not known."
    return [said] * (account.unknown > 0)


def _treatment(account: Account) -> list[str]:
    """Say how the marks were put on the photos."""
    return (
        [f"Coordinates run from {account.unit} of the photo's sides."] * (account.unit != PIXELS)
        + [f"Those of {counted(account.scaled, 'photo')} were made on another size, and scaled."] * (account.scaled > 0)
        + [f"Those of {counted(account.turned, 'photo')} were turned with the photo (EXIF)."] * (account.turned > 0)
        + [f"Marked twice, and counted once: {account.twice:,} people."] * (account.twice > 0)
    )


def _rest(account: Account) -> list[str]:
    """Say what was not used."""
    left = "; ".join(f"{what}: {count:,}" for what, count in account.left_out.items())
    more = account.named - account.found - len(account.strangers)
    strangers = ", ".join(account.strangers) + (f" and {more:,} more" if more > 0 else "")
    return [f"Left out, {left}."] * bool(left) + [f"Names that fit no accepted photo: {strangers}."] * bool(strangers)
