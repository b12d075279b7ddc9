"""The topics of the Cloud API: which kind of message a topic carries, and whose it is."""

from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple


class Kind(StrEnum):
    """What a topic carries. Up is from the dock to the cloud."""

    SERVICES = "services"
    SERVICES_REPLY = "services_reply"
    EVENTS = "events"
    EVENTS_REPLY = "events_reply"
    REQUESTS = "requests"
    REQUESTS_REPLY = "requests_reply"
    STATUS = "status"
    STATUS_REPLY = "status_reply"
    OSD = "osd"
    STATE = "state"
    PROPERTY_SET = "property_set"
    PROPERTY_SET_REPLY = "property_set_reply"
    DRC_UP = "drc_up"
    DRC_DOWN = "drc_down"

    @property
    def up(self) -> bool:
        """True where a dock speaks."""
        return self in _UP

    @property
    def drc(self) -> bool:
        """True on the link of the live flight controls, whose envelope has a `seq` in place of ids."""
        return self is Kind.DRC_UP or self is Kind.DRC_DOWN


_UP = frozenset(
    {
        Kind.SERVICES_REPLY,
        Kind.EVENTS,
        Kind.REQUESTS,
        Kind.STATUS,
        Kind.OSD,
        Kind.STATE,
        Kind.PROPERTY_SET_REPLY,
        Kind.DRC_UP,
    }
)

# The part of a topic before and after the serial number.
_SHAPES: dict[Kind, tuple[str, str]] = {
    Kind.SERVICES: ("thing", "services"),
    Kind.SERVICES_REPLY: ("thing", "services_reply"),
    Kind.EVENTS: ("thing", "events"),
    Kind.EVENTS_REPLY: ("thing", "events_reply"),
    Kind.REQUESTS: ("thing", "requests"),
    Kind.REQUESTS_REPLY: ("thing", "requests_reply"),
    Kind.STATUS: ("sys", "status"),
    Kind.STATUS_REPLY: ("sys", "status_reply"),
    Kind.OSD: ("thing", "osd"),
    Kind.STATE: ("thing", "state"),
    Kind.PROPERTY_SET: ("thing", "property/set"),
    Kind.PROPERTY_SET_REPLY: ("thing", "property/set_reply"),
    Kind.DRC_UP: ("thing", "drc/up"),
    Kind.DRC_DOWN: ("thing", "drc/down"),
}
_KINDS = {shape: kind for kind, shape in _SHAPES.items()}
# RC Plus 2 reports its topology here.
_KINDS["thing", "status"] = Kind.STATUS
_KINDS["thing", "status_reply"] = Kind.STATUS_REPLY


class Topic(NamedTuple):
    """A topic, read: the kind of its messages, and the serial number of a gateway or, for osd and state, a device."""

    kind: Kind
    sn: str


@lru_cache(maxsize=8192)
def parse(topic: str) -> Topic | None:
    """Read a topic; None if the Cloud API has no such topic."""
    parts = topic.split("/", 3)
    if len(parts) != 4 or parts[1] != "product" or not parts[2]:
        return None
    kind = _KINDS.get((parts[0], parts[3]))
    return None if kind is None else Topic(kind, parts[2])


def topic_of(kind: Kind, sn: str) -> str:
    """The topic on which messages of a kind go to or from a device."""
    root, tail = _SHAPES[kind]
    return f"{root}/product/{sn}/{tail}"
