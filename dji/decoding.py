"""From topic and bytes to a message."""

import json
from typing import Any

import orjson
import pydantic_core

from dji import finding, topics
from dji.lenient import read
from dji.message import Message
from dji.oddities import Oddity

_ENVELOPE = frozenset({"tid", "bid", "timestamp", "gateway", "need_reply", "seq", "method", "data"})
_MISSING: Any = object()


class DecodeError(ValueError):
    """A payload that is no message of the Cloud API."""


class NotJson(DecodeError):
    """The payload is not JSON, or is nested deeper than any message."""


class NotAnObject(DecodeError):
    """The payload is JSON, but no object."""


class UnknownTopic(DecodeError):
    """The topic is none of the Cloud API's."""


def decode(topic: str, payload: bytes, *, product: str | None = None, method: str | None = None) -> Message:
    """Decode one MQTT message.

    Args:
        topic: the topic it came on.
        payload: its bytes.
        product: the product of the device ("3-2-0", "0-91-0", "dock2"), where known.
        method: the method to assume if the message names none, for a caller that knows it (from the `tid`, say).

    Raises:
        UnknownTopic: the topic is none of the Cloud API's.
        NotJson: the payload is not JSON.
        NotAnObject: the payload is JSON, but no object.
    """
    where = topics.parse(topic)
    if where is None:
        raise UnknownTopic(f"no topic of the Cloud API: {topic[:200]!r}")
    kind, sn = where
    found = _parse(payload)
    if type(found) is not dict:
        raise NotAnObject(f"an object was expected, this is {type(found).__name__}")

    slips: list[Oddity] = []
    extra: dict[str, Any] | None = None
    if not (found.keys() <= _ENVELOPE and "data" in found):
        found, extra = _straighten(found, slips)

    get = found.get
    name = get("method")
    if type(name) is not str:
        name = _text(name, "method", slips)
    raw = get("data")
    gateway = get("gateway")
    if gateway is not None and type(gateway) is not str:
        gateway = _text(gateway, "gateway", slips)
    model = finding.model_of(kind, name, sn, gateway, raw, product)
    if model is None:
        model, name = finding.guess(kind, name, method, raw, slips)

    tid = get("tid", "")
    bid = get("bid", "")
    timestamp = get("timestamp")
    need_reply = get("need_reply")
    data = read(model, raw)
    seq = get("seq")
    if seq is None and kind.drc:
        seq = getattr(data, "seq", None)
    return Message(
        kind,
        sn,
        name,
        data,
        tid=tid if type(tid) is str else _text(tid, "tid", slips),
        bid=bid if type(bid) is str else _text(bid, "bid", slips),
        timestamp=timestamp if type(timestamp) is int else _integer(timestamp, "timestamp", slips),
        gateway=gateway,
        need_reply=None if need_reply is None else need_reply in (True, 1, "1", "true"),
        seq=seq if type(seq) is int else _integer(seq, "seq", slips),
        product=product,
        raw=raw,
        envelope=extra,
        slips=tuple(slips),
        topic=topic,
    )


def _parse(payload: bytes) -> Any:
    try:
        return orjson.loads(payload)
    except orjson.JSONDecodeError:
        pass
    try:
        # Takes NaN and numbers of any length, which some firmware prints.
        return pydantic_core.from_json(payload, allow_inf_nan=True)
    except ValueError:
        pass
    try:
        # Takes a byte order mark, bytes that are no UTF-8, halves of surrogate pairs, and control characters.
        return json.loads(bytes(payload).decode("utf-8-sig", errors="surrogateescape"), strict=False)
    except (ValueError, RecursionError) as error:
        raise NotJson(f"not JSON: {str(error)[:200]}") from None


def _straighten(found: dict[str, Any], slips: list[Oddity]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Even out an envelope with misprinted or unknown keys, or without `data`."""
    envelope: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for key, value in found.items():
        name = key.strip(": ")
        if name not in _ENVELOPE:
            extra[key] = value
            continue
        if name != key:
            slips.append(Oddity(key, key, f'the key is "{name}"'))
            if name in found:
                continue
        envelope[name] = value
    if "data" not in envelope and extra:
        # Some pages print the data of a message as the whole of it.
        slips.append(Oddity("data", None, "an object of its own"))
        return {**envelope, "data": extra}, {}
    return envelope, extra


def _text(value: Any, field: str, slips: list[Oddity]) -> str:
    if value is None:
        return ""
    slips.append(Oddity(field, value, "text"))
    try:
        return str(value) if type(value) in (int, float) else ""
    except ValueError:  # an integer of thousands of digits
        return ""


def _integer(value: Any, field: str, slips: list[Oddity]) -> int | None:
    if value is None:
        return None
    slips.append(Oddity(field, value, "integer"))
    try:
        return int(value) if isinstance(value, str | float) else None
    except (ValueError, OverflowError):
        return None
