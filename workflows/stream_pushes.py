"""The pushes of a dock's cameras: each with its ingress, started, followed and taken down by the saga of the stream."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from typing import Final

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, is_cancelled_exception

from activities.mqtt import Protocol, PushLink
from activities.state.stream import IngressRef, NewIngress, StreamState
from dji.live import LiveLensChange, LiveSetQuality, LiveStartPush, LiveStopPush
from store.facts import Actor, PushState
from workflows.commands import NAMESPACE, Commands
from workflows.details import Logbook
from workflows.errors import Failure, dji_code, failure, root
from workflows.here import here_first
from workflows.ingress import close_ingress
from workflows.inputs import AutoStreamInput, RunningStream
from workflows.policies import quick
from workflows.stream_plan import Desired

URL_TYPES: Final[dict[Protocol, int]] = {"whip": 4, "rtmp": 1}
CANNOT_WHIP: Final = frozenset({513013, 613010})
"""A dock's answers that another try does not change: it does not know the protocol, or not our answer's SDP."""


class Pushes:
    """What is pushed now, by video id. `unwanted` is asked while a push is waited for."""

    def __init__(self, given: AutoStreamInput, commands: Commands, log: Logbook, unwanted: Callable[[], bool]) -> None:
        self._given = given
        self._timings = given.timings
        self._commands = commands
        self._log = log
        self._unwanted = unwanted
        self.running = {stream.video_id: stream for stream in given.streams}
        self.rtmp = given.rtmp
        self.steps = given.steps

    def find(self, fact: PushState) -> RunningStream | None:
        """The push that a word of media or the dock is about."""
        stream = self.running.get(fact.video_id)
        return stream if stream is not None and fact.ingress_id in (None, stream.ingress_id) else None

    def protocol(self, wished: str | None) -> Protocol:
        """What to push by: as wished, else WHIP until the dock has refused it."""
        if wished == "whip":
            return "whip"
        return "rtmp" if wished == "rtmp" or self.rtmp else "whip"

    async def start(
        self, desired: Desired, protocol: Protocol, actor: Actor, show: Callable[[str], Awaitable[None]]
    ) -> RunningStream:
        """Ingress, push, first frame. The stream is known before its ingress is: it is taken down in any case.

        Raises ApplicationError or ActivityError; `running` has it then, as far as it came.
        """
        ingress_id = self._next_id("ingress")
        stream = RunningStream(
            ingress_id=ingress_id, video_id=desired.video_id, quality=desired.quality, protocol=protocol
        )
        self.running[desired.video_id] = stream
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
        showing = asyncio.ensure_future(show(f"`{desired.video_id}` by {protocol} to ingress `{ingress_id}`"))
        try:
            await self._order(stream, protocol, actor)
        finally:
            await showing
        try:
            await workflow.wait_condition(
                lambda: stream.state != "starting" or self._unwanted(),
                timeout=self._timings.stream_first_frame,
                timeout_summary=f"First frame of {desired.video_id}",
            )
        except TimeoutError:
            await self.look(stream)
        if stream.state != "live":
            raise failure(Failure.NO_FIRST_FRAME, f"no video of {desired.video_id} arrived")
        if desired.lens is not None:
            await self._switch_lens(stream, desired.lens, actor)
        return stream

    async def _order(self, stream: RunningStream, protocol: Protocol, actor: Actor) -> None:
        try:
            await self._commands.send(
                LiveStartPush(url_type=URL_TYPES[protocol], video_id=stream.video_id, video_quality=stream.quality),
                step=self._step("live_start_push"),
                actor=actor,
                push_links=[PushLink(path="url", ingress_id=stream.ingress_id, protocol=protocol)],
                unless=self._unwanted,
            )
        except ApplicationError as error:
            if protocol == "whip" and dji_code(error) in CANNOT_WHIP:
                self.rtmp = True
                self._log.note("the dock cannot WHIP; RTMP is tried from now on")
            raise

    async def look(self, stream: RunningStream) -> None:
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

    async def adjust(self, stream: RunningStream, desired: Desired, actor: Actor) -> None:
        """Quality and lens of a running stream. A refusal is noted and not tried again: the picture still runs."""
        if stream.quality != desired.quality:
            stream.quality = desired.quality
            body = LiveSetQuality(video_id=stream.video_id, video_quality=desired.quality)
            try:
                await self._commands.send(body, step=self._step("live_set_quality"), actor=actor, unless=self._unwanted)
            except ApplicationError as error:
                self._log.note(f"quality not set: {error.message}")
        if stream.lens != desired.lens and desired.lens is not None:
            await self._switch_lens(stream, desired.lens, actor)

    async def _switch_lens(self, stream: RunningStream, lens: str, actor: Actor) -> None:
        stream.lens = lens
        try:
            await self._commands.send(
                LiveLensChange(video_type=lens),
                step=self._step("live_lens_change"),
                actor=actor,
                unless=self._unwanted,
            )
        except ApplicationError as error:
            self._log.note(f"lens not switched: {error.message}")

    async def take_down(self, stream: RunningStream, why: str, actor: Actor, online: Callable[[], bool]) -> None:
        """Ask the dock to stop, then close the ingress, which ends the push in any case."""
        self._log.note(f"takes `{stream.video_id}` down: {why}")
        if online():
            try:
                await self._commands.send(
                    LiveStopPush(video_id=stream.video_id),
                    step=self._step("live_stop_push"),
                    actor=actor,
                    within=self._timings.stream_stop,
                    resends=0,
                    unless=lambda: not online(),
                )
            except (ApplicationError, ActivityError) as error:
                if is_cancelled_exception(error):
                    raise
                self._log.note(f"the dock did not stop by itself: {root(error)}")
        problem = await close_ingress(self._timings, stream.ingress_id)
        if problem is not None:
            self._log.note(f"**{problem}**")
        if self.running.get(stream.video_id) is stream:
            del self.running[stream.video_id]

    def _step(self, method: str) -> str:
        self.steps += 1
        return f"{method}/{self.steps}"

    def _next_id(self, what: str) -> str:
        info = workflow.info()
        name = f"{info.workflow_id}|{info.first_execution_run_id}|{self._step(what)}"
        return uuid.uuid5(NAMESPACE, name).hex
