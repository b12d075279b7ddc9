"""Liberal in what is taken: what docks are known to send, and what is said of it."""

from typing import Any

import orjson
import pytest

import dji
from dji import Kind, Oddity
from dji.airsense import AirsenseWarning
from dji.drc import HeartBeat, HsiInfoPush, OsdInfoPush
from dji.flight_area import FlightAreasDroneLocation
from dji.properties.aircraft import AircraftOsd, AircraftState
from dji.properties.dock import DockOsd
from dji.properties.setting import PropertySetReply
from dji.remote_debug_jobs import CoverOpenProgress
from dji.wayline import FlighttaskPrepare, FlighttaskResourceGet
from dji.wayline_progress import FlighttaskProgress

GATEWAY = "7CTDM3D00B1234"
DRONE = "1581F6Q8D23456"


def said(tail: str, data: Any, method: str | None = None, *, sn: str = GATEWAY, **envelope: Any) -> dji.Message:
    message = {"tid": "t1", "bid": "b1", "timestamp": 1763000000123, "method": method, "data": data} | envelope
    message = {key: value for key, value in message.items() if value is not None}
    return dji.decode(f"thing/product/{sn}/{tail}", orjson.dumps(message))


def test_the_envelope_is_read() -> None:
    message = said("events", {"result": 0}, "cover_open", gateway=GATEWAY, need_reply=1)
    assert (message.kind, message.sn, message.method) == (Kind.EVENTS, GATEWAY, "cover_open")
    assert (message.tid, message.bid, message.timestamp) == ("t1", "b1", 1763000000123)
    assert (message.gateway, message.need_reply, message.result) == (GATEWAY, True, 0)
    assert message.oddities == []


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        ("thing/product/SN/services", Kind.SERVICES),
        ("thing/product/SN/services_reply", Kind.SERVICES_REPLY),
        ("thing/product/SN/events", Kind.EVENTS),
        ("thing/product/SN/events_reply", Kind.EVENTS_REPLY),
        ("thing/product/SN/requests", Kind.REQUESTS),
        ("thing/product/SN/requests_reply", Kind.REQUESTS_REPLY),
        ("sys/product/SN/status", Kind.STATUS),
        ("thing/product/SN/status", Kind.STATUS),
        ("sys/product/SN/status_reply", Kind.STATUS_REPLY),
        ("thing/product/SN/osd", Kind.OSD),
        ("thing/product/SN/state", Kind.STATE),
        ("thing/product/SN/property/set", Kind.PROPERTY_SET),
        ("thing/product/SN/property/set_reply", Kind.PROPERTY_SET_REPLY),
        ("thing/product/SN/drc/up", Kind.DRC_UP),
        ("thing/product/SN/drc/down", Kind.DRC_DOWN),
    ],
)
def test_every_topic_is_told_apart(topic: str, kind: Kind) -> None:
    message = dji.decode(topic, b"{}")
    assert (message.kind, message.sn, message.topic) == (kind, "SN", topic)


