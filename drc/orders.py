"""Commands of operators: checked against the dock's model and what the sender holds, sent, answered, written down."""

from __future__ import annotations

import asyncio
import difflib
import logging
import uuid
from collections.abc import Coroutine
from typing import Any

import aiomqtt
from google.api_core.exceptions import GoogleAPIError

from dji import EncodeError
from dji.topics import Kind as Topic
from drc import readiness
from drc.asking import Outcome
from drc.helm import NO_LINK, NOT_SENT, Helm
from drc.link import Link
from drc.methods import GRAB_FLIGHT, GRAB_PAYLOAD, STOP, WAYS, Way, unknown
from drc.parts import Parts
from drc.readiness import Refusal, Sight
from drc.seat import Seat, refused
from store.audit import AuditEntry

log = logging.getLogger(__name__)

Json = dict[str, Any]


class Orders:
    """The commands of one dock. Each runs by itself, so that a slow answer holds no stick up."""

    def __init__(self, parts: Parts, sn: str, org_id: str, link: Link, helm: Helm, sight: Sight) -> None:
        self._parts, self._sn, self._org_id = parts, sn, org_id
        self._link, self._helm, self._sight = link, helm, sight
        self._grabbed: set[str] = set()
        self._running: set[asyncio.Task[None]] = set()
        self.mission_id: str | None = None
        self.left_to_rc = False

    def anew(self) -> None:
        """The dock has opened the link again, perhaps after a restart: what it had granted is gone."""
        self._grabbed.clear()
        self._helm.control = False

    def take(self, seat: Seat, number: Any, method: str, data: Json) -> None:
        """One command of an operator's; answered with `ack` or `refused` under the operator's `id`."""
        refusal = self._why_not(seat, method)
        if refusal is not None:
            seat.refuse("command", refusal, id=number, method=method)
            return
        if method == STOP:
            self._helm.stop()
        self._spawn(self._carry_out(seat, number, method, data))

    def _why_not(self, seat: Seat, method: str) -> Refusal | None:
        refusal = unknown(method, self._link.product)
        if refusal is not None:
            near = difflib.get_close_matches(method, WAYS, n=1) if refusal.reason == "no-such-method" else []
            return Refusal(refusal.reason, refusal.detail, f"Did you mean {near[0]}?") if near else refusal
        way = WAYS[method]
        if way.kind is not None and way.kind not in seat.kinds:
            return Refusal(
                "no-authority", f"{method} needs the {way.kind} authority.",
                "Take it: POST /v1/docks/{sn}/authority.",
            )  # fmt: skip
        if way.topic is Topic.DRC_DOWN and self._link.phase != "open":
            return NO_LINK
        return None if self._sight.online else readiness.OFFLINE

    async def answer(self, seat: Seat, method: str, data: Json) -> Json:
        """Carry out one command of a request: the same messages, returned."""
        refusal = self._why_not(seat, method)
        if refusal is not None:
            return refused("command", refusal, method=method)
        if method == STOP:
            self._helm.stop()
        said, outcome = await self._outcome(seat, method, data)
        await self._note(seat, method, data, outcome)
        return said

    async def _carry_out(self, seat: Seat, number: Any, method: str, data: Json) -> None:
        said, outcome = await self._outcome(seat, method, data)
        seat.say(said | {"id": number})
        await self._note(seat, method, data, outcome)

    async def _outcome(self, seat: Seat, method: str, data: Json) -> tuple[Json, Outcome | None]:
        """What the sender is told, and what came of it; None where nothing was sent."""
        try:
            outcome = await self._send(seat, WAYS[method], method, data)
        except EncodeError as error:
            refusal = Refusal("bad-data", str(error), "Correct the named field.")
            return refused("command", refusal, method=method, field=error.field), None
        except (aiomqtt.MqttError, GoogleAPIError) as error:
            return refused("command", NOT_SENT, method=method, why=str(error)), None
        said = {
            "type": "ack", "method": method, "ok": outcome.ok, "result": outcome.result,
            "meaning": outcome.meaning, "output": outcome.output,
        }  # fmt: skip
        return said, outcome

    async def _send(self, seat: Seat, way: Way, method: str, data: Json) -> Outcome:
        if method == GRAB_FLIGHT:
            return await self.grab_flight(seat.user)
        index = data.get("payload_index")
        if way.kind == "payload" and isinstance(index, str) and index not in self._grabbed:
            grabbed = await self._service(GRAB_PAYLOAD, {"payload_index": index}, seat.user)
            if not grabbed.ok:
                return grabbed
            self._grabbed.add(index)
        if way.topic is Topic.DRC_DOWN:
            return await self._link.command(method, data)
        return await self._service(method, data, seat.user)

    async def grab_flight(self, user: str) -> Outcome:
        """Have the dock give control of the flight. Raises MqttError, GoogleAPIError."""
        outcome = await self._service(GRAB_FLIGHT, {}, user)
        self._helm.control = outcome.ok
        self.left_to_rc = self.left_to_rc and not outcome.ok
        return outcome

    async def _service(self, method: str, data: Json, user: str) -> Outcome:
        return await self._link.service(method, data, user=user, mission_id=self.mission_id)

    async def _note(self, seat: Seat, method: str, data: Json, outcome: Outcome | None) -> None:
        if outcome is None or WAYS[method].topic is not Topic.DRC_DOWN:  # one on services has a document
            return
        entry = AuditEntry(
            id=uuid.uuid4().hex, org_id=self._org_id, user=seat.user, role=seat.ticket.role, action="drc.command",
            target=self._sn, reason="manual flight", outcome=outcome.meaning if not outcome.ok else "accepted",
            details={"method": method, "data": data, "result": outcome.result},
        )  # fmt: skip
        try:
            await self._parts.audit.create(entry)
        except GoogleAPIError as error:
            log.error("%s: %s by %s is not in the audit log: %s", self._sn, method, seat.user, error)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=f"{self._sn} command")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
