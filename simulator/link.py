"""A dock's link to the cloud: what it hears, what it answers, what it asks, and how a scenario spoils it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dji
from dji.topics import Kind, topic_of
from simulator import checks, spoiling
from simulator.connection import Connection, ConnectionFailed
from simulator.envelope import Json, envelope, new_id, to_bytes
from simulator.feature import Answer, Call, Refused
from simulator.scenario import On

if TYPE_CHECKING:
    from simulator.dock import SimDock

log = logging.getLogger(__name__)

RECONNECT_AFTER = 1.0  # real s
ANSWER_WITHIN, TRIES = 3.0, 3  # real s: docks wait 3 s for an answer and ask three times
RECORDED = 5000  # commands and complaints that are kept for a look
PARAMETER_ERROR = 514171
TYPE_LACKS_IT, VERSION_LACKS_IT = 210003, 210004

_HEARD = (Kind.REQUESTS_REPLY, Kind.STATUS_REPLY, Kind.SERVICES, Kind.EVENTS_REPLY, Kind.PROPERTY_SET)


class NoAnswer(Exception):
    """The cloud did not answer a request, however often it was asked."""


@dataclass(frozen=True, slots=True)
class Received:
    """A command that arrived; `at` in s since 1970."""

    method: str
    tid: str
    bid: str
    at: float


class Link:
    """The messages of one dock. `run` keeps a connection until it is cancelled."""

    def __init__(self, dock: SimDock) -> None:
        self.dock = dock
        self.connection: Connection | None = None
        self.commands: list[Received] = []
        self.executed: Counter[str] = Counter()
        self.answered_after: dict[str, float] = {}  # real s until the answer, by method: the longest
        self.sent: Counter[str] = Counter()
        self.unsent = 0
        self.connects = 0
        self.last_error: str | None = None
        self.refused_topics: list[str] = []
        self.hold = 0.0  # real s without a connection, beyond what a reconnect takes
        self._answers: dict[str, asyncio.Future[bytes | None]] = {}
        self._waiting: dict[str, asyncio.Future[dji.Message]] = {}
        self._behind: list[tuple[str, bytes, int]] = []  # reordered messages

    # Connection

    async def run(self) -> None:
        """Connect, and again a second after each loss."""
        while True:
            if self.hold:
                await asyncio.sleep(self.hold)
                self.hold = 0.0
            session: asyncio.Task[None] | None = None
            try:
                await self._connect()
                session = self.dock.spawn(self.dock.came_up(), "session")
                assert self.connection is not None
                self.last_error = await asyncio.shield(self.connection.lost)
            except ConnectionFailed as error:
                self.last_error = str(error)
            finally:
                if session is not None:
                    session.cancel()
                await self.close()
            self.dock.went_down(self.last_error)
            await asyncio.sleep(RECONNECT_AFTER)

    async def _connect(self) -> None:
        dock, qr = self.dock, self.dock.qr
        assert qr is not None
        dock.set_phase("connecting")
        self.connection = Connection(
            qr.mqtt,
            client_id=f"{dock.model.name}-{new_id(dock.random)[:18]}",
            username=qr.account,
            password=qr.password,
            on_message=self._heard,
            will=topic_of(Kind.STATUS, dock.sn) if dock.config.last_will else None,
        )
        await self.connection.connect()
        self.connects += 1
        await self.subscribe()

    async def subscribe(self) -> bool:
        """Subscribe to what the dock listens to; False while the account may not use all of it, not being bound yet."""
        self.refused_topics = []
        for kind in _HEARD:
            topic = topic_of(kind, self.dock.sn)
            connection = self.connection
            if connection is None:
                return False
            try:
                await connection.subscribe([topic])
            except ConnectionFailed:
                if connection.lost.done() or kind in _HEARD[:2]:
                    raise
                self.refused_topics.append(topic)
        return not self.refused_topics

    async def close(self) -> None:
        """Take leave of the broker, if there is a connection."""
        connection, self.connection = self.connection, None
        if connection is not None:
            await connection.close()

    def cut(self, seconds: float = 0.0) -> None:
        """Lose the connection without a word, and find none for `seconds` beyond the usual second."""
        self.hold = seconds
        if self.connection is not None:
            self.connection.abort()

    def forget(self) -> None:
        """What a restart forgets: requests under way and the commands that were answered."""
        for waiting in self._waiting.values():
            waiting.cancel()
        self._waiting.clear()
        self._answers.clear()
        self._behind.clear()

    # Out

    def send(
        self, kind: Kind, message: Json, *, sn: str | None = None, qos: int | None = None, names: Any = ()
    ) -> None:
        """Send a message, unless the scenario has other plans for it. `names` are more names a rule may know it by."""
        topic = topic_of(kind, sn or self.dock.sn)
        qos = self.dock.config.qos if qos is None else qos
        rules = self.dock.scenario.rules
        if not rules:
            self.put(topic, to_bytes(message), qos)
            return
        struck = self.dock.scenario.struck(spoiling.ON[kind], str(message.get("method", "")), *names)
        spoiling.send(
            self.dock,
            struck,
            message,
            lambda payload: self.put(topic, payload, qos),
            lambda payload: self._behind.append((topic, payload, qos)),
        )

    def put(self, topic: str, payload: bytes, qos: int) -> None:
        """Onto the wire as it is, with what was held back behind it. Without a connection it is lost and counted."""
        sent = self.connection is not None and self.connection.publish(topic, payload, qos)
        self.sent[topic.rsplit("/", 1)[1]] += sent
        self.unsent += not sent
        behind, self._behind = self._behind, []
        for later in behind:
            self.put(*later)

    def event(
        self, method: str, data: Any, *, bid: str | None = None, need_reply: int | None = None, names: Any = ()
    ) -> str:
        """Send an event; its tid."""
        tid = new_id(self.dock.random)
        message = envelope(
            at=self.dock.clock.wall_ms(),
            data=data,
            tid=tid,
            bid=bid or new_id(self.dock.random),
            method=method,
            gateway=self.dock.sn,
            need_reply=need_reply,
        )
        self.send(Kind.EVENTS, message, names=names)
        return tid

    async def confirmed_event(self, method: str, data: Any, *, tid: str, bid: str, tries: int | None = TRIES) -> int:
        """Send an event until it is answered, with the same ids each time; the result.

        `tries` None: for as long as it takes. Raises NoAnswer.
        """
        message = envelope(
            at=self.dock.clock.wall_ms(), data=data, tid=tid, bid=bid, method=method, gateway=self.dock.sn, need_reply=1
        )
        while True:
            try:
                reply = await self._ask(Kind.EVENTS, [message] * (tries or TRIES))
            except NoAnswer:
                if tries is not None:
                    raise
            else:
                return reply.result or 0

    async def request(self, method: str, data: Any, *, bid: str | None = None, tries: int = TRIES) -> dji.Message:
        """Ask the cloud; what it answered, whatever the result. A new tid each time. Raises NoAnswer."""
        bid = bid or new_id(self.dock.random)
        messages = [
            envelope(
                at=self.dock.clock.wall_ms(),
                data=data,
                tid=new_id(self.dock.random),
                bid=bid,
                method=method,
                gateway=self.dock.sn,
            )
            for _ in range(tries)
        ]
        return await self._ask(Kind.REQUESTS, messages)

    async def status(self, data: Any) -> dji.Message:
        """Send the topology; the answer. Raises NoAnswer."""
        message = envelope(
            at=self.dock.clock.wall_ms(),
            data=data,
            tid=new_id(self.dock.random),
            bid=new_id(self.dock.random),
            method="update_topo",
        )
        return await self._ask(Kind.STATUS, [message] * TRIES)

    async def _ask(self, kind: Kind, messages: list[Json]) -> dji.Message:
        """Send one after the other until any of them is answered."""
        answer: asyncio.Future[dji.Message] = asyncio.get_running_loop().create_future()
        try:
            for message in messages:
                self._waiting[message["tid"]] = answer
                asked = time.monotonic()
                self.send(kind, {**message, "timestamp": self.dock.clock.wall_ms()})
                await asyncio.wait({answer}, timeout=ANSWER_WITHIN)
                if answer.done():
                    took, method = time.monotonic() - asked, message["method"]
                    self.answered_after[method] = max(took, self.answered_after.get(method, 0.0))
                    return answer.result()
        finally:
            for message in messages:
                self._waiting.pop(message["tid"], None)
        raise NoAnswer(f"{messages[0]['method']}: no answer to {len(messages)} tries")

    # In

    def complain(self, about: str, why: list[str]) -> None:
        """Record that the cloud sent something that it must not send."""
        text = f"{about}: {'; '.join(why)}"
        log.warning("%s complains about %s", self.dock.sn, text)
        if len(self.dock.complaints) < RECORDED:
            self.dock.complaints.append(text)
            self.dock.touch()

    def _heard(self, topic: str, payload: bytes) -> None:
        try:
            message = dji.decode(topic, payload, product=self.dock.model.key)
        except ValueError as error:
            self.complain(topic, [str(error)])
            return
        if message.kind is Kind.SERVICES:
            self.dock.spawn(self._serve(message), message.method)
        elif message.kind is Kind.PROPERTY_SET:
            self.dock.spawn(self._set_property(message), "property set")
        else:
            self._answered(message)

    def _answered(self, message: dji.Message) -> None:
        waiting = self._waiting.get(message.tid)
        wrong = checks.faults(message, self.dock.model.key)
        if wrong:
            self.complain(f"{message.kind} {message.method}", wrong)
        if waiting is not None and not waiting.done():
            waiting.set_result(message)

    async def _serve(self, message: dji.Message) -> None:
        method, tid = message.method, message.tid
        if len(self.commands) < RECORDED:
            self.commands.append(Received(method, tid, message.bid, time.time()))
        if tid and tid in self._answers:
            self._reply_bytes(await asyncio.shield(self._answers[tid]))
            return
        answered: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self._answers[tid] = answered
        answer = await self._answer(message)
        if answer is None:
            del self._answers[tid]  # it was not heard: when it comes again, it is new
            answered.set_result(None)
            return
        reply = envelope(
            at=self.dock.clock.wall_ms(),
            data=answer.data(),
            tid=tid,
            bid=message.bid,
            method=method,
            gateway=self.dock.sn,
        )
        answered.set_result(to_bytes(reply))
        self.send(Kind.SERVICES_REPLY, reply)
        self.dock.touch()
        if answer.then is not None:
            await answer.then()

    def _reply_bytes(self, reply: bytes | None) -> None:
        if reply is not None:
            self.put(topic_of(Kind.SERVICES_REPLY, self.dock.sn), reply, self.dock.config.qos)

    async def _answer(self, message: dji.Message) -> Answer | None:
        dock, method = self.dock, message.method
        spoiled = await spoiling.command(dock, method)
        if spoiled is not None:
            return spoiled if spoiled.result >= 0 else None
        if not message.known:
            self.complain(f"services {method}", checks.faults(message, dock.model.key))
            return Answer(TYPE_LACKS_IT)
        if method in dock.scenario.lacks or not dji.supports(dock.model.key, method):
            if dock.scenario.lacking_is == "accepted":
                return Answer()
            return Answer(VERSION_LACKS_IT if method in dock.scenario.lacks else TYPE_LACKS_IT)
        wrong = checks.faults(message, dock.model.key)
        if wrong:
            self.complain(f"services {method}", wrong)
            return Answer(PARAMETER_ERROR)
        call = Call(method, message.tid, message.bid, message.data.present())
        self.executed[message.tid] += 1
        try:
            return await dock.services[method](call)
        except Refused as refusal:
            log.info("%s refuses %s: %s", dock.sn, method, refusal)
            return Answer(refusal.code)

    async def _set_property(self, message: dji.Message) -> None:
        wrong = checks.faults(message, self.dock.model.key)
        if wrong:
            self.complain("property/set", wrong)
        data = message.raw if isinstance(message.raw, dict) else {}
        reply = envelope(
            at=self.dock.clock.wall_ms(),
            data=await self.dock.device.set_property(data, refuse=bool(wrong)),
            tid=message.tid,
            bid=message.bid,
            gateway=self.dock.sn,
        )
        self.send(Kind.PROPERTY_SET_REPLY, reply)

    async def wait_lost(self, seconds: float) -> bool:
        """True if the connection is lost within `seconds`."""
        if self.connection is None:
            return True
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(self.connection.lost), seconds)
        return self.connection is None or self.connection.lost.done()


__all__ = ["Link", "NoAnswer", "On", "Received"]
