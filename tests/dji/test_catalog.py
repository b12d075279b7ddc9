"""Every documented message, with and without an example, has its model, and every documented field is on it."""

from typing import Any

import orjson
import pytest

import dji
from dji.jobs import JOB_STEPS
from dji.model import REGISTRY
from dji.oddities import Oddity
from dji.schema import Leaf
from tests.dji import reference
from tests.dji.reference import Schema

pytestmark = reference.present

# The catalogue calls these integers; every example has text, and text is what is sent.
_TEXT_IN_EXAMPLES = ("module", "module_list")

# A payload's osd stands under its index; the pages print a placeholder.
_PLACEHOLDERS = ("type_subtype_gimbalindex", "_{type-subtype-gimbalindex}_")


def _expected(oddity: Oddity) -> bool:
    key = oddity.field.split(".")[-1].split("[")[0]
    # The table of Dock 3 has a slip of the pen that its example does not have.
    return key == "prgress" or (key in _TEXT_IN_EXAMPLES and oddity.protocol_says == "text")


def test_all_193_methods_are_there() -> None:
    documented = {schema.method for schema in reference.schemas()}
    assert set(dji.methods()) == documented
    assert len(documented) == 193


@pytest.mark.parametrize(("dock", "count"), [("dock1", 124), ("dock2", 150), ("dock3", 178)])
def test_each_dock_has_the_methods_of_its_pages(dock: str, count: int) -> None:
    documented = {schema.method for schema in reference.schemas() if dock in schema.docks}
    assert set(dji.methods(dock)) == documented
    assert len(documented) == count


@pytest.mark.parametrize("schema", reference.schemas(), ids=str)
def test_a_model_is_registered_for_its_docks(schema: Schema) -> None:
    model = REGISTRY[schema.kind, schema.method]
    for dock in schema.docks:
        assert int(dock[-1]) in model.docks
        assert dji.supports(dock, schema.method, schema.kind)


def test_no_dock_is_claimed_that_the_catalogue_does_not_name() -> None:
    docks: dict[tuple[dji.Kind, str], set[int]] = {}
    for schema in reference.schemas():
        docks.setdefault((schema.kind, schema.method), set()).update(int(dock[-1]) for dock in schema.docks)
    claimed = {key: set(model.docks) for key, model in REGISTRY.items() if model.documented}
    assert claimed == docks


@pytest.mark.parametrize("schema", reference.schemas(), ids=str)
def test_every_documented_path_is_on_the_model(schema: Schema) -> None:
    model = REGISTRY[schema.kind, schema.method]
    for field in schema.fields:
        leaf = reference.leaf_at(model, field["path"])
        assert leaf is not None, field["path"]
        assert leaf.spec.doc, field["path"]


_TYPES = {
    "text": {"text"},
    "string": {"text"},
    "date": {"text"},
    "enum_string": {"text"},
    "int": {"integer", "number"},
    "int64": {"integer"},
    "enum_int": {"integer"},
    "enum_list": {"integer"},
    "float": {"number"},
    "double": {"number"},
    "bool": {"boolean"},
    "boolean": {"boolean"},
    "struct": {"object"},
    "object": {"object"},
}


@pytest.mark.parametrize("schema", reference.schemas(), ids=str)
def test_types_are_those_of_the_catalogue(schema: Schema) -> None:
    for field in schema.fields:
        leaf = reference.leaf_at(REGISTRY[schema.kind, schema.method], field["path"])
        assert leaf is not None
        if field["path"].split(".")[-1] in _TEXT_IN_EXAMPLES:
            continue
        kind = field.get("item_type", field["type"]) if field["type"] == "array" else field["type"]
        # Slips of the pages: an interval of 2.5 s called an integer, and arrays whose items are not described.
        if kind != "array" and not field["path"].endswith("interval_photo_interval"):
            assert leaf.type in _TYPES[kind], field["path"]
        assert leaf.many or field["type"] not in ("array", "enum_list"), field["path"]


# Bounds that are no bounds (the least and the largest float), and those of the M30's zoom, which other aircraft pass.
_NO_BOUNDS = ("latitude", "longitude", "zoom_factor", "ir_zoom_factor")

# Enumerations that are no set of values: step numbers differ between docks (`dji.steps`), a result may be any code.
_OPEN = ("current_step", "result")

# A name counted in bytes, flights counted in "times", a height in degrees, and times whose unit is the dock's.
_UNIT_SLIPS = ("play_file_name", "job_number", "height", "start_time", "end_time")
_UNITS = {"degree/s": "°/s", "day": "d"}


def _facts(leaf: Leaf, field: dict[str, Any]) -> None:
    """Bounds, values, lengths and units that are documented stand on the field as well, and are not narrower there."""
    path, spec, name = field["path"], leaf.spec, reference.parts_of(field["path"])[-1]
    number = field["type"] in ("int", "int64", "float", "double") and not spec.values and name not in _NO_BOUNDS
    if number and "min" in field:
        assert spec.low is not None, path
        assert spec.low <= field["min"], path
    if number and "max" in field:
        assert spec.high is not None, path
        assert spec.high >= field["max"], path
    if field.get("enum") and leaf.type != "boolean" and name not in _OPEN:
        assert set(field["enum"]) <= {str(value) for value in spec.values}, path
    # 10240 stands for no limit.
    if field.get("length", 10240) < 10240 and leaf.type == "text":
        assert spec.length == field["length"], path
    if field.get("size") is not None:
        assert spec.size == field["size"], path
    if field.get("unit") and name not in _UNIT_SLIPS:
        unit = field["unit"].split(" / ")[-1]
        assert (spec.unit or "").removeprefix("0.1 ") == _UNITS.get(unit, unit), path


