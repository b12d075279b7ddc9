"""Commands to one dock and their answers: over services as documents and messages, over the live link as messages.

A reply on services is found by `tid`, else by method, as the bridge does, which also writes it into the document. One
on the live link repeats the command's `seq`; Dock 1 has none there, so the method alone must do.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

import dji
from dji import DecodeError, Message
from dji.errors import lookup
from drc.parts import Parts
from drc.wire import Wire
from store.commands import Command, by_hand_id

Json = dict[str, Any]
REDACTED: Final = "(left out)"
SECRETS: Final = (("mqtt_broker", "password"), ("file", "url"))
"""What a document does not show, by its place in the data."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`result` 0 is done, another a DJI code, None no answer in time."""

    result: int | None
    output: Json = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return self.result == 0

    @property
    def meaning(self) -> str:
        return "no answer in time" if self.result is None else lookup(self.result).text


class Asking:
    """Sends commands to one dock and waits for what it says."""

    def __init__(self, parts: Parts, wire: Wire, sn: str, org_id: str) -> None:
        self._parts, self._wire = parts, wire
        self._sn, self._org_id = sn, org_id
        self._by_tid: dict[str, tuple[str, asyncio.Future[Outcome]]] = {}
        self._on_link: dict[tuple[str, int | None], asyncio.Future[Outcome]] = {}

    async def on_services(
        self, method: str, data: Json, *, product: str | None, user: str, mission_id: str | None = None, tries: int = 1
    ) -> Outcome:
        """Write the command down, send it, and wait; each further try is the same command.

        Raises EncodeError where the protocol or the product does not have it so, MqttError where it was not sent.
        """
        tid, now_ms = str(uuid.uuid4()), time.time_ns() // 1_000_000
        message = dji.command(self._sn, method, data, tid=tid, bid=tid, timestamp=now_ms, product=product)
        topic, payload = dji.encode(message)
        command = Command(
            tid=tid, bid=tid, sn=self._sn, method=method, org_id=self._org_id, mission_id=mission_id,
            workflow_id=by_hand_id(self._sn), step=method, data=_shown(data), user=user, reason="manual flight",
        )  # fmt: skip
        await self._parts.commands.create(command)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._by_tid[tid] = (method, answer)
        try:
            for _ in range(tries):
                await self._wire.publish(topic, payload, 1)
                try:
                    return await asyncio.wait_for(asyncio.shield(answer), self._parts.timings.command_reply)
                except TimeoutError:
                    continue
        finally:
            del self._by_tid[tid]
        known = await self._parts.commands.get(tid)
        if known is not None and known.result is not None:  # the bridge heard what we did not
            return Outcome(known.result, known.output or {})
        await self._parts.commands.patch(tid, {"status": "unanswered"})
        return Outcome(None)

    async def on_link(self, message: Message) -> Outcome:
        """Send a message on the live link, and wait. Raises EncodeError, MqttError."""
        topic, payload = dji.encode(message)
        key = (message.method, message.seq)
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._on_link[key] = answer
        try:
            await self._wire.publish(topic, payload, 1)
            return await asyncio.wait_for(answer, self._parts.timings.drc_reply)
        except TimeoutError:
            return Outcome(None)
        finally:
            self._on_link.pop(key, None)

    def heard(self, topic: str, payload: bytes) -> None:
        """A message on the topic of replies, for somebody who listens to nothing else."""
        with contextlib.suppress(DecodeError):
            self.services_reply(dji.decode(topic, payload))

    def services_reply(self, message: Message) -> None:
        """A reply on services: to a command of ours, or to nothing that we know of."""
        found = self._by_tid.get(message.tid)
        if found is None:
            same = [waiting for waiting in self._by_tid.values() if waiting[0] == message.method]
            found = same[-1] if same else None
        # `drc_camera_mode_switch` is sent on the live link, and answered on services.
        answer = found[1] if found is not None else self._link_answer(message)
        _settle(answer, message)

    def link_reply(self, message: Message) -> bool:
        """A message on the live link: whether it was an answer that somebody waits for."""
        answer = self._link_answer(message)
        _settle(answer, message)
        return answer is not None

    def _link_answer(self, message: Message) -> asyncio.Future[Outcome] | None:
        exact = self._on_link.get((message.method, message.seq))
        if exact is not None or (message.seq is not None and message.kind is dji.Kind.DRC_UP):
            return exact
        return next((answer for (method, _), answer in self._on_link.items() if method == message.method), None)


def _settle(answer: asyncio.Future[Outcome] | None, message: Message) -> None:
    if answer is None or answer.done():
        return
    data = message.data.present()
    result = data.pop("result", None)
    answer.set_result(Outcome(result if isinstance(result, int) else -1, data.pop("output", None) or data))


def _shown(data: Json) -> Json:
    shown = copy.deepcopy(data)
    for place, name in SECRETS:
        if isinstance(shown.get(place), dict) and name in shown[place]:
            shown[place][name] = REDACTED
    return shown
