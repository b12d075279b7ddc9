"""Entity `dock/{sn}`: leases the dock to one saga at a time, for as long as the dock is paired.

A lease ends with its saga, also where that was terminated; one that lapses is not given back even where that ends well,
which is found when the dock is next asked for. A person may take the dock by force: the saga that holds it
is told, brings its aircraft home and gives it back; then it is the person's for a bounded time.
"""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import FailureError

from activities.broker import AccountRemoval, Broker
from activities.leases import HolderQuery, Leases
from activities.notify import Alert, Notify
from activities.sagas import FlightHome, Sagas
from activities.state.dock import DockRef, DockState, LeaseMirror, TakingNote, Unbind
from activities.state.relay import LostRelay, RelayState
from store.facts import (
    Actor,
    Ask,
    Close,
    DockLeft,
    Lease,
    LeaseAnswer,
    LeaseRelease,
    LeaseRequest,
    LeaseTake,
    LeaseTaken,
    Presence,
)
from workflows import dock_lease
from workflows.answers import DockState as State
from workflows.answers import Unpaired
from workflows.details import Logbook
from workflows.dock_lease import FIRMWARE, PERSON
from workflows.errors import Failure, failure, root
from workflows.here import here_first
from workflows.inputs import DockInput
from workflows.names import Query, Saga, Signal, Update, Workflow, firmware_rollout_id, relay_id
from workflows.policies import quick, waiting
from workflows.search import PAIRED


