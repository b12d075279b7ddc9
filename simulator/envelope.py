"""The messages that a dock sends, as bytes; the one place that knows how its envelopes look."""

from __future__ import annotations

from random import Random
from typing import Any

import orjson

Json = dict[str, Any]


def new_id(random: Random) -> str:
    """A tid or bid; from the dock's own random numbers, so that a run can be repeated."""
    digits = f"{random.getrandbits(128):032x}"
    # By hand, since `uuid` takes as long for two of them as a message takes to be written.
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"


def envelope(
    *,
    at: int,
    data: Any,
    tid: str,
    bid: str,
    method: str | None = None,
    gateway: str | None = None,
    need_reply: int | None = None,
) -> Json:
    """A message of the cloud link. Keys that are None are left out, as docks leave them out."""
    message: Json = {"tid": tid, "bid": bid, "timestamp": at, "data": data}
    if method is not None:
        message["method"] = method
    if gateway is not None:
        message["gateway"] = gateway
    if need_reply is not None:
        message["need_reply"] = need_reply
    return message


def to_bytes(message: Any) -> bytes:
    """As it goes over the wire."""
    return orjson.dumps(message)
