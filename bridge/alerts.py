"""What docks warn of: into `dji_alerts`, each alarm once, with its event in the same transaction; and to who watches.

A dock repeats what stands, so what a message changes is first judged from memory. What may change something is decided
again from the store, in the transaction: memory may be old, another bridge may have heard more, and after a restart
there is none. What ends without a word is found in the store by `sweep`, so also what ended while no bridge ran.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from google.api_core.exceptions import NotFound
from google.cloud.firestore import AsyncTransaction

from bridge.alert_course import Course, course
from bridge.alert_kinds import Reading, Said, Texts, read
from bridge.devices import KnownDock
from bridge.faults import until_done
from bridge.live import Live
from bridge.own_broker import OwnBrokers
from bridge.projection import Clock
from dji import Message
from store.alerts import Alert, Alerts, alert_id, ended
from store.docks import Dock, Docks
from store.document import now
from store.events import Events, about
from timings import Timings

log = structlog.get_logger()
Json = dict[str, Any]

RELOOK: Final = 300.0
"""Seconds for which what stands at a dock is remembered: a read each time, whatever the dock repeats."""
MOST_IN_MIND: Final = 5000  # docks
LANDED: Final = timedelta(seconds=30)
"""An aircraft that is inside ends what is about its flight, but not at once: the dock's osd may be from before."""
IN_FLIGHT: Final = frozenset({"airsense", "area", "obstacle", "return_home", "exit_homing"})


@dataclass(slots=True)
class _Mind:
    """The open alerts of a dock, as of `at` on the bridge's clock."""

    org_id: str
    standing: list[Alert]
    at: float


class DockAlerts:
    """One for all docks of a bridge."""

    def __init__(
        self,
        alerts: Alerts,
        docks: Docks,
        brokers: OwnBrokers,
        events: Events,
        live: Live,
        texts: Texts,
        timings: Timings,
        clock: Clock,
        *,
        several: bool,
    ) -> None:
        """`several`: other bridges hear the same docks, so that nothing can be told from memory alone."""
        self._alerts = alerts
        self._docks = docks
        self._brokers = brokers
        self._events = events
        self._live = live
        self._texts = texts
        self._timings = timings
        self._clock = clock
        self._several = several
        self._minds: OrderedDict[str, Any] = OrderedDict()
        self._listed: OrderedDict[str, Any] = OrderedDict()

    async def take(self, dock: KnownDock, message: Message) -> None:
        """One message that warns. Returns once the store has what is new of it."""
        if message.method == "hms" and not dock.online:
            _note(self._listed, dock.sn, True)  # the list of its return, heard before its return was noticed
        await self.keep(dock, read(message, self._texts), occasion(message))

    async def keep(self, dock: KnownDock, reading: Reading, said: str) -> None:
        """What was read of a message, `said` by which it is known when it is heard again."""
        if not self._several:
            mind = await until_done(lambda: self._mind(dock))
            if not course(reading, mind.standing, now(), dock.changed_at).writes:
                return
        after, news = await until_done(lambda: self._events.transact(lambda tx: self._step(dock, reading, said, tx)))
        self._remember(dock, after)
        if news:
            await self._show(dock.org_id, dock.sn)

    async def _step(
        self, dock: KnownDock, reading: Reading, said: str, transaction: AsyncTransaction
    ) -> tuple[list[Alert], bool]:
        """What stands afterwards, and whether anything is new."""
        at = now()
        standing = await self._alerts.standing(dock.sn, dock.org_id, transaction)
        found = course(reading, standing, at, dock.changed_at)
        document = await self._docks.get(dock.sn, transaction) if found.new else None
        mission = document.mission_id if document is not None else None
        arisen = []
        for each in found.new:
            alert = _alert(dock, reading.kind, each, mission, said, at)
            # What was heard before, and has ended since, does not arise again
            if await self._alerts.get(alert.id, transaction) is None:
                arisen.append(alert)
        changed = {alert.id: _changed(alert, each, at) for alert, each in found.changed}
        changed |= {
            alert.id: alert.model_copy(update={"said_at": at, "lapses": each.lapses}) for alert, each in found.again
        }
        for alert in arisen:
            transaction.set(self._alerts.ref(alert.id), alert.to_fields())
        for alert in changed.values():
            fields = alert.model_dump(by_alias=True, include={"level", "text", "data", "said_at", "lapses"})
            transaction.update(self._alerts.ref(alert.id), fields)
        over = ended("the dock said so")
        for alert in found.ended:
            transaction.update(self._alerts.ref(alert.id), over)
        news = bool(arisen or found.changed or found.ended)
        if news:
            await self._events.emit(
                dock.org_id, f"alert.{reading.kind}", about("dock", dock.sn, mission=mission),
                _told(reading, arisen, found), key=said, within=transaction,
            )  # fmt: skip
        gone = {alert.id for alert in found.ended}
        after = [changed.get(alert.id, alert) for alert in standing if alert.id not in gone]
        return after + [alert for alert in arisen if alert.open], news

    async def _mind(self, dock: KnownDock) -> _Mind:
        mind: _Mind | None = self._minds.get(dock.sn)
        if mind is None or mind.org_id != dock.org_id or self._clock() - mind.at > RELOOK:
            mind = self._remember(dock, await self._alerts.standing(dock.sn, dock.org_id))
        return mind

    def _remember(self, dock: KnownDock, standing: list[Alert]) -> _Mind:
        mind = _Mind(dock.org_id, standing, self._clock())
        _note(self._minds, dock.sn, mind)
        return mind

    async def _show(self, org_id: str, sn: str) -> None:
        picture = await until_done(lambda: self._alerts.picture(sn, org_id))
        self._live.changed(org_id, sn, "alerts", lambda: picture)

    # What ends without a word

    async def came_back(self, sn: str, org_id: str, at: datetime) -> None:
        """The dock came online at `at`: of the health alarms of before, those that it does not list anew are over."""
        if self._listed.pop(sn, False):
            return
        for alert in await self._alerts.standing(sn, org_id):
            if alert.kind == "hms" and not alert.lapses and alert.said_at < at:
                with contextlib.suppress(NotFound):
                    await self._alerts.patch(alert.id, {"lapses": True, "saidAt": now()})
        self._minds.pop(sn, None)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(self._timings.alert_sweep)
            await until_done(self.sweep)

    async def sweep(self) -> None:
        """End what nobody says any more."""
        docks: dict[str, Dock | None] = {}
        here = await self._brokers.docks_here()
        for alert in await self._alerts.lapsing():
            if alert.sn not in docks:
                docks[alert.sn] = await self._docks.get(alert.sn)
            dock = docks[alert.sn]
            if dock is not None and not here(dock):
                continue
            why = over(alert, dock, now(), self._timings)
            if why is not None:
                await self._end(alert, why)

    async def _end(self, alert: Alert, why: str) -> None:
        async def step(transaction: AsyncTransaction) -> bool:
            found = await self._alerts.get(alert.id, transaction)
            if found is None or not found.open or not found.lapses or found.said_at != alert.said_at:
                return False
            fields = ended(why)
            transaction.update(self._alerts.ref(alert.id), fields)
            over = found.model_copy(update={"open": False, "ended": why, "ended_at": fields["endedAt"]})
            await self._events.emit(
                alert.org_id, "alert.cleared", about("dock", alert.sn, mission=alert.mission_id, alert=alert.id),
                over.shown(), key=alert.id, within=transaction,
            )  # fmt: skip
            return True

        if await self._events.transact(step):
            log.info("an alert has ended", sn=alert.sn, kind=alert.kind, why=why)
            self._minds.pop(alert.sn, None)
            await self._show(alert.org_id, alert.sn)