@workflow.defn(name=Workflow.DOCK)
class Dock:
    """Grants, queues and takes back leases, and shows the one in force. Ends when the dock is unpaired."""

    @workflow.init
    def __init__(self, given: DockInput) -> None:
        self._given = given
        self._timings = given.timings
        self._lease = given.lease
        self._shown = given.lease
        self._online = given.online
        self._queue: list[str] = []
        self._asking: list[str] = []  # those whose `acquire` has no answer yet, in the queue or on the way there
        self._withdrawn: set[str] = set()  # of these, who were called off
        self._leave: Actor | None = None
        self._unpairing = False
        self._left = False
        self._log = Logbook(Saga.DOCK, f"Dock {given.sn}", org=given.org_id, dock=given.sn)

    @workflow.run
    async def run(self, given: DockInput) -> None:
        self._log.begin(PAIRED, dock_lease.words(self._lease))
        while not self._left:
            await self._wait()
            if self._leave is not None:
                await self._leave_by_signal(self._leave)
            if self._lease != self._shown:
                await self._show()
            elif self._is_long() and not self._left:
                workflow.continue_as_new(given.model_copy(update={"lease": self._lease, "online": self._online}))
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _wait(self) -> None:
        """Until there is something to do; now and then a look at whether the holder still lives."""
        waited_for = self._is_waited_for()
        try:
            await workflow.wait_condition(
                lambda: (
                    self._lease != self._shown
                    or self._leave is not None
                    or self._left
                    or self._is_waited_for() != waited_for
                    or self._is_long()
                ),
                timeout=self._next_look(),
                timeout_summary="Whether the lease still holds",
            )
        except TimeoutError:
            if self._lease is not None:
                await self._see_to_holder(self._lease)

    def _is_waited_for(self) -> bool:
        return bool(self._queue) or (self._lease is not None and self._lease.taken is not None)

    def _next_look(self) -> float | None:
        """Seconds to the end of a person's lease, or to the next look at a saga that holds the dock."""
        if self._lease is None:
            return None
        if self._lease.expires is not None:
            return max(0.001, (self._lease.expires - _now()) / 1000)
        if self._is_waited_for():
            return self._timings.lease_look
        # What is shown of one that lapses is its saga's
        return None if self._lease.lapses else self._timings.lease_look_slow

    def _is_long(self) -> bool:
        """Time to continue as new: only where nobody waits for an answer of this run."""
        info = workflow.info()
        long = info.get_current_history_length() >= self._timings.continue_as_new_events
        return (long or info.is_continue_as_new_suggested()) and workflow.all_handlers_finished()

    async def _show(self) -> None:
        lease = self._lease
        self._describe(lease)
        summary = f"Show that {lease.holder} holds the dock" if lease else "Show that the dock is free"
        await here_first(DockState.mirror_lease, LeaseMirror(sn=self._given.sn, lease=lease), self._timings, summary)
        self._shown = lease

    def _describe(self, lease: Lease | None) -> None:
        self._log.note(dock_lease.words(lease))
        self._log.fact("held by", f"`{lease.holder}` for {lease.user}: {lease.reason}" if lease else None)

    @workflow.update(name=Update.ACQUIRE)
    async def acquire(self, asked: LeaseRequest) -> LeaseAnswer:
        """Grant the dock when it is free, or when its turn comes; else say who holds it."""
        self._check_paired()
        self._withdrawn.discard(asked.holder)
        self._asking.append(asked.holder)
        try:
            return await self._granted_or_not(asked)
        finally:
            self._asking.remove(asked.holder)

    async def _granted_or_not(self, asked: LeaseRequest) -> LeaseAnswer:
        if self._lease is not None and not dock_lease.holds(self._lease, asked):
            await self._see_to_holder(self._lease)
        if self._grant(asked):
            return LeaseAnswer(granted=True, lease=self._lease)
        if not asked.queue or asked.holder in self._withdrawn:
            return LeaseAnswer(granted=False, lease=self._lease)
        if asked.holder not in self._queue:
            self._queue.append(asked.holder)
            self._log.note(f"`{asked.holder}` waits for the dock")
        try:
            await workflow.wait_condition(
                lambda: (
                    self._left
                    or self._unpairing
                    or asked.holder in self._withdrawn
                    or dock_lease.holds(self._lease, asked)
                    or dock_lease.may_have(self._lease, self._queue, asked)
                ),
                timeout=asked.wait,
                timeout_summary=f"{asked.holder} waits for the dock",
            )
            self._check_paired()
            return LeaseAnswer(granted=self._grant(asked), lease=self._lease)
        except TimeoutError:
            return LeaseAnswer(granted=False, lease=self._lease)
        finally:
            if asked.holder in self._queue:
                self._queue.remove(asked.holder)

    def _grant(self, asked: LeaseRequest) -> bool:
        """Give the dock to who asks, unless another holds it or is before them, or they have been called off."""
        if asked.holder in self._withdrawn:
            return False
        if dock_lease.holds(self._lease, asked):
            self._lend(asked)
            if not asked.lapses:
                return True
        elif not dock_lease.may_have(self._lease, self._queue, asked):
            return False
        self._lease = dock_lease.granted(asked, _now())
        if asked.lapses:
            self._describe(self._lease)
            self._shown = self._lease
        return True

    def _lend(self, asked: LeaseRequest) -> None:
        """The holder names the saga that works under its lease; it lends to one at a time, and never lends on."""
        if self._lease is not None and self._lease.holder == asked.holder and asked.lend is not None:
            self._lease = self._lease.model_copy(update={"lent": asked.lend})
            self._log.note(f"`{asked.holder}` lends it to `{asked.lend}`")

    async def _see_to_holder(self, lease: Lease) -> None:
        """A lease ends with its saga: one that was terminated has not given it back. A person's ends with its time."""
        if lease.expires is not None:
            if lease.expires <= _now() and self._lease == lease:
                self._log.note(f"the time of {lease.user} is over")
                self._lease = None
            return
        lives = await workflow.execute_activity_method(
            Leases.holder_lives, HolderQuery(holder=lease.holder), **quick(self._timings, f"Does {lease.holder} live?")
        )
        if not lives and self._lease == lease:
            self._log.note(f"`{lease.holder}` is gone; its lease ends")
            self._lease = dock_lease.after(lease, _now())
            if lease.kind == "relay":
                # One that was terminated has not written its end, and its document would say for ever that it flies
                lost = LostRelay(relay_id=lease.holder.removeprefix(relay_id("")))
                await here_first(RelayState.end_lost, lost, self._timings, f"{lease.holder} is over")
            if self._lease is not None:
                await self._see_to_holder(self._lease)

    @workflow.update(name=Update.RELEASE)
    def release(self, given: LeaseRelease) -> LeaseAnswer:
        """Take the dock back from its holder; who waits for it leaves the queue. From any other, nothing."""
        self._take_back(given.holder)
        return LeaseAnswer(granted=False, lease=self._lease)

    @workflow.signal(name=Signal.RELEASE)
    def released(self, given: LeaseRelease) -> None:
        """As the update, for a holder that needs no answer."""
        self._take_back(given.holder)

    def _take_back(self, holder: str) -> None:
        """From who borrowed it, it goes back to its holder; from the holder, to who still works under it."""
        if holder in self._asking and workflow.patched("leave-the-queue"):
            self._withdrawn.add(holder)
            if holder in self._queue:
                self._queue.remove(holder)
            self._log.note(f"`{holder}` waits no longer")
        if self._lease is None:
            return
        if self._lease.holder == holder:
            self._lease = dock_lease.after(self._lease, _now())
        elif self._lease.taken is not None and dock_lease.person(self._lease.taken.user) == holder:
            self._lease = self._lease.model_copy(update={"taken": None})
        elif self._lease.lent == holder:
            self._lease = self._lease.model_copy(update={"lent": None})

    # By force

    @workflow.update(name=Update.TAKE)
    async def take(self, asked: LeaseTake) -> LeaseAnswer:
        """Take the dock from whoever holds it, for a person. Raises DockUpgrading while firmware is written.

        Not granted yet where the loser first brings its aircraft home: `lease.taken` says who is next then.
        """
        self._check_paired()
        if self._lease is not None:
            await self._see_to_holder(self._lease)
        while self._lease is not None and self._lease.kind == FIRMWARE:
            await self._refuse_while_writing(self._lease)
        self._check_paired()
        lease, taking = self._lease, dock_lease.taken(asked, self._lease, _now())
        if lease is None or lease.kind == PERSON:
            self._lease = dock_lease.of_person(taking, _now())
        else:
            self._lease = lease.model_copy(update={"taken": taking})
            if lease.kind == "relay":
                # It has no aircraft of its own: only the flight that it lends the dock to has one
                self._lease = dock_lease.after(self._lease, _now())
            await self._tell_losers(lease, asked.actor)
        await self._note_taking(lease, asked.actor, taking.since)
        now_held = self._lease
        return LeaseAnswer(granted=now_held is not None and dock_lease.is_of(now_held, asked.actor), lease=now_held)

    async def _refuse_while_writing(self, lease: Lease) -> None:
        """A push leases the dock just before its order, and gives it back after the dock's last word."""
        sn = self._given.sn
        found = await workflow.execute_activity_method(
            Leases.holder_phase, HolderQuery(holder=lease.holder), **quick(self._timings, f"What {lease.holder} is at")
        )
        if self._lease == lease:
            raise failure(
                Failure.DOCK_UPGRADING,
                f"dock {sn} is being upgraded ({found.phase or 'starting'}) by {lease.holder}: {lease.reason}",
                field="sn",
                holder=lease,
            )

    async def _tell_losers(self, lease: Lease, actor: Actor) -> None:
        fact = LeaseTaken(sn=self._given.sn, actor=actor)
        for holder in filter(None, (lease.lent, lease.holder)):
            try:
                await workflow.get_external_workflow_handle(holder).signal(Signal.LEASE_TAKEN, fact)
            except FailureError as error:
                self._log.note(f"`{holder}` could not be told: {root(error)}")

    async def _note_taking(self, lease: Lease | None, actor: Actor, at: int) -> None:
        """In the logbook, in the audit log, and to whoever watches the dock."""
        sn, now_held = self._given.sn, self._lease
        loser = lease.holder if lease is not None else None
        self._log.note(f"**taken by {actor.user}** from `{loser or 'nobody'}`: {actor.reason}")
        await here_first(
            DockState.note_taking,
            TakingNote(
                sn=sn,
                org_id=self._given.org_id,
                actor=actor,
                loser=loser,
                granted=now_held is not None and dock_lease.is_of(now_held, actor),
                at=at,
            ),
            self._timings,
            f"{actor.user} has taken the dock",
        )
        if lease is None:
            return
        alert = Alert(
            org_id=self._given.org_id,
            sn=sn,
            level="warning",
            code="dock-taken",
            text=f"dock {sn} was taken by {actor.user} from {lease.user}: {actor.reason}"[:300],
            saga=lease.holder,
        )
        try:
            await here_first(Notify.alert, alert, self._timings, "Tell people", within=self._timings.activity_quick)
        except FailureError as error:
            self._log.note(f"nobody was told: {root(error)}")

    # The end

    @workflow.update(name=Update.UNPAIR)
    async def unpair(self, asked: Ask) -> Unpaired:
        """Take the dock out of its organisation. Raises DockInUse while it is held, DockAssigned in a mission."""
        await self._unpair(asked.actor)
        return Unpaired(sn=self._given.sn, org_id=self._given.org_id)

    async def _unpair(self, actor: Actor) -> None:
        if self._left:
            return
        sn, timings = self._given.sn, self._timings
        if self._lease is not None:
            await self._see_to_holder(self._lease)
        if self._unpairing or (self._lease is not None and not dock_lease.is_of(self._lease, actor)):
            held = f"is held by {self._lease.holder}" if self._lease else "is being unpaired"
            raise failure(Failure.DOCK_IN_USE, f"dock {sn} {held}", field="sn", holder=self._lease)
        self._unpairing = True
        try:
            former = await workflow.execute_activity_method(
                DockState.membership, DockRef(sn=sn), **quick(timings, f"What the membership of {sn} consists of")
            )
            if former.mission_id is not None:
                raise failure(Failure.DOCK_ASSIGNED, f"dock {sn} is in mission {former.mission_id}", field="sn")
            rollouts = await self._end_flights(actor)
            if former.account is not None:
                await workflow.execute_activity_method(
                    Broker.remove_account,
                    AccountRemoval(account=former.account, sn=sn, org_id=former.org_id),
                    **quick(timings, f"Revoke account {former.account}"),
                )
            await workflow.execute_activity_method(
                DockState.unbind,
                Unbind(membership=former, actor=actor),
                **quick(timings, f"Unbind {sn}, free its seat"),
            )
        finally:
            self._unpairing = False
        self._left = True
        self._log.enter("unpaired", f"by {actor.user}")
        await self._tell_rollouts(rollouts, actor)

    async def _end_flights(self, actor: Actor) -> list[str]:
        """Those that wait for an hour or for their conditions: none of them holds the dock, and none can begin now.

        Returns the rollouts that wait for the dock.
        """
        sn, timings = self._given.sn, self._timings
        found = await workflow.execute_activity_method(
            DockState.flights_to_come, DockRef(sn=sn), **quick(timings, f"Which flights of {sn} are to come")
        )
        why = actor.model_copy(update={"reason": f"dock {sn} is unpaired"})
        for flight in found.flights:
            await workflow.execute_activity_method(
                Sagas.bring_flight_home,
                FlightHome(flight_id=flight, actor=why),
                **waiting(timings, timings.landing, f"Flight {flight} is called off"),
            )
            self._log.note(f"flight `{flight}` is called off")
        return found.rollouts

    async def _tell_rollouts(self, rollouts: list[str], actor: Actor) -> None:
        """They would wait for the dock for ever; one that cannot be told looks by itself, every `firmware_look`."""
        fact = DockLeft(sn=self._given.sn, actor=actor)
        for rollout in rollouts:
            try:
                await workflow.get_external_workflow_handle(firmware_rollout_id(rollout)).signal(Signal.DOCK_LEFT, fact)
            except FailureError as error:
                self._log.note(f"rollout `{rollout}` could not be told: {root(error)}")

    async def _leave_by_signal(self, actor: Actor) -> None:
        self._leave = None
        try:
            await self._unpair(actor)
        except FailureError as error:
            self._log.note(f"**not unpaired**: {root(error)}")

    def _check_paired(self) -> None:
        if self._left or self._unpairing:
            raise failure(Failure.DOCK_UNKNOWN, f"dock {self._given.sn} has been unpaired", field="sn")

    @workflow.signal(name=Signal.CLOSE)
    def close(self, given: Close) -> None:
        self._leave = given.actor

    @workflow.signal(name=Signal.PRESENCE)
    def presence(self, fact: Presence) -> None:
        self._online = fact.online
        self._log.fact("online", "yes" if fact.online else "no")
        self._log.note("online" if fact.online else "offline")

    @workflow.query(name=Query.STATUS)
    def status(self) -> State:
        return State(
            sn=self._given.sn,
            org_id=self._given.org_id,
            online=self._online,
            lease=self._lease,
            queue=self._queue,
        )


def _now() -> int:
    """Epoch ms."""
    return int(workflow.now().timestamp() * 1000)
