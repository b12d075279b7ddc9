"""Entity `mission/{id}`: its docks, and an end that brings home what flies and tidies up after everybody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from temporalio import workflow
from temporalio.exceptions import ActivityError, FailureError, is_cancelled_exception
from temporalio.workflow import ActivityConfig

from activities.media import Media, RoomRef
from activities.sagas import DockQuery, FlightHome, RelayHome, Sagas, StreamEnd
from activities.state.mission import Assignment, MissionClosing, MissionRef, NewMission
from activities.state.mission import MissionState as Store
from activities.state.stream import DockStreams, StreamState
from store.facts import Actor, AssignDock, EndMission, UnassignDock
from store.missions import MissionStatus
from store.relays import RELAY_OVER
from workflows.answers import Assigned, MissionEnding, MissionState
from workflows.compensation import shielded
from workflows.details import Logbook
from workflows.errors import Failure, failure, root
from workflows.here import here_first
from workflows.ingress import close_ingress
from workflows.inputs import AutoStreamInput, MissionInput
from workflows.names import Query, Saga, Update, Workflow
from workflows.policies import quick, waiting


@workflow.defn(name=Workflow.MISSION)
class Mission:
    """Takes docks in and lets them go, one change at a time, until it ends."""

    @workflow.init
    def __init__(self, given: MissionInput) -> None:
        self._given = given
        self._timings = given.timings
        self._status: MissionStatus = "planning"
        self._docks = list(given.docks)
        self._started = given.started
        self._ending: EndMission | None = None
        self._problems: list[str] = []
        self._changing = asyncio.Lock()
        self._log = Logbook(Saga.MISSION, f"Mission {given.name}", org=given.org_id, mission=given.mission_id)

    @workflow.run
    async def run(self, given: MissionInput) -> MissionState:
        try:
            if not self._started:
                await self._open()
            await workflow.wait_condition(lambda: self._ending is not None or self._is_long())
            if self._ending is None:
                workflow.continue_as_new(given.model_copy(update={"docks": self._docks, "started": True}))
        except (FailureError, asyncio.CancelledError) as error:
            if not is_cancelled_exception(error):
                raise
            self._ending = EndMission(
                outcome="aborted", actor=Actor(user="temporal", reason="the mission's saga was cancelled")
            )
        await shielded(self._end(self._ending))
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.status()

    def _is_long(self) -> bool:
        info = workflow.info()
        long = info.get_current_history_length() >= self._timings.continue_as_new_events
        return (long or info.is_continue_as_new_suggested()) and workflow.all_handlers_finished()

    async def _open(self) -> None:
        given = self._given
        self._log.enter("planning", f"created by {given.actor.user}")
        await workflow.execute_activity_method(
            Store.open_mission,
            NewMission(mission_id=given.mission_id, org_id=given.org_id, name=given.name, actor=given.actor),
            **quick(self._timings, "Write the mission"),
        )
        self._started = True
        try:
            await workflow.execute_activity_method(
                Media.ensure_room,
                RoomRef(room=given.mission_id),
                **quick(self._timings, "Make the room", within=self._timings.activity_slow),
            )
        except ActivityError as error:
            # The room is made anyway by who comes in first
            self._log.note(f"no room yet: {root(error)}")

    # Docks

    @workflow.update(name=Update.ASSIGN)
    async def assign(self, asked: AssignDock) -> Assigned:
        """Take a dock in, and start its stream. Raises DockUnknown, DockAssigned (also here), MissionEnded."""
        async with self._changing:
            await workflow.wait_condition(lambda: self._started or self._ending is not None)
            self._check_open()
            asked_at = int(workflow.time() * 1000)
            if asked.sn in self._docks:
                raise failure(Failure.DOCK_ASSIGNED, f"dock {asked.sn} is in this mission already", field="sn")
            done = await here_first(
                Store.assign_dock, self._assignment(asked), self._timings, f"Assign dock {asked.sn}"
            )
            self._docks.append(asked.sn)
            await here_first(
                Sagas.start_auto_stream,
                AutoStreamInput(
                    sn=asked.sn,
                    org_id=self._given.org_id,
                    mission_id=self._given.mission_id,
                    timings=self._timings,
                    quiet_since=asked_at,
                ),
                self._timings,
                f"Start the stream of dock {asked.sn}",
            )
            self._changed(done.status, f"dock `{asked.sn}` assigned by {asked.actor.user}")
        await self._tell_peers()
        return self._assigned(asked.sn)

    @workflow.update(name=Update.UNASSIGN)
    async def unassign(self, asked: UnassignDock) -> Assigned:
        """Let a dock go, once its stream is down. Raises DockNotInMission, DockInUse while it flies for the mission."""
        async with self._changing:
            self._check_open()
            if asked.sn not in self._docks:
                raise failure(Failure.DOCK_NOT_IN_MISSION, f"dock {asked.sn} is not in this mission", field="sn")
            state = await workflow.execute_activity_method(
                Sagas.dock_state, DockQuery(sn=asked.sn), **quick(self._timings, f"Who holds dock {asked.sn}?")
            )
            if state is not None and state.lease is not None:
                raise failure(
                    Failure.DOCK_IN_USE,
                    f"dock {asked.sn} is held by {state.lease.holder}: {state.lease.reason}",
                    field="sn",
                    holder=state.lease,
                )
            await self._end_stream(asked.sn, "unassigned", asked.actor)
            done = await workflow.execute_activity_method(
                Store.unassign_dock, self._assignment(asked), **quick(self._timings, f"Let dock {asked.sn} go")
            )
            self._docks.remove(asked.sn)
            self._changed(done.status, f"dock `{asked.sn}` let go by {asked.actor.user}")
        await self._tell_peers()
        return self._assigned(asked.sn)

    def _check_open(self) -> None:
        if self._ending is not None:
            raise failure(Failure.MISSION_ENDED, f"mission {self._given.name} is ending, or has ended")

    def _assignment(self, asked: AssignDock) -> Assignment:
        return Assignment(mission_id=self._given.mission_id, org_id=self._given.org_id, sn=asked.sn, actor=asked.actor)

    def _assigned(self, sn: str) -> Assigned:
        return Assigned(mission_id=self._given.mission_id, sn=sn, docks=self._docks)

    def _changed(self, status: MissionStatus, note: str) -> None:
        self._status = status
        self._log.enter(status, note)
        self._log.fact("docks", ", ".join(f"`{sn}`" for sn in self._docks) or "none")

    async def _tell_peers(self) -> None:
        """Media looks by itself too, so that its absence holds nothing up."""
        try:
            await workflow.execute_activity_method(
                Media.reconcile_peers,
                **quick(self._timings, "Telemetry peers join and leave", within=self._timings.peers_told),
            )
        except ActivityError as error:
            self._log.note(f"telemetry peers were not told: {root(error)}")

    async def _end_stream(self, sn: str, reason: str, actor: Actor) -> None:
        """Take the dock's stream down, and see that no way in is left, whatever died half-way."""
        await workflow.execute_activity_method(
            Sagas.end_auto_stream,
            StreamEnd(sn=sn, mission_id=self._given.mission_id, reason=reason, actor=actor),
            **waiting(self._timings, self._timings.activity_slow, f"Take down the stream of dock {sn}"),
        )
        left = await workflow.execute_activity_method(
            StreamState.open_ingresses,
            DockStreams(sn=sn, mission_id=self._given.mission_id),
            **quick(self._timings, f"Is a way in left for dock {sn}?"),
        )
        for ingress_id in left.ingresses:
            await close_ingress(self._timings, ingress_id)

    # The end

    @workflow.update(name=Update.END)
    def end(self, asked: EndMission) -> MissionEnding:
        """Take up the end, and answer at once; a second word changes nothing."""
        if self._ending is None:
            self._ending = asked
            self._status = "ending"
        return MissionEnding(mission_id=self._given.mission_id, status=self._status, docks=self._docks)

    async def _end(self, asked: EndMission | None) -> None:
        assert asked is not None, "ending"
        given, timings = self._given, self._timings
        self._status = "ending"
        self._log.enter("ending", f"{asked.outcome}, asked for by {asked.actor.user}")
        async with self._changing:
            await self._close_document("ending", asked.actor)
            await self._try("what is under way", self._bring_all_home(asked.actor))
            docks = list(self._docks)
            await asyncio.gather(*(self._try(f"dock {sn}", self._let_go(sn, asked.actor)) for sn in docks))
            await self._try("telemetry peers", self._tell_peers())
            await self._try(
                "room",
                workflow.execute_activity_method(
                    Media.delete_room,
                    RoomRef(room=given.mission_id),
                    **quick(timings, "Send everyone out of the room", within=self._timings.activity_slow),
                ),
            )
            await self._close_document(asked.outcome, asked.actor)
        self._status = asked.outcome
        self._log.enter(asked.outcome, "; ".join(self._problems) or "nothing is left behind")

    async def _close_document(self, status: MissionStatus, actor: Actor) -> None:
        await workflow.execute_activity_method(
            Store.close_mission,
            MissionClosing(
                mission_id=self._given.mission_id,
                status="ending" if status == "ending" else "aborted" if status == "aborted" else "completed",
                problems=self._problems,
                actor=actor,
            ),
            **quick(self._timings, f"The mission is {status}"),
        )

    async def _bring_all_home(self, actor: Actor) -> None:
        """All at once, each as long as its way home takes; what is not home by then is a problem for a person."""
        found = await workflow.execute_activity_method(
            Store.under_way,
            MissionRef(mission_id=self._given.mission_id),
            **quick(self._timings, "What is under way?"),
        )
        await asyncio.gather(
            *(
                self._try(f"relay {relay}", self._abort_relay(relay, legs, actor))
                for relay, legs in found.relays.items()
            ),
            self._bring_flights_home(found.flights, actor),
        )

    async def _bring_flights_home(self, flights: list[str], actor: Actor) -> None:
        await asyncio.gather(*(self._try(f"flight {flight}", self._bring_home(flight, actor)) for flight in flights))

    async def _abort_relay(self, relay: str, legs: list[str], actor: Actor) -> None:
        """It brings its aircraft home; of one whose saga was ended by hand, they are on their own."""
        why = "the mission ends" + (f": {actor.reason}" if actor.reason else "")
        home = await workflow.execute_activity_method(
            Sagas.abort_relay,
            RelayHome(relay_id=relay, actor=actor.model_copy(update={"reason": why})),
            **self._homecoming(f"Relay {relay} comes home"),
        )
        self._log.note(f"relay `{relay}` has ended: {home.status or 'before'}")
        if home.status not in RELAY_OVER:
            await self._bring_flights_home(legs, actor)

    async def _bring_home(self, flight: str, actor: Actor) -> None:
        home = await workflow.execute_activity_method(
            Sagas.bring_flight_home,
            FlightHome(flight_id=flight, actor=actor),
            **self._homecoming(f"Flight {flight} comes home"),
        )
        self._log.note(f"flight `{flight}` has ended: {home.status or 'before'}")

    def _homecoming(self, summary: str) -> ActivityConfig:
        config = waiting(self._timings, self._timings.mission_end_flight, summary)
        config["schedule_to_close_timeout"] = config["start_to_close_timeout"]
        return config

    async def _let_go(self, sn: str, actor: Actor) -> None:
        await self._end_stream(sn, "the mission ends", actor)
        await workflow.execute_activity_method(
            Store.unassign_dock,
            self._assignment(AssignDock(sn=sn, actor=actor)),
            **quick(self._timings, f"Let dock {sn} go"),
        )
        self._docks.remove(sn)
        self._log.note(f"dock `{sn}` is free")

    async def _try(self, name: str, step: Awaitable[None]) -> None:
        """A step that fails stops no other; it is reported on the mission."""
        try:
            await step
        except FailureError as error:
            problem = f"{name}: {root(error)}"
            workflow.logger.warning("mission %s: %s", self._given.mission_id, problem)
            self._log.note(f"**{problem}**")
            self._problems.append(problem)

    @workflow.query(name=Query.STATUS)
    def status(self) -> MissionState:
        return MissionState(
            mission_id=self._given.mission_id, status=self._status, docks=self._docks, problems=self._problems
        )
