"""Products: the documented ones are known, the others are readable, and the relations between them hold."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dji import products as p

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "dji" / "product_types.json"


def test_every_documented_product_and_payload_index_is_known() -> None:
    if not REFERENCE.exists():
        pytest.skip("reference data is not here")
    reference = json.loads(REFERENCE.read_text())
    for device in reference["devices"]:
        found = p.product(device["model_key"])
        assert found.known
        assert (found.domain, found.type, found.sub_type) == (device["domain"], device["type"], device["sub_type"])
    for camera in reference["payloads"]:
        for index in camera["payload_index"]:
            found_payload = p.payload(index)
            assert found_payload is not None
            assert found_payload.type == camera["type"]
    documented = {d["model_key"] for d in reference["devices"]} | {f"1-{c['type']}-0" for c in reference["payloads"]}
    assert {found.key for found in p.products()} == documented


@pytest.mark.parametrize(
    ("key", "name", "domain"),
    [
        ("0-123-0", "unknown aircraft, type 123-0", p.Domain.AIRCRAFT),
        ("3-9-0", "unknown dock, type 9-0", p.Domain.DOCK),
        ("7-1-0", "unknown device of domain 7, type 1-0", p.Domain.UNKNOWN),
        ("banana", "unreadable product key 'banana'", p.Domain.UNKNOWN),
        ("", "unreadable product key ''", p.Domain.UNKNOWN),
    ],
)
def test_an_unknown_product_is_readable(key: str, name: str, domain: p.Domain) -> None:
    found = p.product(key)
    assert (found.name, found.domain, found.known) == (name, domain, False)


@given(st.text())
def test_no_key_raises(text: str) -> None:
    found = p.product(text)
    assert found.name
    p.dock_model(text)
    p.aircraft_model(text)
    p.aircraft_of_dock(text)
    p.main_payload(text)
    p.payload(text)


def test_each_dock_goes_with_its_aircraft_and_back() -> None:
    for dock in p.DOCK_MODELS:
        key = p.product(dock).key
        assert p.dock_model(key) == p.dock_model(p.product(key)) == dock
        for aircraft in p.aircraft_of_dock(key):
            assert p.dock_of_aircraft(aircraft) == key
        assert p.dock_camera(key) == "165-0-7"
    assert p.aircraft_of_dock("3-3-0") == ("0-100-0", "0-100-1")
    assert [p.aircraft_model(key) for key in ("0-67-1", "0-91-0", "0-100-1", "m30", "0-89-0")] == [
        "m30",
        "m3d",
        "m4d",
        "m30",
        None,
    ]
    assert p.dock_model("0-100-0") is None
    assert p.dock_camera("0-100-0") is None
    assert p.dock_camera_positions("3-1-0") == (1,)


@pytest.mark.parametrize(
    ("aircraft", "index", "infrared"),
    [
        ("0-67-0", "52-0-0", False),
        ("0-67-1", "53-0-0", True),
        ("0-91-0", "80-0-0", False),
        ("0-91-1", "81-0-0", True),
        ("0-100-0", "98-0-0", False),
        ("0-100-1", "99-0-0", True),
    ],
)
def test_dock_aircraft_have_one_camera_and_a_pilot_view(aircraft: str, index: str, infrared: bool) -> None:
    camera = p.main_payload(aircraft)
    assert camera is not None
    assert (camera.index, camera.has_ir) == (index, infrared)
    assert p.product(camera.model_key).name == camera.name
    assert p.assist_camera(aircraft) is not None


def test_an_aircraft_with_interchangeable_cameras_has_no_main_one() -> None:
    assert p.main_payload("0-89-0") is None
    assert {camera.index for camera in p.payloads_of("0-89-0")} >= {"82-0-0", "82-0-2"}
    assert p.main_payload("0-5-0") is None
    assert p.assist_camera("0-99-0") is None


def test_a_video_id_comes_apart_and_together() -> None:
    video = p.parse_video_id("1581F/99-0-0/normal-0")
    assert (video.sn, video.payload_index, video.video_type, video.number) == ("1581F", "99-0-0", "normal", 0)
    assert video.video_index == "normal-0"
    assert video.slug == "99-0-0-normal-0"
    assert str(video) == "1581F/99-0-0/normal-0"


@pytest.mark.parametrize("text", ["", "SN", "SN/99-0-0", "SN/99-0/normal-0", "a/b/99-0-0/normal-0", "SN/99-0-0/normal"])
def test_a_malformed_video_id_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="not a video id"):
        p.parse_video_id(text)
