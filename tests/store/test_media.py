"""What names and metadata of media say, and what a flight lacks: pure."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from store.media import FlightMedia, MediaFile, MediaReport
from store.media_names import kind_of, missing_of, photo_of, shot_at

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)


def file(name: str) -> MediaFile:
    return MediaFile(id=name, dock_sn="D", kind=kind_of(name), name=name, object_key=name, size=1)


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.JPG", "photo"), ("a.dng", "photo"), ("a.MP4", "video"), ("a.MRK", "ppk"), ("a.rtk", "ppk"), ("a", "other")],
)
def test_a_kind_is_known_by_the_end_of_the_name(name: str, kind: str) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("side", "photo"),
    [
        ("DJI_0001_W.obs", "DJI_0001_W.jpg"),
        ("DJI_0001_W_PPK.obs", "DJI_0001_W.jpg"),
        ("DJI_20260504080312_0004_PPKOBS.obs", "DJI_20260504080312_0004_V.JPG"),
        ("DJI_20260504080312_0005_PPKOBS.obs", None),  # of the whole flight
        ("DJI_202605040803_001_Ridge_PPKNAV.nav", None),
        ("100_0001_Timestamp.MRK", None),
    ],
)
def test_a_side_file_finds_its_photo_or_is_of_the_flight(side: str, photo: str | None) -> None:
    names = ["DJI_0001_W.jpg", "DJI_0010_W.jpg", "DJI_20260504080312_0004_V.JPG", "DJI_20260504080330_0005_V.JPG"]
    assert photo_of(side, names) == photo


@pytest.mark.parametrize(
    ("said", "at"),
    [
        ("2026-05-03T10:00:00+02:00", datetime(2026, 5, 3, 8, tzinfo=UTC)),
        ("2021-05-10 16:04:20", datetime(2021, 5, 10, 16, 4, 20, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", AT),
        ("2126-01-01T00:00:00Z", AT),
        ("yesterday", AT),
        (None, AT),
    ],
)
def test_a_time_that_cannot_be_is_the_time_it_came(said: Any, at: datetime) -> None:
    assert shot_at({"create_time": said}, AT)["taken_at"] == at


def test_place_and_heights_are_numbers_or_nothing() -> None:
    said = {
        "shoot_position": {"lat": 47.1, "lng": 8.3}, "absolute_altitude": 560.2, "relative_altitude": "60",
        "gimbal_yaw_degree": "112.4",
    }  # fmt: skip
    shot = shot_at(said, AT)
    assert [shot[name] for name in ("latitude", "longitude", "altitude", "height", "gimbal_yaw")] == [
        47.1, 8.3, 560.2, 60.0, 112.4,
    ]  # fmt: skip
    for wrong in ({"lat": 91, "lng": 8}, {"lat": 47}, {"lat": float("nan"), "lng": 8}, "here", None):
        shot = shot_at({"shoot_position": wrong, "absolute_altitude": float("inf")}, AT)
        assert (shot["latitude"], shot["longitude"], shot["altitude"]) == (None, None, None)


def flight(**more: Any) -> FlightMedia:
    return FlightMedia(flight_id="f", org_id="o", dock_sn="D", **more)


@pytest.mark.parametrize(
    ("media", "whole"),
    [
        (flight(), False),  # nothing is known
        (flight(announced=2, photos=1), False),
        (flight(announced=2, photos=1, videos=1), True),
        (flight(announced=2, photos=2, expected=5, side_files=2), False),
        (flight(announced=2, photos=2, expected=5, side_files=3), True),
        (flight(announced=7, photos=3, expected=5, side_files=2), False),
        (flight(expected=1, others=1), True),
    ],
)
def test_a_flight_is_whole_by_what_the_dock_counted(media: FlightMedia, whole: bool) -> None:
    assert media.whole is whole


def test_a_saga_is_called_where_it_would_change_its_mind() -> None:
    assert flight().news
    assert not flight(status="waiting", announced=2).news
    assert flight(status="waiting", announced=1, photos=1).news
    assert not flight(status="complete", announced=1, photos=1).news
    assert flight(status="complete", announced=2, photos=1).news
    assert flight(status="incomplete", announced=2, photos=1).news


def test_what_is_missing_is_named_by_report_number_and_count() -> None:
    names = [f"DJI_20260504080312_{number:04d}_V.JPG" for number in (3, 4, 7)]
    names += ["DJI_20260504080312_0004_T.JPG", "DJI_20260504080400_0007_PPK.obs"]
    report = MediaReport(
        id="r", org_id="o", dock_sn="D", flight_id="f", name="DJI_20260504080330_0005_V.JPG", object_key="k",
        reason="the bucket does not hold it", said={},
    )  # fmt: skip
    media = flight(announced=6, photos=4, expected=9, side_files=1)
    assert missing_of(media, [file(name) for name in names], [report]) == [
        "4 of 9 files",
        "DJI_20260504080330_0005_V.JPG: the bucket does not hold it",
        "shot 0006, by the numbers of those around it",
        "side file .nav",
        "side file .mrk",
    ]


def test_a_number_from_another_count_is_no_gap() -> None:
    files = [file("DJI_0001_V.JPG"), file("DJI_9000_V.JPG")]
    assert missing_of(flight(announced=3, photos=2), files, []) == ["1 of 3 files"]
