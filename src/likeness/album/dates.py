"""When and where a photo was taken, by what phones, cameras and Google Takeout write; each with its source."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from PIL import ExifTags, Image

from likeness.photos.contents import exif_date, load_late_exif, strict_about_size
from likeness.photos.decode import PhotoError, open_image, refusals
from likeness.photos.formats import DAMAGE

ZONE = re.compile(r"([+-])(\d\d):?(\d\d)")
# IMG_20190704_153012, PXL_20210101_101010123, 2019-07-04 15.30.12, WhatsApp Image 2019-07-04 at 15.30.12,
# Screenshot_2019-07-04-15-30-12, signal-2019-07-04-153012, IMG-20190704-WA0001 (a day alone)
NAMED = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])"
    r"(?:(?:[-_ T]|\s+at\s+)?([01]\d|2[0-3])[-_.:h]?([0-5]\d)[-_.:m]?([0-5]\d)\d{0,3})?(?!\d)"
)
EPOCH = datetime(1970, 1, 1)
SIDECAR_ENDS = (".json", ".supplemental-metadata.json", ".suppl.json")


class Taken(NamedTuple):
    """local: the clock where the photo was taken. zone: hours from UTC, None unknown. source: exif, takeout or name.

    day_only: the hour is not known. latitude, longitude: degrees, None unknown.
    """

    local: datetime | None = None
    zone: float | None = None
    source: str = ""
    day_only: bool = False
    latitude: float | None = None
    longitude: float | None = None


def taken(path: Path) -> Taken:
    """Return what is known of when and where a photo was taken: EXIF first, then Takeout's JSON, then its name."""
    try:
        with path.open("rb") as stream, refusals(stream, path), open_image(stream) as image:
            load_late_exif(image)
            found = _by_exif(image)
    except (PhotoError, OSError):
        found = Taken()
    if found.local is None or found.latitude is None:
        other = by_takeout(path)
        if found.local is None and other.local is not None:
            found = found._replace(local=other.local, zone=other.zone, source=other.source)
        if found.latitude is None:
            found = found._replace(latitude=other.latitude, longitude=other.longitude)
    if found.local is None:
        named = by_name(path.name)
        found = found._replace(local=named.local, source=named.source, day_only=named.day_only)
    return found


def _by_exif(image: Image.Image) -> Taken:
    local = exif_date(image)
    try:
        with strict_about_size():
            exif = image.getexif()
            camera, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
    except DAMAGE:
        camera, place = {}, {}
    offset = ZONE.search(
        str(camera.get(ExifTags.Base.OffsetTimeOriginal) or camera.get(ExifTags.Base.OffsetTime) or "")
    )
    zone = None if offset is None else (1 if offset[1] == "+" else -1) * (int(offset[2]) + int(offset[3]) / 60)
    latitude, longitude = _degrees(place, 1, 2, "S"), _degrees(place, 3, 4, "W")
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        latitude = longitude = None
    return Taken(local, zone, "exif" if local else "", False, latitude, longitude)


def _degrees(place: dict, ref: int, tag: int, negative: str) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in place[tag])
        value = degrees + minutes / 60 + seconds / 3600
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None
    if not value <= 180:  # NaN too
        return None
    return -value if str(place.get(ref, "")).strip("\0 ").upper() == negative else value


def by_takeout(path: Path) -> Taken:
    """Return what Google Takeout's JSON beside a photo tells: a time in UTC, and a place where it has one."""
    for end in SIDECAR_ENDS:
        file = path.with_name(path.name + end)
        try:
            told = json.loads(file.read_text(encoding="utf-8"))
            moment = datetime.fromtimestamp(int(told["photoTakenTime"]["timestamp"]), UTC).replace(tzinfo=None)
        except (OSError, ValueError, KeyError, TypeError, OverflowError):
            continue
        place = told.get("geoData") or {}
        latitude, longitude = place.get("latitude"), place.get("longitude")
        known = isinstance(latitude, int | float) and isinstance(longitude, int | float) and (latitude or longitude)
        return Taken(moment, 0.0, "takeout", False, *((latitude, longitude) if known else (None, None)))
    return Taken()


def by_name(name: str) -> Taken:
    """Return the date that a phone or messenger wrote into a file's name.

    >>> by_name("PXL_20210807_153012345.jpg").local
    datetime.datetime(2021, 8, 7, 15, 30, 12)
    >>> by_name("IMG-20190704-WA0001.jpg").day_only
    True
    """
    found = NAMED.search(name)
    if found is None:
        return Taken()
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return Taken(datetime(year, month, day, hour, minute, second), None, "name", found[4] is None)
    except ValueError:
        return Taken()


def on_one_clock(each: list[Taken]) -> list[datetime | None]:
    """Return when each photo was taken on one clock, UTC where any zone is known; a day alone counts as its noon.

    A photo without a zone is taken to have the zone that most others have: a camera beside a phone, on one trip.
    """
    zones = [one.zone for one in each if one.zone is not None and one.source == "exif"]
    usual = max(sorted(set(zones)), key=zones.count) if zones else 0.0
    moments = []
    for one in each:
        if one.local is None:
            moments.append(None)
            continue
        zone = usual if one.zone is None else one.zone
        moments.append(one.local - timedelta(hours=zone) + timedelta(hours=12 * one.day_only))
    return moments
