"""`dji_relays/{id}`: one route that several docks fly, one after another. Written by activities only."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Final, Literal

from pydantic import Field

from store.document import Document, Part, Repository, now

RelayStatus = Literal["starting", "running", "paused", "deciding", "ending", "completed", "partial", "aborted"]
RELAY_OVER: Final[frozenset[str]] = frozenset({"completed", "partial", "aborted"})
LegStatus = Literal["waiting", "flying", "hovering", "returning", "done", "failed", "skipped", "replaced"]
LEG_OVER: Final[frozenset[str]] = frozenset({"done", "failed", "skipped", "replaced"})
Decision = Literal["retry", "skip", "abort"]


class RoutePoint(Part):
    """A waypoint of the whole route. `height` is in metres in the route's height mode, `speed` in m/s."""

    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    height: float = Field(ge=2, le=1500)
    speed: float | None = Field(None, ge=1, le=15)
    photo: bool = False
    hover: float = Field(0, ge=0, le=600, description="seconds")


class CraftLimits(Part):
    """What to plan with in place of what is known of a model's aircraft; None leaves a value as it is."""

    endurance: float | None = Field(None, ge=300, le=7200, description="Seconds in the air from 100 to 0 per cent")
    radius: float | None = Field(None, ge=100, le=20_000, description="m from its dock")
    fastest: float | None = Field(None, ge=3, le=15, description="m/s through the air")


class RelayLeg(Part):
    """One dock's part of the route: metres along it from `start` to `end`."""

    dock_sn: str
    start: float
    end: float
    share: float = Field(description="Part of what the dock's battery allows that the leg takes, with both ways; to 1")
    seconds: float = Field(0, description="Time in the air, at the wind of the plan")
    wayline_id: str | None = None
    flight_id: str | None = None
    attempt: int = 0
    status: LegStatus = "waiting"
    reason: str | None = None


class Question(Part):
    """What a relay waits to be told: about one leg, until a deadline."""

    leg: int = Field(description="From 0")
    dock_sn: str
    reason: str
    until: int = Field(description="Epoch ms; without an answer the relay is aborted then")


class Relay(Document):
    collection: ClassVar[str] = "dji_relays"

    id: str
    org_id: str
    mission_id: str
    name: str
    docks: list[str]
    length_m: float
    overlap: int | None = Field(None, description="Percent of a leg after which the next dock is sent; None: landed")
    rth_altitude: int
    legs: list[RelayLeg]
    status: RelayStatus = "starting"
    reason: str | None = None
    question: Question | None = None
    covered_m: float = 0
    gap_m: float = Field(0, description="Metres of the route that somebody accepted not to be flown")
    requested_by: str
    created_at: datetime = Field(default_factory=now)
    updated_at: datetime = Field(default_factory=now)
    ended_at: datetime | None = None

    @property
    def key(self) -> str:
        return self.id


class Relays(Repository[Relay]):
    model = Relay
