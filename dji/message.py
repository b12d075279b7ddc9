"""One message of the Cloud API: its envelope, and its data as the method's own model."""

from typing import Any

from dji.model import Body, Unknown
from dji.oddities import Oddity, oddities, unknown_fields
from dji.topics import Kind, topic_of

ABSENT: Any = object()


class Message:
    """A message, decoded or about to be encoded.

    Attributes:
        kind: what its topic carries.
        sn: the serial number in the topic: of the gateway or, for osd and state, of the device.
        method: the method's name; "" where there is none (osd, state, property set).
        tid, bid: ids of the exchange and of the business flow; "" when absent.
        timestamp: milliseconds since 1970, or None.
        gateway: serial number of the gateway, or None.
        need_reply: True if the sender waits for an `events_reply`.
        need_reply_said: True if the message says whether it does; absent is no.
        seq: the number of a message on the link of the live flight controls, or None.
        data: the method's own model, or `Unknown`.
        product: the product ("3-2-0") it was decoded or is to be encoded for, or None.
        raw: the data as it came, or `ABSENT` for a message that we made.
        envelope: what else stood beside the data, under keys that the protocol does not name.
        topic: the topic it came on, or goes to.
    """

    __slots__ = (
        "_oddities",
        "bid",
        "data",
        "envelope",
        "gateway",
        "kind",
        "method",
        "need_reply",
        "need_reply_said",
        "product",
        "raw",
        "seq",
        "slips",
        "sn",
        "tid",
        "timestamp",
        "topic",
    )

    def __init__(
        self,
        kind: Kind,
        sn: str,
        method: str,
        data: Body,
        *,
        tid: str = "",
        bid: str = "",
        timestamp: int | None = None,
        gateway: str | None = None,
        need_reply: bool | None = None,
        seq: int | None = None,
        product: str | None = None,
        raw: Any = ABSENT,
        envelope: dict[str, Any] | None = None,
        slips: tuple[Oddity, ...] = (),
        topic: str | None = None,
    ) -> None:
        self.kind = kind
        self.sn = sn
        self.method = method
        self.data = data
        self.tid = tid
        self.bid = bid
        self.timestamp = timestamp
        self.gateway = gateway
        self.need_reply = bool(need_reply)
        self.need_reply_said = need_reply is not None
        self.seq = seq
        self.product = product
        self.raw = raw
        self.envelope: dict[str, Any] = envelope or {}
        self.slips = slips
        self.topic = topic or topic_of(kind, sn)
        self._oddities: list[Oddity] | None = None

    @property
    def result(self) -> int | None:
        """`data.result`: 0 is accepted, anything else an error code; None if the message has none."""
        found = getattr(self.data, "result", None)
        return found if type(found) is int else None

    @property
    def known(self) -> bool:
        """True if the protocol documents this message."""
        return not isinstance(self.data, Unknown)

    @property
    def oddities(self) -> list[Oddity]:
        """All that the protocol does not allow in this message. Worked out on first access."""
        if self._oddities is None:
            found = list(self.slips)
            if not self.known and self.method:
                found.append(Oddity("method", self.method, f"no such method on {self.kind}"))
            data = self.data.present() if self.raw is ABSENT else self.raw
            found.extend(oddities(type(self.data), type(self.data).from_wire(data)))
            self._oddities = found
        return self._oddities

    @property
    def unknown_fields(self) -> tuple[str, ...]:
        """The paths of all fields that the protocol does not document; they are kept in the data."""
        found = tuple(self.envelope)
        if not self.known:
            return found
        data = self.data.present() if self.raw is ABSENT else self.raw
        return found + tuple(unknown_fields(type(self.data), type(self.data).from_wire(data)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return self._meaning() == other._meaning()

    __hash__ = None  # type: ignore[assignment]  # messages hold mutable data

    def _meaning(self) -> tuple[Any, ...]:
        ids = (self.kind, self.sn, self.method, self.tid, self.bid, self.seq)
        return (*ids, self.timestamp, self.gateway, self.need_reply, self.data)

    def __repr__(self) -> str:
        return f"Message({self.kind}, sn={self.sn!r}, method={self.method!r}, tid={self.tid!r}, data={self.data!r})"
