"""Whatever arrives, `decode` answers with a message or one of its own errors, and keeps what it was told.

`DJI_MUTATIONS=100000` makes the mutations as many.
"""

import contextlib
import json
import os
import random
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dji
from dji.model import REGISTRY
from tests.dji import strategies
from tests.dji.strategies import broken, messages

MUTATIONS = int(os.environ.get("DJI_MUTATIONS", "3000"))

SLOW = settings(deadline=None, max_examples=300, suppress_health_check=list(HealthCheck))

TOPICS = [dji.topic_of(kind, "SN") for kind in dji.Kind]

# One message for each method, small, with the names of its fields.
SEEDS = [
    orjson.dumps(
        {
            "tid": "t",
            "bid": "b",
            "timestamp": 1763000000123,
            "gateway": "SN",
            "need_reply": 1,
            "method": method,
            "data": dict.fromkeys(list(model.model_fields)[:8], 1),
        }
    )
    for (_, method), model in REGISTRY.items()
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


def test_mutated_payloads_raise_nothing_but_the_documented_errors() -> None:
    dice = random.Random(20260102)
    read = 0
    for _ in range(MUTATIONS):
        payload = bytearray(dice.choice(SEEDS))
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(payload) + 1)
            match dice.randrange(5):
                case 0:
                    payload[at:at] = dice.choice(SPLICES)
                case 1:
                    del payload[at : at + dice.randint(1, 20)]
                case 2 if at < len(payload):
                    payload[at] = dice.randrange(256)
                case 3:
                    payload[at:at] = payload[: dice.randint(0, 40)]
                case _:
                    colon = payload.find(b":", at)
                    if colon > 0:
                        payload[colon + 1 : colon + 2] = dice.choice(SPLICES)
            if not payload:
                payload = bytearray(b"{}")
        read += answers(dice.choice(TOPICS), bytes(payload)) is not None
    # Most mutations break the JSON; enough do not.
    assert read > MUTATIONS / 20
