"""Entity `auto-stream/{sn}`: video of one dock in one mission's room, from assignment until it is let go."""

from __future__ import annotations

import asyncio

from temporalio import workflow
from temporalio.exceptions import ApplicationError, FailureError, is_cancelled_exception

from activities.mqtt import Protocol
from activities.state.stream import StreamMirror, StreamRef, StreamState
from store.docks import OtherStream, Stream
from store.facts import Actor, Close, CommandReply, LiveCapacity, Presence, PushState, StreamWish
from workflows.answers import AutoStreamState
from workflows.commands import Commands
from workflows.compensation import shielded
from workflows.details import Logbook
from workflows.errors import root
from workflows.here import here_first
from workflows.ingress import close_ingress
from workflows.inputs import AutoStreamInput, RunningStream
from workflows.names import Query, Saga, Signal, Workflow
from workflows.policies import quick
from workflows.stream_plan import Desired, Plan, backoff, merge_wish, plan
from workflows.stream_pushes import Pushes

SYSTEM = Actor(user="auto-stream", reason="the dock is online and in a mission")


@workflow.defn(name=Workflow.AUTO_STREAM)
class AutoStream:
    """Compares what should be streamed with what is, once things have been quiet for the debounce, and acts on it."""

    @workflow.init
    def __init__(self, given: AutoStreamInput) -> None:
        self._given = given
        self._timings = given.timings
        self._online = given.online
        self._capacity = given.capacity
        self._wish = given.wish
        self._attempt = given.attempt
        self._error: str | None = None
        self._quiet_since = given.quiet_since
        self._looked = given.online is not None
        self._changed = not self._looked
        self._close: Close | None = None
        self._shown: Stream | None = None
        self._commands = Commands(given.timings, given.sn, org=given.org_id, mission=given.mission_id)
        self._log = Logbook(
            Saga.AUTO_STREAM,
            f"Video of dock {given.sn}",
            org=given.org_id,
            mission=given.mission_id,
            dock=given.sn,
        )
        self._pushes = Pushes(given, self._commands, self._log, self._unwanted)

    @workflow.run
    async def run(self, given: AutoStreamInput) -> AutoStreamState:
        try:
            while self._close is None:
                await asyncio.gather(self._settle(), self._look_around())
                if self._close is None:
                    await self._reconcile()
                if self._close is None and self._is_long():
                    workflow.continue_as_new(self._carried())
        except (FailureError, asyncio.CancelledError) as error:
            if not is_cancelled_exception(error):
                raise
            self._close = Close(reason="cancelled", actor=Actor(user="temporal"))
        self._log.note(f"ends: {self._close.reason if self._close else ''}")
        await shielded(self._finish())
        await workflow.wait_condition(workflow.all_handlers_finished)
        return self.status()

    def _carried(self) -> AutoStreamInput:
        state = {
            "quiet_since": None,
            "online": self._online,
            "capacity": self._capacity,
            "wish": self._wish,
            "streams": list(self._pushes.running.values()),
            "rtmp": self._pushes.rtmp,
            "attempt": self._attempt,
            "steps": self._pushes.steps,
        }
        return self._given.model_copy(update=state)

    def _is_long(self) -> bool:
        info = workflow.info()
        long = info.get_current_history_length() >= self._timings.continue_as_new_events
        return (long or info.is_continue_as_new_suggested()) and not self._changed

    async def _look_around(self) -> None:
        """A saga that begins asks the store, while it waits for things to be quiet; later it is told by signals, which
        win over what the store said."""
        if self._looked:
            return
        self._looked = True
        found = await workflow.execute_activity_method(
            StreamState.stream_conditions,
            StreamRef(sn=self._given.sn, mission_id=self._given.mission_id),
            **quick(self._timings, "Is the dock online, and what can it stream?"),
        )
        self._online = found.online if self._online is None else self._online
        self._capacity = found.capacity if self._capacity is None else self._capacity
        # A saga that was terminated took nothing down; a saga that begins has made nothing yet
        for ingress_id in found.stale:
            self._log.note(f"closes `{ingress_id}`, which a stream of before left open")
            await close_ingress(self._timings, ingress_id)

    async def _settle(self) -> None:
        """Wait until there is something to do, then until nothing has changed for the debounce."""
        if not self._changed:
            seconds, what = self._next_look()
            try:
                await workflow.wait_condition(
                    lambda: self._changed or self._close is not None, timeout=seconds, timeout_summary=what
                )
            except TimeoutError:
                return
        while self._changed and self._close is None:
            self._changed = False
            since, self._quiet_since = self._quiet_since, None
            passed = max(0.0, workflow.time() - since / 1000) if since is not None else 0.0
            try:
                await workflow.wait_condition(
                    lambda: self._changed or self._close is not None,
                    timeout=max(0.01, self._timings.stream_debounce - passed),
                    timeout_summary="Until nothing changes",
                )
            except TimeoutError:
                return

    def _next_look(self) -> tuple[float | None, str]:
        """How long to wait where nothing changes. Without a stream and without a plan there is nothing to look at."""
        wanted = self._plan()
        if self._attempt and any(each.video_id not in self._pushes.running for each in wanted.desired):
            pause = backoff(self._attempt, self._timings.stream_retry_first, self._timings.stream_retry_most)
            return pause, f"Before attempt {self._attempt + 1}"
        if self._pushes.running:
            return self._timings.stream_check, "A slow look at the stream"
        return None, ""

    def _plan(self) -> Plan:
        return plan(self._given.sn, bool(self._online), self._capacity, self._wish)

    async def _reconcile(self) -> None:
        """One step from what is streamed to what should be."""
        for running in list(self._pushes.running.values()):
            await self._review(running)
        wanted = self._plan()
        if not wanted.desired:
            self._attempt = 0
            stopped = self._wish is not None and self._wish.stopped
            await self._show("stopped" if stopped else "waiting", f"waits for {', '.join(wanted.waits_for)}")
        for desired in wanted.desired:
            if self._close is not None:
                return
            stream = self._pushes.running.get(desired.video_id)
            if stream is None:
                await self._try_start(desired)
            else:
                await self._pushes.adjust(stream, desired, self._actor())
                await self._show("live", None)

    async def _review(self, running: RunningStream) -> None:
        """Take down what is lost, or no longer wanted."""
        if running.state == "live":
            await self._pushes.look(running)
        wanted = self._plan()
        if wanted.of(running.video_id) is None or running.state != "live" or self._protocol() != running.protocol:
            why = "it was lost" if running.state == "lost" else ", ".join(wanted.waits_for) or "another choice"
            await self._pushes.take_down(running, why, self._actor(), self._is_online)

    async def _try_start(self, desired: Desired) -> None:
        pushes = self._pushes
        before = self._protocol()
        try:
            stream = await pushes.start(desired, before, self._actor(), lambda note: self._show("starting", note))
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            if self._protocol() == before:
                self._attempt += 1
            else:
                self._changed = True  # at once, by the other protocol
            found = root(error)
            self._error = found.message if isinstance(found, ApplicationError) else str(found)
            self._log.note(f"attempt {self._attempt} failed: {self._error}")
            failed = pushes.running.get(desired.video_id)
            if failed is not None:
                await pushes.take_down(failed, "it did not start", self._actor(), self._is_online)
            if self._close is None:
                await self._show("retrying", self._error)
            return
        if all(each.video_id in pushes.running for each in self._plan().desired):
            self._attempt, self._error = 0, None
        await self._show("live", f"`{desired.video_id}` as `{stream.identity}`")

    def _protocol(self) -> Protocol:
        return self._pushes.protocol(self._wish.protocol if self._wish is not None else None)

    def _is_online(self) -> bool:
        return bool(self._online)

    def _unwanted(self) -> bool:
        return self._close is not None or not self._online

    async def _finish(self) -> None:
        """Take down what runs."""
        for running in list(self._pushes.running.values()):
            await self._pushes.take_down(running, "the end", self._actor(), self._is_online)
        await self._show("ended", None)

    async def _show(self, phase: str, note: str | None) -> None:
        """Phase, logbook, and the dock's document where it shows something else."""
        main, others = self._main(), self._others()
        if phase in ("starting", "retrying") and main is not None and main.state == "live":
            phase = "live"  # what begins or fails is another camera
        self._log.enter(phase, note)
        shown = Stream(phase=phase, error=self._error, also=others)
        if main is not None:
            shown.video_id, shown.ingress_id, shown.identity = main.video_id, main.ingress_id, main.identity
            shown.quality, shown.protocol = main.quality, main.protocol
        if self._shown is not None and shown == self._shown.model_copy(update={"since": None}):
            return
        shown.since = workflow.now()
        self._shown = shown
        mirror = StreamMirror(
            sn=self._given.sn, mission_id=self._given.mission_id, stream=None if phase == "ended" else shown
        )
        await here_first(StreamState.mirror_stream, mirror, self._timings, f"Show that the stream is {phase}")

    def _main(self) -> RunningStream | None:
        """The push of the main camera; where nothing is wanted any more, the one that is taken down last."""
        running, desired = self._pushes.running, self._plan().desired
        if desired:
            return running.get(desired[0].video_id)
        return next(iter(running.values()), None)

    def _others(self) -> list[OtherStream]:
        wanted, running = self._plan(), self._pushes.running
        found = []
        for desired in wanted.desired[1:]:
            stream = running.get(desired.video_id)
            if stream is None:
                found.append(OtherStream(video_id=desired.video_id, state="starting"))
            else:
                found.append(OtherStream.model_validate(stream.model_dump()))
        return found + [OtherStream(video_id=video_id, state="waiting") for video_id in wanted.missing]

    def _actor(self) -> Actor:
        return self._wish.actor if self._wish is not None else SYSTEM

    @workflow.signal(name=Signal.COMMAND_REPLY)
    def command_reply(self, reply: CommandReply) -> None:
        self._commands.took(reply)

    @workflow.signal(name=Signal.PRESENCE)
    def presence(self, fact: Presence) -> None:
        if self._online != fact.online:
            self._online, self._changed = fact.online, True
            self._log.note("the dock is online" if fact.online else "the dock is offline")

    @workflow.signal(name=Signal.CAPACITY)
    def capacity(self, fact: LiveCapacity) -> None:
        if self._capacity is None or fact.cameras != self._capacity.cameras:
            self._capacity, self._changed = fact, True
            self._log.note(f"the dock reports {len(fact.cameras)} cameras")

    @workflow.signal(name=Signal.PUSH_STATE)
    def push_state(self, fact: PushState) -> None:
        stream = self._pushes.find(fact)
        if stream is None:
            return
        if fact.source == "dock":
            # Only media says that frames come; but a push that failed at the dock will bring none, or none any more
            if fact.state == "error" and stream.state != "lost":
                stream.state, self._changed = "lost", True
            self._log.note(f"the dock says of the push: {fact.state} {fact.error or ''}".rstrip())
        elif fact.state == "live":
            stream.state = "live"
        elif stream.state != "lost":
            stream.state, self._changed = "lost", True
            self._log.note("no frames any more")

    @workflow.signal(name=Signal.STREAM_WISH)
    def stream_wish(self, wish: StreamWish) -> None:
        self._wish, self._changed = merge_wish(self._wish, wish), True
        self._log.note(f"wish of {wish.actor.user}: {wish.model_dump(exclude={'actor'}, exclude_none=True)}")

    @workflow.signal(name=Signal.CLOSE)
    def close(self, given: Close) -> None:
        self._close = given

    @workflow.query(name=Query.STATUS)
    def status(self) -> AutoStreamState:
        stream = self._main()
        return AutoStreamState(
            sn=self._given.sn,
            mission_id=self._given.mission_id,
            phase=self._log.phase,
            waits_for=list(self._plan().waits_for),
            video_id=stream.video_id if stream is not None else None,
            ingress_id=stream.ingress_id if stream is not None else None,
            quality=stream.quality if stream is not None else 0,
            also=[other.video_id for other in self._others() if other.ingress_id is not None],
            attempt=self._attempt,
            error=self._error,
        )
