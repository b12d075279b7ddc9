"""The two docks of one task: whether they fit, what the gate looks at, and which of them hears the aircraft best."""

from __future__ import annotations

from google.cloud.firestore import AsyncClient
from pydantic import BaseModel
from temporalio import activity

from activities.failures import Failure, failure
from activities.pair_task import unfit
from activities.state.readings import LANDING_KEYS, Readings, read_gate
from activities.telemetry import Telemetry
from store.docks import AircraftRepository, Docks
from store.document import now
from store.orgs import GateLimits, Orgs

FIELD = "landing_dock_sn"


class PairCheck(BaseModel):
    org_id: str
    mission_id: str
    dock_sn: str
    landing_dock_sn: str


class LandingQuery(BaseModel):
    """`listen`: seconds to hear the dock itself."""

    org_id: str
    dock_sn: str
    listen: float


class LandingLook(BaseModel):
    limits: GateLimits
    readings: Readings


class GatewayQuery(BaseModel):
    aircraft_sn: str
    dock_sn: str


class PairState:
    """Activities on two docks at once; they write nothing."""

    def __init__(self, client: AsyncClient, telemetry: Telemetry) -> None:
        self._telemetry = telemetry
        self._docks = Docks(client)
        self._aircraft = AircraftRepository(client)
        self._orgs = Orgs(client)

    @activity.defn
    async def check_pair(self, given: PairCheck) -> None:
        """Raises DockUnknown, DockNotInMission, DockOffline for the landing dock, and DocksUnfit."""
        takeoff, landing = await self._docks.get(given.dock_sn), await self._docks.get(given.landing_dock_sn)
        if takeoff is None or landing is None or landing.org_id != given.org_id:
            raise failure(Failure.DOCK_UNKNOWN, f"there is no dock {given.landing_dock_sn}", field=FIELD)
        if landing.mission_id != given.mission_id:
            raise failure(
                Failure.DOCK_NOT_IN_MISSION, f"dock {landing.sn} is not in mission {given.mission_id}", field=FIELD
            )
        if not landing.online:
            raise failure(Failure.DOCK_OFFLINE, f"dock {landing.sn} is offline", field=FIELD)
        found = unfit(takeoff, landing)
        if found:
            raise failure(Failure.DOCKS_UNFIT, "; ".join(found), field=FIELD)

    @activity.defn
    async def look_at_landing(self, given: LandingQuery) -> LandingLook:
        """Limits, and readings of this moment, of the dock that is to receive the aircraft."""
        heard = await self._telemetry.hear(given.dock_sn, LANDING_KEYS, given.listen, org_id=given.org_id)
        dock, org = await self._docks.get(given.dock_sn), await self._orgs.get(given.org_id)
        limits = org.gate if org is not None else GateLimits()
        if dock is None:
            return LandingLook(limits=limits, readings=Readings())
        return LandingLook(limits=limits, readings=read_gate(dock, None, now(), heard))

    @activity.defn
    async def best_gateway(self, given: GatewayQuery) -> str:
        """The dock to which commands for the aircraft go: `best_link_gateway`; `dock_sn` where it has not said."""
        aircraft = await self._aircraft.get(given.aircraft_sn) if given.aircraft_sn else None
        said = aircraft.state.get("best_link_gateway") if aircraft is not None else None
        return said if isinstance(said, str) and said else given.dock_sn
