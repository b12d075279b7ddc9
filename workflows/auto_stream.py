"""Entity `auto-stream/{sn}`: video of one dock in one mission's room, from assignment until it is let go."""

from __future__ import annotations

import asyncio
import uuid

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from activities.mqtt import PushLink
from activities.state.stream import IngressRef, NewIngress, StreamMirror, StreamRef, StreamState
from dji.live import LiveLensChange, LiveSetQuality, LiveStartPush, LiveStopPush
from store.docks import Stream
from store.facts import Actor, Close, CommandReply, LiveCapacity, Presence, PushState, StreamWish
from workflows.answers import AutoStreamState
from workflows.commands import NAMESPACE, Commands
from workflows.compensation import shielded
from workflows.details import Logbook
from workflows.errors import Failure, failure, root
from workflows.here import here_first
from workflows.ingress import close_ingress
from workflows.inputs import AutoStreamInput, RunningStream
from workflows.names import Query, Saga, Signal, Workflow
from workflows.policies import quick
from workflows.stream_plan import Desired, Plan, backoff, merge_wish, plan

WHIP = 4  # url_type
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
        self._stream = given.stream
        self._attempt = given.attempt
        self._steps = given.steps
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
            "stream": self._stream,
            "attempt": self._attempt,
            "steps": self._steps,
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
        if self._stream is not None:
            return self._timings.stream_check, "A slow look at the stream"
        if self._attempt and self._plan().desired is not None:
            pause = backoff(self._attempt, self._timings.stream_retry_first, self._timings.stream_retry_most)
            return pause, f"Before attempt {self._attempt + 1}"
        return None, ""

    def _plan(self) -> Plan:
        return plan(self._given.sn, bool(self._online), self._capacity, self._wish)

    async def _reconcile(self) -> None:
        """One step from what is streamed to what should be."""
        wanted = self._plan()
        running = self._stream
        if running is not None and running.state == "live":
            await self._look(running)
        if running is not None and (
            wanted.desired is None or running.state != "live" or running.video_id != wanted.desired.video_id
        ):
            why = "it was lost" if running.state == "lost" else ", ".join(wanted.waits_for) or "another camera"
            await self._take_down(running, why)
            wanted = self._plan()
        if wanted.desired is None:
            self._attempt = 0
            stopped = self._wish is not None and self._wish.stopped
            await self._show("stopped" if stopped else "waiting", f"waits for {', '.join(wanted.waits_for)}")
        elif self._stream is None:
            await self._try_start(wanted.desired)
        else:
            await self._adjust(self._stream, wanted.desired)

    async def _try_start(self, desired: Desired) -> None:
        try:
            await self._start(desired)
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            self._attempt += 1
            self._error = str(root(error))
            self._log.note(f"attempt {self._attempt} failed: {self._error}")
            if self._stream is not None:
                await self._take_down(self._stream, "it did not start")
            if self._close is None:
                await self._show("retrying", self._error)

    async def _start(self, desired: Desired) -> None:
        """Ingress, push, first frame. The stream is known before its ingress is: it is taken down in any case."""
        ingress_id = self._next_id("ingress")
        stream = RunningStream(ingress_id=ingress_id, video_id=desired.video_id, quality=desired.quality)
        self._stream = stream
        place = NewIngress(
            sn=self._given.sn,
            mission_id=self._given.mission_id,
            ingress_id=ingress_id,
            org_id=self._given.org_id,
            video_id=desired.video_id,
            workflow_id=workflow.info().workflow_id,
        )
        opened = await here_first(StreamState.open_ingress, place, self._timings, f"A place for {desired.video_id}")
        stream.identity = opened.identity
        # The dock need not wait until it is shown
        showing = asyncio.ensure_future(self._show("starting", f"`{desired.video_id}` by ingress `{ingress_id}`"))
        try:
            await self._commands.send(
                LiveStartPush(url_type=WHIP, video_id=desired.video_id, video_quality=desired.quality),
                step=self._step("live_start_push"),
                actor=self._actor(),
                push_links=[PushLink(path="url", ingress_id=ingress_id)],
                unless=self._unwanted,
            )
        finally:
            await showing
        try:
            await workflow.wait_condition(
                lambda: stream.state != "starting" or self._unwanted(),
                timeout=self._timings.stream_first_frame,
                timeout_summary=f"First frame of {desired.video_id}",
            )
        except TimeoutError:
            await self._look(stream)
        if stream.state != "live":
            raise failure(Failure.NO_FIRST_FRAME, f"no video of {desired.video_id} arrived")
        self._attempt, self._error = 0, None
        if desired.lens is not None:
            await self._switch_lens(stream, desired.lens)
        await self._show("live", f"`{desired.video_id}` as `{opened.identity}`")

    def _unwanted(self) -> bool:
        return self._close is not None or not self._online

    async def _look(self, stream: RunningStream) -> None:
        """What media says in the store, in case a signal never came."""
        look = await workflow.execute_activity_method(
            StreamState.look_at_ingress,
            IngressRef(ingress_id=stream.ingress_id),
            **quick(self._timings, "What media says of the stream"),
        )
        if look.state == "live" and stream.state == "starting":
            stream.state = "live"
        elif look.state in (None, "lost", "closed"):
            stream.state = "lost"

    async def _adjust(self, stream: RunningStream, desired: Desired) -> None:
        """Quality and lens of a running stream. A refusal is noted and not tried again: the picture still runs."""
        if stream.quality != desired.quality:
            stream.quality = desired.quality
            body = LiveSetQuality(video_id=stream.video_id, video_quality=desired.quality)
            try:
                await self._commands.send(
                    body, step=self._step("live_set_quality"), actor=self._actor(), unless=self._unwanted
                )
            except ApplicationError as error:
                self._log.note(f"quality not set: {error.message}")
        if stream.lens != desired.lens and desired.lens is not None:
            await self._switch_lens(stream, desired.lens)
        await self._show("live", None)

    async def _switch_lens(self, stream: RunningStream, lens: str) -> None:
        stream.lens = lens
        try:
            await self._commands.send(
                LiveLensChange(video_type=lens),
                step=self._step("live_lens_change"),
                actor=self._actor(),
                unless=self._unwanted,
            )
        except ApplicationError as error:
            self._log.note(f"lens not switched: {error.message}")

    async def _take_down(self, stream: RunningStream, why: str) -> None:
        """Ask the dock to stop, then close the ingress, which ends the push in any case."""
        self._log.note(f"takes `{stream.video_id}` down: {why}")
        if self._online:
            try:
                await self._commands.send(
                    LiveStopPush(video_id=stream.video_id),
                    step=self._step("live_stop_push"),
                    actor=self._actor(),
                    within=self._timings.stream_stop,
                    resends=0,
                    unless=lambda: not self._online,
                )
            except (ApplicationError, ActivityError) as error:
                if is_cancelled_exception(error):
                    raise
                self._log.note(f"the dock did not stop by itself: {root(error)}")
        problem = await close_ingress(self._timings, stream.ingress_id)
        if problem is not None:
            self._log.note(f"**{problem}**")
        self._stream = None

    async def _finish(self) -> None:
        """Take down what runs."""
        if self._stream is not None:
            await self._take_down(self._stream, "the end")
        await self._show("ended", None)

    async def _show(self, phase: str, note: str | None) -> None:
        """Phase, logbook, and the dock's document where it shows something else."""
        self._log.enter(phase, note)
        stream = self._stream
        shown = Stream(phase=phase, error=self._error)
        if stream is not None:
            shown.video_id, shown.ingress_id, shown.identity = stream.video_id, stream.ingress_id, stream.identity
            shown.quality = stream.quality
        if self._shown is not None and shown == self._shown.model_copy(update={"since": None}):
            return
        shown.since = workflow.now()
        self._shown = shown
        mirror = StreamMirror(
            sn=self._given.sn, mission_id=self._given.mission_id, stream=None if phase == "ended" else shown
        )
        await here_first(StreamState.mirror_stream, mirror, self._timings, f"Show that the stream is {phase}")

    def _actor(self) -> Actor:
        return self._wish.actor if self._wish is not None else SYSTEM

    def _step(self, method: str) -> str:
        self._steps += 1
        return f"{method}/{self._steps}"

    def _next_id(self, what: str) -> str:
        info = workflow.info()
        name = f"{info.workflow_id}|{info.first_execution_run_id}|{self._step(what)}"
        return uuid.uuid5(NAMESPACE, name).hex

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
        stream = self._stream
        if stream is None or (fact.ingress_id not in (None, stream.ingress_id)) or fact.video_id != stream.video_id:
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
        stream = self._stream
        return AutoStreamState(
            sn=self._given.sn,
            mission_id=self._given.mission_id,
            phase=self._log.phase,
            waits_for=list(self._plan().waits_for),
            video_id=stream.video_id if stream is not None else None,
            ingress_id=stream.ingress_id if stream is not None else None,
            quality=stream.quality if stream is not None else 0,
            attempt=self._attempt,
            error=self._error,
        )
