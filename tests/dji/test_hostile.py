"""Whatever arrives, `decode` answers with a message or one of its own errors, and keeps what it was told.

`make mutate` makes 100,000 mutations (`DJI_MUTATIONS`).
"""

import contextlib
import copy
import json
import math
import os
import random
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dji
from dji.model import REGISTRY
from dji.properties.aircraft import AircraftOsd, AircraftState
from dji.properties.dock import DockOsd, DockState
from dji.properties.setting import PropertySet
from dji.schema import Type, table
from tests.dji import strategies
from tests.dji.strategies import broken, messages

MUTATIONS = int(os.environ.get("DJI_MUTATIONS", "3000"))

SLOW = settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))

TOPICS = [dji.topic_of(kind, "SN") for kind in dji.Kind]

# What is put in the place of a value.
VALUES: list[Any] = [
    None, True, -1, 0, 1.5, 10**30, -(2**63), math.inf, math.nan, "", "0", "-7", "1e3", "NaN", "ok", "\ud800", "\x00",
    "9" * 5000, "x" * 20_000, [], {}, [None], {"a": 1}, [[[[1]]]],
]  # fmt: skip

_ONE: dict[Type, Any] = {"integer": 1, "number": 1.5, "text": "1", "boolean": True, "any": 1}


def whole(model: type[dji.Model]) -> dict[str, Any]:
    """Data with every field of a model, inner ones included."""
    data: dict[str, Any] = {}
    for leaf in table(model).values():
        value = whole(leaf.model) if leaf.model is not None else _ONE[leaf.type]
        data[leaf.wire] = [value] if leaf.many else value
    return data


_MODELS: list[type[dji.Body]] = [*REGISTRY.values(), DockOsd, DockState, AircraftOsd, AircraftState, PropertySet]

# Where each message belongs, and its bytes: one of each method, and of osd, state and settings.
SEEDS = [
    (
        dji.topic_of(model.kind, "SN"),
        orjson.dumps(
            {
                "tid": "t",
                "bid": "b",
                "timestamp": 1763000000123,
                "gateway": "SN",
                "need_reply": 1,
                "method": model.method,
                "data": whole(model),
            }
        ),
    )
    for model in _MODELS
]

SPLICES = [
    b"NaN", b"-Infinity", b"1e999", b"9" * 5000, b"\\ud800", b"\xff", b"\x00", b"[" * 300, b'{"a":' * 300, b"null",
    b'"data":[],', b'"data":1,', b'"method":1,', b'"method":null,', b"true", b"-", b"\xef\xbb\xbf", b'"', b"}", b"{",
    b"1.5", b'"1"', b"[]", b"{}", b'"tid":[1],', b'"timestamp":"x",', b'"need_reply":[],', b'"seq":1.5,', b"\\u0000",
]  # fmt: skip


def answers(topic: str, payload: bytes) -> dji.Message | None:
    """Decode, look at everything, encode; only the documented errors may be raised."""
    try:
        message = dji.decode(topic, payload)
    except dji.DecodeError:
        return None
    assert isinstance(message.oddities, list)
    assert isinstance(message.unknown_fields, tuple)
    assert message.result is None or isinstance(message.result, int)
    assert isinstance(message.tid, str)
    assert isinstance(message.bid, str)
    assert isinstance(message.method, str)
    assert message.timestamp is None or isinstance(message.timestamp, int)
    message.data.present()
    with contextlib.suppress(dji.EncodeError):
        dji.encode(message)
    return message


@SLOW
@given(messages())
def test_a_valid_message_is_read_without_a_word_and_sent_as_it_was(made: tuple[str, bytes]) -> None:
    topic, payload = made
    message = dji.decode(topic, payload)
    assert message.known
    assert message.oddities == []
    assert message.unknown_fields == ()
    said = orjson.loads(payload)
    again = dji.decode(*dji.encode(message))
    assert again == message
    assert orjson.loads(dji.encode(message)[1])["data"] == said["data"]


@SLOW
@given(messages())
def test_a_valid_message_may_be_sent_by_us_too(made: tuple[str, bytes]) -> None:
    topic, payload = made
    message = dji.decode(topic, payload)
    if message.kind in (dji.Kind.OSD, dji.Kind.STATE):
        return
    ours = dji.make(message.kind, message.sn, message.method, message.data, tid="t", bid="b")
    assert dji.decode(*dji.encode(ours)).data == message.data


@SLOW
@given(broken())
def test_a_broken_message_is_still_a_message(made: tuple[str, dict[str, Any]]) -> None:
    topic, said = made
    message = answers(topic, json.dumps(said).encode())
    assert message is not None
    data = said.get("data")
    if isinstance(data, dict) and message.known and message.kind not in (dji.Kind.EVENTS, dji.Kind.DRC_UP):
        kept = message.data.present()
        lost = {key for key in data if key not in kept and key.removesuffix(":") not in kept}
        assert not lost - {"around_distance", "end_ime", "prgress"}


@SLOW
@given(
    st.sampled_from(TOPICS), st.binary(max_size=64) | strategies.anything.map(lambda value: json.dumps(value).encode())
)
def test_any_bytes_are_answered(topic: str, payload: bytes) -> None:
    answers(topic, payload)


@SLOW
@given(st.text(max_size=40))
def test_any_topic_is_answered(topic: str) -> None:
    answers(topic, b'{"data":{}}')


def bent(payload: bytes, dice: random.Random) -> bytes:
    """The same message with other values, keys or shapes somewhere in it; still JSON."""
    said = json.loads(payload)
    for _ in range(dice.randint(1, 4)):
        at: Any = said
        while True:
            key: Any = dice.choice(list(at)) if isinstance(at, dict) else dice.randrange(len(at))
            inner = at[key]
            if not isinstance(inner, dict | list) or not inner or dice.random() < 0.3:
                break
            at = inner
        match dice.randrange(4):
            case 0 if isinstance(at, dict) and len(at) > 1:
                at[f"{key}:"] = at.pop(key)
            case 1 if len(at) > 1:
                del at[key]
            case 2:
                at[key] = dice.choice([[inner], {"": inner}, [inner, {}], str(inner), [[]]])
            case _:
                at[key] = copy.deepcopy(dice.choice(VALUES))
    return json.dumps(said).encode()


def mangled(payload: bytes, dice: random.Random) -> bytes:
    """The same bytes with some of them gone, changed, doubled or put in between; seldom still JSON."""
    out = bytearray(payload)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(out) + 1)
        match dice.randrange(5):
            case 0:
                out[at:at] = dice.choice(SPLICES)
            case 1:
                del out[at : at + dice.randint(1, 20)]
            case 2 if at < len(out):
                out[at] = dice.randrange(256)
            case 3:
                out[at:at] = out[: dice.randint(0, 40)]
            case _:
                colon = out.find(b":", at)
                if colon > 0:
                    out[colon + 1 : colon + 2] = dice.choice(SPLICES)
        if not out:
            out = bytearray(b"{}")
    return bytes(out)


def test_mutated_payloads_raise_nothing_but_the_documented_errors() -> None:
    dice = random.Random(20260102)
    read = 0
    for _ in range(MUTATIONS):
        topic, payload = dice.choice(SEEDS)
        if dice.random() < 0.2:
            topic = dice.choice(TOPICS)
        if dice.random() < 0.6:
            payload = bent(payload, dice)
        if dice.random() < 0.5:
            payload = mangled(payload, dice)
        read += answers(topic, payload) is not None
    # Many are no JSON any more; enough are.
    assert read > MUTATIONS / 3
