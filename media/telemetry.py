"""What a dock's telemetry peer says in its room, as JSON data packets.

Every packet is `{"sn": serial of the dock, "topic": see below, "at": epoch ms, "data": {...}}` and holds the whole
present picture of its topic, so that a lost one is made good by the next and a late joiner needs no history:

| topic        | data                                                                    | sent         |
|--------------|-------------------------------------------------------------------------|--------------|
| `dock`       | osd and state of the dock, keys as DJI's; `online` from presence        | lossy        |
| `aircraft`   | osd and state of the aircraft, `aircraft_sn`                            | lossy        |
| `flight`     | decoded progress of the running flight task                             | reliable     |
| `alerts`     | `alerts`: the dock's open and newest alerts, as in `GET /v1/alerts`     | reliable     |
| `notices`    | the newest word of dock or saga that warned, `method` or `code`, `data` | reliable     |
| `detections` | boxes of one picture, as last seen                                      | lossy        |

A topic on which nothing is new is repeated every second or so (lossy, with its old `at`); whoever comes gets all topics
reliably as soon as LiveKit tells of him, which may take it 3 s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson


@dataclass(frozen=True)
class Channel:
    """How one part of the bridge's live feed goes into the room. `merged`: a message changes the picture key by key,
    otherwise it is the picture."""

    topic: str
    reliable: bool
    merged: bool


CHANNELS: Final[Mapping[str, Channel]] = {
    "dock": Channel("dock", reliable=False, merged=True),
    "presence": Channel("dock", reliable=True, merged=True),
    "aircraft": Channel("aircraft", reliable=False, merged=True),
    "flight": Channel("flight", reliable=True, merged=False),
    "alert": Channel("notices", reliable=True, merged=False),
    "alerts": Channel("alerts", reliable=True, merged=False),
    "detections": Channel("detections", reliable=False, merged=False),
}


@dataclass(frozen=True)
class Live:
    """One message of the bridge's live feed, `argus/live/{org}/{sn}/{part}`."""

    org: str
    sn: str
    part: str
    at: int
    data: dict[str, Any]


@dataclass(frozen=True)
class Packet:
    """A data packet for a room."""

    topic: str
    payload: bytes
    reliable: bool


class NotTelemetry(ValueError):
    """A message on the live feed that is not as it should be."""


def read_live(topic: str, payload: bytes) -> Live:
    """Read a message of the live feed. Raises NotTelemetry."""
    try:
        _, _, org, sn, part = topic.split("/")
        message = orjson.loads(payload)
        return Live(org, sn, part, int(message["at"]), dict(message["data"]))
    except (ValueError, KeyError, TypeError) as error:
        raise NotTelemetry(f"{topic}: {error}") from error


class Picture:
    """What is known now of one dock, by topic."""

    def __init__(self, sn: str) -> None:
        self._sn = sn
        self._topics: dict[str, tuple[int, dict[str, Any]]] = {}

    def take(self, live: Live) -> Packet | None:
        """Bring the picture up to date: the packet that tells it, or None for a part that is not told in rooms."""
        channel = CHANNELS.get(live.part)
        if channel is None:
            return None
        before = self._topics.get(channel.topic, (0, {}))[1] if channel.merged else {}
        self._topics[channel.topic] = (live.at, {**before, **live.data})
        return self._packet(channel.topic, channel.reliable)

    def begin(self, live: Live) -> None:
        """What was known before anything was heard; what was heard since is newer."""
        channel = CHANNELS[live.part]
        at, heard = self._topics.get(channel.topic, (live.at, {}))
        if channel.merged or not heard:
            self._topics[channel.topic] = (max(at, live.at), {**live.data, **heard})

    def packets(self, reliable: bool = True) -> list[Packet]:
        """All of it, for one who has just come."""
        return [self._packet(topic, reliable) for topic in self._topics]

    def _packet(self, topic: str, reliable: bool) -> Packet:
        at, data = self._topics[topic]
        payload = orjson.dumps({"sn": self._sn, "topic": topic, "at": at, "data": data})
        return Packet(topic, payload, reliable)
