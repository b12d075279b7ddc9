"""Thousands of messages that no page shows: values that the catalogue allows, said in the ways that docks say them."""

import random
from typing import Any

import orjson
import pytest

import dji
from dji.model import REGISTRY, Unknown
from dji.topics import Kind
from tests.dji import reference
from tests.dji.reference import Schema

pytestmark = reference.present

ROUNDS = 12
NOTHING: list[dict[str, Any]] = [{"data": None}, {"data": {}}, {"data": ""}, {}]
# Fields that the pages call one type and the examples another.
_SLIPS = ("prgress", "module", "module_list")


def chosen(field: dict[str, Any], dice: random.Random) -> Any:
    """Another value of those that the catalogue allows."""
    kind, values = field["type"], list(field.get("enum", {}))
    low, high = field.get("min"), field.get("max")
    if kind in ("enum_int", "enum") and values:
        return int(dice.choice(values))
    if kind == "enum_string" and values:
        return dice.choice(values)
    if kind in ("int", "int64") and values:
        return int(dice.choice(values))
    if kind in ("int", "int64") and low is not None and high is not None and low <= high:
        return dice.choice([round(low), round(high), dice.randint(round(low), round(high))])
    if kind in ("float", "double") and low is not None and high is not None and low < high:
        return dice.choice([low, high, round(dice.uniform(low, high), 6)])
    if kind in ("bool", "boolean"):
        return dice.random() < 0.5
    if kind in ("text", "string") and "enum" not in field and not field["path"].endswith(_SLIPS):
        return dice.choice(["", "ä 飞行", "x" * field.get("length", 300), "7f3a-91", "0"])
    return reference.sample(field)


def message_of(schema: Schema, dice: random.Random, *, whole: bool = False) -> dict[str, Any]:
    """Data with some of the documented fields; what is inside of a structure that is left out is left out too."""
    said: list[dict[str, Any]] = []
    dropped: list[str] = []
    for field in schema.fields:
        path = field["path"]
        if not whole and (any(path.startswith(start) for start in dropped) or dice.random() < 0.25):
            dropped += [f"{path}.", f"{path}[]"]
            continue
        said.append(field)
    data = reference.build(tuple(said))
    for field in said:
        if field["type"] in ("array", "enum_list", "struct", "object"):
            continue
        *parents, last = reference.parts_of(field["path"])
        at: Any = data
        for key in parents:
            at = at[key]
            at = at[0] if isinstance(at, list) else at
        if not isinstance(at[last], dict | list):
            at[last] = chosen(field, dice)
    return data


def envelope(schema: Schema, data: Any, dice: random.Random) -> dict[str, Any]:
    """With what docks leave out left out at times."""
    often_left_out = {"timestamp": 1763000000123, "gateway": "GATEWAY", "need_reply": 1}
    kept = {key: value for key, value in often_left_out.items() if dice.random() < 0.6}
    return {"tid": "t1", "bid": "b1", "method": schema.method, "data": data} | kept


def read(schema: Schema, message: dict[str, Any]) -> dji.Message:
    return dji.decode(schema.topic, orjson.dumps(message), product=schema.docks[0])


def expected(oddity: dji.Oddity) -> bool:
    return oddity.field.split(".")[-1].split("[")[0] in _SLIPS


@pytest.mark.parametrize("schema", reference.schemas(), ids=str)
def test_what_the_catalogue_allows_is_read_without_a_word_and_goes_on_as_it_came(schema: Schema) -> None:
    dice = random.Random(str(schema))
    for number in range(ROUNDS):
        data = message_of(schema, dice, whole=number == 0)
        for dock in schema.docks:
            payload = orjson.dumps(envelope(schema, data, dice))
            message = dji.decode(schema.topic, payload, product=dock)
            assert type(message.data) is REGISTRY[schema.kind, schema.method]
            assert [odd for odd in message.oddities if not expected(odd)] == [], data
            assert message.unknown_fields == ()
            assert orjson.loads(dji.encode(message)[1])["data"] == data


def as_text(value: Any) -> Any:
    """The same with every number as text."""
    if isinstance(value, dict):
        return {key: as_text(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_text(inner) for inner in value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


@pytest.mark.parametrize("schema", reference.schemas(), ids=str)
def test_numbers_that_come_as_text_are_the_same_numbers(schema: Schema) -> None:
    dice = random.Random(str(schema))
    for _ in range(3):
        data = message_of(schema, dice)
        plain = read(schema, {"method": schema.method, "tid": "t", "data": data})
        text = read(schema, {"method": schema.method, "tid": "t", "data": as_text(data)})
        assert text.data.present() == plain.data.present()
        assert text.result == plain.result


@pytest.mark.parametrize("schema", reference.schemas(), ids=str)
def test_no_data_is_no_reason_to_stumble(schema: Schema) -> None:
    for nothing in NOTHING:
        message = read(schema, {"tid": "t", "method": schema.method, **nothing})
        assert type(message.data) is REGISTRY[schema.kind, schema.method]
        assert message.data.present() == {}
        assert message.oddities == []
        dji.encode(message)


@pytest.mark.parametrize("schema", reference.schemas(), ids=str)
def test_every_field_may_be_null_strange_or_new_and_is_kept(schema: Schema) -> None:
    dice = random.Random(str(schema))
    data = message_of(schema, dice, whole=True)
    odd: Any
    for field in schema.fields:
        if "." in field["path"] or "[" in field["path"]:
            continue
        for odd in (None, "gibberish", -987654321, [], {"a": 1}):
            said = data | {field["path"]: odd, "brand_new": {"a": [1]}}
            message = read(schema, {"tid": "t", "method": schema.method, "data": said})
            assert type(message.data) is REGISTRY[schema.kind, schema.method]
            assert "data.brand_new" in message.unknown_fields
            kept = orjson.loads(dji.encode(message)[1])["data"]
            assert kept["brand_new"] == {"a": [1]}
            if odd is not None:
                assert field["path"] in kept
        if field.get("enum") and field["type"] == "enum_int" and field["path"] != "result":
            message = read(schema, {"tid": "t", "method": schema.method, "data": {field["path"]: 987}})
            assert message.data.present() == {field["path"]: 987}
            assert any(oddity.field == f"data.{field['path']}" and oddity.said == 987 for oddity in message.oddities)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.OSD, Kind.STATE)])
def test_a_method_that_nobody_documents_is_carried_whole(kind: Kind) -> None:
    topic = dji.topic_of(kind, "SN")
    message = dji.decode(topic, b'{"tid":"t","method":"method_of_tomorrow","data":{"a":{"b":[1,"2"]}}}')
    if kind in (Kind.PROPERTY_SET, Kind.PROPERTY_SET_REPLY):
        assert message.data.present() == {"a": {"b": [1, "2"]}}
        return
    assert isinstance(message.data, Unknown)
    assert message.method == "method_of_tomorrow"
    assert orjson.loads(dji.encode(message)[1])["data"] == {"a": {"b": [1, "2"]}}
