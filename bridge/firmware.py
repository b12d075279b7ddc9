"""`ota_progress` and firmware versions: into the push's document, and to its saga where a decision may change.

A saga is told how an upgrade ended and which version is reported then; steps and percentages are for the document.
That it is through proves nothing until the version comes: so it is told with that, or alone after a while.

That an upgrade began, and its last word, are written before they are acknowledged. A step in between is written within
STEP_PAUSE, with what followed it by then: where a bridge is killed meanwhile, the document has the step before, until
the dock speaks again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from google.api_core.exceptions import NotFound

from bridge import metrics
from bridge.devices import Devices, KnownDock
from bridge.faults import until_done
from bridge.lanes import Lanes
from bridge.live import Live
from bridge.projection import Clock
from bridge.sagas import Sagas
from dji import Message
from store.commands import Command
from store.facts import FirmwareVersion, OtaProgress
from store.firmware import OtaState, Pushes, push_key
from timings import Timings
from workflows.names import Signal, firmware_id

log = structlog.get_logger()
Tell = Callable[[], Awaitable[None]]

UNDER_WAY: Final = frozenset({"", "sent", "in_progress", "paused"})
ORDERED: Final = "ota_create"
"""The command whose taking says whose upgrade the dock is in: what it says of it has the command's `bid`."""
RELOOK: Final = 10.0
"""Seconds for which it is remembered whose upgrade a dock is in, where it does not say so itself."""
STEP_PAUSE: Final = 5.0
"""Seconds between two writes for nothing but a step or a percentage."""
MOST_IN_MIND: Final = 2000


@dataclass(slots=True)
class Followed:
    """An upgrade as it was last written and told. `key` None: the dock is in none of ours."""

    rollout_id: str | None
    looked_at: float
    bid: str | None = None
    """Of the order that it began with; None where this bridge has not heard it taken."""
    written: OtaState | None = None
    unwritten: OtaState | None = None
    """A step that waits to be written."""
    later: asyncio.TimerHandle | None = None
    wrote_at: float = float("-inf")
    told: OtaProgress | None = None


