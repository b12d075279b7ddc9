"""Strict in what is sent."""

from typing import Any

import orjson
import pytest

import dji
from dji import EncodeError, Kind
from dji.firmware import OtaCreate, OtaDevice
from dji.fly_to import TakeoffToPoint
from dji.live import LiveStartPush
from dji.wayline import FlighttaskPrepare
from dji.wayline_progress import FlighttaskProgress

IDS: dict[str, Any] = {"tid": "t1", "bid": "b1", "timestamp": 1763000000123}
TASK = {"flight_id": "f1", "task_type": 0, "rth_altitude": 100}


def sent(message: dji.Message) -> dict[str, Any]:
    return orjson.loads(dji.encode(message)[1])  # type: ignore[no-any-return]


def test_a_command_goes_to_services_with_its_ids() -> None:
    message = dji.command("SN", "cover_open", **IDS)
    topic, payload = dji.encode(message)
    assert topic == "thing/product/SN/services"
    assert orjson.loads(payload) == {**IDS, "method": "cover_open", "data": {}}


def test_data_may_be_a_model_or_plain() -> None:
    plain = dji.command("SN", "flighttask_prepare", TASK, **IDS)
    typed = dji.command("SN", "flighttask_prepare", FlighttaskPrepare(**TASK), **IDS)
    assert plain == typed
    assert sent(plain)["data"] == TASK


def test_only_what_was_said_is_sent() -> None:
    message = dji.command(
        "SN", "live_start_push", LiveStartPush(url_type=1, url="rtmp://h/a", video_id="v", video_quality=0), **IDS
    )
    assert sent(message)["data"] == {"url_type": 1, "url": "rtmp://h/a", "video_id": "v", "video_quality": 0}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rth_altitude": 5000}, "data.rth_altitude"),
        ({"rth_altitude": 19}, "data.rth_altitude"),
        ({"rth_altitude": "high"}, "data.rth_altitude"),
        ({"task_type": 7}, "data.task_type"),
        ({"flight_id": None}, "data.flight_id"),
        ({"flight_id": {"id": 1}}, "data.flight_id"),
        ({"break_point": {"progress": 1.5}}, "data.break_point.progress"),
        ({"simulate_mission": {"is_enable": 1, "latitude": 91}}, "data.simulate_mission.latitude"),
        ({"file": {"url": "u", "colour": 1}}, "data.file.colour"),
        ({"ready_conditions": [1]}, "data.ready_conditions"),
        ({"hurry": True}, "data.hurry"),
        ({"break_point": {"progress": float("nan")}}, "data.break_point.progress"),
    ],
)
def test_what_breaks_the_protocol_is_not_sent_and_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(EncodeError) as caught:
        dji.encode(dji.command("SN", "flighttask_prepare", TASK | change, **IDS))
    assert caught.value.field == field
    assert field in str(caught.value)


@pytest.mark.parametrize(
    ("method", "data", "field"),
    [
        ("live_stop_push", {}, "data.video_id"),
        ("live_stop_push", None, "data.video_id"),
        ("fly_to_point", {"fly_to_id": "f"}, "data.points"),
        ("ota_create", {"devices": [{"product_version": "1"}]}, "data.devices.sn"),
        ("drc_mode_enter", {"mqtt_broker": {"client_id": "c"}}, "data.mqtt_broker.address"),
    ],
)
def test_a_command_without_what_it_is_about_is_not_sent(method: str, data: Any, field: str) -> None:
    with pytest.raises(EncodeError) as caught:
        dji.encode(dji.command("SN", method, data, **IDS))
    assert caught.value.field == field


def test_more_items_than_the_protocol_has_room_for_are_not_sent() -> None:
    devices = [OtaDevice(sn=str(number)) for number in range(3)]
    with pytest.raises(EncodeError, match="at most 2"):
        dji.encode(dji.command("SN", "ota_create", OtaCreate(devices=devices), **IDS))


@pytest.mark.parametrize(
    ("product", "method", "data", "field"),
    [
        ("3-1-0", "flighttask_stop", {"flight_id": "f"}, "method"),
        ("dock2", "putter_open", None, "method"),
        ("dock1", "flighttask_prepare", TASK | {"rth_mode": 1}, "data.rth_mode"),
        ("dock2", "flighttask_prepare", TASK | {"simulate_mission": {"altitude": 1}}, "data.simulate_mission.altitude"),
        ("dock1", "flighttask_execute", {"flight_id": "f", "multi_dock_task": {}}, "data.multi_dock_task"),
        (
            "dock2",
            "ota_create",
            {"devices": [{"sn": "a", "firmware_upgrade_type": 4}]},
            "data.devices.firmware_upgrade_type",
        ),
        ("3-3-0", "live_start_push", {"url_type": 0, "url": "c", "video_id": "v", "video_quality": 0}, "data.url_type"),
    ],
)
def test_what_a_product_lacks_is_not_sent_to_it(product: str, method: str, data: Any, field: str) -> None:
    with pytest.raises(EncodeError) as caught:
        dji.encode(dji.command("SN", method, data, product=product, **IDS))
    assert caught.value.field == field
    dji.encode(dji.command("SN", method, data, product="3-9-0", **IDS))


def test_dock_2_and_3_insist_on_how_to_fly_to_a_point() -> None:
    takeoff = TakeoffToPoint(
        flight_id="f", target_latitude=1, target_longitude=2, target_height=100, security_takeoff_height=50
    )
    dji.encode(dji.command("SN", "takeoff_to_point", takeoff, product="dock1", **IDS))
    with pytest.raises(EncodeError, match="rth_mode"):
        dji.encode(dji.command("SN", "takeoff_to_point", takeoff, product="dock2", **IDS))


