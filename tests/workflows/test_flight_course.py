"""How a flight stands by what its docks say, and when two docks fit for one task. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from activities.pair_task import multi_dock_task, unfit, without_key
from activities.state.readings import Readings
from dji.steps import Phase
from store.docks import Dock
from store.facts import FlightProgress, InFlightWayline
from store.orgs import GateLimits
from workflows import gate
from workflows.flight_course import Course


def said(sn: str, phase: str, status: str = "in_progress", at: int = 0) -> FlightProgress:
    return FlightProgress(flight_id="f", sn=sn, status=status, phase=phase, at=at)


def dock(sn: str, **osd: Any) -> Dock:
    return Dock(
        sn=sn,
        model="dock3",
        osd={"latitude": 22.9, "longitude": 113.7, "height": 34.0, "home_position_is_valid": 1, **osd},
        state={
            "rtcm_info": {"host": "rtk", "mount_point": "AUTO", "source_type": 3},
            "wireless_link_topo": {
                "secret_code": [7] * 28,
                "center_node": {"sdr_id": 100, "sn": "craft"},
                "leaf_nodes": [{"sdr_id": 200, "sn": sn, "control_source_index": 1}],
            },
        },
    )


def test_the_landing_dock_speaks_for_the_aircraft_once_it_comes_down_there() -> None:
    course = Course("B")
    course.took(said("A", Phase.EXECUTING))
    course.took(said("B", Phase.PREPARING))
    assert (course.flies, course.progress) == (True, said("A", Phase.EXECUTING))
    course.took(said("B", Phase.LANDING))
    course.took(said("A", Phase.EXECUTING, at=5))
    assert course.progress == said("B", Phase.LANDING)
    assert not course.ended


@pytest.mark.parametrize(("first", "second"), [("A", "B"), ("B", "A")])
def test_the_first_end_by_either_dock_is_the_flights_and_the_other_is_still_heard(first: str, second: str) -> None:
    course = Course("B")
    course.took(said(first, Phase.WRAPPING_UP, "ok"))
    assert course.ended
    assert course.has_ended(first)
    assert not course.has_ended(second)
    course.took(said(second, Phase.WRAPPING_UP, "failed"))
    assert course.has_ended(second)
    assert course.progress is not None
    assert course.progress.status == "ok"


def test_an_aircraft_off_its_way_home_is_not_on_it() -> None:
    course = Course()
    course.took(said("A", Phase.RETURNING))
    assert course.on_the_way_home
    course.off_home = True
    assert not course.on_the_way_home


def test_a_wayline_in_flight_is_over_when_its_own_end_is_told() -> None:
    course = Course()
    course.wayline = "f-2"

    def word(wayline: str, status: int, at: int) -> bool:
        return course.took_wayline(InFlightWayline(flight_id="f", sn="A", wayline=wayline, status=status, at=at))

    assert not word("f-1", 6, 10)
    assert word("f-2", 3, 20)
    assert not word("f-2", 1, 15)
    assert course.wayline == "f-2"
    assert word("f-2", 6, 30)
    assert course.wayline is None


def test_two_docks_fit_or_it_is_said_why_not() -> None:
    first, second = dock("A"), dock("B", latitude=22.91)
    assert unfit(first, second) == []
    assert "both have to be Dock 2" in unfit(first, second.model_copy(update={"model": "dock1"}))[0]
    assert "apart" in unfit(first, dock("B", latitude=23.2))[0]
    assert "its place" in unfit(first, dock("B", home_position_is_valid=0))[0]
    second.state["rtcm_info"] = {"host": "other", "mount_point": "AUTO", "source_type": 2}
    assert len(unfit(first, second)) == 2


def test_the_landing_dock_gets_the_other_control_source_and_the_key_is_not_written_down() -> None:
    task = multi_dock_task(dock("A"), dock("B"), "craft")
    leaves = {leaf["sn"]: leaf["control_source_index"] for leaf in task["wireless_link_topo"]["leaf_nodes"]}
    assert leaves == {"A": 1, "B": 2}
    assert [(info["sn"], info["dock_type"], info["index"]) for info in task["dock_infos"]] == [
        ("A", "takeoff", 1),
        ("B", "landing", 2),
    ]
    assert task["wireless_link_topo"]["secret_code"] == [7] * 28
    assert "7, 7" not in str(without_key(task))


@pytest.mark.parametrize(
    ("readings", "failing"),
    [
        ({}, []),
        ({"aircraft_inside": True}, ["landing_dock"]),
        ({"dock_mode": 2}, ["landing_dock"]),
        ({"wind": 13.0}, ["landing_wind"]),
        ({"online": False}, ["landing_telemetry"]),
        ({"wind": None, "rain": None}, ["landing_wind", "landing_rain"]),
    ],
)
def test_the_gate_looks_at_where_it_lands(readings: dict[str, Any], failing: list[str]) -> None:
    good = Readings(wind=3.0, rain=0, dock_mode=4, aircraft_inside=False, age=1.0, online=True)
    lines = gate.evaluate_landing(good.model_copy(update=readings), GateLimits(), {}, fresh=30)
    assert tuple(line.name for line in lines) == gate.LANDING_NAMES
    assert [line.name for line in gate.failures(lines)] == failing
    overridden = gate.evaluate_landing(
        good.model_copy(update=readings), GateLimits(), dict.fromkeys(failing, "seen to"), fresh=30
    )
    assert gate.failures(overridden) == []


def test_the_gate_says_what_it_read_and_what_is_needed() -> None:
    bad = Readings(
        online=True, age=45, battery=31, wind=13.2, rain=3, storage_free_mb=80, dock_mode=0, aircraft_inside=False
    )
    lines = gate.evaluate(bad, GateLimits(), {"rain": "person in the water"}, fresh=30)
    assert gate.explain(lines).split("; ") == [
        "battery is 31 %, at least 40 % is needed",
        "wind is 13.2 m/s, at most 12 m/s is allowed",
        "storage is 80 MB, at least 500 MB is needed",
        "dock: the aircraft is not inside",
        "telemetry: too old",
    ]
    shown = {line.name: gate.words(line) for line in lines}
    assert shown["battery"] == "31 %, at least 40 %"
    assert shown["rain"] == "heavy, at most light; overridden: person in the water"
    unknown = gate.evaluate(Readings(online=True, age=1, dock_mode=0), GateLimits(), {}, fresh=30)
    assert gate.explain(unknown).startswith("battery: the dock has not said; wind: the dock has not said")