@pytest.mark.parametrize("topic", ["", "a/b", "thing/product//osd", "thing/product/SN/osd/x", "sys/product/SN/osd"])
def test_another_topic_is_an_error_of_its_own(topic: str) -> None:
    with pytest.raises(dji.UnknownTopic):
        dji.decode(topic, b"{}")


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff\xfe", b'{"a":}', b"[" * 5000, b'{"data":' * 5000])
def test_what_is_not_json_is_an_error_of_its_own(payload: bytes) -> None:
    with pytest.raises(dji.NotJson):
        dji.decode("thing/product/SN/osd", payload)


@pytest.mark.parametrize("payload", [b"[]", b"1", b'"text"', b"null", b"true", b"NaN"])
def test_what_is_not_an_object_is_an_error_of_its_own(payload: bytes) -> None:
    with pytest.raises(dji.NotAnObject):
        dji.decode("thing/product/SN/osd", payload)


@pytest.mark.parametrize("data", ["null", "{}", '""', None])
def test_no_data_is_said_in_four_ways(data: str | None) -> None:
    body = f',"data":{data}' if data is not None else ""
    message = dji.decode("thing/product/SN/requests", b'{"method":"flight_areas_get"%s}' % body.encode())
    assert message.known
    assert message.data.present() == {}
    assert message.oddities == []


def test_numbers_may_come_as_text_and_booleans_as_numbers() -> None:
    message = said("osd", {"mode_code": "4", "wind_speed": "3.5"}, gateway=GATEWAY)
    assert isinstance(message.data, DockOsd)
    assert (message.data.mode_code, message.data.wind_speed) == (4, 3.5)
    assert message.oddities == [
        Oddity("data.mode_code", "4", "integer"),
        Oddity("data.wind_speed", "3.5", "number"),
    ]
    state = said("state", {"air_transfer_enable": 1}, gateway=GATEWAY)
    assert state.data.present() == {"air_transfer_enable": True}
    assert state.oddities == []


def test_a_field_of_a_wrong_type_does_not_lose_the_message() -> None:
    message = said("osd", {"mode_code": 4, "cover_state": {"a": 1}, "sub_device": "none"}, gateway=GATEWAY)
    assert isinstance(message.data, DockOsd)
    assert message.data.mode_code == 4
    assert message.data.cover_state is None
    assert message.data.sub_device is None
    assert message.data.present() == {"mode_code": 4, "cover_state": {"a": 1}, "sub_device": "none"}
    assert message.data.model_fields_set == {"mode_code"}
    assert [odd.field for odd in message.oddities] == ["data.cover_state", "data.sub_device"]


def test_a_fraction_in_an_integers_place_is_still_a_number() -> None:
    message = said("osd", {"position_state": {"gps_number": 12.5}, "attitude_head": -161.2}, sn=DRONE, gateway=GATEWAY)
    assert isinstance(message.data, AircraftOsd)
    assert message.data.position_state is not None
    assert message.data.position_state.gps_number == 12.5
    assert message.data.attitude_head == -161.2
    assert message.oddities == [Oddity("data.position_state.gps_number", 12.5, "integer")]


def test_values_out_of_bounds_or_not_in_the_table_are_kept_and_said() -> None:
    message = said("services", {"rth_altitude": 5000, "task_type": 9}, "flighttask_prepare")
    assert isinstance(message.data, FlighttaskPrepare)
    assert (message.data.rth_altitude, message.data.task_type) == (5000, 9)
    altitude, task = message.oddities
    assert altitude == Oddity("data.rth_altitude", 5000, "20 to 1500 m")
    assert task.said == 9
    assert "at once" in task.protocol_says


def test_unknown_fields_are_kept_and_counted() -> None:
    data = {"mode_code": 0, "new": {"a": [1]}, "sub_device": {"device_sn": "X", "odd": 1}}
    message = said("osd", data, gateway=GATEWAY, extra="top")
    assert message.unknown_fields == ("extra", "data.new", "data.sub_device.odd")
    assert message.data.present() == data
    assert message.envelope == {"extra": "top"}
    assert message.oddities == []


def test_an_unknown_method_still_carries_everything() -> None:
    message = said("events", {"a": 1, "result": 7}, "tomorrow_notify")
    assert isinstance(message.data, dji.Unknown)
    assert not message.known
    assert message.data.present() == {"a": 1, "result": 7}
    assert message.result == 7
    assert [odd.field for odd in message.oddities] == ["method"]
    assert orjson.loads(dji.encode(message)[1])["data"] == {"a": 1, "result": 7}


def test_a_key_with_a_colon_is_read_as_without() -> None:
    message = dji.decode("thing/product/SN/events", b'{"timestamp:":5,"method":"hms","data":{"list:":[{"level":1}]}}')
    assert message.timestamp == 5
    assert message.data.present() == {"list": [{"level": 1}]}
    assert [odd.field for odd in message.oddities] == ["timestamp:", "data.list:"]


def test_ids_of_a_wrong_type_are_read_as_text() -> None:
    message = dji.decode("thing/product/SN/services", b'{"tid":5,"bid":null,"timestamp":"6","method":"cover_open"}')
    assert (message.tid, message.bid, message.timestamp) == ("5", "", 6)
    assert [odd.field for odd in message.oddities] == ["tid", "timestamp"]


def test_a_missing_method_is_found_by_what_only_it_says() -> None:
    message = said("drc/up", {"attitude_head": 60, "latitude": 10, "speed_x": 1.2, "gimbal_yaw": 60}, None)
    assert isinstance(message.data, OsdInfoPush)
    assert message.method == "osd_info_push"
    assert message.oddities[0] == Oddity("method", None, "osd_info_push")


def test_a_missing_method_can_be_told_by_the_caller() -> None:
    message = dji.decode("thing/product/SN/services_reply", b'{"tid":"t","data":{"result":0}}', method="cover_open")
    assert message.method == "cover_open"
    assert message.result == 0


def test_data_without_an_envelope_is_read() -> None:
    message = dji.decode("thing/product/SN/events", b'{"in_flight_wayline_id":"w","status":3,"way_point_index":2}')
    assert message.method == "in_flight_wayline_progress"
    assert message.data.present() == {"in_flight_wayline_id": "w", "status": 3, "way_point_index": 2}


@pytest.mark.parametrize("nested", [True, False])
def test_flighttask_progress_reads_alike_in_both_shapes(nested: bool) -> None:
    members = {
        "status": "in_progress",
        "progress": {"current_step": 25, "percent": 40},
        "ext": {"flight_id": "f1", "break_point": {"index": 3, "progress": 0.5}},
    }
    message = said(
        "events", {"result": 0, "output": members} if nested else {"result": 0} | members, "flighttask_progress"
    )
    data = message.data
    assert isinstance(data, FlighttaskProgress)
    assert (data.status, data.current_step, data.percent, data.flight_id) == ("in_progress", 25, 40, "f1")
    assert data.break_point is not None
    assert data.break_point.index == 3
    assert data.ext is not None
    assert data.present() == {"result": 0} | members
    assert message.oddities == []
    assert data.to_wire() == {"result": 0, "output": members}


def test_a_job_tells_its_status_step_and_percentage() -> None:
    output = {"status": "in_progress", "progress": {"percent": 30, "step_key": "open_cover"}}
    message = said("events", {"result": 0, "output": output}, "cover_open")
    assert isinstance(message.data, CoverOpenProgress)
    assert (message.data.status, message.data.percent, message.data.step) == ("in_progress", 30, "open_cover")


def test_firmware_steps_have_had_two_names() -> None:
    for key in ("current_step", "step_key"):
        progress = {"percent": 10, key: "download_firmware"}
        message = said("events", {"output": {"status": "in_progress", "progress": progress}}, "ota_progress")
        assert isinstance(message.data, dji.firmware.OtaProgress)
        assert message.data.step == "download_firmware"


def test_airsense_is_an_array_or_one_aircraft() -> None:
    one = {"icao": "B-5931", "warning_level": 3}
    for data in ([one, one], one):
        message = said("events", data, "airsense_warning", need_reply=1)
        assert isinstance(message.data, AirsenseWarning)
        assert {aircraft.icao for aircraft in message.data.traffic} == {"B-5931"}
        assert message.oddities == []
        assert orjson.loads(dji.encode(message)[1])["data"] == data


def test_one_object_in_an_arrays_place_is_an_array_of_one() -> None:
    location = {"area_id": "a", "is_in_area": True}
    for data in (location, [location]):
        message = said("events", {"drone_locations": data}, "flight_areas_drone_location")
        assert isinstance(message.data, FlightAreasDroneLocation)
        assert message.data.drone_locations is not None
        assert message.data.drone_locations[0].area_id == "a"
        assert message.oddities == []
    message = said("events", {"list": {"level": 2}}, "hms")
    assert message.data.present() == {"list": [{"level": 2}]}
    assert [odd.protocol_says for odd in message.oddities] == ["an array of object"]


def test_an_array_in_the_place_of_data_is_kept() -> None:
    message = said("events", [{"flight_id": "f"}], "flighttask_ready")
    assert message.known
    assert message.oddities == [Oddity("data", [{"flight_id": "f"}], "an object")]
    assert orjson.loads(dji.encode(message)[1])["data"] == [{"flight_id": "f"}]


def test_misspelled_keys_of_the_pages_are_read() -> None:
    message = said("drc/up", {"around_distance": [1, 2]}, "hsi_info_push")
    assert isinstance(message.data, HsiInfoPush)
    assert message.data.around_distances == [1, 2]
    assert message.data.present() == {"around_distances": [1, 2]}
    logs = {"files": [{"module": "3", "list": [{"boot_index": 1, "end_ime": 5}]}]}
    assert said("services_reply", logs, "fileupload_list").data.present()["files"][0]["list"][0]["end_time"] == 5


@pytest.mark.parametrize(
    ("payload", "seq"),
    [(b'{"method":"heart_beat","seq":3,"data":{"timestamp":1}}', 3), (b'{"method":"heart_beat","data":{"seq":4}}', 4)],
)
def test_seq_is_at_the_top_or_on_dock_1_inside(payload: bytes, seq: int) -> None:
    message = dji.decode("thing/product/SN/drc/down", payload)
    assert isinstance(message.data, HeartBeat)
    assert message.seq == seq
    sent = orjson.loads(dji.encode(message)[1])
    assert sent == orjson.loads(payload)


@pytest.mark.parametrize("tail", ["events", "drc/up"])
def test_pushes_are_taken_from_either_topic(tail: str) -> None:
    message = said(tail, {"psdk_index": 1, "floating_window_text": "x"}, "drc_psdk_floating_window_text")
    assert message.known


def test_a_command_of_the_live_flight_controls_may_come_over_services() -> None:
    assert said("services", {"camera_mode": 1}, "drc_camera_mode_switch").known


def test_an_event_without_a_documented_receipt_can_be_receipted() -> None:
    assert said("events_reply", {"result": 0}, "hms").known


def test_osd_is_told_apart_by_product_gateway_or_keys() -> None:
    data = {"mode_code": 5}
    assert isinstance(said("osd", data, gateway=GATEWAY).data, DockOsd)
    assert isinstance(said("osd", data, sn=DRONE, gateway=GATEWAY).data, AircraftOsd)
    assert isinstance(said("osd", data | {"battery": {}}).data, AircraftOsd)
    assert isinstance(said("state", {"track_id": "t"}).data, AircraftState)
    payload = orjson.dumps({"data": data})
    assert isinstance(dji.decode("thing/product/X/osd", payload, product="0-91-1").data, AircraftOsd)
    assert isinstance(dji.decode("thing/product/X/osd", payload, product="3-3-0").data, DockOsd)
    controller = dji.decode("thing/product/X/osd", payload, product="2-144-0")
    assert isinstance(controller.data, dji.Unknown)
    assert controller.data.present() == data


def test_payloads_of_an_aircraft_stand_under_their_index() -> None:
    data = {"height": 500.0, "99-0-0": {"gimbal_pitch": -90, "new": 1}, "other": {}}
    message = said("osd", data, sn=DRONE, gateway=GATEWAY)
    assert isinstance(message.data, AircraftOsd)
    assert message.data.payload_osd["99-0-0"].gimbal_pitch == -90
    assert message.unknown_fields == ("data.99-0-0.new", "data.other")
    assert message.data.present() == data


def test_keys_that_are_no_names_have_one() -> None:
    message = said("osd", {"wireless_link": {"4g_quality": 3, "sdr_quality": 4}}, gateway=GATEWAY)
    assert isinstance(message.data, DockOsd)
    assert message.data.wireless_link is not None
    assert message.data.wireless_link.quality_4g == 3
    assert message.data.present() == {"wireless_link": {"4g_quality": 3, "sdr_quality": 4}}


def test_the_results_of_setting_properties_are_read_by_path() -> None:
    data = {"silent_mode": {"result": 0}, "distance_limit_status": {"state": {"result": 2}}, "height_limit": 1}
    message = said("property/set_reply", data)
    assert isinstance(message.data, PropertySetReply)
    assert message.data.results == {"silent_mode": 0, "distance_limit_status.state": 2, "height_limit": 1}
    assert message.unknown_fields == ()


def test_not_a_number_and_numbers_without_end_are_taken() -> None:
    payload = b'{"gateway":"SN","data":{"wind_speed":NaN,"mode_code":%s,"height":1e999}}' % (b"9" * 400)
    message = dji.decode("thing/product/SN/osd", payload)
    assert message.known
    assert {odd.field for odd in message.oddities} >= {"data.wind_speed", "data.mode_code"}


def test_broken_text_is_taken() -> None:
    payload = b'{"method":"flighttask_resource_get","tid":"\\ud800","data":{"flight_id":"a\xff\x01b"}}'
    message = dji.decode("thing/product/SN/requests", payload)
    assert isinstance(message.data, FlighttaskResourceGet)
    assert message.data.present()["flight_id"] == "a\udcff\x01b"
    dji.encode(message)
