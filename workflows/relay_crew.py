"""The docks of a relay: who of them flies what, their leases, and the files of their legs."""

from __future__ import annotations

from temporalio import workflow

from activities.legs import LegFiles, Legs
from activities.state.relay import RelayPlanned, RelayQuery, RelayState
from store.facts import LeaseRequest
from store.relays import RelayLeg
from workflows.compensation import Compensations
from workflows.errors import dock_busy
from workflows.here import here_first
from workflows.inputs import RelayInput
from workflows.leasing import ask_for_lease, give_back
from workflows.policies import quick


class Crew:
    """What has to be there before a leg can be flown. What is leased is given back by `undo`."""

    def __init__(self, given: RelayInput, undo: Compensations) -> None:
        self._given = given
        self._timings = given.timings
        self._undo = undo

    def after(self, sn: str) -> list[str]:
        """The docks behind this one in the order that was asked for; also such as the plan had no need of."""
        docks = self._given.docks
        return docks[docks.index(sn) + 1 :]

    async def plan(self, docks: list[str], start: float, *, strict: bool) -> RelayPlanned:
        """Who flies what from metre `start` of the route on. Raises what `RelayState.plan_relay` does."""
        given = self._given
        return await here_first(
            RelayState.plan_relay,
            RelayQuery(
                org_id=given.org_id,
                mission_id=given.mission_id,
                docks=docks,
                route=given.route,
                speed=given.speed,
                reserve=given.reserve,
                rth_altitude=given.rth_altitude + given.separation,
                crafts=given.crafts,
                start=start,
                strict=strict,
            ),
            self._timings,
            f"Who flies what, from metre {start:.0f} on",
        )

    async def lease(self, sn: str, lend: str | None = None) -> None:
        """Take the dock for the relay; with `lend`, let that saga use it. Raises DockBusy where another holds it."""
        given, me = self._given, workflow.info().workflow_id
        if lend is None:
            self._undo.add(f"lease of {sn}", lambda: give_back(sn, self._timings))
        request = LeaseRequest(holder=me, kind="relay", reason=f"relay {given.name}", actor=given.actor, lend=lend)
        summary = f"Lend dock {sn} to the flight" if lend else None
        answer = await ask_for_lease(sn, given.org_id, request, self._timings, summary)
        if not answer.granted:
            raise dock_busy(sn, answer.lease, field=f"docks[{given.docks.index(sn)}]")

    async def upload(self, legs: list[RelayLeg], after: int = 0) -> None:
        """Make the files of these legs, of which the first is number `after` + 1. Raises RouteInvalid."""
        given = self._given
        for leg in legs:
            leg.wayline_id = workflow.uuid4().hex
        await workflow.execute_activity_method(
            Legs.upload_legs,
            LegFiles(
                relay_id=given.relay_id,
                org_id=given.org_id,
                name=given.name,
                route=given.route,
                height_mode=given.height_mode,
                speed=given.speed,
                rth_altitude=given.rth_altitude,
                legs=legs,
                first=after + 1,
                actor=given.actor,
            ),
            **quick(self._timings, f"Upload the files of {len(legs)} legs"),
        )