def test_what_was_received_goes_on_as_it_came() -> None:
    payload = orjson.dumps(
        {"tid": "t", "bid": "", "timestamp": 1, "method": "flighttask_prepare", "data": TASK | {"rth_altitude": "9"}}
    )
    message = dji.decode("thing/product/SN/services", payload)
    assert orjson.loads(dji.encode(message)[1])["data"]["rth_altitude"] == "9"


def test_faults_that_came_in_may_go_out_but_new_ones_may_not() -> None:
    payload = orjson.dumps({"method": "flighttask_prepare", "data": TASK | {"rth_altitude": 9, "new": 1}})
    message = dji.decode("thing/product/SN/services", payload)
    assert isinstance(message.data, FlighttaskPrepare)
    message.data = message.data.model_copy(update={"task_type": 1})
    assert sent(message)["data"] == TASK | {"rth_altitude": 9, "task_type": 1, "new": 1}
    message.data = message.data.model_copy(update={"task_type": 8})
    with pytest.raises(EncodeError, match="task_type"):
        dji.encode(message)


def test_a_request_is_answered_under_its_own_ids() -> None:
    asked = dji.decode(
        "thing/product/SN/requests",
        b'{"tid":"t","bid":"b","timestamp":1,"method":"flighttask_resource_get","data":{"flight_id":"f"}}',
    )
    answer = dji.reply_to(asked, {"result": 0, "output": {"file": {"url": "u", "fingerprint": "m"}}}, timestamp=2)
    topic, payload = dji.encode(answer)
    assert topic == "thing/product/SN/requests_reply"
    assert orjson.loads(payload) == {
        "tid": "t",
        "bid": "b",
        "timestamp": 2,
        "method": "flighttask_resource_get",
        "data": {"result": 0, "output": {"file": {"url": "u", "fingerprint": "m"}}},
    }


@pytest.mark.parametrize(
    ("topic", "reply"),
    [
        ("thing/product/SN/events", "thing/product/SN/events_reply"),
        ("sys/product/SN/status", "sys/product/SN/status_reply"),
        ("thing/product/SN/status", "thing/product/SN/status_reply"),
        ("thing/product/SN/services", "thing/product/SN/services_reply"),
        ("thing/product/SN/property/set", "thing/product/SN/property/set_reply"),
        ("thing/product/SN/drc/down", "thing/product/SN/drc/up"),
    ],
)
def test_a_bare_result_is_an_answer(topic: str, reply: str) -> None:
    asked = dji.decode(topic, b'{"tid":"t","bid":"b","method":"update_topo","data":{}}')
    answer = dji.reply_to(asked, 0, timestamp=5)
    assert answer.topic == reply
    assert answer.data.present() == {"result": 0}


def test_nothing_answers_osd() -> None:
    with pytest.raises(EncodeError):
        dji.reply_to(dji.decode("thing/product/SN/osd", b"{}"), timestamp=None)


def test_properties_are_set_by_path() -> None:
    message = dji.property_set("SN", {"distance_limit_status.distance_limit": 500}, **IDS)
    topic, payload = dji.encode(message)
    assert topic == "thing/product/SN/property/set"
    assert orjson.loads(payload) == {**IDS, "data": {"distance_limit_status": {"distance_limit": 500}}}


@pytest.mark.parametrize(
    "properties",
    [
        {"silent_mode": 2},
        {"distance_limit_status.distance_limit": 9},
        {"mode_code": 1},
        {"user_experience_improvement": 0},
    ],
)
def test_a_property_that_cannot_be_set_so_is_refused(properties: dict[str, Any]) -> None:
    with pytest.raises(EncodeError):
        dji.encode(dji.property_set("SN", properties, **IDS))


def test_the_live_flight_controls_have_an_envelope_of_their_own() -> None:
    sticks = {"roll": 1024, "pitch": 1684, "throttle": 1024, "yaw": 364}
    message = dji.drc_command("SN", "stick_control", sticks, seq=7)
    topic, payload = dji.encode(message)
    assert topic == "thing/product/SN/drc/down"
    assert orjson.loads(payload) == {"method": "stick_control", "seq": 7, "data": sticks}
    with pytest.raises(EncodeError, match="yaw"):
        dji.encode(dji.drc_command("SN", "stick_control", sticks | {"yaw": 0}, seq=8))


def test_a_simulated_dock_may_send_progress_as_docks_do() -> None:
    data = FlighttaskProgress(result=0, status="in_progress", progress={"current_step": 25, "percent": 3})
    message = dji.make(Kind.EVENTS, "SN", "flighttask_progress", data, need_reply=True, gateway="SN", **IDS)
    body = sent(message)
    assert body["need_reply"] == 1
    assert body["data"] == {
        "result": 0,
        "output": {"status": "in_progress", "progress": {"current_step": 25, "percent": 3}},
    }


def test_our_own_data_for_an_unknown_method_is_not_checked() -> None:
    assert sent(dji.command("SN", "tomorrow", {"a": 1}, **IDS))["data"] == {"a": 1}


@pytest.mark.parametrize(
    ("product", "name", "value"),
    [("3-1-0", "air_transfer_enable", True), ("dock3", "rc_lost_action", 0), ("dock1", "commander_flight_mode", 1)],
)
def test_a_property_that_a_dock_or_its_aircraft_lacks_is_not_set(product: str, name: str, value: Any) -> None:
    with pytest.raises(EncodeError, match=name):
        dji.encode(dji.property_set("SN", {name: value}, product=product, **IDS))
    dji.encode(dji.property_set("SN", {name: value}, **IDS))
    other = {"3-1-0": "dock2", "dock3": "dock1", "dock1": "dock3"}[product]
    dji.encode(dji.property_set("SN", {name: value}, product=other, **IDS))