def occasion(message: Message) -> str:
    """What a message is known by when it is heard again."""
    return f"{message.tid}|{message.bid}|{message.timestamp}"


def over(alert: Alert, dock: Dock | None, at: datetime, timings: Timings) -> str | None:
    """Why an open alert that lapses is over; None while it is not."""
    if dock is None or dock.org_id != alert.org_id:
        return "the dock has left the organisation"
    quiet = (at - alert.said_at).total_seconds()
    if alert.kind == "hms":
        # Of a dock that cannot speak, silence says nothing
        return "the dock lists it no more" if dock.online and quiet > timings.alert_relisted else None
    if alert.kind in IN_FLIGHT and dock.osd.get("drone_in_dock") == 1 and at - alert.said_at > LANDED:
        return "the aircraft is in the dock"
    most = timings.alert_forgotten if alert.kind in ("return_home", "exit_homing") else timings.alert_lapse
    return "nothing was said of it any more" if quiet > most else None


def _alert(dock: KnownDock, kind: str, said: Said, mission: str | None, occasion: str, at: datetime) -> Alert:
    once = {"ended_at": at, "ended": "it happened once"} if said.once else {}
    return Alert(
        id=alert_id(dock.org_id, dock.sn, kind, said.subject, occasion),
        org_id=dock.org_id,
        sn=dock.sn,
        mission_id=mission,
        flight_id=said.flight_id,
        kind=kind,
        level=said.level,
        text=said.text,
        subject=said.subject,
        module=said.module,
        code=said.code,
        device=said.device,
        in_flight=said.in_flight,
        data=said.data,
        open=not said.once,
        lapses=said.lapses and not said.once,
        raised_at=at,
        said_at=at,
        **once,
    )


def _changed(alert: Alert, said: Said, at: datetime) -> Alert:
    new = {"level": said.level, "text": said.text, "data": said.data, "lapses": said.lapses, "said_at": at}
    return alert.model_copy(update=new)


def _told(reading: Reading, arisen: list[Alert], found: Course) -> Json:
    """The data of the event. Health alarms come as lists of what is new, stands and has cleared."""
    changed = [_changed(alert, each, alert.said_at) for alert, each in found.changed]
    if reading.kind != "hms":
        return {**reading.words, "alerts": [alert.shown() for alert in (*arisen, *changed)]}
    return {
        "new": [_alarm(alert) for alert in arisen],
        "still": [_alarm(alert) for alert in _oldest_first(*found.still, *changed)],
        "cleared": [_alarm(alert) for alert in _oldest_first(*found.ended)],
    }


def _oldest_first(*alerts: Alert) -> list[Alert]:
    """After a restart they come from the store, in an order that says nothing."""
    return sorted(alerts, key=lambda alert: (alert.raised_at, alert.id))


def _alarm(alert: Alert) -> Json:
    """A health alarm as the dock said it, with our id of it and its text."""
    return {**alert.data, "alert": alert.id, "text": alert.text}


def _note(remembered: OrderedDict[str, Any], sn: str, value: Any) -> None:
    remembered[sn] = value
    remembered.move_to_end(sn)
    if len(remembered) > MOST_IN_MIND:
        remembered.popitem(last=False)
