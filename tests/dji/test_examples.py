"""Every documented example is read into its own model, loses nothing, and is sent again as it was meant."""

from typing import Any

import orjson
import pytest

import dji
from dji.model import REGISTRY
from tests.dji import reference
from tests.dji.reference import Example

pytestmark = reference.present

# Printed under the heading of another method.
_MISNAMED = {
    "drc_camera_shutter_set-2",
    "drc_camera_shutter_set-3",
    "drc_initial_state_subscribe-2",
    "drc_light_brightness_set-2",
}


def _decode(example: Example) -> dji.Message:
    return dji.decode(example.topic, example.file.read_bytes(), product=example.product, method=example.method)


def _all() -> list[Example]:
    return reference.examples()


@pytest.mark.parametrize("example", _all(), ids=str)
def test_it_is_read_into_its_own_model(example: Example) -> None:
    message = _decode(example)
    assert message.known
    if example.kind in (dji.Kind.OSD, dji.Kind.STATE) or example.file.stem in _MISNAMED:
        return
    model = REGISTRY.get((example.kind, example.method)) or REGISTRY.get((dji.Kind.DRC_UP, example.method))
    # One page prints a command of the live flight controls as one of services.
    assert type(message.data) is (model or REGISTRY[dji.Kind.DRC_DOWN, example.method])


@pytest.mark.parametrize("example", _all(), ids=str)
def test_it_loses_nothing_on_the_way_through(example: Example) -> None:
    message = _decode(example)
    said = orjson.loads(example.file.read_bytes())
    topic, payload = dji.encode(message)
    sent = orjson.loads(payload)
    assert topic == example.topic
    printed = said["data"] if "data" in said else {k: v for k, v in said.items() if k != "timestamp"}
    assert sent["data"] == printed
    for key, value in said.items():
        if "data" in said:
            again = sent[key.strip(": ")]
            assert again == value or str(again) == str(value), key
    if "data" in said:
        # The caller named the method of those that do not.
        assert {key.strip(": ") for key in said} >= sent.keys() - {"method"}
    assert dji.decode(topic, payload, product=example.product, method=example.method) == message


@pytest.mark.parametrize("example", _all(), ids=str)
def test_every_leaf_of_it_is_in_the_model(example: Example) -> None:
    message = _decode(example)
    data = type(message.data).from_wire(message.raw)
    _covers(message.data.present(), data, "data")


def test_examples_hold_next_to_no_fields_that_the_models_do_not_know() -> None:
    unknown = {path for example in _all() for path in _decode(example).unknown_fields}
    # An undocumented struct, and keys of the misnamed examples.
    assert unknown <= {"data.ai_wayline_state", "data.aperture_value", "data.shutter_value"}


def _covers(ours: Any, said: Any, path: str) -> None:
    if isinstance(said, dict):
        said = {_right(key): value for key, value in said.items()}
        if isinstance(ours, list):
            ours = ours[0]
        for key, value in said.items():
            assert key in ours, f"{path}.{key}"
            _covers(ours[key], value, f"{path}.{key}")
    elif isinstance(said, list):
        assert len(ours) == len(said), path
        for mine, theirs in zip(ours, said, strict=True):
            _covers(mine, theirs, path)
    elif said not in (None, ""):
        assert ours == said or str(ours) == str(said) or float(ours) == float(said), path


def _right(key: str) -> str:
    return {"around_distance": "around_distances", "prgress": "progress", "end_ime": "end_time"}.get(key, key)
