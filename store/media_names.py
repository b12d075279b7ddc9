"""What the names and the metadata of a dock's files say: kind, place, time, what belongs together, what is missing."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any, Final

from store.media import FlightMedia, MediaFile, MediaKind, MediaReport

KINDS: Final[dict[str, MediaKind]] = {
    **dict.fromkeys((".jpg", ".jpeg", ".dng", ".png", ".tif", ".tiff", ".rjpeg"), "photo"),
    **dict.fromkeys((".mp4", ".mov", ".seq", ".srt"), "video"),
    **dict.fromkeys((".obs", ".rtk", ".mrk", ".nav", ".dat", ".bin", ".rpos", ".rtb"), "ppk"),
}
# What aircraft with RTK write beside the photos of a flight, all of them or none
USUAL_SIDE_FILES: Final = (".obs", ".nav", ".mrk")
MOST_NAMED: Final = 50
"""Missing files that are named one by one: a flight that brought nothing home needs no list of a thousand lines."""

_SHOT: Final = re.compile(r"(DJI_\d{8,14}_\d{3,4})(?!\d)")
_NUMBER: Final = re.compile(r"^DJI_(?:\d{8,14}_)?(\d{3,4})(?!\d)")
_EARLIEST: Final = datetime(2015, 1, 1, tzinfo=UTC)  # before the first of these cameras


def kind_of(name: str) -> MediaKind:
    """The kind of a file, by the end of its name."""
    return KINDS.get(PurePosixPath(name).suffix.lower(), "other")


def photo_of(side: str, names: Iterable[str]) -> str | None:
    """The photo or video that a side file belongs to: whose stem its own begins with, the longest such, else the one of
    the same shot (`DJI_{time}_{number}`). None where it is of a whole flight, like the files of one receiver.
    """
    stem, fitting, same = PurePosixPath(side).stem, [], []
    shot = _SHOT.match(stem)
    for name in names:
        of = PurePosixPath(name).stem
        if stem == of or stem.startswith((f"{of}_", f"{of}-", f"{of}.")):
            fitting.append(name)
        elif shot is not None and (other := _SHOT.match(of)) is not None and other[1] == shot[1]:
            same.append(name)
    return max(fitting, key=len, default=min(same, default=None))


def shot_at(metadata: dict[str, Any], at: datetime) -> dict[str, Any]:
    """Time and place out of `file.metadata`, as fields of MediaFile. What cannot be is left out; `at` is when it came.

    A time without a zone is taken for UTC: DJI's page shows "2021-05-10 16:04:20" and says ISO 8601.
    """
    place = metadata.get("shoot_position")
    place = place if isinstance(place, dict) else {}
    latitude, longitude = _number(place.get("lat"), 90), _number(place.get("lng"), 180)
    if latitude is None or longitude is None:
        latitude = longitude = None
    return {
        "taken_at": _time(metadata.get("create_time"), at) or at,
        "latitude": latitude,
        "longitude": longitude,
        "altitude": _number(metadata.get("absolute_altitude"), 20_000),
        "height": _number(metadata.get("relative_altitude"), 20_000),
        "gimbal_yaw": _number(metadata.get("gimbal_yaw_degree"), 360),
    }


def _number(said: Any, most: float) -> float | None:
    try:
        value = float(said)
    except (TypeError, ValueError):
        return None
    return value if math.isfinite(value) and abs(value) <= most else None


def _time(said: Any, at: datetime) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(said))
        found = (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if _EARLIEST <= found <= at + timedelta(days=1) else None


def missing_of(media: FlightMedia, files: list[MediaFile], reports: list[MediaReport]) -> list[str]:
    """What a flight lacks, in words: by name where a dock named it, by its number where the numbers have a gap (DJI
    counts shots without one), by count where nothing else is known.
    """
    named = [f"{report.name}: {report.reason}" for report in sorted(reports, key=lambda report: report.name)]
    numbers = sorted({int(found[1]) for file in files if file.kind != "ppk" and (found := _NUMBER.match(file.name))})
    reported = {int(found[1]) for report in reports if (found := _NUMBER.match(report.name))}
    gaps = [
        number
        for before, after in itertools.pairwise(numbers)
        if after - before <= MOST_NAMED
        for number in range(before + 1, after)
        if number not in reported
    ]
    named += [f"shot {number:04d}, by the numbers of those around it" for number in gaps]
    there = {PurePosixPath(file.name).suffix.lower() for file in files if file.kind == "ppk"}
    lack = (media.awaited or 0) - media.files
    if there and lack > 0:
        named += [f"side file {suffix}" for suffix in USUAL_SIDE_FILES if suffix not in there]
    return [f"{lack} of {media.awaited} files", *named[:MOST_NAMED]] if lack > 0 else named[:MOST_NAMED]
