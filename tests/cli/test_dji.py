"""`argus dji`: tables for people, JSON for programs, and exit codes for scripts."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli.dji import app
from dji.wpml import Waypoint, build_kmz, take_photo, write_kmz

SN = "7CTXN1A00B0001"


def run(*arguments: str, given: bytes | None = None, code: int = 0) -> Result:
    result = CliRunner().invoke(app, list(arguments), input=given)
    assert result.exit_code == code, result.output
    return result


def asked(*arguments: str, given: bytes | None = None, code: int = 0) -> Any:
    return json.loads(run(*arguments, "--json", given=given, code=code).stdout)


@pytest.fixture
def route(tmp_path: Path) -> Path:
    points = [Waypoint(47.0, 8.0, 60), Waypoint(47.001, 8.0, 60, actions=[take_photo()])]
    path = tmp_path / "fence.kmz"
    path.write_bytes(write_kmz(build_kmz(points, aircraft_key="0-100-1")))
    return path


def message(**data: Any) -> bytes:
    body = {"tid": "t", "bid": "b", "timestamp": 1700000000000, "method": "cover_open", "data": data}
    return json.dumps(body).encode()


def test_a_message_is_decoded_from_standard_input() -> None:
    topic = f"thing/product/{SN}/services_reply"
    found = asked("decode", topic, given=message(result=514120, colour="red"))
    assert (found["kind"], found["sn"], found["method"], found["tid"]) == ("services_reply", SN, "cover_open", "t")
    assert found["data"] == {"result": 514120, "colour": "red"}
    assert found["unknown_fields"] == ["data.colour"]
    shown = run("decode", topic, given=message(result=514120, colour="red")).output
    assert "Dock and aircraft are disconnected." in shown
    assert "colour" in shown


def test_what_is_off_in_a_message_is_shown() -> None:
    topic = f"thing/product/{SN}/services_reply"
    found = asked("decode", topic, given=message(result="0"))
    assert [odd["field"] for odd in found["oddities"]] == ["data.result"]
    assert "Not as documented" in run("decode", topic, given=message(result="0")).output


def test_values_have_their_meaning_steps_their_name_and_times_their_date() -> None:
    topic = f"thing/product/{SN}/events"
    job = {"status": "in_progress", "progress": {"percent": 80, "step_key": "open_cover"}}
    shown = run("decode", topic, given=message(result=0, output=job)).output
    assert "opening the cover" in shown
    assert "2023-11-14 22:13:20 UTC" in shown
    body = {"method": "flighttask_progress", "data": {"output": {"progress": {"current_step": 23}}}}
    for dock, step in (("dock1", "flying the wayline"), ("3-3-0", "setting the home point")):
        assert step in run("decode", topic, "--product", dock, given=json.dumps(body).encode()).output


def test_what_is_no_message_ends_with_1_and_the_reason() -> None:
    topic = f"thing/product/{SN}/osd"
    assert asked("decode", topic, given=b"{", code=1)["error"] == "NotJson"
    assert asked("decode", "some/topic", given=b"{}", code=1)["error"] == "UnknownTopic"
    assert "NotJson" in run("decode", topic, given=b"{", code=1).output


def test_methods_are_those_of_the_dock() -> None:
    one, three = ({each["method"] for each in asked("methods", "--dock", number)} for number in "13")
    assert "putter_open" in one - three
    assert "drc_ai_model_select" in three - one
    cover = next(each for each in asked("methods") if each["method"] == "cover_open")
    assert cover["kinds"] == ["services", "services_reply", "events", "events_reply"]
    assert (cover["deprecated"], cover["does"]) == (False, "Open the cover.")
    assert "Dock 2: 150 methods" in run("methods", "--dock", "2").output
    run("methods", "--dock", "4", code=2)


def test_errors_are_explained() -> None:
    (found,) = asked("errors", "514120")
    assert (found["code"], found["fault"], found["retry_helps"], found["known"]) == (514120, "network", False, True)
    assert [each["known"] for each in asked("errors", "314999", "what")] == [False, False]
    assert len(asked("errors")) > 480
    assert "emergency" in run("errors", "514121").output
    assert "'what' is not an error code." in run("errors", "what").output


def test_a_route_file_is_shown(route: Path) -> None:
    found = asked("kmz", str(route), "--dock", "3-3-0")
    assert (found["name"], found["aircraft"], found["length_m"], found["problems"]) == ("fence", "0-100-1", 111.2, [])
    assert [point["actions"] for point in found["waypoints"]] == [[], ["takePhoto"]]
    assert "Matrice 4TD" in run("kmz", str(route)).output


def test_a_route_for_another_dock_ends_with_1(route: Path) -> None:
    found = asked("kmz", str(route), "--dock", "3-2-0", code=1)
    assert [(each["code"], each["severity"]) for each in found["problems"]] == [("wrong_aircraft", "error")]
    assert "(0-91-0)" in run("kmz", str(route), "--aircraft", "0-91-0", code=1).output


def test_a_file_that_is_no_route_ends_with_1(tmp_path: Path) -> None:
    path = tmp_path / "bad.kmz"
    path.write_bytes(b"no zip")
    assert asked("kmz", str(path), code=1)["error"]["code"] == "not_a_zip"
    assert "no ZIP archive" in run("kmz", str(path), code=1).output
    run("kmz", str(tmp_path / "absent.kmz"), code=2)
