"""From a message to topic and bytes, and the messages that a cloud or a dock makes."""

import json
import reprlib
from collections.abc import Mapping
from typing import Any

import orjson

from dji import differences, finding
from dji.lenient import read
from dji.message import ABSENT, Message
from dji.model import Body, Unknown
from dji.oddities import Oddity, missing_fields, oddities, unknown_fields
from dji.properties.differences import settable
from dji.properties.setting import PropertySet
from dji.topics import Kind

Data = Body | Mapping[str, Any] | None

_REPLIES = {
    Kind.SERVICES: Kind.SERVICES_REPLY,
    Kind.EVENTS: Kind.EVENTS_REPLY,
    Kind.REQUESTS: Kind.REQUESTS_REPLY,
    Kind.STATUS: Kind.STATUS_REPLY,
    Kind.PROPERTY_SET: Kind.PROPERTY_SET_REPLY,
    Kind.DRC_DOWN: Kind.DRC_UP,
    Kind.DRC_UP: Kind.DRC_DOWN,
}


class EncodeError(ValueError):
    """A message that the protocol does not allow; `field` is the path of what is wrong with it."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(f"{field}: {text}")
        self.field = field


def encode(message: Message) -> tuple[str, bytes]:
    """Topic and payload of a message.

    A message that was received goes on as it came. One that we made, or changed, must keep to the types, bounds and
    enumerations of the protocol and, if it has a `product`, to what that product knows; faults that came in with a
    received message may go out with it.

    Raises:
        EncodeError: the message breaks the protocol; its `field` names the place.
    """
    ids = {"tid": message.tid, "bid": message.bid}
    envelope: dict[str, Any] = {
        key: value for key, value in ids.items() if value or (message.raw is ABSENT and not message.kind.drc)
    }
    if message.timestamp is not None:
        envelope["timestamp"] = message.timestamp
    if message.method:
        envelope["method"] = message.method
    if message.gateway is not None:
        envelope["gateway"] = message.gateway
    if message.need_reply or message.need_reply_said:
        envelope["need_reply"] = int(message.need_reply)
    if message.seq is not None and not (message.kind.drc and "seq" in message.data.model_fields_set):
        envelope["seq"] = message.seq
    envelope |= message.envelope
    envelope["data"] = _data(message)
    return message.topic, _dump(envelope)


def _data(message: Message) -> Any:
    raw, data = message.raw, message.data
    if raw is not ABSENT and read(type(data), raw) == data:
        return raw
    wire = data.to_wire()
    faults = _faults(message, wire)
    if raw is not ABSENT:
        inherited = {fault.field for fault in _faults(message, raw)}
        faults = [fault for fault in faults if fault.field not in inherited]
    if faults:
        worst = faults[0]
        raise EncodeError(worst.field, f"{reprlib.repr(worst.said)} was given, the protocol has {worst.protocol_says}")
    return wire


def _faults(message: Message, wire: Any) -> list[Oddity]:
    model = type(message.data)
    if model is Unknown:
        return []
    even = model.from_wire(wire)
    faults = list(oddities(model, even))
    faults += [Oddity(path, None, "a value here") for path in missing_fields(model, even)]
    faults += [Oddity(path, "a field", "no such field") for path in unknown_fields(model, even)]
    if message.product is not None:
        faults += differences.lacks(message.product, model, even)
        if model is PropertySet:
            can_be_set = settable(message.product)
            faults += [
                Oddity(f"data.{name}", "a value", f"no such property on {message.product}")
                for name in even
                if name not in can_be_set
            ]
    return faults


def _dump(envelope: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(envelope)
    except TypeError:
        pass
    try:
        # Integers beyond 64 bits, and halves of surrogate pairs, as they came.
        return json.dumps(envelope, ensure_ascii=True).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise EncodeError("data", f"cannot be written as JSON: {error}") from None


def make(kind: Kind, sn: str, method: str, data: Data, **envelope: Any) -> Message:
    """A message of any kind from a model or plain data; `envelope` as the arguments of `Message`."""
    if not isinstance(data, Body):
        model = finding.model_of(kind, method, sn, envelope.get("gateway"), data, envelope.get("product"))
        data = read(model or Unknown, dict(data) if data is not None else None)
    return Message(kind, sn, method, data, **envelope)


def command(
    sn: str, method: str, data: Data = None, *, tid: str, bid: str, timestamp: int, product: str | None = None
) -> Message:
    """A command for the dock `sn`, on services. With a `product`, `encode` checks that it has the command."""
    return make(Kind.SERVICES, sn, method, data, tid=tid, bid=bid, timestamp=timestamp, product=product)


def drc_command(
    sn: str,
    method: str,
    data: Data = None,
    *,
    seq: int | None,
    timestamp: int | None = None,
    product: str | None = None,
) -> Message:
    """A command on the link of the live flight controls. Dock 1 wants `seq` inside the data: give None here."""
    return make(Kind.DRC_DOWN, sn, method, data, seq=seq, timestamp=timestamp, product=product)


def property_set(
    sn: str,
    properties: Mapping[str, Any],
    *,
    tid: str,
    bid: str,
    timestamp: int,
    product: str | None = None,
) -> Message:
    """Set properties of the dock `sn` or its aircraft, as {"silent_mode": 1} or {"distance_limit_status.state": 1}.

    A dock takes one leaf a message.
    """
    nested: dict[str, Any] = {}
    for path, value in properties.items():
        *parents, leaf = path.split(".")
        at = nested
        for parent in parents:
            at = at.setdefault(parent, {})
        at[leaf] = value
    data = read(PropertySet, nested)
    return Message(Kind.PROPERTY_SET, sn, "", data, tid=tid, bid=bid, timestamp=timestamp, product=product)


def reply_to(message: Message, data: Data | int = 0, *, timestamp: int | None) -> Message:
    """The reply to a message, with its method and ids. `data` is a model, plain data, or just the `result`."""
    kind = _REPLIES.get(message.kind)
    if kind is None:
        raise EncodeError("kind", f"nothing answers {message.kind}")
    if isinstance(data, int):
        data = {"result": data}
    return make(
        kind,
        message.sn,
        message.method,
        data,
        tid=message.tid,
        bid=message.bid,
        timestamp=timestamp,
        seq=message.seq if message.kind.drc else None,
        product=message.product,
        topic=f"{message.topic}_reply" if message.topic.endswith("/status") else None,
    )