class Firmware:
    def __init__(
        self,
        pushes: Pushes,
        devices: Devices,
        sagas: Sagas,
        live: Live,
        lanes: Lanes,
        timings: Timings,
        clock: Clock,
    ) -> None:
        self._pushes = pushes
        self._devices = devices
        self._sagas = sagas
        self._live = live
        self._lanes = lanes
        self._timings = timings
        self._clock = clock
        self._held: dict[str, asyncio.Task[None]] = {}
        self._followed: OrderedDict[str, Followed] = OrderedDict()

    def ordered(self, command: Command) -> None:
        """The dock has taken an `ota_create`: what it says from now on with the order's `bid` is of that upgrade."""
        rollout_id = command.workflow_id.removesuffix(f"/{command.sn}").rpartition("/")[2]
        if command.workflow_id == firmware_id(rollout_id, command.sn):
            self._remember(command.sn, Followed(rollout_id, self._clock(), command.bid))

    async def take(self, message: Message) -> str | None:
        """One progress message. Returns once what matters is kept; a sentence where it is of no upgrade of ours."""
        state, fact = read(message)
        followed = await self._follow(message, afresh=fact.status in UNDER_WAY)
        if followed.rollout_id is None:
            return "progress of an upgrade that is none of ours"
        if self._worth_a_write(state, followed):
            await self._write(message.sn, state, followed)
        elif _goes_on(state, followed.written):
            self._write_later(message.sn, state, followed)
        else:
            _let_go(followed)
        ended = fact.status not in UNDER_WAY or fact.result != 0
        if ended and fact != followed.told:
            saga = firmware_id(followed.rollout_id, message.sn)
            if is_through(fact):
                self._hold(saga, fact)
            else:
                await self._sagas.tell(saga, Signal.OTA_PROGRESS, fact)
            followed.told = fact
        dock = self._devices.held_dock(message.sn)
        if dock is not None:
            shown: dict[str, Any] = {"method": message.method, "data": message.data.present()}
            self._live.changed(dock.org_id, dock.sn, "alert", lambda: shown)
        return None

    def version_of(self, dock: KnownDock, device: str, data: dict[str, Any], at: int | None) -> Tell | None:
        """How to tell a saga the version in this message; None where there is none."""
        version = data.get("firmware_version")
        if not isinstance(version, str) or not version:
            return None
        fact = FirmwareVersion(sn=dock.sn, device=device, version=version, at=at or 0)

        async def tell() -> None:
            for rollout_id, written, order in await self._active(dock.sn):
                saga = firmware_id(rollout_id, dock.sn)
                whole = fact.model_copy(update={"last": _last(dock.sn, written), "order": order})
                await self._sagas.tell(saga, Signal.FIRMWARE_VERSION, whole)
                held = self._held.pop(saga, None)
                if held is not None:
                    held.cancel()

        return tell

    async def _active(self, sn: str) -> list[tuple[str, OtaState | None, str | None]]:
        """The upgrades that a dock is in, its last word on each, and the order where this bridge noted that it was
        taken. One that was followed a moment ago is known.
        """
        followed = self._followed.get(sn)
        if followed is not None and followed.rollout_id is not None and not self._is_old(followed):
            return [(followed.rollout_id, followed.written, followed.bid)]
        active = await until_done(lambda: self._pushes.active_of(sn))
        return [(push.rollout_id, push.progress, None) for push in active]

    def _is_old(self, followed: Followed) -> bool:
        return self._clock() - followed.looked_at > RELOOK

    def _hold(self, saga: str, fact: OtaProgress) -> None:
        """Tell it by and by. The document has it: where a bridge dies meanwhile, the saga finds it there, late."""

        async def later() -> None:
            await asyncio.sleep(self._timings.firmware_word)
            await self._sagas.tell(saga, Signal.OTA_PROGRESS, fact)

        task = self._held[saga] = asyncio.create_task(later(), name=f"tell {saga} of its dock's last word")
        task.add_done_callback(lambda done: self._held.pop(saga) if self._held.get(saga) is done else None)

    async def close(self) -> None:
        """End what waits to be told, and write the steps that wait to be written."""
        tasks = list(self._held.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        left = [(sn, followed) for sn, followed in self._followed.items() if followed.unwritten is not None]
        await asyncio.gather(*(self._write_left(sn, followed) for sn, followed in left))

    async def _follow(self, message: Message, *, afresh: bool) -> Followed:
        sn = message.sn
        followed = self._followed.get(sn)
        # One that goes on although it had ended is another one
        another = afresh and followed is not None and followed.told is not None
        if followed is not None and followed.bid is not None and followed.bid == message.bid and not another:
            followed.looked_at = self._clock()
        if followed is None or self._is_old(followed) or another:
            active = await until_done(lambda: self._pushes.active_of(sn))
            found = active[0].rollout_id if active else None
            if followed is None or another or found != followed.rollout_id:
                followed = Followed(found, self._clock(), written=active[0].progress if active else None)
                self._remember(sn, followed)
            followed.looked_at = self._clock()
        self._followed.move_to_end(sn)
        return followed

    def _remember(self, sn: str, followed: Followed) -> None:
        before = self._followed.get(sn)
        if before is not None:
            _let_go(before)
        self._followed[sn] = followed
        self._followed.move_to_end(sn)
        if len(self._followed) > MOST_IN_MIND:
            self._followed.popitem(last=False)

    def _worth_a_write(self, new: OtaState, followed: Followed) -> bool:
        """Whether it is to be written before it is acknowledged."""
        old = followed.written
        if old is None or (new.status, new.result) != (old.status, old.result):
            return True
        return _goes_on(new, old) and self._clock() - followed.wrote_at >= STEP_PAUSE

    def _write_later(self, sn: str, state: OtaState, followed: Followed) -> None:
        """Write a step by and by, in its turn; the newest, where others follow."""
        followed.unwritten = state
        if followed.later is None:
            pause = max(0.0, followed.wrote_at + STEP_PAUSE - self._clock())
            followed.later = asyncio.get_running_loop().call_later(
                pause, lambda: self._lanes.put(("facts", sn), lambda: self._write_left(sn, followed))
            )

    async def _write_left(self, sn: str, followed: Followed) -> None:
        state = followed.unwritten
        if state is None:
            return
        try:
            await self._write(sn, state, followed)
        except Exception as error:
            metrics.FAULTS.labels(type(error).__name__).inc()
            log.exception("a step of an upgrade cannot be written", sn=sn)
            _let_go(followed)

    async def _write(self, sn: str, state: OtaState, followed: Followed) -> None:
        assert followed.rollout_id is not None, "one of ours"
        key, followed.wrote_at = push_key(followed.rollout_id, sn), self._clock()
        _let_go(followed)
        fields = {"progress": state.model_dump(by_alias=True)}
        try:
            await until_done(lambda: self._pushes.patch(key, fields))
        except NotFound:
            return
        followed.written = state
        metrics.WRITES.labels("firmware_pushes").inc()


def _goes_on(new: OtaState, old: OtaState | None) -> bool:
    return old is None or (new.step, new.percent) != (old.step, old.percent)


def _let_go(followed: Followed) -> None:
    """Nothing waits to be written any more."""
    followed.unwritten = None
    if followed.later is not None:
        followed.later.cancel()
        followed.later = None


def is_through(fact: OtaProgress) -> bool:
    return fact.status == "ok" and fact.result == 0


def _last(sn: str, said: OtaState | None) -> OtaProgress | None:
    """The dock's word that it is through, as the document has it."""
    if said is None or said.at is None:
        return None
    at = int(said.at.timestamp() * 1000)
    fact = OtaProgress(sn=sn, status=said.status, step=said.step, result=said.result, at=at)
    return fact if is_through(fact) else None


def read(message: Message) -> tuple[OtaState, OtaProgress]:
    """What an `ota_progress` says, as part of the document and as fact. Old firmware has its error in `step_result`."""
    data: Any = message.data
    said = data.output.progress if data.output is not None else None
    result = data.result or (said.step_result if said is not None else 0) or 0
    status = data.status or ""
    at = datetime.fromtimestamp(message.timestamp / 1000, UTC) if message.timestamp else None
    state = OtaState(status=status, step=data.step, percent=data.percent, result=result, at=at)
    fact = OtaProgress(sn=message.sn, status=status, step=data.step, result=result, at=message.timestamp or 0)
    return state, fact
