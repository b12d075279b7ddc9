"""When a device's document is worth a write: a simulated hour of an idle dock, and of one that works."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from bridge.picture import Picture, field_paths, merged
from bridge.thresholds import AT_ONCE, noticed
from timings import Timings

TIMINGS = Timings()


def idle_osd(chance: random.Random, at: float) -> list[dict[str, Any]]:
    """The three messages in which a dock that does nothing speaks every 2 s, with sensors that tremble."""
    return [
        {
            "mode_code": 0,
            "cover_state": 0,
            "rainfall": 0,
            "wind_speed": round(3 + chance.uniform(-1.4, 1.4), 1),
            "environment_temperature": round(18 + chance.uniform(-0.6, 0.6), 1),
            "temperature": round(24 + chance.uniform(-0.6, 0.6), 1),
            "humidity": 51 + chance.randint(-3, 3),
            "network_state": {"type": 2, "quality": chance.choice([4, 5]), "rate": round(chance.uniform(2, 90), 1)},
            "drone_charge_state": {"state": 0, "capacity_percent": 100},
        },
        {
            "position_state": {"is_fixed": 2, "quality": 5, "gps_number": 20 + chance.randint(-2, 2), "rtk_number": 28},
            "storage": {"total": 30_000_000, "used": 1_000_000},
            "latitude": 48.1 + chance.uniform(-1e-7, 1e-7),
            "longitude": 11.5 + chance.uniform(-1e-7, 1e-7),
        },
        {
            "working_voltage": 48_000 + chance.randint(-80, 80),
            "working_current": 900 + chance.randint(-50, 50),
            "electric_supply_voltage": 229 + chance.randint(-2, 2),
            "backup_battery": {"switch": 1, "voltage": 27_000 + chance.randint(-9, 9), "temperature": 24.0},
            "acc_time": int(at),
            "wireless_link": {"sdr_quality": chance.choice([4, 5]), "4g_quality": 4, "sdr_link_state": 1},
        },
    ]


def hour(picture: Picture, said: Any) -> list[float]:
    """Times of the writes of an hour in which `said` gives the messages of each 2 s, with a look ten times a second."""
    writes = []
    for tenth in range(36_000):
        at = tenth / 10
        if tenth % 20 == 0:
            for message in said(at):
                picture.take("osd", message)
        due = picture.due()
        if due is not None and due <= at:
            picture.wrote(picture.unwritten(), at)
            writes.append(at)
    return writes


def test_an_idle_dock_that_trembles_needs_at_most_150_writes_an_hour() -> None:
    chance = random.Random(1)
    writes = hour(Picture(TIMINGS), lambda at: idle_osd(chance, at))
    assert len(writes) <= 150
    gaps = [b - a for a, b in itertools.pairwise(writes)]
    assert max(gaps) <= TIMINGS.write_at_least + 0.2, "a picture that changes at all is at most 30 s old"


def test_a_dock_that_says_the_same_is_written_once() -> None:
    message = idle_osd(random.Random(1), 0)
    assert len(hour(Picture(TIMINGS), lambda at: message)) == 1


def test_at_most_one_write_a_second_whatever_happens() -> None:
    chance = random.Random(2)
    picture = Picture(TIMINGS)
    writes = hour(picture, lambda at: [{"mode_code": chance.randint(0, 5), "cover_state": chance.randint(0, 3)}])
    gaps = [b - a for a, b in itertools.pairwise(writes)]
    assert min(gaps) >= TIMINGS.write_interval


def test_an_opening_cover_is_written_at_once_and_a_drift_in_sum() -> None:
    picture = Picture(TIMINGS)
    picture.start_from({"cover_state": 0, "wind_speed": 2.0}, {})
    picture.last_write = 0
    picture.take("osd", {"cover_state": 1})
    assert picture.due() == TIMINGS.write_interval
    picture.wrote(picture.unwritten(), 1)
    assert picture.due() is None
    for speed in (3.0, 4.0):
        picture.take("osd", {"wind_speed": speed})
        assert picture.due() == 1 + TIMINGS.write_at_least
    picture.take("osd", {"wind_speed": 5.0})
    assert picture.due() == 1 + 10
    picture.take("osd", {"wind_speed": 2.0})
    assert picture.due() is None, "back to what the store has"


def test_messages_are_merged_and_what_is_missing_is_not_cleared() -> None:
    picture = Picture(TIMINGS)
    picture.take("osd", {"network_state": {"type": 1, "quality": 3}, "mode_code": 0})
    picture.take("osd", {"network_state": {"quality": 4}})
    picture.take("state", {"live_status": []})
    assert picture.whole() == {"network_state": {"type": 1, "quality": 4}, "mode_code": 0, "live_status": []}


def test_what_changes_during_a_write_stays_to_be_written() -> None:
    picture = Picture(TIMINGS)
    picture.take("osd", {"mode_code": 1})
    taken = picture.unwritten()
    picture.take("osd", {"mode_code": 4})
    picture.wrote(taken, 0)
    assert picture.unwritten() == {("osd", "mode_code"): 4}


def test_a_restart_goes_on_from_the_document() -> None:
    picture = Picture(TIMINGS)
    picture.start_from({"mode_code": 4}, {"firmware_version": "1"})
    assert picture.take("osd", {"mode_code": 4}) == []
    assert picture.due() is None


def test_a_payloads_key_is_quoted_in_a_field_path() -> None:
    assert dict(field_paths({("osd", "99-0-0"): {"gimbal_pitch": 1}})) == {"osd.`99-0-0`": {"gimbal_pitch": 1}}


@pytest.mark.parametrize(
    ("name", "new", "written", "seen"),
    [
        ("cover_state", 1, 0, True),
        ("latitude", 48.1003, 48.1, True),
        ("latitude", 48.10001, 48.1, False),
        ("never_heard_of", 2, 1, False),
        ("never_heard_of", "b", "a", True),
        ("never_heard_of", 1, None, True),
        ("wind_direction", 4, 1, False),
        ("batteries", [{"capacity_percent": 80}], [{"capacity_percent": 82}], True),
        ("batteries", [{"voltage": 1}], [{"voltage": 2}], False),
        ("batteries", [], [{"voltage": 2}], True),
        ("position_state", {"is_fixed": 2, "gps_number": 20}, {"is_fixed": 2, "gps_number": 21}, False),
    ],
)
def test_what_a_person_would_notice(name: str, new: Any, written: Any, seen: bool) -> None:
    assert (noticed(name, new, written) is not None) is seen


def test_the_shortest_pause_of_a_structure_counts() -> None:
    assert noticed("s", {"wind_speed": 9, "cover_state": 1}, {"wind_speed": 0, "cover_state": 0}) is AT_ONCE


def test_merging_changes_neither_side() -> None:
    old, new = {"a": {"b": 1}}, {"a": {"c": 2}}
    assert merged(old, new) == {"a": {"b": 1, "c": 2}}
    assert (old, new) == ({"a": {"b": 1}}, {"a": {"c": 2}})
