"""What messages say that people are warned of, and what that changes in what stands: no part runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
import pytest

import dji
from bridge.alert_course import AGAIN, course
from bridge.alert_kinds import Reading, Said, of_areas, read
from bridge.alerts import LANDED, over
from store.alerts import Alert, alert_id
from store.docks import Dock
from store.document import now
from timings import Timings

AT = now()
TIMINGS = Timings()


def reading(method: str, data: Any) -> Reading:
    payload = orjson.dumps({"tid": "t", "bid": "b", "timestamp": 1, "gateway": "SN", "method": method, "data": data})
    return read(dji.decode("thing/product/SN/events", payload), {})


def alarm(code: str = "0x19114000", **more: Any) -> dict[str, Any]:
    usual = {"code": code, "device_type": "3-3-0", "level": 1, "module": 3, "in_the_sky": 0, "imminent": 0}
    return {**usual, "args": {}, **more}


def alert(said: Said, kind: str, **more: Any) -> Alert:
    usual = {
        "id": alert_id("o", "SN", kind, said.subject, "m"), "org_id": "o", "sn": "SN", "kind": kind,
        "level": said.level, "text": said.text, "subject": said.subject, "lapses": said.lapses,
        "raised_at": AT, "said_at": AT,
    }  # fmt: skip
    return Alert(**{**usual, **more})


@pytest.mark.parametrize(
    ("method", "data", "level", "text"),
    [
        ("hms", {"list": [alarm()]}, "caution", "The wind is too strong to fly (12 m/s or more)"),
        ("hms", {"list": [alarm("0xAB", level=2)]}, "warning", "warning 0xAB of 3-3-0, on the ground"),
        ("airsense_warning", [{"icao": "78", "warning_level": 3, "distance": 900, "relative_altitude": -40}], "warning",
         "Aircraft 78 is near, 900 m away, -40 m: danger 3 of 4, give way"),
        ("airsense_warning", [{"icao": "78", "warning_level": 1}], "caution", "Aircraft 78 is near: danger 1 of 4"),
        ("device_exit_homing_notify", {"action": 1, "reason": 3}, "warning",
         "The aircraft left its way home: obstacles all around"),
        ("joystick_invalid_notify", {"reason": 2}, "warning", "The sticks no longer count: landing on low battery"),
        ("joystick_invalid_notify", {"reason": 4}, "notice", "The sticks no longer count: a controller took over"),
        ("obstacle_avoidance_notify", {"obstacles": [{"type": 0, "waypoint_index": 4}]}, "caution",
         "The aircraft flies around an obstacle, on the way to waypoint 4"),
        ("obstacle_avoidance_notify", {"obstacles": [{"type": 0}, {"type": 2}]}, "warning",
         "The aircraft stopped before an obstacle"),
        ("return_home_info", {"flight_id": "f", "last_point_type": 0}, "notice", "The aircraft is on its way home"),
        ("return_home_info", {"last_point_type": 1}, "caution",
         "The aircraft is on its way home, and the planned way does not end above it"),
        ("return_home_info", {"home_dock_sn": "B", "multi_dock_home_info": [{"sn": "B", "plan_status": 2}]}, "warning",
         "The aircraft is on its way home to dock B; dock B is out of reach of the battery"),
        ("flight_setup_exception_notify", {"timeout_time": 10, "flight_type": 1}, "caution",
         "Setting up the flight takes too long: call it off, or wait; decide within 10 min"),
    ],
)  # fmt: skip
def test_a_message_is_read_as_a_level_and_a_sentence(method: str, data: Any, level: str, text: str) -> None:
    (said,) = reading(method, data).said
    assert (said.level, said.text) == (level, text)


@pytest.mark.parametrize("data", [{}, {"list": []}, {"list": [{}]}, {"list": "no"}, None, 7])
def test_nonsense_in_a_list_of_alarms_raises_nothing(data: Any) -> None:
    assert len(reading("hms", data).said) <= 1


def test_of_a_whole_list_what_is_missing_has_ended_and_what_repeats_changes_nothing() -> None:
    before = reading("hms", {"list": [alarm("0x1"), alarm("0x2")]})
    standing = [alert(said, "hms") for said in before.said]
    assert not course(before, standing, AT).writes
    found = course(reading("hms", {"list": [alarm("0x2"), alarm("0x3"), alarm("0x3")]}), standing, AT)
    assert [said.code for said in found.new] == ["0x3"], "the same alarm twice is one"
    assert [each.subject for each in found.ended] == [before.said[0].subject]
    assert found.still == [standing[1]]
    worse = course(reading("hms", {"list": [alarm("0x1"), alarm("0x2", level=2)]}), standing, AT)
    assert [said.level for _, said in worse.changed] == ["warning"]


def test_alarms_of_another_kind_are_left_alone() -> None:
    (traffic,) = reading("airsense_warning", [{"icao": "78", "warning_level": 3}]).said
    assert not course(reading("hms", {"list": []}), [alert(traffic, "airsense")], AT).writes


def test_traffic_that_comes_nearer_is_news_and_one_that_leaves_is_not() -> None:
    near, far = (reading("airsense_warning", [{"icao": "78", "warning_level": level}]) for level in (3, 1))
    (said,) = near.said
    assert course(near, [alert(said, "airsense", level="caution")], AT).changed
    assert not course(far, [alert(said, "airsense")], AT).writes
    assert not course(reading("airsense_warning", [{"icao": "78", "warning_level": 0}]), [], AT).writes
    later = course(near, [alert(said, "airsense")], AT + AGAIN)
    assert later.again, "that it is still said is noted now and then"
    assert not later.news


def test_what_a_dock_says_to_be_over_ends_and_raises_nothing_by_itself() -> None:
    left, back = (reading("device_exit_homing_notify", {"action": action, "reason": 1}) for action in (1, 0))
    standing = [alert(left.said[0], "exit_homing")]
    assert course(back, standing, AT).ended == standing
    assert not course(back, [], AT).writes
    begun, done = (
        reading("obstacle_avoidance_notify", {"flight_id": "f", "obstacles": [{"type": 0}], "is_final_report": final})
        for final in (False, True)
    )
    standing = [alert(begun.said[0], "obstacle")]
    assert course(done, standing, AT).ended == standing
    assert course(done, [], AT).new[0].once, "a group of one report is over at once"


def test_edges_of_areas_are_near_breached_and_well_again() -> None:
    area = {"id": "a", "name": "Hut", "kind": "nfz", "distance": 4.0, "inside": False, "state": "near"}
    near, clear = of_areas([area]), of_areas([{**area, "state": "clear"}])
    breached = of_areas([{**area, "inside": True, "state": "breached"}])
    assert near.said[0].text == "The aircraft is 4 m from the edge of keep-out area Hut"
    assert breached.said[0].text == "The aircraft is inside of keep-out area Hut"
    standing = [alert(near.said[0], "area")]
    assert course(breached, standing, AT).changed[0][1].level == "warning"
    assert course(clear, standing, AT).ended == standing


def test_a_dock_that_came_back_confirms_what_it_lists_again() -> None:
    listed = reading("hms", {"list": [alarm()]})
    old = alert(listed.said[0], "hms", said_at=AT - timedelta(hours=1))
    assert not course(listed, [old], AT).writes
    assert course(listed, [old], AT, AT - timedelta(minutes=1)).again
    assert course(listed, [old.model_copy(update={"lapses": True})], AT).again[0][1].lapses is False


@pytest.mark.parametrize(
    ("kind", "quiet", "dock", "why"),
    [
        ("airsense", TIMINGS.alert_lapse + 1, {}, "nothing was said of it any more"),
        ("airsense", TIMINGS.alert_lapse - 1, {}, None),
        ("area", LANDED.total_seconds() + 1, {"osd": {"drone_in_dock": 1}}, "the aircraft is in the dock"),
        ("area", LANDED.total_seconds() - 1, {"osd": {"drone_in_dock": 1}}, None),
        ("return_home", TIMINGS.alert_lapse + 1, {"osd": {"drone_in_dock": 0}}, None),
        ("exit_homing", TIMINGS.alert_forgotten + 1, {}, "nothing was said of it any more"),
        ("hms", TIMINGS.alert_relisted + 1, {"online": True}, "the dock lists it no more"),
        ("hms", TIMINGS.alert_relisted - 1, {"online": True}, None),
        ("hms", 1e6, {"online": False}, None),
        ("hms", 0, {"org_id": "other"}, "the dock has left the organisation"),
        ("hms", 0, None, "the dock has left the organisation"),
    ],
)
def test_what_ends_without_a_word(kind: str, quiet: float, dock: dict[str, Any] | None, why: str | None) -> None:
    said = alert(Said("s", "caution", "text", {}), kind, said_at=AT - timedelta(seconds=quiet))
    document = Dock(**{"sn": "SN", "org_id": "o", **dock}) if dock is not None else None
    assert over(said, document, AT, TIMINGS) == why