@pytest.mark.parametrize("schema", reference.schemas(), ids=str)
def test_bounds_values_lengths_and_units_are_those_of_the_catalogue(schema: Schema) -> None:
    for field in schema.fields:
        leaf = reference.leaf_at(REGISTRY[schema.kind, schema.method], field["path"])
        assert leaf is not None
        _facts(leaf, field)


@pytest.mark.parametrize("device", sorted(reference.properties()))
def test_bounds_values_lengths_and_units_of_properties_are_documented_ones(device: str) -> None:
    for field in reference.properties()[device]:
        leaf = reference.leaf_at(reference.properties_model(device), field["path"])
        if leaf is not None:
            _facts(leaf, field)


@pytest.mark.parametrize("method", sorted(JOB_STEPS))
def test_the_steps_of_a_job_are_those_of_its_page(method: str) -> None:
    schema = next(s for s in reference.schemas() if (s.kind, s.method) == (dji.Kind.EVENTS, method))
    documented = next(field for field in schema.fields if field["path"] == "output.progress.step_key")["enum"]
    # On Dock 1 the rods are closed with the cover; its page lists them with their own commands only.
    rods = {"free_putter", "close_putter"} if method == "cover_close" else set()
    assert set(JOB_STEPS[method]) == set(documented) | rods


@pytest.mark.parametrize("schema", reference.schemas(), ids=str)
def test_a_message_with_every_field_is_read_whole(schema: Schema) -> None:
    data = reference.build(schema.fields)
    payload = orjson.dumps(
        {"tid": "t", "bid": "b", "timestamp": 1, "gateway": "GATEWAY", "method": schema.method, "data": data}
    )
    message = dji.decode(schema.topic, payload, product=schema.docks[0])
    assert type(message.data) is REGISTRY[schema.kind, schema.method]
    assert message.unknown_fields == ()
    assert [oddity for oddity in message.oddities if not _expected(oddity)] == []
    for field in schema.fields:
        _same(reference.reach(message.data, field["path"]), _value(data, field["path"]), field["path"])
    topic, again = dji.encode(message)
    assert topic == schema.topic
    assert orjson.loads(again)["data"] == data


@pytest.mark.parametrize("schema", reference.schemas(), ids=str)
def test_a_message_that_we_make_of_the_catalogue_is_one_we_may_send(schema: Schema) -> None:
    data = reference.build(schema.fields)
    message = dji.make(schema.kind, "GATEWAY", schema.method, data, tid="t", bid="b", product=schema.docks[0])
    _, payload = dji.encode(message)
    said = dji.decode(schema.topic, payload, product=schema.docks[0])
    assert said.data == message.data
    assert said.oddities == []


@pytest.mark.parametrize("device", sorted(reference.properties()))
def test_every_property_is_on_the_model_with_its_push_mode(device: str) -> None:
    model = reference.properties_model(device)
    for field in reference.properties()[device]:
        path = field["path"]
        if path in _PLACEHOLDERS:
            continue
        leaf = reference.leaf_at(model, path)
        assert leaf is not None, path
        if "." not in path and path != "acc_time" and field["push_mode"]:  # that is state by the table, osd by examples
            assert leaf.spec.push == {"0": "osd", "1": "state"}[field["push_mode"]], path
        if field.get("access") == "rw":
            assert leaf.spec.settable, path
            settable = reference.leaf_at(dji.make(dji.Kind.PROPERTY_SET, "", "", None).data.__class__, path)
            assert settable is not None, path


@pytest.mark.parametrize("device", sorted(reference.properties()))
def test_an_osd_with_every_property_is_read_whole(device: str) -> None:
    fields = tuple(reference.properties()[device])
    data = reference.build(fields)
    product = device if device.startswith("dock") else device.removeprefix("aircraft_")
    payload = orjson.dumps({"tid": "t", "bid": "b", "timestamp": 1, "data": data})
    for kind in ("osd", "state"):
        message = dji.decode(f"thing/product/DEVICE/{kind}", payload, product=product)
        assert message.known
        assert message.unknown_fields == ()
        assert message.oddities == []
        for field in fields:
            if not field["path"].startswith(_PLACEHOLDERS):
                _same(reference.reach(message.data, field["path"]), _value(data, field["path"]), field["path"])


def _value(data: Any, path: str) -> Any:
    for key in reference.parts_of(path):
        if isinstance(data, list):
            data = data[0]
        data = data[key]
    return data


def _same(read: Any, said: Any, path: str) -> None:
    if isinstance(said, dict | list):
        assert read is not None, path
    else:
        assert read == said or str(read) == str(said), path
